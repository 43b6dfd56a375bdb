"""A secret that nobody may read, an address that nobody may ask, a graph that stays as it is, and short limits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.corpus import Attack, Watch, content
from tests.serve.conftest import address, client

__all__ = ["address", "client"]


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    found = Watch(tmp_path_factory.mktemp("watch"))
    yield found
    found.close()


@pytest.fixture(scope="module", autouse=True)
def unchanged(graph: Path) -> Iterator[None]:
    """The graph has the same files with the same bytes after all attacks as before."""
    before = content(graph)
    yield
    assert content(graph) == before


@pytest.fixture
def limits(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short limits for what is to go over one: a second where time is the reason or may be; else memory is."""
    if attack.answer == "limit":
        for door in ("QUERY", "SERVE"):
            monkeypatch.setenv(f"PAPERGRAPH_{door}_SECONDS", "1" if attack.said in ("", "seconds") else "100")
            monkeypatch.setenv(f"PAPERGRAPH_{door}_MEGABYTES", "300")
