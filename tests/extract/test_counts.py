import pytest

from kg.extract.counts import devices
from tests.helpers import record


@pytest.mark.parametrize(
    ("before", "surface", "after", "count"),
    [
        ("trained on 48 ", "A100", " GPU cards", 48), ("on 12,000 ", "GPUs", ".", 12_000), ("scales to 10k ", "GPUs", ".", 10_000),
        ("on 8×", "A100 80GB", ".", 8), ("with 8x ", "A100", ".", 8), ("on ", "A100", " (×8).", 8), ("on ", "A100 GPUs", " (8 in total).", 8),
        ("a cluster of 64 nodes with 8 ", "A100s", " each", 512), ("on 64 nodes, each with 8 ", "A100 GPUs", ".", 512),
        ("on 4 nodes of eight ", "H100s", ".", 32), ("on 16 servers with 8 ", "H100s", " per server", 128),
        ("on 8 or 16 ", "GPUs", ".", 16), ("a mix of 4 V100 and 8 ", "T4", " GPUs", 8), ("trained on ", "single consumer GPU", ".", 1),
        ("using 256 AMD ", "MI250X", " GPUs", 256), ("a 16-", "GPU", " cluster", 16), ("on a pair of ", "A40s", ".", 2),
    ],
)  # fmt: skip
def test_devices_that_the_text_counts(before: str, surface: str, after: str, count: int) -> None:
    assert devices(before, surface, after) == count


@pytest.mark.parametrize(
    ("before", "surface", "after"),
    [
        ("It took 100 ", "GPU", " hours"), ("It took 24 ", "GPU", "-days"), ("on 32 ", "TPU v3", " cores"), ("In 2023 ", "GPUs", " were"),
        ("batch of 64 on ", "GPUs", "."), ("80 GB of an ", "A100", "."), ("30 FPS on ", "RTX 4070", "."), ("see Figure 3 ", "GPUs", "."),
        ("at 3.5 ", "TPU", " chips"), ("a 4-socket ", "Xeon", " server"), ("hundreds of ", "GPUs", "."), ("7B parameters on ", "A100", "."),
        ("on 16 servers with 8 ", "H100s", "."), ("a V100 ", "GPU", "."), ("costs $40 ", "GPUs", "."),
    ],
)  # fmt: skip
def test_numbers_that_count_something_else(before: str, surface: str, after: str) -> None:
    assert devices(before, surface, after) is None


def test_the_count_is_on_the_relation() -> None:
    found = record(
        "We propose Zibbo-Net, a small model. Zibbo-Net is trained on a cluster of 64 nodes with 8 A100s each."
    )
    assert [(found.entity(r.tail).name, r.devices) for r in found.relations if r.type == "runs_on"] == [
        ("NVIDIA A100", 512)
    ]
