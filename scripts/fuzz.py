"""Fuzz one of Papergraph's parsers or query doors with Atheris, which looks for inputs that reach new code.

    pip install "papergraph[fuzz]"
    python scripts/fuzz.py TARGET [--runs 100000] [--seconds 300] [--corpus FOLDER] [-- LIBFUZZER-OPTIONS]
    python scripts/fuzz.py TARGET --again FILE     try one input, such as a saved crash, without Atheris

Whatever raises anything but Papergraph's own errors, or breaks a rule of its target below, is a crash: its input is saved
in the folder of `--crashes` (`crashes`) and the run ends with 77. An input that takes 25 seconds is a crash too.
"""

import argparse
import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
CANARY: Final = "canary-7f3a"
"""What no query may say: it stands in a file beside the graph, never in the graph."""


@dataclass(frozen=True)
class Target:
    """What is done with an input, seeds to begin with, and words that the fuzzer puts into inputs."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    words: Sequence[str] = ()


@cache
def scratch() -> Path:
    """A folder with a graph of the sample page and the canary; gone at the end."""
    import kg

    folder = Path(_FOLDER.name)
    (folder / "canary.csv").write_text(f"name\n{CANARY}\n", "utf-8")
    kg.build([str(ROOT / "examples/daily-papers.txt")], folder / "graph")
    return folder


_FOLDER = tempfile.TemporaryDirectory()


def read(data: bytes, source: str | None = None) -> None:
    """Records are numbered without a gap, say why they are skipped, and come back from their JSON."""
    from kg.errors import InputError
    from kg.model import Paper
    from kg.sources.base import Options
    from kg.sources.reading import Input
    from kg.sources.registry import SOURCES, sniff

    count = 0
    with suppress(InputError):
        opened = Input("input", io.BufferedReader(io.BytesIO(data)))
        for item in (SOURCES[source] if source else sniff(opened)).read(opened, Options()):
            count += 1
            assert item.origin.record == count, "records are numbered without a gap"
            if isinstance(item, Paper):
                assert Paper.model_validate_json(item.model_dump_json()) == item, "it comes back from its JSON"
            else:
                assert item.reason, "what is skipped has a reason"


def lexicon(data: bytes) -> None:
    """A user's own terms: entries, or one sentence on what is wrong."""
    from kg.errors import InputError
    from kg.lexicon.own import read_own

    with suppress(InputError):
        read_own(_text(data), "input")


def corrections(data: bytes) -> None:
    """A user's corrections: likewise, and what each says can be read again."""
    from kg.errors import InputError
    from kg.resolve.corrections import read_corrections

    with suppress(InputError):
        for correction in read_corrections(_text(data), "input"):
            assert read_corrections(correction.says, "again")[0].form == correction.form, "it comes back from its JSON"


def extract(data: bytes) -> None:
    """An abstract: a Record whose spans are what stands there, and that comes back from its JSON."""
    from kg.extract import pipe, to_json
    from kg.model import Origin, Paper, Record
    from kg.sources.base import make_paper

    paper = make_paper(Origin(input="input", record=1, kind="text"), title="A Study", abstract=_text(data))
    if isinstance(paper, Paper):
        (record,) = pipe([paper])
        written = to_json(record)
        json.loads(written, parse_constant=_no_json)
        assert Record.model_validate_json(written) == record, "it comes back from its JSON"


