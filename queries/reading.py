"""What a question reads: the state of its day and revision, and ids of today in the place of old ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast

from graph.snapshot import Snapshot
from graph.stores import Store
from queries.parameters import Value

NAMING = {"project": "projects", "stake": "stakes", "territory": "territories", "actor": "actors"}
"""The parameters that name a record, and its table."""


def read(store: Store, values: Mapping[str, Value], level: str) -> tuple[Snapshot, dict[str, Value]]:
    """The snapshot that dates ask about, and the parameters with old ids led to those of today.

    A commune that was merged, an actor that became another one: its old id still names it.

    Args:
        store: where to read.
        values: resolved parameters.
        level: of the reader, who knows the aliases of what it may see.

    Raises:
        NotFound: no such revision.
    """
    snapshot = store.snapshot(
        as_of=cast("date | None", values.get("as_of")),
        at_revision=cast("int | None", values.get("at_revision")),
        level=level,
    )
    led = {}
    for name, value in values.items():
        table = NAMING.get(name)
        if table is not None and isinstance(value, str):
            value = _led(snapshot, table, value)
        elif table is not None and isinstance(value, tuple):
            value = tuple(dict.fromkeys(_led(snapshot, table, id_) for id_ in value))
        led[name] = value
    return snapshot, led


def _led(snapshot: Snapshot, table: str, id_: str) -> str:
    known = getattr(snapshot, table)
    return id_ if id_ in known else snapshot.alias(table, id_) or id_
