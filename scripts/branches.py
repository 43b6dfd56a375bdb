"""The share of the branches of `kg/` that the last run of the tests took, from coverage.py's data: `coverage report` mixes it with lines.

python scripts/branches.py                 say it
python scripts/branches.py --at-least 90   exit with 1 where it is less
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from coverage import Coverage


def main() -> None:
    """Say the share in percent, by what coverage.py measured in this folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--at-least", type=float, default=0.0)
    least = parser.parse_args().at_least
    coverage = Coverage()
    coverage.load()
    with tempfile.TemporaryDirectory() as folder:
        coverage.json_report(outfile=str(Path(folder) / "coverage.json"))
        totals = json.loads((Path(folder) / "coverage.json").read_text("utf-8"))["totals"]
    share = 100 * totals["covered_branches"] / totals["num_branches"]
    print(
        f"branches: {totals['covered_branches']} of {totals['num_branches']}, {share:.1f} %; lines left out: {totals['excluded_lines']}"
    )
    sys.exit(share < least or totals["excluded_lines"] > 0)


if __name__ == "__main__":
    main()
