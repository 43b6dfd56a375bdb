"""The page in a real browser: silent on the network, safe, and usable."""

from typing import Any
from urllib.parse import quote

import pytest
from make_page import HOSTILE, make_page
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from kg.views import network

BASE = "https://papergraph.example/"
SENTENCE = "\U0001f41f Tidepool runs on four Skerry boards, and Skerry stays cool."
FIRST = [SENTENCE.index("Tidepool"), SENTENCE.index("Tidepool") + 8]
SECOND = [SENTENCE.index("Skerry"), SENTENCE.index("Skerry") + 6]


def small() -> dict[str, Any]:
    """Four nodes, three edges, all far apart."""

    def node(name: str, kind: str, x: int, y: int, **more: Any) -> dict[str, Any]:
        base = {"aliases": [], "papers": [0], "vendor": None, "class": None}
        return {"id": BASE + name, "label": name, "type": kind, "x": x, "y": y} | base | more

    def edge(name: str, a: str, b: str, predicate: str) -> dict[str, Any]:
        fact = {
            "paper": 0,
            "sentence": SENTENCE,
            "marks": [FIRST, SECOND],
            "confidence": 0.87,
            "extractor": "rules",
            "field": "abstract",
            "start": 10,
            "end": 70,
            "devices": 4,
            "figures": ["two days"],
        }
        ends = {"from": BASE + a, "to": BASE + b}
        return {"id": name, **ends, "predicate": predicate, "role": "training", "facts": [fact]}

    return {
        "title": "Small",
        "subtitle": "Four nodes",
        "shown": 4,
        "total": 9,
        "types": [
            {"name": name, "shape": shape, "color": color, "count": 1}
            for name, (shape, color) in network.STYLES.items()
        ],
        "papers": [
            {
                "id": "p0",
                "title": "On tides",
                "date": "2024-05-06",
                "url": "https://example.org/tides",
            }
        ],
        "nodes": [
            node("Tidepool", "Method", 0, 0, aliases=["Rock pool", "TPL"]),
            node("Skerry", "Hardware", 300, 0, vendor="Fjordware", **{"class": "accelerator"}),
            node("Wrack", "Dataset", 0, 300),
            node("Limpet", "Method", 300, 300),
        ],
        "edges": [
            edge("e0", "Tidepool", "Skerry", "runs_on"),
            edge("e1", "Tidepool", "Wrack", "evaluated_on"),
            edge("e2", "Limpet", "Skerry", "runs_on"),
        ],
    }


@pytest.mark.parametrize(("nodes", "edges"), [(300, 450), (2000, 4000)])
def test_it_opens_and_asks_for_nothing(browser: Any, nodes: int, edges: int) -> None:
    browser.open(make_page(nodes, edges))
    browser.js("papergraph.select(arguments[0])", BASE + "method/3")
    browser.js("papergraph.showTable(true)")
    assert browser.requests() == []
    assert browser.trouble() == []


def test_five_thousand_nodes_still_open(browser: Any) -> None:
    browser.open(make_page(5000, 9000))
    assert browser.text("#count") == "Showing 5,000 of 15,000 nodes"
    assert browser.requests() == []
    assert browser.trouble() == []


def test_an_empty_graph_says_so(browser: Any) -> None:
    browser.open(small() | {"nodes": [], "edges": [], "papers": [], "shown": 0, "total": 0})
    assert "nothing to show" in browser.text("#notice")
    assert browser.trouble() == []


def test_a_click_on_a_node_tells_about_it(browser: Any) -> None:
    browser.open(small())
    browser.click(BASE + "Skerry")
    panel = browser.text("#panel")
    for words in ("Skerry", "Hardware", "Fjordware", "accelerator", "… runs on this", "Limpet"):
        assert words in panel
    link = browser.driver.find_element(By.CSS_SELECTOR, "#panel .paper a")
    assert link.get_attribute("href") == "https://example.org/tides"
    assert "noopener" in (link.get_attribute("rel") or "")
    assert browser.js("return papergraph.state().node") == BASE + "Skerry"


def test_a_click_on_an_edge_shows_its_evidence(browser: Any) -> None:
    browser.open(small())
    browser.click("e0")
    panel = browser.text("#panel")
    for words in ("On tides", "2024-05-06", "87%", "rules", "4 devices", "two days", "training"):
        assert words in panel
    marks = browser.driver.find_elements(By.CSS_SELECTOR, "#panel mark")
    assert [m.text for m in marks] == ["Tidepool", "Skerry"]  # the fish before them is one sign
    assert browser.text("#panel blockquote") == SENTENCE


