"""JSON Lines: one object a line, with `title` and `abstract` (or `text`, `summary`) and whatever else is known.

Also read: `id`, `date` (or `published`, `year`), `url`, `authors` (names, or objects with `name`), `organisation`,
`upvotes`, `comments`, `categories` (a list, or one text with spaces). A Record as Papergraph writes it is read too.
"""

import json
from collections.abc import Iterator, Mapping

from kg.model import Origin
from kg.sources.base import Item, Options, Rejected, Source, make_paper, unreadable
from kg.sources.reading import Input

_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "paper_id", "arxiv_id"),
    "title": ("title",),
    "abstract": ("abstract", "text", "summary"),
    "date": ("date", "published", "year"),
    "url": ("url",),
    "organisation": ("organisation", "organization"),
}
_COUNTS = ("upvotes", "comments", "author_count")


def _sniff(head: str) -> bool:
    return head.lstrip().startswith("{")


def _read(source: Input, options: Options) -> Iterator[Item]:
    number = 0
    for line in source.lines():
        if line.text is not None and not line.text.strip():
            continue
        number += 1
        origin = Origin(input=source.name, record=number, kind="jsonl")
        if line.text is None:
            yield unreadable(origin, line)
            continue
        try:
            found = json.loads(line.text)
        except json.JSONDecodeError as error:
            yield Rejected(origin, f"line {line.number} is no JSON ({error.msg} at column {error.colno})")
            continue
        except RecursionError:
            yield Rejected(origin, f"line {line.number} nests too deeply")
            continue
        except ValueError as error:  # an integer of more digits than Python converts
            yield Rejected(origin, f"line {line.number} is no usable JSON ({error})")
            continue
        if not isinstance(found, dict):
            yield Rejected(
                origin, f"line {line.number} holds {type(found).__name__}, not an object with title and abstract"
            )
            continue
        yield _paper(origin, found)


def _paper(origin: Origin, found: dict[str, object]) -> Item:
    if isinstance(inner := found.get("paper"), dict):
        found = inner | {name: found[name] for name in ("id", "title", "abstract") if name in found}
    texts: dict[str, str] = {}
    for field, names in _NAMES.items():
        for name in names:
            value = found.get(name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, str | int):
                return Rejected(origin, f"its {name} is {type(value).__name__}, not text")
            texts[field] = str(value)
            break
    if "date" in texts:
        texts["date"] = texts["date"].strip()[:10]
    rest: dict[str, object] = {name: texts[name] for name in ("date", "url", "organisation") if texts.get(name)}
    for name in _COUNTS:
        value = found.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            rest[name] = value
    if isinstance(authors := found.get("authors"), list):
        people = [author.get("name") if isinstance(author, dict) else author for author in authors]
        rest["authors"] = tuple(person for person in people if isinstance(person, str))
    categories = found.get("categories")
    if isinstance(categories, str):
        rest["categories"] = tuple(categories.split())
    elif isinstance(categories, list):
        rest["categories"] = tuple(value for value in categories if isinstance(value, str))
    if found.get("date_inferred") is True:
        rest["date_inferred"] = True
    return make_paper(
        origin, id=texts.get("id"), title=texts.get("title", ""), abstract=texts.get("abstract", ""), rest=rest
    )


JSONL = Source(
    name="jsonl",
    says="JSON Lines: one object a line with title and abstract; id, date, url, authors, categories where known",
    example="zcat abstracts.jsonl.gz | kg build - --out my-graph",
    sniff=_sniff,
    read=_read,
)
