"""What one row does to the record it speaks of: the rules of an import, as pure functions.

A row says only what its cells say. An old workbook never silently reverts what was changed since: a row that says
what an earlier version of its record said is a conflict, and so is, for an export (whose revision is known), a row
changed in the file and in the store.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from graph.model import Fact, Table
from graph.versions import Version
from ingest.cells import Said
from ingest.mapping import Draft

Action = Literal["same", "create", "change", "retract", "conflict"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a row does.

    Attributes:
        action: create, change, retract, leave the same, or ask (conflict: the store is kept unless chosen).
        value: what the record would say; ``None`` for a retraction.
        old: the believed version it is based on; ``None`` when there is none.
        record: id to name in a conflict.
    """

    action: Action
    value: Fact | None = None
    old: Version | None = None
    record: str = ""


class Incomplete(Exception):
    """A record that would lack required fields; ``fields`` names them."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(*fields)
        self.fields = fields


def applied(table: Table, draft: Draft, onto: Fact | None) -> Fact:
    """The record once a row is applied: what the row does not say stays as it is.

    Raises:
        Incomplete: a required field would be empty.
    """
    values = dict(draft.given)
    for name in [name for name, value in values.items() if value is Said.CLEAR]:
        spec = table.field[name]
        if spec.required:
            raise Incomplete(lacking(table, draft, onto))
        values[name] = (
            "pilotes" if name == "visibility" else () if spec.many else False if value_flag(spec) else None
        )
    if draft.attributes:
        kept = dict(onto.attributes) if onto is not None else {}
        for header, text in draft.attributes.items():
            if text is None:
                kept.pop(header, None)
            else:
                kept[header] = text
        values["attributes"] = tuple(sorted(kept.items()))
    if onto is not None:
        return dataclasses.replace(onto, **values)
    if not table.required <= values.keys():
        raise Incomplete(lacking(table, draft, onto))
    return table.model(**values)


def lacking(table: Table, draft: Draft, onto: Fact | None) -> tuple[str, ...]:
    """Required fields that a record would lack once a row is applied: cleared, or said nowhere."""
    return tuple(
        spec.name
        for spec in table.fields
        if spec.required
        and (
            draft.given[spec.name] is Said.CLEAR
            if spec.name in draft.given
            else onto is None and spec.name not in draft.wrong
        )
    )


def value_flag(spec: Any) -> bool:
    """Whether a field is yes or no."""
    return bool(spec.kind.value == "flag")


def untouched(table: Table, draft: Draft, version: Version) -> bool:
    """Whether a row says nothing else than a version of its record."""
    try:
        return applied(table, draft, version.value) == version.value
    except Incomplete:
        return False


def decide(
    table: Table,
    draft: Draft,
    old: Version | None,
    past: Sequence[Version],
    base_revision: int | None,
    chosen: Literal["file", "store"] | None,
) -> Decision:
    """What a row does to the record of its key.

    Args:
        table: the table.
        draft: the row.
        old: the believed version of that key.
        past: earlier versions of that key, retracted ones included, in any order.
        base_revision: the revision an export shows; ``None`` for a workbook of another origin.
        chosen: the pilot's answer, should it be a conflict.

    Raises:
        Incomplete: a record would lack a required field.
    """
    if draft.retract:
        return _retraction(old, base_revision, chosen)
    if old is None and base_revision is not None:
        gone = at(past, base_revision)
        if gone is not None:
            if untouched(table, draft, gone):
                return Decision("same", record=gone.id)
            return _conflict(applied(table, draft, gone.value), None, gone.id, chosen)
    if old is None:
        said = next((v for v in past if untouched(table, draft, v)), None) if base_revision is None else None
        value = applied(table, draft, None)
        return Decision("create", value) if said is None else _conflict(value, None, said.id, chosen)
    if _repeats(draft, old.value):
        return Decision("same", old.value, old, old.id)
    value = applied(table, draft, old.value)
    if value == old.value:
        return Decision("same", value, old, old.id)
    if draft.renamed:
        return _conflict(value, old, old.id, chosen)
    if base_revision is not None:
        if old.revision <= base_revision:
            return Decision("change", value, old, old.id)
        then = at(past, base_revision)
        if then is not None and untouched(table, draft, then):
            return Decision("same", value, old, old.id)
        return _conflict(value, old, old.id, chosen)
    if any(untouched(table, draft, version) for version in past):
        return _conflict(value, old, old.id, chosen)
    return Decision("change", value, old, old.id)


def _repeats(draft: Draft, value: Fact) -> bool:
    """Whether every cell of a row says what the record says, as in a file imported again; no record is made to tell."""
    return not draft.attributes and all(getattr(value, name) == held for name, held in draft.given.items())


def at(versions: Sequence[Version], revision: int) -> Version | None:
    """The version believed at a revision, among closed ones."""
    return next(
        (v for v in versions if v.revision <= revision and v.closed is not None and v.closed > revision), None
    )


def _conflict(
    value: Fact | None, old: Version | None, record: str, chosen: Literal["file", "store"] | None
) -> Decision:
    if chosen == "file":
        return Decision(
            "create" if old is None else "change" if value is not None else "retract", value, old, record
        )
    return Decision("same" if chosen == "store" else "conflict", value, old, record)


def _retraction(
    old: Version | None, base_revision: int | None, chosen: Literal["file", "store"] | None
) -> Decision:
    if old is None:
        return Decision("same")
    if base_revision is not None and old.revision > base_revision:
        return _conflict(None, old, old.id, chosen)
    return Decision("retract", None, old, old.id)


def current(statements: Sequence[Version], day: date) -> Version | None:
    """A rater's current statement at a day: the greatest date not after it, nothing once it has ended."""
    begun = [v for v in statements if _from(v) <= day]
    latest = max(begun, key=_from, default=None)
    if latest is None:
        return None
    ended = getattr(latest.value, "valid_to", None)
    return None if ended is not None and ended <= day else latest


