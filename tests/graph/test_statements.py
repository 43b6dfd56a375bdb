from pathlib import Path

import kg
from kg.graph import Nodes, paper_facts
from tests.helpers import facts_of, paper, record

TEXT = "We propose Zibbo-Net, a small model. Zibbo-Net is trained on an A100 GPU and is 2.5x faster than vLLM on COCO."


def test_each_entity_is_mentioned_and_each_relation_stated() -> None:
    found = record(TEXT)
    facts = paper_facts(found)
    assert sum(s.predicate == "mentions" for s in facts.statements) == len(found.entities)
    assert {s.predicate for s in facts.statements} == {"mentions"} | {r.type for r in found.relations}
    assert len(facts.figures) == len(found.results)


def test_ids_are_unique_and_stable(graph: Path) -> None:
    every = facts_of(graph)
    ids = [s.id for facts in every for s in facts.statements] + [f.id for facts in every for f in facts.figures]
    assert len(ids) == len(set(ids))
    again = [s.id for facts in facts_of(graph) for s in facts.statements] + [
        f.id for facts in facts_of(graph) for f in facts.figures
    ]
    assert again == ids


def test_another_sentence_elsewhere_changes_no_id() -> None:
    before = {s.id for s in paper_facts(record(TEXT)).statements}
    after = {s.id for s in paper_facts(record("Much was said before. " + TEXT)).statements}
    assert before == after


def test_every_statement_has_evidence_with_offsets(graph: Path) -> None:
    for facts in facts_of(graph):
        for statement in facts.statements:
            assert statement.evidence
            for span in statement.evidence:
                assert facts.record.paper.text(span.field)[span.start : span.end] == span.text
            assert statement.subject != statement.object


def test_nodes_do_not_depend_on_order(graph: Path) -> None:
    every = facts_of(graph)
    assert list(Nodes(every)) == list(Nodes(reversed(every)))


def test_hardware_brings_what_is_above_it() -> None:
    nodes = {node.id: node for node in Nodes([paper_facts(record("It was measured on one GH200 node."))])}
    assert "hardware/gpu" in nodes
    assert all(above in nodes for node in nodes.values() for above in node.broader)
    assert nodes["hardware/gpu"].papers == 0


def test_two_papers_share_a_node() -> None:
    texts = {"test:one": "It was measured on one A100 GPU.", "test:two": "Two A100s were used."}
    one, two = (kg.extract(paper(text, id=id)) for id, text in texts.items())
    (node,) = [n for n in Nodes(map(paper_facts, (one, two))) if n.id == "hardware/nvidia-a100"]
    assert node.papers == 2
    assert {"A100", "A100s"} & set(node.names)
