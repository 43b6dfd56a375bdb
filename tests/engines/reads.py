"""What the tests put to each paper: functions that other processes can import. The abstract says what happens."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from kg.engines import Read
from kg.graph import Row
from kg.model import Paper


def upper(paper: Paper) -> Row:
    """A row with the abstract in capitals."""
    return Row(paper.id, "", "", "", paper.abstract.upper(), "")


def troubled(paper: Paper) -> Row:
    """The same, with what the abstract asks for: an error, an end of the process (once, or always), or no end at all."""
    what, _, argument = paper.abstract.partition(" ")
    if what == "raise":
        raise ValueError(argument)
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "die-once" and not Path(argument).exists():
        Path(argument).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "hang":
        time.sleep(3600)
    return upper(paper)


class NoStart:
    """Ends the process that receives it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (7,)

    def __call__(self, paper: Paper) -> Row:
        raise AssertionError


def die_once(read: Read, paper_id: str, mark: str, paper: Paper) -> Row:
    """Another function, which one paper ends the process of, the first time."""
    if paper.id == paper_id and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return read(paper)
