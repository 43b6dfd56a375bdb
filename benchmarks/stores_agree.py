"""Do the stores of a graph hold and answer the same?

python benchmarks/stores_agree.py GRAPH_FOLDER

Papers, nodes by label, results and statements by predicate are compared with the log, and every named question is asked
in every store with names from the graph itself. Exits with 1 and names each difference.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from kg.graph import Facts, Log
from kg.queries import ask, questions
from kg.stores import KgliteStore, OxigraphStore, Store
from kg.stores.base import Cell
from kg.stores.counts import held, logged

# Where the names of a parameter come from: the things that most papers name.
_NAMES = "MATCH (p:Paper)-[:MENTIONS]->(n:{label}) RETURN n.name AS name, count(*) AS papers ORDER BY papers DESC, name LIMIT 12"
_LABELS = {"hardware": "Hardware", "method": "Method", "metric": "Metric", "task": "Task", "name": "Method", "from": "Method",
           "to": "Hardware"}  # fmt: skip
_FIXED: dict[str, tuple[Cell, ...]] = {
    "unit": ("x", "%"), "min": (-10, 2, 90.5),
    "hardware": ("GPU", "NVIDIA", "Ampere", "nothing of that name"), "to": ("accuracy",),
}  # fmt: skip


def values(names: Store) -> dict[str, list[Cell]]:
    """Values to ask with, by parameter."""
    found = {key: list(names.select(_NAMES.format(label=label)).column("name")) for key, label in _LABELS.items()}
    return {key: [*_FIXED.get(key, ()), *map(str, found.get(key, ()))] for key in {*_FIXED, *_LABELS}}


def asked(names: Store) -> Iterator[tuple[str, dict[str, Cell]]]:
    """Every question: with nothing but what it needs, then with each value of each parameter."""
    known = values(names)
    for name, question in questions().items():
        needed = {p.name: known[p.name][0] for p in question.parameters if p.required}
        yield name, dict(needed)
        for parameter in question.parameters:
            for value in parameter.choices or known[parameter.name]:
                yield name, {**needed, parameter.name: value}


def differences(graph: Path, stores: Mapping[str, Store]) -> Iterator[str]:
    """What differs between the stores, or between a store and the log."""
    with Log(graph) as log:
        wanted = logged(Facts(log))
    for name, store in stores.items():
        found = held(store)
        for what in sorted(wanted | found):
            if wanted[what] != found[what]:
                yield f"{name} holds {found[what]} {what}, the log {wanted[what]}"
    first, *others = stores
    taken = dict.fromkeys(stores, 0.0)
    count = 0
    for question, parameters in asked(stores[first] if stores[first].language == "cypher" else stores[others[0]]):
        answers = {}
        count += 1
        for name, store in stores.items():
            since = time.perf_counter()
            answers[name] = ask(store, question, parameters, most=sys.maxsize).rows
            taken[name] += time.perf_counter() - since
        for name in others:
            if answers[name] != answers[first]:
                less = [row for row in answers[first] if row not in answers[name]][:1]
                more = [row for row in answers[name] if row not in answers[first]][:1]
                yield f"{question} {parameters}: {len(answers[first])} rows in {first}, {len(answers[name])} in {name}: {less} {more}"
    times = ", ".join(f"{name} {seconds / count * 1000:.0f} ms" for name, seconds in taken.items())
    print(f"{sum(wanted.values())} things counted, {count} questions asked; a question takes {times}", file=sys.stderr)


def main() -> int:
    """Compare, and print each difference."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("graph", type=Path, help="the graph folder")
    graph = parser.parse_args().graph
    found = list(differences(graph, {"SPARQL": OxigraphStore(graph), "Cypher": KgliteStore(graph)}))
    print("\n".join(found) or "The stores agree.")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
