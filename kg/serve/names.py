"""What things are called: an index in memory, for search at any size of graph."""

import sqlite3
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.lexicon import fold
from kg.schema import BASE, PG

if TYPE_CHECKING:
    from kg.serve.backend import Backend

_TABLES: Final = """
CREATE TABLE things (id TEXT PRIMARY KEY, type TEXT, name TEXT, papers INTEGER, date TEXT) WITHOUT ROWID;
CREATE TABLE names (id TEXT, plain TEXT, key TEXT, alias INTEGER);
CREATE INDEX names_by_key ON names (key);
"""
_SEARCH: Final = """
SELECT things.id, type, name, papers, date FROM (
  SELECT id, MIN(alias * 0.5 + CASE WHEN plain = :plain OR key = :key THEN 0 WHEN plain LIKE :start ESCAPE '!' THEN 1
                          WHEN plain LIKE :word ESCAPE '!' THEN 2 ELSE 3 END) AS rank
  FROM names WHERE key = :key OR ({words}) GROUP BY id
) JOIN things USING (id) {types} ORDER BY rank, papers DESC, name, things.id LIMIT :most
"""
_ALL_TYPES: Final = ("Hardware", "Method", "Task", "Dataset", "Metric", "Paper")


@dataclass(frozen=True)
class Thing:
    """A node or a paper: its id (the IRI without the base), type, name or title, how many papers name it, a paper's date."""

    id: str
    type: str
    name: str
    papers: int
    date: str | None = None


class Names:
    """All names of one state of a graph; safe to use from several threads."""

    def __init__(self, backend: "Backend", digest: str | None) -> None:
        self.digest = digest
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.executescript(_TABLES)
        counts = {str(row["node"]): int(str(row["papers"])) for row in backend.rows("named-by")}
        aliases: dict[str, list[str]] = defaultdict(list)
        for row in backend.rows("aliases"):
            aliases[str(row["node"])].append(str(row["name"]))
        things: list[tuple[str, str, str, int, str | None]] = []
        names: list[tuple[str, str, str, int]] = []
        for row in backend.rows("things"):
            iri, name = str(row["node"]), str(row["name"])
            date = None if row["date"] is None else str(row["date"])
            kind = str(row["type"]).removeprefix(PG) if str(row["type"]).startswith(PG) else "Paper"
            things.append((iri.removeprefix(BASE), kind, name, counts.get(iri, 0), date))
            for alias, text in enumerate([name, *aliases.get(iri, ())]):
                names.append((iri.removeprefix(BASE), plain(text), fold(text), int(alias > 0)))
        self._db.executemany("INSERT OR IGNORE INTO things VALUES (?, ?, ?, ?, ?)", things)
        self._db.executemany("INSERT INTO names VALUES (?, ?, ?, ?)", names)
        self._db.commit()

    def get(self, id: str) -> Thing | None:
        """The thing of an id."""
        return next(self._things("SELECT * FROM things WHERE id = ?", (id,)), None)

    def counts(self) -> dict[str, int]:
        """How many things there are by type, the types in a fixed order."""
        with self._lock:
            found = dict(self._db.execute("SELECT type, count(*) FROM things GROUP BY type").fetchall())
        return {kind: found[kind] for kind in _ALL_TYPES if kind in found}

    def most_named(self, kind: str, most: int, start: int = 0) -> list[Thing]:
        """The things of a type that the most papers name; papers by date, the newest first."""
        query = "SELECT * FROM things WHERE type = ? ORDER BY papers DESC, date DESC, name, id LIMIT ? OFFSET ?"
        return [*self._things(query, (kind, most, start))]

    def exactly(self, name: str, kinds: tuple[str, ...]) -> Thing | None:
        """The thing of one of these types whose name this is; of several, the one that the most papers name."""
        marks = ", ".join("?" * len(kinds))
        query = f"SELECT * FROM things WHERE name = ? AND type IN ({marks}) ORDER BY papers DESC, id LIMIT 1"
        return next(self._things(query, (name, *kinds)), None)

    def search(self, text: str, most: int = 20, kind: str | None = None) -> list[Thing]:
        """Things whose name or alias has all the words: the name itself first, then those that begin with it."""
        wanted = plain(text).strip()
        if not wanted:
            return []
        given = {"plain": wanted, "key": fold(text) or wanted, "start": _like(wanted) + "%", "word": f"% {_like(wanted)}%",
                 "most": most, "kind": kind}  # fmt: skip
        words = wanted.split()[:8]
        given |= {f"w{number}": f"%{_like(word)}%" for number, word in enumerate(words)}
        tests = " AND ".join(f"plain LIKE :w{number} ESCAPE '!'" for number in range(len(words)))
        query = _SEARCH.format(words=tests, types="WHERE type = :kind" if kind else "")
        return [*self._things(query, given)]

    def _things(self, query: str, given: object) -> Iterator[Thing]:
        with self._lock:
            rows = self._db.execute(query, given).fetchall()  # type: ignore[arg-type]
        yield from (Thing(*row) for row in rows)


def plain(text: str) -> str:
    """A text as search compares it: small letters without accents.

    >>> plain("Résumé 7B")
    'resume 7b'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


def _like(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
