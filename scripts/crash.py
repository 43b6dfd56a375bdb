"""Kill a build with `kill -9` at random moments and take it up again, many times.

Each time: a build into a new folder is killed at a random moment of a whole build's length, then the same command runs to
its end. It must give the same N-Quads and the same counts in every store as a build that was not killed, and no paper may be
extracted twice but those that the workers had in hand. Extractions are counted by the audit event `papergraph.extract`.

    python scripts/crash.py [INPUT] [--kills 100] [--workers 2] [--seed 0]
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import kg
from kg.graph import Log
from kg.stores import KgliteStore, OxigraphStore
from kg.stores.counts import held

ROOT = Path(__file__).resolve().parent.parent
# Python runs this file at its start where it is on the path: in the build and in each of its workers.
HOOK = """
import os, sys
def _hook(event, args, log=os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)):
    if event == "papergraph.extract":
        os.write(log, (args[0] + "\\n").encode())
sys.addaudithook(_hook)
"""


@dataclass(frozen=True)
class End:
    """What a finished build left: the hash of its N-Quads and the counts of each store."""

    nquads: str
    counts: dict[str, dict[str, int]]


class Crashes:
    """Builds of one input in one scratch folder."""

    def __init__(self, source: Path, scratch: Path, workers: int) -> None:
        self.source, self.scratch, self.workers = source, scratch, workers
        self.starts = scratch / "starts"
        (scratch / "hook").mkdir()
        (scratch / "hook/sitecustomize.py").write_text(HOOK.format(log=str(self.starts)), "utf-8")

    def build(self, folder: Path, *, kill_after: float | None = None) -> Counter[str]:
        """Build, to the end or until it is killed; how often each paper's extraction began."""
        self.starts.unlink(missing_ok=True)
        path = os.pathsep.join(filter(None, (str(self.scratch / "hook"), str(ROOT), os.environ.get("PYTHONPATH"))))
        command = [
            sys.executable,
            "-m",
            "kg",
            "build",
            str(self.source),
            "--out",
            str(folder),
            "--workers",
            str(self.workers),
        ]
        process = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": path}, start_new_session=True, stdout=subprocess.DEVNULL
        )
        try:
            process.wait(kill_after)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._wait_for_workers(process.pid)
        if process.returncode not in (0, -signal.SIGKILL):
            raise SystemExit(f"the build ended with exit code {process.returncode}")
        return Counter(self.starts.read_text("utf-8").split()) if self.starts.exists() else Counter()

    def _wait_for_workers(self, group: int) -> None:
        """Workers end by themselves when their build is gone."""
        while True:
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return
            time.sleep(0.02)

    def end(self, folder: Path) -> End:
        """What a finished build left."""
        kg.export("nquads", folder, self.scratch / "x.nq")
        with Log(folder) as log:
            return End(
                hashlib.sha256((self.scratch / "x.nq").read_bytes()).hexdigest(),
                {store.language: dict(held(store)) for store in (OxigraphStore(log.folder), KgliteStore(log.folder))},
            )

    def once(self, number: int, moment: float, whole: End) -> str:
        """Kill one build and take it up again; what was wrong, or how far it had come."""
        folder = self.scratch / f"g{number}"
        first = self.build(folder, kill_after=moment)
        kept = set[str]()
        if (folder / "records.sqlite").is_file():
            with Log(folder, write=True) as log:
                kept = {record.id for record in log}
        second = self.build(folder)
        lost, end = [paper for paper in first if paper not in kept], self.end(folder)
        tests = {
            "N-Quads differ": end.nquads != whole.nquads,
            "counts differ": end.counts != whole.counts,
            "a kept paper was extracted again": bool(kept & second.keys()),
            f"{len(lost)} papers were in hand": len(lost) > self.workers,
            "a paper was extracted twice in one run": max([0, *first.values(), *second.values()]) > 1,
        }
        wrong = [says for says, bad in tests.items() if bad]
        return "WRONG: " + "; ".join(wrong) if wrong else f"{len(kept)} kept, {len(lost)} in hand, {len(second)} after"


def main() -> int:
    """Run all kills; 1 where one of them ended badly."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("input", nargs="?", type=Path, default=ROOT / "examples/daily-papers.txt")
    arguments.add_argument("--kills", type=int, default=100)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=0)
    options = arguments.parse_args()
    moments = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        crashes = Crashes(options.input, Path(scratch), options.workers)
        start = time.monotonic()
        crashes.build(Path(scratch) / "whole")
        length = time.monotonic() - start
        whole, bad = crashes.end(Path(scratch) / "whole"), 0
        for number in range(1, options.kills + 1):
            moment = moments.uniform(0, length)
            says = crashes.once(number, moment, whole)
            bad += says.startswith("WRONG")
            print(f"{number:>4}  killed after {moment:.2f} s of {length:.2f}: {says}", flush=True)
    print(f"{options.kills - bad} of {options.kills} ended like a build that was not killed")
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
