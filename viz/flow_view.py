"""Flows as the maps show them: which ones, their year, unit and source, what they say territory by territory."""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from graph.model import Flow
from graph.plurals import counted
from graph.snapshot import Snapshot
from queries.envelope import Document
from queries.interdependencies import Read, read_flows
from queries.interdependencies import told as interdependencies_of
from queries.sentences import number, quoted
from viz.marks import said
from viz.spec import Cell, Record, Row, Table

MOST_PLACES = 80
"""Territories beyond which flows are added up on a wider level, unless one is asked for."""
LEVELS = ("epci", "departement", "region")
"""Levels tried in this order."""
MOST_ROWS = 1_000
"""Rows of a table; beyond, the map says how many are left out."""
MOST_RECORDS = 8
"""Records named behind a pair; the analysis names more."""


@dataclass(frozen=True)
class FlowView:
    """The flows of one kind, unit and year between territories of one level.

    Attributes:
        snapshot: what the reader sees.
        read: the flows, added up.
        document: of ``queries.interdependencies``; its items are made when looked at, and a country has hundreds of
            thousands: ask :meth:`pairs` for those to show.
        label: of the kind.
        year: in words.
        unit: in words.
        sources: in words.
        level: the type of territory they are added up on; ``None`` for places as recorded.
        lang: of the words.
    """

    snapshot: Snapshot
    read: Read
    document: Document
    label: str
    year: str
    unit: str
    sources: str
    level: str | None
    lang: str

    @property
    def count(self) -> int:
        """Pairs of different territories that flows are recorded between."""
        return len(self.read.order)

    @functools.cached_property
    def whole(self) -> float:
        """Sum of the quantities of all pairs."""
        return math.fsum(self.read.sums.quantity[self.read.order].tolist())

    def pairs(
        self,
        most: int | None = None,
        *,
        by: Literal["quantity", "share"] = "quantity",
        among: Collection[str] | None = None,
        dependent: str | None = None,
        on: str | None = None,
    ) -> list[Document]:
        """Items of some pairs, the greatest first, those of equal size by ids.

        Args:
            most: how many; all by default.
            by: what is compared.
            among: territories that both ends must be among.
            dependent: the one that depends.
            on: the one that is depended on.
        """
        read, order = self.read, self.read.order
        row, col = read.sums.row[order], read.sums.col[order]
        kept = np.ones(len(order), dtype=np.bool_)
        if among is not None:
            held = np.isin(np.arange(read.asked.held.count), [self._place(id_) for id_ in among])
            kept = held[row] & held[col]
        if dependent is not None:
            kept &= row == self._place(dependent)
        if on is not None:
            kept &= col == self._place(on)
        order, row, col = order[kept], row[kept], col[kept]
        size = (read.sums.quantity if by == "quantity" else read.shares)[order]
        return [read.item(pair) for pair in order[np.lexsort((col, row, -size))[:most]].tolist()]

    def _place(self, id_: str) -> int:
        return self._places.get(id_, -1)

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        """Place among the perimeters of each id."""
        ids = self.snapshot.territories.ids
        return {ids[place]: k for k, place in enumerate(self.read.asked.places.tolist())}

    @property
    def provenance(self) -> str:
        """What no map of flows goes without: kind, year, unit, source."""
        return said(
            f"{self.label} · {self.year} · {self.unit} · source : {self.sources}",
            f"{self.label} · {self.year} · {self.unit} · source: {self.sources}",
            self.lang,
        )

    def name(self, id_: str) -> str:
        """Name of a territory."""
        return self.snapshot.territories.name(id_)

    def ends(self, item: Document) -> tuple[str, str]:
        """Origin and destination of a flow, whoever depends."""
        depends, on = item["dependent"], item["on"]
        return (depends, on) if self.document["dependent"] == "origin" else (on, depends)

    def sentence(self, item: Document) -> str:
        """What one pair says."""
        depends, on = self.name(item["dependent"]), self.name(item["on"])
        share = percent(item["share"], self.lang)
        amount = number(item["quantity"], self.lang)
        return said(
            f"{amount} {self.unit}, {self.year} : « {depends} » dépend de « {on} » pour {share} de ses flux ; "
            f"réciprocité {number(item['reciprocity'], self.lang)}, asymétrie {number(item['asymmetry'], self.lang)}.",
            f"{amount} {self.unit}, {self.year}: '{depends}' depends on '{on}' for {share} of its flows; "
            f"reciprocity {number(item['reciprocity'], self.lang)}, asymmetry {number(item['asymmetry'], self.lang)}.",
            self.lang,
        )

    def more_records(self, item: Document) -> tuple[str, ...]:
        """How many records of a pair are not shown, if any."""
        more = len(item["records"]) - MOST_RECORDS
        if more <= 0:
            return ()
        return (
            said(
                f"Et au moins {more} autres relevés : l'analyse « interdependencies » les nomme.",
                f"And at least {more} other records: the analysis 'interdependencies' names them.",
                self.lang,
            ),
        )

    @functools.cached_property
    def exchanged(self) -> dict[str, float]:
        """By territory, all that leaves it or reaches it among the pairs, the greatest first, then by id."""
        read, order = self.read, self.read.order
        count, quantity = read.asked.held.count, read.sums.quantity[order]
        sums = np.bincount(read.sums.row[order], quantity, count)
        sums += np.bincount(read.sums.col[order], quantity, count)
        found = {row["id"]: float(sums[self._place(row["id"])]) for row in self.document["territories"]}
        return dict(sorted(found.items(), key=lambda told: (-told[1], told[0])))

    @functools.cached_property
    def dependence(self) -> dict[str, float | None]:
        """By territory, the share of its recorded flows that leads elsewhere; ``None`` without a recorded inner flow."""
        read, order = self.read, self.read.order
        away = np.bincount(read.sums.row[order], read.shares[order], read.asked.held.count)
        truncated = read.chosen.truncated
        return {
            row["id"]: min(1.0, float(away[self._place(row["id"])]) + row["outside"])
            if row["outside"] is not None and (truncated or row["autonomy"] is not None)
            else None
            for row in self.document["territories"]
        }

    def notes(self) -> list[str]:
        """What limits these sums, and what the tables leave out."""
        found = [note["text"] for note in self.document["notes"] if note["code"] not in ("contested",)]
        silent = int(self.read.asked.inside.sum()) - len(self.read.concerned)
        if self.level is not None and silent:
            found.append(
                said(
                    f"Sans flux relevé à cette échelle : {counted(silent, 'territoire', 'territoires')}.",
                    f"Without a recorded flow at this level: {counted(silent, 'territory', 'territories', 'en')}.",
                    self.lang,
                )
            )
        for count, fr, en in (
            (
                self.count,
                "paires au tableau, les plus grandes sur {0} : l'analyse « interdependencies » les donne toutes.",
                "pairs",
            ),
            (
                len(self.document["territories"]),
                "territoires au tableau sur {0} : l'analyse « interdependencies » les donne tous.",
                "territories",
            ),
        ):
            if count > MOST_ROWS:
                found.append(
                    said(
                        f"{MOST_ROWS} {fr.format(count)}",
                        f"{MOST_ROWS} of {count} {en} in the table: the analysis 'interdependencies' gives all.",
                        self.lang,
                    )
                )
        return found

    def undrawn(self, drawn: int) -> list[str]:
        """How many pairs a picture leaves out; a picture of nothing says so itself."""
        left = self.count - drawn
        if left <= 0 or not drawn:
            return []
        return [
            said(
                f"{left} flux sur {self.count} ne sont pas dessinés à cette taille : ils comptent dans le total et sont au "
                "tableau.",
                f"{left} of {self.count} flows are not drawn at this size: they count in the total and are in the table.",
                self.lang,
            )
        ]


