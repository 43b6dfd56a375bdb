"""The most frequent nodes of a graph with all the forms that are joined in each, to be read by a person.

kg build abstracts.jsonl --out graph
python benchmarks/frequent_nodes.py graph            the 200 most frequent nodes, a line each
python benchmarks/frequent_nodes.py graph --most 50 --type Method

A form is followed by the number of papers that write it so. After the list: how long the resolution took and how much it joined.
"""

import argparse
import resource
import time
from collections import Counter
from pathlib import Path

from kg.graph import Facts, Log, Nodes


def main() -> None:
    """Print the list."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("graph", type=Path)
    arguments.add_argument("--most", type=int, default=200)
    arguments.add_argument("--type", help="only nodes of this type")
    options = arguments.parse_args()
    with Log(options.graph) as log:
        begun = time.perf_counter()
        facts = Facts(log)
        resolved = time.perf_counter() - begun
        nodes = Nodes(facts)
        chosen = [node for node in nodes if node.papers and options.type in (None, node.type)]
        for node in sorted(chosen, key=lambda node: (-node.papers, node.id))[: options.most]:
            counts = {joined.name: joined.count for joined in node.joined}
            forms = [f"{name} {counts[name]}" if name in counts else name for name in node.names]
            print(f"{node.papers:6} {node.id:40} {node.name}: {' · '.join(forms)}")
        reasons = Counter(joined.why.reason for node in chosen for joined in node.joined)
        print(f"{len(log)} papers, {len(chosen)} nodes; forms joined by reason: {dict(sorted(reasons.items()))}")
        print(f"kept apart: {dict(sorted(Counter(kept.why.reason for kept in facts.resolution.apart).items()))}")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"names of {len(log)} papers resolved in {resolved:.1f} s; at most {memory:.0f} MB")


if __name__ == "__main__":
    main()
