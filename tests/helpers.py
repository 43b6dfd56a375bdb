"""What several test modules share."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import Quad, RdfFormat, serialize

import kg
from kg.graph import Facts, Log
from kg.model import Origin, Paper, Record

ROOT = Path(__file__).parent.parent
LEAD = "This line opens the abstract."


def paper(abstract: str, title: str = "A Plain Study", id: str = "p1", **rest: Any) -> Paper:
    return Paper(id=id, title=title, abstract=abstract, origin=Origin(input="test", record=1, kind="text"), **rest)


def record(text: str, title: str = "A Plain Study") -> Record:
    """The Record of a paper whose abstract is a neutral sentence and then `text`."""
    return kg.extract(paper(f"{LEAD} {text}", title))


def names(found: Record, type: str | None = None) -> set[str]:
    return {entity.name for entity in found.entities if type in (None, entity.type)}


def pairs(found: Record, type: str) -> set[tuple[str, str]]:
    """(head, tail) of relations by name; the paper is "paper"."""
    label = {entity.id: entity.name for entity in found.entities} | {"paper": "paper"}
    return {(label[r.head], label[r.tail]) for r in found.relations if r.type == type}


def figures(found: Record) -> list[tuple[str, str]]:
    return [(result.value, result.unit) for result in found.results]


def spans(found: Record) -> Iterator[tuple[str, int, int, str]]:
    for entity in found.entities:
        for span in (*entity.mentions, *entity.evidence):
            yield span.field, span.start, span.end, span.text
    for relation in found.relations:
        for span in relation.evidence:
            yield span.field, span.start, span.end, span.text
    for result in found.results:
        for span in (result.span, result.evidence):
            yield span.field, span.start, span.end, span.text


def jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return str(path)


def nquads(graph: Path, out: Path) -> bytes:
    kg.export("nquads", graph, out)
    return out.read_bytes()


def content(exported: Path) -> dict[str, bytes]:
    """The bytes of an exported file, or of the files of a folder, by name."""
    files = sorted(exported.iterdir()) if exported.is_dir() else [exported]
    return {file.name if exported.is_dir() else "": file.read_bytes() for file in files}


def rows_of(sample: Path) -> list[dict[str, Any]]:
    """The sample's papers as rows for JSON Lines, each with an id."""
    keep = {"title", "abstract", "date", "organisation", "upvotes", "comments", "author_count"}
    return [
        {"id": f"sample:{number:02}", **{k: v for k, v in item.model_dump().items() if k in keep and v is not None}}
        for number, item in enumerate(kg.read(str(sample)), start=1)
        if isinstance(item, Paper)
    ]


def facts_of(graph: Path) -> list[Any]:
    with Log(graph) as log:
        return list(Facts(log))


def n_quads(quads: Iterable[Quad]) -> list[str]:
    """Quads as sorted lines of N-Quads, by pyoxigraph's own serializer."""
    data = serialize(quads, format=RdfFormat.N_QUADS)
    assert data is not None
    return [line.decode("utf-8") for line in sorted(data.splitlines(keepends=True))]
