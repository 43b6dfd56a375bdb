"""Parquet: a table of nodes and one of relationships, as the Cypher stores hold them. For pandas, DuckDB, Spark."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from kg.errors import ExportError
from kg.exports.base import FolderExport, Source
from kg.graph import Nodes
from kg.graph.property_graph import graph_nodes, graph_relationships
from kg.graph.property_kinds import keys_of, property_kinds

if TYPE_CHECKING:
    import pyarrow

_ROWS: Final = 50_000
_ENDS: Final = ("type", "start_label", "start_id", "end_label", "end_id")


def _write(source: Source, folder: Path) -> None:
    nodes = Nodes()
    rows = ({"label": node.label, **node.properties} for node in graph_nodes(source, nodes))
    _table(folder / "nodes.parquet", "nodes", ("label",), rows)
    links = (
        {"type": r.type, "start_label": r.start_label, "start_id": r.start, "end_label": r.end_label, "end_id": r.end,
         **r.properties}
        for r in graph_relationships(source, nodes)
    )  # fmt: skip
    _table(folder / "relationships.parquet", "relationships", _ENDS, links)


def _table(file: Path, what: Literal["nodes", "relationships"], first: tuple[str, ...], rows: Iterable[Any]) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ExportError("Parquet needs pyarrow: install it with  pip install 'papergraph[parquet]'") from error
    text = pyarrow.string()
    schema = pyarrow.schema([*((name, text) for name in first), *((key, _type(key)) for key in keys_of(what))])
    stream = iter(rows)
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while part := list(islice(stream, _ROWS)):
            writer.write_table(pyarrow.Table.from_pylist(part, schema))


def _type(key: str) -> "pyarrow.DataType":
    import pyarrow

    kind = property_kinds()[key]
    types = {
        "string": pyarrow.string(),
        "long": pyarrow.int64(),
        "double": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
    }
    one = types[kind.removesuffix("[]")]
    return pyarrow.list_(one) if kind.endswith("[]") else one


PARQUET = FolderExport(
    "parquet", "tables of nodes and of relationships for pandas, DuckDB and Spark, in a folder", _write
)