def test_a_click_beside_everything_closes_the_panel(browser: Any) -> None:
    browser.open(small())
    browser.click(BASE + "Tidepool")
    browser.js("document.querySelector('#panel .close').click()")
    assert browser.js("return papergraph.state().node") is None
    assert browser.js("return document.getElementById('panel').hidden")


def test_search_by_keyboard_finds_an_alias_and_centres_it(browser: Any) -> None:
    browser.open(small())
    field = browser.driver.find_element(By.ID, "search")
    browser.driver.find_element(By.TAG_NAME, "body").send_keys("/")
    assert browser.driver.switch_to.active_element == field
    field.send_keys("p")
    options = browser.driver.find_elements(By.CSS_SELECTOR, "[role=option]")
    assert len(options) == 2
    field.send_keys(Keys.ARROW_DOWN)
    assert field.get_attribute("aria-activedescendant") == "offer-1"
    field.send_keys(Keys.BACKSPACE, "rock", Keys.ENTER)
    browser.js("papergraph.network.moveTo({animation: false})")
    assert browser.js("return papergraph.state().node") == BASE + "Tidepool"
    browser.visit(browser.driver.current_url)  # no animation on opening
    spot = browser.js("return papergraph.where(arguments[0])", BASE + "Tidepool")
    panel = browser.js("return document.getElementById('panel').getBoundingClientRect().left")
    legend = browser.js("return document.getElementById('legend').getBoundingClientRect().right")
    assert abs(spot["x"] - (legend + panel) / 2) < 3


def test_search_without_a_match_says_so(browser: Any) -> None:
    browser.open(small())
    field = browser.driver.find_element(By.ID, "search")
    field.send_keys("zzz")
    assert browser.text("#suggestions") == "Nothing by that name"
    field.send_keys(Keys.ENTER)
    field.send_keys(Keys.ESCAPE)
    assert field.get_attribute("aria-expanded") == "false"


def test_filters_by_type_and_relation(browser: Any) -> None:
    browser.open(small())
    browser.driver.find_element(By.CSS_SELECTOR, "input[value=Hardware]").click()
    assert browser.text("#count") == "Showing 3 of 9 nodes"
    assert browser.js("return papergraph.state().edges") == 1
    browser.driver.find_element(By.ID, "reset").click()
    assert browser.js("return papergraph.state().edges") == 3
    browser.driver.find_element(By.CSS_SELECTOR, "input[value=runs_on]").click()
    assert browser.js("return papergraph.state()") == {
        "node": None,
        "edge": None,
        "nodes": 2,
        "edges": 1,
    }
    hidden = browser.js("return papergraph.network.body.data.nodes.get(3).hidden")
    assert hidden is True


def test_only_one_type(browser: Any) -> None:
    browser.open(small())
    browser.js("document.querySelector('[aria-label=\"Only Method\"]').click()")
    assert browser.text("#count") == "Showing 2 of 9 nodes"


def test_no_name_covers_another(browser: Any) -> None:
    browser.open(make_page(300, 450))
    few = browser.js("return papergraph.labels()")
    assert 10 < len(few) < 40
    browser.js("papergraph.network.moveTo({scale: papergraph.network.getScale() * 2})")
    browser.js("papergraph.network.renderer._redraw()")
    more = browser.js("return papergraph.labels()")
    assert len(more) > len(few)
    for boxes in (few, more):
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                apart = a["right"] <= b["left"] or b["right"] <= a["left"]
                assert apart or a["bottom"] <= b["top"] or b["bottom"] <= a["top"], (a, b)


def test_choosing_a_hidden_node_brings_it_back(browser: Any) -> None:
    browser.open(small())
    browser.js("papergraph.filter({types: ['Dataset']})")
    browser.js("papergraph.select(arguments[0])", BASE + "Skerry")
    state = browser.js("return papergraph.state()")
    assert state["node"] == BASE + "Skerry"
    assert browser.driver.find_element(By.CSS_SELECTOR, "input[value=Hardware]").is_selected()


@pytest.mark.parametrize("kind", ["node", "edge"])
def test_a_permalink_leads_back(browser: Any, kind: str) -> None:
    browser.open(small())
    name = BASE + "Skerry" if kind == "node" else "e1"
    browser.click(name)
    address = browser.driver.current_url
    assert address.endswith(f"#{kind}={quote(name, safe='')}")
    browser.visit(address)
    assert browser.js("return papergraph.state()")[kind] == name
    browser.js("papergraph.clear()")
    assert "#" not in browser.driver.current_url


