"""Take the pictures in docs/images: the sample corpus as pages of `kg view`, in headless Chromium.

python scripts/screenshots.py        needs the extra `dev`, chromium and chromedriver, and scripts/fetch_oxigraph_wasm
"""

import shutil
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

import kg
from kg.views import write_view

ROOT = Path(__file__).resolve().parent.parent
WIDE, PHONE = (1440, 900), (390, 844)


class Shot(NamedTuple):
    """A picture: its name, the page and its fragment, the window, a script to run in it, whether it is dark."""

    name: str
    page: str
    fragment: str = ""
    size: tuple[int, int] = WIDE
    script: str = ""
    dark: bool = False


ASK = "document.querySelector('#ask input').value = 'FPGA'; document.querySelector('#ask .primary').click()"
SHOTS = (
    Shot("graph", "whole"),
    Shot("graph-dark", "whole", dark=True),
    Shot("graph-390", "whole", size=PHONE),
    Shot("node", "whole", "#node=hardware/nvidia-h100"),
    Shot("node-390", "whole", "#node=hardware/nvidia-h100", PHONE),
    Shot("path", "whole", "#path=method/gantrel+hardware/nvidia-h100"),
    Shot("facts", "whole", "#view=facts"),
    Shot("facts-390", "whole", "#view=facts", PHONE),
    Shot("matrix", "whole", "#view=matrix"),
    Shot("hardware", "whole", "#view=hardware"),
    Shot("hardware-390", "whole", "#view=hardware", PHONE),
    Shot("ask", "whole", "#view=ask", script=ASK),
    Shot("ask-390", "whole", "#view=ask", PHONE, ASK),
    Shot("around", "around"),
)


def main() -> None:
    """Build the sample's graph, write the pages, photograph each."""
    images = ROOT / "docs" / "images"
    images.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "sample"
        kg.build([str(ROOT / "examples" / "daily-papers.txt")], graph)
        write_view(graph, graph / "whole.html", sparql=True)
        write_view(graph, graph / "around.html", around="Quillstream")
        browser = chromium()
        try:
            for shot in SHOTS:
                target = images / f"view-{shot.name}.png"
                take(browser, shot, graph / f"{shot.page}.html", target)
                print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes")
        finally:
            browser.quit()


def chromium() -> webdriver.Chrome:
    """Headless Chromium."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or ""))


def take(browser: webdriver.Chrome, shot: Shot, page: Path, target: Path) -> None:
    """Open a page in its window, wait until it stands still, save what is seen."""
    width, height = shot.size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if shot.dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    browser.get("about:blank")
    browser.get(page.as_uri() + shot.fragment)
    wait = WebDriverWait(browser, 30, 0.1)
    wait.until(lambda driver: driver.execute_script("return document.documentElement.dataset.ready"))
    if shot.script:
        browser.execute_script(shot.script)
        wait.until(lambda driver: driver.execute_script("return document.querySelector('#ask tbody tr')"))
    time.sleep(0.8)  # movements end
    browser.save_screenshot(str(target))


if __name__ == "__main__":
    main()
