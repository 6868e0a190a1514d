"""Undoing a revision: every record it touched comes back, as a new revision, or none does."""

from __future__ import annotations

from collections.abc import Iterator

from graph.errors import NotFound, UndoRefused
from graph.model import TABLES, WRITE_ORDER
from graph.stores.backend import Reader, Version
from graph.stores.commit import CHUNK, Commit, chunks

SCANNED_BEYOND = 5_000
"""Above this many records of a table, their histories are read in one scan instead of one by one."""


def undo(commit: Commit, number: int) -> None:
    """Restore what revision ``number`` touched.

    Raises:
        NotFound: no such revision.
        UndoRefused: it erased data, or records it touched were changed since; they are listed.
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
    by_table: dict[str, list[str]] = {}
    for table, record in writing.touched(number):
        by_table.setdefault(table, []).append(record)
    since = [
        f"{table}:{id_}"
        for table, ids in by_table.items()
        for id_, history in _histories(writing, table, ids)
        if _touched_since(history, number)
    ]
    if since:
        shown = ", ".join(since[:20]) + (f" et {len(since) - 20} autres" if len(since) > 20 else "")
        raise UndoRefused(
            f"Impossible d'annuler la révision {number} : {shown} ont changé depuis.",
            f"Revision {number} cannot be undone: {shown} changed since.",
            since,
        )
    for name in reversed(WRITE_ORDER):
        if name in by_table:
            _restore(commit, name, by_table[name], number, closing=True)
    for name in WRITE_ORDER:
        if name in by_table:
            _restore(commit, name, by_table[name], number, closing=False)
    commit.check_whole()


def _restore(commit: Commit, name: str, ids: list[str], number: int, *, closing: bool) -> None:
    table = TABLES[name]
    count = commit.count(name)
    for some in chunks(_histories(commit.writing, name, ids), CHUNK):
        closed: list[str] = []
        restored: list[Version] = []
        for id_, history in some:
            if not history:  # erased since
                continue
            before = next((v for v in history if v.closed == number), None)
            if before is None:
                closed.append(id_)
            else:
                latest = max(v.version for v in history)
                restored.append(Version(id_, latest + 1, commit.number, before.value))
        if closing and closed:
            commit.writing.close(name, closed)
            count.retract += len(closed)
            if table.entity:
                commit.gone(name, closed)
        if not closing and restored:
            commit.writing.put(name, restored)
            count.change += len(restored)
            commit.pend(table, [version.value for version in restored])
    commit.known.forget(name)


def _histories(reader: Reader, table: str, ids: list[str]) -> Iterator[tuple[str, list[Version]]]:
    if len(ids) <= SCANNED_BEYOND:
        for id_ in ids:
            yield id_, reader.history(table, id_)
        return
    wanted: dict[str, list[Version]] = {id_: [] for id_ in ids}
    for version in reader.scan_all(table):
        if version.id in wanted:
            wanted[version.id].append(version)
    yield from wanted.items()


def _touched_since(history: list[Version], number: int) -> bool:
    return any(v.revision > number or (v.closed is not None and v.closed > number) for v in history)
