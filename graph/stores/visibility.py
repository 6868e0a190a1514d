"""What a reader below pilot may see: a hidden record is absent, hence unknown.

The effective visibility of a record is the strictest of its own and of its ends', judged by what is believed today,
whatever revision is read. An old id is as visible as what it leads to, and a pilot's term as its own record says. A
natural person never enters a public result. Source, comment, rater and author are for pilots.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from graph.model import TABLES, Actor, Fact, Kind, Table
from graph.stores.backend import Version
from graph.stores.references import pointing
from graph.vocabulary import VISIBILITIES

PILOTS = "pilotes"


def rank(visibility: str) -> int:
    """Place of a visibility, 0 public, 1 partners, 2 pilots; an unknown text is as strict as pilots."""
    return VISIBILITIES.index(visibility) if visibility in VISIBILITIES else len(VISIBILITIES) - 1


def shows(value: Fact, level: str) -> bool:
    """Whether a record's own visibility lets a reader of this level see it."""
    if level == "public" and isinstance(value, Actor) and value.person:
        return False
    return rank(value.visibility) <= rank(level)


def open_to(version: Version, level: str, today: Mapping[str, Version]) -> bool:
    """Whether a record may be seen, by what is believed today about it.

    Args:
        version: the version read, perhaps an old one.
        level: the reader's.
        today: believed versions of the table by id; a record no longer believed is for pilots only.
    """
    now = today.get(version.id)
    return now is not None and shows(version.value, level) and shows(now.value, level)


def redacted(table: Table, value: Fact, visible: Mapping[str, frozenset[str]]) -> Fact | None:
    """The record as a reader below pilot sees it; ``None`` when one of its ends is hidden.

    Args:
        table: its table.
        value: the record.
        visible: by entity table, the ids the reader may see.
    """
    changes: dict[str, Any] = {}
    for spec in pointing(table):
        held = getattr(value, spec.name)
        seen = visible[str(spec.ref)]
        if held is None or (not spec.many and held in seen):
            continue
        if spec.many:
            kept = tuple(id_ for id_ in held if id_ in seen)
            if kept != held:
                changes[spec.name] = kept
        elif spec.end:
            return None
        else:
            changes[spec.name] = None
    for spec in table.fields:
        if spec.pilots and getattr(value, spec.name) is not None:
            changes[spec.name] = None
    if value.attributes:
        changes["attributes"] = ()
    return dataclasses.replace(value, **changes) if changes else value


def reader_tables() -> tuple[Table, ...]:
    """Entity tables in an order where a table's ends come before it."""
    entities = [table for table in TABLES.values() if table.entity]
    order: list[Table] = []
    while entities:
        for table in list(entities):
            needs = {s.ref for s in pointing(table) if s.end and s.kind is Kind.REF and s.ref != table.name}
            if needs <= {t.name for t in order}:
                order.append(table)
                entities.remove(table)
    return tuple(order)
