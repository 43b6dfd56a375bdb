"""A short form of the load of docs/serve.md: many clients at once, no wrong answer, no process left."""

import re
import subprocess
import sys
from pathlib import Path

from tests.helpers import ROOT


def test_many_clients_get_right_answers(graph: Path) -> None:
    asked = [sys.executable, ROOT / "benchmarks" / "serve.py", graph, "--clients", "32", "--seconds", "4"]
    ran = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    right = re.search(r"^right: (\d+)", ran.stdout, re.MULTILINE)
    assert right
    assert int(right[1]) > 0
    assert re.search(r"^wrong: 0 ", ran.stdout, re.MULTILINE)
    assert "0 left after the end" in ran.stdout
    assert "Traceback" not in ran.stderr
