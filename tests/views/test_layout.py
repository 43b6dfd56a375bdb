"""Positions: complete, stable, apart."""

import random

import numpy as np
import pytest
from scipy.spatial import cKDTree

from kg.views import layout


def graph(nodes: int, edges: int, seed: int = 1) -> tuple[list[str], list[tuple[str, str]]]:
    """Neighbourhoods, a few hubs, and some nodes left alone."""
    rng = random.Random(seed)
    ids = [f"https://papergraph.example/n/{i}" for i in range(nodes)]
    links = []
    while len(links) < edges:
        a = rng.randrange(nodes)
        b = int(nodes * 0.1 * rng.random() ** 3) if rng.random() < 0.3 else a // 12 * 12 + a % 11
        b = min(nodes - 1, b + rng.randrange(6))
        if a % 10 and b % 10:
            links.append((ids[a], ids[b]))
    return ids, links


def test_nothing_gives_nothing() -> None:
    assert layout.positions([], []) == {}


def test_every_node_has_its_own_whole_place() -> None:
    ids, links = graph(300, 450)
    places = layout.positions(ids, links)
    assert list(places) == ids
    assert len(set(places.values())) == len(ids)
    assert all(float(v).is_integer() for place in places.values() for v in place)


def test_the_same_input_gives_the_same_picture() -> None:
    ids, links = graph(300, 450)
    assert layout.positions(ids, links) == layout.positions(ids, links)


def test_loops_repeats_and_strangers_do_no_harm() -> None:
    places = layout.positions(["a", "b", "c"], [("a", "a"), ("a", "b"), ("b", "a"), ("a", "x")])
    assert set(places) == {"a", "b", "c"}
    assert len(set(places.values())) == 3


@pytest.mark.parametrize("size", [2, 3, 7, 40, 41, 90])
def test_stars_and_cliques_of_any_size_spread_out(size: int) -> None:
    ids = [str(i) for i in range(size)]
    star = [(ids[0], other) for other in ids[1:]]
    clique = [(a, b) for a in ids for b in ids if a < b]
    for links in (star, clique):
        points = np.array(list(layout.positions(ids, links).values()))
        assert cKDTree(points).query(points, k=2)[0][:, 1].min() > layout.SPACING / 3


def test_neighbours_lie_nearer_than_strangers() -> None:
    ids, links = graph(400, 700)
    places = layout.positions(ids, links)

    def mean(pairs: list[tuple[str, str]]) -> float:
        return float(np.mean([np.subtract(places[a], places[b]) ** 2 for a, b in pairs]) ** 0.5)

    rng = random.Random(5)
    strangers = [(rng.choice(ids), rng.choice(ids)) for _ in range(2000)]
    assert mean(links) < 0.6 * mean(strangers)


def test_many_small_components_make_a_compact_picture() -> None:
    ids = [str(i) for i in range(600)]
    links = [(ids[i], ids[i + 1]) for i in range(0, 300, 2)]
    points = np.array(list(layout.positions(ids, links).values()))
    width, height = np.ptp(points, axis=0)
    assert width * height < 2.2 * len(ids) * layout.SPACING**2
    assert 1.1 < width / height < 2


def test_no_two_nodes_of_a_large_graph_share_a_place() -> None:
    ids, links = graph(2000, 4000)
    assert len(set(layout.positions(ids, links).values())) == 2000
