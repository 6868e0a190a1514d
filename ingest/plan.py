"""The dry run of a file against a store, and its application as one revision or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from graph.errors import InvalidValue
from graph.model import TABLES, Fact, Table, to_document
from graph.plurals import agreed
from graph.stores import Changes, NewFlows, Outcome, Put, Retract, Store
from ingest import document
from ingest.decide import Decision
from ingest.issues import LISTED, Report
from ingest.mapping import Draft

Status = Literal["ready", "choices", "blocked"]


@dataclass(frozen=True)
class Twin:
    """A new actor of the file that may be a known one."""

    file: str
    sheet: str
    row: int
    candidate: str
    because_fr: str
    because_en: str


@dataclass
class Tally:
    """How many records of a table; a record taken back counts as changed."""

    create: int = 0
    change: int = 0
    same: int = 0
    conflict: int = 0


@dataclass
class Plan:
    """What a file would do to a store.

    Attributes:
        name: name of the file.
        file_hash: SHA-256 of its content.
        base_revision: head of the store when it was read.
        report: errors and notes.
        counts: by table.
        changes: the first :data:`LISTED` changes and conflicts.
        changes_total: how many there are.
        twins: near-duplicates of actors.
        needed: choices without which nothing can be written, with their values.
        puts: by table, the records to write.
        retracts: the records to take back.
        flows: new flows of files of flows, to be written in bulk.
    """

    name: str
    file_hash: str
    base_revision: int
    report: Report = field(default_factory=Report)
    counts: dict[str, Tally] = field(default_factory=dict)
    changes: list[document.Change] = field(default_factory=list)
    changes_total: int = 0
    twins: list[Twin] = field(default_factory=list)
    needed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    puts: dict[str, list[Put]] = field(default_factory=dict)
    retracts: list[Retract] = field(default_factory=list)
    flows: list[NewFlows] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """``blocked`` when something is wrong, ``choices`` when an answer is needed, else ``ready``."""
        if self.report.total:
            return "blocked"
        return "choices" if self.needed else "ready"

    def record(self, table: Table, draft: Draft, decision: Decision) -> None:
        """Count what a row does, list it, and keep what is to be written."""
        tally = self.counts.get(table.name)
        if tally is None:
            tally = self.counts[table.name] = Tally()
        action = decision.action
        if action == "same":
            tally.same += 1
            return
        old, value = decision.old, decision.value
        if action == "conflict":
            tally.conflict += 1
        elif action == "create":
            tally.create += 1
        else:
            tally.change += 1
        if action == "retract" and old is not None:
            self.retracts.append(Retract(table.name, old.id, old.version))
        elif action in ("create", "change") and value is not None:
            self.puts.setdefault(table.name, []).append(Put(value, 0 if old is None else old.version))
        self.changes_total += 1
        if len(self.changes) < LISTED:
            self.show(table, draft, decision)

    def show(self, table: Table, draft: Draft, decision: Decision) -> None:
        """List a change that is counted elsewhere."""
        self.changes.append(_change(table, draft, decision))

    def count_flows(self, created: int, same: int) -> None:
        """Count flows planned in bulk."""
        tally = self.counts.setdefault("flows", Tally())
        tally.create += created
        tally.same += same
        self.changes_total += created

    def document(self, lang: str = "fr") -> document.DryRun:
        """The dry run as clients read it.

        Args:
            lang: ``fr`` or ``en``, the language of messages.
        """
        seed = f"{self.file_hash}\0{self.base_revision}"
        english = lang == "en"
        return document.DryRun(
            id=hashlib.sha256(seed.encode()).hexdigest()[:12],
            base_revision=self.base_revision,
            status=self.status,
            counts={
                name: document.Counts(**vars(self.counts[name])) for name in TABLES if name in self.counts
            },
            changes=self.changes,
            errors=[
                document.Error(
                    file=issue.file,
                    sheet=issue.sheet,
                    row=issue.row,
                    column=issue.column,
                    value=issue.value[:LISTED],
                    code=issue.code,
                    expected=issue.expected_en if english else issue.expected_fr,
                    message=issue.message(lang),
                )
                for issue in self.report.issues
            ],
            duplicates=[
                document.Duplicate(
                    file=twin.file,
                    sheet=twin.sheet,
                    row=twin.row,
                    candidate=twin.candidate,
                    because=twin.because_en if english else twin.because_fr,
                )
                for twin in self.twins[:LISTED]
            ],
            choices=[document.Choice(key=key, values=list(values)) for key, values in self.needed.items()],
            notes=[document.NoteText(code=note.code, text=note.text(lang)) for note in self.report.notes],
            totals=document.Totals(
                changes=self.changes_total, errors=self.report.total, duplicates=len(self.twins)
            ),
        )

    def apply(
        self,
        store: Store,
        *,
        author: str,
        message: str | None = None,
        progress: Callable[[str, int], None] | None = None,
    ) -> Outcome:
        """Write the plan as one revision, or nothing.

        Args:
            store: the store it was made for.
            author: who imports (not who judged).
            message: why; by default, the name of the file.
            progress: told the table and how many of its records are written.

        Returns:
            The outcome; its revision is ``None`` when there was nothing to change.

        Raises:
            InvalidValue: the plan is blocked or waits for a choice.
            StaleRecord: somebody changed one of the records since the dry run; nothing is written.
        """
        if self.status == "blocked":
            raise InvalidValue(
                f"{self.name} : "
                + agreed(
                    self.report.total, "erreur(s), rien n'est importé. Corrigez-(la|les), puis recommencez."
                ),
                f"{self.name}: "
                + agreed(
                    self.report.total, "error(s), nothing is imported. Correct (it|them) and try again.", "en"
                ),
            )
        if self.status == "choices":
            keys = ", ".join(f"{key}={'|'.join(values)}" for key, values in self.needed.items())
            raise InvalidValue(
                f"{self.name} : une réponse est attendue ({keys}) ; rien n'est importé.",
                f"{self.name}: an answer is needed ({keys}); nothing is imported.",
            )
        return store.commit(
            Changes(self.puts, self.retracts, self.flows),
            author=author,
            message=message if message is not None else f"Import de {self.name}",
            origin="import",
            file_hash=self.file_hash,
            expected=sum(len(puts) for puts in self.puts.values())
            + len(self.retracts)
            + sum(len(new) for new in self.flows),
            progress=progress,
        )


def _change(table: Table, draft: Draft, decision: Decision) -> document.Change:
    before = None if decision.old is None else to_document(decision.old.value)
    after = None if decision.value is None else to_document(decision.value)
    if before is not None and after is not None:
        names = [name for name in (*before, *after) if before.get(name) != after.get(name)]
        before = {name: before.get(name) for name in names}
        after = {name: after.get(name) for name in names}
    record = decision.record
    if not record and isinstance(decision.value, Fact) and table.entity:
        record = str(table.key(decision.value)[0])
    action = decision.action
    assert action != "same"
    return document.Change(
        action=action,
        table=table.name,
        file=draft.origin.file,
        sheet=draft.origin.sheet,
        row=draft.row,
        record=record,
        before=before,
        after=after,
    )


@dataclass(frozen=True)
class Answers:
    """The pilot's choices, read once.

    Attributes:
        zero: what 0 means in a MACTOR matrix, ``unknown`` or ``neutral``.
        merges: by (sheet, row), the id that the row's own stands for.
        conflicts: by record id (or ``table:id``), which side is kept.
        flows: what is said of the flows of a whole file: ``kind``, ``unit``, ``year``, ``source``, ``truncated``.
        met: the keys of choices that something in the file answered to.
    """

    zero: Literal["unknown", "neutral"] | None
    merges: Mapping[tuple[str, int], str]
    conflicts: Mapping[str, Literal["file", "store"]]
    flows: Mapping[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def conflict(self, table: Table, record: str) -> Literal["file", "store"] | None:
        """The answer about a record, if any."""
        for key in (f"{table.name}:{record}", record):
            if key in self.conflicts:
                self.met.add(f"conflict:{key}")
                return self.conflicts[key]
        return None

    def flow(self, name: str) -> str | None:
        """What is said of the flows of a whole file, if anything."""
        said = self.flows.get(name)
        if said is not None:
            self.met.add(name)
        return said

    def merge(self, sheet: str, row: int) -> str | None:
        """The id that a row's own stands for, if any."""
        kept = self.merges.get((sheet, row))
        if kept is not None:
            self.met.add(f"merge:{sheet}:{row}")
        return kept

    def idle(self) -> list[str]:
        """The keys of choices that nothing in the file answered to, in order."""
        keys = [f"merge:{sheet}:{row}" for sheet, row in self.merges]
        keys += [f"conflict:{record}" for record in self.conflicts]
        keys += list(self.flows)
        return [key for key in keys if key not in self.met]


