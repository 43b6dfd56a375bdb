"""Words that look like a product's name and are none, each beside the product."""

import pytest

from tests.helpers import record


def links(text: str) -> set[str]:
    return {e.link.removeprefix("hardware/") for e in record(text).entities if e.type == "Hardware" and e.link}


@pytest.mark.parametrize(
    ("product", "text"),
    [
        ("ibm-rapid", "Latency is measured on the RaPiD accelerator of IBM."),
        ("ibm-truenorth", "The network runs on a TrueNorth chip."),
        ("alps-supercomputer", "Training ran on the Alps supercomputer with GPU nodes."),
        ("nvidia-tesla-p4", "Inference ran on a P4 GPU in a server."),
        ("nvidia-dgx-spark", "It runs on a DGX Spark."),
        ("apple-a7", "It runs on the Apple A7 chip of a phone."),
        ("delta-supercomputer", "Training ran on the Delta supercomputer."),
        ("vista-supercomputer", "Training ran on the Vista supercomputer with GPU nodes."),
    ],
)
def test_the_product(product: str, text: str) -> None:
    assert product in links(text)


@pytest.mark.parametrize(
    ("product", "text"),
    [
        ("ibm-rapid", "Rapid progress of hardware in recent years lowers the latency of inference on chips."),
        ("ibm-truenorth", "A true-North gyrocompass with embedded hardware steers the vehicle."),
        (
            "alps-supercomputer",
            "Many chips use accelerator-level parallelism (ALP), and ALP spreads over hardware devices.",
        ),
        ("vista-supercomputer", "Cameras with edge devices were mounted in Chula Vista, a city."),
        ("sunway-taihulight", "Phones and other devices were measured in Sunway City with a drive test."),
        ("nvidia-dgx-spark", "Queries run on a Spark cluster of 8 nodes and on a GPU."),
        ("apple-a7", "The A5 and A7 modes of the devices reach 21 GHz in a thin film."),
        ("delta-supercomputer", "A Delta-aware framework for agents on edge computing nodes."),
        ("nvidia-tesla-p4", "A P4-based traffic generator runs on the hardware of Tofino switches."),
        ("nvidia-tesla-p4", "A P4-programmable FPGA switch runs the model in hardware."),
    ],
)
def test_the_word(product: str, text: str) -> None:
    assert product not in links(text)
