"""Node positions for the network view, worked out once in Python.

The browser runs no physics, so a page opens at once and always looks the same. Each connected
component is laid out alone; the components are then packed around the largest one.
"""

from collections.abc import Iterable, Sequence

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

Points = NDArray[np.float64]

SPACING = 60.0  # the room one node takes, in canvas units
ASPECT = 1.45  # width : height of the whole picture
EXACT = 40  # up to this many nodes a component goes through networkx' Kamada-Kawai
STRETCH = 1.7  # a large component is made higher by at most this
ROWS = 32  # rows of the distance matrix held at a time


def positions(
    node_ids: Sequence[str], edges: Sequence[tuple[str, str]], *, seed: int = 7
) -> dict[str, tuple[float, float]]:
    """Give every node a place; whole numbers, the same for the same input and seed."""
    graph = nx.Graph()
    graph.add_nodes_from(node_ids)
    graph.add_edges_from((a, b) for a, b in edges if a != b and a in graph and b in graph)
    order = {node: i for i, node in enumerate(graph)}
    parts = [sorted(part, key=order.__getitem__) for part in nx.connected_components(graph)]
    parts.sort(key=lambda part: (-len(part), order[part[0]]))
    shapes = [_component(graph, part, seed) for part in parts]
    placed: dict[str, tuple[float, float]] = {}
    for part, shape, offset in zip(parts, shapes, _pack(shapes), strict=True):
        for node, (x, y) in zip(part, np.rint(shape + offset).tolist(), strict=True):
            placed[node] = (x, y)
    return {node: placed[node] for node in node_ids}


def _component(graph: nx.Graph, part: Sequence[str], seed: int) -> Points:
    """Lay one component out around the origin, wider than high."""
    count = len(part)
    if count == 1:
        return np.zeros((1, 2))
    if count == 2:
        return np.array([[-0.5, 0.0], [0.5, 0.0]]) * SPACING
    matrix = nx.to_scipy_sparse_array(graph, nodelist=part, dtype=float, format="csr")
    if count <= EXACT:
        ring = nx.circular_layout(graph.subgraph(part))
        found = nx.kamada_kawai_layout(graph.subgraph(part), pos=ring)
        points = np.array([found[node] for node in part])
    else:
        points = _force(matrix, _pivots(matrix, seed))
    points = _turn(points - points.mean(axis=0))
    return _spread(_scale(points, matrix))


def _pivots(matrix: csr_array, seed: int, count: int = 40) -> Points:
    """Pivot MDS: a rough global picture from the distances to a few nodes far apart."""
    size = matrix.shape[0]
    nearest = np.full(size, np.inf)
    columns = []
    pivot = int(np.argmax(np.diff(matrix.indptr)))
    for _ in range(min(count, size)):
        reach = dijkstra(matrix, indices=pivot, unweighted=True)
        columns.append(reach)
        nearest = np.minimum(nearest, reach)
        pivot = int(np.argmax(nearest))
    squared = np.stack(columns, axis=1) ** 2
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1, keepdims=True) + squared.mean()
    _, vectors = np.linalg.eigh(centred.T @ centred)
    points = centred @ vectors[:, -2:][:, ::-1]
    points /= max(float(np.abs(points).max()), 1e-9)
    jitter = np.random.default_rng(seed).normal(scale=0.02, size=points.shape)
    spread: Points = (points + jitter) * np.sqrt(size) * 2
    return spread


def _force(matrix: csr_array, points: Points) -> Points:
    """Refine as ForceAtlas2 does: hubs push more, edges pull, gravity holds it all together."""
    size = matrix.shape[0]
    links = coo_array(matrix)
    mass = np.diff(matrix.indptr) + 1.0
    rounds = 150 if size <= 3000 else 110
    gravity = np.array([0.06 / ASPECT, 0.06 * ASPECT])
    previous = np.zeros_like(points)
    speed = 1.0
    for step in range(rounds):
        push = _repulsion(points, mass)
        push *= mass[:, None]
        delta = points[links.col] - points[links.row]
        pull = np.empty_like(points)
        for axis in (0, 1):
            pull[:, axis] = np.bincount(links.row, weights=delta[:, axis], minlength=size)
        force = push * 0.6 + pull - points * gravity * mass[:, None]
        swing = np.linalg.norm(force - previous, axis=1)
        traction = np.linalg.norm(force + previous, axis=1) / 2
        total = float((mass * swing).sum()) or 1e-9
        wanted = 0.6 * float((mass * traction).sum()) / total
        speed = min(wanted, speed * 1.5)
        rate = speed / (1 + speed * np.sqrt(swing))
        length = np.linalg.norm(force, axis=1)
        limit = 4.0 * np.sqrt(size) / 20 * (1 - step / rounds) + 0.2
        rate = np.minimum(rate, limit / np.maximum(length, 1e-9))
        points = points + force * rate[:, None]
        previous = force
    return points


