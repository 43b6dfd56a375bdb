import pytest

import kg
from tests.helpers import paper, record


def sentences(abstract: str, title: str = "") -> list[str]:
    """The evidence sentences of a Record, in order."""
    found = kg.extract(paper(abstract, title))
    spans = {span for entity in found.entities for span in entity.evidence}
    return [span.text for span in sorted(spans, key=lambda span: (span.field != "title", span.start))]


@pytest.mark.parametrize(
    "parts",
    [
        ["It runs on an A100 GPU.", "It needs no TPU."],
        ["It runs on GPUs, e.g. the A100, and on CPUs."],
        ["Latency on the A100 is 3.5 s.", "On CPUs it is higher."],
        ["Latency on the A100 is 3.5 ms.", "On CPUs it is higher."],
        ["Does it run on the A100?", "It runs on CPUs!"],
        ["Smith et al. measured GPUs.", "We measure CPUs."],
        ["It runs on GPUs (and on CPUs.)", "FPGAs come next."],
        ["The gain over vLLM vs. SGLang is small on GPUs."],
        ["vLLM runs on GPUs.", "gRPC runs on CPUs."],
    ],
)
def test_boundaries(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts


def test_evidence_never_joins_title_and_abstract() -> None:
    found = record("It runs on an A100 GPU.", "Fast Serving on GPUs")
    assert {span.field for entity in found.entities for span in entity.evidence} == {"title", "abstract"}


def test_first_sentence_of_the_abstract_is_evidence() -> None:
    assert sentences("It runs on an A100 GPU. It is small.", "A Plain Study") == ["It runs on an A100 GPU."]
