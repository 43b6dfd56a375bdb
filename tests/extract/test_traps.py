"""Pairs of sentences in which one name means two things, or one figure does and does not count: both sides of each are asserted."""

import pytest

import kg
from tests.helpers import figures, names, pairs, record


@pytest.mark.parametrize(
    ("type", "name", "means_it", "means_another"),
    [
        ("Hardware", "TPU", "We train the model on a TPU with 64 cores.", "Soft pads of TPU, a thermoplastic, hold the fans of the GPU."),
        ("Hardware", "TPU", "A TPU of Google trains it in an hour.", "The sole is thermoplastic polyurethane (TPU), and a network on a GPU finds cracks."),
        ("Hardware", "Apple", "It runs on the Apple M2 chip of a laptop.", "An Apple variety called Gala is counted by a network on a GPU."),
        ("Hardware", "Orin", "Inference on the Jetson Orin takes 5 ms.", "Professor Orin collected the speech of 40 people for a GPU study."),
        ("Hardware", "Orin", "It is deployed on an Orin board.", "The Orin river floods each spring, and a sensor measures its depth."),
        ("Hardware", "Spark", "Decoding on the NVIDIA DGX Spark takes 3 s.", "We process the logs with Apache Spark and train on GPUs."),
        ("Hardware", "Spark", "Inference runs on a DGX Spark.", "A spark plug fires early when the engine knocks."),
        ("Hardware", "Titan", "It was trained on a Titan X GPU.", "Images of Titan, a moon of Saturn, are segmented on a GPU."),
        ("Hardware", "Titan", "We use two NVIDIA Titan V cards.", "Titan, a large language model for time series, needs no labels."),
        ("Hardware", "Hopper", "Kernels for the Hopper architecture use its tensor cores.", "Agents walk in the MuJoCo tasks Hopper and Walker2d, trained on a GPU."),
        ("Hardware", "Hopper", "The kernel was tuned for Hopper GPUs.", "A hopper feeds grain into the mill."),
        ("Hardware", "A100", "It was timed on an A100.", "Cars on the A100 motorway in Berlin are tracked on a GPU."),
        ("Hardware", "A100", "Each step takes 2 s on 8 A100s.", "Roadside cameras along the A100 count trucks."),
        ("Hardware", "M1", "It was timed on an Apple M1 laptop.", "M1 macrophages are segmented in images."),
        ("Hardware", "Volta", "Volta GPUs run it at 30 FPS.", "Lake Volta is mapped from satellite images with a GPU."),
        ("Hardware", "V100", "It was trained on a Tesla V100 GPU.", "Images from a 3 Tesla MRI scanner train the model."),
        ("Hardware", "Ampere", "Ampere GPUs have sparse tensor cores.", "The coil draws 5 ampere at most."),
        ("Method", "attention", "Each layer uses multi-head attention over the tokens.", "Pupils pay attention to the road, and drivers lose attention."),
        ("Method", "transformer", "A Vision Transformer (ViT) encodes the image.", "The transformer of the substation hums at 50 Hz."),
        ("Method", "BERT", "We fine-tune BERT on the reports.", "Bert and Ernie read a book to the children."),
        ("Method", "Mamba", "Mamba replaces attention by a state-space model.", "A black mamba bites when it is stepped on."),
        ("Method", "Adam", "The network is trained with the Adam optimizer.", "Adam Smith wrote on markets."),
        ("Dataset", "COCO", "On COCO the detector reaches 45.1 mAP.", "Coco beans are sorted by a robot arm."),
        ("Dataset", "GLUE", "We evaluate BERT on GLUE and SQuAD.", "Glue holds the sensor on the glass."),
        ("Dataset", "SQuAD", "We evaluate it on SQuAD.", "A squad of robots explores the cave."),
    ],
)  # fmt: skip
def test_one_name_two_meanings(type: str, name: str, means_it: str, means_another: str) -> None:
    def named(text: str) -> bool:
        return any(name.casefold() in found.casefold() for found in names(record(text), type))

    assert named(means_it)
    assert not named(means_another)


@pytest.mark.parametrize(
    ("a_figure", "value", "no_figure"),
    [
        ("Llama 3.2-1B reaches an accuracy of 61.5% on ImageNet-1K.", ("61.5", "%"), "Llama 3.2-1B is fine-tuned on ImageNet-1K for 4-bit inference."),
        ("Qwen2.5-72B lowers latency by 40%.", ("40", "%"), "We compare GPT-4 with Qwen2.5-72B and Phi-3.5 on CIFAR-100."),
        ("It cuts cost by 12%.", ("12", "%"), "It uses 256 GPUs and has 7B parameters."),
        ("YOLOv8 runs at 45 FPS on the Jetson.", ("45", "FPS"), "ResNet-50 with batch size 128 and 90 epochs is trained."),
        ("In 2024 latency fell by 30%.", ("30", "%"), "The survey of 2024 covers 285 tasks."),
    ],
)  # fmt: skip
def test_numbers_of_names_and_sizes_are_no_figures(a_figure: str, value: tuple[str, str], no_figure: str) -> None:
    assert figures(record(a_figure)) == [value]
    assert figures(record(no_figure)) == []


