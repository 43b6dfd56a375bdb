"""Damaged and hostile queries at both doors: rows or a QueryError, no file and no server read, nothing that hangs."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.serve.sparql import _UPDATES
from kg.stores import KgliteStore, OxigraphStore
from kg.stores.cypher_text import read_only
from kg.stores.kglite_dialect import for_kglite
from kg.stores.sparql_text import bind, check_reads_only, near
from tests.helpers import ROOT
from tests.serve.conftest import address, client

__all__ = ["address", "client"]

CALM = settings(derandomize=True, max_examples=60)
FAR = "<http://127.0.0.1:9/> {?x ?y ?z}"
CANARY = "canary-7f3a"
LARGE = 200_000

SERVICES = {
    "plain": f"SELECT * {{ SERVICE {FAR} }}",
    "number before": f"SELECT * {{ {{ SELECT * {{ ?s ?p ?o }} LIMIT 1}}SERVICE {FAR} }}",
    "number glued": f"SELECT * {{ ?s ?p 1SERVICE {FAR} }}",
    "dot before": f"SELECT * {{ ?s ?p ?o.SERVICE {FAR} }}",
    "empty local name before": f"PREFIX a: <http://a/> SELECT * {{ ?s ?p a:.SERVICE {FAR} }}",
    "silent, glued": f"SELECT * {{ SERVICESILENT {FAR} }}",
    "name glued": "PREFIX a: <http://127.0.0.1:9/> SELECT * { SERVICEa:b {?x ?y ?z} }",
    "name with a dot": "PREFIX a.b: <http://127.0.0.1:9/> SELECT * { SERVICE a.b:b {?x ?y ?z} }",
    "name with a raised dot": "PREFIX a·b: <http://127.0.0.1:9/> SELECT * { SERVICE a·b:b {?x ?y ?z} }",
    "comment that ends with CR": f"SELECT * {{ # x\r SERVICE {FAR} }}",
    "IRI with a space that is none": f"SELECT * {{ OPTIONAL {{ ?s <http://a\u00a0#b> ?o }} SERVICE {FAR} }}",
    "IRI with an escape": f"SELECT * {{ OPTIONAL {{ ?s <http://a\\u0041#b> ?o }} SERVICE {FAR} }}",
    "name with an escape": f"PREFIX a: <http://a> SELECT * {{ OPTIONAL {{ ?s a:b\\# ?o }} SERVICE {FAR} }}",
    "less than that looks like an IRI": f"SELECT * {{ ?s ?p ?o FILTER(?o<'#>') SERVICE {FAR} FILTER(?s = 'x') }}",
    "variable in what looks like an IRI": "SELECT * { BIND(1 AS ?a) BIND(2 AS ?b) VALUES ?x { <http://127.0.0.1:9/> } FILTER(?a<?b)SERVICE?x#>\n{ ?s ?p ?o } }",
    "many comments between": f"SELECT * {{ SERVICE {'# x' + chr(10)} {FAR} }}".replace("# x\n", "# x\n" * 200),
    "a long comment between": f"SELECT * {{ SERVICE #{'x' * 5000}\n {FAR} }}",
    "a long name": f"PREFIX {'a' * 3000}: <http://127.0.0.1:9/> SELECT * {{ SERVICE {'a' * 3000}:b {{?x ?y ?z}} }}",
}  # fmt: skip


@pytest.fixture(scope="module")
def bare() -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    store.add(
        pyoxigraph.Quad(pyoxigraph.NamedNode("http://a/"), pyoxigraph.NamedNode("http://b/"), pyoxigraph.Literal(1))
    )
    return store


@pytest.mark.parametrize("name", SERVICES)
def test_another_server_is_asked_by_no_disguise(bare: pyoxigraph.Store, name: str) -> None:
    with pytest.raises(QueryError, match="SERVICE"):
        check_reads_only(SERVICES[name])
    trouble: Exception | None = None
    try:
        list(bare.query(SERVICES[name]))  # type: ignore[call-overload]
    except (OSError, RuntimeError, ValueError, SyntaxError) as error:
        trouble = error
    assert not isinstance(trouble, SyntaxError), "Oxigraph takes it for a query"


@pytest.mark.parametrize("word", ["\\u0053ERVICE", "ſERVICE"])
def test_what_oxigraph_takes_for_no_keyword(bare: pyoxigraph.Store, word: str) -> None:
    with pytest.raises(SyntaxError):
        bare.query(f"SELECT * {{ {word} {FAR} }}")


def test_a_parameter_may_hold_the_word(graph: Path) -> None:
    store = OxigraphStore(graph)
    for text in ("a service: x", "SERVICE <http://e.org/> { }", '"; SERVICE ?x'):
        assert store.select("SELECT (?v AS ?back) {}", {"v": text}).rows == [(text,)]
    assert store.select(r"""SELECT ("a \u0073ervice: x" AS ?back) {}""").rows == [("a service: x",)]


FILES = {
    "quoted LOAD": "`LOAD` CSV WITH HEADERS FROM '{}' AS row RETURN row.name", "quoted CSV": "LOAD `CSV` WITH HEADERS FROM '{}' AS row RETURN row.name",
    "both, with spaces": "` load `\n`csv` WITH HEADERS FROM '{}' AS row RETURN row.name", "number glued": "WITH 1LOAD CSV FROM '{}' AS row RETURN row",
    "comment between": "LOAD/**/CSV WITH HEADERS FROM '{}' AS row RETURN row.name",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_no_disguise_reads_a_file(graph: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "c.csv").write_text(f"name\n{CANARY}\n", "utf-8")
    with pytest.raises(QueryError, match="LOAD CSV"):
        KgliteStore(graph).select(FILES[name].format(tmp_path / "c.csv"))


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (n) WITH n LIMIT 1CALL pagerank() YIELD node RETURN node",
        "`CALL` pagerank()",
        "WITH 1.5CALL x.y() RETURN 1",
    ],
)
def test_no_disguise_calls_a_procedure(query: str) -> None:
    with pytest.raises(QueryError, match=r"procedure|begins with"):
        read_only(query)


# Each took minutes or, like the first, for ever.
SLOW: dict[str, Callable[[], object]] = {
    "prefixes": lambda: _UPDATES.match("PREFIX <>" * LARGE), "prefix": lambda: _UPDATES.match("PREFIX " + "<" * LARGE),
    "open texts": lambda: refused(read_only, "RETURN " + "'\\" * LARGE), "open comments": lambda: refused(read_only, "RETURN " + "/* " * LARGE),
    "relationships": lambda: for_kglite("".join(f"-[r{n}]-" for n in range(LARGE // 10))), "a word": lambda: bind("a" * LARGE, {"a": 1}),
    "a name": lambda: bind("a-" * LARGE, {"a": 1}), "open strings": lambda: bind('"\\' * LARGE, {"a": 1}), "open long strings": lambda: bind('"""\\a' * LARGE, {"a": 1}),
    "near a name": lambda: near("a-" * LARGE, "at 1:2"), "near prefixes": lambda: near("".join(f"a{n}: " for n in range(LARGE)), "at 1:2"),
    "services": lambda: check_reads_only("SERVICE }" * LARGE), "services in comments": lambda: refused(check_reads_only, "#SERVICE\n" * LARGE),
}  # fmt: skip


