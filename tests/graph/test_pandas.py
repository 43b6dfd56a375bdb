import builtins

import pandas
import pytest

import kg


@pytest.mark.parametrize("table", ["papers", "nodes", "statements", "results"])
def test_tables_hold_what_the_graph_holds(opened: kg.Graph, table: str) -> None:
    found = opened.to_pandas(table)  # type: ignore[arg-type]
    count = {
        "papers": "MATCH (n:Paper) RETURN count(n)", "results": "MATCH (n:Result) RETURN count(n)",
        "nodes": "MATCH (n) WHERE NOT n:Paper AND NOT n:Result RETURN count(n)",
        "statements": "MATCH ()-[r]->() WHERE r.sentences IS NOT NULL RETURN count(r)",
    }[table]  # fmt: skip
    assert (len(found),) in opened.cypher(count).rows
    assert found["id"].is_unique


def test_ends_and_links_are_ids_of_nodes(opened: kg.Graph) -> None:
    nodes, papers = set(opened.to_pandas("nodes")["id"]), set(opened.to_pandas("papers")["id"])
    statements, results = opened.to_pandas("statements"), opened.to_pandas("results")
    assert set(statements["to"]) <= nodes
    assert set(statements["from"]) <= nodes | papers
    for link in ("metric", "method", "baseline", "dataset", "hardware"):
        assert set(results[link].dropna()) <= nodes


def test_what_is_wrong_is_said(opened: kg.Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(kg.QueryError, match="papers, nodes, statements, results"):
        opened.to_pandas("edges")  # type: ignore[arg-type]
    real = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(kg.GraphError, match="pip install"):
        opened.to_pandas("papers")
    assert pandas.__name__ == "pandas"
