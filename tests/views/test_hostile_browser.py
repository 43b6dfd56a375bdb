"""A graph of hostile texts in a real browser: nothing runs, nothing is loaded, nothing is said on the console."""

from pathlib import Path
from typing import Any

import pytest

import kg
from kg.views import network, write_view
from tests.helpers import jsonl
from tests.test_hostile import TEXTS, rows

pytestmark = pytest.mark.browser

LINKS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x",
    "//evil.example/x", 'https://e.org/"onmouseover="alert(1)', "https://e.org/ok",
)  # fmt: skip
WAYS = "<svg onload=alert(1)> <img src=//evil.example/i onerror=alert(2)> {{71*73}} ${71*73} <%= 7 %> \u202eevil\u202c \x00"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile-view")
    more = [
        {
            "id": f"x:{n}",
            "title": f"{WAYS} number {n}",
            "abstract": f"We propose Evil<b>Net</b>{n} {WAYS}. Evil{n} runs on an A100 GPU and is {n + 2}x faster than vLLM.",
            "url": link,
            "date": "2024-01-02",
        }
        for n, link in enumerate(LINKS)
    ]
    graph = folder / "<img src=x onerror=alert(9)>"
    # a file of its own each, so that one refused text refuses no other
    kg.build([jsonl(folder / f"{n}.jsonl", [row]) for n, row in enumerate([*rows(), *more])], graph)
    return graph


def test_every_node_edge_and_tab_is_harmless(browser: Any, hostile: Path, tmp_path: Path) -> None:
    sparql = (Path(network.__file__).parent / "oxigraph" / "web_bg.wasm").is_file()
    write_view(hostile, tmp_path / "view.html", sparql=sparql)
    browser.visit((tmp_path / "view.html").as_uri())
    assert browser.text("h1") == "<img src=x onerror=alert(9)>"
    shown = browser.js(
        """
        const {app} = pg, {model} = app;
        model.nodes.forEach((_, node) => app.choose({node}, {jump: true}));
        model.edges.forEach((_, edge) => app.choose({edge}, {jump: true}));
        const texts = [];
        for (const tab of Object.keys(app.tabs)) {
          app.showTab(tab);
          texts.push(document.body.innerText);
        }
        app.showTab("graph");
        return texts.join("\\n");
        """
    )
    for text in (TEXTS["script"], TEXTS["braces"], "<svg onload=alert(1)>", "{{71*73}}"):
        assert text in shown
    assert "5183" not in shown
    hrefs = browser.js(
        "const found = new Set(); pg.app.model.papers.forEach((p) => { const a = pg.link(p.url, p.title); if (a.href) found.add(a.href) });"
        "return [...found]"
    )
    assert hrefs
    assert all(href.startswith("https://e.org/") for href in hrefs)
    made = "return document.querySelectorAll('img, iframe, object, script:not([type]), [onerror], [onload], [onmouseover]').length"
    assert browser.js(made) == 1 + len(network.SCRIPTS)
    assert b"<img" not in browser.saved("svg")
    assert browser.saved("csv")
    if sparql:
        rows_ = "const done = arguments[0]; pg.app.tabs.ask.run('SELECT ?n { ?p schema:name ?n }').then((a) => done(a.rows.length))"
        assert browser.driver.execute_async_script(rows_) == len(TEXTS) + 2 + len(LINKS)
    assert browser.requests() == []
    assert browser.trouble() == []
