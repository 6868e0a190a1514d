"""One file: older, newer, locked, read-only, somebody else's, absent."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from graph import Retract, Store, open_store
from graph.errors import (
    DanglingReference,
    StoreAbsent,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    StoreTooNew,
)
from graph.model import TABLES, Project, Target
from graph.stores.sqlite.backend import APPLICATION_ID, migrations
from graph.stores.sqlite.rows import document_text, key_text
from tests.contract.build import SMALL, actor, day, everything, position, retract, told, value, write
from tests.contract.test_flows import SMALL as FLOWS
from tests.contract.test_flows import flow


@pytest.fixture
def written(sqlite_place: Any) -> Path:
    """A file with some history, closed."""
    store = sqlite_place.fresh()
    write(store, *SMALL, Project(id="J1", name="projet"), Target(project="J1", objective="O1"))
    write(store, position("A1", "O1", 1), actor("A1", name="Nouveau"))
    write(store, Target(project="J1", objective="O1", weight=2.0), Target(project="J1", objective="O2"))
    retract(store, "positions:P2", "targets:T2")
    retract(store, "actors:A3")
    sqlite_place.close()
    return path_of(sqlite_place)


def path_of(place: Any) -> Path:
    return Path(place.url.removeprefix("sqlite:///"))


def asked(store: Store) -> list[object]:
    """Answers that need every index."""
    return [
        everything(store),
        told(store.snapshot()),
        told(store.snapshot(at_revision=1)),
        store.past("actors", [("A1",), ("A3",)]),
        store.past("positions", [("A1", "O1", day(0), None), ("A2", "O1", day(0), None)]),
        store.past("targets", [("J1", "O1"), ("J1", "O2")]),
        store.said("positions", [("A2", "O1")]),
    ]


def test_an_older_file_is_migrated_and_answers_alike(
    sqlite_place: Any, written: Path, tmp_path: Path
) -> None:
    expected = asked(sqlite_place.again())
    sqlite_place.close()
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(migrations()[0])
        connection.execute("DELETE FROM phrase")
        connection.execute("DELETE FROM degree")
        connection.execute("ATTACH ? AS new", (str(written),))
        tables = connection.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall()
        for (table,) in tables:
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        connection.execute("PRAGMA user_version = 1")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.commit()
    sqlite_place.url = f"sqlite:///{old}"
    store = sqlite_place.again()
    assert asked(store) == expected
    assert store.check() == []
    write(store, position("A1", "O1", 4))
    assert value(store) == 4
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(migrations()),)


def test_flows_kept_as_documents_are_moved_to_columns(sqlite_place: Any, tmp_path: Path) -> None:
    store = sqlite_place.fresh()
    noted = flow("2A004", "2A004", 1 / 3, attributes=(("En-tête é", "« œuf »"), ("autre", "1")))
    write(store, *FLOWS, noted)
    write(store, flow("75056", "01001", 99, truncated=True), retracts=[Retract("flows", "F3")])
    expected = [everything(store), told(store.snapshot()), told(store.snapshot(at_revision=1))]
    versions = store.backend.read(lambda reader: list(reader.scan_all("flows")))
    new = path_of(sqlite_place)
    sqlite_place.close()
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        for script in migrations()[:2]:
            connection.executescript(script)
        connection.execute("DELETE FROM phrase")
        connection.execute("DELETE FROM degree")
        connection.execute("ATTACH ? AS new", (str(new),))
        for table in ("revision", "touched", "counter", "record", "phrase", "degree"):
            connection.execute(f"INSERT INTO main.{table} SELECT * FROM new.{table}")
        for v in versions:
            row = (
                "flows",
                v.id,
                v.version,
                v.revision,
                document_text(v.value),
                key_text(TABLES["flows"].key(v.value)),
            )
            if v.closed is None:
                connection.execute(
                    "INSERT INTO record (tab, id, version, revision, document, key) VALUES (?, ?, ?, ?, ?, ?)",
                    row,
                )
            else:
                connection.execute(
                    "INSERT INTO record_history (tab, id, version, revision, document, key, closed) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*row, v.closed),
                )
        connection.execute("PRAGMA user_version = 2")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.commit()
    sqlite_place.url = f"sqlite:///{old}"
    store = sqlite_place.again()
    assert [everything(store), told(store.snapshot()), told(store.snapshot(at_revision=1))] == expected
    assert store.check() == []
    assert store.find("flows", [TABLES["flows"].key(noted)])


def test_a_migration_that_fails_leaves_the_older_file(
    sqlite_place: Any, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [*migrations(), "CREATE TABLE half (a) STRICT_;", "SELECT nothing;"]
    monkeypatch.setattr("graph.stores.sqlite.backend.migrations", lambda: broken)
    with pytest.raises(StoreError):
        sqlite_place.again()
    monkeypatch.undo()
    store = sqlite_place.again()
    assert store.head() == 5
    assert store.check() == []


def test_a_newer_file_is_refused(sqlite_place: Any, written: Path) -> None:
    with closing(sqlite3.connect(written)) as connection:
        connection.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    before = written.read_bytes()
    with pytest.raises(StoreTooNew) as refused:
        sqlite_place.again()
    assert (refused.value.status, refused.value.exit_code) == (503, 2)
    assert written.read_bytes() == before


def test_a_locked_file(sqlite_place: Any, written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.stores.sqlite.backend.BUSY_SECONDS", 0.05)
    store = sqlite_place.again()
    with closing(sqlite3.connect(written, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked):
            write(store, actor("B1"))
        assert value(store) == 1  # readers go on
        other.execute("ROLLBACK")
    assert write(store, actor("B1")).revision == 6


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of a POSIX system")
def test_a_read_only_file_can_be_read_and_not_written(sqlite_place: Any, written: Path) -> None:
    # what permissions do, also to a test run as root: the connection refuses to write
    store = sqlite_place.again()
    opened = store.backend._open

    def read_only() -> sqlite3.Connection:
        connection = opened()
        connection.execute("PRAGMA query_only = ON")
        return connection

    store.backend.close()
    store.backend._open = read_only
    with pytest.raises(StoreReadOnly) as refused:
        write(store, actor("B1"))
    assert refused.value.exit_code == 2
    assert value(store) == 1


def test_no_room_left(sqlite_place: Any, written: Path) -> None:
    store = sqlite_place.again()
    before = everything(store)
    opened = store.backend._open

    def cramped() -> sqlite3.Connection:
        connection = opened()
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()
        return connection

    store.backend.close()
    store.backend._open = cramped
    with pytest.raises(StoreFull):
        write(store, *(actor(f"B{n}", name="x" * 500) for n in range(500)))
    store.backend.close()
    store.backend._open = opened
    assert everything(store) == before


@pytest.mark.parametrize(
    "content", [b"", b"ceci n'est pas une base" * 100, b"SQLite format 3\x00" + b"\x00" * 4096]
)
def test_what_is_not_a_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    if content == b"":
        open_store(f"sqlite:///{path}").close()
        return
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_the_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
        connection.execute("INSERT INTO recipe VALUES ('soupe')")
        connection.commit()
    with pytest.raises(StoreError, match="autre programme"):
        open_store(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema").fetchall()
        assert tables == [("recipe",)]
        assert connection.execute("SELECT * FROM recipe").fetchall() == [("soupe",)]


def test_absent(tmp_path: Path) -> None:
    path = tmp_path / "absent.db"
    with pytest.raises(StoreAbsent) as refused:
        open_store(f"sqlite:///{path}", create=False)
    assert refused.value.exit_code == 2
    assert not path.exists()
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{tmp_path / 'no folder' / 'x.db'}")


@pytest.mark.parametrize("url", ["", "sqlite:", "sqlite:///", "mysql://user:secret@host/x", "store.db"])
def test_an_address_not_understood(url: str) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(url)
    assert "secret" not in refused.value.fr + refused.value.en


def test_a_path_with_spaces_accents_and_percents(tmp_path: Path) -> None:
    path = tmp_path / "ma démarche 100%.db"
    with open_store(f"sqlite:///{str(path).replace('%', '%25')}") as store:
        write(store, actor("A1"))
    assert path.exists()


def test_damage_is_found(sqlite_place: Any, written: Path) -> None:
    with closing(sqlite3.connect(written)) as connection:
        connection.execute("DELETE FROM record WHERE tab = 'objectives' AND id = 'O2'")
        connection.execute("DELETE FROM revision WHERE number = 2")
        connection.commit()
    found = {(finding.code, finding.record) for finding in sqlite_place.again().check()}
    assert found >= {("revision_gap", ""), ("dangling", "P3")}


def test_indexes_set_aside_during_a_large_import_are_back_after_it_or_its_failure(
    sqlite_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.stores.sqlite.backend.LATE_BEYOND", 3)
    store = sqlite_place.fresh()
    path = sqlite_place.url.removeprefix("sqlite:///")

    def indexes() -> set[str]:
        with closing(sqlite3.connect(path)) as connection:
            return {
                row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")
            }

    before = indexes()
    assert {"position_column", "influence_column"} <= before
    with pytest.raises(DanglingReference):
        write(store, *SMALL, position("A9", "O1", 1), expected=9)
    assert indexes() == before
    write(store, *SMALL, expected=9)
    assert indexes() == before
    assert [t.id for t in store.neighbourhood("A1").shared] == ["A2"]
    assert store.check() == []