def refused(check: Callable[[str], object], query: str) -> None:
    with pytest.raises(QueryError):
        check(query)


@pytest.mark.parametrize("name", SLOW)
def test_no_pattern_goes_over_a_query_again_and_again(name: str) -> None:
    SLOW[name]()


def pieces(suffix: str, *words: str) -> st.SearchStrategy[str]:
    """Named questions with pieces cut out, and words of the language put in; or words alone."""
    queries = [file.read_text("utf-8") for file in sorted((ROOT / "kg/queries").glob(f"*.{suffix}"))]
    word = (
        st.sampled_from(words)
        | st.text(max_size=6)
        | st.sampled_from(["\ud800", "\x00", "9" * 400, "(" * 60, "\u00a0"])
    )
    edits = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 60), word), max_size=4)

    def cut(query: str, edits: list[tuple[int, int, str]]) -> str:
        for position, length, piece in edits:
            query = query[:position] + piece + query[position + length :]
        return query

    return (
        st.builds(cut, st.sampled_from(queries), edits)
        | st.lists(word, max_size=12).map(" ".join)
        | st.lists(word, max_size=12).map("".join)
    )


SPARQL = pieces(
    "rq",
    "SERVICE",
    "SILENT",
    "<http://127.0.0.1:9/>",
    "{",
    "}",
    "SELECT * {",
    "?s ?p ?o",
    ".",
    "FILTER(",
    "'",
    '"""',
    "#",
    "\r",
    "\n",
    "a:",
    "?name",
    "<",
    "BIND(",
)
CYPHER = pieces(
    "cypher",
    "LOAD",
    "CSV",
    "`LOAD`",
    "FROM",
    "'CANARY'",
    "AS row",
    "RETURN",
    "CALL",
    "MATCH (n)",
    "SET n.x = 1",
    "DELETE n",
    "//",
    "/*",
    "*/",
    "`",
    "'",
    "\\",
    "1",
    "\n",
    "$name",
)
PARAMETERS = st.dictionaries(
    st.sampled_from(["name", "hardware", "limit"]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800"),
)


@CALM
@given(query=SPARQL, parameters=PARAMETERS)
def test_any_sparql(graph: Path, query: str, parameters: dict[str, object]) -> None:
    says = ""
    try:
        OxigraphStore(graph).select(query, parameters, most=20)  # type: ignore[arg-type]
    except QueryError as error:
        says = str(error)
    assert not any(word in says for word in ("HTTP", "lookup", "service name"))


@CALM
@given(query=CYPHER, parameters=PARAMETERS)
def test_any_cypher(
    graph: Path, tmp_path_factory: pytest.TempPathFactory, query: str, parameters: dict[str, object]
) -> None:
    store, file = KgliteStore(graph), tmp_path_factory.getbasetemp() / "canary.csv"
    file.write_text(f"name\n{CANARY}\n", "utf-8")
    rows: object = []
    try:
        rows = store.select(query.replace("CANARY", str(file)), parameters, most=20).rows  # type: ignore[arg-type]
    except QueryError as error:
        assert str(error)  # noqa: PT017
    assert CANARY not in str(rows)
    assert store.select("MATCH (n) WHERE n.x = 1 RETURN count(n)").rows == [(0,)]


@CALM
@given(query=CYPHER)
def test_the_guard_passes_what_it_gave(query: str) -> None:
    try:
        plain = read_only(query)
        put = for_kglite(plain)
    except QueryError:
        return
    assert read_only(plain) == plain
    assert read_only(put) == put


def test_parameters_that_are_no_text_are_told(graph: Path) -> None:
    with pytest.raises(QueryError, match="parameter v"):
        OxigraphStore(graph).select("SELECT (?v AS ?back) {}", {"v": "\ud800"})
    with pytest.raises(QueryError):
        KgliteStore(graph).select("RETURN $v AS v", {"v": "\ud800"})


def test_infinity_is_json(client: httpx.Client) -> None:
    answer = client.post("/cypher", json={"query": "RETURN [1e999, {a: -1e999}] AS x"})
    assert (answer.status_code, answer.json()["rows"]) == (200, [[["INF", {"a": "-INF"}]]])


def test_what_a_format_cannot_hold_is_told(client: httpx.Client) -> None:
    query = "CONSTRUCT { <a:a> <a:b> <<( <a:a> <a:b> 1 )>> } {}"
    answer = client.get("/sparql", params={"query": query}, headers={"accept": "application/ld+json"})
    assert answer.status_code == 406
    assert "JSON-LD" in answer.text


def test_a_query_of_prefixes_keeps_nobody_waiting(client: httpx.Client) -> None:
    assert client.post("/sparql", data={"query": "PREFIX <>" * 60}).status_code == 400


@pytest.mark.parametrize("path", ["sparql", "cypher"])
def test_a_query_that_nests_too_deeply(client: httpx.Client, path: str) -> None:
    nested = "(" * 50_000 + "1" + ")" * 50_000
    queries = {
        "sparql": {"data": {"query": f"SELECT * {{ FILTER({nested}) }}"}},
        "cypher": {"json": {"query": f"RETURN {nested}"}},
    }
    answer = client.post(f"/{path}", **queries[path])  # type: ignore[arg-type]
    assert answer.status_code in (400, 422)
    assert "deep" in answer.text or "nest" in answer.text.casefold()