def test_back_leads_to_what_was_chosen_before(browser: Any) -> None:
    browser.open(small())
    browser.click(BASE + "Skerry")
    browser.js("papergraph.select(arguments[0])", BASE + "Limpet")
    browser.driver.back()
    assert browser.js("return papergraph.state().node") == BASE + "Skerry"


@pytest.mark.parametrize("fragment", ["#node=nobody", "#edge=%E0%A4%A", "#node=", "#<img src=x>"])
def test_a_strange_permalink_does_no_harm(browser: Any, fragment: str) -> None:
    browser.open(small(), fragment)
    assert browser.js("return papergraph.state().node") is None
    assert browser.trouble() == []


def test_the_table_lists_facts_and_finds_words(browser: Any) -> None:
    browser.open(small())
    assert browser.js("return document.querySelectorAll('#facts *').length") == 0
    browser.driver.find_element(By.ID, "view").click()
    rows = "return document.querySelectorAll('#facts tbody tr').length"
    assert browser.js(rows) == 3
    browser.driver.find_element(By.CSS_SELECTOR, "#facts input").send_keys("limpet")
    assert browser.js(rows) == 1
    browser.driver.find_element(By.CSS_SELECTOR, "#facts td button").click()
    assert "Limpet" in browser.text("#panel h2")


def test_a_long_table_is_capped_with_a_note(browser: Any) -> None:
    browser.open(make_page(300, 450))
    browser.js("papergraph.showTable(true)")
    assert browser.js("return document.querySelectorAll('#facts tbody tr').length") == 200
    assert browser.text("#facts [role=status]").startswith("The first 200 of ")


def test_light_and_dark(browser: Any) -> None:
    ground = "return getComputedStyle(document.body).backgroundColor"
    browser.size(dark=True)
    browser.open(small())
    dark = browser.js(ground)
    browser.driver.find_element(By.ID, "theme").click()
    light = browser.js(ground)
    assert dark != light
    browser.size(dark=False)
    browser.open(small())
    assert browser.js(ground) == light


@pytest.mark.parametrize("chosen", [None, BASE + "Skerry"])
def test_a_telephone_has_no_sideways_scrolling(browser: Any, chosen: str | None) -> None:
    browser.size(390, 844)
    browser.open(small())
    if chosen:
        browser.js("papergraph.select(arguments[0])", chosen)
        spot = browser.js("return papergraph.where(arguments[0])", chosen)
        assert spot["y"] < browser.js("return document.getElementById('panel').offsetTop") + 108
    assert browser.js("return document.documentElement.scrollWidth") == 390
    browser.driver.find_element(By.ID, "filters").click()
    assert browser.driver.find_element(By.ID, "types").is_displayed()


def test_hostile_text_shows_as_text_and_runs_nothing(browser: Any) -> None:
    page = make_page(120, 200, hostile=True)
    browser.open(page)
    assert browser.driver.title == HOSTILE
    assert browser.text("h1") == HOSTILE
    for node in page["nodes"]:
        if node["papers"]:
            break
    edge = next(e for e in page["edges"] if node["id"] in (e["from"], e["to"]))
    browser.js("papergraph.select(arguments[0])", node["id"])
    assert HOSTILE in browser.text("#panel h2")
    assert "<svg onload=alert(2)>" in browser.text("#panel")
    browser.js("papergraph.selectEdge(arguments[0])", edge["id"])
    assert browser.text("#panel mark") == HOSTILE
    assert "<u>rules</u>" in browser.text("#panel")
    browser.driver.find_element(By.ID, "search").send_keys("script")
    browser.js("papergraph.showTable(true)")
    made = "return document.querySelectorAll('img, script:not([type]), b, u, td i, [onerror]').length"
    assert browser.js(made) == 2  # our own two scripts
    hrefs = browser.js("return [...document.querySelectorAll('a')].map((a) => a.href)")
    assert hrefs
    assert all(href.startswith("https://example.org/") for href in hrefs)
    assert browser.requests() == []
    assert browser.trouble() == []


def test_the_pointer_over_a_hostile_node_shows_text(browser: Any) -> None:
    page = small()
    page["nodes"][0]["label"] = HOSTILE
    browser.open(page)
    browser.click(BASE + "Tidepool")
    assert browser.text("#panel h2") == HOSTILE
    assert HOSTILE in browser.js("return document.getElementById('tip').textContent")
    assert browser.trouble() == []
