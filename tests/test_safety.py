"""What must not be lost: papers, output files, and the way back from a stop in mid-way."""

import codecs
import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import kg
from kg.stores.derived import store_digest
from tests.conftest import Ran

Cli = Callable[..., Ran]
LINES = [
    json.dumps(
        {"id": f"p{n}", "title": f"Zibbo{n}: A Study", "abstract": f"We propose Zibbo{n}, which runs on an A100 GPU."}
    )
    for n in range(3)
]


@pytest.fixture
def three(tmp_path: Path) -> Path:
    (tmp_path / "in.jsonl").write_text("\n".join(LINES) + "\n", "utf-8")
    kg.build([str(tmp_path / "in.jsonl")], tmp_path / "g")
    return tmp_path


def papers(folder: Path) -> list[str]:
    with kg.open(folder) as graph:
        return [record.id for record in graph.records()]


def test_sync_removes_nothing_where_a_record_could_not_be_read(three: Path, cli: Cli) -> None:
    (three / "in.jsonl").write_text("\n".join([LINES[0], LINES[1][:-1]]) + "\n", "utf-8")
    ran = cli("build", three / "in.jsonl", "--out", three / "g", "--sync")
    assert (ran.code, papers(three / "g")) == (3, ["p0", "p1", "p2"])
    assert "nothing was removed" in ran.err


def test_an_input_without_papers_is_an_error(three: Path, cli: Cli) -> None:
    (three / "nav.txt").write_text("Menu\n\nAbout us\n", "utf-8")
    ran = cli("build", three / "nav.txt", "--out", three / "g", "--sync")
    assert (ran.code, papers(three / "g")) == (1, ["p0", "p1", "p2"])


@pytest.mark.parametrize("damage", ["store", "manifest", "manifest-text", "manifest-counts"])
def test_a_graph_is_made_anew_from_its_log(three: Path, damage: str) -> None:
    before = (three / "g/manifest.json").read_bytes()
    if damage == "store":
        shutil.rmtree(three / "g/sparql")
    elif damage == "manifest":
        (three / "g/manifest.json").unlink()
    else:
        (three / "g/manifest.json").write_text(
            "x{" if damage == "manifest-text" else '{"counts": {"papers": 7}}', "utf-8"
        )
    summary = kg.build([], three / "g")
    assert (summary.extracted, summary.papers) == (0, 3)
    assert (three / "g/manifest.json").read_bytes() == before
    assert len(kg.open(three / "g").sparql("SELECT ?p { ?p a schema:ScholarlyArticle }").rows) == 3


def test_nothing_to_build_from_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(kg.InputError, match="nothing to build from"):
        kg.build([], tmp_path / "none")


def test_papers_of_an_older_extractor_are_read_again(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = kg.Extractor(name="older", version="0", fingerprint="0")
    with kg.graph.Log(three / "g", write=True) as log:
        for record in list(log):
            old = record.model_copy(update={"extractor": older})
            log.put(kg.graph.Row.of(old, old.model_dump_json()))
    assert kg.build([], three / "g").extracted == 3
    assert {record.extractor.name for record in kg.open(three / "g").records()} != {"older"}


def test_a_removal_that_was_cut_short_is_ended_by_the_next(three: Path) -> None:
    with kg.graph.Log(three / "g", write=True) as log:
        log.remove("p1")
    with pytest.raises(kg.GraphError, match="older than its log"):
        kg.open(three / "g").sparql("ASK {}")
    with pytest.raises(kg.GraphError, match="no paper"):
        kg.remove("p1", three / "g")
    assert len(kg.open(three / "g").sparql("SELECT ?p { ?p a schema:ScholarlyArticle }").rows) == 2


def test_the_store_is_tied_to_the_code_that_makes_it(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.stores.derived._code", lambda: "another")
    with kg.graph.Log(three / "g") as log:
        assert store_digest(log) != kg.stores.OxigraphStore.digest(three / "g")


def test_extract_leaves_its_output_where_nothing_was_read(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "keep.jsonl").write_text("kept\n", "utf-8")
    assert cli("extract", tmp_path / "none.txt", "-o", tmp_path / "keep.jsonl").code == 1
    assert (tmp_path / "keep.jsonl").read_text("utf-8") == "kept\n"
    assert [file.name for file in tmp_path.iterdir()] == ["keep.jsonl"]


@pytest.mark.parametrize("cut", [False, True])
def test_utf_16_is_read_also_from_damaged_gzip(tmp_path: Path, cut: bool) -> None:
    many = [json.dumps({"id": f"p{n}", "title": f"T{n}", "abstract": f"Größe {n * 7919}."}) for n in range(2000)]
    data = gzip.compress(codecs.BOM_UTF16_LE + "\n".join(many).encode("utf-16-le"), mtime=0)
    (tmp_path / "in.gz").write_bytes(data[: len(data) // 2] if cut else data)
    found = []
    if cut:
        with pytest.raises(kg.InputError, match="damaged"):
            found.extend(kg.read(str(tmp_path / "in.gz")))
    else:
        found.extend(kg.read(str(tmp_path / "in.gz")))
    assert (len(found) == 2000) != cut
    assert found[0].abstract == "Größe 0."  # type: ignore[union-attr]
    assert len(found) > 100


def test_as_of_before_a_date_of_the_page_is_refused(sample: Path) -> None:
    with pytest.raises(kg.InputError, match="--as-of"):
        list(kg.read(str(sample), as_of=__import__("datetime").date(2001, 1, 1)))


def test_without_a_header_a_date_without_a_year_stays_empty(sample: Path, tmp_path: Path) -> None:
    text = sample.read_text("utf-8")
    first = next(p for p in kg.read(str(sample)) if isinstance(p, kg.Paper)).title
    (tmp_path / "page.txt").write_text(text[text.index(first) :], "utf-8")
    dates = {p.date_inferred for p in kg.read(str(tmp_path / "page.txt")) if isinstance(p, kg.Paper) and p.date}
    assert dates == {False}


def test_parts_of_a_web_address_name_nothing(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(
        json.dumps(
            {"title": "A Study", "abstract": "We run on GPUs. Code is at https://github.com/BigLAB-X/ZibboNet for all."}
        ),
        "utf-8",
    )
    (paper,) = kg.read(str(tmp_path / "in.jsonl"))
    assert isinstance(paper, kg.Paper)
    assert {entity.name for entity in kg.extract(paper).entities} == {"GPU"}
