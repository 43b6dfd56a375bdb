"""What the user says of a graph: `corrections.jsonl` and `lexicon.csv` in its folder, read anew for every build."""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import GraphError, InputError
from kg.lexicon import Entry, read_own
from kg.model import content_hash
from kg.resolve.corrections import Correction, read_corrections

CORRECTIONS: Final = "corrections.jsonl"
LEXICON: Final = "lexicon.csv"


@dataclass(frozen=True)
class Say:
    """Corrections and own terms; `digest` changes with them and is empty where there are none."""

    corrections: tuple[Correction, ...] = ()
    own: tuple[Entry, ...] = ()
    digest: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many terms, and corrections by what they do."""
        done = Counter(correction.form.do for correction in self.corrections)
        return dict(sorted(done.items())) | ({"terms": len(self.own)} if self.own else {})


def read_say(folder: Path) -> Say:
    """What the files of a graph folder say.

    Raises:
        InputError: a line cannot be used; the message names file and line.
    """
    corrections, lexicon = (_text(folder / name) for name in (CORRECTIONS, LEXICON))
    if not corrections and not lexicon:
        return Say()
    return Say(
        read_corrections(corrections, str(folder / CORRECTIONS)),
        read_own(lexicon, str(folder / LEXICON)),
        content_hash(corrections, lexicon),
    )


def take_say(folder: Path, *, corrections: Path | None, lexicon: Path | None) -> None:
    """Check a user's files and copy them into a graph folder, over those of an earlier build.

    Raises:
        InputError: a file cannot be read, or a line of it cannot be used. Nothing is copied then.
        GraphError: the folder cannot be written.
    """
    texts = {name: (file, _given(file)) for name, file in ((CORRECTIONS, corrections), (LEXICON, lexicon)) if file}
    for name, (file, text) in texts.items():
        if name == CORRECTIONS:
            read_corrections(text, str(file))
        else:
            read_own(text, str(file))
    for name, (_, text) in texts.items():
        new = folder / f"{name}.new"
        try:
            new.write_text(text, "utf-8", newline="")
            os.replace(new, folder / name)
        except OSError as error:
            raise GraphError(f"{folder / name} cannot be written: {error.strerror or error}.") from error


def _given(file: Path) -> str:
    if not file.exists():
        raise InputError(f"{file} does not exist: give a file of your own terms or corrections.")
    return _text(file)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8") if file.exists() else ""
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 (byte {error.start + 1}): save it as UTF-8.") from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}.") from error