def percent(share: float | None, lang: str) -> str:
    """A share for people; ``?`` when unknown."""
    if share is None:
        return "?"
    return f"{number(round(100 * share, 1), lang)} %"


def flow_view(snapshot: Snapshot, asked: Mapping[str, Any], lang: str = "fr") -> FlowView:
    """The flows that a map is about.

    Without a kind, a unit or a year, the kind with most records, its most frequent unit in its latest year. Without a
    level, places as they are recorded, or where there are more than :data:`MOST_PLACES`, the first of :data:`LEVELS`
    that the cartography has.

    Args:
        snapshot: what the reader may see.
        asked: ``kind``, ``unit``, ``year``, ``source``, ``level``, ``territory``; what is not asked for is ``None``.
        lang: ``fr`` or ``en``.

    Raises:
        UnknownFilter: a filter that names nothing known.
        InvalidCall: several sources tell the same flow.
    """
    params = {name: value for name, value in asked.items() if value is not None}
    flows = snapshot.flows
    if "kind" not in params and len(flows):
        params["kind"] = flows.kinds[int(np.bincount(flows.kind).argmax())]
    if "unit" not in params and len(flows):
        code = snapshot.vocabulary["type_flux"].find(str(params["kind"])) or str(params["kind"])
        mine = flows.kind == (flows.kinds.index(code) if code in flows.kinds else -1)
        if mine.any():
            mine &= flows.year == (params.get("year") or flows.year[mine].max())
        if mine.any():
            params["unit"] = flows.units[int(np.bincount(flows.unit[mine]).argmax())] or "-"
    if "level" not in params:
        level = _level(snapshot, params)
        if level is not None:
            params["level"] = level
    read = read_flows(snapshot, params)
    document, chosen = interdependencies_of(read, params, lang), read.chosen
    sources = sorted(
        {
            part.sources[place] or said("source non dite", "source not said", lang)
            for part in (chosen.flows, chosen.unknown)
            for place in np.unique(part.source)
        }
    )
    kind = chosen.kind
    return FlowView(
        snapshot,
        read,
        document,
        snapshot.vocabulary.label("type_flux", kind, lang).capitalize() if kind else "",
        str(chosen.year) if chosen.year else said("année non dite", "year not said", lang),
        chosen.unit or said("unité non dite", "unit not said", lang),
        quoted(sources, lang) if sources else said("source non dite", "source not said", lang),
        params.get("level"),
        lang,
    )


