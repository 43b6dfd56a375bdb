import pytest

from kg.lexicon import load
from kg.lexicon.loader import rows
from tests.helpers import record

SHAPES = list(rows("hardware-shapes.csv"))


def hardware(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(e.name, e.vendor, e.hardware_class, e.guess) for e in record(text).entities if e.type == "Hardware"]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["id"])
def test_every_shape_finds_its_example_and_leaves_the_other_words(shape: dict[str, str]) -> None:
    assert load().find(shape["example"], "Hardware") is None
    found = [e for e in record(f"We measured latency on a {shape['example']} with 8 GB of memory.").entities if e.guess]
    entry = load().entries[f"hardware/{shape['broader']}"]
    assert [(e.type, e.guess, e.link, e.rule) for e in found] == [("Hardware", entry.id, None, f"shape:{shape['id']}")]
    assert found[0].hardware_class == load().inherited(entry, "hardware_class")
    assert [e.name for e in record(f"The study names {shape['other']} once.").entities if e.guess] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is measured on an NVIDIA B9999 GPU.", ("NVIDIA B9999", "NVIDIA", "GPU")),
        ("It is measured on an Intel Xeon Gold 6999 processor.", ("Intel Xeon Gold 6999", "Intel", "CPU")),
        ("It is measured on a Xeon Gold 6999.", ("Intel Xeon Gold 6999", "Intel", "CPU")),
        ("It runs on a phone with a Kirin 9999.", ("Huawei Kirin 9999", "Huawei", "SoC")),
        ("It is measured on a Ryzen 9 9999X CPU.", ("AMD Ryzen 9 9999X", "AMD", "CPU")),
        ("It runs on an STM32H999 microcontroller.", ("STMicroelectronics STM32H999", "STMicroelectronics", "SoC")),
    ],
)
def test_vendor_and_class_are_guessed_and_marked(text: str, found: tuple[str, str, str]) -> None:
    (entity,) = [e for e in record(text).entities if e.guess]
    assert (entity.name, entity.vendor, entity.hardware_class) == found
    assert entity.link is None


def test_what_the_catalogue_knows_is_not_guessed() -> None:
    found = [
        e for e in record("It is measured on an A100 and on an Intel Xeon Gold 6148.").entities if e.type == "Hardware"
    ]
    assert len(found) == 2
    assert all(e.link and e.guess is None for e in found)


def test_the_class_of_an_unknown_name_is_the_word_after_it() -> None:
    (entity,) = [e for e in record("The QX900 GPU is 2x faster than the A100 GPU.").entities if "QX" in e.name]
    assert (entity.type, entity.vendor, entity.hardware_class, entity.guess) == (
        "Hardware",
        None,
        "GPU",
        "hardware/gpu",
    )
