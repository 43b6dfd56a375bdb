"""The report says what the graph says, in bytes that do not change, with every text escaped."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

import kg
from kg.report import write_report
from kg.report.charts import bars, columns, heat_map
from tests.conftest import Ran
from tests.helpers import jsonl

Cli = Callable[..., Ran]


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_same_graph_same_bytes(graph: Path, tmp_path: Path, cli: Cli, name: str) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        assert cli("report", "-g", graph, "-o", tmp_path / folder / name).code == 0
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_numbers_are_those_of_the_graph(graph: Path, opened: kg.Graph, tmp_path: Path) -> None:
    write_report(graph, tmp_path / "r.md")
    text = (tmp_path / "r.md").read_text("utf-8")
    query = (
        "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?p pg:mentions/skos:prefLabel 'NVIDIA A100' ; schema:datePublished ?d }"
    )
    (line,) = re.findall(r"^\| NVIDIA A100 \|(.*) (\d+) \| █+ \|$", text, re.MULTILINE)
    assert int(line[1]) == opened.sparql(query).rows[0][0]
    assert sum(int(n) for n in line[0].replace("|", " ").split()) == int(line[1])
    pairs = {(row["method"], row["hardware"]) for row in opened.ask("matrix").dicts()}
    assert f"of {len(pairs)} pairs" in text
    metric, count = re.findall(r"## Metrics reported\n\n.*\n.*\n\| (.+?) \| (\d+) \|", text)[0]
    query = "SELECT (COUNT(DISTINCT ?r) AS ?n) { ?r pg:metric/skos:prefLabel ?m FILTER(?m = ?wanted) }"
    assert opened.sparql(query, wanted=metric).rows == [(int(count),)]


def test_html_loads_and_runs_nothing(graph: Path, tmp_path: Path) -> None:
    write_report(graph, tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text("utf-8")
    tags: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append((tag, dict(attrs)))

    Reader().feed(text)
    assert not {tag for tag, _ in tags} & {"script", "img", "iframe", "object", "embed"}
    assert all(attrs.get("href") == "data:," for tag, attrs in tags if tag == "link")
    assert "@import" not in text
    assert "url(" not in text
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ET.fromstring(svg)


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>\"'|`[x](javascript:alert(1))"
    chart = str(bars([(bad, 3)], of="method", says=bad) + columns([(bad, [1])], ["2024"], of=(bad, [2]), says=bad))
    chart += str(heat_map([bad], [bad], {(bad, bad): 1}, says=bad))
    assert "<script" not in chart
    rows = [{"id": "a", "title": f"T {bad}", "url": "javascript:alert(1)", "date": "2024-01-01",
             "abstract": f"We propose ZibboNet, which is 2.5x faster than vLLM on an A100 GPU {bad}."}]  # fmt: skip
    kg.build([jsonl(tmp_path / "x.jsonl", rows)], tmp_path / "<b>g</b>")
    for name in ("r.html", "r.md"):
        write_report(tmp_path / "<b>g</b>", tmp_path / name)
        text = (tmp_path / name).read_text("utf-8")
        assert "<script" not in text
        assert "<b>" not in text
        assert 'href="javascript:' not in text
    assert not re.search(r"(?<!\\)\]\(javascript", (tmp_path / "r.md").read_text("utf-8"))


def test_empty_of_hardware(tmp_path: Path) -> None:
    kg.build(
        [jsonl(tmp_path / "x.jsonl", [{"id": "a", "title": "Plain", "abstract": "Nothing is named in here."}])],
        tmp_path / "g",
    )
    write_report(tmp_path / "g", tmp_path / "r.html")
    assert "1 paper without a date" in (tmp_path / "r.html").read_text("utf-8")


def test_summary_says_what_is_new(tmp_path: Path, cli: Cli) -> None:
    rows = [{"id": f"p{n}", "title": f"Zibbo{n}: A Study", "date": "2024-05-01", "abstract": f"We propose Zibbo{n}. It runs on {chip}."}
            for n, chip in enumerate(("an A100 GPU", "a TPU v4"))]  # fmt: skip
    first = cli("build", jsonl(tmp_path / "1.jsonl", rows[:1]), "--out", tmp_path / "g").out
    assert "the first: read 1 papers" in first
    second = cli("build", jsonl(tmp_path / "2.jsonl", rows), "--out", tmp_path / "g").out
    assert "1 new papers" in second
    (hardware,) = [line for line in second.splitlines() if line.startswith("New hardware")]
    assert "TPU v4" in hardware
    assert "A100" not in hardware
    shown = cli("stats", "-g", tmp_path / "g").out
    assert [line for line in second.splitlines() if line in shown.splitlines()][-2:] != []
    assert hardware in shown
    assert "nothing new" in cli("build", str(tmp_path / "2.jsonl"), "--out", tmp_path / "g").out
