"""Whole processes on one machine, each with its own pipeline and one thread, fed with shards of papers."""

import math
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Final

from kg.engines.base import Failed, Outcome, Read, attempt, shards
from kg.errors import EngineError
from kg.model import Paper
from kg.settings import setting

# Libraries that start as many threads as there are cores, once they are loaded.
_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


def in_processes(papers: Iterable[Paper], read: Read, *, total: int, workers: int) -> Generator[Outcome, None, None]:
    """Read papers in so many processes.

    A paper in whose hands a process dies is tried once more in another, and fails when that one dies too; a paper that
    takes more than `paper_seconds` fails at once.

    Args:
        papers: read lazily, a shard at a time.
        read: what is put to each.
        total: how many papers there are.
        workers: how many processes.

    Raises:
        EngineError: a process does not start.
    """
    fresh = shards(papers, total=total, workers=workers)
    waiting: deque[Sequence[Paper]] = deque()
    tried: set[str] = set()
    crew: list[_Worker] = []
    try:
        crew += (_Worker(read) for _ in range(max(1, min(workers, total))))
        while True:
            for worker in crew:
                if not waiting and (shard := next(fresh, None)):
                    waiting.append(shard)
                if waiting and worker.ready and not worker.shard:
                    worker.take(waiting.popleft())
            if not waiting and not any(worker.shard for worker in crew):
                return
            watched = {worker.pipe: worker for worker in crew if worker.shard or not worker.ready}
            ends = min(worker.ends for worker in watched.values())
            patience = None if ends == math.inf else max(0.0, ends - time.monotonic())
            for pipe in wait(list(watched), timeout=patience):
                worker = watched[pipe]  # type: ignore[index]
                if (outcome := worker.outcome()) is not None:
                    yield outcome
                    worker.kept()
            for position, worker in enumerate(crew):
                late = worker.ends <= time.monotonic()
                if not worker.shard or not (worker.dead or late):
                    continue
                paper, *rest = worker.shard
                waiting.extendleft([rest] if rest else ())
                if worker.dead and paper.id not in tried:
                    tried.add(paper.id)
                    waiting.append([paper])
                elif worker.dead:
                    yield Failed(paper, f"the process that read it ended twice ({worker.ending()})")
                else:
                    yield Failed(paper, f"it took more than {setting('paper_seconds')} seconds (paper_seconds)")
                worker.end()
                crew[position] = _Worker(read)
    finally:
        for worker in crew:
            worker.end()


class _Worker:
    """A process, and the papers that it still has to read; the first is in its hands, until `ends` at the latest."""

    def __init__(self, read: Read) -> None:
        context = multiprocessing.get_context("spawn")
        self.shard: deque[Paper] = deque()
        self.ready = self.dead = False
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_work, args=(theirs, read), daemon=True)
        with _one_thread():
            self.process.start()
        theirs.close()  # so that the pipe ends when the process does
        self.ends = math.inf

    def take(self, shard: Sequence[Paper]) -> None:
        """Give it papers."""
        self.shard = deque(shard)
        self._send(list(shard))

    def outcome(self) -> Outcome | None:
        """What came of the paper in hand; None where the process has only now started, or is dead."""
        try:
            outcome: Outcome | None = self.pipe.recv()
        except (EOFError, OSError):
            self.dead = True
            if not self.ready:
                raise EngineError(
                    f"A process for extraction does not start ({self.ending()}). In a script of your own, call kg.build "
                    'under  if __name__ == "__main__":  or with workers=1.'
                ) from None
            return None
        self.ready = True
        return outcome

    def kept(self) -> None:
        """Let it go on with the next paper."""
        self.shard.popleft()
        self._send(None)

    def _send(self, message: list[Paper] | None) -> None:
        self.ends = time.monotonic() + setting("paper_seconds") if self.shard else math.inf
        try:
            self.pipe.send(message)
        except OSError:
            self.dead = True

    def ending(self) -> str:
        """How it ended, in words."""
        self.process.join(5)
        code = self.process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"

    def end(self) -> None:
        """End it, whatever it does."""
        self.pipe.close()
        self.process.kill()
        self.process.join()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Processes started within use one thread each: whole processes scale better."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _work(pipe: Connection, read: Read) -> None:
    """Answer each paper of each shard, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first one ends the others
    try:
        pipe.send(None)
        while True:
            for paper in pipe.recv():
                pipe.send(attempt(read, paper))
                pipe.recv()
    except (EOFError, OSError):
        return
