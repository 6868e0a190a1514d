"""From the rows of a file of flows to a plan: what the whole file says, its flows compared with the store as columns.

Only a flow that the store knows differently, or knew before, goes the way of any other row; a file of a million new
flows never becomes a million records in memory.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.flows import flow_like, flow_records
from graph.model import TABLES
from graph.stores import Store
from graph.vocabulary import VISIBILITIES
from ingest.decide import Decision
from ingest.flow_compare import Keys, Known, summed, twice
from ingest.foreign.flow_rows import BATCH, FlowRows, Rows
from ingest.foreign.flow_series import Series
from ingest.issues import LISTED, Issue, Note, Report
from ingest.mapping import Draft, Origin
from ingest.plan import Answers, Plan
from ingest.planned_flows import PlannedFlows

SMALL = 10
"""A source whose flows between territories are all at least this large is suspected to leave small ones out: between
French communes most flows of the census are below it."""

FEW = 50
"""Files of fewer flows are not suspected: a person wrote them and may know of large flows only."""

TABLE = TABLES["flows"]


class FlowPlanner:
    """Plans one file of flows.

    Args:
        store: what it is compared with.
        plan: where counts, changes and errors go.
        chosen: the pilot's answers.
    """

    def __init__(self, store: Store, plan: Plan, chosen: Answers) -> None:
        self.store = store
        self.plan = plan
        self.report: Report = plan.report
        self.chosen = chosen

    # what the file says as a whole

    def whole(self, rows: FlowRows) -> None:
        """Errors that only the whole file shows, and the choices it asks for."""
        sheet = rows.sheet
        fine = self.report.total == 0
        if fine and rows.spool.rows == 0:
            self._file_error(
                rows,
                "no_flow",
                "aucune ligne de flux : le fichier est vide.",
                "no row of flows: the file is empty.",
            )
        elif fine and rows.between == 0:
            self._file_error(
                rows,
                "only_self_flows",
                "tous les flux vont d'un territoire à lui-même : vérifiez la colonne de destination.",
                "every flow goes from a territory to itself: check the column of the destination.",
            )
        if any(not series.kind for series in rows.series):
            self.plan.needed["kind"] = self.store.vocabulary()["type_flux"].codes
        if any(not series.year for series in rows.series):
            self.report.note(
                Note(
                    "no_year",
                    f"{sheet.file} : flux sans année ; dites-la par la colonne « annee » ou le choix year=AAAA.",
                    f"{sheet.file}: flows without a year; say it by the column 'annee' or the choice year=YYYY.",
                )
            )

    def _file_error(self, rows: FlowRows, code: str, fr: str, en: str) -> None:
        self.report.error(Issue(code, fr, en, rows.sheet.file, rows.sheet.name))

    def truncation(self, rows: FlowRows) -> list[Series]:
        """The series of a file, each of them truncated or not; asks when nobody said and the file looks it."""
        said = self.chosen.flow("truncated")
        open_ = any(series.truncated is None for series in rows.series)
        if open_ and said is None and rows.smallest >= SMALL and rows.between >= FEW:
            self.plan.needed["truncated"] = ("yes", "no")
            self.report.note(
                Note(
                    "perhaps_truncated",
                    f"{rows.sheet.file} : aucun flux entre territoires sous {rows.smallest:g}. La source laisse-t-elle "
                    "de côté les petits flux ? truncated=yes (autonomie et vulnérabilité seront inconnues) ou "
                    "truncated=no.",
                    f"{rows.sheet.file}: no flow between territories below {rows.smallest:g}. Does the source leave "
                    "small flows out? truncated=yes (autonomy and vulnerability will be unknown) or truncated=no.",
                )
            )
        elif open_ and said is None:
            self.report.note(
                Note(
                    "read_as_complete",
                    f"{rows.sheet.file} : flux lus comme complets ; si la source laisse de côté les petits flux, "
                    "dites-le par le choix truncated=yes.",
                    f"{rows.sheet.file}: flows read as complete; if the source leaves small flows out, say so by the "
                    "choice truncated=yes.",
                )
            )
        return [
            dataclasses.replace(series, truncated=said == "yes") if series.truncated is None else series
            for series in rows.series
        ]

    # flows

    def flows(
        self,
        rows: FlowRows,
        found: list[str],
        series: list[Series],
        decide: Callable[[Iterable[Draft]], None],
    ) -> PlannedFlows | None:
        """Compare the flows with the store.

        Args:
            rows: the file; its whole makes sense.
            found: ids its codes stand for.
            series: what flows share, completed.
            decide: plans the rows that the store knows differently, or knew before.

        Returns:
            Those that are new; ``None`` when two rows speak of one flow.
        """
        ids, to = _placed(found)
        keys = Keys(len(ids), series)
        merged = self._merged(rows, found, to, keys)
        if merged is None:
            return None
        plan = PlannedFlows(self.plan.base_revision, ids, series)
        known = Known(self.store, ids, series, keys)
        drafts: list[Draft] = []
        for batch in rows.spool.batches():
            coded_rows = batch.copy()
            coded_rows["origin"], coded_rows["destination"] = to[batch["origin"]], to[batch["destination"]]
            key = keys.of(coded_rows)
            if merged:
                coded_rows = summed(coded_rows, key, merged)
                key = keys.of(coded_rows)
            same, other = known.compared(coded_rows, key)
            new = coded_rows[~same & ~other]
            self._list(rows, plan, new)
            plan.spool.write(new)
            self.plan.count_flows(len(new), int(np.count_nonzero(same)))
            for row in coded_rows[other]:
                drafts.append(_draft(rows, ids, series, row))
                if len(drafts) >= BATCH:
                    decide(drafts)
                    drafts = []
        decide(drafts)
        return plan

    def twice(self, rows: FlowRows, found: list[str], series: list[Series]) -> None:
        """Report rows that speak of one flow, in a file that cannot be compared with the store yet."""
        told = [id_ or code for code, id_ in zip(rows.codes, found, strict=True)]
        ids, to = _placed(told)
        self._merged(rows, told, to, Keys(len(ids), series))

    def _list(self, rows: FlowRows, plan: PlannedFlows, new: Rows) -> None:
        """List the first of them among the changes."""
        room = LISTED - len(self.plan.changes)
        if room > 0 and len(new):
            origin = Origin(TABLE, rows.sheet.file, rows.sheet.name, rows_headers(rows))
            for row, flow in zip(
                new["row"][:room].tolist(), flow_records(plan.table(new[:room])), strict=True
            ):
                self.plan.show(TABLE, Draft(origin, row, {}), Decision("create", flow))

    def _merged(
        self, rows: FlowRows, found: list[str], to: NDArray[np.int32], keys: Keys
    ) -> dict[int, tuple[int, float]] | None:
        """For each flow that several rows speak of since communes merged: the first row, and the sum.

        Several rows without a merger are errors, and ``None`` is the answer.
        """
        again = twice(rows.spool, to, keys)
        if not len(again):
            return {}
        renamed = np.array([id_ != code for code, id_ in zip(rows.codes, found, strict=True)], dtype=np.bool_)
        spoken: dict[int, list[tuple[int, float, bool]]] = {}
        for batch in rows.spool.batches():
            moved = batch.copy()
            moved["origin"], moved["destination"] = to[batch["origin"]], to[batch["destination"]]
            key = keys.of(moved)
            for at in np.flatnonzero(np.isin(key, again)).tolist():
                row = batch[at]
                old = bool(renamed[row["origin"]] or renamed[row["destination"]])
                spoken.setdefault(int(key[at]), []).append((int(row["row"]), float(row["quantity"]), old))
        before = self.report.total
        for said in spoken.values():
            if any(old for _, _, old in said):
                continue
            for again_row, _, _ in said[1:]:
                self.report.error(
                    Issue(
                        "duplicate_row",
                        f"la ligne {said[0][0]} parle déjà de la même chose : gardez une seule ligne.",
                        f"row {said[0][0]} already speaks of the same thing: keep one row.",
                        rows.sheet.file,
                        rows.sheet.name,
                        again_row,
                    )
                )
        if self.report.total > before:
            return None
        self.report.note(
            Note(
                "flows_summed",
                f"{rows.sheet.file} : {len(spoken)} flux additionnés, leurs communes ayant fusionné depuis.",
                f"{rows.sheet.file}: {len(spoken)} flows summed, their communes having merged since.",
            )
        )
        return {key: (said[0][0], sum(quantity for _, quantity, _ in said)) for key, said in spoken.items()}


def _placed(found: list[str]) -> tuple[list[str], NDArray[np.int32]]:
    """The different ids among those of a file's codes, and by place of a code, the place of its id."""
    ids = list(dict.fromkeys(found))
    place_of = {id_: place for place, id_ in enumerate(ids)}
    return ids, np.array([place_of[id_] for id_ in found], dtype=np.int32)


def rows_headers(rows: FlowRows) -> dict[str, str]:
    """By field of a flow, the header of its column."""
    layout = rows.layout
    if layout.form == "matrix":
        return {}
    places = {"origin": layout.origin, "destination": layout.destination, "quantity": layout.quantity[0]}
    return {name: layout.headers[place] for name, place in (places | layout.beside).items()}


def _draft(rows: FlowRows, ids: list[str], series: list[Series], row: Any) -> Draft:
    """A row as any other sheet's would be: what it says, and nothing of what it does not."""
    said = series[row["series"]]
    flow: Any = flow_like(
        ids[row["origin"]],
        ids[row["destination"]],
        (said.kind, said.unit, said.year, said.source, VISIBILITIES.index(said.visibility or "pilotes")),
    )
    given = {name: held for name in TABLE.key_fields if (held := getattr(flow, name)) is not None}
    quantity = float(row["quantity"])
    given["quantity"] = None if quantity != quantity else quantity
    given["truncated"] = bool(said.truncated)
    if said.visibility:
        given["visibility"] = said.visibility
    origin = Origin(TABLE, rows.sheet.file, rows.sheet.name, rows_headers(rows))
    return Draft(origin, int(row["row"]), given)
