"""The graph's tables as pandas DataFrames."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from kg.errors import GraphError, QueryError
from kg.graph.nodes import Nodes
from kg.graph.property_graph import LINKS, RESULT_LABEL, Properties, entity_node, paper_nodes, paper_relationships
from kg.graph.statements import Figure, PaperFacts

if TYPE_CHECKING:
    import pandas

Table: TypeAlias = Literal["papers", "nodes", "statements", "results"]


def to_pandas(table: Table, papers: Iterable[PaperFacts]) -> "pandas.DataFrame":
    """A row a paper, node, statement or result; columns are the properties by their Cypher names.

    A node has its `label`; a statement its `type` and the ids at its ends, `from` and `to`; a result the ids of what it is linked
    to: `metric`, `method`, `baseline`, `dataset`, `hardware`.

    Raises:
        QueryError: there is no such table.
        GraphError: pandas is not installed.
    """
    if table not in get_args(Table):
        raise QueryError(f"There is no table {table!r}: there are {', '.join(get_args(Table))}.")
    try:
        import pandas
    except ImportError as error:
        raise GraphError("pandas is not installed: run  pip install 'papergraph[pandas]'.") from error
    return pandas.DataFrame([*_rows(table, papers)])


def _rows(table: Table, papers: Iterable[PaperFacts]) -> Iterable[Properties]:
    if table == "nodes":
        return [{"label": node.label, **node.properties} for node in map(entity_node, Nodes(papers))]
    rows: list[Properties] = []
    for facts in papers:
        if table == "statements":
            stated = {statement.id for statement in facts.statements}
            rows += (
                {"id": r.id, "type": r.type, "from": r.start, "to": r.end, **r.properties}
                for r in paper_relationships(facts)
                if r.id in stated
            )
        else:
            links = {figure.id: figure for figure in facts.figures}
            for node in paper_nodes(facts):
                if (node.label == RESULT_LABEL) == (table == "results"):
                    rows.append(node.properties | (_links(links[node.id]) if table == "results" else {}))
    return rows


def _links(figure: Figure) -> Properties:
    return {name: id for name in LINKS if (id := getattr(figure, name))}
