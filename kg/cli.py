"""The command line: one function a command. Exit codes: 0 done; 1 an error, told in a sentence; 2 wrong usage;
3 done, but an input or a record could not be read; 4 `validate` found problems."""

import csv
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from kg.__about__ import __version__
from kg.errors import PapergraphError, QueryError

app = typer.Typer(
    name="kg", no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False,
    help="Knowledge graphs from research abstracts: which methods run on which hardware, with what result.",
    epilog="Start with:  kg build papers.txt --out my-graph   then   kg ask methods-on-hardware --hardware GPU -g my-graph",
)  # fmt: skip
err: Final = Console(stderr=True, highlight=False, soft_wrap=True)
out: Final = Console(highlight=False, soft_wrap=True)

PARTLY: Final = 3
PROBLEMS: Final = 4


class Format(StrEnum):
    """How answers are printed."""

    table = "table"
    csv = "csv"
    json = "json"


class Engine(StrEnum):
    """Where papers are extracted."""

    local = "local"
    ray = "ray"


class Told(StrEnum):
    """How an explanation is printed."""

    text = "text"
    json = "json"


Graph = Annotated[Path, typer.Option("-g", "--graph", help="The graph folder.", metavar="DIR")]
Some = Annotated[
    list[str] | None,
    typer.Argument(
        help="Files, plain or gzipped; - is standard input. Without any, the graph is made anew from its log.",
        metavar="INPUT...",
    ),
]
Inputs = Annotated[list[str], typer.Argument(help="Files, plain or gzipped; - is standard input.", metavar="INPUT...")]
Kind = Annotated[
    str | None,
    typer.Option("--source", help="The kind of the inputs; found by looking at each if not given. See kg sources."),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="The day of a Daily Papers page, YYYY-MM-DD: its dates without a year are the latest such days not after it.",
        metavar="DATE",
    ),
]
Page = Annotated[
    Path | None,
    typer.Option(
        "--page", help="Write the answer as an HTML page with a picture of what it names, instead.", metavar="FILE"
    ),
]
Least = Annotated[
    float,
    typer.Option(
        "--min-confidence", min=0, max=1, metavar="X",
        help="Leave out facts of less confidence: fewer facts, and more of them right. docs/quality.md has the curve.",
    ),
]  # fmt: skip
Printed = Annotated[Format, typer.Option("--format", "-f", help="How the answer is printed.")]


def main() -> None:
    """Run the command line; errors are sentences on standard error."""
    try:
        app()
    except PapergraphError as error:
        err.print(f"[bold red]error:[/] {escape(str(error))}")
        raise SystemExit(1) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        err.print("Stopped. What was extracted is kept: the same command goes on where it was.")
        raise SystemExit(130) from None


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"papergraph {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """A progress bar on standard error, where that is a terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<11}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        tasks = {}

        def tell(stage: str, done: int, of: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=of)
            bar.update(tasks[stage], completed=done, total=of)

        yield tell


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PapergraphError(f"--as-of is {text!r}: give a day as YYYY-MM-DD, for example 2025-11-04.") from None