def test_numbers_stay_in_names() -> None:
    found = record("Llama 3.2-1B reaches an accuracy of 61.5% on ImageNet-1K.")
    assert names(found, "Method") == {"LLaMA-3.2-1B"}
    assert names(found, "Dataset") == {"ImageNet-1K"}


@pytest.mark.parametrize(
    ("hardware", "run_on", "denied"),
    [
        ("GPU", "Zibbo runs on GPUs.", "Zibbo runs without GPUs."),
        ("GPU", "Zibbo runs on GPUs.", "Zibbo runs without relying on GPUs."),
        ("FPGA", "It needs an FPGA.", "It needs no FPGA."),
        ("TPU", "Training requires a TPU.", "Training does not require a TPU."),
        ("GPU", "With GPUs it is served.", "Instead of GPUs it uses CPUs."),
    ],
)
def test_negated_claims(hardware: str, run_on: str, denied: str) -> None:
    assert ("Zibbo", hardware) in pairs(record(f"We propose Zibbo. {run_on}"), "runs_on")
    assert hardware not in {tail for _, tail in pairs(record(f"We propose Zibbo. {denied}"), "runs_on")}


def test_a_denial_ends_where_something_else_is_said() -> None:
    assert pairs(record("We propose Zibbo. Zibbo runs without GPUs on a CPU."), "runs_on") == {("Zibbo", "CPU")}
    assert pairs(record("We propose Zibbo. Instead of GPUs it uses CPUs."), "runs_on") == {("Zibbo", "CPU")}


@pytest.mark.parametrize("placeholder", [r"\codename", r"\ours", r"\sysname", r"\method"])
def test_placeholders_name_nothing(placeholder: str) -> None:
    found = record(f"We propose {placeholder}, which runs on an A100 GPU. {placeholder} is 2x faster than vLLM.")
    assert names(found, "Method") == {"vLLM"}
    assert pairs(found, "runs_on") == {("paper", "NVIDIA A100")}
    named = record("We propose Zibbo, which runs on an A100 GPU. Zibbo is 2x faster than vLLM.")
    assert names(named, "Method") == {"vLLM", "Zibbo"}
    assert pairs(named, "runs_on") == {("Zibbo", "NVIDIA A100")}


def test_names_only_in_the_title() -> None:
    found = record("Queues become shorter on an A100 GPU.", "Zibbo: Short Queues for Servers")
    assert ("paper", "Zibbo") in pairs(found, "proposes")
    assert ("Zibbo", "NVIDIA A100") in pairs(found, "runs_on")
    assert names(record("The queue becomes shorter.", "Serving Llama-2-70B on H100 GPUs")) >= {
        "LLaMA-2-70B",
        "NVIDIA H100",
    }
    assert names(record("The queue becomes shorter.", "Serving on Shorter Queues"), "Hardware") == set()


def result(found: kg.Record, value: str) -> tuple[str | None, ...]:
    """Method, baseline and hardware of the figure of that value."""
    (figure,) = [r for r in found.results if r.value == value]
    return tuple(
        None if end is None else found.entity(end).name for end in (figure.method, figure.baseline, figure.hardware)
    )


def test_a_baselines_figure_is_not_the_works() -> None:
    found = record("We propose Zibbo. The baseline vLLM reaches 900 tokens/s, while Zibbo reaches 1800 tokens/s.")
    assert result(found, "900")[0] == "vLLM"
    assert result(found, "1800")[:2] == ("Zibbo", "vLLM")


def test_nothing_is_compared_with_itself() -> None:
    assert result(record("Qwen2.5-72B lowers latency by 40%."), "40")[:2] == ("Qwen2.5-72B", None)
    assert result(record("We propose Zibbo. Zibbo is 2x faster than vLLM."), "2")[:2] == ("Zibbo", "vLLM")


def test_several_systems_in_one_sentence() -> None:
    found = record("We propose Zibbo. Zibbo on an A100 GPU is 2x faster than vLLM on an H100 GPU.")
    assert pairs(found, "runs_on") == {("Zibbo", "NVIDIA A100")}
    assert ("Zibbo", "vLLM") in pairs(found, "compared_with")
    assert result(found, "2") == ("Zibbo", "vLLM", "NVIDIA A100")
    turned = record("We propose Zibbo. Zibbo on an H100 GPU is 2x faster than SGLang on an A100 GPU.")
    assert pairs(turned, "runs_on") == {("Zibbo", "NVIDIA H100")}
    assert result(turned, "2") == ("Zibbo", "SGLang", "NVIDIA H100")


def test_hardware_that_is_beaten_is_not_run_on() -> None:
    found = record("We propose Zibbo. Zibbo on an FPGA beats a GPU by 3x.")
    assert pairs(found, "runs_on") == {("Zibbo", "FPGA")}
    assert pairs(found, "compared_with") == {("FPGA", "GPU")}
    assert pairs(record("We propose Zibbo. Zibbo on a GPU beats an FPGA by 3x."), "runs_on") == {("Zibbo", "GPU")}
