"""Read many seeded, damaged copies of a file in child processes, and see that nothing breaks and the sums agree.

    python scripts/mutate.py [FILE …] [--copies 1000] [--seed 0] [--seconds 20] [--builds 20]

Each FILE (the sample page where none is given) is taken as it is, packed, and in UTF-16, and its papers as JSON Lines and as
plain text, also packed. A copy gets one to three kinds of damage: bits flipped, bytes cut or doubled, lines lost, doubled or
swapped, another encoding, NULs, lone surrogates, long numbers, deep nesting, long lines, other line ends, broken gzip data.
Of each copy it is asked:

- no exception but Papergraph's own, and an end within the time limit;
- every record is read or skipped with a reason, numbered without a gap, and an input that fails does so with a reason;
- JSON Lines: as many records as lines that are not blank; pages and text: whatever title and abstract the damage did not
  touch is read, but for at most as many as were skipped.

Some copies of each form are built into one graph: records read are skipped, twice, unchanged, extracted or failed, and the
log and both stores hold as many papers.
"""

import argparse
import gzip
import io
import json
import multiprocessing
import random
import tempfile
import traceback
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import kg
from kg.errors import InputError
from kg.model import Paper
from kg.sources import Rejected

ROOT = Path(__file__).resolve().parent.parent
Blocks = list[tuple[str, str]]
"""Title and abstract of each paper of the undamaged file."""

_PIECES: Final[tuple[bytes, ...]] = (
    b"\x00", b"\x00" * 40, b"\xed\xa0\x80", b"\\ud800", b"\xff", b"\xc0\xaf", b"\n\n12\n\xff\n\n", "\u2028".encode(), "\u202e".encode(), b"\xef\xbb\xbf",
    b"9" * 5000, b"1e999", b"-0", b"[" * 100_000, b'{"a":' * 5_000, b"(" * 300, b"x" * 1_100_000, b"\r", b"\r\n", b"\n\n", "·".encode(),
    "\n·\nFeb 30, 2024\n".encode(), b"\nNov 4\n", b"\n\n17\n\n", b"---\n", b'"', b"{", b"}\n{", b"NaN", b"null", b"\x1b[31m", b"\x1f\x8b",
)  # fmt: skip


def _somewhere(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + int(chance.expovariate(1 / 200)))


def _flip(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(1, 20) if found else 0):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _lose(data: bytes, chance: random.Random) -> bytes:
    start, end = _somewhere(data, chance)
    return data[:start] + data[end:]


def _double(data: bytes, chance: random.Random) -> bytes:
    start, end = _somewhere(data, chance)
    return data[:end] + data[start:end] * chance.randint(1, 5) + data[end:]


def _lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    for _ in range(chance.randint(1, 10)):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                lines[one] = b""
            case 3:
                del lines[one : min(one + chance.randint(1, 4), len(lines) - 1)]
            case 1:
                lines.insert(other, lines[one])
            case _:
                lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _recode(data: bytes, chance: random.Random) -> bytes:
    start, end = _somewhere(data, chance)
    encoding = chance.choice(["latin-1", "cp1252", "utf-16", "utf-7", "utf-32"])
    return data[:start] + data[start:end].decode("utf-8", "ignore").encode(encoding, "replace") + data[end:]


def _insert(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 3)):
        start, _ = _somewhere(data, chance)
        data = data[:start] + chance.choice(_PIECES) + data[start:]
    return data


def _ends(data: bytes, chance: random.Random) -> bytes:
    return data.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\r", b"\x0b", b"\xe2\x80\xa8"]))


