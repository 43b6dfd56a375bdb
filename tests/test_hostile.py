"""Papers whose texts try to break out of every format that they are written in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import pyoxigraph
import pytest
import rdflib

import kg
from kg.exports import EXPORTS
from kg.queries import ask, questions
from kg.schema import SCHEMA
from kg.validate import validate
from tests.conftest import Ran
from tests.helpers import content, jsonl

TEXTS = {
    "script": "</script><img src=x onerror=alert(1)> href",
    "quotes": "\"'`\"\"\"''' \\\" \\' \\n \\u0041 {\\",
    "braces": "{{x}} ${y} {% z %} [red]rich[/red] %s {0}",
    "sparql": '" . } ; DROP ALL # <http://e.org/> ?s',
    "rtl": "abc \u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff",
    "nul": "a\x00b\x07c\x1b[31m d\x7f\x85",
    "lines": "one\ntwo\r\nthree\u2028four\tfive",
    "markup": "<!-- --> <![CDATA[ ]]> &amp; &#0; <?xml ?>",
    "wide": "Zoë 日本語 Ω 😀 e\u0301 ﬁ",
    "csv": '=cmd|" /C calc"!A0, "x";y',
    "latex": r"\textbf{ $\mathcal{ \'{ {\"",
    "not-xml": "a\ufffeb\uffffc",
}
TAIL = " It is tested on an A100 GPU. We propose ZibboNet{0}, which is 2.5x faster than vLLM{0} on COCO. It helps."
WORD = "Zib" + "bo" * 5000
HYPHENS = "a" + "-a" * 4000


def rows() -> list[dict[str, Any]]:
    found = [
        {"id": f"h:{name}/{text[:12]}", "title": f"Study {text}", "abstract": f"About {text} and more.{TAIL.format(name[0].upper())}",
         "organisation": text, "url": f"https://e.org/{text}", "authors": [text], "categories": [text]}
        for name, text in TEXTS.items()
    ]  # fmt: skip
    found.append(
        {
            "id": "h:long",
            "title": "Z" * 1000,
            "abstract": f"We propose {WORD}, which runs on an A100 GPU. {HYPHENS} ends it.",
        }
    )
    found.append({"id": "..", "title": "Dots", "abstract": "It has dots as its id. It runs on a GPU."})
    return found


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    # a file of its own each, so that one refused text refuses no other
    summary = kg.build([jsonl(folder / f"{n}.jsonl", [row]) for n, row in enumerate(rows())], folder / "g")
    assert (summary.rejected, summary.failed) == ([], [])
    return folder / "g"


def visible(text: str) -> str:
    """A text without what a reader of it may not keep: control characters are spaces."""
    return "".join(" " if ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029" else c for c in text).strip()


def test_texts_are_kept(hostile: Path) -> None:
    with kg.open(hostile) as opened:
        found = {record.title: record.abstract for record in opened.records()}
        assert len(found) == len(TEXTS) + 2
        for row in rows():
            assert found[visible(row["title"])] == visible(row["abstract"])


def test_texts_round_trip_through_the_store(hostile: Path) -> None:
    with kg.open(hostile) as opened:
        stored = set(opened.sparql("SELECT ?t { ?p a schema:ScholarlyArticle ; schema:name ?t }").column("t"))
        for row in rows():
            title = visible(row["title"])
            assert title in stored
            assert opened.sparql("ASK { ?p schema:name ?wanted }", wanted=title).rows == [(True,)]


@pytest.mark.parametrize("name", ["nquads", "trig", "turtle", "jsonld"])
def test_rdf_exports_round_trip(hostile: Path, tmp_path: Path, name: str) -> None:
    kg.export(name, hostile, tmp_path / "x")
    quads = {"nquads": pyoxigraph.RdfFormat.N_QUADS, "trig": pyoxigraph.RdfFormat.TRIG}
    if name in quads:
        titles = {q.object.value for q in pyoxigraph.parse((tmp_path / "x").read_bytes(), format=quads[name])  # type: ignore[union-attr]
                  if q.predicate.value == SCHEMA + "name"}  # fmt: skip
    else:
        read = rdflib.Graph().parse(tmp_path / "x", format={"turtle": "turtle", "jsonld": "json-ld"}[name])
        titles = {str(o) for o in read.objects(None, rdflib.URIRef(SCHEMA + "name"))}
    assert titles == {visible(row["title"]) for row in rows()}


def test_graphml_round_trips(hostile: Path, tmp_path: Path) -> None:
    kg.export("graphml", hostile, tmp_path / "x")
    read = networkx.read_graphml(tmp_path / "x", force_multigraph=True)
    titles = {data["name"] for _, data in read.nodes(data=True) if data["type"] == "Paper"}
    assert titles == {visible(row["title"]).replace("\ufffe", " ").replace("\uffff", " ") for row in rows()}


def test_graphml_holds_only_what_xml_allows(hostile: Path, tmp_path: Path) -> None:
    kg.export("graphml", hostile, tmp_path / "x")
    text = (tmp_path / "x").read_text("utf-8")
    assert not set(text) & {chr(n) for n in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_exports_of_hostile_papers_are_stable(hostile: Path, tmp_path: Path, name: str) -> None:
    kg.export(name, hostile, tmp_path / "a")
    kg.export(name, hostile, tmp_path / "b")
    assert content(tmp_path / "a") == content(tmp_path / "b")


@pytest.mark.parametrize("name", sorted(questions()))
def test_every_question(hostile: Path, name: str) -> None:
    given = {"hardware": "GPU", "method": "ZibboNetS", "to": "A100"}
    with kg.open(hostile) as opened:
        ask(opened.store, name, {p.name: given[p.name] for p in questions()[name].parameters if p.required})
        assert opened.ask("methods-on-hardware", hardware="A100").rows


@pytest.mark.parametrize("format", ["table", "csv", "json"])
def test_printed_as_text(hostile: Path, cli: Callable[..., Ran], format: str) -> None:
    ran = cli("ask", "papers-without-hardware", "-g", hostile, "-f", format)
    assert ran.code == 0
    ran = cli("sparql", "SELECT ?t { ?p schema:name ?t }", "-g", hostile, "-f", format)
    assert ran.code == 0
    assert "[red]rich[/red]" in ran.out
    assert not set(ran.out) & set("\x00\x07\x1b\x7f\x85")


def test_graph_is_sound(hostile: Path) -> None:
    assert list(validate(hostile)) == []


def test_the_view_holds_no_markup_of_a_title(hostile: Path, cli: Callable[..., Ran], tmp_path: Path) -> None:
    ran = cli("view", "-g", hostile, "-o", tmp_path / "x.html")
    assert ran.code == 0, ran.text
    assert "<img src=x onerror" not in (tmp_path / "x.html").read_text("utf-8")


def test_hostile_papers_can_be_removed(tmp_path: Path) -> None:
    kg.build([jsonl(tmp_path / "x.jsonl", rows())], tmp_path / "g")
    with kg.open(tmp_path / "g") as opened:
        ids = [record.id for record in opened.records()]
    for id in ids[:5]:
        kg.remove(id, tmp_path / "g")
    with kg.open(tmp_path / "g") as opened:
        assert [record.id for record in opened.records()] == ids[5:]


def test_huge_counts_round_trip(tmp_path: Path) -> None:
    row = {"id": "n", "title": "t", "abstract": "It is text. It runs on a GPU.", "upvotes": 10**30}
    kg.build([jsonl(tmp_path / "x.jsonl", [row])], tmp_path / "g")
    with kg.open(tmp_path / "g") as opened:
        assert opened.sparql("SELECT ?n { ?p pg:upvotes ?n }").rows == [(10**30,)]
