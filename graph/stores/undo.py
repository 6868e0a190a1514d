"""Undoing a revision: every record it touched comes back, as a new revision, or none does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.errors import NotFound, UndoRefused
from graph.ids import record_id
from graph.model import TABLES, WRITE_ORDER
from graph.stores.backend import COLUMNAR, Reader, Revision, Version
from graph.stores.commit import CHUNK, Commit, chunks
from graph.stores.references import ends

COLUMNS_BEYOND = 5_000
"""Of a revision that touched more records, the tables that grow to millions are looked at as columns."""


@dataclass(frozen=True)
class _Numbered:
    """Ids of records from their counters, made one at a time."""

    letter: str
    counters: NDArray[np.int64]

    def __iter__(self) -> Iterator[str]:
        return (record_id(self.letter, counter) for counter in self.counters.tolist())


@dataclass(frozen=True)
class _Trace:
    """What a revision did to a table: ids it created, those it changed or retracted, those touched since."""

    created: Iterable[str]
    changed: Iterable[str]
    since: Iterable[str]


def undo(commit: Commit, number: int) -> None:
    """Restore what revision ``number`` touched.

    Raises:
        NotFound: no such revision.
        UndoRefused: it erased data, or what it touched was changed, stated again or left without an end since;
            the records at fault are listed.
        DependentsExist: it created an entity that later relations need.
    """
    writing = commit.writing
    revision = writing.revision(number)
    if revision is None:
        raise NotFound(f"La révision {number} n'existe pas.", f"There is no revision {number}.")
    if revision.erased is not None:
        raise UndoRefused(
            f"La révision {number} est un effacement : il est définitif.",
            f"Revision {number} is an erasure: it is final.",
        )
    traces = _traces(writing, revision)
    since = [f"{table}:{id_}" for table, trace in traces.items() for id_ in trace.since]
    if since:
        raise _refused(number, since)
    for name in reversed(WRITE_ORDER):
        if name in traces:
            _close(commit, name, traces[name].created)
    pointed_at: set[tuple[str, str]] = set()
    for name in WRITE_ORDER:
        if name in traces:
            pointed_at |= _restore(commit, name, traces[name].changed, number)
    lost = [f"{table}:{id_}" for table, id_ in sorted(pointed_at) if id_ not in commit.known.ids(table)]
    if lost:
        raise _refused(number, lost)
    commit.check_whole()


def _refused(number: int, since: list[str]) -> UndoRefused:
    shown = ", ".join(since[:20]) + (f" et {len(since) - 20} autres" if len(since) > 20 else "")
    return UndoRefused(
        f"Impossible d'annuler la révision {number} : {shown} ont changé depuis.",
        f"Revision {number} cannot be undone: {shown} changed since.",
        since,
    )


def _close(commit: Commit, name: str, created: Iterable[str]) -> None:
    """Retract what the revision created."""
    for some in chunks(created, CHUNK):
        commit.writing.close(name, some)
        commit.count(name).retract += len(some)
        if TABLES[name].entity:
            commit.gone(name, some)
    commit.known.forget(name)


def _restore(commit: Commit, name: str, changed: Iterable[str], number: int) -> set[tuple[str, str]]:
    """Bring back what the revision changed or retracted, and say what it points to, as (table, id).

    Raises:
        UndoRefused: the same was stated again since, as other records.
    """
    table = TABLES[name]
    pointed_at: set[tuple[str, str]] = set()
    for some in chunks(changed, CHUNK):
        restored: dict[str, Version] = {}
        for id_, history in commit.writing.histories(name, some).items():
            before = _before(history, number)
            if before is not None:
                restored[id_] = Version(id_, history[-1].version + 1, commit.number, before.value)
        if not restored:
            continue
        keys = [table.key(version.value) for version in restored.values()]
        taken = {v.id for v in commit.writing.by_key(name, keys).values()} - restored.keys()
        if taken:
            raise _refused(number, [f"{name}:{id_}" for id_ in sorted(taken)])
        commit.writing.put(name, list(restored.values()))
        commit.count(name).change += len(restored)
        values = [version.value for version in restored.values()]
        commit.pend(table, values)
        pointed_at.update((str(spec.ref), id_) for value in values for spec, id_ in ends(table, value))
    commit.known.forget(name)
    return pointed_at


def _before(history: list[Version], number: int) -> Version | None:
    """What was believed of a record until the revision; ``None`` when it created it, or it was erased since."""
    return next((v for v in history if v.closed == number and v.revision < number), None)


def _traces(reader: Reader, revision: Revision) -> dict[str, _Trace]:
    """By table, what a revision touched."""
    number, many = revision.number, revision.touched > COLUMNS_BEYOND
    by_table: dict[str, list[str]] = {}
    for table, record in reader.touched(number, columnar=not many):
        by_table.setdefault(table, []).append(record)
    found = {table: _trace_of(reader, table, ids, number) for table, ids in by_table.items()}
    for table in COLUMNAR if many else ():
        found[table] = _trace_in_columns(reader, table, number)
    return found


def _trace_of(reader: Reader, table: str, ids: list[str], number: int) -> _Trace:
    created: list[str] = []
    changed: list[str] = []
    since: list[str] = []
    for some in chunks(ids, CHUNK):
        for id_, history in reader.histories(table, some).items():
            (created if _before(history, number) is None else changed).append(id_)
            if _touched_since(history, number):
                since.append(id_)
    return _Trace(created, changed, since)


def _trace_in_columns(reader: Reader, table: str, number: int) -> _Trace:
    counter, written, closed = reader.written_since(table, number).T
    touched = np.unique(counter[(written == number) | (closed == number)])
    changed = np.unique(counter[(closed == number) & (written < number)])
    since = np.intersect1d(touched, counter[(written > number) | (closed > number)])
    letter = TABLES[table].letter
    created = np.setdiff1d(touched, changed, assume_unique=True)
    return _Trace(*(_Numbered(letter, some) for some in (created, changed, since)))


def _touched_since(history: list[Version], number: int) -> bool:
    return any(v.revision > number or (v.closed is not None and v.closed > number) for v in history)
