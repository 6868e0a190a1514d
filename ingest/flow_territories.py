"""The territories that a file of flows names: found, created from the official code, or unknown, with their places."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from graph.ids import ENTITY_ID
from graph.model import TABLES, Alias, Territory
from graph.plurals import agreed
from ingest.decide import Decision
from ingest.foreign.flow_rows import FlowRows
from ingest.issues import LISTED, Issue, Note, Report
from ingest.mapping import Draft, Origin
from ingest.opendata import Reference
from ingest.plan import Plan
from ingest.resolve import Ids

SHOWN = 10
"""Codes, or rows, that a message names before it only counts them."""

LOOK_ALIKE = str.maketrans("OoIl", "0011")
"""Letters typed for digits."""


class FlowTerritories:
    """Finds the territories of files of flows.

    Args:
        plan: where those created, their aliases and errors go.
        ids: which ids exist.
        reference: the official territories.
    """

    def __init__(self, plan: Plan, ids: Ids, reference: Reference) -> None:
        self.plan = plan
        self.report: Report = plan.report
        self.ids = ids
        self.reference = reference

    def found(self, rows: FlowRows) -> list[str]:
        """Ids that the codes of a file stand for, by place of the code; those absent are created.

        An unknown code is an error; then its place holds ``""``.
        """
        found: list[str] = []
        wanted: dict[str, int] = {}
        renamed: dict[str, str] = {}
        unknown: dict[str, int] = {}
        for code, place in rows.codes.items():
            id_ = self._id(code)
            if id_ is None and (made := _abroad(code, rows.names.get(place, ""))) is not None:
                self._create(rows, made, rows.first_rows[place])
                id_ = code
            if id_ is None:
                unknown[code] = place
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
        naming = _rows_naming(rows, unknown.values()) if unknown else {}
        for code, place in unknown.items():
            self._unknown(rows, code, place, naming.get(place, []))
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

    def _unknown(self, rows: FlowRows, code: str, place: int, naming: list[int]) -> None:
        row, column_at = rows.first_rows[place], rows.first_columns[place]
        if naming and naming[0] < row:
            # of rows read together, origins are met before destinations
            row, column_at = naming[0], rows.layout.destination
        also_fr, also_en = _also([other for other in naming if other != row])
        near = self._nearest(code)
        column = "" if rows.layout.form == "matrix" else rows.layout.headers.get(column_at, "")
        self.report.error(
            Issue(
                "unknown_reference",
                "ce territoire n'est ni dans le fichier, ni dans le dépôt, ni dans le code officiel géographique."
                + (f" Vouliez-vous dire « {near} » ?" if near else "")
                + " Corrigez le code (gardez ses zéros), ou ajoutez-le à une feuille « territoires »."
                + also_fr,
                "this territory is neither in the file, nor in the store, nor in the official geographic code."
                + (f" Did you mean '{near}'?" if near else "")
                + " Correct the code (keep its zeros), or add it to a sheet 'territoires'."
                + also_en,
                rows.sheet.file,
                rows.sheet.name,
                row,
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


def _rows_naming(rows: FlowRows, places: Iterable[int]) -> dict[int, list[int]]:
    """By place of a code, the rows that name it; a code of a matrix stands in one cell."""
    found: dict[int, list[int]] = defaultdict(list)
    if rows.layout.form == "matrix":
        return found
    wanted = np.fromiter(places, dtype=np.int32)
    for batch in rows.spool.batches():
        origin, destination = np.isin(batch["origin"], wanted), np.isin(batch["destination"], wanted)
        for flow in batch[origin | destination]:
            for place in {int(flow["origin"]), int(flow["destination"])}.intersection(wanted.tolist()):
                found[place].append(int(flow["row"]))
    return found


def _also(rows: list[int]) -> tuple[str, str]:
    """Where else a code stands, in French and in English."""
    if not rows:
        return "", ""
    told, rest = ", ".join(map(str, rows[:SHOWN])), len(rows) - SHOWN
    more_fr, more_en = (f" et {rest} autres", f" and {rest} others") if rest > 0 else ("", "")
    several = len(rows) > 1
    return (
        f" {'Aussi lignes' if several else 'Aussi ligne'} {told}{more_fr}.",
        f" {'Also rows' if several else 'Also row'} {told}{more_en}.",
    )


def _abroad(code: str, name: str) -> Territory | None:
    """A place outside the official code that INSEE names: a country, an overseas collectivity."""
    abroad = code[:2].isalpha() or code[:2] in ("98", "99") or code[:3] in ("975", "977", "978")
    if not name or not abroad or ENTITY_ID.fullmatch(code) is None:
        return None
    return Territory(id=code, name=name, type="autre", visibility="public")
