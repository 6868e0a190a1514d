"""Which flows a question is about: one kind, one unit, one year, each pair of places told by one source."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.errors import Fault, InvalidCall, UnknownFilter
from graph.flows import Flows
from graph.plurals import agreed
from graph.snapshot import Snapshot
from queries.envelope import Document, note
from queries.sentences import quoted

KINDS = "type_flux"
ORIGIN, DESTINATION = "origin", "destination"
UNSAID = "-"
"""Stands for a unit or a source that is not said, as in a cell."""


@dataclass(frozen=True)
class Chosen:
    """Flows of one kind, unit and year.

    Attributes:
        kind: code; ``None`` when nothing is recorded and no kind was asked for.
        unit: empty when not said.
        year: ``None`` when not said.
        depends: who depends, ``origin`` or ``destination``.
        flows: those whose quantity is known.
        unknown: those stated without a quantity.
        earlier: other years recorded, when none was asked for.
    """

    kind: str | None
    unit: str
    year: int | None
    depends: str
    flows: Flows
    unknown: Flows
    earlier: tuple[int, ...] = ()

    @property
    def dependent(self) -> NDArray[np.int32]:
        """Place that depends, for each known flow."""
        return self.flows.origin if self.depends == ORIGIN else self.flows.destination

    @property
    def on(self) -> NDArray[np.int32]:
        """Place depended on, for each known flow."""
        return self.flows.destination if self.depends == ORIGIN else self.flows.origin

    @functools.cached_property
    def truncated(self) -> bool:
        """Whether a source leaves small flows out: sums are lower bounds."""
        return bool(self.flows.truncated.any() or self.unknown.truncated.any())

    def notes(self, lang: str) -> list[Document]:
        """What limits every sum of these flows."""
        found = []
        if self.kind is not None and not len(self.flows):
            found.append(
                note(
                    "no_flows",
                    "Aucun flux chiffré de ce type pour cette année.",
                    "No flow of this kind has a quantity in this year.",
                    lang,
                )
            )
        if self.earlier:
            fr, en = (
                ", ".join(str(y or unsaid) for y in self.earlier) for unsaid in ("sans année", "no year")
            )
            found.append(
                note(
                    "latest_year",
                    f"Lus pour l'année la plus récente, {self.year} ; aussi relevés : {fr} (« year » en choisit une autre).",
                    f"Read for the latest year, {self.year}; also recorded: {en} ('year' chooses another).",
                    lang,
                )
            )
        if self.truncated:
            found.append(
                note(
                    "truncated_source",
                    "La source ne donne pas les petits flux : les parts sont celles des flux relevés ; autonomie, "
                    "concentration et vulnérabilité ne sont pas calculées.",
                    "The source leaves small flows out: shares are of recorded flows; autonomy, concentration and "
                    "vulnerability are not computed.",
                    lang,
                )
            )
        if len(self.unknown):
            found.append(
                note(
                    "unknown_quantities",
                    agreed(
                        len(self.unknown), "flux sans quantité connue : il(s) n'entre(nt) dans aucune somme."
                    ),
                    agreed(len(self.unknown), "flow(s) without a known quantity: in no sum.", "en"),
                    lang,
                )
            )
        return found


def chosen_flows(
    snapshot: Snapshot,
    kind: str | None,
    unit: str | None = None,
    year: int | None = None,
    source: str | None = None,
) -> Chosen:
    """The flows that a question is about.

    Args:
        snapshot: what the reader may see.
        kind: code or label; may be left out where only one is recorded.
        unit: may be left out where only one is recorded that year.
        year: the latest by default.
        source: where several sources tell the same flow.

    Raises:
        UnknownFilter: kind, unit or source that names nothing known.
        InvalidCall: several kinds, units or sources to choose from; each time the message lists them.
    """
    flows = snapshot.flows
    code = _kind(snapshot, kind)
    if code is None:
        nothing = flows.take(np.zeros(0, dtype=np.int64))
        return Chosen(None, unit or "", year, ORIGIN, nothing, nothing)
    mask = _where(flows, code)
    if source is not None:
        mask &= _named(flows.source, flows.sources, mask, source, "source", "source")
    if unit is not None:
        mask &= _named(flows.unit, flows.units, mask, unit, "unit", "unité")
    earlier: tuple[int, ...] = ()
    if year is None and mask.any():
        *before, latest = np.unique(flows.year[mask]).tolist()
        year, earlier = latest or None, tuple(before)
    mask &= flows.year == (year or 0)
    told = flows if mask.all() else flows.take(mask)
    units = [told.units[place] for place in np.unique(told.unit)]
    if len(units) > 1:
        raise _several("unit", "Plusieurs unités", "Several units", units)
    _one_source(snapshot, told)
    known = ~np.isnan(told.quantity)
    depends = snapshot.vocabulary[KINDS][code].depends if code in snapshot.vocabulary[KINDS].codes else None
    return Chosen(
        code,
        units[0] if units else unit or "",
        year,
        DESTINATION if depends == "destination" else ORIGIN,
        told if known.all() else told.take(known),
        told.take(np.flatnonzero(~known)),
        earlier,
    )


def _kind(snapshot: Snapshot, kind: str | None) -> str | None:
    recorded = snapshot.flows.kinds
    if kind is None:
        if len(recorded) > 1:
            raise _several("kind", "Plusieurs types de flux", "Several kinds of flow", recorded)
        return recorded[0] if recorded else None
    words = snapshot.vocabulary[KINDS]
    found = words.find(kind)
    if found is not None or kind in recorded:
        return found or kind
    near = words.nearest(kind)
    raise UnknownFilter(
        f"Filtre « type » : « {kind} » n'est pas connu ; connus : {', '.join(words.codes)}."
        + (f" Vouliez-vous dire « {near} » ?" if near else ""),
        f"Filter 'kind': '{kind}' is not known; known: {', '.join(words.codes)}."
        + (f" Did you mean '{near}'?" if near else ""),
    )


def _where(flows: Flows, kind: str) -> NDArray[np.bool_]:
    return np.equal(flows.kind, flows.kinds.index(kind) if kind in flows.kinds else -1)


def _named(
    column: NDArray[np.int32],
    texts: tuple[str, ...],
    among: NDArray[np.bool_],
    wanted: str,
    name: str,
    fr: str,
) -> NDArray[np.bool_]:
    held = [texts[place] or UNSAID for place in np.unique(column[among])]
    if wanted not in held:
        raise UnknownFilter(
            f"Filtre « {fr} » : « {wanted} » n'est pas connu ici ; connus : {quoted(held)}.",
            f"Filter '{name}': '{wanted}' is not known here; known: {quoted(held, 'en')}.",
        )
    return np.equal(column, texts.index("" if wanted == UNSAID else wanted))


def _several(parameter: str, fr: str, en: str, texts: list[str] | tuple[str, ...]) -> InvalidCall:
    shown = [text or UNSAID for text in texts]
    return InvalidCall(
        [
            Fault(
                parameter,
                "",
                f"{fr} : choisissez avec « {parameter} » parmi {quoted(shown)}.",
                f"{en}: choose one with '{parameter}', of {quoted(shown, 'en')}.",
            )
        ]
    )


def _one_source(snapshot: Snapshot, told: Flows) -> None:
    """Refuse flows that several sources tell: their sum would count them twice."""
    same = (told.origin[1:] == told.origin[:-1]) & (told.destination[1:] == told.destination[:-1])
    if not same.any():
        return
    at = int(np.flatnonzero(same)[0])
    a, b = (snapshot.territories.items[place].name for place in (told.origin[at], told.destination[at]))
    held = [told.sources[place] for place in np.unique(told.source)]
    raise _several(
        "source",
        f"Plusieurs sources disent le même flux ({a} → {b})",
        f"Several sources tell the same flow ({a} → {b})",
        held,
    )