def _no_json(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def sparql(data: bytes) -> None:
    """A SPARQL query: rows or a QueryError, and no word with another server."""
    from kg.errors import QueryError

    says = ""
    try:
        _sparql_store().select(_text(data), {"name": "value'\"\\"}, most=50)
    except QueryError as error:
        says = str(error)
    assert not any(word in says for word in ("HTTP", "lookup", "service name", "onnect")), says


def cypher(data: bytes) -> None:
    """A Cypher query: rows or a QueryError; nothing of the canary's file, and the graph as it was."""
    from kg.errors import QueryError

    store = _cypher_store()
    with suppress(QueryError):
        found = store.select(
            _text(data).replace("CANARY", str(scratch() / "canary.csv")), {"name": "value'\"\\"}, most=50
        )
        assert CANARY not in str(found.rows), "a file was read"
    assert store.select("MATCH (n) RETURN count(n) AS n").rows == _nodes(), "the graph was changed"


def cypher_text(data: bytes) -> None:
    """What is read of a Cypher query: the guard changes nothing that it passed, the dialect only adds."""
    from kg.errors import QueryError
    from kg.stores.cypher_text import read_only
    from kg.stores.kglite_dialect import for_kglite

    try:
        plain = read_only(_text(data))
        put = for_kglite(plain)
    except QueryError:
        return
    # Neither raises now: the guard passes what it gave, and the dialect brings in nothing that it refuses.
    assert read_only(plain) == plain, "the guard changes what it gave"
    assert read_only(put) == put, "the dialect brings in a comment"


@cache
def _sparql_store():  # type: ignore[no-untyped-def]
    """A few quads of the sample's graph: a query that joins all with all is no fault here, its limit is the child process."""
    from itertools import islice

    from kg.stores import OxigraphStore

    quads = islice(OxigraphStore(scratch() / "graph").quads(), 12)
    OxigraphStore.build(scratch() / "small", (f"{quad} .\n" for quad in quads), "small")
    return OxigraphStore(scratch() / "small")


@cache
def _cypher_store():  # type: ignore[no-untyped-def]
    from kg.stores import KgliteStore

    return KgliteStore(scratch() / "graph")


@cache
def _nodes():  # type: ignore[no-untyped-def]
    return _cypher_store().select("MATCH (n) RETURN count(n) AS n").rows


def _text(data: bytes) -> str:
    """Bytes as text; those that are no UTF-8 as lone surrogates, which JSON can carry to every parser."""
    return data.decode("utf-8", "surrogateescape")


def _page() -> Iterable[bytes]:
    import gzip

    page = (ROOT / "examples/daily-papers.txt").read_bytes()[:6000]
    return [page, gzip.compress(page), page.decode("utf-8", "ignore").encode("utf-16")]


def _json_lines() -> Iterable[bytes]:
    yield b'{"id": "x", "title": "A title", "abstract": "It runs on a GPU.", "date": "2024-05-01", "authors": [{"name": "A"}, "B"]}\n'
    yield b'{"paper": {"title": "T", "upvotes": 3, "categories": "cs.AR cs.LG"}, "id": "y", "text": "Some text."}\n[1]\n\n'


def _queries(suffix: str) -> Callable[[], Iterable[bytes]]:
    return lambda: [file.read_bytes() for file in sorted((ROOT / "kg/queries").glob(f"*.{suffix}"))]


TARGETS: Final[dict[str, Target]] = {
    "input": Target(read, lambda: [*_page(), *_json_lines(), b"A Title\n\nIt is text.\n\n---\nMore of it.\n"], ("\x1f\x8b", "\ufeff")),
    "page": Target(
        lambda data: read(data, "daily-papers"), _page, ("\n·\n", "Oct 30, 2023 2", "  • 7 authors", "Nov 4", "Upvote 12", "\n\n")
    ),
    "jsonl": Target(
        lambda data: read(data, "jsonl"), _json_lines,
        ('"title":', '"abstract":', '"authors":', '"date":', '"paper":', '"upvotes":', "\\ud800", "1e999", "NaN", "[[", "}\n{"),
    ),
    "text": Target(lambda data: read(data, "text"), lambda: [b"A Title\n\nIt is text.\n\n---\nMore Of It\nis here.\n"], ("\n\n", "---\n", "===\n")),
    "lexicon": Target(lexicon, lambda: [b"type,name,aliases,vendor,class,broader\nHardware,Zibbo 9,Z9;=z,Zib,GPU,A100\n"], ('"', "\r", ",", ";", "=")),
    "corrections": Target(
        corrections, lambda: [b'{"do": "reject", "name": "x"}\n{"do": "apart", "type": "Method", "names": ["a", "b"]}\n'],
        ('"do":', '"alias"', '"add"', '"retype"', '"reject_fact"', '"relation":', '"runs_on"', '"tail_type":', '"why":'),
    ),
    "extract": Target(
        extract, lambda: [b"We propose Zibbo, which is 2.5x faster than vLLM on 8xA100 GPUs (from 80% to 85.1\\% on COCO)."],
        ("A100", "GPU", " GPUs", "x faster than ", "%", "\\textbf{", "$", "(LLM)", " et al.", "1e9", "10^", "billion", "sim", "times", "up to "),
    ),
    "sparql": Target(
        sparql, _queries("rq"),
        ("SERVICE", "SILENT", "<http://127.0.0.1:9/>", "SELECT * {", "FILTER(", "BIND(", "?name", "#", "\\u0053", "'''", '"""', "<<(", "FROM <file:///"),
    ),
    "cypher": Target(
        cypher, lambda: [*_queries("cypher")(), b"LOAD CSV WITH HEADERS FROM 'CANARY' AS row RETURN row.name", b"CALL db.labels() YIELD label RETURN label"],
        ("LOAD", "CSV", "`LOAD`", "FROM", "'CANARY'", "AS", "row", "RETURN", "CALL", "MATCH", "CREATE", "SET", "DELETE", "//", "/*", "*/", "`", "\\'", "$name"),
    ),
    "cypher-text": Target(
        cypher_text, _queries("cypher"), ("LOAD", "CSV", "CALL", "//", "/*", "*/", "`", "''", "end", ".end", "{end:", "-[r", "(p {id: r.x})", "{.", "\\'"),
    ),
}  # fmt: skip
"""By name."""


def _quoted(word: str) -> str:
    """A word as a libFuzzer dictionary has it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8")) + '"\n'


def main() -> int:
    """Fuzz a target, or try one input of it."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("target", choices=TARGETS)
    arguments.add_argument("--runs", type=int, default=100_000)
    arguments.add_argument("--seconds", type=int, default=300)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--corpus", type=Path, help="a folder that keeps what was found to reach new code")
    arguments.add_argument("--crashes", type=Path, default=Path("crashes"))
    arguments.add_argument("--again", type=Path, help="one input to try, without Atheris")
    arguments.add_argument("options", nargs="*", help="more options of libFuzzer, after --")
    given = arguments.parse_args()
    target = TARGETS[given.target]
    if given.again:
        target.run(given.again.read_bytes())
        print("Nothing went wrong.")
        return 0
    try:
        import atheris
    except ImportError:
        raise SystemExit('Atheris is missing: pip install "papergraph[fuzz]"') from None
    with atheris.instrument_imports(include=["kg", "json", "csv", "gzip"]):
        import kg.extract
        import kg.lexicon.own
        import kg.resolve.corrections
        import kg.sources
        import kg.stores
        import kg.stores.sparql_text  # noqa: F401
    given.crashes.mkdir(parents=True, exist_ok=True)
    folder = Path(_FOLDER.name)
    (folder / "seeds").mkdir()
    for number, seed in enumerate(target.seeds()):
        (folder / "seeds" / str(number)).write_bytes(seed)
    (folder / "words").write_text("".join(map(_quoted, target.words)), "ascii")
    target.run(next(iter(target.seeds())))  # models and graphs are loaded before the clock of an input runs
    found = given.corpus or folder / "corpus"
    found.mkdir(parents=True, exist_ok=True)
    options = [
        f"-runs={given.runs}", f"-max_total_time={given.seconds}", f"-seed={given.seed}", "-timeout=25", "-max_len=8000", "-rss_limit_mb=4096",
        f"-artifact_prefix={given.crashes}/{given.target}-", f"-dict={folder / 'words'}", "-print_final_stats=1", *given.options,
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(found), str(folder / "seeds")], target.run)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
