"""Which flows a question is about: one kind, one unit, one year, each pair of places told by one source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.errors import Fault, InvalidCall, UnknownFilter
from graph.flows import Flows
from graph.snapshot import Snapshot
from queries.envelope import Document, note
from queries.kernels.flows import Members, members
from queries.sentences import number, quoted

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
    """

    kind: str | None
    unit: str
    year: int | None
    depends: str
    flows: Flows
    unknown: Flows

    @property
    def dependent(self) -> NDArray[np.int32]:
        """Place that depends, for each known flow."""
        return self.flows.origin if self.depends == ORIGIN else self.flows.destination

    @property
    def on(self) -> NDArray[np.int32]:
        """Place depended on, for each known flow."""
        return self.flows.destination if self.depends == ORIGIN else self.flows.origin

    @property
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
                    f"{len(self.unknown)} flux sans quantité connue : il(s) n'entre(nt) dans aucune somme.",
                    f"{len(self.unknown)} flow(s) without a known quantity: in no sum.",
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
    told = flows.take(_where(flows, code))
    if source is not None:
        told = told.take(_named(told.source, told.sources, source, "source", "source"))
    if unit is not None:
        told = told.take(_named(told.unit, told.units, unit, "unit", "unité"))
    if year is None and len(told):
        year = int(told.year.max()) or None
    told = told.take(told.year == (year or 0))
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
        told.take(known),
        told.take(~known),
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
    column: NDArray[np.int32], texts: tuple[str, ...], wanted: str, name: str, fr: str
) -> NDArray[np.bool_]:
    held = [texts[place] or UNSAID for place in np.unique(column)]
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


@dataclass(frozen=True)
class Perimeters:
    """The territories that flows are added up on.

    Attributes:
        places: places of the perimeters in the snapshot's territories, in order of ids.
        held: which of them hold each place.
        inside: for each, whether it is in the scope.
    """

    places: NDArray[np.int64]
    held: Members
    inside: NDArray[np.bool_]


def perimeters(snapshot: Snapshot, chosen: Chosen, level: str | None, scope: str | None) -> Perimeters:
    """The territories of a level; without one, the places as they are recorded.

    Args:
        snapshot: what the reader may see.
        chosen: the flows.
        level: a type of territory, code or label.
        scope: a territory: only what lies in it is in the scope.

    Raises:
        UnknownFilter: the level is no known type of territory.
    """
    territories = snapshot.territories
    index = territories.index
    above = [[index[p] for p in t.parents if p in index] for t in territories]
    if level is None:
        seen = np.zeros(len(territories), dtype=np.bool_)
        for flows in (chosen.flows, chosen.unknown):
            seen[flows.origin] = True
            seen[flows.destination] = True
        places = np.flatnonzero(seen)
        held = members([()] * len(territories), places.tolist())
    else:
        code = _level(snapshot, level)
        found = [place for place, territory in enumerate(territories) if territory.type == code]
        places = np.array(found, dtype=np.int64)
        held = members(above, found)
    if scope is None:
        return Perimeters(places, held, np.ones(len(places), dtype=np.bool_))
    within = members(above, [index[scope]]).placed
    return Perimeters(places, held, within[places])


def _level(snapshot: Snapshot, level: str) -> str:
    words = snapshot.vocabulary["type_territoire"]
    found = words.find(level)
    if found is not None:
        return found
    near = words.nearest(level)
    raise UnknownFilter(
        f"Filtre « level » : « {level} » n'est pas un type de territoire ; connus : {', '.join(words.codes)}."
        + (f" Vouliez-vous dire « {near} » ?" if near else ""),
        f"Filter 'level': '{level}' is no type of territory; known: {', '.join(words.codes)}."
        + (f" Did you mean '{near}'?" if near else ""),
    )


def level_notes(snapshot: Snapshot, chosen: Chosen, asked: Perimeters, lang: str) -> list[Document]:
    """What a level leaves aside or would count twice."""
    found = []
    held, flows = asked.held, chosen.flows
    if len(flows) and not held.count:
        found.append(
            note(
                "no_territories",
                "Aucun territoire de ce niveau n'est connu : importez-les, ou demandez un autre niveau.",
                "No territory of this level is known: import them, or ask another level.",
                lang,
            )
        )
    loose = ~held.placed[chosen.dependent]
    if loose.any() and asked.inside.all():
        amount = number(float(flows.quantity[loose].sum()), lang)
        found.append(
            note(
                "unplaced",
                f"{int(loose.sum())} flux ({amount}) de territoires sans territoire de ce niveau : à rattacher "
                "(colonne « parents »).",
                f"{int(loose.sum())} flow(s) ({amount}) of territories without a territory of this level: tie them "
                "(column 'parents').",
                lang,
            )
        )
    if len(held.several):
        found.append(
            note(
                "overlapping",
                f"{len(held.several)} territoire(s) sont dans plusieurs périmètres de ce niveau : leurs flux comptent dans "
                "chacun, les parts d'une ligne peuvent dépasser 1.",
                f"{len(held.several)} territory(ies) lie in several perimeters of this level: their flows count in each, "
                "shares of a row may exceed 1.",
                lang,
            )
        )
    nested = _nested(snapshot, chosen, asked)
    if nested is not None:
        inner, outer = nested
        found.append(
            note(
                "mixed_levels",
                f"Des flux sont relevés à la fois pour {outer} et pour {inner}, qui en fait partie : ils s'ajoutent. "
                "Séparez-les par leur source s'ils disent la même chose.",
                f"Flows are recorded both for {outer} and for {inner}, which is part of it: they add up. Separate them "
                "by source if they say the same thing.",
                lang,
            )
        )
    return found


def _nested(snapshot: Snapshot, chosen: Chosen, asked: Perimeters) -> tuple[str, str] | None:
    """A place with flows and one above it with flows too, both counted in one perimeter."""
    territories, index = snapshot.territories, snapshot.territories.index
    used = np.union1d(chosen.flows.origin, chosen.flows.destination)
    used = used[asked.held.placed[used]]
    # a perimeter of places as recorded adds nothing up
    if len(used) == len(asked.places) and np.array_equal(used, asked.places):
        return None
    told = set(used.tolist())
    for place in told:
        seen: set[int] = set()
        queue = [place]
        while queue:
            for parent in territories.items[queue.pop()].parents:
                up = index.get(parent)
                if up is None or up in seen:
                    continue
                if up in told:
                    return territories.items[place].name, territories.items[up].name
                seen.add(up)
                queue.append(up)
    return None