@app.command(epilog="Example:  kg build page.txt.gz more.jsonl --out my-graph")
def build(
    folder: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="The graph folder; made if it is not there, else brought up to date.", metavar="DIR"
        ),
    ],
    inputs: Some = None,
    sync: Annotated[bool, typer.Option("--sync", help="Remove papers that the inputs no longer hold.")] = False,
    source: Kind = None,
    as_of: AsOf = None,
    lexicon: Annotated[
        Path | None,
        typer.Option(
            "--lexicon", help="Your own terms, CSV; kept with the graph. See docs/corrections.md.", metavar="FILE"
        ),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option("--corrections", help="Your corrections, JSON Lines; kept with the graph.", metavar="FILE"),
    ] = None,
    min_confidence: Least = 0.0,
    workers: Annotated[
        int, typer.Option("--workers", "-w", help="So many processes extract; 1 is this one.", metavar="N", min=1)
    ] = 1,
    engine: Annotated[
        Engine, typer.Option("--engine", help="Where papers are extracted: on this machine, or on a Ray cluster.")
    ] = Engine.local,
    ray_address: Annotated[
        str | None,
        typer.Option(
            "--ray-address",
            help="The cluster; RAY_ADDRESS, or the one on this machine, if not given.",
            metavar="ADDRESS",
        ),
    ] = None,
) -> None:
    """Build a graph from pages of abstracts, or bring one up to date.

    What is already extracted is not extracted again; a killed build goes on where it was; a rerun changes nothing.
    """
    from kg.run import build as run

    with _progress() as tell:
        summary = run(
            inputs or [], folder, sync=sync, source=source, as_of=_day(as_of), lexicon=lexicon, corrections=corrections,
            min_confidence=min_confidence, workers=workers, engine=engine.value, ray_address=ray_address, progress=tell,
        )  # fmt: skip
    for rejected in summary.rejected:
        err.print(f"[yellow]skipped:[/] {escape(str(rejected))}")
    for title in summary.replaced:
        err.print(f"[yellow]twice:[/] {escape(title)} (the better version is kept)")
    for message in summary.failed:
        err.print(f"[bold red]error:[/] {escape(message)}")
    for unread in summary.unread:
        err.print(f"[bold red]failed:[/] {escape(str(unread))}")
    if sync and (summary.failed or summary.rejected):
        err.print("[yellow]nothing was removed[/] (--sync), since not all that the inputs hold could be read.")
    out.print(
        f"read {summary.read}, skipped {len(summary.rejected)}, extracted {summary.extracted}, failed {len(summary.unread)}, "
        f"unchanged {summary.unchanged}, removed {len(summary.removed)}: [bold]{summary.papers} papers[/] in {escape(str(folder))}"
    )
    _print_stats(summary.manifest)
    for says in summary.idle:
        err.print(f"[yellow]changed nothing:[/] {escape(says)}")
    out.print(f"Ask it:  kg ask methods-on-hardware --hardware GPU -g {escape(str(folder))}")
    if summary.failed or summary.rejected or summary.unread:
        raise typer.Exit(PARTLY)


@app.command(
    epilog="Example:  kg extract page.txt.gz -o records.jsonl   or   kg extract page.txt.gz --explain arxiv:2504.11750"
)
def extract(
    inputs: Inputs,
    target: Annotated[
        str, typer.Option("--output", "-o", help="The file to write; - is standard output.", metavar="FILE")
    ] = "-",
    source: Kind = None,
    as_of: AsOf = None,
    min_confidence: Least = 0.0,
    explained: Annotated[
        str | None,
        typer.Option(
            "--explain", help="Say of the paper of this id why each fact is there, or is not.", metavar="PAPER"
        ),
    ] = None,
    told: Annotated[Told, typer.Option("--format", "-f", help="How --explain is printed.")] = Told.text,
) -> None:
    """Write what is read in each abstract as JSON Lines, one Record a paper, without building a graph."""
    from kg.errors import InputError
    from kg.extract import explain, pipe, to_json
    from kg.model import Paper
    from kg.sources import Rejected, read

    failed: list[str] = []

    def papers() -> Iterator[Paper]:
        for path in inputs:
            try:
                for item in read(path, source=source, as_of=_day(as_of)):
                    if isinstance(item, Rejected):
                        err.print(f"[yellow]skipped:[/] {escape(str(item))}")
                    else:
                        yield item
            except InputError as error:
                failed.append(str(error))

    if explained is not None:
        paper = next((paper for paper in papers() if paper.id == explained), None)
        if paper is None:
            reasons = "".join("\n" + message for message in failed)
            raise InputError(f"No paper has the id {explained!r}:  kg extract INPUT  gives each with its id.{reasons}")
        explanation = explain(paper, min_confidence=min_confidence)
        with _output(target) as write:
            write(explanation.as_json() if told is Told.json else explanation.as_text())
        return
    count = 0
    with _progress() as tell, _output(target) as write:
        for record in pipe(papers(), min_confidence=min_confidence):
            write(to_json(record) + "\n")
            count += 1
            tell("extracting", count, None)
        if failed and not count:  # the file that is there stays
            raise InputError("No paper could be read.\n" + "\n".join(failed))
    for message in failed:
        err.print(f"[bold red]error:[/] {escape(message)}")
    err.print(f"{count} records written to {'standard output' if target == '-' else escape(target)}")
    if failed:
        raise typer.Exit(PARTLY)


