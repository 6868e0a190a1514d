"""Territories in one another, and the perimeters that flows are added up on."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.errors import UnknownFilter
from graph.model import Territory
from graph.plurals import agreed
from graph.snapshot import Entities, Snapshot
from queries.chosen_flows import Chosen
from queries.envelope import Document, note
from queries.kernels.flows import Members, members
from queries.sentences import number


@dataclass(frozen=True)
class Perimeters:
    """The territories that flows are added up on.

    Attributes:
        places: places of the perimeters in the snapshot's territories, in order of ids.
        held: which of them hold each place.
        inside: for each, whether it is in the scope.
        scoped: whether a scope was asked for.
    """

    places: NDArray[np.int64]
    held: Members
    inside: NDArray[np.bool_]
    scoped: bool


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
    nesting = nesting_of(territories)
    if level is None:
        seen = np.zeros(len(territories), dtype=np.bool_)
        for flows in (chosen.flows, chosen.unknown):
            seen[flows.origin] = True
            seen[flows.destination] = True
        places = np.flatnonzero(seen)
        held = members([()] * len(territories), places.tolist())
    else:
        places, held = nesting.level(_level(snapshot, level))
    if scope is None:
        return Perimeters(places, held, np.ones(len(places), dtype=np.bool_), scoped=False)
    within = members(nesting.above, [territories.index[scope]]).placed
    return Perimeters(places, held, within[places], scoped=True)


def _level(snapshot: Snapshot, level: str) -> str:
    words = snapshot.vocabulary["type_territoire"]
    found = words.find(level)
    if found is not None:
        return found
    near = words.nearest(level)
    raise UnknownFilter(
        f"« {level} » n'est pas un type de territoire (« level », ou « scale » d'une carte) ; connus : {', '.join(words.codes)}."
        + (f" Vouliez-vous dire « {near} » ?" if near else ""),
        f"'{level}' is no type of territory ('level', or 'scale' of a map); known: {', '.join(words.codes)}."
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
    if loose.any() and not asked.scoped:
        amount = number(float(flows.quantity[loose].sum()), lang)
        found.append(
            note(
                "unplaced",
                f"{int(loose.sum())} flux ({amount}) de territoires sans territoire de ce niveau : à rattacher "
                "(colonne « parents »).",
                f"{agreed(int(loose.sum()), 'flow(s)', 'en')} ({amount}) of territories without a territory of this level: tie "
                "them (column 'parents').",
                lang,
            )
        )
    if len(held.several):
        found.append(
            note(
                "overlapping",
                agreed(
                    len(held.several),
                    "territoire(s) (est|sont) dans plusieurs périmètres de ce niveau : (ses|leurs) flux comptent dans "
                    "chacun, les parts d'une ligne peuvent dépasser 1.",
                ),
                agreed(
                    len(held.several),
                    "(territory lies|territories lie) in several perimeters of this level: (its|their) flows count in "
                    "each, shares of a row may exceed 1.",
                    "en",
                ),
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
    territories = snapshot.territories
    used = np.zeros(len(territories), dtype=np.bool_)
    used[chosen.flows.origin] = True
    used[chosen.flows.destination] = True
    used &= asked.held.placed
    # perimeters that are the places themselves add nothing up
    if np.array_equal(np.flatnonzero(used), asked.places):
        return None
    nesting = nesting_of(territories)
    inner = np.flatnonzero(used & nesting.under(used))
    if not len(inner):
        return None
    outer = next(place for place in nesting.over(int(inner[0])) if used[place])
    return territories.items[inner[0]].name, territories.items[outer].name


class Nesting:
    """How territories lie in one another, by place; made once for the territories of a snapshot."""

    def __init__(self, territories: Entities[Territory]) -> None:
        index = territories.index
        self.above = [[index[p] for p in t.parents if p in index] for t in territories]
        self.types = [t.type for t in territories]
        self.child = np.array([k for k, up in enumerate(self.above) for _ in up], dtype=np.int64)
        self.parent = np.array([p for up in self.above for p in up], dtype=np.int64)
        self._levels: dict[str, tuple[NDArray[np.int64], Members]] = {}

    def level(self, code: str) -> tuple[NDArray[np.int64], Members]:
        """The territories of a type, and which of them hold each place."""
        if code not in self._levels:
            found = [place for place, type_ in enumerate(self.types) if type_ == code]
            self._levels[code] = np.array(found, dtype=np.int64), members(self.above, found)
        return self._levels[code]

    def under(self, some: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """For each place, whether one of some lies above it."""
        found = np.zeros(len(self.above), dtype=np.bool_)
        while True:
            fresh = self.child[some[self.parent] | found[self.parent]]
            if found[fresh].all():
                return found
            found[fresh] = True

    def over(self, place: int) -> list[int]:
        """The places above one, the nearest first."""
        found: dict[int, None] = {}
        queue = list(self.above[place])
        while queue:
            up = queue.pop(0)
            if up not in found:
                found[up] = None
                queue += self.above[up]
        return list(found)


_NESTINGS: weakref.WeakKeyDictionary[Entities[Territory], Nesting] = weakref.WeakKeyDictionary()


def nesting_of(territories: Entities[Territory]) -> Nesting:
    """The nesting of some territories, kept as long as they are."""
    found = _NESTINGS.get(territories)
    if found is None:
        found = _NESTINGS.setdefault(territories, Nesting(territories))
    return found