def _pack(data: bytes, chance: random.Random) -> bytes:
    packed = gzip.compress(data, mtime=0)
    return chance.choice(
        [packed[: len(packed) // 2], packed + b"tail", packed + packed, _flip(packed, chance), packed[:-4]]
    )


DAMAGE: Final[Sequence[Callable[[bytes, random.Random], bytes]]] = (
    _flip, _cut, _lose, _lose, _double, _lines, _lines, _recode, _insert, _insert, _ends, _pack,
)  # fmt: skip


def damaged(data: bytes, seed: str) -> bytes:
    """A copy with one to three kinds of damage, of what is packed before or after packing; the same for the same seed."""
    chance = random.Random(seed)
    if data[:2] == b"\x1f\x8b" and chance.random() < 0.5:
        return gzip.compress(damaged(gzip.decompress(data), seed + " inside"), mtime=0)
    for _ in range(chance.choice([1, 1, 2, 3])):
        data = chance.choice(DAMAGE)(data, chance)
    return data


def forms(file: Path) -> dict[str, bytes]:
    """A file as it is, and its papers in every other format that Papergraph reads."""
    given = file.read_bytes()
    plain = gzip.decompress(given) if given[:2] == b"\x1f\x8b" else given
    papers = [paper for paper in kg.read(str(file)) if isinstance(paper, Paper)]
    rows = [p.model_dump(exclude={"origin"}, exclude_none=True) | {"id": f"m:{n}"} for n, p in enumerate(papers)]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    text = "".join(f"{paper.title}\n\n{paper.abstract}\n\n" for paper in papers).encode()
    return {
        "as it is": plain, "packed": gzip.compress(plain, mtime=0), "UTF-16": plain.decode("utf-8").encode("utf-16"),
        "JSON Lines": lines, "JSON Lines, packed": gzip.compress(lines, mtime=0), "text": text,
    }  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What came of one copy; `wrong` says what should not be."""

    read: int = 0
    skipped: int = 0
    failed: bool = False
    wrong: str = ""


def verdict(data: bytes, blocks: Blocks, scratch: Path) -> Verdict:
    """Read one copy and check what can be known about it."""
    copy = scratch / "copy"
    copy.write_bytes(data)
    items: list[Paper | Rejected] = []
    failed = ""
    try:
        for item in kg.read(str(copy)):
            items.append(item)
    except InputError as error:
        failed = str(error)
    papers = [item for item in items if isinstance(item, Paper)]
    rejected = [item for item in items if isinstance(item, Rejected)]
    wrong = list(_wrong(data, blocks, papers, rejected, failed))
    return Verdict(len(papers), len(rejected), bool(failed), "; ".join(wrong))


def _wrong(data: bytes, blocks: Blocks, papers: list[Paper], rejected: list[Rejected], failed: str) -> Iterator[str]:
    origins = [item.origin for item in papers] + [item.origin for item in rejected]
    numbers = sorted(origin.record for origin in origins)
    if numbers != list(range(1, len(numbers) + 1)):
        yield "records are not numbered without a gap"
    if not all(item.reason.strip() for item in rejected):
        yield "a record is skipped without a reason"
    if not numbers and not failed and not blocks:
        yield "nothing was read, skipped or failed"
    for paper in papers:
        if Paper.model_validate_json(paper.model_dump_json()) != paper:
            yield f"{paper.id} does not come back from its JSON"
    kinds = {origin.kind for origin in origins}
    plain = _plain(data)
    if failed or plain is None:
        return
    if kinds == {"jsonl"}:
        lines = sum(bool(line.decode("utf-8", "surrogateescape").strip()) for line in plain.split(b"\n"))
        if lines != len(numbers):
            yield f"{lines} lines, {len(numbers)} records"
    elif kinds:
        found: dict[str, str] = {}
        for paper in papers:
            found[paper.title] = f"{found.get(paper.title, '')}\n{paper.abstract}"
        every = "".join(found.values())
        text = b"\n\n" + plain.replace(b"\r\n", b"\n") + b"\n\n"
        # A title that asks may, once the paper before it lost its abstract, read like the beginning of that one's.
        lost = [
            title
            for title, abstract in blocks
            if f"\n\n{title}\n\n{abstract}\n\n".encode() in text
            and abstract not in (every if title.endswith(("?", "!")) else found.get(title, ""))
        ]
        if len(lost) > len(rejected):
            yield f"{len(lost)} papers that no damage touched are lost, {len(rejected)} skipped: {lost[0]!r}"


def _plain(data: bytes) -> bytes | None:
    """The text of a copy in UTF-8; None where it cannot be had."""
    with suppress(OSError, EOFError, zlib.error, UnicodeDecodeError):
        if data[:2] == b"\x1f\x8b":
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read()
        for mark in (b"\xff\xfe", b"\xfe\xff"):
            if data.startswith(mark):
                return data.decode("utf-16", "surrogatepass").encode("utf-8", "surrogatepass")
        return data.removeprefix(b"\xef\xbb\xbf")
    return None


def _child(connection: Connection) -> None:
    """Read copies until there are no more."""
    with tempfile.TemporaryDirectory() as scratch:
        while (asked := connection.recv()) is not None:
            data, blocks = asked
            try:
                connection.send(verdict(data, blocks, Path(scratch)))
            except BaseException:
                connection.send(Verdict(wrong="traceback: " + traceback.format_exc(limit=-4)))


class Reader:
    """A child process that reads copies, each within a time limit; one that hangs is killed, and a new one started."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def _start(self) -> None:
        self._connection, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_child, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def read(self, data: bytes, blocks: Blocks) -> Verdict:
        """What comes of one copy."""
        self._connection.send((data, blocks))
        try:
            if self._connection.poll(self._seconds):
                found: Verdict = self._connection.recv()
                return found
            said = "hang"
        except EOFError:
            said = "the process ended"
        self._process.kill()
        self._process.join()
        self._start()
        return Verdict(wrong=said)

    def close(self) -> None:
        """End the child."""
        self._connection.send(None)
        self._process.join()


def builds(copies: Sequence[bytes], scratch: Path) -> Iterator[str]:
    """Build copies into one graph, one after the other; what was wrong."""
    folder, copy = scratch / "graph", scratch / "copy"
    for number, data in enumerate(copies):
        copy.write_bytes(data)
        try:
            done = kg.build([str(copy)], folder, sync=True)
        except InputError:
            continue
        held = done.extracted + done.unchanged + len(done.unread)
        if done.read != len(done.rejected) + len(done.replaced) + held:
            yield f"build {number}: {done.read} read, {len(done.rejected)} skipped, {len(done.replaced)} twice, {held} held"
        with kg.open(folder) as graph:
            counts = {
                len(graph), *graph.sparql("SELECT (COUNT(?p) AS ?n) { ?p a schema:ScholarlyArticle }").column("n"),
                *graph.cypher("MATCH (p:Paper) RETURN count(p) AS n").column("n"),
            }  # fmt: skip
        if len(counts) != 1 or done.papers not in counts:
            yield f"build {number}: log and stores hold {sorted(map(str, counts))} papers, the build says {done.papers}"


def main() -> int:
    """Read all copies; 1 where one of them went wrong."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", nargs="*", type=Path, default=[ROOT / "examples/daily-papers.txt"])
    arguments.add_argument("--copies", type=int, default=1000, help="of each form")
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--seconds", type=float, default=20, help="for one copy")
    arguments.add_argument("--builds", type=int, default=20, help="so many copies of each form are built")
    arguments.add_argument("--keep", type=Path, help="a folder for the copies that went wrong")
    options = arguments.parse_args()
    reader, bad = Reader(options.seconds), 0
    print(
        f"{'form':<32}{'copies':>8}{'inputs failed':>15}{'read':>9}{'skipped':>9}{'tracebacks':>12}{'hangs':>7}{'sums wrong':>12}"
    )
    for file in options.file:
        blocks = [(paper.title, paper.abstract) for paper in kg.read(str(file)) if isinstance(paper, Paper)]
        for form, data in forms(file).items():
            sums: Counter[str] = Counter()
            for number in range(options.copies):
                copy = damaged(data, f"{options.seed} {form} {number}")
                found = reader.read(copy, blocks)
                kind = found.wrong.partition(":")[0]
                sums.update(read=found.read, skipped=found.skipped, failed=found.failed)
                if found.wrong:
                    sums[kind if kind in ("traceback", "hang") else "sums"] += 1
                    print(f"WRONG  {file.name}, {form}, copy {number}: {found.wrong}", flush=True)
                    if options.keep:
                        options.keep.mkdir(parents=True, exist_ok=True)
                        (options.keep / f"{file.name}-{form}-{number}".replace(" ", "-")).write_bytes(copy)
            with tempfile.TemporaryDirectory() as scratch:
                copies = [damaged(data, f"{options.seed} {form} {number}") for number in range(options.builds)]
                for wrong in builds(copies, Path(scratch)):
                    sums["sums"] += 1
                    print(f"WRONG  {file.name}, {form}, {wrong}", flush=True)
            bad += sums["traceback"] + sums["hang"] + sums["sums"]
            print(
                f"{file.name[:12] + ', ' + form:<32}{options.copies:>8}{sums['failed']:>15}{sums['read']:>9}{sums['skipped']:>9}"
                f"{sums['traceback']:>12}{sums['hang']:>7}{sums['sums']:>12}",
                flush=True,
            )
    reader.close()
    print("Nothing went wrong." if not bad else f"{bad} went wrong.")
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
