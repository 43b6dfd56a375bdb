"""The explorer in a real browser: it grows from search, and a graph of hostile texts does nothing."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from test_hostile_browser import hostile as hostile  # the fixture

from tests.serve.conftest import serving
from tests.test_hostile import TEXTS

pytestmark = pytest.mark.browser


def wait(browser: Any, script: str) -> Any:
    return WebDriverWait(browser.driver, 30, 0.05).until(lambda driver: driver.execute_script(script))


def strange(browser: Any, address: str) -> list[str]:
    """Requests that left the server's own address."""
    return [url for url in browser.requests() if not url.startswith(address + "/")]


def test_grows_from_search(browser: Any, graph: Path) -> None:
    with serving(graph) as address:
        browser.visit(address + "/")
        before = browser.js("return pg.app.model.nodes.length")
        (found, *_) = httpx.get(address + "/search", params={"q": "o", "type": "Task"}, timeout=60).json()["found"]
        assert browser.js("return pg.app.model.numberOfNode.has(arguments[0])", found["id"]) is False
        field = browser.driver.find_element("css selector", "#search input")
        field.send_keys(found["name"])
        wait(
            browser,
            f"return [...document.querySelectorAll('.offers .name')].some((n) => n.textContent === {found['name']!r})",
        )
        field.send_keys(Keys.ENTER)
        wait(browser, f"return pg.app.state().node === {found['id']!r}")
        assert browser.js("return pg.app.model.nodes.length") > before
        assert found["name"] in browser.text("#panel h2")
        link = browser.driver.current_url
        browser.visit(link)  # the link leads back, in a page that does not hold the node
        wait(browser, f"return pg.app.state().node === {found['id']!r}")
        assert strange(browser, address) == []
        assert browser.trouble() == []


def test_expanding_shows_sentences(browser: Any, graph: Path) -> None:
    with serving(graph) as address:
        browser.visit(address + "/#node=hardware/gpu")
        wait(browser, "return document.querySelector('#expand') !== null")
        before = browser.js("return pg.app.state().nodes")
        browser.js("document.querySelector('#expand').click()")
        wait(browser, f"return pg.app.state().nodes > {before}")
        shown = browser.js(
            "return pg.app.model.edges.filter((e) => e.predicate !== 'broader').every((e) => e.facts.length > 0)"
        )
        assert shown is True
        assert browser.trouble() == []


@pytest.mark.parametrize("width", [1440, 390])
def test_hostile_texts_do_nothing(browser: Any, hostile: Path, width: int) -> None:
    with serving(hostile) as address:
        browser.size(width)
        browser.visit(address + "/")
        assert browser.text("h1") == "<img src=x onerror=alert(9)>"
        papers = httpx.get(address + "/search", params={"q": "st", "type": "Paper"}, timeout=60).json()["found"]
        ids = [item["id"] for item in papers]
        assert len(ids) > 5
        browser.driver.set_script_timeout(120)
        browser.driver.execute_async_script(
            "const [ids, done] = arguments; (async () => { for (const id of ids) await pg.app.open(id);"
            "pg.app.model.nodes.forEach((_, node) => pg.app.choose({node}, {jump: true}));"
            "pg.app.model.edges.forEach((_, edge) => pg.app.choose({edge}, {jump: true}));"
            "for (const tab of Object.keys(pg.app.tabs)) pg.app.showTab(tab); pg.app.showTab('graph') })().then(done)",
            ids,
        )
        assert (
            browser.js(
                "return document.querySelectorAll('img, iframe, object, [onerror], [onload], [onmouseover]').length"
            )
            == 0
        )
        assert strange(browser, address) == []
        assert browser.trouble() == []


@pytest.mark.parametrize("width", [1440, 390])
def test_hostile_pages_do_nothing(browser: Any, hostile: Path, width: int) -> None:
    with serving(hostile) as address:
        browser.size(width)
        papers = httpx.get(address + "/search", params={"q": "d", "type": "Paper"}, timeout=60).json()["found"]
        methods = httpx.get(address + "/search", params={"q": "zibbo", "type": "Method"}, timeout=60).json()["found"]
        nasty = "/search?q=%3Cimg%20src=x%20onerror=alert(1)%3E%22%00{{7*7}}"
        paths = ["/ask", "/hardware", "/hardware/nvidia-a100", "/ask/papers-without-hardware", "/ask/methods-on-hardware?hardware=GPU",
                 "/ask/speedups?hardware=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", nasty, "/none%3Cscript%3E", "/sparql", "/cypher"]  # fmt: skip
        paths += [
            ("/about?id=" + item["id"] if item["id"].endswith("/..") else "/" + item["id"])
            for item in (*papers, *methods[:3])
        ]
        assert len(paths) > 15
        seen = ""
        for path in paths:
            browser.driver.get(address + path)
            seen += browser.text("body")
            hrefs = browser.js("return [...document.querySelectorAll('a')].map((a) => a.href)")
            assert all(href.startswith((address + "/", "https://e.org/")) for href in hrefs), hrefs
            assert (
                browser.js(
                    "return document.querySelectorAll('img, iframe, object, script:not([src]), [onerror], [onload]').length"
                )
                == 0
            )
            assert browser.js("return document.documentElement.scrollWidth") <= width
            assert browser.js("return trouble") == []
        assert TEXTS["braces"] in seen
        assert "<svg onload=alert(1)>" in seen
        assert [e for e in browser.trouble() if "404" not in e and "400" not in e] == []
        assert strange(browser, address) == []
