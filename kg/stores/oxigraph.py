"""The embedded SPARQL store: pyoxigraph, on disk, derived from the log and swapped in whole."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

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
from kg.stores.base import Answer, Cell, Language, Rows, Value
from kg.stores.folder import FOLDERS, check_folder, digest_of, swapped_in
from kg.stores.terms import TermAnswer, as_json

FOLDER: Final = FOLDERS["sparql"]
Taken = TypeVar("Taken")
_XSD: Final = PREFIXES["xsd"]
_NUMBERS: Final = {"integer": int, "int": int, "long": int, "decimal": float, "double": float, "float": float}
# Text in which a word is no keyword: comments, strings, IRIs, prefixed names, variables.
_NO_KEYWORD: Final = re.compile(
    r"\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''|\"(?:[^\"\\\r\n]|\\.)*+\"|'(?:[^'\\\r\n]|\\.)*+'"
    r"|<[^<>\"{}|^`\\\s]*+>|#[^\r\n]*+|[?$]\w++|(?<![\w.-])[\w.-]*+:[\w.-]*+"
)
_NO_CODE: Final = re.compile(_NO_KEYWORD.pattern.rpartition("|")[0])
_NO_SERVICE: Final = "SERVICE is not known here: only the graph itself is asked. Take it out."
# In a variable or after the colon of a name the word is no keyword to any parser; anywhere else it could be one.
_FROM: Final = re.compile(r"(?<![?$:\w.-])FROM\b", re.IGNORECASE)
_SERVICE: Final = re.compile(r"[?$:][\w-]*+|(?P<letter>s)(?=ervice)", re.IGNORECASE)


class OxigraphStore:
    """A graph's quads, read-only. Queries see the union of all named graphs as their default graph, unless FROM names some.

    Raises:
        GraphError: there is no store, or it was not derived from the log with this digest.
    """

    language: Final[Language] = "sparql"

    def __init__(self, graph_folder: Path, digest: str | None = None) -> None:
        self.path = graph_folder / FOLDER
        check_folder(graph_folder, self.language, digest)
        try:
            self._store = Store.read_only(str(self.path / "data"))
        except OSError as error:
            raise GraphError(
                f"The SPARQL store of {graph_folder} cannot be read ({error}): run  kg build --out {graph_folder}."
            ) from error

    @staticmethod
    def digest(graph_folder: Path) -> str | None:
        """The digest of the log that the store was derived from."""
        return digest_of(graph_folder, FOLDER)

    @staticmethod
    def build(graph_folder: Path, quads: Iterable[Quad], digest: str) -> int:
        """Derive the store anew, beside the old one, and swap it in; the number of quads.

        Raises:
            GraphError: the folder cannot be written. The old store is intact then.
        """
        with swapped_in(graph_folder, FOLDER, digest) as new:
            store = Store(str(new / "data"))
            stream, count = iter(quads), 0
            # In parts: one bulk load of everything would hold it in memory.
            while part := list(islice(stream, setting("bulk_quads"))):
                store.bulk_extend(part)
                count += len(part)
            store.optimize()
            store.flush()
            del store
        return count

    def __len__(self) -> int:
        return len(self._store)

    def select(self, query: str, parameters: Mapping[str, Value] | None = None, *, most: int | None = None) -> Answer:
        """Run a SELECT or ASK query; CONSTRUCT and DESCRIBE give rows of subject, predicate and object.

        Args:
            query: SPARQL 1.1. The prefixes pg, kg, schema, skos, rdf, rdfs, owl, prov, qudt, unit, xsd, dcterms are known.
            parameters: values for variables of the query that it does not select.
            most: the most rows; `query_rows` where not given.

        Raises:
            QueryError: the query does not parse, is an update, or asks other servers.
        """
        return self._query(bind(query, parameters or {}), lambda found: _answer(found, most or setting("query_rows")))

    def terms(
        self, query: str, *, graphs: Sequence[str] = (), named_graphs: Sequence[str] = (), most: int | None = None
    ) -> TermAnswer:
        """Run a query of any form and keep the RDF terms of its answer.

        Args:
            query: SPARQL 1.1, as for `select`.
            graphs: IRIs of the graphs that are its default graph; the union of all where none is given.
            named_graphs: IRIs of the graphs that GRAPH may name; all where neither is given.
            most: the most rows; `query_rows` where not given.

        Raises:
            QueryError: the query does not parse, is an update, or asks other servers.
        """
        try:
            default, named = [NamedNode(iri) for iri in graphs], [NamedNode(iri) for iri in named_graphs]
        except ValueError as error:
            raise QueryError(f"A graph is named by no IRI: {error}.") from error
        dataset = {"default_graph": default, "named_graphs": named} if default or named else {}
        return self._query(query, lambda found: _term_answer(found, most or setting("query_rows")), **dataset)

    def _query(
        self, query: str, take: Callable[[QuerySolutions | QueryBoolean | QueryTriples], Taken], **dataset: Any
    ) -> Taken:
        check_reads_only(query)
        asked = without_service(query)
        # The union of all graphs would go before the graphs that the query names itself.
        if not dataset and not _FROM.search(_NO_CODE.sub(" ", query)):
            dataset = {"use_default_graph_as_union": True}
        try:
            return take(self._store.query(asked, prefixes=PREFIXES, **dataset))
        except SyntaxError as error:
            hint = "" if asked == query else f". {_NO_SERVICE}"
            raise QueryError(f"The query does not parse: {_first_line(error)}{_near(asked, error)}{hint}") from error
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


def _term_answer(found: QuerySolutions | QueryBoolean | QueryTriples, most: int) -> TermAnswer:
    if isinstance(found, QueryBoolean):
        return TermAnswer("boolean", ("answer",), [(as_json(Literal(bool(found))),)])
    if isinstance(found, QueryTriples):
        # A CONSTRUCT may make one triple more than once; an RDF graph holds it once.
        triples = list(islice(dict.fromkeys(found), most + 1))
        rows = [(as_json(t.subject), as_json(t.predicate), as_json(t.object)) for t in triples[:most]]
        return TermAnswer("triples", ("subject", "predicate", "object"), rows, cut=len(triples) > most)
    columns = tuple(variable.value for variable in found.variables)
    solutions = [tuple(as_json(value) for value in solution) for solution in islice(found, most + 1)]
    return TermAnswer("solutions", columns, solutions[:most], cut=len(solutions) > most)


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
        raise QueryError(f"The query asks another server. {_NO_SERVICE}")


def without_service(query: str) -> str:
    r"""The query with the word SERVICE spelt so that it means the same in a text or an IRI, and is no keyword.

    Where a comment, a text or an IRI ends, only the parser knows for certain (`?a<?b` is no IRI). So nothing is left to
    guess: whatever it reads, there is no keyword to find.

    >>> without_service("SELECT ?service { ?service pg:service 'Service'.SERVICE <a:b> {} }")
    "SELECT ?service { ?service pg:service '\\u0053ervice'.\\u0053ERVICE <a:b> {} }"
    """
    return _SERVICE.sub(lambda found: f"\\u{ord(found['letter']):04x}" if found["letter"] else found[0], query)


def bind(query: str, parameters: Mapping[str, Value]) -> str:
    r"""The query with its variables of these names replaced by literals.

    (Oxigraph's own substitutions reach only variables that the query selects.)

    >>> bind('SELECT ?s { ?s ?p ?name } # ?name', {"name": 'a"'})
    'SELECT ?s { ?s ?p "a\\U00000022"^^<http://www.w3.org/2001/XMLSchema#string> } # ?name'
    """

    def put(token: re.Match[str]) -> str:
        value = _scalar(token[0], parameters.get(token[0][1:])) if token[0][0] in "?$" else None
        return token[0] if value is None else _literal(token[0], value)

    return _NO_KEYWORD.sub(put, query)


def _literal(name: str, value: str | int | float | bool) -> str:
    """A literal whose text has no sign that could end a text, an IRI or a comment, wherever it is put."""
    try:
        literal = Literal(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise QueryError(f"The parameter {name[1:]} is nothing that SPARQL can take: {error}.") from error
    text = re.sub(r"[^\w ]", lambda sign: f"\\U{ord(sign[0]):08x}", literal.value)
    return f'"{text}"^^{literal.datatype}'


def _scalar(name: str, value: Value) -> Cell:
    if isinstance(value, list | dict):
        raise QueryError(
            f"The parameter {name[1:]} is a list or a map: in SPARQL give a text, a number or true or false."
        )
    return value


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
