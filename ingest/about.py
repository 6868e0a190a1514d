"""What record a row speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.model import Table
from graph.versions import Version
from ingest.decide import Decision, Incomplete, applied, untouched
from ingest.issues import Issue
from ingest.mapping import Draft

About = tuple[str, str, str | None]
"""Row id, column id and rater of a statement."""


def key_of(table: Table, draft: Draft) -> tuple[Any, ...]:
    """Natural key of the record a row speaks of."""
    return tuple(map(draft.given.get, table.key_fields))


def aside(table: Table, draft: Draft, old: Version) -> Decision:
    """A row whose record another row of the file already speaks of, since a merge: the store is kept."""
    if untouched(table, draft, old):
        return Decision("same", old.value, old, old.id)
    try:
        value = applied(table, draft, old.value)
    except Incomplete:
        value = old.value
    return Decision("conflict", value, old, old.id)


def about(table: Table, draft: Draft) -> About:
    """Row id, column id and rater of a statement's row."""
    first, second = table.key_fields[:2]
    return draft.given[first], draft.given[second], draft.given.get("rater")


def by_rater(
    table: Table, believed: Sequence[Version], past: Sequence[Version]
) -> dict[About, tuple[list[Version], list[Version]]]:
    """Statements by what they are about and who judged."""
    first, second = table.key_fields[:2]
    found: dict[About, tuple[list[Version], list[Version]]] = {}
    for place, versions in enumerate((believed, past)):
        for version in versions:
            value: Any = version.value
            key = (getattr(value, first), getattr(value, second), value.rater)
            found.setdefault(key, ([], []))[place].append(version)
    return found


def missing(draft: Draft, name: str) -> Issue:
    """The error for a required cell that is empty."""
    spec = draft.origin.table.field[name]
    return draft.issue(
        "missing_value",
        "cellule obligatoire vide : remplissez-la, ou supprimez la ligne.",
        "required cell is empty: fill it, or delete the row.",
        spec,
        "",
        ("une valeur", "a value"),
    )
