"""A build: stage the inputs, extract what changed, derive the stores, write the manifest. Any stage can start again.

stage      inputs → `staged` papers in the log, of two versions the better one
extract    staged papers without a Record → Records in the log, each kept as it is made (`kg.engines`: here, processes, Ray)
derive     Records → the SPARQL and the Cypher store, each beside the old one, then swapped in
manifest   versions and counts
"""

import json
import os
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from kg.__about__ import __version__
from kg.engines import Failed, Outcome, here, in_processes, on_ray
from kg.errors import EngineError, GraphError, InputError
from kg.extract import extractor_identity, pipe, to_json
from kg.graph import Facts, Log, Nodes, PaperFacts, Row
from kg.graph.property_graph import entity_node, graph_relationships, paper_nodes
from kg.graph.rdf import graph_lines
from kg.graph.statements import paper_iri
from kg.lexicon import Entry, load
from kg.model import Paper, Record
from kg.overview import MANIFEST, note_build
from kg.progress import Progress
from kg.resolve import read_say, take_say
from kg.schema import load_schema
from kg.sources import Rejected, read
from kg.stores import KgliteStore, OxigraphStore
from kg.stores.derived import store_digest

_REASONS: Final = 5
_RESIDUE: Final = (
    "Another program reads {folder}, so that bytes of what was removed or replaced are still on the disk. "
    "All else is done. End that program, then run  kg build --out {folder}."
)

Engine: TypeAlias = Literal["local", "ray"]


@dataclass
class Summary:
    """What a build did. `rejected` are records that could not be used, `failed` inputs that could not be read, `unread`
    papers that could not be extracted, `idle` corrections that changed nothing.
    """

    read: int = 0
    papers: int = 0
    extracted: int = 0
    unchanged: int = 0
    removed: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unread: list[Failed] = field(default_factory=list)
    quads: int | None = None
    idle: list[str] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)