@contextmanager
def _output(target: str) -> Iterator[Callable[[str], object]]:
    """A writer to standard output, or to a file that appears whole or not at all."""
    if target == "-":
        yield sys.stdout.write
        return
    path = Path(target)
    try:
        handle = tempfile.NamedTemporaryFile(  # noqa: SIM115
            "w", encoding="utf-8", dir=path.parent, prefix=path.name, suffix=".new", delete=False
        )
    except OSError as error:
        raise PapergraphError(f"{target} cannot be written: {error.strerror or error}.") from error
    try:
        with handle:
            yield handle.write
        os.chmod(handle.name, 0o644)
        os.replace(handle.name, path)
    except BaseException:
        Path(handle.name).unlink(missing_ok=True)
        raise


@app.command(epilog="Example:  kg sources")
def sources() -> None:
    """List the kinds of input that are read; the kind of an input is found by looking at it."""
    from kg.sources import SOURCES

    table = Table("source", "what it is", "example", box=None, pad_edge=False)
    for item in SOURCES.values():
        table.add_row(item.name, item.says, item.example)
    out.print(table)
    out.print("Each is read plain or gzipped, from a file or from standard input (-).")


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example:  kg ask methods-on-hardware --hardware A100 -g my-graph --format csv",
)
def ask(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The question.", metavar="NAME")] = None,
    graph: Graph = Path("my-graph"),
    format: Printed = Format.table,
    page: Page = None,
    list_all: Annotated[bool, typer.Option("--list", help="List the questions with their parameters.")] = False,
) -> None:
    """Ask a named question; its parameters follow as options: --hardware X, --method X, --metric X …"""
    import kg
    from kg.queries import question, questions, unknown_names

    if list_all or name is None:
        for item in questions().values():
            takes = " ".join(f"--{p.name}" if p.required else f"[--{p.name}]" for p in item.parameters)
            out.print(
                f"[bold]{item.name}[/] {escape(takes)}\n    {escape(item.says)}\n    [dim]{escape(item.example)}[/]"
            )
        return
    asked = question(name)
    parameters = _extra(context.args)
    with kg.open(graph) as opened:
        answer = opened.ask(name, **parameters)
        if page:
            given = ", ".join(f"{key} {value}" for key, value in parameters.items())
            _write_page(graph, page, answer=answer, question=f"{asked.title}: {given}" if given else asked.title)
            return
        _print(answer.columns, answer.rows, format, cut=answer.cut)
        if not answer.rows:
            for parameter, near in unknown_names(opened.store, name, parameters).items():
                hint = f": the nearest is {', '.join(near)}" if near else ""
                err.print(
                    f"Nothing in {escape(str(graph))} is called {escape(repr(parameters[parameter]))}{escape(hint)}."
                )


def _extra(arguments: Sequence[str]) -> dict[str, str]:
    """`--name value` and `--name=value` as a dictionary."""
    found: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        option = rest.pop(0)
        if not option.startswith("--"):
            raise QueryError(f"{option!r} is no option: parameters are given as --name value.")
        name, equals, value = option[2:].partition("=")
        if not equals:
            if not rest:
                raise QueryError(f"--{name} needs a value.")
            value = rest.pop(0)
        found[name] = value
    return found


