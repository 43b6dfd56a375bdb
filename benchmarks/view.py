"""How long a page takes: the layout in Python, and until it stands in Chromium, for made-up graphs of some sizes.

python benchmarks/view.py [NODES EDGES]...        needs the extra `dev`, chromium and chromedriver
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "views")]

from make_page import make_page  # noqa: E402
from screenshots import chromium  # noqa: E402

from kg.views import layout, network  # noqa: E402

TIMES = 5


def main() -> None:
    """Print a line a size: seconds for the layout, bytes of the page, the median of some openings in Chromium."""
    given = list(map(int, sys.argv[1:])) or [300, 450, 2000, 4000, 5000, 9000]
    browser = chromium()
    browser.set_window_size(1440, 900)
    ready = "return document.documentElement.dataset.ready"
    try:
        for nodes, edges in zip(given[::2], given[1::2], strict=True):
            page = make_page(nodes, edges)
            names = [node["id"] for node in page["nodes"]]
            start = time.perf_counter()
            layout.positions(names, [(names[edge["from"]], names[edge["to"]]) for edge in page["edges"]])
            laid = time.perf_counter() - start
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "page.html"
                size = file.write_text(network.render(page), "utf-8")
                seconds = []
                for _ in range(TIMES):
                    browser.get("about:blank")
                    browser.get(file.as_uri())
                    seconds.append(
                        int(WebDriverWait(browser, 60, 0.05).until(lambda d: d.execute_script(ready))) / 1000
                    )
            print(
                f"{nodes:>6} nodes {edges:>6} edges  layout {laid:4.1f} s  page {size / 1e6:.1f} MB  "
                f"ready in {median(seconds):.2f} s (slowest of {TIMES}: {max(seconds):.2f} s)"
            )
    finally:
        browser.quit()


if __name__ == "__main__":
    main()
