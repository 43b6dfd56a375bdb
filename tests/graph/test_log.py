import sqlite3
from pathlib import Path

import pytest

import kg
from kg.errors import GraphError
from kg.extract import to_json
from kg.graph import Log, Row
from tests.helpers import paper

FINGERPRINT = "f"


def put(log: Log, *ids: str) -> None:
    records = [kg.extract(paper("It runs on an A100 GPU.", f"Title {id}", id)) for id in ids]
    for record in records:
        log.put(Row.of(record, to_json(record)))


def test_records_by_id(tmp_path: Path) -> None:
    with Log(tmp_path, write=True) as log:
        put(log, "b", "a")
        assert [record.id for record in log] == ["a", "b"]
        assert len(log) == 2
        found = log.get("b")
        assert found is not None
        assert found.title == "Title b"
        assert log.get("c") is None


def test_digest_follows_the_records(tmp_path: Path) -> None:
    with Log(tmp_path, write=True) as log:
        empty = log.digest()
        put(log, "a")
        one = log.digest()
        put(log, "b")
        assert log.digest() not in (one, empty)
        assert log.remove("b")
        assert log.digest() == one
        assert not log.remove("b")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_two_versions_the_later_date_wins(tmp_path: Path, order: tuple[int, ...]) -> None:
    versions = [
        paper("Old text.", id="x", date="2023"), paper("New text.", id="x", date="2024-05"), paper("No date.", id="x"),
    ]  # fmt: skip
    with Log(tmp_path, write=True) as log:
        log.begin()
        replaced = [log.stage(versions[i]) for i in order]
        assert [found.abstract for found in log.to_extract(FINGERPRINT)] == ["New text."]
        assert sum(title is not None for title in replaced) == 2


def test_equal_dates_are_decided_in_any_order(tmp_path: Path) -> None:
    versions = [paper(f"Text {n}.", id="x", date="2024") for n in range(4)]
    kept = set()
    for name, order in (("a", versions), ("b", versions[::-1])):
        with Log(tmp_path / name, write=True) as log:
            for version in order:
                log.stage(version)
            kept.update(found.abstract for found in log.to_extract(FINGERPRINT))
    assert len(kept) == 1


def test_paper_without_id_joins_its_title(tmp_path: Path) -> None:
    with Log(tmp_path, write=True) as log:
        log.stage(paper("Text.", "On Mice", id="title:abc"))
        log.stage(paper("Text.", "On mice!", id="doi:1", date="2024"))
        assert log.settle() == ["On Mice"]
        assert [found.id for found in log.to_extract(FINGERPRINT)] == ["doi:1"]


def test_one_writer(tmp_path: Path) -> None:
    with Log(tmp_path, write=True), pytest.raises(GraphError, match="another build"):
        Log(tmp_path, write=True)
    with Log(tmp_path, write=True):
        pass


def test_no_graph(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="kg build"):
        Log(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_damaged_log(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"this is no database at all, but long enough" * 30)
    for write in (False, True):
        with pytest.raises(GraphError, match=r"records\.sqlite"):
            Log(tmp_path, write=write)


def test_other_format(tmp_path: Path) -> None:
    with Log(tmp_path, write=True):
        pass
    with sqlite3.connect(tmp_path / "records.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(GraphError, match="another version"):
        Log(tmp_path)
