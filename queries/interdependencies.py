"""Interdependencies of territories: who depends on whom, how much, and what holds them together."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.plurals import agreed
from graph.snapshot import Snapshot
from queries.chosen_flows import Chosen, chosen_flows
from queries.envelope import Document, Page, envelope, note, plain
from queries.kernels.flows import Sums, expanded, sums
from queries.nesting import Perimeters, level_notes, perimeters

MAX_RECORDS = 100
"""Records named behind one pair, the greatest flows; beyond, a note says so and the sum still counts them all."""


def interdependencies(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Dependence between territories, from the flows of one kind, unit and year.

    With ``F_ij`` the flows by which i depends on j (who depends is a matter of the kind): share ``s_ij = F_ij/F_i`` over all
    of i's flows, wherever they lead; ``outside`` the share that leaves the scope; autonomy ``s_ii``;
    ``HHI_i = Σ_{j≠i}(F_ij/Σ_{j≠i}F_ij)²`` (O. Herfindahl, 1950), a place in no territory of the level standing for
    itself; vulnerability ``(1 − s_ii)·HHI_i``; asymmetry ``s_ij − s_ji``; reciprocity ``2·min(F_ij, F_ji)/(F_ij + F_ji)``.
    Autonomy is null where no flow from a territory to itself is recorded; it, HHI and vulnerability are null where a
    quantity is unknown or the source is truncated: a sum of what is known is not a total.

    ``balances``: what each territory's flows leave and bring, and its dominant flow (J. D. Nystuen and M. F. Dacey, "A
    graph theory interpretation of nodal regions", *Papers of the Regional Science Association* 7, 1961): the territory
    it depends on most, when that one is more depended upon than itself.

    Args:
        snapshot: what the reader may see.
        params: ``kind``, ``unit``, ``year``, ``source``, ``level``, and ``territory`` as the scope.
        lang: of the notes.

    Raises:
        UnknownFilter: a filter that names nothing known.
        InvalidCall: several kinds, units or sources to choose from.
    """
    return told(read_flows(snapshot, params), params, lang)


def read_flows(snapshot: Snapshot, params: Mapping[str, Any]) -> Read:
    """The flows that :func:`interdependencies` speaks of, added up; for those who want sums rather than items.

    Raises:
        UnknownFilter: a filter that names nothing known.
        InvalidCall: several kinds, units or sources to choose from.
    """
    chosen = chosen_flows(
        snapshot, params.get("kind"), params.get("unit"), params.get("year"), params.get("source")
    )
    return Read(snapshot, chosen, perimeters(snapshot, chosen, params.get("level"), params.get("territory")))