def _level(snapshot: Snapshot, params: Mapping[str, Any]) -> str | None:
    flows = snapshot.flows
    if len(np.union1d(flows.origin, flows.destination)) <= MOST_PLACES or params.get("source"):
        return None
    types = {territory.type for territory in snapshot.territories}
    return next((level for level in LEVELS if level in types), None)


def records_of_flows(snapshot: Snapshot, wanted: set[str], lang: str) -> tuple[Record, ...]:
    """The statements of these ids as the panel shows them."""
    found = []
    for version in snapshot.records("flows") if wanted else ():
        if version.id not in wanted:
            continue
        flow = version.value
        assert isinstance(flow, Flow)
        amount = said("quantité inconnue", "unknown quantity", lang)
        if flow.quantity is not None:
            amount = f"{number(flow.quantity, lang)} {flow.unit or ''}".strip()
        found.append(
            Record(
                id=version.id,
                value=0,
                text=amount,
                subject=snapshot.territories.name(flow.origin),
                object=snapshot.territories.name(flow.destination),
                joined="→",
                date="" if flow.year is None else str(flow.year),
                source=flow.source or "",
                confidence=None,
                rater="",
            )
        )
    return tuple(found)


def pairs_table(view: FlowView) -> Table:
    """One row a pair, the greatest quantity first."""
    lang = view.lang

    def amount(value: float) -> Cell:
        return Cell(number(value, lang), value)

    rows = tuple(
        Row(
            (
                Cell(view.name(item["dependent"])),
                Cell(view.name(item["on"])),
                amount(item["quantity"]),
                Cell(percent(item["share"], lang), item["share"]),
                amount(item["asymmetry"]),
                amount(item["reciprocity"]),
            ),
            tuple(item["records"][:MOST_RECORDS]),
        )
        for item in view.pairs(MOST_ROWS)
    )
    columns = said(
        f"Qui dépend|De qui|{view.unit}|Part de ses flux|Asymétrie|Réciprocité",
        f"Who depends|On whom|{view.unit}|Share of its flows|Asymmetry|Reciprocity",
        lang,
    )
    return Table(view.provenance, tuple(columns.split("|")), rows)


def territories_table(view: FlowView, places: Mapping[str, str]) -> Table:
    """One row a territory: how it is known on the map, and what its flows say of it.

    Args:
        view: the flows.
        places: how each territory is drawn, in words.
    """
    lang, dependence = view.lang, view.dependence

    def share(value: float | None) -> Cell:
        return Cell(said("inconnu", "unknown", lang)) if value is None else Cell(percent(value, lang), value)

    def plain(value: float | None) -> Cell:
        unknown = said("inconnu", "unknown", lang)
        return Cell(unknown) if value is None else Cell(number(value, lang), value)

    balances = {row["id"]: row for row in view.document["balances"]}
    rows = tuple(
        Row(
            (
                Cell(view.name(row["id"])),
                Cell(places.get(row["id"], "")),
                share(dependence[row["id"]]),
                share(row["autonomy"]),
                share(row["outside"]),
                plain(row["hhi"]),
                plain(row["vulnerability"]),
                plain(balances[row["id"]]["depends"]),
                plain(balances[row["id"]]["depended_on"]),
                Cell(view.name(dominant) if (dominant := balances[row["id"]]["dominant"]) else ""),
            )
        )
        for row in view.document["territories"][:MOST_ROWS]
    )
    columns = said(
        "Territoire|Sur la carte|Dépendance|Autonomie|Hors périmètre|Concentration|Vulnérabilité|Dépend d'ailleurs|"
        "On en dépend|Dominé par",
        "Territory|On the map|Dependence|Autonomy|Outside|Concentration|Vulnerability|Depends elsewhere|"
        "Depended on|Dominated by",
        lang,
    )
    return Table(said("Territoires", "Territories", lang), tuple(columns.split("|")), rows)
