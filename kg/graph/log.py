"""The log: one row a paper in SQLite, the only truth; everything else is derived from it.

`papers` holds the Records. `staging.staged`, a temporary database of SQLite's own, holds the papers of a build under way,
the better version where an input or two hold one twice, so that the order of inputs does not matter; it is on disk, and
gone with the process. What is removed or replaced is overwritten, and the file is written anew at the end of the build;
`residue` says that this is still to be done, should the build be killed before.
"""

import fcntl
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

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
CREATE INDEX IF NOT EXISTS papers_by_hash ON papers (id, record_hash);
CREATE TABLE IF NOT EXISTS residue (of TEXT PRIMARY KEY) WITHOUT ROWID;
ATTACH '' AS staging;
CREATE TABLE staging.staged (
    id TEXT PRIMARY KEY, title_key TEXT NOT NULL, rank TEXT NOT NULL, paper_hash TEXT NOT NULL, paper TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX staging.staged_by_title ON staged (title_key);
"""


class Row(NamedTuple):
    """A Record as the log keeps it."""

    id: str
    title_key: str
    paper_hash: str
    fingerprint: str
    record: str
    record_hash: str

    @classmethod
    def of(cls, record: Record, text: str) -> Self:
        """The row of a Record, given with its JSON."""
        paper = record.paper
        return cls(
            paper.id, title_key(paper.title), paper_hash(paper), record.extractor.fingerprint, text, content_hash(text)
        )


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
                self._db.execute("PRAGMA secure_delete = ON")
                self._check_format(new=True)
                self._db.executescript(_TABLES)
                self._drop_old_staging()
            else:
                self._db = sqlite3.connect(
                    f"{path.resolve().as_uri()}?{_reading(path)}", uri=True, isolation_level=None
                )
                self._check_format(new=False)
        except BaseException as error:
            self.close()
            if isinstance(error, sqlite3.Error):
                raise self._trouble(error) from error
            if isinstance(error, OSError):
                raise GraphError(f"{folder} cannot be written: {error.strerror or error}.") from error
            raise

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

    def _drop_old_staging(self) -> None:
        """Earlier versions kept the papers of a build under way in the log itself."""
        if self._one("SELECT count(*) FROM main.sqlite_schema WHERE name = 'staged'"):
            with self.transaction():
                self._do("DROP TABLE main.staged")
                self._leave_residue()

    def _trouble(self, error: sqlite3.Error) -> GraphError:
        """What SQLite reports, as a sentence that says what to do."""
        path, name = self.folder / "records.sqlite", getattr(error, "sqlite_errorname", "")
        if name.startswith("SQLITE_FULL"):
            return GraphError(
                f"{path} cannot be written: the disk is full. What is in it is kept: make room, and run it again."
            )
        if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
            return GraphError(
                f"{path} cannot be opened or written ({error}): check its permissions, its disk and the room on it."
            )
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return self._damaged(str(error))
        if str(error).startswith("Could not decode"):  # Python's own: the text is not UTF-8
            return self._damaged("a text is not what was written")
        return GraphError(f"{path} cannot be used: {error}. What is in it is kept; run it again.")

    # --- one place that talks to SQLite, so that its errors are told in one way

    def _rows(self, query: str, values: Iterable[Any] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            for row in self._db.execute(query, tuple(values)):  # noqa: UP028 - `yield from` would close the cursor after the log
                yield row
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _one(self, query: str, values: Iterable[Any] = ()) -> Any:
        """The first cell of the first row; None where there is no row."""
        return next((row[0] for row in list(self._rows(query, values))), None)

    def _do(self, statement: str, values: Iterable[Any] = ()) -> int:
        """Change something; how many rows."""
        try:
            return self._db.execute(statement, tuple(values)).rowcount
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A context in which writes are one: all are kept, or none."""
        self._do("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:
                self._db.rollback()
            raise
        self._do("COMMIT")

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
        return int(self._one("SELECT count(*) FROM papers"))

    def __iter__(self) -> Iterator[Record]:
        """All Records, by paper id."""
        for text, record_hash in self._rows("SELECT record, record_hash FROM papers ORDER BY id"):
            yield self._record(text, record_hash)

    def plain(self) -> Iterator[dict[str, Any]]:
        """All Records in their plain JSON form, by paper id: unchecked, in a fraction of the time."""
        for (text,) in self._rows("SELECT record FROM papers ORDER BY id"):
            try:
                yield from_json(text)
            except ValueError as error:
                raise self._damaged("a record cannot be read") from error

    def get(self, paper_id: str) -> Record | None:
        """The Record of a paper, if it is there."""
        rows = self._rows("SELECT record, record_hash FROM papers WHERE id = ?", (paper_id,))
        return next((self._record(*row) for row in list(rows)), None)

    def _record(self, text: str, record_hash: str) -> Record:
        if content_hash(text) != record_hash:
            raise self._damaged("a record is not what was written")
        try:
            return Record.model_validate_json(text)
        except ValidationError as error:
            raise GraphError(
                f"{self.folder / 'records.sqlite'} holds a record that does not fit the model ({error.errors()[0]['msg']}): "
                f"run  kg build --out {self.folder}  to read it again."
            ) from error

    def _paper(self, text: str) -> Paper:
        """The paper of a Record, also of one whose other parts an older version wrote."""
        try:
            return Paper.model_validate(json.loads(text)["paper"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged("a record cannot be read") from error

    def _damaged(self, says: str) -> GraphError:
        return GraphError(f"{self.folder / 'records.sqlite'} is damaged ({says}): {_RESTORE}")

    def digest(self) -> str:
        """A hash of all Records: derived stores carry it, and are stale when it differs."""
        digest = hashlib.sha256()
        for paper_id, record_hash in self._rows("SELECT id, record_hash FROM papers ORDER BY id"):
            digest.update(f"{paper_id}\x00{record_hash}\n".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:32]

    # --- a build: stage papers, extract those that changed, put their Records

    def begin(self) -> None:
        """Forget what was staged before."""
        self._do("DELETE FROM staging.staged")

    def stage(self, paper: Paper) -> str | None:
        """Keep a paper for this build; the title of a version that this one replaces, or that replaces it.

        Of two versions the later date wins, then the greater hash of content, of all the rest, of origin.
        """
        rank = _rank(paper)
        row = next(iter(list(self._rows("SELECT rank, paper FROM staging.staged WHERE id = ?", (paper.id,)))), None)
        if row is not None and row[0] >= rank:
            return paper.title
        self._do(
            "INSERT OR REPLACE INTO staging.staged VALUES (?, ?, ?, ?, ?)",
            (paper.id, title_key(paper.title), rank, paper_hash(paper), paper.model_dump_json()),
        )
        return None if row is None else Paper.model_validate_json(row[1]).title

    def settle(self) -> list[str]:
        """Join papers without an id to the one of the same title that has one; the titles so joined."""
        joined: list[str] = []
        query = (
            "SELECT s.id, s.paper, min(o.id) FROM staging.staged s JOIN "
            "(SELECT id, title_key FROM staging.staged UNION SELECT id, title_key FROM papers) o USING (title_key) "
            f"WHERE s.id LIKE 'title:%' AND o.id NOT LIKE 'title:%' AND s.title_key <> '' GROUP BY s.id ORDER BY s.id LIMIT {_PAGE}"
        )
        while rows := list(self._rows(query)):
            for staged_id, text, real_id in rows:
                paper = Paper.model_validate_json(text)
                self._do("DELETE FROM staging.staged WHERE id = ?", (staged_id,))
                self.stage(paper.model_copy(update={"id": real_id}))
                joined.append(paper.title)
        return joined

    def staged_count(self) -> int:
        """How many papers this build holds."""
        return int(self._one("SELECT count(*) FROM staging.staged"))

    def stage_outdated(self, fingerprint: str) -> None:
        """Stage, from the log itself, the papers that another extractor read and that this build does not hold."""
        query = (
            "SELECT id, record FROM papers WHERE fingerprint <> ? AND id > ? AND id NOT IN (SELECT id FROM staging.staged) "
            f"ORDER BY id LIMIT {_PAGE}"
        )
        last = ""
        while rows := list(self._rows(query, (fingerprint, last))):
            with self.transaction():
                for last, text in rows:  # noqa: B007
                    self.stage(self._paper(text))

    def changed(self, fingerprint: str) -> int:
        """How many staged papers have no Record of the same input and extractor."""
        return int(self._one(f"SELECT count(*) {_CHANGED}", (fingerprint,)))

    def to_extract(self, fingerprint: str) -> Iterator[Paper]:
        """Staged papers without a Record of the same input and extractor, by id."""
        query, last = f"SELECT s.id, s.paper {_CHANGED} AND s.id > ? ORDER BY s.id LIMIT {_PAGE}", ""
        while rows := list(self._rows(query, (fingerprint, last))):
            for _, text in rows:
                yield Paper.model_validate_json(text)
            last = rows[-1][0]

    def put(self, row: Row) -> None:
        """Add a Record, or replace the one of its paper."""
        with self.transaction():
            if self._one("SELECT count(*) FROM papers WHERE id = ?", (row.id,)):
                self._leave_residue()
            self._do("INSERT OR REPLACE INTO papers VALUES (?, ?, ?, ?, ?, ?)", row)
            # a paper that had no id before, and has one now
            if (
                not row.id.startswith("title:")
                and row.title_key
                and self._do("DELETE FROM papers WHERE title_key = ? AND id LIKE 'title:%'", (row.title_key,))
            ):
                self._leave_residue()

    def absent(self) -> list[str]:
        """The ids of papers that this build's inputs did not hold."""
        query = "SELECT id FROM papers WHERE id NOT IN (SELECT id FROM staging.staged) ORDER BY id"
        return [paper_id for (paper_id,) in self._rows(query)]

    def remove(self, paper_id: str) -> bool:
        """Remove a paper; whether it was there."""
        with self.transaction():
            if not self._do("DELETE FROM papers WHERE id = ?", (paper_id,)):
                return False
            self._leave_residue()
        return True

    def _leave_residue(self) -> None:
        self._do("INSERT OR IGNORE INTO residue VALUES ('papers')")

    def finish(self) -> bool:
        """End a build: one tidy file. Whether nothing is left in it of what was removed or replaced: another program that
        reads it keeps old bytes there.
        """
        self.begin()
        if self._one("SELECT count(*) FROM residue"):
            # Zeroes are written over what is deleted, but what SQLite moves about in a page may leave copies.
            self._do("VACUUM main")
            if self._one(_CHECKPOINT):
                return False
            self._do("DELETE FROM residue")
        self._one(_CHECKPOINT)
        return True


_CHECKPOINT: Final = "PRAGMA main.wal_checkpoint(TRUNCATE)"  # its first cell: whether a reader was in the way
_PAGE: Final = 100
"""So many papers are read from the log at a time."""
_RESTORE: Final = (
    "restore it from a copy, or build the graph anew from its inputs in another folder. What else is in it is kept."
)
_CHANGED: Final = "FROM staging.staged s LEFT JOIN papers p ON p.id = s.id AND p.paper_hash = s.paper_hash AND p.fingerprint = ? WHERE p.id IS NULL"


def _reading(path: Path) -> str:
    """How SQLite is to open a log for reading: where nothing can be written beside it, and nobody writes, as a file that rests."""
    pending = path.with_name(path.name + "-wal")
    resting = not os.access(path.parent, os.W_OK) and not (pending.exists() and pending.stat().st_size)
    return "immutable=1" if resting else "mode=ro"


def paper_hash(paper: Paper) -> str:
    """A hash of all that a source says of a paper, but not of where it stood: a rerun from another file is no change."""
    return content_hash(paper.model_dump_json(exclude={"origin"}))


def _rank(paper: Paper) -> str:
    """Greater is better: date, then content hash; the hash of the origin makes the order total."""
    origin = content_hash(paper.origin.input, f"{paper.origin.record:012d}")
    return f"{paper.date or '':10}|{paper.input_hash}|{paper_hash(paper)}|{origin}"
