"""How long a view takes: the layout in Python, and its size, for graphs of some sizes (invented ones).

python benchmarks/view.py [NODES EDGES]...
"""

import sys
import time
from random import Random

from kg.views import layout


def measure(nodes: int, edges: int) -> float:
    """Seconds to lay out a random graph, in which some nodes have many edges."""
    random = Random(7)
    names = [f"n{i}" for i in range(nodes)]
    lines = [(random.choice(names[: nodes // 10]), random.choice(names)) for _ in range(edges)]
    start = time.perf_counter()
    layout.positions(names, lines)
    return time.perf_counter() - start


def main() -> None:
    """Print a line a size."""
    given = list(map(int, sys.argv[1:])) or [300, 450, 2000, 4000, 5000, 9000]
    for nodes, edges in zip(given[::2], given[1::2], strict=True):
        print(f"{nodes:>6} nodes {edges:>6} edges  layout {measure(nodes, edges):.1f} s")


if __name__ == "__main__":
    main()
