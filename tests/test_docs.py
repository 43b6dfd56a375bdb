"""The snippets of the docs run as they stand there, one after the other, on the sample corpus."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran
from tests.helpers import ROOT


@pytest.fixture
def here(tmp_path: Path, sample: Path, graph: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "page.txt.gz").write_bytes(sample.read_bytes())
    (tmp_path / "my-graph").symlink_to(graph)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL)


def test_python(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "my-graph").unlink()
    names: dict[str, object] = {}
    for block in blocks("python.md", "python"):
        exec(compile(block, "docs/python.md", "exec"), names)
    assert "NVIDIA A100" in capsys.readouterr().out
    assert names["papers"]


def test_cypher(here: Path, cli: Callable[..., Ran]) -> None:
    commands = [
        shlex.split(command, comments=True)
        for block in blocks("cypher.md", "sh")
        for command in block.replace("\\\n", " ").splitlines()
        if command.startswith("kg ")
    ]
    assert len(commands) >= 5
    for command in commands:
        ran = cli(*command[1:])
        assert (ran.code, "note:" in ran.err) == (0, False), (command, ran.err)
        assert " 0 rows" not in f" {ran.err}", command
