"""From the rows of a file of flows to a plan: territories found or created, flows compared with the store as columns.

Only a flow that the store knows differently, or knew before, goes the way of any other row; a file of a million new
flows never becomes a million records in memory.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.flows import flow_like, flow_records
from graph.ids import ENTITY_ID
from graph.model import TABLES, Alias, Territory
from graph.plurals import agreed
from graph.stores import Store
from graph.vocabulary import VISIBILITIES
from ingest.decide import Decision
from ingest.flow_compare import Keys, Known, summed, twice
from ingest.foreign.flow_rows import BATCH, FlowRows, Rows, Series
from ingest.issues import LISTED, Issue, Note, Report
from ingest.mapping import Draft, Origin
from ingest.opendata import Reference
from ingest.plan import Answers, Plan
from ingest.planned_flows import PlannedFlows
from ingest.resolve import Ids

SMALL = 10
"""A source whose flows between territories are all at least this large is suspected to leave small ones out: between
French communes most flows of the census are below it."""

FEW = 50
"""Files of fewer flows are not suspected: a person wrote them and may know of large flows only."""

SHOWN = 10
"""Codes that a note names before it only counts them."""

LOOK_ALIKE = str.maketrans("OoIl", "0011")
"""Letters typed for digits."""

TABLE = TABLES["flows"]


class FlowPlanner:
    """Plans one file of flows.

    Args:
        store: what it is compared with.
        plan: where counts, changes and errors go.
        ids: which ids exist.
        chosen: the pilot's answers.
        reference: the official territories.
    """

    def __init__(self, store: Store, plan: Plan, ids: Ids, chosen: Answers, reference: Reference) -> None:
        self.store = store
        self.plan = plan
        self.report: Report = plan.report
        self.ids = ids
        self.chosen = chosen
        self.reference = reference

    # territories

    def territories(self, rows: FlowRows) -> list[str]:
        """Ids that the codes of a file stand for, by place of the code; those absent are created.

        An unknown code is an error; then its place holds ``""``.
        """
        found: list[str] = []
        wanted: dict[str, int] = {}
        renamed: dict[str, str] = {}
        for code, place in rows.codes.items():
            id_ = self._id(code)
            if id_ is None and (made := _abroad(code, rows.names.get(place, ""))) is not None:
                self._create(rows, made, rows.first_rows[place])
                id_ = code
            if id_ is None:
                self._unknown(rows, code, place)
                found.append("")
                continue
            found.append(id_)
            if id_ != code:
                renamed[code] = id_
            if not self.ids.known("territories", id_):
                wanted.setdefault(id_, rows.first_rows[place])
        if wanted:
            self._from_reference(rows, wanted)
        self._aliases(rows, renamed)
        return found

    def _id(self, code: str) -> str | None:
        if self.ids.known("territories", code):
            return code
        alias = self.ids.aliases("territories").get(code)
        return alias if alias is not None else self.reference.resolve(code)

    def _from_reference(self, rows: FlowRows, wanted: dict[str, int]) -> None:
        made = [
            territory
            for territory in self.reference.territories(wanted).territories
            if not self.ids.known("territories", territory.id)
        ]
        for territory in made:
            self._create(rows, territory, wanted.get(territory.id, rows.layout.header_row))
        self.report.note(
            Note(
                "territories_created",
                f"{rows.sheet.file} : {len(made)} territoires créés d'après le code officiel géographique "
                f"{self.reference.year} (avec les périmètres qui les contiennent).",
                f"{rows.sheet.file}: {len(made)} territories created from the official geographic code "
                f"{self.reference.year} (with the perimeters that hold them).",
            )
        )

    def _create(self, rows: FlowRows, territory: Territory, row: int) -> None:
        self.ids.name("territories", territory.id)
        draft = Draft(Origin(TABLES["territories"], rows.sheet.file, rows.sheet.name, {}), row, {})
        self.plan.record(TABLES["territories"], draft, Decision("create", territory))

    def _aliases(self, rows: FlowRows, renamed: dict[str, str]) -> None:
        known = self.ids.aliases("territories")
        for code, id_ in renamed.items():
            if code not in known and ENTITY_ID.fullmatch(code):
                alias = Alias(table="territories", old=code, id=id_, visibility="public")
                draft = Draft(Origin(TABLES["aliases"], rows.sheet.file, rows.sheet.name, {}), 1, {})
                self.plan.record(TABLES["aliases"], draft, Decision("create", alias))
        if renamed:
            told = ", ".join(f"{code} → {id_}" for code, id_ in list(renamed.items())[:SHOWN])
            more = "…" if len(renamed) > SHOWN else ""
            count = len(renamed)
            self.report.note(
                Note(
                    "old_codes",
                    f"{rows.sheet.file} : "
                    + agreed(count, "ancien(s) code(s) lu(s) comme (celui|ceux)")
                    + f" d'aujourd'hui ({told}{more}).",
                    f"{rows.sheet.file}: {agreed(count, 'old code(s)', 'en')} read as today's ({told}{more}).",
                )
            )

    def _unknown(self, rows: FlowRows, code: str, place: int) -> None:
        near = self._nearest(code)
        column = (
            "" if rows.layout.form == "matrix" else rows.layout.headers.get(rows.first_columns[place], "")
        )
        self.report.error(
            Issue(
                "unknown_reference",
                "ce territoire n'est ni dans le fichier, ni dans le dépôt, ni dans le code officiel géographique."
                + (f" Vouliez-vous dire « {near} » ?" if near else "")
                + " Corrigez le code (gardez ses zéros), ou ajoutez-le à une feuille « territoires ».",
                "this territory is neither in the file, nor in the store, nor in the official geographic code."
                + (f" Did you mean '{near}'?" if near else "")
                + " Correct the code (keep its zeros), or add it to a sheet 'territoires'.",
                rows.sheet.file,
                rows.sheet.name,
                rows.first_rows[place],
                column,
                code,
                "un identifiant de « territoires »",
                "an id of 'territories'",
            )
        )

    def _nearest(self, code: str) -> str | None:
        if self.report.total > LISTED // 10:
            return None
        for other in (code.zfill(5), code.translate(LOOK_ALIKE), code.translate(LOOK_ALIKE).zfill(5)):
            if self.reference.resolve(other) is not None:
                return other
        among = [*self.ids.stored("territories"), *self.ids.named("territories")]
        among += [known for known in self.reference.places if known[:2] == code[:2]]
        close = difflib.get_close_matches(code, sorted(set(among)), n=1, cutoff=0.6)
        return close[0] if close else None

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
        ids = list(dict.fromkeys(found))
        place_of = {id_: place for place, id_ in enumerate(ids)}
        to = np.array([place_of[id_] for id_ in found], dtype=np.int32)
        keys = Keys(len(ids), series)
        renamed = np.array([id_ != code for code, id_ in zip(rows.codes, found, strict=True)], dtype=np.bool_)
        merged = self._merged(rows, to, keys, renamed)
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
        self, rows: FlowRows, to: NDArray[np.int32], keys: Keys, renamed: NDArray[np.bool_]
    ) -> dict[int, tuple[int, float]] | None:
        """For each flow that several rows speak of since communes merged: the first row, and the sum.

        Several rows without a merger are errors, and ``None`` is the answer.
        """
        again = twice(rows.spool, to, keys)
        if not len(again):
            return {}
        found: dict[int, list[tuple[int, float, bool]]] = {}
        for batch in rows.spool.batches():
            moved = batch.copy()
            moved["origin"], moved["destination"] = to[batch["origin"]], to[batch["destination"]]
            key = keys.of(moved)
            for at in np.flatnonzero(np.isin(key, again)).tolist():
                row = batch[at]
                old = bool(renamed[row["origin"]] or renamed[row["destination"]])
                found.setdefault(int(key[at]), []).append((int(row["row"]), float(row["quantity"]), old))
        before = self.report.total
        for said in found.values():
            if not any(old for _, _, old in said):
                self.report.error(
                    Issue(
                        "duplicate_row",
                        f"la ligne {said[0][0]} parle déjà de la même chose : gardez une seule ligne.",
                        f"row {said[0][0]} already speaks of the same thing: keep one row.",
                        rows.sheet.file,
                        rows.sheet.name,
                        said[1][0],
                    )
                )
        if self.report.total > before:
            return None
        self.report.note(
            Note(
                "flows_summed",
                f"{rows.sheet.file} : {len(found)} flux additionnés, leurs communes ayant fusionné depuis.",
                f"{rows.sheet.file}: {len(found)} flows summed, their communes having merged since.",
            )
        )
        return {key: (said[0][0], sum(quantity for _, quantity, _ in said)) for key, said in found.items()}


def _abroad(code: str, name: str) -> Territory | None:
    """A place outside the official code that INSEE names: a country, an overseas collectivity."""
    abroad = code[:2].isalpha() or code[:2] in ("98", "99") or code[:3] in ("975", "977", "978")
    if not name or not abroad or ENTITY_ID.fullmatch(code) is None:
        return None
    return Territory(id=code, name=name, type="autre", visibility="public")


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
