"""Merging two actors into one, as one revision that can be undone."""

from __future__ import annotations

import dataclasses
from typing import Any

from graph.errors import InvalidValue, NotFound
from graph.model import TABLES, Alias, Table
from graph.stores.backend import Version
from graph.stores.commit import Commit
from graph.stores.references import pointing, redirected


def merge_actors(commit: Commit, keep: str, gone: str) -> list[str]:
    """Point everything about ``gone`` to ``keep``; the old id becomes an alias.

    Where both hold a record with the same key (say, a position on the same objective by the same rater on
    the same day), the one of ``keep`` stays and the other is retracted; an influence of one on the other has
    no sense any more and is retracted too.

    Args:
        commit: the revision being written.
        keep: id of the actor that stays.
        gone: id of the actor that becomes an alias.

    Returns:
        ``table:id`` of the records that were retracted without a successor.

    Raises:
        NotFound: one of the actors does not exist.
        InvalidValue: both are the same.
    """
    writing = commit.writing
    found = writing.by_id("actors", [keep, gone])
    for id_ in (keep, gone):
        if id_ not in found:
            raise NotFound(f"acteurs : « {id_} » n'existe pas.", f"actors: '{id_}' does not exist.")
    if keep == gone:
        raise InvalidValue(
            f"acteurs : « {keep} » ne peut être fusionné avec lui-même.",
            f"actors: '{keep}' cannot be merged with itself.",
        )
    dropped: list[str] = []
    for table in TABLES.values():
        if table.name != "actors" and any(spec.ref == "actors" for spec in pointing(table)):
            dropped += _repoint(commit, table, keep, gone)
    writing.close("actors", [gone])
    commit.count("actors").retract += 1
    commit.known.forget("actors")
    _add_alias(commit, keep, gone)
    return dropped


def _concerned(commit: Commit, table: Table, gone: str) -> list[Version]:
    writing = commit.writing
    if not table.statement:
        return [
            v for v in writing.scan(table.name) if redirected(table, v.value, "actors", {gone: ""}) != v.value
        ]
    raw = writing.statements(table.name)
    row, col, rater = raw.statements.row, raw.statements.col, raw.statements.rater
    wanted = row == -1
    ends = [(row, raw.row_ids)]
    if table.name == "influences":
        ends.append((col, raw.col_ids))
    for places, ids in [*ends, (rater, raw.raters)]:
        for place, id_ in enumerate(ids):
            if id_ == gone:
                wanted |= places == place
    pairs = sorted({(raw.row_ids[r], raw.col_ids[c]) for r, c in zip(row[wanted], col[wanted], strict=True)})
    return [
        v
        for v in writing.statements_of(table.name, pairs)
        if redirected(table, v.value, "actors", {gone: ""}) != v.value or _rater(v.value) == gone
    ]


def _rater(value: Any) -> str | None:
    return getattr(value, "rater", None)


def _repoint(commit: Commit, table: Table, keep: str, gone: str) -> list[str]:
    writing = commit.writing
    dropped: list[str] = []
    count = commit.count(table.name)
    versions = sorted(_concerned(commit, table, gone), key=lambda v: (len(v.id), v.id))
    moved: list[tuple[Version, Any]] = []
    for version in versions:
        value: Any = redirected(table, version.value, "actors", {gone: keep})
        if _rater(value) == gone:
            value = dataclasses.replace(value, rater=keep)
        moved.append((version, value))
    same_key = [(v, value) for v, value in moved if table.key(value) == table.key(v.value)]
    other_key = [(v, value) for v, value in moved if table.key(value) != table.key(v.value)]
    if same_key:
        writing.put(table.name, [Version(v.id, v.version + 1, commit.number, value) for v, value in same_key])
        count.change += len(same_key)
    if not other_key:
        return dropped
    writing.close(table.name, [v.id for v, _ in other_key])
    count.retract += len(other_key)
    taken = set(writing.by_key(table.name, [table.key(value) for _, value in other_key]))
    counter = writing.last_counter(table.name)
    fresh: list[Version] = []
    for version, value in other_key:
        key = table.key(value)
        if key in taken or (table.name == "influences" and value.source_actor == value.target_actor):
            dropped.append(f"{table.name}:{version.id}")
            continue
        taken.add(key)
        counter += 1
        fresh.append(Version(table.record_id(value, counter), 1, commit.number, value))
    if fresh:
        writing.put(table.name, fresh)
        count.create += len(fresh)
    return dropped


def _add_alias(commit: Commit, keep: str, gone: str) -> None:
    writing, table = commit.writing, TABLES["aliases"]
    chained = [
        Version(v.id, v.version + 1, commit.number, dataclasses.replace(v.value, id=keep))
        for v in writing.scan("aliases")
        if isinstance(v.value, Alias) and v.value.table == "actors" and v.value.id == gone
    ]
    alias = Alias(table="actors", old=gone, id=keep, since=commit.today)
    counter = writing.last_counter("aliases") + 1
    writing.put("aliases", [*chained, Version(table.record_id(alias, counter), 1, commit.number, alias)])
    count = commit.count("aliases")
    count.change += len(chained)
    count.create += 1
