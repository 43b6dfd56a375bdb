import pytest

from tests.helpers import names, record


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It was trained on a TPU with 64 chips.", "TPU"),
        ("It was measured on one A100.", "NVIDIA A100"),
        ("It was measured on NVIDIA A100-SXM4-80GB GPUs.", "NVIDIA A100"),
        ("Inference ran on an Apple M1 laptop.", "Apple M1"),
        ("It was measured on the Jetson Orin Nano board.", "Orin Nano"),
        ("Kernels for Hopper GPUs use tensor cores.", "Hopper"),
        ("Volta GPUs from NVIDIA were measured.", "Volta"),
        ("Accuracy is measured on a Titan RTX GPU.", "T"),
        ("It ran on a GH200 node.", "GH200"),
        ("We map it to an Ascend 910B NPU.", "910B"),
        ("It was synthesised for an FPGA.", "FPGA"),
    ],
)
def test_hardware(text: str, name: str) -> None:
    assert any(name.casefold() in found.casefold() for found in names(record(text), "Hardware"))


@pytest.mark.parametrize(
    "text",
    [
        "Soft grippers cast from TPU, a flexible thermoplastic, bend further.",
        "Congestion on the A100 motorway was counted for a year.",
        "We count each ripe Apple fruit in orchards from drone images.",
        "A spark ignites the fuel in the cylinder.",
        "The lakes of Titan are simulated with a climate model.",
        "The Orin river floods each spring.",
        "A hopper feeds grain into the mill, and Edward Hopper painted diners.",
        "The Volta basin was mapped from satellite images.",
        "We measured a gain of 100 points on a 100 m track.",
        "Traffic on the A100 between two villages was counted for a year.",
    ],
)
def test_words_that_are_no_hardware(text: str) -> None:
    assert names(record(text), "Hardware") == set()


@pytest.mark.parametrize(
    "text",
    [
        "Soft grippers cast from TPU, a flexible thermoplastic, bend further.",
        "A spark ignites the fuel in the cylinder.",
        "Pupils pay attention to the teacher, and their attention drops after lunch.",
        "The transformer of the substation overheats.",
        "Bert and Ernie went for a race in bold colours.",
    ],
)
def test_words_that_are_no_methods(text: str) -> None:
    words = {word for name in names(record(text), "Method") for word in name.casefold().split()}
    assert not words & {"tpu", "spark", "attention", "transformer", "bert", "ernie", "race", "bold"}


def test_attention_as_a_technique() -> None:
    assert "Spark" in names(record("Logs are processed with Apache Spark on a cluster."), "Method")
    found = names(record("We propose a faster kernel for FlashAttention and self-attention."), "Method")
    assert any("attention" in name.casefold() for name in found)


def test_a10_is_not_inside_a100() -> None:
    assert names(record("It was measured on one A100 GPU."), "Hardware") == {"NVIDIA A100"}
    (entity,) = [e for e in record("It was measured on one A10 GPU.").entities if e.type == "Hardware"]
    assert entity.link == "hardware/nvidia-a10"


def test_versions_stay_apart() -> None:
    found = names(record("We compare LLaMA-2-70B with LLaMA-3-8B in a table."), "Method")
    assert len(found) == 2


@pytest.mark.parametrize("spelling", ["TPU v4", "TPUv4", "TPU-v4", "TPUv4s"])
def test_spellings_of_one_thing(spelling: str) -> None:
    (entity,) = [e for e in record(f"It was trained on the {spelling} of Google.").entities if e.type == "Hardware"]
    assert entity.link == "hardware/google-tpu-v4"