FLOW_CHOICES = ("kind", "unit", "year", "source", "truncated")
"""What may be said of the flows of a whole file."""


def today_or(statement_date: date | None, today: date) -> date:
    """The date of new statements: the one asked for, else today.

    Raises:
        InvalidValue: it lies in the future.
    """
    if statement_date is not None and statement_date > today:
        raise InvalidValue(
            f"Date des avis : {statement_date.isoformat()} est dans le futur ; choisissez au plus tard "
            f"{today.isoformat()}.",
            f"Date of statements: {statement_date.isoformat()} lies in the future; choose {today.isoformat()} "
            "at the latest.",
        )
    return statement_date or today


def answers(choices: Mapping[str, str]) -> Answers:
    """Read choices of the form ``zero``, ``merge:SHEET:ROW`` and ``conflict:RECORD``.

    Raises:
        InvalidValue: a key or a value that means nothing.
    """
    zero: Any = None
    merges: dict[tuple[str, int], str] = {}
    conflicts: dict[str, Any] = {}
    flows: dict[str, str] = {}
    for key, value in choices.items():
        kind, _, rest = key.partition(":")
        sheet, _, row = rest.rpartition(":")
        if kind == "zero" and not rest and value in ("unknown", "neutral"):
            zero = value
        elif kind == "merge" and sheet and row.isdigit() and value:
            merges[(sheet, int(row))] = value
        elif kind in FLOW_CHOICES and not rest and value and (kind != "truncated" or value in ("yes", "no")):
            flows[kind] = value
        elif kind == "conflict" and rest and value in ("file", "store"):
            conflicts[rest] = value
        else:
            raise InvalidValue(
                f"Choix non compris : « {key}={value} ». Attendu : zero=unknown|neutral, merge:FEUILLE:LIGNE=ID, "
                "conflict:FICHE=file|store, truncated=yes|no, ou kind, unit, year, source pour un fichier de flux.",
                f"Choice not understood: '{key}={value}'. Expected: zero=unknown|neutral, merge:SHEET:ROW=ID, "
                "conflict:RECORD=file|store, truncated=yes|no, or kind, unit, year, source for a file of flows.",
            )
    return Answers(zero, merges, conflicts, flows)
