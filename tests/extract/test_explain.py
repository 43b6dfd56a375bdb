import json
from pathlib import Path

import pytest

import kg
from kg.extract import explain
from tests.helpers import paper, rows_of

ABSTRACT = (
    "We propose Zibbo, a scheduler for LLM inference. On an A100 GPU it is 2.5x faster than vLLM. It needs no FPGA. "
    "Pads of TPU, a thermoplastic, held the fans. Code is at https://github.com/zibbo/ZibboKit today."
)


@pytest.fixture(scope="module")
def papers(sample: Path) -> list[kg.Paper]:
    rows = rows_of(sample)
    return [paper(row["abstract"], row["title"], row["id"]) for row in rows]


@pytest.mark.parametrize("least", [0.0, 0.8])
def test_what_is_kept_is_what_the_record_holds(papers: list[kg.Paper], least: float) -> None:
    for each, record in zip(papers, kg.pipe(papers, min_confidence=least), strict=True):
        facts = [fact for fact in explain(each, min_confidence=least).facts if fact.kept]
        names = {entity.id: entity.name for entity in record.entities} | {"paper": "paper"}
        said = sorted((fact.kind, fact.says, fact.confidence) for fact in facts)
        held = [(e.type, e.name, e.confidence) for e in record.entities]
        held += [(r.type, f"{names[r.head]} → {names[r.tail]}", r.confidence) for r in record.relations]
        held += [("result", f"{r.value} {r.unit}".rstrip(), r.confidence) for r in record.results]
        assert said == sorted(held)


def test_parts_add_up_to_the_confidence(papers: list[kg.Paper]) -> None:
    weighed = [fact for each in papers for fact in explain(each).facts if fact.parts]
    assert len(weighed) > 100
    for fact in weighed:
        total = sum(part.adds for part in fact.parts)
        assert 1 / (1 + 2.718281828 ** -max(-30, min(30, total))) == pytest.approx(fact.confidence, abs=0.005)


def test_reasons() -> None:
    found = explain(paper(ABSTRACT, "Zibbo: Fast Inference"))
    left = {item.text: item.why for item in found.left}
    assert left["TPU"] == "means something else in this context"
    assert left["ZibboKit"] == "part of a web address"
    assert "denies" in left["FPGA"]
    fact = next(fact for fact in found.facts if fact.says == "2.5 x")
    chosen = {role.role: role.entity for role in fact.roles if role.chosen}
    assert chosen["method"] == "Zibbo"
    assert chosen["baseline"] == "vLLM"
    assert all(sum(role.chosen for role in fact.roles if role.role == name) == 1 for name in chosen)


def test_as_text_and_as_json() -> None:
    found = explain(paper(ABSTRACT, "Zibbo: Fast Inference"))
    text = found.as_text()
    assert "+ Hardware  NVIDIA A100" in text
    assert "part of a web address" in text
    read = json.loads(found.as_json())
    assert [fact["says"] for fact in read["facts"]] == [fact.says for fact in found.facts]
