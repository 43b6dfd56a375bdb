import pytest

from tests.helpers import record


def links(text: str) -> set[str]:
    return {e.link.removeprefix("hardware/") for e in record(text).entities if e.type == "Hardware" and e.link}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("RTX 3090/4090 cards", {"nvidia-geforce-rtx-3090", "nvidia-geforce-rtx-4090"}),
        ("RTX 3090, 4090 and A6000 cards", {"nvidia-geforce-rtx-3090", "nvidia-geforce-rtx-4090", "nvidia-rtx-a6000"}),
        ("A100 and H100s", {"nvidia-a100", "nvidia-h100"}),
        ("A100/H100 nodes", {"nvidia-a100", "nvidia-h100"}),
        ("Jetson Orin Nano and NX boards", {"nvidia-jetson-orin-nano", "nvidia-jetson-orin-nx"}),
        ("Jetson AGX Orin and Xavier boards", {"nvidia-jetson-agx-orin", "nvidia-jetson-agx-xavier"}),
        ("TPU v2 and v3 chips", {"google-tpu-v2", "google-tpu-v3"}),
        ("TPUv3 or v4", {"google-tpu-v3", "google-tpu-v4"}),
        ("Ascend 910A and 910B", {"huawei-ascend-910a", "huawei-ascend-910b"}),
        ("Snapdragon 855, 865 and 888", {"qualcomm-snapdragon-855", "qualcomm-snapdragon-865", "qualcomm-snapdragon-888"}),
        ("Cortex-M4 and M7 cores", {"arm-cortex-m4", "arm-cortex-m7"}),
        ("PCIe A100/H100", {"nvidia-a100-pcie", "nvidia-h100-pcie"}),
    ],
)  # fmt: skip
def test_what_a_list_leaves_out(written: str, found: set[str]) -> None:
    assert links(f"Latency is measured on {written}.") >= found


@pytest.mark.parametrize(
    ("written", "only"),
    [
        ("on an RTX 3090 and 4080 images", {"nvidia-geforce-rtx-3090"}),
        ("on an RTX 3090, 4090 ms apart", {"nvidia-geforce-rtx-3090"}),
        ("on TPU v3 and 4 GB of memory", {"google-tpu-v3"}),
        ("on Snapdragon 855, 8 times in a row", {"qualcomm-snapdragon-855"}),
        ("on a V100 and A is the matrix", {"nvidia-v100"}),
    ],
)
def test_what_is_no_list(written: str, only: set[str]) -> None:
    assert links(f"Latency is measured {written}.") == only
