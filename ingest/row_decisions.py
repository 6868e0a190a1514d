"""What each row of an import does to a store: compared with what is believed, refused with its place, or planned."""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, cast

from graph.errors import InvalidValue
from graph.model import TABLES, Actor, Alias, Indicator, Table
from graph.stores import Store
from graph.stores.checks import FieldRefused, validate, validate_all
from graph.stores.uncollected import collect_young
from graph.versions import Version
from graph.vocabulary import Vocabulary
from ingest.about import About, about, aside, by_rater, key_of, missing
from ingest.cells import Said
from ingest.decide import Decision, Incomplete, current, decide, undated
from ingest.issues import Issue
from ingest.mapping import Draft
from ingest.plan import Answers, Plan
from ingest.resolve import Ids, unknown_reference

BATCH = 5_000
"""Rows compared with the store at once."""

WRITTEN = ("create", "change")
"""What is decided of rows whose record is to be written."""

Key = tuple[Any, ...]
"""Natural key of a record."""


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
        self.indicators: list[tuple[Draft, Indicator]] = []
        self._rows: dict[str, dict[Key, int]] = defaultdict(dict)
        self._renamed: dict[str, set[Key]] = defaultdict(set)

    def all(self, table: Table, drafts: Iterable[Draft]) -> None:
        """Decide rows of one table, in the order of the file, which is that of the records' counters."""
        rows = iter(drafts)
        while batch := list(itertools.islice(rows, BATCH)):
            done = list(self._decided(table, self._ready(table, batch)))
            fine = self._all_acceptable(table, [one[1] for one in done if not isinstance(one, Issue)])
            for one in done:
                if isinstance(one, Issue):
                    self.report.error(one)
                elif fine or one[1].action not in WRITTEN or self._acceptable(table, *one):
                    self._take(table, *one)
            collect_young()

    def _ready(self, table: Table, batch: Iterable[Draft]) -> list[tuple[Draft, Key]]:
        """The rows that say what record they speak of, with its natural key."""
        ready: list[tuple[Draft, Key]] = []
        aliased = self.ids.may_alias(table)
        needed = frozenset(
            name
            for name in table.key_fields
            if table.field[name].required and not (table.statement and name == "valid_from")
        )
        for draft in batch:
            if draft.broken:
                continue
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
            if needed <= draft.given.keys():
                ready.append((draft, key))
                continue
            for name in table.key_fields:
                if name in needed and name not in draft.given:
                    self.report.error(missing(draft, name))
        return ready

    def _decided(
        self, table: Table, ready: list[tuple[Draft, Key]]
    ) -> Iterator[tuple[Draft, Decision] | Issue]:
        """What each row does, or why it cannot be told."""
        keys = [key for draft, key in ready if not table.statement or "valid_from" in draft.given]
        believed, past = self.store.find(table.name, keys), self.store.past(table.name, keys)
        said = self._said(table, [draft for draft, _ in ready if table.statement])
        for draft, key in ready:
            decision: Decision | Issue | None
            if table.statement and "valid_from" not in draft.given:
                what = about(table, draft)
                undated_key = (*what[:2], None, what[2])
                statements, earlier = said.get(what, ([], []))
                now = current(statements, self.day)
                if now is not None and self._merged(table, draft, undated_key):
                    decision = aside(table, draft, now)
                else:
                    decision = self._twice(table, draft, undated_key)
                    decision = decision or self._undated(table, draft, statements, earlier)
            else:
                old = believed.get(key)
                if old is not None and self._merged(table, draft, key):
                    decision = aside(table, draft, old)
                else:
                    decision = self._twice(table, draft, key)
                    decision = decision or self._dated(table, draft, old, past.get(key, []))
            yield decision if isinstance(decision, Issue) else (draft, decision)

    def _said(self, table: Table, drafts: list[Draft]) -> dict[About, tuple[list[Version], list[Version]]]:
        """What raters said before about the things that rows without a date speak of."""
        pairs = dict.fromkeys(about(table, d)[:2] for d in drafts if "valid_from" not in d.given)
        return by_rater(table, *self.store.said(table.name, list(pairs))) if pairs else {}

    def _merged(self, table: Table, draft: Draft, key: Key) -> bool:
        """Whether two rows came to speak of one record because their actors were merged since."""
        if draft.renamed:
            self._renamed[table.name].add(key)
        return key in self._renamed[table.name] and key in self._rows[table.name]

    def _twice(self, table: Table, draft: Draft, key: Key) -> Issue | None:
        """The error of a row that speaks of the same record as an earlier one."""
        rows = self._rows[table.name]
        before = rows.get(key)
        if before is None:
            rows[key] = draft.row
            return None
        return draft.issue(
            "duplicate_id" if table.entity else "duplicate_row",
            f"la ligne {before} parle déjà de la même chose : gardez une seule ligne.",
            f"row {before} already speaks of the same thing: keep one row.",
            table.field[table.key_fields[0]],
            " · ".join("—" if part is None else str(part) for part in key),
        )

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
    ) -> Decision | Issue:
        record = old.id if old is not None else past[-1].id if past else ""
        chosen = self.chosen.conflict(table, record) if record else None
        try:
            decision = decide(table, draft, old, past, self.base, chosen)
        except Incomplete as lacking:
            return missing(draft, lacking.field)
        if decision.action == "create" and table.entity and past:
            return draft.issue(
                "reused_id",
                "cet identifiant a déjà servi à une fiche retirée : choisissez-en un autre, ou annulez la révision "
                "qui l'a retirée (agencements undo).",
                "this id belonged to a retracted record: choose another, or undo the revision that retracted it.",
                table.field["id"],
                draft.given["id"],
            )
        return decision

    def _undated(
        self, table: Table, draft: Draft, statements: list[Version], past: list[Version]
    ) -> Decision | Issue:
        records = dict.fromkeys(version.id for version in (*statements, *past))
        chosen = next((c for c in (self.chosen.conflict(table, record) for record in records) if c), None)
        try:
            return undated(table, draft, statements, past, self.day, chosen)
        except Incomplete as lacking:
            return missing(draft, lacking.field)

    def _all_acceptable(self, table: Table, decisions: Iterable[Decision]) -> bool:
        """Whether nothing keeps these records from being written, seen column by column; if not, rows tell one by one."""
        values = [done.value for done in decisions if done.action in WRITTEN and done.value is not None]
        if table.name == "aliases" or not self.ids.all_known(table, values):
            return False
        try:
            validate_all(table, values, self.vocabulary, self.today)
        except InvalidValue:
            return False
        return True

    def _acceptable(self, table: Table, draft: Draft, decision: Decision) -> bool:
        assert decision.value is not None
        fine = True
        for spec, id_ in self.ids.missing(table, decision.value):
            fine = False
            self.report.error(unknown_reference(draft, spec, id_, self.ids.nearest(str(spec.ref), id_)))
        if table.name == "aliases":
            fine = self._alias(draft, cast(Alias, decision.value)) and fine
        try:
            validate(table, decision.value, self.vocabulary, self.today)
        except FieldRefused as wrong:
            fine = False
            self.report.error(draft.issue(wrong.code, wrong.why_fr, wrong.why_en, wrong.spec, wrong.value))
        return fine

    def _alias(self, draft: Draft, alias: Alias) -> bool:
        table = TABLES["aliases"]
        if self.ids.known(alias.table, alias.old):
            self.report.error(
                draft.issue(
                    "reused_id",
                    f"désigne encore une fiche de « {TABLES[alias.table].sheet} » : fusionnez les deux fiches "
                    "(agencements merge) au lieu d'ajouter un alias.",
                    f"still names a record of '{alias.table}': merge the two records instead.",
                    table.field["old"],
                    alias.old,
                )
            )
            return False
        if not self.ids.known(alias.table, self.ids.aliases(alias.table).get(alias.old, alias.id)):
            self.report.error(
                unknown_reference(
                    draft,
                    dataclasses.replace(table.field["id"], ref=alias.table),
                    alias.id,
                    self.ids.nearest(alias.table, alias.id),
                )
            )
            return False
        return True