@app.command(epilog="Example:  kg sparql 'SELECT ?name { ?m a pg:Method ; skos:prefLabel ?name } LIMIT 5' -g my-graph")
def sparql(
    query: Annotated[
        str, typer.Argument(help="A SPARQL 1.1 query; @FILE reads it from a file, - from standard input.")
    ],
    graph: Graph = Path("my-graph"),
    format: Printed = Format.table,
    parameter: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", help="A value for a variable: name=value.")
    ] = None,
    page: Page = None,
) -> None:
    """Run a SPARQL query. The prefixes pg, schema, skos, rdf, rdfs, prov, qudt, unit, xsd are known already."""
    import kg

    if query == "-":
        query = sys.stdin.read()
    elif query.startswith("@"):
        try:
            query = Path(query[1:]).read_text("utf-8")
        except OSError as error:
            raise QueryError(f"{query[1:]} cannot be read: {error.strerror or error}.") from error
        except UnicodeDecodeError as error:
            raise QueryError(f"{query[1:]} is not UTF-8 (byte {error.start + 1}).") from error
    values = {}
    for item in parameter or ():
        key, equals, value = item.partition("=")
        if not equals:
            raise QueryError(f"-p {item!r}: give name=value.")
        values[key] = value
    with kg.open(graph) as opened:
        answer = opened.sparql(query, **values)
    if page:
        _write_page(graph, page, answer=answer, question="The answer of a SPARQL query")
    else:
        _print(answer.columns, answer.rows, format, cut=answer.cut)


@app.command(epilog="Example:  kg view --around A100 -g my-graph -o a100.html")
def view(
    graph: Graph = Path("my-graph"),
    target: Annotated[Path, typer.Option("--output", "-o", help="The HTML file to write.", metavar="FILE")] = Path(
        "graph.html"
    ),
    around: Annotated[
        str | None,
        typer.Option(
            "--around",
            help="Only this and what is linked to it: a method, a hardware with its family, a vendor, a paper's id or title.",
            metavar="NAME",
        ),
    ] = None,
    depth: Annotated[int, typer.Option("--depth", help="How many steps around it.", min=1, max=6)] = 1,
    most: Annotated[
        int | None,
        typer.Option("--nodes", help="Draw at most so many nodes; the page says how many are left out.", min=1),
    ] = None,
    sparql: Annotated[
        bool,
        typer.Option("--sparql", help="The page holds the whole graph and answers SPARQL by itself (about 2 MB more)."),
    ] = False,
) -> None:
    """Write the graph as one HTML file that needs no network. For the answer of a query see kg sparql --page."""
    if depth != 1 and around is None:
        raise PapergraphError("--depth counts the steps around something: give --around NAME too.")
    _write_page(graph, target, around=around, depth=depth, most=most, sparql=sparql)


def _write_page(graph: Path, target: Path, **options: Any) -> None:
    from kg.views import write_view

    with _progress() as tell:
        shown, total = write_view(graph, target, progress=tell, **options)
    out.print(f"{escape(str(target))}: {shown} of {total} nodes. Open it in a browser; it needs no network.")


