"""Take the pictures in docs/images: the sample corpus as pages of `kg view` and `kg serve`, in headless Chromium.

python scripts/screenshots.py        needs the extras `dev` and `serve`, chromium and chromedriver, and
                                     scripts/fetch_oxigraph_wasm
"""

import base64
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

import kg
from kg.views import write_view

ROOT = Path(__file__).resolve().parent.parent
WIDE, PHONE = (1440, 900), (390, 844)
QUALITY = 84  # of a WebP picture: a third of the bytes of a PNG, and letters stay sharp


class Shot(NamedTuple):
    """A picture: its name, the page, the window, whether it is dark, a script to run in it, and what must be there then."""

    name: str
    page: str
    size: tuple[int, int] = WIDE
    dark: bool = False
    script: str = ""
    brings: str = ""


asked = partial(
    Shot,
    script="document.querySelector('#ask input').value = 'FPGA'; document.querySelector('#ask .primary').click()",
    brings="#ask tbody tr",
)
run = partial(Shot, script="document.querySelector('#query .primary').click()", brings="#answer tbody tr")
PANEL = "#panel section"
PAPER = "/paper/title:07441b298a54d3c5"
VIEWS = (
    Shot("view-graph", "whole.html"),
    Shot("view-graph-dark", "whole.html", dark=True),
    Shot("view-graph-390", "whole.html", PHONE),
    Shot("view-node", "whole.html#node=hardware/nvidia-h100", brings=PANEL),
    Shot("view-node-390", "whole.html#node=hardware/nvidia-h100", PHONE, brings=PANEL),
    Shot("view-path", "whole.html#path=method/gantrel-b06790f7+hardware/nvidia-h100", brings=PANEL),
    Shot("view-facts", "whole.html#view=facts"),
    Shot("view-facts-390", "whole.html#view=facts", PHONE),
    Shot("view-matrix", "whole.html#view=matrix"),
    Shot("view-hardware", "whole.html#view=hardware"),
    Shot("view-hardware-390", "whole.html#view=hardware", PHONE),
    asked("view-ask", "whole.html#view=ask"),
    asked("view-ask-390", "whole.html#view=ask", PHONE),
    Shot("view-around", "around.html"),
)
SERVED = (
    Shot("serve-explorer", "/#node=hardware/nvidia-a100", brings=PANEL),
    Shot("serve-explorer-390", "/", PHONE),
    Shot("serve-search", "/search?q=jetson"),
    Shot("serve-question", "/ask/speedups?hardware=GPU"),
    Shot("serve-question-390", "/ask/speedups?hardware=GPU", PHONE),
    run("serve-sparql", "/sparql"),
    run("serve-cypher", "/cypher", dark=True),
    Shot("serve-paper", PAPER),
    Shot("serve-paper-390", PAPER, PHONE),
    Shot("serve-hardware", "/hardware/nvidia-h100"),
    Shot("serve-hardware-390", "/hardware/nvidia-h100", PHONE),
)


def main() -> None:
    """Build the sample's graph, write the pages, photograph each; then serve the graph, and photograph that."""
    images = ROOT / "docs" / "images"
    images.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "sample"
        kg.build([str(ROOT / "examples" / "daily-papers.txt")], graph)
        write_view(graph, graph / "whole.html", sparql=True)
        write_view(graph, graph / "around.html", around="Quillstream")
        browser = chromium()
        try:
            for shot in VIEWS:
                take(browser, shot, f"{graph.as_uri()}/{shot.page}", images)
            with serving(graph) as address:
                for shot in SERVED:
                    take(browser, shot, address + shot.page, images)
        finally:
            browser.quit()


def chromium() -> webdriver.Chrome:
    """Headless Chromium."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or ""))


@contextmanager
def serving(graph: Path) -> Iterator[str]:
    """The address of `kg serve` over a graph, on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "kg", "serve", "-g", str(graph), "--port", str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urlopen(f"{address}/health").close()
                break
            except URLError:
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


def take(browser: webdriver.Chrome, shot: Shot, address: str, images: Path) -> None:
    """Open a page in its window, wait until it stands still, save what is seen."""
    width, height = shot.size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": width < 600})
    scheme = {"name": "prefers-color-scheme", "value": "dark" if shot.dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    browser.get("about:blank")
    browser.get(address)
    wait = WebDriverWait(browser, 30, 0.1)
    drawn = "return document.getElementById('graph') ? document.documentElement.dataset.ready : document.readyState === 'complete'"
    wait.until(lambda driver: driver.execute_script(drawn))
    if shot.script:
        browser.execute_script(shot.script)
    if shot.brings:
        wait.until(lambda driver: driver.execute_script("return document.querySelector(arguments[0])", shot.brings))
    time.sleep(0.8)  # movements end
    target = images / f"{shot.name}.webp"
    picture = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    target.write_bytes(base64.b64decode(picture["data"]))
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
