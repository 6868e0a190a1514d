"""From a file and a store to a plan: every error at once, what would be created, changed, left, or asked."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import cast

from graph.errors import FileRefused, VocabularyError
from graph.model import SHEETS, TABLES, WRITE_ORDER, Actor, Term
from graph.stores import Store
from graph.stores.store import utc_now
from graph.stores.uncollected import uncollected
from ingest.about import key_of
from ingest.decide import Decision
from ingest.duplicates import Named, near_duplicates
from ingest.flow_plan import FlowPlanner
from ingest.flow_territories import FlowTerritories
from ingest.foreign import translated
from ingest.foreign.flow_layout import Layout, flow_sheets, several_quantities
from ingest.foreign.flow_rows import FlowReader, FlowRows
from ingest.headers import nearest_sheet, sheet_table, silent
from ingest.issues import Note
from ingest.mapping import Draft, Rows
from ingest.merges import merged
from ingest.opendata import reference
from ingest.percentages import doubtful_shares
from ingest.plan import FLOW_CHOICES, Answers, Plan, Twin, answers, today_or
from ingest.readers import content_hash, open_source
from ingest.readers.sheets import Sheet, Source
from ingest.resolve import Ids
from ingest.row_decisions import BATCH, RowDecisions
from ingest.whole import circles, still_needed

Progress = Callable[[str, int], None]

_ANY_END = "destination"
"""Stands for who depends, of a kind of flows that does not say it and is refused, while its uses are read."""


def dry_run(
    path: Path,
    store: Store,
    *,
    day: date | None = None,
    choices: Mapping[str, str] | None = None,
    today: date | None = None,
    progress: Progress | None = None,
) -> Plan:
    """What a file would do to a store; nothing is written.

    Args:
        path: a workbook, a folder of CSV files, one CSV file, or another tool's file.
        store: the store it would be applied to.
        day: the date of statements whose row has none; today by default.
        choices: the pilot's answers (``zero``, ``merge:SHEET:ROW``, ``conflict:RECORD``).
        today: observed facts may not lie after it; the clock's by default.
        progress: told the table and how many of its rows were read.

    Raises:
        FileRefused: the file cannot be read as what it claims to be, or holds no known sheet.
        InvalidValue: a choice or the date means nothing.
    """
    now = today or utc_now().date()
    chosen = answers(choices or {})
    statement_day = today_or(day, now)
    source = open_source(path)
    plan = Plan(source.name, content_hash(path), store.head())
    with uncollected():
        return _Reading(store, plan, chosen, statement_day, now, progress).run(path, source)


class _Reading:
    """One dry run under way."""

    def __init__(
        self,
        store: Store,
        plan: Plan,
        chosen: Answers,
        day: date,
        today: date,
        progress: Progress | None,
    ) -> None:
        self.store = store
        self.plan = plan
        self.report = plan.report
        self.chosen = chosen
        self.today = today
        self.progress = progress
        self.ids = Ids(store)
        self.rows = RowDecisions(store, plan, chosen, self.ids, day, today)

    def run(self, path: Path, source: Source) -> Plan:
        of_flows = flow_sheets(source)
        sheets = translated(
            path, source, self.chosen.zero, self._ask_zero, lambda table, id_: id_ in self.ids.stored(table)
        )
        by_table = self._sorted(source, sheets) if sheets or not of_flows else {}
        self.rows.base = self._base(source)
        self._vocabulary(by_table.get("vocabulary", []))
        aliases = list(self._drafts("aliases", by_table.get("aliases", [])))
        for draft in aliases:
            self._name_alias(draft)
        entities = {
            name: self._entities(name, by_table[name])
            for name in WRITE_ORDER
            if name in by_table and TABLES[name].entity
        }
        read_flows = self._read_flows(of_flows)
        for name, drafts in entities.items():
            self.rows.all(TABLES[name], drafts)
        self.rows.all(TABLES["aliases"], aliases)
        for name in WRITE_ORDER:
            if name in by_table and name not in entities and name not in ("vocabulary", "aliases"):
                self.rows.all(TABLES[name], self._drafts(name, by_table[name]))
        self._plan_flows(read_flows)
        self._twins()
        self._idle_choices()
        for issue in itertools.chain(
            circles(self.store, entities, self.plan.puts, self.rows.refused),
            still_needed(
                self.store,
                self.rows.retracted,
                [*self.plan.retracts, *self.rows.withdrawn],
                self.plan.puts,
                self.rows.refused,
            ),
        ):
            self.report.error(issue)
        self.report.extend(doubtful_shares(self.rows.indicators, lambda: self.store.versions("indicators")))
        self.report.extend(source.notes)
        self.report.sort(sheet.name for sheet in source.sheets)
        return self.plan

    def _read_flows(self, found: list[tuple[Sheet, Layout]]) -> list[tuple[FlowRows, list[str]]]:
        """The files of flows, with the territories that they name, which other sheets may then name too."""
        said = {
            name: told for name in FLOW_CHOICES if name != "truncated" and (told := self.chosen.flow(name))
        }
        read: list[tuple[FlowRows, list[str]]] = []
        for sheet, layout in found:
            wrong = several_quantities(sheet, layout)
            if wrong is not None:
                self.report.error(wrong)
            reader = FlowReader(sheet, layout, said, self.rows.vocabulary, self.report)
            rows = reader.read(lambda done: self.progress and self.progress("flows", done))
            # the reference comes in after the text of the rows went: the peak of memory is that of one of them
            territories = FlowTerritories(self.plan, self.ids, reference())
            read.append((rows, territories.found(rows)))
        return read

    def _plan_flows(self, read: list[tuple[FlowRows, list[str]]]) -> None:
        flows = TABLES["flows"]
        planner = FlowPlanner(self.store, self.plan, self.chosen)
        for rows, found in read:
            planner.whole(rows)
            series = planner.truncation(rows)
            if self.report.total or "kind" in self.plan.needed:
                planner.twice(rows, found, series)
                continue
            new = planner.flows(rows, found, series, lambda drafts: self.rows.all(flows, drafts))
            if new is not None and len(new):
                self.plan.flows.append(new)

    def _ask_zero(self) -> None:
        self.plan.needed["zero"] = ("unknown", "neutral")

    def _sorted(self, source: Source, sheets: Iterable[Sheet]) -> dict[str, list[Sheet]]:
        found: dict[str, list[Sheet]] = {}
        unknown: list[str] = []
        for sheet in sheets:
            table = TABLES[sheet.table] if sheet.table else sheet_table(sheet.name)
            if table is not None:
                found.setdefault(table.name, []).append(sheet)
            elif not silent(sheet.name):
                unknown.append(sheet.name)
        known = ", ".join(SHEETS)
        if not found:
            raise FileRefused(
                f"{source.name} : aucune feuille connue (trouvé : {', '.join(unknown) or 'rien'}). Feuilles attendues : "
                f"{known}. Un modèle vide : agencements export --template modele.xlsx.",
                f"{source.name}: no known sheet (found: {', '.join(unknown) or 'nothing'}). Expected sheets: {known}. "
                "An empty workbook: agencements export --template template.xlsx.",
            )
        for name in unknown:
            near = nearest_sheet(name)
            self.report.note(
                Note(
                    "ignored_sheet",
                    f"{source.name} : feuille « {name} » laissée de côté, son nom n'est pas connu."
                    + (f" Vouliez-vous dire « {near} » ?" if near else ""),
                    f"{source.name}: sheet '{name}' left aside, its name is not known."
                    + (f" Did you mean '{near}'?" if near else ""),
                )
            )
        return found

    def _base(self, source: Source) -> int | None:
        """The revision an export shows, if it is an export of this very store."""
        stamp = source.stamp
        if stamp is None:
            return None
        same = 1 <= stamp.revision <= self.plan.base_revision and (
            self.store.revision(stamp.revision).moment == stamp.moment
        )
        if same:
            return stamp.revision
        self.report.note(
            Note(
                "other_store",
                f"{source.name} : export d'un autre dépôt ; il est lu comme un classeur ordinaire.",
                f"{source.name}: an export of another store; it is read as an ordinary workbook.",
            )
        )
        return None

    def _drafts(self, name: str, sheets: Iterable[Sheet]) -> Iterator[Draft]:
        count = 0
        for sheet in sheets:
            for draft in Rows(sheet, TABLES[name], self.rows.vocabulary, self.today, self.report).drafts():
                count += 1
                if self.progress is not None and count % BATCH == 0:
                    self.progress(name, count)
                yield draft
        if self.progress is not None:
            self.progress(name, count)

    def _vocabulary(self, sheets: list[Sheet]) -> None:
        drafts = list(self._drafts("vocabulary", sheets))
        self.rows.all(TABLES["vocabulary"], drafts)
        rows = {key_of(TABLES["vocabulary"], draft): draft for draft in drafts}
        terms = [cast(Term, put.value) for put in self.plan.puts.get("vocabulary", ())]
        written = {(term.list, term.code) for term in terms}
        for (list_, code), draft in rows.items():
            if (list_, code) in written or draft.retract or list_ is None or code is None:
                continue
            if self.rows.vocabulary[list_].find(code) is None:
                # a term with errors is not reported again at each use
                depends = draft.given.get("depends") if "depends" not in draft.wrong else _ANY_END
                terms.append(Term(list=list_, code=code, label_fr=code, depends=depends))
        for term in terms:
            try:
                self.rows.vocabulary = self.rows.vocabulary.extended([term])
            except VocabularyError as wrong:
                draft = rows[(term.list, term.code)]
                spec = TABLES["vocabulary"].field["depends"]
                self.report.error(draft.issue(wrong.code, wrong.fr, wrong.en, spec, term.depends or ""))
                named = dataclasses.replace(term, depends=_ANY_END)
                self.rows.vocabulary = self.rows.vocabulary.extended([named])

    def _name_alias(self, draft: Draft) -> None:
        given = draft.given
        if not draft.retract and {"table", "old", "id"} <= given.keys():
            self.ids.add_alias(given["table"], given["old"], given["id"])

    def _entities(self, name: str, sheets: list[Sheet]) -> list[Draft]:
        drafts = list(self._drafts(name, sheets))
        if name == "actors":
            for row, alias in merged(drafts, self.chosen, self.ids):
                self.plan.record(TABLES["aliases"], row, Decision("create", alias))
        for draft in drafts:
            if "id" in draft.origin.unread:
                self.ids.untold(name)
            id_ = draft.given.get("id")
            if not isinstance(id_, str):
                continue
            if id_ in self.ids.aliases(name):
                draft.given["id"] = self.ids.aliases(name)[id_]
                draft.renamed = True
            elif draft.retract:
                self.ids.forget(name, id_)
            else:
                self.ids.name(name, id_)
        return drafts

    def _idle_choices(self) -> None:
        for key in self.chosen.idle():
            self.report.note(
                Note(
                    "idle_choice",
                    f"Choix sans objet : « {key} » ne correspond à rien dans ce fichier.",
                    f"Idle choice: '{key}' answers to nothing in this file.",
                )
            )

    def _twins(self) -> None:
        if not self.rows.created:
            return
        known = [
            Named(actor.id, actor.name, actor.siren)
            for actor in (cast(Actor, v.value) for v in self.store.versions("actors"))
        ]
        rows = {actor.id: draft for draft, actor in self.rows.created}
        fresh = [Named(actor.id, actor.name, actor.siren) for _, actor in self.rows.created]
        for pair in near_duplicates(fresh, known):
            draft = rows[pair.new]
            self.plan.twins.append(
                Twin(
                    draft.origin.file,
                    draft.origin.sheet,
                    draft.row,
                    pair.candidate,
                    pair.because_fr,
                    pair.because_en,
                )
            )
