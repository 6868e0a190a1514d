"""The reference: official territories, their nesting, population, point, competences and old codes.

Ids: a commune or a municipal arrondissement is its INSEE code (``75056``, ``2A004``), an EPCI, an EPT or a syndicate its
SIREN (``200054781``), a département ``D`` and its code (``D75``), a région ``R`` and its code (``R11``). No two are alike.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.model import Alias, Territory
from ingest.opendata.cog import department_id, region_id
from ingest.opendata.files import SHIPPED, Entry, entry_of, unpacked

KINDS = {
    "PETR": "petr",
    "SIVU": "syndicat",
    "SIVOM": "syndicat",
    "SMF": "syndicat",
    "SMO": "syndicat",
    "POLEM": "autre",
}
"""Type of a territory by the legal form BANATIC gives."""

VISIBILITY = "public"
"""Of territories taken from the reference: official names and populations are secret to nobody."""


@dataclass(frozen=True, slots=True)
class Place:
    """An official territory.

    Attributes:
        code: its id.
        name: official.
        type: code of the list ``type_territoire``.
        parents: ids of the perimeters that hold it whole.
        population: *population municipale*, summed over communes for wider perimeters; ``None`` when not known.
        siren: of the body that governs it, when known.
        form: legal form (CC, CA, METRO, SIVU…), when it has one.
    """

    code: str
    name: str
    type: str
    parents: tuple[str, ...] = ()
    population: int | None = None
    siren: str | None = None
    form: str | None = None


@dataclass(frozen=True)
class Found:
    """Territories to be written, each after its parents, and the old codes that lead to them.

    Attributes:
        territories: as records.
        aliases: of old codes.
        unknown: codes that the reference does not know.
    """

    territories: tuple[Territory, ...]
    aliases: tuple[Alias, ...]
    unknown: tuple[str, ...] = ()


PARIS_POSTCODES = frozenset(f"750{n:02}" for n in range(1, 21))
"""Also the codes that communes of the former Seine had until 1968 (75005 was Aubervilliers): whoever writes one today
means an arrondissement of Paris, so they lead nowhere rather than elsewhere in silence."""


class Reference:
    """What the built files of a folder say.

    Args:
        folder: of built files; those shipped by default.

    Raises:
        FileRefused: the official code is absent or damaged.
    """

    def __init__(self, folder: Path = SHIPPED) -> None:
        self.folder = folder
        cog = self._document("cog")
        self.year: int = cog["year"]
        self.sources: tuple[Entry, ...] = tuple(
            entry
            for stem in ("cog", "competences", "points", "perimeters")
            if (entry := entry_of(stem, folder))
        )
        self._points: dict[str, list[float]] = self._document("points", {})
        banatic = self._document("competences", {"groups": [], "held": {}, "labels": {}, "later": {}})
        self._held: dict[str, list[str]] = banatic["held"]
        self.competence_later: dict[str, list[str]] = banatic["later"]
        self._places: dict[str, Place] = {}
        self._children: dict[str, list[str]] = defaultdict(list)
        self._fill(cog, banatic["groups"], self._document("perimeters", {"groups": []})["groups"])
        self._former: dict[str, tuple[str, str | None]] = {
            old: (now, name) for old, now, name in cog["former"] if old not in PARIS_POSTCODES
        }
        self._sirens = {
            siren: code
            for code, siren in zip(cog["communes"]["code"], cog["communes"]["siren"], strict=True)
            if siren
        }
        self._old: dict[str, list[str]] = defaultdict(list)
        for old, (now, _) in self._former.items():
            self._old[now].append(old)

    def _document(self, stem: str, absent: Any = None) -> Any:
        entry = entry_of(stem, self.folder)
        if entry is None and absent is not None:
            return absent
        return unpacked(self.folder / (entry.file if entry else f"{stem}.json.gz"))

    # what it knows

    @property
    def places(self) -> dict[str, Place]:
        """Every territory by id."""
        return self._places

    @property
    def former(self) -> dict[str, tuple[str, str | None]]:
        """Old code → (code of today, name it had or ``None``)."""
        return self._former

    def resolve(self, code: str) -> str | None:
        """The id of today of a code: itself, that of an old code, or of the SIREN of a commune.

        Args:
            code: in any case, with or without spaces around.
        """
        given = code.strip().upper()
        if given in self._places:
            return given
        if given in self._former:
            return self._former[given][0]
        return self._sirens.get(given)

    def place(self, code: str) -> Place | None:
        """The territory of a code, old codes followed; ``None`` when unknown."""
        id_ = self.resolve(code)
        return None if id_ is None else self._places[id_]

    def old_codes(self, id_: str) -> list[tuple[str, str | None]]:
        """(old code, name it had or ``None``) of those that lead to a territory; the source gives no dates."""
        return [(old, self._former[old][1]) for old in self._old.get(id_, ())]

    def point(self, id_: str) -> tuple[float, float] | None:
        """(lat, lon) of a territory, ``None`` when none is known: it is never invented."""
        found = self._points.get(id_)
        return None if found is None else (found[0], found[1])

    def competences(self, id_: str) -> tuple[str, ...]:
        """Codes of the competences that its body holds (BANATIC); empty for those that the base does not list."""
        return tuple(self._held.get(id_, ()))

    def children(self, id_: str) -> tuple[str, ...]:
        """Ids of the territories that stand directly in it."""
        return tuple(self._children.get(id_, ()))

    def members(self, id_: str) -> tuple[str, ...]:
        """Ids of everything in it, at whatever depth, in the order of ids."""
        return tuple(sorted(_closure(id_, self.children)))

    def ancestors(self, id_: str) -> tuple[str, ...]:
        """Ids of everything it stands in, at whatever height, in the order of ids."""
        return tuple(sorted(_closure(id_, lambda code: self._places[code].parents)))

    # as records

    def territory(self, code: str, *, members: bool = False) -> Found | None:
        """A territory with all it stands in, as records.

        Args:
            code: of today or old.
            members: everything in it too.

        Returns:
            ``None`` when the code is unknown.
        """
        id_ = self.resolve(code)
        if id_ is None:
            return None
        return self.territories([code, *(self.members(id_) if members else ())])

    def territories(self, codes: Iterable[str]) -> Found:
        """Some territories with all that they stand in, as records: what an import needs to create them.

        Args:
            codes: of today or old, in any order. The old codes of each of them come along as aliases.
        """
        wanted: dict[str, None] = {}
        unknown: list[str] = []
        for code in codes:
            id_ = self.resolve(code)
            if id_ is None:
                unknown.append(code)
            else:
                wanted[id_] = None
        above = dict.fromkeys(ancestor for id_ in wanted for ancestor in self.ancestors(id_))
        records = [self._record(id_) for id_ in self._parents_first({*above, *wanted})]
        aliases = [
            Alias(table="territories", old=old, id=id_, visibility=VISIBILITY)
            for id_ in sorted(wanted)
            for old in self._old.get(id_, ())
        ]
        return Found(tuple(records), tuple(aliases), tuple(dict.fromkeys(unknown)))

    def _record(self, id_: str) -> Territory:
        place, point = self._places[id_], self.point(id_)
        return Territory(
            id=id_,
            name=place.name,
            type=place.type,
            parents=place.parents,
            population=place.population,
            lat=None if point is None else point[0],
            lon=None if point is None else point[1],
            competences=self.competences(id_),
            visibility=VISIBILITY,
        )

    def _parents_first(self, ids: set[str]) -> list[str]:
        height: dict[str, int] = {}

        def of(id_: str) -> int:
            if id_ not in height:
                height[id_] = 1 + max((of(parent) for parent in self._places[id_].parents), default=-1)
            return height[id_]

        return sorted(ids, key=lambda id_: (of(id_), id_))

    # filling

    def _fill(self, cog: dict[str, Any], groups: list[Any], perimeters: list[Any]) -> None:
        regions = {row[0]: region_id(row[2]) for row in cog["departments"]}
        more: dict[str, list[str]] = defaultdict(list)
        for siren, _, _, inside in perimeters:
            for member in inside:
                more[member].append(siren)
        totals: dict[str, int] = defaultdict(int)
        within: dict[str, set[str]] = defaultdict(set)
        columns = cog["communes"]
        keys = ("code", "name", "department", "epci", "ept", "population", "siren")
        for code, name, department, epci, ept, population, siren in zip(
            *(columns[key] for key in keys), strict=True
        ):
            wider = [id_ for id_ in (epci, ept, department_id(department)) if id_]
            for id_ in (*wider, regions[department]):
                totals[id_] += population or 0
                within[id_].add(department)
            self._add(Place(code, name, "commune", (*wider, *more[code]), population, siren))
        for code, name, commune, population in cog["districts"]:
            self._add(Place(code, name, "arrondissement", (commune,), population))
        for siren, name, form in cog["epci"]:
            holders = (*_holder(within[siren], regions), *more[siren])
            self._add(Place(siren, name, "epci", holders, totals[siren], siren, form))
        metropolis = {ept: epci for epci, ept in zip(columns["epci"], columns["ept"], strict=True) if ept}
        for siren, name in cog["ept"]:
            holders = (metropolis[siren], *_holder(within[siren], regions), *more[siren])
            self._add(Place(siren, name, "ept", holders, totals[siren], siren, "EPT"))
        for code, name, region in cog["departments"]:
            id_ = department_id(code)
            self._add(Place(id_, name, "departement", (region_id(region),), totals.get(id_)))
        for code, name in cog["regions"]:
            self._add(Place(region_id(code), name, "region", (), totals.get(region_id(code))))
        for siren, name, kind, _ in perimeters:
            self._add(Place(siren, name, kind, (), None, siren))
        for siren, name, form, population, _ in groups:
            if siren not in self._places:
                self._add(Place(siren, name, KINDS.get(form, "autre"), (), population, siren, form))

    def _add(self, place: Place) -> None:
        self._places[place.code] = place
        for parent in place.parents:
            self._children[parent].append(place.code)


def _holder(departments: set[str], regions: dict[str, str]) -> tuple[str, ...]:
    """The narrowest perimeter that holds some départements whole: itself, its région, or none."""
    if len(departments) == 1:
        return (department_id(next(iter(departments))),)
    wider = {regions[department] for department in departments}
    return tuple(wider) if len(wider) == 1 else ()


def _closure(start: str, following: Any) -> set[str]:
    found: set[str] = set()
    waiting = list(following(start))
    while waiting:
        id_ = waiting.pop()
        if id_ not in found:
            found.add(id_)
            waiting.extend(following(id_))
    return found


@functools.cache
def reference(folder: Path = SHIPPED) -> Reference:
    """The reference of a folder, read once; the shipped one by default.

    Raises:
        FileRefused: it is absent or damaged.
    """
    return Reference(folder)
