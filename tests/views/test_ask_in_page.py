"""A page that answers SPARQL by itself, in a real browser, from file://."""

import gzip
import os
from base64 import b64decode
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.errors import ExportError
from kg.lexicon import fold
from kg.queries import questions
from kg.stores import OxigraphStore
from kg.views import answering, write_view
from tests.helpers import facts_of

GIVEN = {"hardware": "GPU", "method": "Gantrel", "to": "GPUs"}


@pytest.fixture(scope="module")
def page_file(graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (files("kg.views") / answering.FOLDER / "web_bg.wasm").is_file():
        reason = "this test needs Oxigraph's WebAssembly build: run  scripts/fetch_oxigraph_wasm"
        if os.environ.get("PAPERGRAPH_TEST_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    file = tmp_path_factory.mktemp("ask") / "ask.html"
    write_view(graph, file, sparql=True)
    return file


@pytest.fixture
def page(browser: Any, page_file: Path) -> Any:
    browser.driver.set_script_timeout(60)
    browser.visit(page_file.as_uri() + "#view=ask")
    yield browser
    assert browser.requests() == []
    assert browser.trouble() == []


def given(name: str) -> dict[str, str]:
    return {p.name: GIVEN[p.name] for p in questions()[name].parameters if p.required}


def asked(page: Any, script: str, *arguments: object) -> Any:
    """Run a promise in the page and give what it gives; an error as its text."""
    wrapped = f"const done = arguments[arguments.length - 1]; ({script}).then(done, (e) => done('error: ' + e.message))"
    return page.driver.execute_async_script(wrapped, *arguments)


@pytest.mark.browser
def test_every_named_question_is_answered_as_by_the_store(page: Any, graph: Path) -> None:
    with kg.open(graph) as opened:
        for name in questions():
            answer = opened.ask(name, **given(name))
            assert answer.rows, name
            found = asked(
                page,
                "pg.app.tabs.ask.named(pg.app.data.sparql.questions.find((q) => q.name === arguments[0]), arguments[1])",
                name,
                given(name),
            )
            assert found["columns"] == list(answer.columns), name
            assert [tuple(row) for row in found["rows"]] == answer.rows, name


@pytest.mark.browser
def test_any_sparql_is_answered_and_refused_in_words(page: Any, graph: Path) -> None:
    ask = "pg.app.tabs.ask.run(arguments[0])"
    with kg.open(graph) as opened:
        quads = len(opened.store)
    count = asked(page, ask, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert count["rows"] == [[quads]]
    assert asked(page, ask, "ASK { ?m pg:runsOn ?h } # SELECT")["rows"] == [[True]]
    made = asked(page, ask, "CONSTRUCT { ?m pg:runsOn ?h } WHERE { ?m pg:runsOn ?h } LIMIT 3")
    assert made["columns"] == ["subject", "predicate", "object"]
    assert len(made["rows"]) == 3
    assert asked(page, ask, "SELECT * { ?s nope:x ?o }").startswith("error: ")
    assert asked(page, ask, "SELECT * { SERVICE <https://example.org/sparql> { ?s ?p ?o } }").startswith("error: ")
    assert asked(page, ask, "DELETE WHERE { ?s ?p ?o }").startswith("error: ")
    assert asked(page, ask, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")["rows"] == [[quads]]


@pytest.mark.browser
def test_an_answer_goes_back_into_the_picture(page: Any) -> None:
    page.driver.find_element("css selector", "#ask input[name=hardware]").send_keys("FPGA")
    page.driver.find_element("css selector", "#ask button.primary").click()
    page.until("return document.querySelector('#ask tbody tr')")
    assert "quads in this page, answered in" in page.text("#ask form [role=status]")
    page.until(
        "return [...document.querySelectorAll('#ask .acts button')].find((b) => !b.hidden && b.textContent.startsWith('Show '))"
    ).click()
    state = page.state()
    assert state["tab"] == "graph"
    assert {"method/dunlinet", "hardware/fpga"} <= set(state["lit"])
    assert "Methods on a hardware" in page.text("#notice")
    page.driver.find_element("css selector", "#notice button").click()
    assert page.state()["lit"] is None


@pytest.mark.browser
def test_a_long_query_can_be_stopped(page: Any) -> None:
    page.js(
        "const [select, area, go] = ['select', 'textarea', '.primary'].map((s) => document.querySelector('#ask ' + s));"
        "select.value = ''; select.dispatchEvent(new Event('change'));"
        "area.value = 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }'; go.click()"
    )
    page.until(
        "return [...document.querySelectorAll('#ask button')].find((b) => b.textContent === 'Stop' && !b.hidden)"
    ).click()
    page.until("return document.querySelector('#ask [role=status]').textContent === 'The query was stopped.'")
    assert asked(page, "pg.app.tabs.ask.run('ASK { ?s ?p ?o }')")["rows"] == [[True]]


@pytest.mark.browser
def test_names_fold_in_the_page_as_in_python(page: Any, graph: Path) -> None:
    names = {
        "TPU-v4",
        "TPUv4s",
        "$A^2ATS$",
        "Mélange",
        "GPT-3.5",
        "Phi-3 5B",
        "V100s",
        "L40S",
        "L40s",
        "C++",
        "C#",
        "GPUs",
        "Hopper GPUs",
        "YOLOv8s",
        "Mixtral 8×7B",
        "β-VAE",
        "$\\lambda$-return",
    }
    with kg.open(graph) as opened:
        names |= {mention.text for record in opened.records() for e in record.entities for mention in e.mentions}
    listed = sorted(names)
    assert page.js("return arguments[0].map(pg.fold)", listed) == [fold(name) for name in listed]


def test_the_page_holds_the_graph_whole(page_file: Path, graph: Path) -> None:
    held = answering.answering(facts_of(graph))
    lines = gzip.decompress(b64decode(held["quads"])).splitlines()
    assert len(lines) == len(OxigraphStore(graph))
    policy = page_file.read_text("utf-8").partition('Content-Security-Policy" content="')[2].partition('"')[0]
    assert "&#39;unsafe-inline&#39;" not in policy.partition("style-src")[0]
    assert "&#39;wasm-unsafe-eval&#39;" in policy


def test_without_the_build_the_script_is_named(graph: Path, monkeypatch: pytest.MonkeyPatch, cli: Any) -> None:
    monkeypatch.setattr(answering, "FOLDER", "nowhere")
    with pytest.raises(ExportError, match="scripts/fetch_oxigraph_wasm"):
        answering.answering([])
    ran = cli("view", "--sparql", "-g", graph, "-o", graph / "x.html")
    assert ran.code == 1
    assert "scripts/fetch_oxigraph_wasm" in ran.err
    assert not (graph / "x.html").exists()
