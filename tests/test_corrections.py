"""Corrections and own terms: the worked example of docs/corrections.md, and what becomes of wrong files."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.errors import InputError
from kg.validate import validate
from tests.conftest import Ran
from tests.helpers import ROOT, jsonl, nquads

DOC = (ROOT / "docs" / "corrections.md").read_text("utf-8")


def block(kind: str, number: int = 0) -> str:
    return re.findall(rf"```{kind}\n(.*?)```", DOC, re.DOTALL)[number]


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("papers.jsonl", block("json")), ("terms.csv", block("csv")), ("mine.jsonl", block("json", 1))):
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def own(example: Path) -> Path:
    kg.build(["papers.jsonl"], "own-graph", lexicon="terms.csv", corrections="mine.jsonl")
    return example / "own-graph"


def names(graph: Path, type: str) -> set[str]:
    with kg.open(graph) as opened:
        return {str(name) for (name,) in opened.sparql(f"SELECT ?n {{ ?x a pg:{type} ; skos:prefLabel ?n }}").rows}


def test_the_commands_of_the_example(example: Path, cli: Callable[..., Ran]) -> None:
    ran = [cli(*shlex.split(line, comments=True)[1:]) for line in block("sh").splitlines()]
    assert [r.code for r in ran] == [0, 0, 0], [r.text for r in ran]
    assert "changed nothing" not in ran[0].err
    assert re.search(r"Zibbo .*Quillon Q7 .*evaluated .*All runs took one Quillon Q7\.", ran[1].out)
    assert re.search(r"joined .*Grumbel-2 .*method/grumbel .*user .*line 1", ran[2].out)


def test_own_terms_are_found_and_are_one_node(own: Path) -> None:
    assert "Quillon Q7" in names(own, "Hardware")
    assert {n for n in names(own, "Dataset") if n in ("WombatBench", "WB-2k")} == {"WombatBench"}
    with kg.open(own) as opened:
        rows = opened.sparql(
            'SELECT ?c { ?h skos:prefLabel "Quillon Q7" ; pg:vendor "Quillon" ; skos:broader ?c }'
        ).rows
    assert rows == [("https://w3id.org/papergraph/hardware/npu",)]


def test_they_survive_every_rebuild(own: Path) -> None:
    before = nquads(own, own / "a.nq")
    assert json.loads((own / "manifest.json").read_text("utf-8"))["user"] == {
        "add": 1,
        "alias": 1,
        "reject": 1,
        "terms": 3,
    }
    assert kg.build([], own).extracted == 0
    for name in ("manifest.json", "sparql/records.digest"):
        (own / name).unlink()
    assert kg.build(["papers.jsonl"], own).extracted == 0
    assert nquads(own, own / "b.nq") == before
    with kg.open(own) as opened:
        done = {row[4].partition(":")[0]: row[5] for row in opened.merges().rows if row[0] == "correction"}
    assert done == {"corrections.jsonl, line 1": None, "corrections.jsonl, line 2": 1, "corrections.jsonl, line 3": 1}


def test_empty_files_take_them_back(own: Path, example: Path) -> None:
    (example / "none").write_text("", "utf-8")
    kg.build([], own, lexicon="none", corrections="none")
    kg.build(["papers.jsonl"], "plain")
    assert nquads(own, own / "a.nq") == nquads(example / "plain", own / "b.nq")


def corrected(folder: Path, abstract: str, *corrections: dict[str, Any]) -> tuple[Path, list[str]]:
    paper = jsonl(folder / "p.jsonl", [{"id": "p", "title": "A Study", "abstract": abstract}])
    summary = kg.build([paper], folder / "g", corrections=jsonl(folder / "c.jsonl", corrections))
    return folder / "g", summary.idle


TEXT = "We propose ZibNet, a small model. ZibNet runs on an A100 GPU and is 2.5x faster than vLLM on WombatSet."


def test_reject_retype_and_facts(tmp_path: Path) -> None:
    graph, idle = corrected(
        tmp_path, TEXT,
        {"do": "reject", "name": "vllm"},
        {"do": "retype", "name": "zibnet", "to": "Dataset"},
        {"do": "reject_fact", "paper": "p", "relation": "runs_on", "head": "paper", "tail": "A100"},
        {"do": "add", "paper": "p", "relation": "addresses", "tail": "no such words", "tail_type": "Task"},
        {"do": "reject", "name": "nobody"},
    )  # fmt: skip
    assert "ZibNet" in names(graph, "Dataset")
    assert not {"ZibNet", "vLLM"} & names(graph, "Method")
    assert [re.search(r"line (\d)", line)[1] for line in idle if "nobody" in line or "no such" in line] == ["4", "5"]  # type: ignore[index]
    assert list(validate(graph)) == []


def test_a_statement_and_a_result_by_id(tmp_path: Path) -> None:
    graph, _ = corrected(tmp_path, TEXT)
    with kg.open(graph) as opened:
        ids = [str(row[0]).rpartition("/")[2] for row in opened.sparql(
            "SELECT ?s { { ?s rdf:predicate pg:runsOn } UNION { ?s a pg:Result } }"
        ).rows]  # fmt: skip
    assert ids
    graph, idle = corrected(tmp_path, TEXT, *({"do": "reject_fact", "id": id} for id in ids))
    assert idle == []
    with kg.open(graph) as opened:
        assert opened.sparql("SELECT ?s { { ?s rdf:predicate pg:runsOn } UNION { ?s a pg:Result } }").rows == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"do": "reject", "name": "x"}\n{"do": "vanish"}', r"line 2: .*'reject'"),
        ("\n\nnot json", r"line 3: .*JSON"),
        ('{"do": "alias", "name": "a", "of": "b"}', r"line 1: Field required \(alias.type\)"),
        ('{"do": "apart", "type": "Method"}', "line 1: give either names"),
        ('{"do": "reject_fact"}', "line 1: give either id"),
        ('{"do": "reject", "name": "a", "colour": 1}', r"line 1: Extra inputs .*colour"),
        ('{"do": "add", "paper": "p", "relation": "uses", "tail": "x", "tail_type": "Hardware"}', "uses does not go from a Paper"),
    ],
)  # fmt: skip
def test_wrong_corrections_are_named_by_line(example: Path, text: str, says: str) -> None:
    (example / "bad.jsonl").write_text(text, "utf-8")
    with pytest.raises(InputError, match=rf"bad\.jsonl, .*{says}"):
        kg.build(["papers.jsonl"], "g", corrections="bad.jsonl")
    assert not (example / "g" / "corrections.jsonl").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name\nx", "line 1: the column 'type' is missing"),
        ("type,name,colour\nMethod,x,red", "line 1: there is no column 'colour'"),
        ("type,name\nMethod,x\nThing,y", "line 3: the type is 'Thing'"),
        ("type,name\nMethod,--", "line 2: the name is '--'"),
        ("type,name\nMethod,a,b", "line 2: more cells than columns"),
        ("type,name,class\nHardware,Q7,toaster", "line 2: the class is 'toaster'"),
        ("type,name,broader\nHardware,Q7,Nothing Known", "line 2: 'Nothing Known' .* is no Hardware"),
        ("type,name\nMethod,Zib\nMethod,ZIB", "line 3: 'ZIB' stands there twice"),
    ],
)
def test_wrong_terms_are_named_by_line(example: Path, text: str, says: str) -> None:
    (example / "bad.csv").write_text(text, "utf-8")
    with pytest.raises(InputError, match=rf"bad\.csv, {says}"):
        kg.build(["papers.jsonl"], "g", lexicon="bad.csv")


def test_a_missing_or_binary_file(example: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        kg.build(["papers.jsonl"], "g", lexicon="nowhere.csv")
    (example / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        kg.build(["papers.jsonl"], "g", corrections="binary")
