"""What each row of an import does to a store: compared with what is believed, refused with its place, or planned."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.model import Actor, Fact, Indicator, Table
from graph.stores import Retract, Store
from graph.stores.uncollected import collect_young
from graph.versions import Version
from graph.vocabulary import Vocabulary
from ingest.about import About, about, aside, by_rater, key_of, missing
from ingest.acceptance import Acceptance
from ingest.cells import Said
from ingest.decide import Decision, Incomplete, current, decide, lacking, undated, untouched
from ingest.issues import Issue
from ingest.mapping import Draft
from ingest.plan import Answers, Plan
from ingest.resolve import Ids

BATCH = 5_000
"""Rows compared with the store at once."""

WRITTEN = ("create", "change")
"""What is decided of rows whose record is to be written."""

Key = tuple[Any, ...]
"""Natural key of a record."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why it cannot be told what a row does, and the record it speaks of, where that is known."""

    issues: tuple[Issue, ...]
    old: Fact | None = None


class RowDecisions:
    """The rows of one import, table after table.

    Args:
        store: what they are compared with.
        plan: where decisions and errors go.
        chosen: the pilot's answers.
        ids: which ids exist.
        day: the date of statements whose row has none.
        today: observed facts may not lie after it.

    Attributes:
        vocabulary: codes of the store, then with the terms of the file.
        base: the revision that an export shows, if the file is one of this store.
        created: new actors, with their rows.
        retracted: entities taken back, by table, with their rows.
        refused: rows with an error, by table: of entities, and of the rest when the file takes entities back.
        withdrawn: what rows with an error take back.
        indicators: values to be written, with their rows.
    """

    def __init__(self, store: Store, plan: Plan, chosen: Answers, ids: Ids, day: date, today: date) -> None:
        self.store = store
        self.plan = plan
        self.report = plan.report
        self.chosen = chosen
        self.ids = ids
        self.day = day
        self.today = today
        self.vocabulary: Vocabulary = store.vocabulary()
        self.base: int | None = None
        self.created: list[tuple[Draft, Actor]] = []
        self.retracted: dict[str, list[tuple[Draft, Version]]] = {}
        self.refused: dict[str, list[Draft]] = {}
        self.withdrawn: list[Retract] = []
        self.indicators: list[tuple[Draft, Indicator]] = []
        self._acceptance = Acceptance(ids, plan.report, today)
        self._rows: dict[str, dict[Key, int]] = defaultdict(dict)
        self._renamed: dict[str, set[Key]] = defaultdict(set)

    def all(self, table: Table, drafts: Iterable[Draft]) -> None:
        """Decide rows of one table, in the order of the file, which is that of the records' counters."""
        rows = iter(drafts)
        while batch := list(itertools.islice(rows, BATCH)):
            done = list(self._decided(table, self._ready(table, batch)))
            written = [
                one.value
                for draft, one in done
                if isinstance(one, Decision)
                and not draft.wrong
                and one.action in WRITTEN
                and one.value is not None
            ]
            fine = self._acceptance.of_all(table, written, self.vocabulary)
            for draft, one in done:
                if isinstance(one, Refused):
                    self._refuse(table, draft, one)
                elif draft.wrong:
                    self._set_aside(table, draft, one)
                elif fine or one.action not in WRITTEN or self._acceptable(table, draft, one):
                    self._take(table, draft, one)
            collect_young()

    def _ready(self, table: Table, batch: Iterable[Draft]) -> list[tuple[Draft, Key]]:
        """The rows that say what record they speak of, with its natural key; the others are refused."""
        ready: list[tuple[Draft, Key]] = []
        aliased = self.ids.may_alias(table)
        needed = frozenset(
            name
            for name in table.key_fields
            if table.field[name].required and not (table.statement and name == "valid_from")
        )
        for draft in batch:
            if aliased:
                self.ids.resolve(draft)
            key = key_of(table, draft)
            if Said.CLEAR in key:
                # an optional part of a key that is cleared is one that is not said
                draft.given = {
                    name: held
                    for name, held in draft.given.items()
                    if held is not Said.CLEAR or name not in table.key_fields
                }
                key = key_of(table, draft)
            if needed <= draft.given.keys() and (
                not draft.wrong or not any(name in draft.wrong for name in table.key_fields)
            ):
                ready.append((draft, key))
            else:
                self._refuse(table, draft, Refused(self._empty(table, draft, None)))
        return ready

    def _empty(self, table: Table, draft: Draft, old: Fact | None) -> tuple[Issue, ...]:
        """Errors of the required cells that a row leaves empty."""
        asked = table.key_fields if draft.retract is not False else lacking(table, draft, old)
        return tuple(
            missing(draft, name)
            for name in asked
            if table.field[name].required
            and draft.given.get(name, Said.CLEAR) is Said.CLEAR
            and name not in draft.wrong
            and not (table.statement and name == "valid_from")
        )

    def _refuse(self, table: Table, draft: Draft, refused: Refused) -> None:
        """Report why a row is refused, and what else is wrong with it."""
        for issue in refused.issues:
            self.report.error(issue)
        self._acceptance.rest(table, draft, refused.old)
        self._keep_refused(table, draft)

    def _set_aside(self, table: Table, draft: Draft, decision: Decision) -> None:
        """Report what else is wrong with a row of which a cell could not be read."""
        old = decision.old
        self._acceptance.rest(table, draft, None if old is None else old.value)
        if decision.action == "retract" and old is not None:
            self.withdrawn.append(Retract(table.name, old.id, old.version))
            if table.entity:
                self.retracted.setdefault(table.name, []).append((draft, old))
        self._keep_refused(table, draft)

    def _keep_refused(self, table: Table, draft: Draft) -> None:
        if table.entity or self.ids.some_gone:
            self.refused.setdefault(table.name, []).append(draft)

    def _decided(
        self, table: Table, ready: list[tuple[Draft, Key]]
    ) -> Iterator[tuple[Draft, Decision | Refused]]:
        """What each row does, or why it cannot be told."""
        keys = [key for draft, key in ready if not table.statement or "valid_from" in draft.given]
        believed, past = self.store.find(table.name, keys), self.store.past(table.name, keys)
        said = self._said(table, [draft for draft, _ in ready if table.statement])
        for draft, key in ready:
            decision: Decision | Refused | None
            if table.statement and "valid_from" not in draft.given:
                what = about(table, draft)
                undated_key = (*what[:2], None, what[2])
                statements, earlier = said.get(what, ([], []))
                now = current(statements, self.day)
                if now is not None and self._merged(table, draft, undated_key):
                    decision = aside(table, draft, now)
                else:
                    decision = self._twice(table, draft, undated_key, now)
                    decision = decision or self._undated(table, draft, statements, earlier)
            else:
                old = believed.get(key)
                if old is not None and self._merged(table, draft, key):
                    decision = aside(table, draft, old)
                else:
                    decision = self._twice(table, draft, key, old)
                    decision = decision or self._dated(table, draft, old, past.get(key, []))
            yield draft, decision

    def _said(self, table: Table, drafts: list[Draft]) -> dict[About, tuple[list[Version], list[Version]]]:
        """What raters said before about the things that rows without a date speak of."""
        pairs = dict.fromkeys(about(table, d)[:2] for d in drafts if "valid_from" not in d.given)
        return by_rater(table, *self.store.said(table.name, list(pairs))) if pairs else {}

    def _merged(self, table: Table, draft: Draft, key: Key) -> bool:
        """Whether two rows came to speak of one record because their actors were merged since."""
        if draft.renamed:
            self._renamed[table.name].add(key)
        return key in self._renamed[table.name] and key in self._rows[table.name]

    def _twice(self, table: Table, draft: Draft, key: Key, old: Version | None) -> Refused | None:
        """Refuses a row that speaks of the same record as an earlier one."""
        rows = self._rows[table.name]
        before = rows.get(key)
        if before is None:
            rows[key] = draft.row
            return None
        value = None if old is None else old.value
        again = draft.issue(
            "duplicate_id" if table.entity else "duplicate_row",
            f"la ligne {before} parle déjà de la même chose : gardez une seule ligne.",
            f"row {before} already speaks of the same thing: keep one row.",
            table.field[table.key_fields[0]],
            " · ".join("—" if part is None else str(part) for part in key),
        )
        return Refused((again, *self._empty(table, draft, value)), value)

    def _take(self, table: Table, draft: Draft, decision: Decision) -> None:
        if decision.action == "retract" and decision.old is not None and table.entity:
            self.retracted.setdefault(table.name, []).append((draft, decision.old))
        if decision.action == "create" and isinstance(decision.value, Actor):
            self.created.append((draft, decision.value))
        if decision.action in WRITTEN and isinstance(decision.value, Indicator):
            self.indicators.append((draft, decision.value))
        self.plan.record(table, draft, decision)

    def _dated(
        self, table: Table, draft: Draft, old: Version | None, past: list[Version]
    ) -> Decision | Refused:
        record = old.id if old is not None else past[-1].id if past else ""
        chosen = self.chosen.conflict(table, record) if record else None
        try:
            decision = decide(table, draft, old, past, self.base, chosen)
        except Incomplete as wanting:
            issues = tuple(missing(draft, name) for name in wanting.fields)
            if table.entity and old is None and past and not any(untouched(table, draft, v) for v in past):
                issues = (_reused(table, draft), *issues)
            return Refused(issues, None if old is None else old.value)
        if decision.action == "create" and table.entity and past:
            return Refused((_reused(table, draft),))
        return decision

    def _undated(
        self, table: Table, draft: Draft, statements: list[Version], past: list[Version]
    ) -> Decision | Refused:
        records = dict.fromkeys(version.id for version in (*statements, *past))
        chosen = next((c for c in (self.chosen.conflict(table, record) for record in records) if c), None)
        try:
            return undated(table, draft, statements, past, self.day, chosen)
        except Incomplete as wanting:
            now = current(statements, self.day)
            issues = tuple(missing(draft, name) for name in wanting.fields)
            return Refused(issues, None if now is None else now.value)

    def _acceptable(self, table: Table, draft: Draft, decision: Decision) -> bool:
        assert decision.value is not None
        fine = self._acceptance.of(table, draft, decision.value, self.vocabulary)
        if not fine:
            self._keep_refused(table, draft)
        return fine


def _reused(table: Table, draft: Draft) -> Issue:
    return draft.issue(
        "reused_id",
        "cet identifiant a déjà servi à une fiche retirée : choisissez-en un autre, ou annulez la révision "
        "qui l'a retirée (agencements undo).",
        "this id belonged to a retracted record: choose another, or undo the revision that retracted it.",
        table.field["id"],
        draft.given["id"],
    )
