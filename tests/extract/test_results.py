import pytest

from tests.helpers import figures, record

OWN = "We propose Zibbo-Net, a small model."


def test_links_of_a_result() -> None:
    found = record(f"{OWN} On COCO, Zibbo-Net reaches an accuracy of 41.3% on an A100 GPU.")
    (result,) = found.results
    label = {e.id: e.name for e in found.entities}
    assert [label[x] for x in (result.metric, result.method, result.dataset, result.hardware) if x] == [
        "accuracy", "Zibbo-Net", "COCO", "NVIDIA A100",
    ]  # fmt: skip
    assert (result.value, result.unit, result.kind, result.higher_is_better) == ("41.3", "%", "absolute", True)
    assert found.abstract[result.evidence.start : result.evidence.end].startswith("On COCO")


def test_baseline_of_a_ratio() -> None:
    found = record(f"{OWN} Zibbo-Net improves throughput by 2.5x over vLLM.")
    (result,) = found.results
    assert result.baseline is not None
    assert found.entity(result.baseline).name == "vLLM"


@pytest.mark.parametrize(
    "text",
    [
        "We evaluate on ImageNet-1K with Llama-3.2-1B.",
        "In 2021, 300 people answered 12 questions.",
        "It was trained on 256 GPUs.",
        "We collect 12,500 images of 40 classes.",
        "There are 48 layers and 16 heads.",
        "It has a version 3.5 and a section 2.4.",
        "We quantize all weights to 4-bit.",
        "From 2019 to 2024, many papers appeared.",
        "The model has 7B parameters and improves accuracy.",
        "The model has 7B parameters, 48 layers and was trained on 2 trillion tokens in 2023 with 256 GPUs.",
        "We use 5-fold cross-validation and improve accuracy.",
        "With ten-fold cross-validation, accuracy improves.",
    ],
)
def test_numbers_that_are_no_results(text: str) -> None:
    assert figures(record(f"{OWN} {text}")) == []


def test_only_the_result_among_other_numbers() -> None:
    found = record(f"{OWN} On ImageNet-1K with Llama-3.2-1B, accuracy reaches 71.5%.")
    assert figures(found) == [("71.5", "%")]


def test_bits_of_a_format_are_no_result() -> None:
    found = record(f"{OWN} A 4-bit version of Zibbo-Net decodes 2.9x faster on an RTX 4090.")
    assert [(r.value, r.unit) for r in found.results] == [("2.9", "x")]
