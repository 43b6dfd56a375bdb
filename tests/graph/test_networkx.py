import kg
from kg.graph.statements import node_iri


def test_counts(opened: kg.Graph) -> None:
    graph = opened.networkx()
    kinds = [kind for _, kind in graph.nodes(data="type")]
    assert kinds.count("Paper") == len(opened) == 32
    assert None not in kinds
    assert kinds.count("Result") == sum(len(record.results) for record in opened.records())
    statements = opened.sparql("SELECT (COUNT(?s) AS ?n) { ?s a pg:Statement }").rows[0][0]
    assert sum("label" in data for _, _, data in graph.edges(data=True)) == statements


def test_every_statement_carries_evidence(opened: kg.Graph) -> None:
    graph = opened.networkx()
    for start, _, key, data in graph.edges(keys=True, data=True):
        if data["predicate"] == "broader":
            continue
        text = graph.nodes[data["paper"]]
        where = text["name"] if data["field"] == "title" else text["abstract"]
        assert where[data["start"] : data["end"]] == data["sentence"], key
        assert 0 <= data["confidence"] <= 1
        assert data["extractor"]
        assert start in graph


def test_hierarchy_and_vendor(opened: kg.Graph) -> None:
    graph = opened.networkx()
    a100 = node_iri("hardware/nvidia-a100")
    assert (graph.nodes[a100]["vendor"], graph.nodes[a100]["hardware_class"]) == ("NVIDIA", "GPU")
    above, frontier = set(), [a100]
    while frontier:
        for _, higher, predicate in graph.edges(frontier.pop(), data="predicate"):
            if predicate == "broader" and higher not in above:
                above.add(higher)
                frontier.append(higher)
    assert node_iri("hardware/gpu") in above
