"""The dry run as clients read it (the contract of ``/imports`` and of ``agencements import --json``)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Counts(_Part):
    """How many records of a table would be created, changed (or taken back), left the same, or are in conflict."""

    create: int = 0
    change: int = 0
    same: int = 0
    conflict: int = 0


class Change(_Part):
    """What one row would do to one record.

    ``before`` and ``after`` hold the fields that differ (all of them for a creation); a conflict is answered by
    ``conflict:RECORD=file|store``.
    """

    action: Literal["create", "change", "retract", "conflict"]
    table: str
    file: str
    sheet: str
    row: int
    record: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Error(_Part):
    """One thing wrong, with its place; ``row`` is null when the whole sheet is at fault."""

    file: str
    sheet: str
    row: int | None
    column: str
    value: str
    code: str
    expected: str
    message: str


class Duplicate(_Part):
    """A new actor that may be a known one; answered by ``merge:SHEET:ROW=CANDIDATE``."""

    file: str
    sheet: str
    row: int
    candidate: str
    because: str


class Choice(_Part):
    """An answer without which nothing can be written."""

    key: str
    values: list[str]


class NoteText(_Part):
    """Something accepted as it came, said so that nobody is surprised."""

    code: str
    text: str


class Totals(_Part):
    """Exact totals: the lists keep at most 1,000 items each."""

    changes: int
    errors: int
    duplicates: int


class DryRun(_Part):
    """The document of an import before it is applied."""

    id: str
    base_revision: int
    status: Literal["ready", "choices", "blocked"]
    counts: dict[str, Counts]
    changes: list[Change]
    errors: list[Error]
    duplicates: list[Duplicate]
    choices: list[Choice]
    notes: list[NoteText]
    totals: Totals
