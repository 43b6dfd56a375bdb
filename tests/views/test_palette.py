"""The colours of the node types, as people see them who see fewer colours."""

import re
from importlib.resources import files
from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from kg.views import network

Vector = NDArray[np.float64]

# Machado, Oliveira, Fernandes (2009), severity 1, on linear RGB.
SIGHT = {
    "all colours": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip
# Ottosson (2020), https://bottosson.github.io/posts/oklab/
TO_LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip


def linear(color: str) -> Vector:
    values = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def oklab(light: Vector) -> Vector:
    return TO_LAB @ np.cbrt(TO_LMS @ np.clip(light, 0, 1))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's ratio."""
    low, high = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ linear(color)) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


CSS = (files("kg.views") / "static" / "base.css").read_text("utf-8")
COLORS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", CSS)
}
TYPES = [kind["name"].lower() for kind in network.types()]
GROUNDS = ("ground", "raised", "sunken")


def test_the_ruler_measures() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert np.allclose(oklab(linear("#ffffff")), [1, 0, 0], atol=1e-3)
    colors = [linear(color) for color in ("#c06000", "#809000")]  # an orange and a green that many confuse
    plain, deutan = (
        np.linalg.norm(np.subtract(*(oklab(SIGHT[sight] @ color) for color in colors)))
        for sight in ("all colours", "deuteranopia")
    )
    assert deutan < plain / 2


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_any_two_types_stay_apart(sight: str, theme: str) -> None:
    seen = {name: oklab(SIGHT[sight] @ linear(COLORS[name][theme])) for name in TYPES}
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= 0.1, (one, other)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_heat_rises_for_all_eyes(sight: str, theme: str) -> None:
    """Each step is as clearly stronger as the one before: by lightness alone, away from the ground."""
    steps = [oklab(SIGHT[sight] @ linear(COLORS[f"heat-{n}"][theme]))[0] for n in range(1, 5)]
    ground = oklab(linear(COLORS["ground"][theme]))[0]
    apart = [abs(step - ground) for step in steps]
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(apart)), apart


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_type_stands_out_and_edges_are_lighter(theme: str) -> None:
    ground = COLORS["ground"][theme]
    nodes = [contrast(COLORS[name][theme], ground) for name in TYPES]
    assert min(nodes) >= 3  # WCAG 1.4.11
    assert max(contrast(COLORS[edge][theme], ground) for edge in ("edge", "hierarchy")) < min(nodes)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_fields_have_the_contrast_of_wcag_aa(theme: str) -> None:
    pairs = [(text, ground) for text in ("ink", "soft", "link") for ground in GROUNDS]
    pairs += [("ink", mark) for mark in ("mark-a", "mark-b", "heat-1", "heat-2", "heat-3")]
    pairs += [
        ("on-heat-4", "heat-4"),
        ("ground", "soft"),
        ("ground", "ink"),
    ]  # the last two: a button, pointed at or not
    for text, ground in pairs:
        assert contrast(COLORS[text][theme], COLORS[ground][theme]) >= 4.5, (text, ground)
    for ground in GROUNDS:
        assert contrast(COLORS["field"][theme], COLORS[ground][theme]) >= (3 if ground != "sunken" else 2.5), ground


def test_colours_and_sizes_of_type_have_one_home() -> None:
    """Beside base.css no style sheet names a colour, and every size of type is of the one scale."""
    sheets = {path.name: path.read_text("utf-8") for part in ("kg.views", "kg.serve") for path in (files(part) / "static").iterdir() if path.name.endswith(".css")}  # fmt: skip
    assert len(sheets) == 4
    for name, sheet in sheets.items():
        if name != "base.css":
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;, )])", sheet) == [], name
        sizes = re.findall(r"font-size: ([^;]+);", sheet) + re.findall(r"font: (\S+?)/", sheet)
        assert set(sizes) <= {f"var(--{size})" for size in ("s", "m", "l", "xl", "xxl")}, name


def test_every_type_has_a_shape_of_its_own() -> None:
    shapes = [kind["shape"] for kind in network.types()]
    assert len(set(shapes)) == len(shapes)
    # What vis-network draws by itself; an image would name an address to load.
    assert set(shapes) <= {"dot", "square", "diamond", "triangle", "triangleDown", "star", "hexagon"}
