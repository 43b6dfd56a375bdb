"""The command line: one function a command. Exit codes: 0 done; 1 an error, told in a sentence; 2 wrong usage;
3 done, but an input or a record could not be read; 4 `validate` found problems."""

import csv
import json
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from enum import StrEnum
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from kg.__about__ import __version__
from kg.errors import PapergraphError, QueryError
from kg.progress import Progress

if TYPE_CHECKING:
    from kg.overview import LastBuild, Overview
    from kg.stores.base import Language, Store, Value

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


class Lang(StrEnum):
    """The language of a query, and so the store that it goes to."""

    sparql = "sparql"
    cypher = "cypher"


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
Uri = Annotated[str, typer.Option("--uri", envvar="NEO4J_URI", help="The address of the Neo4j server.")]
User = Annotated[str, typer.Option("--user", envvar="NEO4J_USER", help="The user of the Neo4j server.")]
Loaded = Annotated[
    str | None,
    typer.Option("--uri", help="Ask a Neo4j server, in Cypher, that kg load has loaded; its password: NEO4J_PASSWORD."),
]
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
def _progress() -> Iterator[Progress]:
    """A progress bar on standard error, where that is a terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<11}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
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
    from kg.overview import overview
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
        f"unchanged {summary.unchanged}, removed {len(summary.removed)}: [bold]{summary.papers} papers[/] in {escape(str(folder))}\n"
    )
    _print_overview(overview(folder))
    for says in summary.idle:
        err.print(f"[yellow]changed nothing:[/] {escape(says)}")
    out.print()
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
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write the answer of `matrix` as a heat map to this file.", metavar="FILE"),
    ] = None,
    language: Annotated[Lang, typer.Option("--lang", help="Which store is asked.")] = Lang.sparql,
    uri: Loaded = None,
    user: User = "neo4j",
) -> None:
    """Ask a named question; its parameters follow as options: --hardware X, --method X, --metric X …"""
    from kg.queries import ask as run
    from kg.queries import question, questions, unknown_names

    if list_all or name is None:
        for item in questions().values():
            takes = " ".join(f"--{p.name}" if p.required else f"[--{p.name}]" for p in item.parameters)
            out.print(
                f"[bold]{item.name}[/] {escape(takes)}\n    {escape(item.says)}\n    [dim]{escape(item.example)}[/]"
            )
        return
    asked = question(name)
    if html is not None and name != "matrix":
        raise QueryError(f"--html draws methods × hardware: kg ask matrix --html {html}, not {name}.")
    parameters = _extra(context.args)
    with _store(language.value, graph, uri, user) as store:
        answer = run(store, name, parameters)
        if html is not None:
            from kg.views.heatmap import write_heatmap

            methods, machines = write_heatmap(list(answer.dicts()), html, title=graph.resolve().name)
            out.print(
                f"{escape(str(html))}: {methods} methods, {machines} pieces of hardware. Open it in a browser; it needs no network."
            )
            return
        if page:
            given = ", ".join(f"{key} {value}" for key, value in parameters.items())
            _write_page(graph, page, answer=answer, question=f"{asked.title}: {given}" if given else asked.title)
            return
        _print(answer.columns, answer.rows, format, cut=answer.cut)
        if not answer.rows:
            for parameter, near in unknown_names(store, name, parameters).items():
                hint = f": the nearest is {', '.join(near)}" if near else ""
                err.print(
                    f"Nothing in {escape(uri or str(graph))} is called {escape(repr(parameters[parameter]))}{escape(hint)}."
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

    query, values = _query(query), _parameters(parameter)
    with kg.open(graph) as opened:
        answer = opened.guarded("sparql").select(query, values)
    if page:
        _write_page(graph, page, answer=answer, question="The answer of a SPARQL query")
    else:
        _print(answer.columns, answer.rows, format, cut=answer.cut)


@app.command(
    epilog="Example:  kg cypher 'MATCH (m:Method)-[:RUNS_ON]->(h:Hardware) RETURN m.name, h.name LIMIT 5' -g my-graph"
)
def cypher(
    query: Annotated[
        str, typer.Argument(help="A Cypher query that reads; @FILE reads it from a file, - from standard input.")
    ],
    graph: Annotated[Path, typer.Option("-g", help="The graph folder.", metavar="DIR")] = Path("my-graph"),
    format: Printed = Format.table,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "-p",
            "--parameter",
            help="A value for a parameter: name=value. Numbers, true, false, null and JSON lists are taken as such.",
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            "--graph",
            metavar="FILE",
            help="Draw the nodes and relationships of the answer into this HTML file, with the sentence behind each.",
        ),
    ] = None,
    uri: Loaded = None,
    user: User = "neo4j",
) -> None:
    """Run a Cypher query. What labels, relationships and properties there are: kg schema."""
    query, values = _query(query), _parameters(parameter, typed=True)
    with _store("cypher", graph, uri, user) as store:
        answer = store.select(query, values)
        for remark in answer.remarks:
            err.print(f"[yellow]note:[/] {escape(remark)}")
        if page is None:
            _print(answer.columns, answer.rows, format, cut=answer.cut)
            return
        from kg.stores.neo4j import plain_address
        from kg.views import write_answer_view

        where = {"graph": graph} if uri is None else {"source": f"as the Neo4j server at {plain_address(uri)} holds it"}
        shown, total = write_answer_view(store, answer, page, question="The answer of a Cypher query", **where)
    out.print(f"{escape(str(page))}: {shown} of {total} nodes. Open it in a browser; it needs no network.")


@app.command(epilog="Example:  kg schema -g my-graph --counts")
def schema(
    graph: Graph = Path("my-graph"),
    counts: Annotated[bool, typer.Option("--counts", help="Count them in the graph.")] = False,
    format: Printed = Format.table,
) -> None:
    """Print the labels and relationships of the graph in Cypher, with their ends and properties."""
    import kg
    from kg.queries import cypher_schema

    if counts:
        with kg.open(graph) as opened:
            rows = cypher_schema(opened.guarded("cypher"))
    else:
        rows = cypher_schema()
    columns = ("what", "name", "from", "to", "properties", "says", *(("count",) if counts else ()))
    _print(columns, [row[: len(columns)] for row in rows], format)


@contextmanager
def _store(language: "Language", graph: Path, uri: str | None, user: str) -> "Iterator[Store]":
    """The store to ask: of a graph folder, or of a Neo4j server where an address is given."""
    if uri is None:
        import kg

        with kg.open(graph) as opened:
            yield opened.guarded(language)
    else:
        from kg.stores.neo4j import Neo4jStore, connect

        with connect(uri, user, _password()) as driver:
            yield Neo4jStore(driver)


def _query(query: str) -> str:
    """The text of a query: as it stands, or from a file or standard input."""
    if query == "-":
        return sys.stdin.read()
    if not query.startswith("@"):
        return query
    try:
        return Path(query[1:]).read_text("utf-8")
    except OSError as error:
        raise QueryError(f"{query[1:]} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise QueryError(f"{query[1:]} is not UTF-8 (byte {error.start + 1}).") from error


def _parameters(given: Sequence[str] | None, *, typed: bool = False) -> dict[str, "Value"]:
    """`name=value` as a dictionary; `typed` takes a value that is JSON as what it says."""
    values: dict[str, Value] = {}
    for item in given or ():
        key, equals, value = item.partition("=")
        if not equals:
            raise QueryError(f"-p {item!r}: give name=value.")
        values[key] = value
        if typed:
            with suppress(ValueError):
                values[key] = json.loads(value)
    return values


@app.command(epilog="Example:  kg hardware A100 --format json")
def hardware(
    name: Annotated[
        str,
        typer.Argument(
            help="Hardware in any spelling: a product, a family, an architecture or a class.", metavar="NAME"
        ),
    ],
    graph: Annotated[
        Path | None, typer.Option("-g", "--graph", help="A graph folder: which papers use it, too.", metavar="DIR")
    ] = None,
    format: Printed = Format.table,
) -> None:
    """Print what the catalogue knows of hardware, and with a graph the papers whose work runs on it or on anything below it."""
    import kg
    from kg.lexicon.catalogue import describe

    known = describe(name)
    runs: list[dict[str, object]] = []
    if graph is not None:
        with kg.open(graph) as opened:
            runs = [dict(row) for row in opened.ask("methods-on-hardware", hardware=known.name).dicts()]
    about: dict[str, object] = {
        "id": known.id, "name": known.name, "vendor": known.vendor, "class": known.hardware_class, "level": known.level,
        "family": known.family, "broader": list(known.broader), "aliases": list(known.aliases), **known.figures,
        "wikidata": known.wikidata, "source": known.source, "guessed": known.guessed,
    }  # fmt: skip
    if format is Format.json:
        print(json.dumps(about | {"papers": runs}, ensure_ascii=False, indent=1))
        return
    papers = list(dict.fromkeys(str(run["paper"]) for run in runs))
    flat = {key: "; ".join(value) if isinstance(value, list) else value for key, value in about.items()}
    if format is Format.csv:
        _print((*flat, "papers"), [(*flat.values(), "; ".join(papers))], format)
        return
    for key, value in flat.items():
        if value not in (None, "", False):
            out.print(f"[bold]{key:<16}[/] {escape(_cell(value))}")
    if graph is not None:
        columns = ("method", "hardware", "role", "devices", "figures", "paper")
        rows = dict.fromkeys(tuple(run[column] for column in columns) for run in runs)
        _print(columns, list(rows), format)


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


@app.command(epilog="Example:  kg serve -g my-graph   then open  http://127.0.0.1:8321/")
def serve(
    graph: Graph = Path("my-graph"),
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on; 0.0.0.0 lets other machines in.", metavar="ADDRESS")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="The port to listen on.", min=1, max=65535)] = 8321,
    hosts: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host", help="A name that the server goes by, beside localhost and IP addresses.", metavar="NAME"
        ),
    ] = None,
    origins: Annotated[
        list[str] | None,
        typer.Option("--allow-origin", help="Another site whose pages may read answers (CORS).", metavar="ORIGIN"),
    ] = None,
) -> None:
    """Explore a graph in the browser and query it over HTTP, read-only, until Ctrl-C. Needs papergraph[serve].

    /  the explorer    /ask  the named questions    /sparql  SPARQL 1.1 Protocol    /cypher  JSON    /health    /openapi.json
    Limits on time, memory, rows and bytes are settings (docs/settings.md): PAPERGRAPH_SERVE_SECONDS=5 kg serve …
    """
    try:
        from kg.serve.app import serve as run
    except ImportError as error:
        raise PapergraphError(f"kg serve needs {error.name}: pip install 'papergraph[serve]'") from error

    shown = f"[{host}]" if ":" in host else host
    err.print(f"{escape(str(graph))} is at  http://{shown}:{port}/   (Ctrl-C ends it)")
    run(graph, host=host, port=port, hosts=hosts or (), origins=origins or ())


@app.command(epilog="Example:  kg stats -g my-graph   or, for scripts:  kg stats -g my-graph --format json")
def stats(graph: Graph = Path("my-graph"), format: Printed = Format.table) -> None:
    """Print what a graph holds, and what its last build did: the summary that kg build ends with."""
    from kg.overview import overview

    found = overview(graph)
    if format is Format.json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    elif format is Format.csv:
        kinds = (("papers", found.papers), ("results", found.results), ("quads", found.quads))
        nodes = ((f"nodes:{name}", count) for name, count in found.nodes.items())
        statements = ((f"statements:{name}", count) for name, count in found.statements.items())
        _print(("what", "count"), [*kinds, *nodes, *statements], format)
    else:
        _print_overview(found)


def _print_overview(found: "Overview") -> None:
    """A summary in a few lines, the same after a build and from kg stats."""
    from kg.overview import TOP

    def counted(counts: Mapping[str, int]) -> str:
        return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "none"

    span = f"{found.first_date} to {found.last_date}" if found.first_date != found.last_date else str(found.first_date)
    stated = found.papers - found.without_hardware
    share = f"{stated:,} ({stated / found.papers:.0%}) state the hardware" if found.papers else "none yet"
    rows = [
        ("Papers", f"{found.papers:,}{', ' + span if found.first_date else ''}; {share}"),
        ("Entities", f"{sum(found.nodes.values()):,}: {counted(found.nodes)}"),
        ("Statements", f"{sum(found.statements.values()):,}: {counted(found.statements)}"),
        ("Results", f"{found.results:,} figures"),
    ]
    if found.hardware:
        top = ", ".join(f"{name} {papers:,}" for name, papers in found.hardware[:TOP])
        more = len(found.hardware) - TOP
        rows.append(("Hardware", f"{top}{f' … and {more:,} more' if more > 0 else ''} (papers that name it)"))
    last = found.last_build
    if last:
        rows.append(("Last build", _last_build(last)))
        if last.hardware:
            rows.append(("New hardware", ", ".join(last.hardware)))
    rows += [("Warning", warning) for warning in (*(last.warnings if last else ()), *found.warnings)]
    table = Table.grid("", "", padding=(0, 2))
    for name, text in rows:
        table.add_row(f"[bold {'yellow' if name == 'Warning' else ''}]{name}[/]", escape(text))
        if not out.is_terminal:  # no width to fit into
            print(f"{name:<14}{text}")
    if out.is_terminal:
        out.print(table)


def _last_build(last: "LastBuild") -> str:
    if last.first:
        return f"the first: read {last.read:,} papers, extracted {last.extracted:,}"
    if not (last.added or last.gone or last.change or last.extracted):
        return f"nothing new: read {last.read:,} papers, all of them known and unchanged"
    change = ", ".join(f"{count:+,} {name}" for name, count in last.change.items())
    gone = f", {last.gone:,} removed" if last.gone else ""
    return (
        f"{last.added:,} new papers{gone}; read {last.read:,}, extracted {last.extracted:,}, unchanged {last.unchanged:,}"
        + (f"; {change}" if change else "")
    )


@app.command(epilog="Example:  kg report -g my-graph -o report.html   or   kg report -g my-graph -o report.md")
def report(
    graph: Graph = Path("my-graph"),
    target: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write; .md gives Markdown, else HTML.", metavar="FILE")
    ] = Path("report.html"),
) -> None:
    """Write a one-page overview with plots: papers per hardware over time, methods × hardware, metrics, the largest ratios.

    The HTML has its plots inside and loads nothing. The same graph gives the same bytes.
    """
    from kg.report import write_report

    write_report(graph, target)
    out.print(f"{escape(str(target))}: {target.stat().st_size:,} bytes")


@app.command(epilog="Example:  kg export graphml -g my-graph -o graph.graphml")
def export(
    format: Annotated[
        str,
        typer.Argument(
            help="nquads, trig, turtle, jsonld, graphml, gexf, networkx, parquet or neo4j-csv.", metavar="FORMAT"
        ),
    ],
    graph: Graph = Path("my-graph"),
    target: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file or folder to write; graph.SUFFIX if not given.", metavar="FILE"),
    ] = None,
) -> None:
    """Write the graph in another format. The same Records give the same bytes."""
    from kg.exports import EXPORTS, FolderExport
    from kg.exports import export as run

    chosen = EXPORTS.get(format)
    target = target or Path("graph" + (chosen.suffix or f"-{chosen.name}" if chosen else ""))
    run(format, graph, target)
    files = sorted(target.iterdir()) if target.is_dir() else [target]
    size = sum(file.stat().st_size for file in files)
    out.print(f"{escape(str(target))}: {f'{len(files)} files, ' if target.is_dir() else ''}{size:,} bytes")
    if isinstance(chosen, FolderExport) and chosen.then:
        out.print(escape(chosen.then.format(folder=shlex.quote(str(target)))))


@app.command(epilog="Example:  NEO4J_PASSWORD=… kg load neo4j -g my-graph --uri bolt://localhost:7687")
def load(
    server: Annotated[str, typer.Argument(help="neo4j.", metavar="SERVER")],
    graph: Graph = Path("my-graph"),
    uri: Uri = "bolt://localhost:7687",
    user: User = "neo4j",
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove papers that an earlier load brought and the graph no longer has.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Write everything anew, not only what has changed.")
    ] = False,
) -> None:
    """Load the graph into a Neo4j server, or bring one up to date, and compare the counts. The password is taken from
    NEO4J_PASSWORD, or asked for."""
    from kg.stores.neo4j import connect
    from kg.stores.neo4j_load import load as run

    if server != "neo4j":
        raise PapergraphError(f"There is no loading into {server!r}: give neo4j.")
    with connect(uri, user, _password()) as driver, _progress() as tell:
        loaded = run(graph, driver, prune=prune, everything=everything, progress=tell)
    if loaded.strangers:
        err.print(
            f"[yellow]{len(loaded.strangers)} papers in Neo4j are not in {escape(str(graph))}[/] "
            f"({escape(', '.join(loaded.strangers[:3]))}{' …' if len(loaded.strangers) > 3 else ''}): --prune removes them."
        )
    out.print(
        f"loaded {loaded.papers} papers and {loaded.things} other nodes, {loaded.unchanged} papers unchanged, {loaded.removed} "
        f"removed: [bold]{sum(loaded.nodes.values())} nodes, {sum(loaded.relationships.values())} relationships[/], as in the log"
    )


def _password() -> str:
    """The password of a Neo4j server: NEO4J_PASSWORD, else asked for at a terminal."""
    given = os.environ.get("NEO4J_PASSWORD")
    if given is None:
        if not sys.stdin.isatty():
            raise PapergraphError("Neo4j's password is not given: set the environment variable NEO4J_PASSWORD.")
        given = typer.prompt("Neo4j's password", hide_input=True, err=True)
    return str(given)


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


def _print(columns: Sequence[str], rows: Sequence[Sequence[Any]], format: Format, *, cut: bool = False) -> None:
    """Print an answer. In CSV an empty cell is null; in JSON the rows are objects."""
    if format is Format.json:
        from kg.stores.base import for_json

        objects = [dict(zip(columns, map(for_json, row), strict=True)) for row in rows]
        print(json.dumps(objects, ensure_ascii=False, indent=1))
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
    if isinstance(cell, list):
        return "[" + ", ".join(map(_cell, cell)) + "]"
    if isinstance(cell, dict):
        return _map(cell)
    return str(cell)


def _map(cell: dict[str, object]) -> str:
    """A node as (:Label name), a relationship as [:TYPE], a path as its parts, another map as it stands."""
    match cell:
        case {"labels": [str(label), *_], "properties": {"name": name}}:
            return f"(:{label} {name})"
        case {"start": _, "end": _, "type": type_name, "properties": dict(properties)}:
            return f"[:{type_name} {properties.get('role', '')}".rstrip() + "]"
        case {"nodes": [*nodes], "relationships": [*relationships]}:
            return " ".join(map(_cell, chain.from_iterable(zip_longest(nodes, relationships)))).rstrip()
        case _:
            return "{" + ", ".join(f"{key}: {_cell(value)}" for key, value in cell.items()) + "}"