def _repulsion(points: Points, mass: NDArray[np.float64]) -> Points:
    """The exact push of every node on every other, a few rows at a time to stay in the cache.

    Plain element-wise work on purpose: matrix products this thin spend more time in the threads
    of the linear algebra library than in arithmetic, and may differ between machines.
    """
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    push = np.empty_like(points)
    across, down, weight = (np.empty((ROWS, len(points))) for _ in range(3))
    for low in range(0, len(points), ROWS):
        high = min(low + ROWS, len(points))
        dx, dy, w = across[: high - low], down[: high - low], weight[: high - low]
        np.subtract(x[low:high, None], x, out=dx)
        np.subtract(y[low:high, None], y, out=dy)
        np.multiply(dx, dx, out=w)
        w += 0.05
        w += np.square(dy)
        np.divide(mass, w, out=w)
        push[low:high, 0] = np.einsum("ij,ij->i", w, dx)
        push[low:high, 1] = np.einsum("ij,ij->i", w, dy)
    return push


def _turn(points: Points) -> Points:
    """Turn the longest direction to the horizontal."""
    _, vectors = np.linalg.eigh(points.T @ points)
    turned = points @ vectors[:, ::-1]
    signs = np.sign(turned[np.argmax(np.abs(turned), axis=0), [0, 1]])
    righted: Points = turned * np.where(signs == 0, 1, signs)
    # What came out flatter than the picture uses its height too.
    width, height = np.ptp(righted, axis=0)
    if height > 0 and len(points) > EXACT:
        righted[:, 1] *= min(STRETCH, max(1.0, width / height / ASPECT))
    return righted


def _scale(points: Points, matrix: csr_array) -> Points:
    """Scale so that the middle edge, and the room per node, come near SPACING."""
    links = coo_array(matrix)
    lengths = np.linalg.norm(points[links.row] - points[links.col], axis=1)
    by_edge = SPACING / max(float(np.median(lengths)), 1e-9)
    gaps = cKDTree(points).query(points, k=2)[0][:, 1]
    by_gap = 1.0 * SPACING / max(float(np.median(gaps)), 1e-9)
    return points * (by_edge if len(points) <= EXACT else min(by_gap, 4 * by_edge))


def _spread(points: Points, rounds: int = 100) -> Points:
    """Push apart nodes nearer than most of SPACING, so that none hides another."""
    apart = 0.65 * SPACING
    points = points + np.stack([np.arange(len(points)), -np.arange(len(points))], axis=1) * 1e-6
    for _ in range(rounds):
        pairs = cKDTree(points).query_pairs(apart, output_type="ndarray")
        if not len(pairs):
            break
        a, b = pairs[:, 0], pairs[:, 1]
        delta = points[a] - points[b]
        length = np.maximum(np.linalg.norm(delta, axis=1), 1e-6)
        move = delta * ((apart - length) / length * 0.5)[:, None]
        shift = np.zeros_like(points)
        for axis in (0, 1):
            shift[:, axis] = np.bincount(a, weights=move[:, axis], minlength=len(points))
            shift[:, axis] -= np.bincount(b, weights=move[:, axis], minlength=len(points))
        size = np.linalg.norm(shift, axis=1)
        points = points + shift * np.minimum(1.0, apart / np.maximum(size, 1e-9))[:, None]
    return points


def _pack(shapes: Iterable[Points]) -> list[Points]:
    """Offsets that set the components side by side, the first in the middle, none touching.

    Every component is rasterised to cells and takes the free spot nearest to the middle.
    """
    shapes = list(shapes)
    if not shapes:
        return []
    masks = [_mask(shape) for shape in shapes]
    cells = sum(int(mask.sum()) for mask, _ in masks)
    longest = max(max(mask.shape) for mask, _ in masks)
    side = int(2 * longest + 3 * np.sqrt(cells)) + 8
    taken = np.zeros((side, side), dtype=bool)
    rows, columns = np.indices(taken.shape)
    offsets: list[Points] = []
    free: NDArray[np.intp] = np.array([], dtype=np.intp)
    before: NDArray[np.bool_] | None = None
    for mask, corner in masks:
        height, width = mask.shape
        if before is None or before.shape != mask.shape or not np.array_equal(before, mask):
            hits = fftconvolve(taken.astype(np.float32), mask[::-1, ::-1].astype(np.float32))
            open_ = hits[height - 1 : side, width - 1 : side] < 0.5
            middle = ((rows[: open_.shape[0], : open_.shape[1]] + height / 2 - side / 2) * ASPECT) ** 2 + (
                columns[: open_.shape[0], : open_.shape[1]] + width / 2 - side / 2
            ) ** 2
            spots = np.flatnonzero(open_)
            free = spots[np.argsort(middle.ravel()[spots], kind="stable")]
            stride, before = open_.shape[1], mask
        for used, spot in enumerate(free):
            row, column = divmod(int(spot), stride)
            window = taken[row : row + height, column : column + width]
            if not (window & mask).any():
                window |= mask
                free = free[used + 1 :]
                break
        else:
            raise RuntimeError("no room left to pack a component")
        offsets.append((np.array([column, row]) - side / 2) * SPACING - corner)
    return offsets


def _mask(shape: Points) -> tuple[NDArray[np.bool_], Points]:
    """The cells a component covers, a larger one with a margin, and where the first cell lies."""
    margin = 1 if len(shape) > 12 else 0
    corner = shape.min(axis=0) - (0.5 + margin) * SPACING
    cells = np.floor((shape - corner) / SPACING + 1e-6).astype(int)
    mask = np.zeros((cells[:, 1].max() + 1 + margin, cells[:, 0].max() + 1 + margin), dtype=bool)
    for dx in range(-margin, margin + 1):
        for dy in range(-margin, margin + 1):
            mask[cells[:, 1] + dy, cells[:, 0] + dx] = True
    return mask, corner
