"""What keeps rows from being written, all of it at once: ends that do not exist, cells that contradict one another.

A row that is refused for one cell is looked at to the end, as far as its other cells tell: nobody mends a file twice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date
from types import SimpleNamespace
from typing import Any

from graph.errors import InvalidValue
from graph.model import TABLES, Fact, Table
from graph.stores.checks import COHERENT, FieldRefused, incoherences, refusals, validate_all
from graph.vocabulary import Vocabulary
from ingest.cells import Said
from ingest.issues import Report
from ingest.mapping import Draft
from ingest.resolve import Ids, unknown_reference


class Acceptance:
    """Tells what is wrong with rows.

    Args:
        ids: which ids exist.
        report: where errors go.
        today: observed facts may not lie after it.
    """

    def __init__(self, ids: Ids, report: Report, today: date) -> None:
        self.ids = ids
        self.report = report
        self.today = today

    def of_all(self, table: Table, values: list[Fact], vocabulary: Vocabulary) -> bool:
        """Whether nothing keeps these records from being written, seen column by column; if not, rows tell one by one."""
        if table.name == "aliases" or not self.ids.all_known(table, values):
            return False
        try:
            validate_all(table, values, vocabulary, self.today)
        except InvalidValue:
            return False
        return True

    def of(self, table: Table, draft: Draft, value: Fact, vocabulary: Vocabulary) -> bool:
        """Whether the record that a row makes may be written; everything wrong with it is reported."""
        before = self.report.total
        self._ends(table, draft, value)
        self._refuse(draft, refusals(table, value, vocabulary, self.today))
        return self.report.total == before

    def rest(self, table: Table, draft: Draft, old: Fact | None) -> None:
        """Report what else is wrong with a row that is refused already.

        Args:
            table: its table.
            draft: the row; a cell that could not be read says nothing here.
            old: the record it speaks of, where that is known.
        """
        if draft.retract:
            return
        known = _known(table, draft, old)
        self._ends(table, draft, known)
        if table.name in COHERENT:
            self._refuse(draft, incoherences(table, known))

    def _ends(self, table: Table, draft: Draft, value: Any) -> None:
        for spec, id_ in self.ids.missing(table, value):
            self.report.error(unknown_reference(draft, spec, id_, self.ids.nearest(str(spec.ref), id_)))
        if table.name == "aliases" and value.table and value.old and value.id:
            self._alias(draft, value.table, value.old, value.id)

    def _refuse(self, draft: Draft, refused: Iterable[FieldRefused]) -> None:
        for wrong in refused:
            self.report.error(draft.issue(wrong.code, wrong.why_fr, wrong.why_en, wrong.spec, wrong.value))

    def _alias(self, draft: Draft, name: str, old: str, id_: str) -> None:
        table = TABLES["aliases"]
        if self.ids.known(name, old):
            self.report.error(
                draft.issue(
                    "reused_id",
                    f"désigne encore une fiche de « {TABLES[name].sheet} » : fusionnez les deux fiches "
                    "(agencements merge) au lieu d'ajouter un alias.",
                    f"still names a record of '{name}': merge the two records instead.",
                    table.field["old"],
                    old,
                )
            )
        if self.ids.absent(name, self.ids.aliases(name).get(old, id_)):
            self.report.error(
                unknown_reference(
                    draft,
                    dataclasses.replace(table.field["id"], ref=name),
                    id_,
                    self.ids.nearest(name, id_),
                )
            )


def _known(table: Table, draft: Draft, old: Fact | None) -> SimpleNamespace:
    """What the record of a row would say, as far as its cells tell; ``None`` elsewhere."""
    held: dict[str, Any] = {}
    for name in table.field:
        said = draft.given.get(name, None if old is None else getattr(old, name))
        held[name] = None if name in draft.wrong or said is Said.CLEAR else said
    return SimpleNamespace(**held)
