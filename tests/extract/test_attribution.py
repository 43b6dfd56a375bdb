"""Which metric, method and data set a figure belongs to, in invented sentences."""

import pytest

from kg.extract import extract
from kg.model import Origin, Paper, Result


def results(abstract: str) -> dict[str, dict[str, str | None]]:
    """For each value: the names of what it belongs to."""
    origin = Origin(input="example", record=1, kind="text")
    record = extract(Paper(id="x", title="Quillnet: Fast Segmentation", abstract=abstract, origin=origin))
    names: dict[str | None, str | None] = {entity.id: entity.name for entity in record.entities} | {None: None}

    def of(result: Result) -> dict[str, str | None]:
        return {role: names[getattr(result, role)] for role in ("method", "metric", "dataset")}

    return {result.value: of(result) for result in record.results}


@pytest.mark.parametrize(
    ("abstract", "value", "metric"),
    [
        ("We propose Quillnet. It runs at a latency of 12 ms with an accuracy of 81.5%.", "12", "latency"),
        ("We propose Quillnet. It runs at a latency of 12 ms with an accuracy of 81.5%.", "81.5", "accuracy"),
        ("We propose Quillnet. It reaches 81.5% accuracy at a latency of 12 ms.", "81.5", "accuracy"),
        ("We propose Quillnet. It reaches 81.5% accuracy at a latency of 12 ms.", "12", "latency"),
    ],
)
def test_a_figure_goes_to_the_metric_that_its_unit_fits(abstract: str, value: str, metric: str) -> None:
    assert results(abstract)[value]["metric"] == metric


def test_the_papers_own_method_achieves_its_figures() -> None:
    found = results("We propose Quillnet. Quillnet achieves an accuracy of 81.5% on ImageNet, better than ResNet-50.")
    assert found["81.5"] == {"method": "Quillnet", "metric": "accuracy", "dataset": "ImageNet"}
