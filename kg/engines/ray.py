"""A Ray cluster: shards of papers as tasks, one core each; what comes back is kept by the process that asked."""

import logging
import os
import socket
from collections.abc import Generator, Iterable, Sequence

from kg.engines.base import Failed, Outcome, Read, attempt, shards
from kg.errors import EngineError
from kg.model import Paper

_AHEAD = 2
"""So many shards a core are under way or waiting on the cluster: none is idle, and memory stays bounded."""
_RETRIES = 2
_KNOCK_SECONDS = 10


def on_ray(
    papers: Iterable[Paper], read: Read, *, total: int, address: str | None = None
) -> Generator[Outcome, None, None]:
    """Read papers on a Ray cluster. A shard whose process or node is lost is run again, twice as it is and then in halves,
    until the paper that ends its process is alone and fails.

    Args:
        papers: read lazily, a shard at a time.
        read: what is put to each; the cluster's nodes need the same Papergraph installed.
        total: how many papers there are.
        address: the cluster's; where not given, `RAY_ADDRESS`, else the cluster that runs on this machine.

    Raises:
        EngineError: ray is not installed, or there is no such cluster.
    """
    try:
        import ray  # an extra
    except ImportError:
        raise EngineError("Ray is not installed: run  pip install 'papergraph[ray]'.") from None
    mine = not ray.is_initialized()
    if mine:
        address = address or os.environ.get("RAY_ADDRESS") or "auto"
        try:
            _knock(address)
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineError(
                f"No Ray cluster answers at {address!r} ({error}). Start one with  ray start --head  or give the address of "
                "one with --ray-address."
            ) from error
    try:
        cores = max(1, int(ray.cluster_resources().get("CPU", 1)))  # type: ignore[no-untyped-call]
        task = ray.remote(_read_shard).options(num_cpus=1, max_retries=_RETRIES)
        waiting = shards(papers, total=total, workers=cores)
        running: dict[object, Sequence[Paper]] = {}
        again: list[Sequence[Paper]] = []
        while True:
            while len(running) < _AHEAD * cores and (shard := again.pop() if again else next(waiting, ())):
                running[task.remote(read, shard)] = shard
            if not running:
                return
            (done,), _ = ray.wait(list(running), num_returns=1)
            shard = running.pop(done)
            try:
                outcomes = ray.get(done)
            except ray.exceptions.RayError as error:  # the process or its node is gone, again and again
                if len(shard) == 1:
                    yield Failed(
                        shard[0], f"the process that read it ended {_RETRIES + 1} times ({type(error).__name__})"
                    )
                else:
                    again += [shard[: len(shard) // 2], shard[len(shard) // 2 :]]
                continue
            yield from outcomes
    finally:
        if mine:
            ray.shutdown()


def _knock(address: str) -> None:
    """Whether anything listens there: Ray itself would try for minutes.

    Raises:
        OSError: nothing does.
    """
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=_KNOCK_SECONDS).close()


def _read_shard(read: Read, shard: Sequence[Paper]) -> list[Outcome]:
    return [attempt(read, paper) for paper in shard]
