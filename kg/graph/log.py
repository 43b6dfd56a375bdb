"""The log: one row a paper in SQLite, the only truth; everything else is derived from it.

`papers` holds the Records. `staged` holds the papers of a build under way, the better version where an input or two
hold one twice, so that a killed build goes on where it was and the order of inputs does not matter.
"""

import fcntl
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from pydantic import ValidationError
from pydantic_core import from_json

from kg.errors import GraphError
from kg.model import Paper, Record, content_hash, title_key

FORMAT: Final = 1
"""The version of the log's tables; a graph of another one is refused with what to do."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS papers (
    id TEXT PRIMARY KEY, title_key TEXT NOT NULL, paper_hash TEXT NOT NULL, fingerprint TEXT NOT NULL,
    record TEXT NOT NULL, record_hash TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS papers_by_title ON papers (title_key);
CREATE TABLE IF NOT EXISTS staged (
    id TEXT PRIMARY KEY, title_key TEXT NOT NULL, rank TEXT NOT NULL, paper_hash TEXT NOT NULL, paper TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS staged_by_title ON staged (title_key);
"""


class Log:
    """The Records of a graph folder.

    Args:
        folder: the graph folder.
        write: take the folder for writing; without it, nothing is changed.

    Raises:
        GraphError: there is no graph, another build holds it, or the log is damaged or of another version.
    """

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        self.folder = folder
        self._lock: int | None = None
        path = folder / "records.sqlite"
        if not write and not path.is_file():
            raise GraphError(f"{folder} holds no graph: make one with  kg build INPUT --out {folder}")
        try:
            if write:
                folder.mkdir(parents=True, exist_ok=True)
                self._take()
                self._db = sqlite3.connect(path, isolation_level=None)
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.executescript(_TABLES)
            else:
                self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
            self._check_format(new=write)
        except sqlite3.DatabaseError as error:
            self.close()
            raise GraphError(
                f"{path} cannot be used: {error}. Restore it, or build the graph anew elsewhere."
            ) from error
        except OSError as error:
            self.close()
            raise GraphError(f"{folder} cannot be written: {error.strerror or error}.") from error

    def _take(self) -> None:
        self._lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = None
            raise GraphError(f"{self.folder} is being written by another build: wait for it to end.") from None

    def _check_format(self, *, new: bool) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0 and new:
            self._db.execute(f"PRAGMA user_version = {FORMAT}")
        elif version != FORMAT:
            raise GraphError(
                f"{self.folder} was written by another version of Papergraph (log format {version}, here {FORMAT}): "
                "build it anew from its inputs, or use that version."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the log and let others write."""
        if hasattr(self, "_db"):
            self._db.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # --- reading

    def __len__(self) -> int:
        """How many papers there are."""
        return int(self._db.execute("SELECT count(*) FROM papers").fetchone()[0])

    def __iter__(self) -> Iterator[Record]:
        """All Records, by paper id."""
        for (text,) in self._db.execute("SELECT record FROM papers ORDER BY id"):
            yield self._record(text)

    def plain(self) -> Iterator[dict[str, Any]]:
        """All Records in their plain JSON form, by paper id: unchecked, in a fraction of the time."""
        for (text,) in self._db.execute("SELECT record FROM papers ORDER BY id"):
            try:
                yield from_json(text)
            except ValueError as error:
                raise self._damaged() from error

    def get(self, paper_id: str) -> Record | None:
        """The Record of a paper, if it is there."""
        row = self._db.execute("SELECT record FROM papers WHERE id = ?", (paper_id,)).fetchone()
        return None if row is None else self._record(row[0])

    def _record(self, text: str) -> Record:
        try:
            return Record.model_validate_json(text)
        except ValidationError as error:
            raise GraphError(
                f"{self.folder / 'records.sqlite'} holds a record that does not fit the model ({error.errors()[0]['msg']}): "
                "build the graph anew."
            ) from error

    def _paper(self, text: str) -> Paper:
        """The paper of a Record, also of one whose other parts an older version wrote."""
        try:
            return Paper.model_validate(json.loads(text)["paper"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged() from error

    def _damaged(self) -> GraphError:
        return GraphError(f"{self.folder / 'records.sqlite'} holds a damaged record: build the graph anew.")

    def digest(self) -> str:
        """A hash of all Records: derived stores carry it, and are stale when it differs."""
        digest = hashlib.sha256()
        for paper_id, record_hash in self._db.execute("SELECT id, record_hash FROM papers ORDER BY id"):
            digest.update(f"{paper_id}\x00{record_hash}\n".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:32]

    # --- a build: stage papers, extract those that changed, put their Records

    def begin(self) -> None:
        """Forget what an earlier build staged."""
        self._db.execute("DELETE FROM staged")

    def stage(self, paper: Paper) -> str | None:
        """Keep a paper for this build; the title of a version that this one replaces, or that replaces it.

        Of two versions the later date wins, then the greater hash of content, of all the rest, of origin.
        """
        rank = _rank(paper)
        row = self._db.execute("SELECT rank, paper FROM staged WHERE id = ?", (paper.id,)).fetchone()
        if row is not None and row[0] >= rank:
            return paper.title
        self._db.execute(
            "INSERT OR REPLACE INTO staged VALUES (?, ?, ?, ?, ?)",
            (paper.id, title_key(paper.title), rank, paper_hash(paper), paper.model_dump_json()),
        )
        return None if row is None else Paper.model_validate_json(row[1]).title

    def transaction(self) -> sqlite3.Connection:
        """A context in which writes are one: all are kept, or none."""
        self._db.execute("BEGIN IMMEDIATE")
        return self._db

    def settle(self) -> list[str]:
        """Join papers without an id to the one of the same title that has one; the titles so joined."""
        joined: list[str] = []
        rows = self._db.execute(
            "SELECT s.id, s.paper, min(o.id) FROM staged s JOIN "
            "(SELECT id, title_key FROM staged UNION SELECT id, title_key FROM papers) o USING (title_key) "
            "WHERE s.id LIKE 'title:%' AND o.id NOT LIKE 'title:%' AND s.title_key <> '' GROUP BY s.id ORDER BY s.id"
        ).fetchall()
        for staged_id, text, real_id in rows:
            paper = Paper.model_validate_json(text)
            self._db.execute("DELETE FROM staged WHERE id = ?", (staged_id,))
            self.stage(paper.model_copy(update={"id": real_id}))
            joined.append(paper.title)
        return joined

    def staged_count(self) -> int:
        """How many papers this build holds."""
        return int(self._db.execute("SELECT count(*) FROM staged").fetchone()[0])

    def stage_outdated(self, fingerprint: str) -> None:
        """Stage, from the log itself, the papers that another extractor read and that this build does not hold."""
        query = "SELECT record FROM papers WHERE fingerprint <> ? AND id NOT IN (SELECT id FROM staged) ORDER BY id"
        rows = self._db.execute(query, (fingerprint,)).fetchall()
        with self.transaction():
            for (text,) in rows:
                self.stage(self._paper(text))

    def changed(self, fingerprint: str) -> int:
        """How many staged papers have no Record of the same input and extractor."""
        query = f"SELECT count(*) {_CHANGED}"
        return int(self._db.execute(query, (fingerprint,)).fetchone()[0])

    def to_extract(self, fingerprint: str) -> Iterator[Paper]:
        """Staged papers without a Record of the same input and extractor, by id."""
        last = ""
        while rows := self._db.execute(
            f"SELECT s.id, s.paper {_CHANGED} AND s.id > ? ORDER BY s.id LIMIT 100", (fingerprint, last)
        ).fetchall():
            for _, text in rows:
                yield Paper.model_validate_json(text)
            last = rows[-1][0]

    def put(self, records: Iterable[tuple[Record, str]]) -> None:
        """Add or replace Records, given with their JSON, in one transaction."""
        rows = [
            (r.id, title_key(r.title), paper_hash(r.paper), r.extractor.fingerprint, text, content_hash(text))
            for r, text in records
        ]
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO papers VALUES (?, ?, ?, ?, ?, ?)", rows)
            for row in rows:  # a paper that had no id before, and has one now
                if not row[0].startswith("title:") and row[1]:
                    self._db.execute("DELETE FROM papers WHERE title_key = ? AND id LIKE 'title:%'", (row[1],))

    def absent(self) -> list[str]:
        """The ids of papers that this build's inputs did not hold."""
        rows = self._db.execute("SELECT id FROM papers WHERE id NOT IN (SELECT id FROM staged) ORDER BY id")
        return [paper_id for (paper_id,) in rows]

    def remove(self, paper_id: str) -> bool:
        """Remove a paper; whether it was there. Its bytes are overwritten, not only unlinked."""
        self._db.execute("PRAGMA secure_delete = ON")
        done = self._db.execute("DELETE FROM papers WHERE id = ?", (paper_id,)).rowcount > 0
        self._db.execute("DELETE FROM staged WHERE id = ?", (paper_id,))
        return done

    def finish(self) -> None:
        """End a build: forget the staged papers and leave one tidy file."""
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("DELETE FROM staged")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_CHANGED: Final = "FROM staged s LEFT JOIN papers p ON p.id = s.id AND p.paper_hash = s.paper_hash AND p.fingerprint = ? WHERE p.id IS NULL"


def paper_hash(paper: Paper) -> str:
    """A hash of all that a source says of a paper, but not of where it stood: a rerun from another file is no change."""
    return content_hash(paper.model_dump_json(exclude={"origin"}))


def _rank(paper: Paper) -> str:
    """Greater is better: date, then content hash; the hash of the origin makes the order total."""
    origin = content_hash(paper.origin.input, f"{paper.origin.record:012d}")
    return f"{paper.date or '':10}|{paper.input_hash}|{paper_hash(paper)}|{origin}"