def told(read: Read, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """The document of :func:`interdependencies` about flows that are read."""
    snapshot, chosen = read.snapshot, read.chosen
    notes = [*chosen.notes(lang), *level_notes(snapshot, chosen, read.asked, lang), *read.notes(lang)]
    return envelope(
        snapshot,
        {**params, **({} if chosen.kind is None else {"kind": chosen.kind})},
        Page(read.order.tolist(), read.item),
        beside={
            "unit": chosen.unit,
            "year": chosen.year,
            "dependent": chosen.depends,
            "territories": read.territories(),
            "balances": read.balances(),
        },
        notes=notes,
        lang=lang,
    )


@dataclass(frozen=True)
class Read:
    """Flows added up on perimeters, and what is said of them."""

    snapshot: Snapshot
    chosen: Chosen
    asked: Perimeters

    @functools.cached_property
    def sums(self) -> Sums:
        """The flows added up."""
        return sums(
            self.chosen.dependent,
            self.chosen.on,
            self.chosen.flows.quantity,
            self.asked.held,
            self.asked.inside,
        )

    @functools.cached_property
    def shares(self) -> NDArray[np.float64]:
        """``s_ij`` of each pair that occurs."""
        found: NDArray[np.float64] = self.sums.quantity / self.sums.total[self.sums.row]
        return found

    @functools.cached_property
    def order(self) -> NDArray[np.int64]:
        """Places of the pairs of different territories of the scope, the greatest share first."""
        inside = self.asked.inside
        kept = np.flatnonzero(
            (self.sums.row != self.sums.col) & inside[self.sums.row] & inside[self.sums.col]
        )
        return kept[np.argsort(-self.shares[kept], kind="stable")]

    @functools.cached_property
    def incomplete(self) -> NDArray[np.bool_]:
        """Perimeters some of whose flows have no known quantity."""
        unknown, held = self.chosen.unknown, self.asked.held
        dependent = unknown.origin if self.chosen.depends == "origin" else unknown.destination
        found = np.zeros(held.count, dtype=np.bool_)
        for place in np.unique(dependent).tolist():
            found[held.perimeter[held.start[place] : held.start[place + 1]]] = True
        return found

    @functools.cached_property
    def concerned(self) -> list[int]:
        """Perimeters of the scope that some flow touches."""
        touched = (self.sums.total > 0) | (self.sums.received > 0) | self.incomplete
        return np.flatnonzero(touched & self.asked.inside).tolist()

    def id(self, perimeter: int) -> str:
        """Id of a perimeter."""
        return self.snapshot.territories.ids[int(self.asked.places[perimeter])]

    @functools.cached_property
    def _mirrored(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of each pair that occurs, ``F_ji`` and ``s_ji``."""
        back = self.sums.between(self.sums.col, self.sums.row)
        total = self.sums.total[self.sums.col]
        return back, np.divide(back, total, out=np.zeros_like(back), where=total > 0)

    @functools.cached_property
    def _flows_of_pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Keys of pairs, sorted, and the flow behind each."""
        flow, rows, cols = expanded(self.chosen.dependent, self.chosen.on, self.asked.held)
        keys = rows * (self.asked.held.count + 1) + cols
        order = np.argsort(keys, kind="stable")
        return keys[order], flow[order]

    def records(self, row: int, col: int) -> list[str]:
        """Ids of the flows behind a pair, the greatest :data:`MAX_RECORDS`, in order of counter."""
        keys, flow = self._flows_of_pairs
        key = row * (self.asked.held.count + 1) + col
        found = flow[np.searchsorted(keys, key) : np.searchsorted(keys, key, side="right")]
        if len(found) > MAX_RECORDS:
            held = self.chosen.flows
            found = found[np.lexsort((held.record[found], -held.quantity[found]))[:MAX_RECORDS]]
        return [f"F{counter}" for counter in sorted(self.chosen.flows.record[found].tolist())]

    def item(self, pair: int) -> Document:
        """One ordered pair."""
        row, col = int(self.sums.row[pair]), int(self.sums.col[pair])
        quantity, share = float(self.sums.quantity[pair]), float(self.shares[pair])
        back, share_back = (float(side[pair]) for side in self._mirrored)
        return {
            "dependent": self.id(row),
            "on": self.id(col),
            "quantity": plain(quantity),
            "share": share,
            "asymmetry": plain(share - share_back),
            "reciprocity": 2 * min(quantity, back) / (quantity + back),
            "records": self.records(row, col),
        }

    def territories(self) -> list[Document]:
        """Autonomy, concentration, vulnerability and what leaves the scope, territory by territory."""
        told = self.sums
        found = []
        for i in self.concerned:
            total, elsewhere = float(told.total[i]), float(told.elsewhere[i])
            whole = not self.chosen.truncated and not self.incomplete[i] and total > 0
            autonomy = float(told.inner[i]) / total if whole and told.recorded[i] else None
            hhi = float(told.squares[i]) / elsewhere**2 if whole and elsewhere > 0 else None
            found.append(
                {
                    "id": self.id(i),
                    "autonomy": autonomy,
                    "hhi": hhi,
                    "vulnerability": None if autonomy is None or hhi is None else plain((1 - autonomy) * hhi),
                    "outside": plain(float(told.outside[i]) / total) if total > 0 else None,
                }
            )
        return found

    def balances(self) -> list[Document]:
        """What each territory depends on elsewhere, what depends on it, and its dominant flow."""
        told = self.sums
        leaving, arriving = told.total - told.inner, told.received - told.inner
        other = np.flatnonzero(told.row != told.col)
        # of each row the greatest, the first id among equals
        ranked = other[np.lexsort((told.col[other], -told.quantity[other], told.row[other]))]
        rows, first = np.unique(told.row[ranked], return_index=True)
        most = dict(zip(rows.tolist(), told.col[ranked[first]].tolist(), strict=True))
        found = []
        for i in self.concerned:
            on = most.get(i)
            nodal = on is None or not arriving[on] > arriving[i]
            found.append(
                {
                    "id": self.id(i),
                    "depends": plain(float(leaving[i])),
                    "depended_on": plain(float(arriving[i])),
                    "balance": plain(float(arriving[i] - leaving[i])),
                    "dominant": None if nodal or on is None else self.id(on),
                }
            )
        return found

    def notes(self, lang: str) -> list[Document]:
        """What is not known of some territories, and records not named."""
        found = []
        if len(self.chosen.flows) and self.asked.held.count and not self.concerned:
            found.append(
                note(
                    "no_flows_here",
                    "Aucun des flux de ce type et de cette année ne touche ce périmètre : vérifiez « territory » et « level ».",
                    "No flow of this kind and year touches this scope: check 'territory' and 'level'.",
                    lang,
                )
            )
        alone = [i for i in self.concerned if self.sums.total[i] > 0 and not self.sums.recorded[i]]
        if alone and not self.chosen.truncated:
            found.append(
                note(
                    "missing_self_flows",
                    f"{agreed(len(alone), 'territoire(s)')} sans flux interne relevé : autonomie inconnue, parts calculées sur "
                    "les seuls flux vers d'autres.",
                    f"{agreed(len(alone), '(territory|territories)', 'en')} without a recorded internal flow: autonomy unknown, "
                    "shares of flows to others only.",
                    lang,
                )
            )
        if len(self.order):
            keys, _ = self._flows_of_pairs
            size = self.asked.held.count + 1
            shown = self.sums.row[self.order] * size + self.sums.col[self.order]
            widest = int((np.searchsorted(keys, shown, side="right") - np.searchsorted(keys, shown)).max())
            if widest > MAX_RECORDS:
                found.append(
                    note(
                        "records_cut",
                        f"Jusqu'à {widest} flux derrière une paire : les {MAX_RECORDS} plus grands sont nommés, la somme les "
                        "compte tous.",
                        f"Up to {widest} flows behind a pair: the {MAX_RECORDS} greatest are named, the sum counts all.",
                        lang,
                    )
                )
        return found
