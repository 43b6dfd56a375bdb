from pathlib import Path

import kg
from kg.extract import COMPONENTS, extractor_identity, pipeline, to_json
from kg.model import Paper
from tests.helpers import paper, spans


def papers(sample: Path) -> list[Paper]:
    return [item for item in kg.read(str(sample)) if isinstance(item, Paper)]


def test_components_in_order() -> None:
    assert tuple(pipeline().pipe_names) == COMPONENTS


def test_pure_function_of_one_paper(sample: Path) -> None:
    every = papers(sample)
    forward = {r.id: to_json(r) for r in kg.pipe(every)}
    backward = {r.id: to_json(r) for r in kg.pipe(reversed(every))}
    assert forward == backward
    assert to_json(kg.extract(every[3])) == forward[every[3].id]


def test_every_span_of_the_sample_is_where_it_says(sample: Path) -> None:
    for found in kg.pipe(papers(sample)):
        for field, start, end, text in spans(found):
            assert (found.title if field == "title" else found.abstract)[start:end] == text


def test_mentions_lie_within_their_evidence(sample: Path) -> None:
    for found in kg.pipe(papers(sample)):
        for entity in found.entities:
            for mention in entity.mentions:
                assert any(s.field == mention.field and s.start <= mention.start < s.end for s in entity.evidence), (
                    entity.name,
                    mention,
                )


def test_identity_is_on_every_record(sample: Path) -> None:
    assert {r.extractor for r in kg.pipe(papers(sample)[:3])} == {extractor_identity()}


def test_title_alone_and_abstract_alone() -> None:
    assert {e.name for e in kg.extract(paper("", "Fast Serving on an A100 GPU")).entities} >= {"NVIDIA A100"}
    assert {e.name for e in kg.extract(paper("It runs on an A100 GPU.", "")).entities} >= {"NVIDIA A100"}
