"""The page in a real browser: the sample's graph, searched, filtered, read, saved; and made-up ones."""

import csv
import io
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from make_page import HOSTILE, make_page
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from kg.views import network, write_view

pytestmark = pytest.mark.browser

SENTENCE = "\U0001f41f Tidepool runs on four Skerry boards, and Skerry stays cool."
GANTREL, H100 = "method/gantrel-b06790f7", "hardware/nvidia-h100"
ROWS = "return document.querySelectorAll('#facts tbody tr').length"


@pytest.fixture(scope="module")
def view(graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the sample's graph."""
    file = tmp_path_factory.mktemp("view") / "view.html"
    write_view(graph, file)
    return file


@pytest.fixture
def page(browser: Any, view: Path) -> Any:
    """The page of the sample's graph, open; at the end nothing was loaded and nothing went wrong."""
    browser.visit(view.as_uri())
    yield browser
    assert browser.requests() == []
    assert browser.trouble() == []


def small() -> dict[str, Any]:
    """Four nodes, three edges, all far apart."""

    def node(name: str, kind: str, x: int, y: int, **more: Any) -> dict[str, Any]:
        return {
            "id": name,
            "label": name,
            "type": kind,
            "x": x,
            "y": y,
            "aliases": [],
            "papers": [0],
            "named": 1,
        } | more

    def edge(start: int, end: int, predicate: str) -> dict[str, Any]:
        marks = [[SENTENCE.index(word), SENTENCE.index(word) + len(word)] for word in ("Tidepool", "Skerry")]
        fact = {
            "paper": 0, "sentence": SENTENCE, "marks": marks, "confidence": 0.87, "extractor": "rules",
            "field": "abstract", "start": 10, "end": 70, "devices": 4, "figures": ["two days"],
        }  # fmt: skip
        return {"from": start, "to": end, "predicate": predicate, "role": "trained", "count": 1, "facts": [fact]}

    return {
        "title": "Small", "subtitle": "Four nodes", "base": "https://papergraph.example/", "shown": 4, "total": 9, "lit": [],
        "types": network.types(),
        "papers": [{"id": "p0", "title": "On tides", "date": "2024-05-06", "url": "https://example.org/tides"}],
        "nodes": [
            node("Tidepool", "Method", 0, 0, aliases=["Rock pool", "TPL"]),
            node("Skerry", "Hardware", 300, 0, vendor="Fjordware", links=["https://www.wikidata.org/wiki/Q1"]),
            node("Wrack", "Dataset", 0, 300),
            node("Limpet", "Method", 300, 300),
        ],
        "edges": [edge(0, 1, "runs_on"), edge(0, 2, "evaluated_on"), edge(3, 1, "runs_on")],
        "results": [],
    }  # fmt: skip


# ---- What one does with it, on the sample's graph ----


def test_search_by_keyboard_centres_what_is_found(page: Any) -> None:
    page.keys("/", "gant")
    assert page.driver.find_elements(By.CSS_SELECTOR, "#search [role=option]")
    page.keys(Keys.ENTER)
    assert page.state()["node"] == GANTREL
    page.visit(page.driver.current_url)  # no animation on opening
    spot = page.where(GANTREL)
    panel = page.js("return document.getElementById('panel').getBoundingClientRect().left")
    legend = page.js("return document.getElementById('legend').getBoundingClientRect().right")
    assert abs(spot["x"] - (legend + panel) / 2) < 3


@pytest.mark.parametrize(
    ("written", "found"),
    [("h100 nvidia", H100), ("llama 2 13b", "method/llama-2-13b"), ("llama2-13b", "method/llama-2-13b"), ("GPT 4O", "method/gpt-4o")],
)  # fmt: skip
def test_search_is_not_strict_about_hyphens_and_order(page: Any, written: str, found: str) -> None:
    page.keys("/", written, Keys.ENTER)
    assert page.state()["node"] == found


def test_search_takes_aliases_and_says_when_nothing_fits(browser: Any) -> None:
    browser.open(small())
    browser.keys("/", "rock")
    assert browser.text("#search [role=option] .name") == "Tidepool"
    browser.keys("zzz")
    assert browser.text("#search .offers") == "Nothing by that name"
    browser.keys(Keys.ESCAPE)
    assert browser.js("return document.querySelector('#search input').value") == ""


def test_a_click_on_a_node_tells_what_is_known(page: Any) -> None:
    page.choose(H100)
    panel = page.text("#panel")
    for words in (
        "NVIDIA H100",
        "Vendor",
        "NVIDIA",
        "Within",
        "NVIDIA Hopper",
        "Runs here",
        "Figures reported",
        "Papers",
    ):
        assert words in panel


def test_a_click_leads_to_the_evidence(browser: Any) -> None:
    browser.open(small())
    browser.click("Skerry")
    assert browser.state()["node"] == "Skerry"
    for words in ("Skerry", "Hardware", "Fjordware", "Runs here", "Limpet", "www.wikidata.org"):
        assert words in browser.text("#panel")
    link = browser.driver.find_element(By.CSS_SELECTOR, "#panel .paper a")
    assert link.get_attribute("href") == "https://example.org/tides"
    assert "noopener" in (link.get_attribute("rel") or "")
    browser.js("document.querySelector('#panel .close').click()")
    assert browser.state()["node"] is None
    browser.click("Tidepool|runs_on|trained|Skerry")
    for words in ("On tides", "2024-05-06", "87%", "rules", "4 devices", "two days", "trained"):
        assert words in browser.text("#panel")
    marks = browser.driver.find_elements(By.CSS_SELECTOR, "#panel mark")
    assert [mark.text for mark in marks] == ["Tidepool", "Skerry"]  # the fish before them is one sign
    assert browser.text("#panel blockquote") == SENTENCE


def test_filters_by_type_and_relation(page: Any) -> None:
    all_nodes = page.state()["nodes"]
    page.driver.find_element(By.CSS_SELECTOR, "#legend input[value=Metric]").click()
    some = page.state()["nodes"]
    assert 0 < some < all_nodes
    assert page.text("#count").startswith(f"Showing {some} of ")
    page.driver.find_element(By.ID, "reset").click()
    assert page.state()["nodes"] == all_nodes
    page.js("document.querySelector('[aria-label=\"Only runs on\"]').click()")
    kinds = page.js(
        "const m = pg.app.model; return [...new Set(m.edges.filter((e) => e.shown).map((e) => e.predicate))]"
    )
    assert kinds == ["runs_on"]
    assert page.js("return pg.app.model.nodes.filter((n) => n.shown && !n.edges.length).length") == 0


def test_filters_by_year_confidence_and_vendor(page: Any) -> None:
    page.js("pg.app.filter({from: '2024', to: '2024', sure: 80})")
    years, least = page.js(
        "const m = pg.app.model, f = m.edges.filter((e) => e.shown).flatMap((e) => e.visible);"
        "return [[...new Set(f.map((x) => m.papers[x.paper].date.slice(0, 4)))], Math.min(...f.map((x) => x.confidence))]"
    )
    assert years == ["2024"]
    assert least >= 0.8
    page.js("pg.app.filter({vendor: 'AMD'})")
    near = page.js(
        "const m = pg.app.model, own = (i) => m.nodes[i].vendor === 'AMD';"
        "return m.nodes.every((n, i) => !n.shown || n.unnamed || n.class || own(i)"
        " || n.edges.some((j) => m.edges[j].shown && (own(m.edges[j].from) || own(m.edges[j].to))))"
    )
    assert near
    assert page.js("return document.querySelector('[aria-label=Vendor]').value") == "AMD"
    assert 0 < page.state()["nodes"] < 60


def test_neighbours_collapse_and_expand(page: Any) -> None:
    before = page.state()["nodes"]
    page.choose(GANTREL)
    page.driver.find_element(By.ID, "collapse").click()
    fewer = page.state()["nodes"]
    assert fewer < before
    page.visit(page.driver.current_url)
    assert page.state()["nodes"] == fewer
    page.driver.find_element(By.ID, "expand").click()
    assert page.state()["nodes"] >= before


def test_what_was_left_out_is_found_and_drawn(page: Any) -> None:
    left = page.js("return pg.app.model.nodes.find((n) => n.folded).id")
    page.choose(left)
    assert page.state()["node"] == left
    spot = page.where(left)
    assert 0 < spot["x"] < 1440
    assert 0 < spot["y"] < 900


def test_a_path_between_two_nodes_is_read_step_by_step(page: Any) -> None:
    page.choose(GANTREL)
    field = page.driver.find_element(By.CSS_SELECTOR, "#panel .finder input")
    field.send_keys("NVIDIA H100", Keys.ENTER)
    steps = page.state()["path"]
    assert 1 < len(steps) < 6
    assert len(page.driver.find_elements(By.CSS_SELECTOR, "#panel section")) == len(steps)
    page.visit(page.driver.current_url)
    assert page.state()["path"] == steps


def test_a_permalink_holds_choice_tab_and_filters(page: Any) -> None:
    page.js("pg.app.filter({types: ['Method', 'Hardware'], sure: 50, vendor: 'NVIDIA'})")
    page.choose(H100)
    page.js("pg.app.showTab('facts')")
    said, state = page.text("#panel h2"), page.state()
    address = page.driver.current_url
    assert f"node={H100}" in address
    page.visit(address)
    assert page.state() == state
    assert page.text("#panel h2") == said
    page.js("pg.app.choose(null); pg.app.filter({}); pg.app.showTab('graph')")
    assert "#" not in page.driver.current_url


def test_back_leads_to_what_was_chosen_before(page: Any) -> None:
    page.choose(GANTREL)
    page.choose(H100)
    page.driver.back()
    assert page.until("return pg.app.state().node === arguments[0]", GANTREL)


@pytest.mark.parametrize(
    "fragment", ["#node=nobody", "#edge=%E0%A4%A", "#path=a%20b", "#view=<img src=x>&sure=x&from=1&open=+x"]
)
def test_a_strange_permalink_does_no_harm(browser: Any, fragment: str) -> None:
    browser.open(small(), fragment)
    assert browser.state()["node"] is None
    assert browser.state()["nodes"] == 4
    assert browser.trouble() == []


def test_what_is_visible_is_saved(page: Any) -> None:
    page.js("pg.app.filter({relations: ['runs_on']})")
    edges = page.state()["edges"]
    rows = list(csv.DictReader(io.StringIO(page.saved("csv").decode("utf-8"))))
    assert len(rows) >= edges > 0
    assert {row["relation"] for row in rows} == {"runs_on"}
    assert all(row["sentence"] and row["title"] and float(row["confidence"]) for row in rows)
    drawing = ElementTree.fromstring(page.saved("svg"))
    space = "{http://www.w3.org/2000/svg}"
    assert len(drawing.findall(f".//{space}line")) == edges
    assert len(drawing.findall(f".//{space}path")) <= page.state()["nodes"]
    assert {name.text for name in drawing.findall(f".//{space}text")} & {"GPU", "NVIDIA A100"}
    picture = page.saved("png")
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000


def test_a_saved_table_holds_no_formula(browser: Any) -> None:
    assert browser.open(small() | {"title": "=1+1"})
    text = browser.js("return pg.csv([['=HYPERLINK(1)', '+1', 'a\"b', 3, -2, null, 'x\\ny']])")
    assert text == '\'=HYPERLINK(1),\'+1,"a""b",3,-2,,"x\ny"\r\n'


def test_the_table_has_every_fact_and_finds_words(page: Any) -> None:
    page.js("pg.app.showTab('facts')")
    facts = page.js("return pg.app.model.visibleFacts().length")
    assert page.text("#facts [role=status]") == f"The first 200 of {facts} facts"
    assert page.js(ROWS) == 200
    page.driver.find_element(By.CSS_SELECTOR, "#facts input").send_keys("gantrel runs on")
    assert 0 < page.js(ROWS) < 20
    assert page.js("return document.querySelectorAll('#facts tbody mark').length")
    page.driver.find_element(By.CSS_SELECTOR, "#facts td button").click()
    assert "Gantrel" in page.text("#panel h2")


def test_the_matrix_leads_to_the_sentences(page: Any) -> None:
    page.js("pg.app.showTab('matrix')")
    heads = page.js("return [...document.querySelectorAll('#matrix thead th')].map((th) => th.innerText)")
    assert "GPU" in heads
    assert page.js("return document.querySelectorAll('#matrix td.figure').length") > 3
    cell = page.driver.find_element(By.CSS_SELECTOR, "#matrix .cell")
    said = cell.get_attribute("aria-label")
    cell.click()
    method, hardware = re.match(r"(.*) on (.*): \d+ sentences?", said).groups()
    assert method in page.text("#panel h2")
    assert hardware in page.text("#panel h2")
    assert page.text("#panel blockquote")


def test_the_hardware_hierarchy_is_a_tree(page: Any) -> None:
    page.js("pg.app.showTab('hardware')")
    way = page.js(
        "let at = [...document.querySelectorAll('#hierarchy button')].find((b) => b.textContent === 'NVIDIA H100').closest('li');"
        "const way = []; for (; at; at = at.parentElement.closest('li')) way.push(at.querySelector('button').textContent); return way"
    )
    assert way == ["NVIDIA H100", "NVIDIA Hopper", "NVIDIA GPU", "GPU"]


def test_all_can_be_done_with_keys(page: Any) -> None:
    page.js("document.getElementById('graph').focus()")
    page.keys(Keys.ARROW_RIGHT)
    first = page.state()["node"]
    page.keys(Keys.ARROW_LEFT)
    second = page.state()["node"]
    assert first
    assert second
    assert second != first
    page.keys(Keys.ENTER)
    assert page.js("return document.activeElement.tagName") == "H2"
    page.keys(Keys.ESCAPE)
    assert page.state()["node"] is None
    page.keys("2")
    assert page.state()["tab"] == "facts"
    page.keys("1", "?")
    assert page.js("return document.getElementById('help').open")
    page.keys(Keys.ESCAPE)
    page.driver.find_element(By.ID, "tab-graph").send_keys(Keys.ARROW_RIGHT)
    assert page.state()["tab"] == "facts"
    unnamed = page.js(
        "return [...document.querySelectorAll('button, input, select')].filter((e) =>"
        " !(e.textContent.trim() || e.getAttribute('aria-label') || e.closest('label'))).length"
    )
    assert unnamed == 0


def test_the_picture_says_where_one_is(page: Any) -> None:
    """To who does not see it: the picture has a name, and a walk with arrow keys tells each node."""
    page.js("document.getElementById('graph').focus()")
    assert page.js("return document.activeElement.getAttribute('aria-label')").startswith("Network of ")
    page.keys(Keys.ARROW_RIGHT)
    said = page.js("return document.getElementById('said').textContent")
    name = page.js(
        "const m = pg.app.model; return m.nodes[m.numberOfNode.get(arguments[0])].label", page.state()["node"]
    )
    assert said.startswith(f"{name} · ")


def test_only_this_type_by_keys(page: Any) -> None:
    page.js("document.querySelector('#types input[value=Hardware]').focus()")
    page.keys(Keys.TAB)
    assert page.js("return document.activeElement.getAttribute('aria-label')") == "Only Hardware"
    page.keys(Keys.ENTER)
    kinds = "const m = pg.app.model; return [...new Set(m.nodes.filter((n) => n.shown).map((n) => n.type))]"
    assert page.js(kinds) == ["Hardware"]


def test_no_name_covers_another_at_the_start(page: Any) -> None:
    boxes = page.js("return pg.app.canvas.drawn")
    assert len(boxes) > 40
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            apart = a["right"] <= b["left"] or b["right"] <= a["left"]
            assert apart or a["bottom"] <= b["top"] or b["bottom"] <= a["top"], (a, b)


def test_light_and_dark(browser: Any) -> None:
    ground = "return getComputedStyle(document.body).backgroundColor"
    browser.size(dark=True)
    browser.open(small())
    dark = browser.js(ground), browser.js("return pg.app.canvas.colors.edge")
    browser.driver.find_element(By.ID, "theme").click()
    light = browser.js(ground), browser.js("return pg.app.canvas.colors.edge")
    assert dark[0] != light[0]
    assert dark[1] != light[1]
    browser.size(dark=False)
    browser.open(small())
    assert browser.js(ground) == light[0]


def test_a_telephone_has_no_sideways_scrolling(browser: Any, view: Path) -> None:
    browser.size(390, 844)
    browser.visit(view.as_uri())
    wide = "return document.documentElement.scrollWidth"
    for tab in ("facts", "matrix", "hardware", "graph"):
        browser.js("pg.app.showTab(arguments[0])", tab)
        assert browser.js(wide) == 390, tab
    browser.choose(H100)
    assert browser.where(H100)["y"] < browser.js("return document.getElementById('panel').getBoundingClientRect().top")
    assert browser.js(wide) == 390
    browser.driver.find_element(By.ID, "filters").click()
    assert browser.driver.find_element(By.ID, "types").is_displayed()


def test_fingers_find_all_and_hit_it(browser: Any, view: Path) -> None:
    """What stands alone is at least 24 pixels high (WCAG 2.5.8); "only" needs no pointing at."""
    browser.size(390, 844)
    browser.visit(view.as_uri())
    low = """
        return [...document.querySelectorAll('button, summary, select, input')]
            .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest('.choice label, label.choice > input'))
            .map((e) => [e.className || e.id || e.tagName, e.type === 'checkbox' ? e.closest('label').offsetHeight : e.offsetHeight])
            .filter(([, high]) => high < 24)
    """
    for tab in ("graph", "facts", "matrix", "hardware"):
        browser.js("pg.app.showTab(arguments[0])", tab)
        assert browser.js(low) == [], tab
    browser.driver.find_element(By.ID, "filters").click()
    only = browser.driver.find_element(By.CSS_SELECTOR, "#types .only")
    assert only.is_displayed()
    only.click()
    assert browser.js("return [...pg.app.model.filters.types].length") == 5
    assert browser.js(low) == []


# ---- Parts of a graph, and large ones ----


def test_an_answer_is_a_table_beside_its_picture(browser: Any, graph: Path, tmp_path: Path, cli: Any) -> None:
    ran = cli("ask", "methods-on-hardware", "--hardware", "FPGA", "-g", graph, "--page", tmp_path / "answer.html")
    assert ran.code == 0
    browser.visit((tmp_path / "answer.html").as_uri())
    assert browser.text("h1") == "Methods on a hardware: hardware FPGA"
    browser.js("pg.app.showTab('answer')")
    rows = int(browser.text("#answer [role=status]").split()[0])
    assert rows == browser.js("return document.querySelectorAll('#answer tbody tr').length") > 5
    browser.js("[...document.querySelectorAll('#answer td button')].find((b) => b.textContent === 'Dunlinet').click()")
    assert "Dunlinet" in browser.text("#panel h2")
    assert browser.trouble() == []


def test_a_page_around_a_hardware_opens_on_it(browser: Any, graph: Path, tmp_path: Path) -> None:
    write_view(graph, tmp_path / "a100.html", around="A100")
    browser.visit((tmp_path / "a100.html").as_uri())
    assert browser.state()["node"] == "hardware/nvidia-a100"
    assert "hardware/gpu" in browser.state()["lit"]
    assert browser.text("h1") == "NVIDIA A100"


def test_a_large_graph_opens_and_says_how_much_it_shows(browser: Any) -> None:
    browser.open(make_page(2000, 4000))
    assert browser.text("#count") == "Showing 2,000 of 6,000 nodes"
    browser.choose("method/3")
    browser.js("pg.app.showTab('facts')")
    assert browser.js(ROWS) == 200
    assert browser.requests() == []
    assert browser.trouble() == []


def test_an_empty_graph_says_so(browser: Any) -> None:
    browser.open(small() | {"nodes": [], "edges": [], "papers": [], "shown": 0, "total": 0})
    assert "nothing to show" in browser.text("#notice")
    assert browser.trouble() == []


def test_more_of_the_graph_comes_through_the_source(browser: Any) -> None:
    """What a page beside a server does: it expands by a fragment that was not in the page."""
    browser.open(small())
    browser.js(
        """
        const extra = {papers: [], results: [], nodes: [
            {id: "Skerry", label: "Skerry", type: "Hardware", aliases: [], papers: []},
            {id: "Dulse", label: "Dulse", type: "Task", aliases: [], papers: []}],
          edges: [{from: 1, to: 0, predicate: "mentions", role: null, count: 0, facts: []}]};
        pg.app.source.expand = async (id) => (id === "Skerry" ? extra : null);
        pg.app.expand(pg.app.model.numberOfNode.get("Skerry"));
        """
    )
    assert browser.until("return pg.app.state().nodes === 5")
    assert browser.js("return pg.app.canvas.held.nodes.size") == 5
    assert browser.trouble() == []


# ---- Hostile text ----


def test_hostile_text_shows_as_text_and_runs_nothing(browser: Any) -> None:
    page = make_page(120, 200, hostile=True)
    browser.open(page)
    assert browser.driver.title == HOSTILE
    assert browser.text("h1") == HOSTILE
    browser.choose(next(node["id"] for node in page["nodes"] if node["papers"] and node["type"] != "Paper"))
    assert HOSTILE in browser.text("#panel h2")
    assert "<svg onload=alert(2)>" in browser.text("#panel")
    browser.js("pg.app.choose({edge: 0})")
    assert browser.text("#panel mark") == HOSTILE
    assert "<u>rules</u>" in browser.text("#panel")
    browser.keys("/", "script")
    for tab in ("facts", "matrix", "hardware", "graph"):
        browser.js("pg.app.showTab(arguments[0])", tab)
    made = "return document.querySelectorAll('img, script:not([type]), main b, u, td i, [onerror], [onload]').length"
    assert browser.js(made) == 1 + len(network.SCRIPTS)
    hrefs = browser.js("return [...document.querySelectorAll('a')].map((a) => a.href)")
    assert all(href.startswith("https://example.org/") for href in hrefs)
    assert HOSTILE.encode() not in browser.saved("svg")
    assert browser.requests() == []
    assert browser.trouble() == []
