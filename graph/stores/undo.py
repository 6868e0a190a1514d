"""Undoing a revision: every record it touched comes back, as a new revision, or none does."""

from __future__ import annotations

from collections.abc import Iterator

from graph.errors import NotFound, UndoRefused
from graph.model import TABLES, WRITE_ORDER
from graph.stores.backend import Reader, Version
from graph.stores.commit import CHUNK, Commit, chunks
from graph.stores.references import ends

SCANNED_BEYOND = 5_000
"""Above this many records of a table, their histories are read in one scan instead of one by one."""


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
        raise _refused(number, since)
    for name in reversed(WRITE_ORDER):
        if name in by_table:
            _close(commit, name, by_table[name], number)
    pointed_at: set[tuple[str, str]] = set()
    for name in WRITE_ORDER:
        if name in by_table:
            pointed_at |= _restore(commit, name, by_table[name], number)
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


def _close(commit: Commit, name: str, ids: list[str], number: int) -> None:
    """Retract what the revision created."""
    for some in chunks(_histories(commit.writing, name, ids), CHUNK):
        closed = [id_ for id_, history in some if history and _before(history, number) is None]
        if closed:
            commit.writing.close(name, closed)
            commit.count(name).retract += len(closed)
            if TABLES[name].entity:
                commit.gone(name, closed)
    commit.known.forget(name)


def _restore(commit: Commit, name: str, ids: list[str], number: int) -> set[tuple[str, str]]:
    """Bring back what the revision changed or retracted, and say what it points to, as (table, id).

    Raises:
        UndoRefused: the same was stated again since, as other records.
    """
    table = TABLES[name]
    pointed_at: set[tuple[str, str]] = set()
    for some in chunks(_histories(commit.writing, name, ids), CHUNK):
        restored: dict[str, Version] = {}
        for id_, history in some:
            before = _before(history, number)
            if before is not None:
                latest = max(v.version for v in history)
                restored[id_] = Version(id_, latest + 1, commit.number, before.value)
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
