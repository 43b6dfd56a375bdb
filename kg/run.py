"""A build: stage the inputs, extract what changed, derive the stores, write the manifest. Any stage can start again.

stage      inputs → `staged` papers in the log, of two versions the better one
extract    staged papers without a Record → Records in the log, committed in batches
derive     Records → the SPARQL store, beside the old one, then swapped in
manifest   versions and counts
"""

import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Quad

from kg.__about__ import __version__
from kg.errors import GraphError, InputError
from kg.extract import extractor_identity, pipe, to_json
from kg.graph import Log, Nodes, PaperFacts, paper_facts
from kg.graph.rdf import node_quads, paper_quads
from kg.lexicon import load
from kg.model import Record
from kg.schema import load_schema
from kg.sources import Rejected, read
from kg.stores import OxigraphStore

MANIFEST: Final = "manifest.json"
_BATCH: Final = 64
_REASONS: Final = 5
_BATCH_SECONDS: Final = 2.0

Progress = Callable[[str, int, int | None], None]
"""Called with a stage, how many are done, and of how many where that is known."""


@dataclass
class Summary:
    """What a build did. `rejected` are records that could not be used, `failed` inputs that could not be read."""

    read: int = 0
    papers: int = 0
    extracted: int = 0
    unchanged: int = 0
    removed: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    quads: int | None = None
    manifest: dict[str, Any] = field(default_factory=dict)


def build(
    inputs: Iterable[str],
    out: str | Path,
    *,
    sync: bool = False,
    source: str | None = None,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Build a graph from inputs, or bring one up to date; what is already extracted is not extracted again.

    Args:
        inputs: files, plain or gzipped; `-` is standard input.
        out: the graph folder.
        sync: remove papers that the inputs no longer hold.
        source: the kind of all inputs; found by looking at each where not given.
        as_of: the day of a Daily Papers page, for its dates without a year.
        progress: called as the build goes on.

    Raises:
        GraphError: the folder cannot be written, is held by another build, or is of another version.
        InputError: no input could be read.
    """
    tell = progress or (lambda stage, done, of: None)
    folder, summary = Path(out), Summary()
    inputs = list(inputs)
    with Log(folder, write=True) as log:
        try:
            _stage(log, inputs, source, as_of, summary, tell)
            if not log.staged_count() and (summary.failed or summary.rejected):
                reasons = [*summary.failed, *map(str, summary.rejected[:_REASONS])]
                more = len(summary.rejected) - _REASONS
                raise InputError(
                    "No paper could be read.\n" + "\n".join(reasons) + (f"\n… and {more} more" if more > 0 else "")
                )
            if sync and not summary.failed:
                summary.removed = log.absent()
                for paper_id in summary.removed:
                    log.remove(paper_id)
            _extract(log, summary, tell)
            log.finish()
        except sqlite3.Error as error:
            raise GraphError(
                f"{folder} cannot be written: {error}. What was extracted is kept; run the build again."
            ) from error
        summary.papers = len(log)
        derive(log, summary, tell)
    return summary


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


def _extract(log: Log, summary: Summary, tell: Progress) -> None:
    fingerprint = extractor_identity().fingerprint
    total = log.changed(fingerprint)
    summary.unchanged = log.staged_count() - total
    batch: list[tuple[Record, str]] = []
    since = time.monotonic()
    for record in pipe(log.to_extract(fingerprint)):
        batch.append((record, to_json(record)))
        summary.extracted += 1
        tell("extracting", summary.extracted, total)
        if len(batch) >= _BATCH or time.monotonic() - since > _BATCH_SECONDS:
            log.put(batch)
            batch, since = [], time.monotonic()
    log.put(batch)


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
            raise GraphError(
                f"{folder} has no paper {paper!r}: kg sparql 'SELECT ?id {{ ?p pg:paperId ?id }}' -g {folder} lists them."
            )
        log.remove(paper_id)
        log.finish()
        derive(log, Summary(), progress or (lambda stage, done, of: None))
        return paper_id


def _named(log: Log, paper: str) -> Iterator[Record]:
    if (record := log.get(paper)) is not None:
        yield record
        return
    for record in log:
        if paper_facts(record).iri == paper:
            yield record


def derive(log: Log, summary: Summary, tell: Progress) -> None:
    """Make store and manifest equal to the log, if they are not."""
    digest = log.digest()
    manifest = log.folder / MANIFEST
    if OxigraphStore.digest(log.folder) != digest or not manifest.is_file():
        counts: Counter[str] = Counter()
        total = len(log)

        def papers() -> Iterator[PaperFacts]:
            for done, facts in enumerate(map(paper_facts, log), start=1):
                _count(counts, facts)
                tell("storing", done, total)
                yield facts

        summary.quads = OxigraphStore.build(log.folder, graph_quads(papers(), counts), digest)
        counts["quads"] = summary.quads
        content = {
            "papergraph": __version__,
            "schema": load_schema().version,
            "lexicon": load().fingerprint,
            "extractor": extractor_identity().model_dump(),
            "records": digest,
            "counts": dict(sorted(counts.items())),
        }
        new = manifest.with_suffix(".new")
        new.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
        os.replace(new, manifest)
    summary.manifest = json.loads(manifest.read_text("utf-8"))


def graph_quads(papers: Iterable[PaperFacts], counts: Counter[str] | None = None) -> Iterator[Quad]:
    """All quads of a graph: those of each paper, then those of the nodes that they name."""
    nodes = Nodes()
    for facts in papers:
        nodes.add(facts)
        yield from paper_quads(facts)
    for node in nodes:
        if counts is not None:
            counts[f"nodes:{node.type}"] += 1
        yield from node_quads(node)


def _count(counts: Counter[str], facts: PaperFacts) -> None:
    counts["papers"] += 1
    counts["results"] += len(facts.figures)
    for statement in facts.statements:
        counts[f"statements:{statement.predicate}"] += 1
    if not any(statement.predicate == "runs_on" for statement in facts.statements):
        counts["papers_without_hardware"] += 1
