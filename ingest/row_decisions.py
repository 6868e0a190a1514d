"""What each row of an import does to a store: compared with what is believed, refused with its place, or planned."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from graph.model import TABLES, Actor, Alias, Indicator, Table
from graph.stores import Store
from graph.stores.checks import FieldRefused, validate
from graph.versions import Version
from graph.vocabulary import Vocabulary
from ingest.about import About, about, aside, by_rater, key_of, missing
from ingest.cells import Said
from ingest.decide import Decision, Incomplete, current, decide, undated
from ingest.mapping import Draft
from ingest.plan import Answers, Plan
from ingest.resolve import Ids, unknown_reference

BATCH = 5_000
"""Rows compared with the store at once."""


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
        self._rows: dict[str, dict[tuple[Any, ...], int]] = {}
        self._renamed: dict[str, set[tuple[Any, ...]]] = {}

    def all(self, table: Table, drafts: Iterable[Draft]) -> None:
        """Decide rows of one table, in the order of the file, which is that of the records' counters."""
        rows = iter(drafts)
        while batch := list(itertools.islice(rows, BATCH)):
            ready = [draft for draft in batch if not draft.broken and self._whole(table, draft)]
            dated = [draft for draft in ready if not table.statement or "valid_from" in draft.given]
            keys = [key_of(table, draft) for draft in dated]
            believed, past = self.store.find(table.name, keys), self.store.past(table.name, keys)
            said = self._said(table, [draft for draft in ready if table.statement])
            for draft in ready:
                if table.statement and "valid_from" not in draft.given:
                    what = about(table, draft)
                    statements, earlier = said.get(what, ([], []))
                    now = current(statements, self.day)
                    if now is not None and self._merged(table, draft, (*what[:2], None, what[2])):
                        self._take(table, draft, aside(table, draft, now))
                    elif self._first(table, draft, (*what[:2], None, what[2])):
                        self._take(table, draft, self._undated(table, draft, statements, earlier))
                    continue
                key = key_of(table, draft)
                old = believed.get(key)
                if old is not None and self._merged(table, draft, key):
                    self._take(table, draft, aside(table, draft, old))
                elif self._first(table, draft, key):
                    self._take(table, draft, self._dated(table, draft, old, past.get(key, [])))

    def _said(self, table: Table, drafts: list[Draft]) -> dict[About, tuple[list[Version], list[Version]]]:
        """What raters said before about the things that rows without a date speak of."""
        pairs = dict.fromkeys(about(table, d)[:2] for d in drafts if "valid_from" not in d.given)
        return by_rater(table, *self.store.said(table.name, list(pairs))) if pairs else {}

    def _whole(self, table: Table, draft: Draft) -> bool:
        """Whether a row says what record it speaks of."""
        self.ids.resolve(draft)
        whole = True
        for name in table.key_fields:
            needed = table.field[name].required and not (table.statement and name == "valid_from")
            if draft.given.get(name) is Said.CLEAR:
                # an optional part of a key that is cleared is one that is not said
                del draft.given[name]
            if needed and name not in draft.given:
                whole = False
                self.report.error(missing(draft, name))
        return whole

    def _merged(self, table: Table, draft: Draft, key: tuple[Any, ...]) -> bool:
        """Whether two rows came to speak of one record because their actors were merged since."""
        before = self._rows.setdefault(table.name, {}).get(key)
        if draft.renamed:
            self._renamed.setdefault(table.name, set()).add(key)
        return before is not None and key in self._renamed.get(table.name, ())

    def _first(self, table: Table, draft: Draft, key: tuple[Any, ...]) -> bool:
        """Whether no earlier row speaks of the same record."""
        rows = self._rows.setdefault(table.name, {})
        before = rows.get(key)
        if before is None:
            rows[key] = draft.row
            return True
        self.report.error(
            draft.issue(
                "duplicate_id" if table.entity else "duplicate_row",
                f"la ligne {before} parle déjà de la même chose : gardez une seule ligne.",
                f"row {before} already speaks of the same thing: keep one row.",
                table.field[table.key_fields[0]],
                " · ".join("—" if part is None else str(part) for part in key),
            )
        )
        return False

    def _take(self, table: Table, draft: Draft, decision: Decision | None) -> None:
        if decision is None:
            return
        if decision.action in ("create", "change") and not self._acceptable(table, draft, decision):
            return
        if decision.action == "retract" and decision.old is not None and table.entity:
            self.retracted.setdefault(table.name, []).append((draft, decision.old))
        if decision.action == "create" and isinstance(decision.value, Actor):
            self.created.append((draft, decision.value))
        if decision.action in ("create", "change") and isinstance(decision.value, Indicator):
            self.indicators.append((draft, decision.value))
        self.plan.record(table, draft, decision)

    def _dated(self, table: Table, draft: Draft, old: Version | None, past: list[Version]) -> Decision | None:
        record = old.id if old is not None else past[-1].id if past else ""
        chosen = self.chosen.conflict(table, record) if record else None
        try:
            decision = decide(table, draft, old, past, self.base, chosen)
        except Incomplete as lacking:
            self.report.error(missing(draft, lacking.field))
            return None
        if decision.action == "create" and table.entity and past:
            self.report.error(
                draft.issue(
                    "reused_id",
                    "cet identifiant a déjà servi à une fiche retirée : choisissez-en un autre, ou annulez la révision "
                    "qui l'a retirée (agencements undo).",
                    "this id belonged to a retracted record: choose another, or undo the revision that retracted it.",
                    table.field["id"],
                    draft.given["id"],
                )
            )
            return None
        return decision

    def _undated(
        self, table: Table, draft: Draft, statements: list[Version], past: list[Version]
    ) -> Decision | None:
        records = dict.fromkeys(version.id for version in (*statements, *past))
        chosen = next((c for c in (self.chosen.conflict(table, record) for record in records) if c), None)
        try:
            return undated(table, draft, statements, past, self.day, chosen)
        except Incomplete as lacking:
            self.report.error(missing(draft, lacking.field))
            return None

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
