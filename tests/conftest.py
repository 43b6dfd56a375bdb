"""The sample corpus, a graph built from it once, and the command line run in this process."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ["COLUMNS"] = "400"  # rich wraps messages at this width

import kg
from kg.cli import main
from tests.helpers import ROOT
from tests.neo4j_server import driver, neo4j_server

__all__ = ["driver", "neo4j_server"]

settings.register_profile(
    "papergraph", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("papergraph")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "shared: needs ../shared beside the checkout")


@dataclass(frozen=True)
class Ran:
    """What a run of the command line gave."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


@pytest.fixture(scope="session")
def sample() -> Path:
    """The sample corpus that ships in the repository."""
    return ROOT / "examples" / "daily-papers.txt"


@pytest.fixture(scope="session")
def graph(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph of the sample; for reading only."""
    folder = tmp_path_factory.mktemp("sample") / "graph"
    kg.build([str(sample)], folder)
    return folder


@pytest.fixture
def opened(graph: Path) -> Iterator[kg.Graph]:
    with kg.open(graph) as found:
        yield found


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs `kg` with arguments, and bytes as standard input."""

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["kg", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run
