"""The embedded SPARQL store: pyoxigraph, on disk, derived from the log and swapped in whole."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
)

from kg.errors import GraphError, QueryError
from kg.schema import PREFIXES
from kg.settings import setting
from kg.stores.base import Answer, Cell, Rows

FOLDER: Final = "sparql"
_DIGEST: Final = "records.digest"
_XSD: Final = PREFIXES["xsd"]
_NUMBERS: Final = {"integer": int, "int": int, "long": int, "decimal": float, "double": float, "float": float}
# Text in which a word is no keyword: comments, strings, IRIs, prefixed names, variables.
_NO_KEYWORD: Final = re.compile(
    r"\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\s]*>|#[^\n]*|[?$]\w+|[\w.-]*:[\w.-]*"
)


_NO_CODE: Final = re.compile(_NO_KEYWORD.pattern.rpartition("|")[0])


class OxigraphStore:
    """A graph's quads, read-only. Queries see the union of all named graphs as their default graph.

    Raises:
        GraphError: there is no store, or it was not derived from the log with this digest.
    """

    def __init__(self, graph_folder: Path, digest: str | None = None) -> None:
        self.path = graph_folder / FOLDER
        if not (self.path / _DIGEST).is_file():
            raise GraphError(f"{graph_folder} has no SPARQL store: run  kg build --out {graph_folder}.")
        if digest is not None and self.digest(graph_folder) != digest:
            raise GraphError(
                f"The SPARQL store of {graph_folder} is older than its log: run  kg build --out {graph_folder}."
            )
        try:
            self._store = Store.read_only(str(self.path / "data"))
        except OSError as error:
            raise GraphError(
                f"The SPARQL store of {graph_folder} cannot be read ({error}): run  kg build --out {graph_folder}."
            ) from error

    @staticmethod
    def digest(graph_folder: Path) -> str | None:
        """The digest of the log that the store was derived from."""
        file = graph_folder / FOLDER / _DIGEST
        return file.read_text("ascii") if file.is_file() else None

    @staticmethod
    def build(graph_folder: Path, quads: Iterable[Quad], digest: str) -> int:
        """Derive the store anew, beside the old one, and swap it in; the number of quads.

        Raises:
            GraphError: the folder cannot be written. The old store is intact then.
        """
        new, old = graph_folder / f"{FOLDER}.new", graph_folder / f"{FOLDER}.old"
        try:
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(parents=True)
            store = Store(str(new / "data"))
            stream, count = iter(quads), 0
            # In parts: one bulk load of everything would hold it in memory.
            while part := list(islice(stream, setting("bulk_quads"))):
                store.bulk_extend(part)
                count += len(part)
            store.optimize()
            store.flush()
            del store
            (new / _DIGEST).write_text(digest, "ascii")
            shutil.rmtree(old, ignore_errors=True)
            target = graph_folder / FOLDER
            if target.exists():
                os.rename(target, old)
            os.rename(new, target)
            shutil.rmtree(old, ignore_errors=True)
            return count
        except OSError as error:
            raise GraphError(
                f"The SPARQL store in {graph_folder} cannot be written ({error}). The one that was there, and all that was "
                f"extracted, is kept: mend the cause and run  kg build --out {graph_folder}."
            ) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)  # what was not swapped in only takes room

    def __len__(self) -> int:
        return len(self._store)

    def select(self, query: str, parameters: Mapping[str, Cell] | None = None, *, most: int | None = None) -> Answer:
        """Run a SELECT or ASK query; CONSTRUCT and DESCRIBE give rows of subject, predicate and object.

        Args:
            query: SPARQL 1.1. The prefixes pg, kg, schema, skos, rdf, rdfs, owl, prov, qudt, unit, xsd, dcterms are known.
            parameters: values for variables of the query that it does not select.
            most: the most rows; `query_rows` where not given.

        Raises:
            QueryError: the query does not parse, is an update, or asks other servers.
        """
        check_reads_only(query)
        try:
            found = self._store.query(bind(query, parameters or {}), prefixes=PREFIXES, use_default_graph_as_union=True)
            return _answer(found, most or setting("query_rows"))
        except SyntaxError as error:
            raise QueryError(f"The query does not parse: {_first_line(error)}{_near(query, error)}") from error
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"The query cannot be answered: {_first_line(error)}") from error

    def quads(self) -> Iterator[Quad]:
        """All quads, in no particular order."""
        yield from self._store


def _answer(found: QuerySolutions | QueryBoolean | QueryTriples, most: int) -> Answer:
    if isinstance(found, QueryBoolean):
        return Answer(("answer",), [(bool(found),)])
    if isinstance(found, QueryTriples):
        triples: Rows = [(_cell(t.subject), _cell(t.predicate), _cell(t.object)) for t in islice(found, most + 1)]
        return Answer(("subject", "predicate", "object"), triples[:most], cut=len(triples) > most)
    columns = tuple(variable.value for variable in found.variables)
    rows: Rows = [tuple(_cell(value) for value in solution) for solution in islice(found, most + 1)]
    return Answer(columns, rows[:most], cut=len(rows) > most)


def _first_line(error: Exception) -> str:
    """An error's first line, without the long list of what could have stood there."""
    return (
        str(error).splitlines()[0].partition("expected one of")[0].rstrip(" ,:") if str(error) else type(error).__name__
    )


