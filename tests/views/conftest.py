"""A real browser for the view's tests."""

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.support.ui import WebDriverWait

from kg.views import network

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
# Runs before the page's own scripts and notes what must never happen.
WATCH = """
window.trouble = [];
for (const name of ["alert", "confirm", "prompt"]) window[name] = (x) => trouble.push(name + x);
addEventListener("securitypolicyviolation", (e) => trouble.push("csp " + e.violatedDirective));
addEventListener("error", (e) => trouble.push("error " + e.message));
addEventListener("unhandledrejection", (e) => trouble.push("rejection " + e.reason));
"""


class Page:
    """One rendered page, open in the browser."""

    def __init__(self, driver: Any, folder: Path) -> None:
        self.driver = driver
        self.folder = folder

    def size(self, width: int = 1440, height: int = 900, dark: bool = False) -> None:
        """Set the window's size and the preferred colour scheme."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": width < 600})
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def open(self, page: Mapping[str, Any], fragment: str = "") -> int:
        """Render and open a page; the milliseconds until it was drawn."""
        file = self.folder / "page.html"
        file.write_text(network.render(page), encoding="utf-8")
        return self.visit(file.as_uri() + fragment)

    def visit(self, address: str) -> int:
        """Open an address afresh; the milliseconds until the graph was drawn."""
        self.driver.get("about:blank")
        self.driver.get_log("performance")
        self.driver.get_log("browser")
        self.driver.get(address)
        script = "return document.documentElement.dataset.ready"
        return int(WebDriverWait(self.driver, 60, 0.05).until(lambda d: d.execute_script(script)))

    def js(self, script: str, *arguments: object) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def text(self, selector: str) -> str:
        """The visible text of the first match."""
        return self.js("return document.querySelector(arguments[0]).innerText", selector)

    def where(self, name: str) -> dict[str, float]:
        """Where a node, or the middle of an edge, lies in the window."""
        return self.js(
            """
            const {model, canvas} = pg.app, node = model.numberOfNode.get(arguments[0]);
            const edge = model.edges[model.numberOfEdge.get(arguments[0])];
            const ends = (edge ? [edge.from, edge.to] : [node, node]).map((i) => canvas.network.canvasToDOM(model.nodes[i]));
            const stage = canvas.box.getBoundingClientRect();
            return {x: (ends[0].x + ends[1].x) / 2 + stage.left, y: (ends[0].y + ends[1].y) / 2 + stage.top};
            """,
            name,
        )

    def state(self) -> dict[str, Any]:
        """What is chosen, which tab is open, how much is shown."""
        return self.js("return pg.app.state()")

    def choose(self, node: str) -> None:
        """Choose a node as a link to it would, without animation."""
        self.js("pg.app.choose({node: pg.app.model.numberOfNode.get(arguments[0])}, {jump: true})", node)

    def keys(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def saved(self, kind: str) -> bytes:
        """Press a button of the menu Save, and read the file that comes."""
        self.driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(self.folder)}
        )
        self.js("document.querySelector('[data-export=' + arguments[0] + ']').click()", kind)
        found = WebDriverWait(self.driver, 20, 0.05).until(lambda _: sorted(self.folder.glob(f"*.{kind}")))
        WebDriverWait(self.driver, 20, 0.05).until(lambda _: found[0].stat().st_size)
        return found[0].read_bytes()

    def until(self, script: str, *arguments: object) -> Any:
        """Wait until a script gives something true, and give it."""
        return WebDriverWait(self.driver, 30, 0.05).until(lambda d: d.execute_script(script, *arguments))

    def click(self, name: str) -> None:
        """Click on the picture where a node, or the middle of an edge, is drawn."""
        spot = self.where(name)
        pointer = ActionBuilder(self.driver)
        pointer.pointer_action.move_to_location(round(spot["x"]), round(spot["y"])).click()
        pointer.perform()
        ActionChains(self.driver).pause(0.6).perform()  # hammer.js waits for a second tap

    def requests(self) -> list[str]:
        """Every address asked for since the page was opened, but the page itself."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                params = message["params"]
                found.append(params["request"]["url"] if "request" in params else params["url"])
        here = self.driver.current_url.split("#")[0]
        # blob:null/… is made by the page itself: a saved picture, the script of the query engine.
        return [
            u
            for u in found
            if u.split("#")[0] not in (here, "about:blank", "data:,") and not u.startswith("blob:null/")
        ]

    def trouble(self) -> list[str]:
        """Alerts, errors, policy violations and console messages so far."""
        return self.js("return trouble") + [e["message"] for e in self.driver.get_log("browser")]


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium; without one the test is skipped, or fails if all tests must run."""

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    chromedriver = shutil.which("chromedriver")
    if not chromium or not chromedriver:
        reason = "this test needs chromium and chromedriver, and they are not installed"
        if os.environ.get("PAPERGRAPH_TEST_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(chromedriver))
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    browser.get("about:blank")
    while browser.get_log("performance"):  # of the page that the browser itself begins with
        time.sleep(0.3)
    yield browser
    browser.quit()


@pytest.fixture
def browser(driver: Any, tmp_path: Path) -> Page:
    """A page holder in a desktop-sized, light window."""
    page = Page(driver, tmp_path)
    page.size()
    return page
