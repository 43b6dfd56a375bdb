"""The embedded SPARQL store: pyoxigraph, on disk, derived from the log and swapped in whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
    RdfFormat,
    Store,
    Triple,
)

from kg.errors import GraphError, QueryError
from kg.schema import PREFIXES
from kg.settings import setting
from kg.stores.base import Answer, Cell, Language, Rows, Value
from kg.stores.folder import FOLDERS, check_folder, digest_of, swapped_in
from kg.stores.sparql_text import bind, check_reads_only, names_graphs, near, without_service
from kg.stores.terms import TermAnswer, as_json

FOLDER: Final = FOLDERS["sparql"]
Taken = TypeVar("Taken")
_XSD: Final = PREFIXES["xsd"]
_NUMBERS: Final = {"integer": int, "int": int, "long": int, "decimal": float, "double": float, "float": float}


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
    def build(graph_folder: Path, lines: Iterable[str], digest: str) -> int:
        """Derive the store anew from lines of N-Quads, beside the old one, and swap it in; the number of quads.

        Raises:
            GraphError: the folder cannot be written. The old store is intact then.
        """
        with swapped_in(graph_folder, FOLDER, digest) as new, ThreadPoolExecutor(max_workers=1) as loader:
            store = Store(str(new / "data"))
            stream, count = iter(lines), 0
            loading: Future[None] | None = None
            # In parts: one bulk load of everything would hold it in memory. A part is loaded while the next is made.
            while part := list(islice(stream, setting("bulk_quads"))):
                text = "".join(part)
                if loading is not None:
                    loading.result()
                loading = loader.submit(store.bulk_load, text, format=RdfFormat.N_QUADS)
                count += len(part)
            if loading is not None:
                loading.result()
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
        check_reads_only(query)
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
        check_reads_only(query)
        return self._query(query, lambda found: _term_answer(found, most or setting("query_rows")), **dataset)

    def _query(
        self, query: str, take: Callable[[QuerySolutions | QueryBoolean | QueryTriples], Taken], **dataset: Any
    ) -> Taken:
        asked = without_service(query)
        # The union of all graphs would go before the graphs that the query names itself.
        if not dataset and not names_graphs(query):
            dataset = {"use_default_graph_as_union": True}
        try:
            return take(self._store.query(asked, prefixes=PREFIXES, **dataset))
        except SyntaxError as error:
            raise QueryError(f"The query does not parse: {_first_line(error)}{near(asked, str(error))}") from error
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