def undated(
    table: Table,
    draft: Draft,
    statements: Sequence[Version],
    past: Sequence[Version],
    day: date,
    chosen: Literal["file", "store"] | None,
) -> Decision:
    """What a row without a date does to its rater's statements about one thing.

    The value of the current statement: nothing new (its other cells may complete that statement). The value of an
    earlier statement, superseded or taken back since: a conflict. Any other value: a new statement at ``day``.

    Args:
        table: positions or influences.
        draft: the row.
        statements: believed statements of this rater about this pair.
        past: closed versions of this rater's statements about this pair.
        day: the date of a new statement.
        chosen: the pilot's answer, should it be a conflict.

    Raises:
        Incomplete: there is no value and no current statement to complete.
    """
    now = current(statements, day)
    if draft.retract:
        return Decision("same") if now is None else Decision("retract", None, now, now.id)
    value = draft.given.get("value")
    if now is not None and (value is None or value == _value(now)):
        earlier = [v for v in past if _from(v) == _from(now)]
        return decide(table, draft, now, earlier, None, chosen)
    dated = dataclasses.replace(draft, given={**draft.given, "valid_from": day})
    same_day = next((v for v in statements if _from(v) == day), None)
    new = applied(table, dated, None if same_day is None else same_day.value)
    said_before = [v for v in statements if v is not now and _from(v) <= day] + list(past)
    if any(_value(v) == value for v in said_before):
        record = now.id if now is not None else next(v.id for v in said_before if _value(v) == value)
        answer = _conflict(new, same_day, record, chosen)
        return answer if answer.action != "conflict" else Decision("conflict", new, now, record)
    if draft.renamed and now is not None:
        answer = _conflict(new, same_day, now.id, chosen)
        return answer if answer.action != "conflict" else Decision("conflict", new, now, now.id)
    return Decision(
        "create" if same_day is None else "change", new, same_day, "" if same_day is None else same_day.id
    )


def _from(version: Version) -> date:
    begun: date = getattr(version.value, "valid_from")  # noqa: B009 - only statements come here
    return begun


def _value(version: Version) -> object:
    return getattr(version.value, "value")  # noqa: B009 - only statements come here