@app.command(epilog="Example:  kg stats -g my-graph")
def stats(graph: Graph = Path("my-graph"), format: Printed = Format.table) -> None:
    """Print what a graph holds."""
    from kg.graph import Log
    from kg.run import MANIFEST

    with Log(graph):
        try:
            manifest = json.loads((graph / MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            raise PapergraphError(f"{graph} has no manifest: run  kg build --out {graph}.") from None
    if format is Format.table:
        _print_stats(manifest)
    else:
        _print(("what", "count"), list(manifest["counts"].items()), format)


def _print_stats(manifest: dict[str, dict[str, int]]) -> None:
    counts = manifest["counts"]
    for title, prefix in (("nodes", "nodes:"), ("statements", "statements:")):
        rows = [(name.removeprefix(prefix), count) for name, count in counts.items() if name.startswith(prefix)]
        total = sum(count for _, count in rows)
        out.print(
            f"[bold]{total}[/] {title}: "
            + ", ".join(f"{name} {count}" for name, count in sorted(rows, key=lambda row: (-row[1], row[0])))
        )
    papers, without = counts.get("papers", 0), counts.get("papers_without_hardware", 0)
    share = f" ({without / papers:.0%})" if papers else ""
    out.print(
        f"[bold]{counts.get('results', 0)}[/] results; {without} of {papers} papers{share} state no hardware; {counts.get('quads', 0)} quads"
    )


@app.command(epilog="Example:  kg export graphml -g my-graph -o graph.graphml")
def export(
    format: Annotated[str, typer.Argument(help="nquads, turtle, jsonld or graphml.", metavar="FORMAT")],
    graph: Graph = Path("my-graph"),
    target: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write; graph.SUFFIX if not given.", metavar="FILE"),
    ] = None,
) -> None:
    """Write the graph in another format. The same Records give the same bytes."""
    from kg.exports import EXPORTS
    from kg.exports import export as run

    target = target or Path("graph" + (EXPORTS[format].suffix if format in EXPORTS else ""))
    run(format, graph, target)
    out.print(f"{escape(str(target))}: {target.stat().st_size:,} bytes")


@app.command(epilog="Example:  kg remove arxiv:2504.11750 -g my-graph")
def remove(
    paper: Annotated[str, typer.Argument(help="The paper's id or IRI.", metavar="PAPER")],
    graph: Graph = Path("my-graph"),
) -> None:
    """Remove a paper and all that only it says."""
    from kg.run import remove as run

    with _progress() as tell:
        removed = run(paper, graph, progress=tell)
    out.print(f"removed {escape(removed)}")


@app.command(epilog="Example:  kg merges COMET -g my-graph")
def merges(
    name: Annotated[str | None, typer.Argument(help="Only what concerns this name.", metavar="NAME")] = None,
    graph: Graph = Path("my-graph"),
    format: Printed = Format.table,
) -> None:
    """List which names are one node and why, which are kept apart, and what your corrections did."""
    import kg
    from kg.settings import setting

    with kg.open(graph) as opened:
        answer = opened.merges(name)
    most = setting("query_rows")
    _print(answer.columns, answer.rows[:most], format, cut=len(answer.rows) > most)


@app.command(epilog="Example:  kg validate -g my-graph")
def validate(graph: Graph = Path("my-graph")) -> None:
    """Check a graph: its records, its store, and its RDF against the SHACL shapes."""
    from kg.validate import validate as run

    with _progress() as tell:
        problems = list(run(graph, progress=tell))
    for problem in problems:
        out.print(f"{escape(problem.where)}: {escape(problem.message)}")
    if problems:
        out.print(f"{len(problems)} problems")
        raise typer.Exit(PROBLEMS)
    out.print("The graph is sound.")


@app.command(epilog="Example:  kg evaluate gold.jsonl records.jsonl")
def evaluate(
    gold: Annotated[Path, typer.Argument(help="Annotated papers, JSON Lines.", metavar="GOLD")],
    records: Annotated[Path, typer.Argument(help="Records as kg extract writes them.", metavar="RECORDS")],
    format: Printed = Format.table,
) -> None:
    """Score Records against annotated papers: precision, recall, F1 of entities, relations and results."""
    from kg.evaluate import evaluate as run

    report = run(gold, records)
    rows = [
        (group, name, round(s.precision, 3), round(s.recall, 3), round(s.f1, 3), s.tp, s.fp, s.fn)
        for group, scores in (
            ("entities", report.entities),
            ("relations", report.relations),
            ("results", report.results),
        )
        for name, s in sorted(scores.items())
    ]
    _print(("group", "name", "precision", "recall", "f1", "tp", "fp", "fn"), rows, format)
    err.print(f"{report.papers} papers")


def _print(columns: Sequence[str], rows: Sequence[Sequence[object]], format: Format, *, cut: bool = False) -> None:
    """Print an answer. In CSV an empty cell is null; in JSON the rows are objects."""
    if format is Format.json:
        print(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, indent=1))
    elif format is Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        table = Table(*columns, header_style="bold", row_styles=("", "dim") if out.is_terminal else ())
        for row in rows:
            table.add_row(*(escape(_cell(cell)) for cell in row))
        # Not a terminal: no width to fit into, so nothing is cut.
        (out if out.is_terminal else Console(width=240, highlight=False)).print(table)
        err.print(f"{len(rows)} rows")
    if cut:
        err.print(f"[yellow]cut at {len(rows)} rows[/] (query_rows)")


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:g}"
    return str(cell)
