import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.views.heatmap import render
from tests.conftest import Ran

Row = dict[str, Any]


def row(method: str = "Quux", hardware: str = "NVIDIA A100", papers: float = 1.0, **rest: Any) -> Row:
    blank = {"roles": "", "devices": None, "figures": "", "paper": "A paper", "sentence": "It runs."}
    return {
        "method": method,
        "id": f"method/{method.casefold()}",
        "hardware": hardware,
        "papers": papers,
        **blank,
        **rest,
    }


class Page(HTMLParser):
    """Ids, links, tags, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        if tag == "a":
            self.links.append(given.get("href") or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_cell_leads_to_its_sentence_and_figures(opened: kg.Graph) -> None:
    rows = list(opened.ask("matrix").dicts())
    page = Page(render(rows, title="sample"))
    cells = [link for link in page.links if link.startswith("#c")]
    assert len(cells) == len(rows) > 10
    assert {link[1:] for link in cells} <= page.ids
    plain = " ".join(page.text.split())
    for found in rows:
        assert " ".join(str(found["sentence"]).split()) in plain
        assert str(found["figures"]) in plain


def test_two_methods_of_one_name_are_two_rows() -> None:
    page = Page(render([row(id="method/comet-1"), row(id="method/comet-2")], title="sample"))
    assert len([link for link in page.links if link.startswith("#c")]) == 2


def test_nothing_is_loaded_and_no_script_runs() -> None:
    source = render(
        [row(method="<script>alert(1)</script>", sentence='"><img src=http://x.invalid/y onerror=alert(1)>')],
        title="</title><b>",
    )
    page = Page(source)
    assert not page.tags & {"script", "img", "iframe", "b", "object"}
    assert all(link.startswith("#") for link in page.links)
    assert "default-src 'none'" in source
    assert "<script>alert(1)</script>" in page.text


def test_more_papers_are_darker_and_stand_first() -> None:
    source = render([row("Rare"), row("Common", papers=9.0), row("Some", papers=4.0)], title="t")
    assert re.findall(r'class="heat-(\d)" href', source) == ["4", "2", "1"]
    assert re.findall(r'<th scope="row"[^>]*>(\w+)', source) == ["Common", "Some", "Rare"]


def test_methods_on_the_same_hardware_stand_together() -> None:
    source = render(
        [row("Ash", "CPU"), row("Birch", "GPU"), row("Cedar", "CPU"), row("Dill", "GPU", papers=2)], title="t"
    )
    assert re.findall(r'<th scope="row"[^>]*>(\w+)', source) == ["Dill", "Birch", "Ash", "Cedar"]


def test_no_pair_makes_no_table() -> None:
    assert Page(render([], title="t")).tags & {"h1", "table"} == {"h1"}


def test_too_many_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGRAPH_HEATMAP_METHODS", "2")
    source = render([row(f"M{n}", papers=float(n)) for n in range(1, 6)], title="t")
    assert re.findall(r'<th scope="row"[^>]*>(\w+)', source) == ["M5", "M4"]
    assert "3 pairs with fewer papers are left out" in source


def test_from_the_command_line_at_a_level(cli: Callable[..., Ran], graph: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.html"
    ran = cli("ask", "matrix", "--by", "vendor", "--html", out, "-g", graph)
    assert ran.code == 0
    vendors = {
        found["hardware"] for found in json.loads(cli("ask", "matrix", "--by", "vendor", "-f", "json", "-g", graph).out)
    }
    assert "NVIDIA" in vendors
    assert set(re.findall(r'<th scope="col"[^>]*><span>([^<]+)</span>', out.read_text("utf-8"))) == vendors
    assert cli("ask", "speedups", "--hardware", "GPU", "--html", out, "-g", graph).code == 1
    assert cli("ask", "matrix", "--html", tmp_path / "none" / "x.html", "-g", graph).code == 1
