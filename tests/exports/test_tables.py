"""Parquet read by pyarrow, and the CSV files for neo4j-admin by Python's csv; tests/stores has the real import."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

import kg
from kg.graph import Nodes
from kg.graph.property_graph import graph_nodes, graph_relationships
from kg.graph.property_kinds import keys_of, property_kinds
from tests.helpers import facts_of
from tests.test_hostile import hostile

__all__ = ["hostile"]
PYTHON = {"string": str, "long": int, "double": float, "boolean": bool}


@pytest.fixture(params=["sample", "hostile"])
def either(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("graph" if request.param == "sample" else "hostile")
    return folder


def both(graph: Path) -> tuple[list[Any], list[Any]]:
    facts, nodes = facts_of(graph), Nodes()
    return list(graph_nodes(facts, nodes)), list(graph_relationships(facts, nodes))


def given(row: dict[str, Any], *without: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None and key not in without}


def test_every_property_has_its_kind(either: Path) -> None:
    for what, items in zip(("nodes", "relationships"), both(either), strict=True):
        for item in items:
            assert item.properties.keys() <= set(keys_of(what))  # type: ignore[arg-type]
            for key, value in item.properties.items():
                kind = property_kinds()[key]
                for one in value if kind.endswith("[]") else [value]:
                    assert type(one) is PYTHON[kind.removesuffix("[]")], key


def test_parquet(either: Path, tmp_path: Path) -> None:
    kg.export("parquet", either, tmp_path / "p")
    nodes, relationships = both(either)
    rows = pyarrow.parquet.read_table(tmp_path / "p" / "nodes.parquet").to_pylist()
    assert [(row["label"], given(row, "label")) for row in rows] == [(n.label, n.properties) for n in nodes]
    rows = pyarrow.parquet.read_table(tmp_path / "p" / "relationships.parquet").to_pylist()
    ends = ("type", "start_label", "start_id", "end_label", "end_id")
    assert [(*(row[end] for end in ends), given(row, *ends)) for row in rows] == [
        (r.type, r.start_label, r.start, r.end_label, r.end, r.properties) for r in relationships
    ]


def test_parquet_columns_do_not_depend_on_the_papers(graph: Path, hostile: Path, tmp_path: Path) -> None:
    for name, folder in (("a", graph), ("b", hostile)):
        kg.export("parquet", folder, tmp_path / name)
    for file in ("nodes.parquet", "relationships.parquet"):
        one, other = (pyarrow.parquet.read_schema(tmp_path / name / file) for name in "ab")
        assert one.equals(other)


def test_csv_holds_every_row_and_text(either: Path, tmp_path: Path) -> None:
    kg.export("neo4j-csv", either, tmp_path / "c")
    nodes, relationships = both(either)
    seen: Counter[str] = Counter()
    sentences: Counter[str] = Counter()
    for line in (tmp_path / "c" / "import.args").read_text("utf-8").splitlines():
        option, _, rest = line.partition("=")
        if option in ("--nodes", "--relationships"):
            name, _, file = rest.partition("=")
            with (tmp_path / "c" / file).open(encoding="utf-8", newline="") as handle:
                rows = list(csv.DictReader(handle))
            seen[name] += len(rows)
            sentences.update(row["sentence:string"] for row in rows if row["sentence:string"])
    assert seen == Counter(n.label for n in nodes) + Counter(r.type for r in relationships)
    assert sentences == Counter(
        x.properties["sentence"] for x in (*nodes, *relationships) if "sentence" in x.properties
    )
