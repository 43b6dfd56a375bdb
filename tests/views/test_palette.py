"""The colours of the node types, as people see them who see fewer colours."""

import re
from itertools import combinations

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


def grounds() -> tuple[str, str]:
    light, dark = re.search(r"--ground: light-dark\((#\w{6}), (#\w{6})\)", network._asset("view.css")).groups()
    return light, dark


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
    seen = {kind["name"]: oklab(SIGHT[sight] @ linear(kind[theme])) for kind in network.types()}
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= 0.1, (one, other)


@pytest.mark.parametrize(("theme", "ground"), list(zip(("light", "dark"), grounds(), strict=True)))
def test_every_type_stands_out_and_edges_are_lighter(theme: str, ground: str) -> None:
    nodes = [contrast(kind[theme], ground) for kind in network.types()]
    assert min(nodes) >= 3  # WCAG 1.4.11
    pattern = r"--(edge|hierarchy): light-dark\((#\w{6}), (#\w{6})\)"
    edges = [(light, dark)[theme == "dark"] for _, light, dark in re.findall(pattern, network._asset("view.css"))]
    assert len(edges) == 2
    assert max(contrast(edge, ground) for edge in edges) < min(nodes)


def test_every_type_has_a_shape_of_its_own() -> None:
    shapes = [kind["shape"] for kind in network.types()]
    assert len(set(shapes)) == len(shapes)
