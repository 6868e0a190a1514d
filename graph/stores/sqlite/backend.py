"""The embedded store: one SQLite file, no server."""

from __future__ import annotations

import importlib.resources
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from graph.errors import StoreError
from graph.stores.backend import Finding, Reader, Writing
from graph.stores.sqlite.faults import absent, too_new, translated
from graph.stores.sqlite.reading import SqliteReader
from graph.stores.sqlite.writing import SqliteWriting

T = TypeVar("T")

BUSY_SECONDS = 10.0
"""How long a write waits for another program's before it is refused."""

LATE_BEYOND = 100_000
"""Records beyond which an index is better made at the end, in one sort, than row by row."""

APPLICATION_ID = 0x41474E43
"""Marks the file as ours ("AGNC"), so that another program's database is not written into."""


def migrations() -> list[str]:
    """The numbered migrations, in order, as SQL."""
    folder = importlib.resources.files("graph.stores.sqlite") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(folder / name).read_text(encoding="utf-8") for name in names]


class SqliteBackend:
    """Storage in one file (see :class:`graph.stores.backend.Backend`).

    Write-ahead logging lets readers go on while a revision is written; ``synchronous=FULL`` makes a committed
    revision survive a crash; ``secure_delete`` overwrites what an erasure frees.

    Args:
        path: the file.
        create: create it when it does not exist.

    Raises:
        StoreAbsent: it does not exist and may not be created.
        StoreTooNew: a newer version wrote it.
        StoreError: it cannot be opened, or is something else.
    """

    def __init__(self, path: str, *, create: bool) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._idle_lock = threading.Lock()
        self._write_lock = threading.Lock()
        if not create and not os.path.exists(path):
            raise absent(path)
        with translated(path), self._connection() as connection:
            self._migrate(connection)

    @property
    def address(self) -> str:
        """See the protocol."""
        return f"sqlite:///{self._path}"

    def read(self, work: Callable[[Reader], T]) -> T:
        """See the protocol."""
        with translated(self._path), self._connection() as connection:
            connection.execute("BEGIN")
            try:
                return work(SqliteReader(connection))
            finally:
                connection.execute("ROLLBACK")

    def write(self, work: Callable[[Writing], T], *, expected: int = 0) -> T:
        """See the protocol; the transaction grows on disk, so that any size is all or nothing."""
        with self._write_lock, translated(self._path), self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                late = _set_aside(connection, expected)
                result = work(SqliteWriting(connection))
                for sql in late:
                    connection.execute(sql)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return result

    def forget(self) -> list[tuple[str, str]]:
        """See the protocol: empties the write-ahead log, where erased text would otherwise stay."""
        with translated(self._path), self._connection() as connection:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        said = [
            (
                "Effacez aussi la personne des sauvegardes et des exports faits auparavant.",
                "Erase the person from earlier backups and exports too.",
            )
        ]
        if busy:
            said.append(
                (
                    "Un autre programme lisait la base : fermez-le puis relancez « agencements check ».",
                    "Another program was reading the database: close it, then run 'agencements check' again.",
                )
            )
        return said

    def check(self) -> Iterable[Finding]:
        """See the protocol."""
        with translated(self._path), self._connection() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        for (text,) in rows:
            if text != "ok":
                yield Finding("integrity", "", f"SQLite : {text}", f"SQLite: {text}")
        for table, *_rest in broken:
            yield Finding(
                "foreign_key",
                "",
                f"SQLite : une ligne de {table} renvoie à rien.",
                f"SQLite: a row of {table} points to nothing.",
            )

    def close(self) -> None:
        """See the protocol."""
        with self._idle_lock:
            while self._idle:
                self._idle.pop().close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._idle_lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._open()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        with self._idle_lock:
            self._idle.append(connection)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as fault:
            # a read-only file can still be read as it stands; anything else is said
            if getattr(fault, "sqlite_errorcode", 0) & 0xFF not in (
                sqlite3.SQLITE_READONLY,
                sqlite3.SQLITE_CANTOPEN,
            ):
                connection.close()
                raise
        except BaseException:
            connection.close()
            raise
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA cache_size = -65536")
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        scripts = migrations()
        found = self._version(connection)
        if found > len(scripts):
            raise too_new(self._path, found, len(scripts))
        if found == len(scripts):
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            for number in range(self._version(connection), len(scripts)):
                for statement in _statements(scripts[number]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _version(self, connection: sqlite3.Connection) -> int:
        found = int(connection.execute("PRAGMA user_version").fetchone()[0])
        mark = int(connection.execute("PRAGMA application_id").fetchone()[0])
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if tables and mark != APPLICATION_ID:
            raise StoreError(
                f"« {self._path} » est la base d'un autre programme : choisissez un autre fichier.",
                f"'{self._path}' is another program's database: choose another file.",
            )
        return found


def _set_aside(connection: sqlite3.Connection, expected: int) -> list[str]:
    """Drop, in a write that will more than double them, the indexes that only reading uses; what makes them again."""
    if expected < LATE_BEYOND:
        return []
    late = []
    for table in ("position", "influence", "flow"):
        (held,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        name = f"{table}_column"
        found = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
        if held < expected and found is not None:
            connection.execute(f"DROP INDEX {name}")
            late.append(str(found[0]))
    return late


def _statements(script: str) -> Iterator[str]:
    held = ""
    for line in script.splitlines(keepends=True):
        held += line
        if sqlite3.complete_statement(held):
            yield held
            held = ""
