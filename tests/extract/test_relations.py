import pytest

from tests.helpers import pairs, record

OWN = "We propose Zibbo-Net, a small model."


def hardware(text: str) -> set[str]:
    return {tail for _, tail in pairs(record(text), "runs_on")}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Zibbo-Net is trained on an A100 GPU.", "trained"),
        ("Zibbo-Net is deployed on an A100 GPU.", "deployed"),
        ("We evaluate Zibbo-Net on an A100 GPU.", "evaluated"),
    ],
)
def test_runs_on_and_role(text: str, role: str) -> None:
    found = record(f"{OWN} {text}")
    (relation,) = [r for r in found.relations if r.type == "runs_on"]
    assert (found.entity(relation.head).name, found.entity(relation.tail).name, relation.role) == (
        "Zibbo-Net",
        "NVIDIA A100",
        role,
    )
    assert relation.evidence[0].text == text


@pytest.mark.parametrize(("count", "devices"), [("eight", 8), ("8", 8), ("1,024", 1024), ("two", 2), ("a single", 1)])
def test_devices(count: str, devices: int) -> None:
    found = record(f"{OWN} Zibbo-Net is trained on {count} A100 GPUs.")
    assert [r.devices for r in found.relations if r.type == "runs_on"] == [devices]


@pytest.mark.parametrize(
    "text",
    [
        "Zibbo-Net runs without GPUs.", "Zibbo-Net runs without any GPU.", "Zibbo-Net does not require a GPU.",
        "Zibbo-Net avoids GPUs.", "Zibbo-Net needs no GPU.", "Zibbo-Net eliminates the need for GPUs.",
    ],
)  # fmt: skip
def test_negated_hardware_runs_nothing(text: str) -> None:
    assert hardware(f"{OWN} {text}") == set()


def test_instead_of() -> None:
    assert hardware(f"{OWN} Zibbo-Net runs on CPUs instead of GPUs.") == {"CPU"}


@pytest.mark.parametrize(
    "text",
    [
        "Zibbo-Net runs on an FPGA and is 3x faster than an RTX 3090 GPU.",
        "On an FPGA, Zibbo-Net uses 4x less energy compared to an RTX 3090 GPU.",
        "On an FPGA, Zibbo-Net uses 4x less energy compared with an RTX 3090 GPU.",
        "On an FPGA, Zibbo-Net is 2.5x faster than the baseline on an RTX 3090 GPU.",
        "Zibbo-Net runs on an FPGA, whereas vLLM needs an RTX 3090 GPU.",
    ],
)
def test_hardware_of_a_baseline_is_compared_not_run_on(text: str) -> None:
    assert hardware(f"{OWN} {text}") == {"FPGA"}


def test_hardware_compared_with_hardware() -> None:
    found = record(f"{OWN} Zibbo-Net runs on an FPGA and is 3x faster than an RTX 3090 GPU.")
    assert pairs(found, "compared_with") == {("FPGA", "NVIDIA GeForce RTX 3090")}


def test_compared_with_and_outperforms() -> None:
    found = record(f"{OWN} Zibbo-Net is 2.1x faster than vLLM.")
    (relation,) = [r for r in found.relations if r.type == "compared_with"]
    assert (found.entity(relation.head).name, found.entity(relation.tail).name, relation.outperforms) == (
        "Zibbo-Net",
        "vLLM",
        True,
    )


def test_evaluated_on_and_measured_by() -> None:
    found = record(f"{OWN} On COCO, Zibbo-Net reaches an accuracy of 41.3%.")
    assert ("Zibbo-Net", "COCO") in pairs(found, "evaluated_on")
    assert ("Zibbo-Net", "accuracy") in pairs(found, "measured_by")


def test_the_paper_stands_in_where_no_method_is_proposed() -> None:
    assert pairs(record("We measure bandwidth on an A100 GPU."), "runs_on") == {("paper", "NVIDIA A100")}


def test_a_task_is_addressed() -> None:
    assert any(
        tail == "object detection" for _, tail in pairs(record(f"{OWN} We study object detection."), "addresses")
    )


def test_a_study_of_hardware_links_from_the_paper() -> None:
    assert pairs(record("We characterise the memory of the H100 and the MI300X."), "runs_on") == {
        ("paper", "NVIDIA H100"),
        ("paper", "AMD Instinct MI300X"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "Unlike systems for an A100 GPU, Zibbo-Net runs on an FPGA.",
        "Zibbo-Net runs on an FPGA and needs no A100 GPU.",
        "Zibbo-Net on an FPGA outperforms an A100 GPU by 2x.",
    ],
)
def test_what_is_compared_or_denied_is_not_run_on(text: str) -> None:
    assert hardware(f"{OWN} {text}") == {"FPGA"}
