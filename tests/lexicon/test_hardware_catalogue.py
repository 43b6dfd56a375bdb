"""The hardware catalogue: what it must hold, and how its rows hang together."""

from collections import Counter

import pytest

from kg.lexicon import Entry, load
from kg.lexicon.loader import FIGURES, rows

ENTRIES = {entry.id: entry for entry in load().entries.values() if entry.type == "Hardware"}
CLASSES = {"GPU", "CPU", "TPU", "NPU", "FPGA", "ASIC", "SoC", "RDU", "memory", "network", "system", "other"}


def find(name: str) -> Entry:
    entry = load().find(name, "Hardware", vague=True)
    assert entry is not None, name
    return entry


def above(name: str) -> set[str]:
    return {ENTRIES[id].name for id in load().ancestors(find(name).id)}


def test_size() -> None:
    things = [e for e in ENTRIES.values() if e.kind in ("variant", "product", "system", "part", "family")]
    assert len(things) >= 400
    assert len({e.vendor for e in things} - {None}) >= 25


@pytest.mark.parametrize(
    ("name", "vendor", "hardware_class"),
    [
        ("H100", "NVIDIA", "GPU"), ("RTX A6000", "NVIDIA", "GPU"), ("RTX 4070", "NVIDIA", "GPU"), ("Adreno 740", "Qualcomm", "GPU"),
        ("Mali-G78", "Arm", "GPU"), ("MI300X", "AMD", "GPU"), ("Ascend 910B", "Huawei", "NPU"), ("Gaudi 3", "Intel", "NPU"),
        ("Trainium2", "AWS", "ASIC"), ("Inferentia2", "AWS", "ASIC"), ("MTIA v2", "Meta", "ASIC"), ("Maia 100", "Microsoft", "ASIC"),
        ("MLU370", "Cambricon", "NPU"), ("Groq LPU", "Groq", "ASIC"), ("WSE-2", "Cerebras", "ASIC"), ("SN40L", "SambaNova", "RDU"),
        ("Graphcore IPU", "Graphcore", "ASIC"), ("Wormhole n300", "Tenstorrent", "ASIC"), ("d-Matrix Corsair", "d-Matrix", "ASIC"),
        ("Grace CPU", "NVIDIA", "CPU"), ("Kunpeng 920", "Huawei", "CPU"), ("EPYC 7763", "AMD", "CPU"), ("Xeon Gold 6148", "Intel", "CPU"),
        ("Apple M1", "Apple", "SoC"), ("Alveo U280", "Xilinx", "FPGA"), ("PYNQ-Z1", "Xilinx", "FPGA"), ("Stratix 10", "Intel", "FPGA"),
        ("Jetson Orin Nano", "NVIDIA", "SoC"), ("Raspberry Pi 4", "Raspberry Pi", "SoC"), ("Coral Edge TPU", "Google", "TPU"),
        ("STM32F746", "STMicroelectronics", "SoC"), ("ESP32", "Espressif", "SoC"), ("DGX A100", "NVIDIA", "system"),
        ("CloudMatrix384", "Huawei", "system"), ("TPU v4 pod", "Google", "system"), ("NVLink", "NVIDIA", "network"),
        ("HBM2e", None, "memory"), ("InfiniBand", None, "network"),
        *((f"TPU v{n}", "Google", "TPU") for n in ("1", "2", "3", "4", "5e", "5p", "6e", "7")),
    ],
)  # fmt: skip
def test_every_kind_is_there(name: str, vendor: str | None, hardware_class: str) -> None:
    entry = find(name)
    chain = [entry, *(ENTRIES[id] for id in load().ancestors(entry.id))]
    assert next((e.vendor for e in chain if e.vendor), None) == vendor
    assert next((e.hardware_class for e in chain if e.hardware_class), None) == hardware_class


def test_rows_hold_together() -> None:
    assert [e.id for e in ENTRIES.values() if e.hardware_class not in CLASSES] == []
    assert [(e.id, up) for e in ENTRIES.values() for up in e.broader if up not in ENTRIES] == []
    assert [e.id for e in ENTRIES.values() if not e.broader and e.kind != "class"] == []
    assert [e.id for e in ENTRIES.values() if e.id in load().ancestors(e.id)] == []
    assert [name for name, count in Counter(e.name.casefold() for e in ENTRIES.values()).items() if count > 1] == []


def test_a_vendor_is_no_parent() -> None:
    vendors = {e.vendor.casefold() for e in ENTRIES.values() if e.vendor}
    # of two makers the boards are called as they are
    boards = {"Arduino", "Raspberry Pi"}
    parents = {ENTRIES[id].name for entry in ENTRIES.values() for id in entry.broader}
    assert {name for name in parents if name.casefold() in vendors} == boards


def test_every_row_names_its_source_and_figures_only_where_it_was_read() -> None:
    table = list(rows("hardware.csv"))
    assert [row["id"] for row in table if not row["source"]] == []
    assert [
        row["id"]
        for row in table
        if row["source"] == "general knowledge" and any(row[name] for name in (*FIGURES, "wikidata"))
    ] == []


def test_hierarchy_from_variant_to_class_with_several_parents() -> None:
    assert {"NVIDIA A100", "NVIDIA Ampere", "GPU", "Data center GPU"} <= above("A100-SXM4-80GB")
    assert {"NVIDIA Hopper", "GPU"} <= above("H100 PCIe")
    assert {"TPU", "AI accelerator", "ASIC"} <= above("TPU v4")
    assert any(len(entry.broader) > 1 for entry in ENTRIES.values())


def test_what_is_written_just_so_goes_first() -> None:
    assert find("NVIDIA Tesla K40s").id == "hardware/nvidia-tesla-k40s"
    assert find("NVIDIA Tesla K40").id == "hardware/nvidia-tesla-k40"