def build(
    inputs: Iterable[str],
    out: str | Path,
    *,
    sync: bool = False,
    source: str | None = None,
    as_of: date | None = None,
    lexicon: str | Path | None = None,
    corrections: str | Path | None = None,
    min_confidence: float = 0.0,
    workers: int = 1,
    engine: Engine = "local",
    ray_address: str | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Build a graph from inputs, or bring one up to date; what is already extracted is not extracted again.

    Papers that an older extractor read are read again, from the log. Without inputs that is all that happens, and what is
    derived is made anew where it is missing or old.

    Args:
        inputs: files, plain or gzipped; `-` is standard input.
        out: the graph folder.
        sync: remove papers that the inputs no longer hold; only where all inputs and records could be read.
        source: the kind of all inputs; found by looking at each where not given.
        as_of: the day of a Daily Papers page, for its dates without a year.
        lexicon: a file of your own terms (docs/corrections.md); it is kept with the graph, so that later builds use it too.
        corrections: a file of your corrections, kept likewise.
        min_confidence: leave out facts of less confidence (0 to 1). A build with another value reads all papers again.
        workers: so many processes extract; 1 is this process itself.
        engine: `local`, or `ray` for a Ray cluster, whose cores are the workers.
        ray_address: the cluster's; `RAY_ADDRESS` or the one on this machine where not given.
        progress: called as the build goes on.

    Raises:
        EngineError: the processes or the cluster cannot be had.
        GraphError: the folder cannot be written, is held by another build, or is of another version.
        InputError: no input could be read, or a line of the lexicon or the corrections cannot be used.
    """
    tell = progress or (lambda stage, done, of: None)
    folder, summary = Path(out), Summary()
    before = _manifest(folder / MANIFEST)
    inputs = list(inputs)
    if not inputs and not (folder / "records.sqlite").is_file():
        raise InputError(f"There is nothing to build from: name an input, or a graph that is there ({folder} is not).")
    with Log(folder, write=True) as log:
        take_say(folder, corrections=_path(corrections), lexicon=_path(lexicon))
        own = read_say(folder).own
        _stage(log, inputs, source, as_of, summary, tell)
        if inputs and not log.staged_count():
            reasons = [*summary.failed, *map(str, summary.rejected[:_REASONS])]
            more = len(summary.rejected) - _REASONS
            found = "\n".join(reasons) or f"Nothing in {', '.join(inputs)} reads like a paper: see  kg sources"
            raise InputError("No paper could be read.\n" + found + (f"\n… and {more} more" if more > 0 else ""))
        # Only inputs that were read in full tell what is gone.
        if sync and inputs and not summary.failed and not summary.rejected:
            summary.removed = log.absent()
            for paper_id in summary.removed:
                log.remove(paper_id)
        fingerprint = extractor_identity(own, min_confidence=min_confidence).fingerprint
        log.stage_outdated(fingerprint)
        total = log.changed(fingerprint)
        summary.unchanged = log.staged_count() - total
        if total:
            read_one = partial(read_row, own=own, min_confidence=min_confidence)
            papers = log.to_extract(fingerprint)
            outcomes = (
                on_ray(papers, read_one, total=total, address=ray_address) if engine == "ray"
                else here(papers, read_one) if workers == 1
                else in_processes(papers, read_one, total=total, workers=workers)
            )  # fmt: skip
            _keep(log, outcomes, fingerprint, total, summary, tell)
        tidy = log.finish()
        summary.papers = len(log)
        derive(log, summary, tell)
        note_build(
            folder, before, summary.manifest, read=summary.read, extracted=summary.extracted, unchanged=summary.unchanged,
            removed=len(summary.removed), skipped=len(summary.rejected), twice=len(summary.replaced), failed=summary.failed,
        )  # fmt: skip
        if not tidy:
            raise GraphError(_RESIDUE.format(folder=folder))
    return summary


def _path(file: str | Path | None) -> Path | None:
    return None if file is None else Path(file)


def _stage(
    log: Log, inputs: list[str], source: str | None, as_of: date | None, summary: Summary, tell: Progress
) -> None:
    log.begin()
    for path in inputs:
        with log.transaction():
            try:
                for item in read(path, source=source, as_of=as_of):
                    summary.read += 1
                    tell("reading", summary.read, None)
                    if isinstance(item, Rejected):
                        summary.rejected.append(item)
                    elif (title := log.stage(item)) is not None:
                        summary.replaced.append(title)
            except InputError as error:  # what came before the damage stays staged
                summary.failed.append(str(error))
    with log.transaction():
        summary.replaced += log.settle()


def read_row(paper: Paper, *, own: tuple[Entry, ...] = (), min_confidence: float = 0.0) -> Row:
    """The extraction of one paper, in whatever process."""
    (record,) = pipe([paper], own=own, min_confidence=min_confidence)
    return Row.of(record, to_json(record))


def _keep(
    log: Log, outcomes: Generator[Outcome, None, None], fingerprint: str, total: int, summary: Summary, tell: Progress
) -> None:
    """Put each Record into the log before the next is asked for: a killed build loses only what is in hand."""
    with closing(outcomes):
        for outcome in outcomes:
            if isinstance(outcome, Failed):
                summary.unread.append(outcome)
            elif outcome.fingerprint != fingerprint:
                raise EngineError(
                    "A worker runs another Papergraph than this one: install the same version everywhere."
                )
            else:
                log.put(outcome)
                summary.extracted += 1
            tell("extracting", summary.extracted + len(summary.unread), total)
    summary.unread.sort(key=lambda failed: failed.paper.id)


def remove(paper: str, graph: str | Path, *, progress: Progress | None = None) -> str:
    """Remove a paper, by its id or IRI, from the log and all that is derived from it; the id removed.

    Raises:
        GraphError: there is no such graph, or no such paper in it.
    """
    folder = Path(graph)
    if not (folder / "records.sqlite").is_file():
        raise GraphError(f"{folder} holds no graph: make one with  kg build INPUT --out {folder}")
    with Log(folder, write=True) as log:
        paper_id = next((r.id for r in _named(log, paper)), None)
        if paper_id is None:
            log.finish()
            derive(log, Summary(), progress or (lambda stage, done, of: None))  # a removal that was cut short ends here
            raise GraphError(
                f"{folder} has no paper {paper!r}: kg sparql 'SELECT ?id {{ ?p pg:paperId ?id }}' -g {folder} lists them."
            )
        log.remove(paper_id)
        tidy = log.finish()
        derive(log, Summary(), progress or (lambda stage, done, of: None))
        if not tidy:
            raise GraphError(_RESIDUE.format(folder=folder))
        return paper_id


def _named(log: Log, paper: str) -> Iterator[Record]:
    if (record := log.get(paper)) is not None:
        yield record
        return
    iri = paper.removeprefix("<").removesuffix(">")
    yield from (record for record in log if paper_iri(record.id) == iri)


def derive(log: Log, summary: Summary, tell: Progress) -> None:
    """Make store and manifest equal to the log, if they are not."""
    digest = store_digest(log)
    manifest = log.folder / MANIFEST
    fresh = _manifest(manifest).get("store") == digest
    if not fresh or OxigraphStore.digest(log.folder) != digest or KgliteStore.digest(log.folder) != digest:
        counts: Counter[str] = Counter()
        dates: set[str] = set()
        total, every = 3 * len(log), Facts(log)

        def papers(part: int) -> Iterator[PaperFacts]:
            for done, facts in enumerate(every, start=part * len(log) + 1):
                tell("storing", done, total)
                yield facts

        nodes = Nodes()
        quads = graph_lines(_counted(papers(0), counts, dates), nodes)
        summary.quads = OxigraphStore.build(log.folder, quads, digest)
        counts.update(f"nodes:{node.type}" for node in nodes)
        counts["quads"] = summary.quads
        of_nodes = chain(chain.from_iterable(map(paper_nodes, papers(1))), map(entity_node, nodes))
        relationships = graph_relationships(papers(2), nodes)
        counts["relationships"] = KgliteStore.build(log.folder, of_nodes, relationships, digest)
        summary.idle = [
            f"corrections.jsonl, line {c.line}: {c.says}"
            for c in every.say.corrections
            if not c.joins and c.line not in every.corrector.done
        ]
        content = {
            "papergraph": __version__,
            "schema": load_schema().version,
            "lexicon": load(every.say.own).fingerprint,
            "extractor": next((record.extractor for record in log), extractor_identity(every.say.own)).model_dump(),
            "user": every.say.counts,
            "records": log.digest(),
            "store": digest,
            "counts": {name: count for name, count in sorted(counts.items()) if count},
            "dates": [min(dates), max(dates)] if dates else None,
            "hardware": _hardware(nodes),
        }
        new = manifest.with_suffix(".new")
        try:
            new.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
            os.replace(new, manifest)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise GraphError(f"{manifest} cannot be written: {error.strerror or error}.") from error
    summary.manifest = _manifest(manifest)


def _manifest(file: Path) -> dict[str, Any]:
    """The manifest; empty where it is missing or damaged, so that it is made anew."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _hardware(nodes: Nodes) -> list[dict[str, Any]]:
    """Hardware that papers name, with how many do, the most first."""
    named = [node for node in nodes if node.type == "Hardware" and node.papers]
    named.sort(key=lambda node: (-node.papers, node.name, node.id))
    return [{"id": node.id, "name": node.name, "papers": node.papers} for node in named]


def _counted(papers: Iterable[PaperFacts], counts: Counter[str], dates: set[str]) -> Iterator[PaperFacts]:
    for facts in papers:
        counts["papers"] += 1
        if date := facts.record.paper.date:
            dates.add(date)
            counts["papers_date_inferred"] += facts.record.paper.date_inferred
        else:
            counts["papers_without_date"] += 1
        counts["papers_without_entities"] += not facts.record.entities
        counts["results"] += len(facts.figures)
        for statement in facts.statements:
            counts[f"statements:{statement.predicate}"] += 1
        if not any(statement.predicate == "runs_on" for statement in facts.statements):
            counts["papers_without_hardware"] += 1
        yield facts