def _near(query: str, error: SyntaxError) -> str:
    """What stands where the query does not parse; an unknown prefix is named."""
    place = re.search(r"at (\d+):(\d+)", str(error))
    lines = query.splitlines()
    if not place or not 0 < int(place[1]) <= len(lines):
        return ""
    rest = lines[int(place[1]) - 1]
    unknown = [
        p for p in re.findall(r"(?<![\w<])([A-Za-z][\w-]*):(?!//)", _NO_CODE.sub(" ", query)) if p not in PREFIXES
    ]
    undeclared = [p for p in unknown if not re.search(rf"PREFIX\s+{re.escape(p)}:", query, re.IGNORECASE)]
    if undeclared:
        return f" (the prefix {undeclared[0]}: is not known; known are {', '.join(PREFIXES)})"
    return f", near {rest[max(0, int(place[2]) - 12) :][:40]!r}"


def check_reads_only(query: str) -> None:
    """Refuse SERVICE, which would ask another server: answers come from the graph alone.

    >>> check_reads_only('SELECT * { ?s ?p "SERVICE" } # SERVICE')

    Raises:
        QueryError: the query has a SERVICE clause.
    """
    # "SERVICE:a" is the keyword and a name with an empty prefix; "pg:service" is a name.
    if re.search(r"(?<![\w:.\-])SERVICE\b", _NO_CODE.sub(" ", query), re.IGNORECASE):
        raise QueryError("The query asks another server (SERVICE): only the graph itself is asked here. Take it out.")


def bind(query: str, parameters: Mapping[str, Cell]) -> str:
    """The query with its variables of these names replaced by literals that pyoxigraph escapes.

    (Oxigraph's own substitutions reach only variables that the query selects.)

    >>> bind('SELECT ?s { ?s ?p ?name # ?name', {"name": 'a" } #'})
    'SELECT ?s { ?s ?p "a\\" } #" # ?name'
    """

    def put(token: re.Match[str]) -> str:
        value = parameters.get(token[0][1:]) if token[0][0] in "?$" else None
        return token[0] if value is None else str(Literal(value))

    return _NO_KEYWORD.sub(put, query)


def _cell(term: NamedNode | BlankNode | Literal | Triple | None) -> Cell:
    if term is None:
        return None
    if isinstance(term, Literal):
        kind = term.datatype.value.removeprefix(_XSD)
        if kind in _NUMBERS:
            try:
                return _NUMBERS[kind](term.value)  # type: ignore[no-any-return]
            except ValueError:
                return term.value
        return term.value == "true" if kind == "boolean" else term.value
    return term.value if isinstance(term, NamedNode) else str(term)
