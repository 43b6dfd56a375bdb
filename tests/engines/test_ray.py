"""A real Ray cluster of two nodes on this machine, each with one core."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import kg
from kg.engines import Failed, here, on_ray
from kg.errors import EngineError
from kg.model import Paper
from kg.run import read_row
from tests.engines.reads import die_once, troubled
from tests.helpers import ROOT, nquads, paper

if os.environ.get("PAPERGRAPH_TEST_ALL") == "1":
    import ray
    from ray.cluster_utils import Cluster
else:
    ray = pytest.importorskip("ray", reason="needs the extra `ray`")
    from ray.cluster_utils import Cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster whose workers import from this checkout."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        made = Cluster()
        for _ in range(2):
            made.add_node(num_cpus=1, object_store_memory=100 * 1024 * 1024, include_dashboard=False)
        made.wait_for_nodes()
        yield made.address
        made.shutdown()


def test_same_bytes_from_two_nodes(cluster: str, graph: Path, sample: Path, tmp_path: Path) -> None:
    summary = kg.build([str(sample)], tmp_path / "g", engine="ray", ray_address=cluster)
    assert (summary.extracted, summary.unread) == (32, [])
    assert nquads(tmp_path / "g", tmp_path / "a.nq") == nquads(graph, tmp_path / "b.nq")
    assert not ray.is_initialized()


def test_a_worker_killed_in_mid_run_changes_no_byte(cluster: str, sample: Path, tmp_path: Path) -> None:
    papers = [item for item in kg.read(str(sample)) if isinstance(item, Paper)]
    dying = partial(die_once, read_row, papers[20].id, str(tmp_path / "mark"))
    found = sorted(on_ray(papers, dying, total=len(papers), address=cluster))
    assert (tmp_path / "mark").exists()
    assert found == sorted(here(papers, read_row))


def test_a_paper_that_always_kills_its_worker_fails_alone(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = [paper("die" if n == 3 else f"Text {n}.", id=f"p{n:03}") for n in range(16)]
    outcomes = list(on_ray(papers, troubled, total=16, address=cluster))
    assert [o.paper.id for o in outcomes if isinstance(o, Failed)] == ["p003"]
    assert len(outcomes) == 16


def test_no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with pytest.raises(EngineError, match="ray start"):
        list(on_ray([paper("x.")], troubled, total=1, address="127.0.0.1:1"))
