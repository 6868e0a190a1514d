"""Records as the rows of a sheet: the reverse of reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from graph.model import TABLES, Fact, FieldSpec, Table
from graph.snapshot import Snapshot
from ingest.escaping import harmless, join_list
from ingest.headers import attribute_header

Value = str | int | float | date | None


def attributes_of(snapshot: Snapshot, table: Table) -> list[str]:
    """Names of the columns the model does not know, in order."""
    return sorted({name for version in snapshot.records(table.name) for name, _ in version.value.attributes})


def headers(table: Table, attributes: list[str]) -> list[str]:
    """The header row: the model's columns, then the pilot's own."""
    return [
        *(spec.fr for spec in table.fields),
        *(harmless(attribute_header(table, name)) for name in attributes),
    ]


def rows(snapshot: Snapshot, table: Table, attributes: list[str]) -> Iterator[list[Value]]:
    """The rows of a table, in order of id or counter."""
    for version in snapshot.records(table.name):
        held = dict(version.value.attributes)
        yield [
            *(cell(version.value, spec) for spec in table.fields),
            *(harmless(held[name]) if name in held else None for name in attributes),
        ]


def cell(value: Fact, spec: FieldSpec) -> Value:
    """One field as a cell: lists joined by ``;``, yes as « oui », texts that no spreadsheet takes for formulas."""
    held = getattr(value, spec.name)
    if held is None or held == () or held is False:
        return None
    if held is True:
        return "oui"
    if spec.many:
        return harmless(join_list(held))
    if isinstance(held, str):
        return harmless(held)
    return held if isinstance(held, int | float | date) else str(held)


def filled(snapshot: Snapshot) -> list[Table]:
    """The tables that hold something, in the order of the sheets."""
    return [table for table in TABLES.values() if snapshot.records(table.name)]
