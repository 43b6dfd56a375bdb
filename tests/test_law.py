"""The law: after any sequence of build, replace and remove, every store and export is that of a fresh build of what remains,
and no byte of what is gone is left."""

from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.exports import EXPORTS
from kg.graph import Log
from kg.stores import OxigraphStore
from kg.views import write_view
from tests.helpers import content, jsonl, n_quads

IDS = ("one", "two", "three", None)
"""Papers by id; the one without is known by its title."""
WORDS = ("quoll", "wombat", "numbat", "bilby", "dingo", "potoroo")
"""Each version of a paper holds a word of its own in title, abstract and the name that it proposes."""
SHARED = "It runs on an A100 GPU and is 2.5x faster than vLLM on COCO."
Step = tuple[str, int, int]

steps = st.lists(
    st.tuples(st.sampled_from(("build", "build two", "remove", "sync")), st.integers(0, 3), st.integers(0, 5)),
    min_size=1, max_size=6,
)  # fmt: skip


def row(paper: int, version: int) -> dict[str, str]:
    """A version of a paper. The one without an id keeps its title, by which it is known."""
    word = f"{WORDS[version]}{paper}"
    title = "A Study Without an Id" if IDS[paper] is None else f"{word.title()}Net: a Study"
    found = {"title": title, "abstract": f"We propose {word.title()}Net. {SHARED} It is called {word}."}
    return found if IDS[paper] is None else {"id": str(IDS[paper]), **found}


def made(folder: Path) -> Path:
    """A new folder."""
    folder.mkdir()
    return folder


def bytes_of(folder: Path, scratch: Path) -> dict[str, bytes]:
    """Every export, the view and the quads of the store; the inputs' names are the same in both builds."""
    found: dict[str, bytes] = {}
    for name in EXPORTS:
        kg.export(name, folder, scratch / name)
        found |= {f"{name} {part}": data for part, data in content(scratch / name).items()}
    write_view(folder, scratch / "view.html")
    found["view"] = (scratch / "view.html").read_bytes()
    with Log(folder) as log:
        found["log"] = log.digest().encode()
    found["sparql"] = "".join(n_quads(OxigraphStore(folder).quads())).encode()
    return found


def traces(folder: Path, words: set[str]) -> list[str]:
    """Where one of these words stands, in small letters or as a name, in any byte of a folder."""
    return [
        f"{word} in {file.relative_to(folder)}"
        for file in folder.rglob("*") if file.is_file()
        for word in words if word.encode() in file.read_bytes().lower()
    ]  # fmt: skip


@settings(max_examples=10)
@given(steps)
def test_every_store_is_that_of_a_fresh_build(tmp_path_factory: pytest.TempPathFactory, taken: list[Step]) -> None:
    base = tmp_path_factory.mktemp("law")
    folder, fresh, numbers = made(base / "kept") / "g", made(base / "fresh") / "g", count()
    there: dict[int, int] = {}
    ever: set[str] = set()

    def build(rows: dict[int, int], target: Path, *, sync: bool = False) -> None:
        # one file a paper, named by it, so that where a paper stood is the same in every build
        files = [jsonl(made(base / f"in{next(numbers)}") / f"{p}.jsonl", [row(p, v)]) for p, v in rows.items()]
        kg.build(files, target, sync=sync)

    for what, paper, version in taken:
        if what == "remove":
            if paper in there:
                with kg.open(folder) as opened:
                    (paper_id,) = (r.id for r in opened.records() if r.abstract == row(paper, there[paper])["abstract"])
                kg.remove(paper_id, folder)
                del there[paper]
            continue
        given_rows = {paper: version} if what == "build" else {paper: version, (paper + 1) % 4: (version + 1) % 6}
        build(given_rows, folder, sync=what == "sync")
        there = given_rows if what == "sync" else there | given_rows
        ever |= {f"{WORDS[v]}{p}" for p, v in given_rows.items()}
    if not ever:
        return
    left = {f"{WORDS[version]}{paper}" for paper, version in there.items()}
    assert traces(folder, ever - left) == []
    if there:
        build(there, fresh)
        assert bytes_of(folder, made(base / "a")) == bytes_of(fresh, made(base / "b"))
        assert traces(base / "a", ever - left) == []
    else:
        assert len(OxigraphStore(folder)) == 0
