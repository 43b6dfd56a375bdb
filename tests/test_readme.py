"""The README's commands run as they stand there, on the sample corpus."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran

Cli = Callable[..., Ran]
ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def here(tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("page.txt.gz", "more.jsonl"):
        (tmp_path / name).write_bytes(
            sample.read_bytes() if name == "page.txt.gz" else b'{"title": "A", "abstract": "B."}\n'
        )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands(here: Path, cli: Cli) -> None:
    lines = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines() if line.startswith("kg ")]
    assert len(lines) >= 5
    for line in lines:
        ran = cli(*shlex.split(line, comments=True)[1:])
        assert ran.code == 0, (line, ran.err)
    assert (here / "graph.html").is_file()


def test_python(here: Path) -> None:
    (code,) = [block for kind, block in BLOCKS if kind == "python"]
    exec(compile(code, "README.md", "exec"), {})
    assert (here / "my-graph/manifest.json").is_file()


def test_scripts_exist() -> None:
    for name in ("scripts/demo", "scripts/test"):
        assert name in README
        assert (ROOT / name).stat().st_mode & 0o111
