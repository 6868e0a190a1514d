"""The inter-territorial doughnut: a social floor and an ecological ceiling, territory by territory, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graph.model import Contribution, Indicator, Threshold
from graph.plurals import agreed
from graph.scope import below
from graph.snapshot import Snapshot
from graph.vocabulary import fold
from queries import sentences
from queries.envelope import Document, by_counter, envelope, note, plain

SOCIAL, ECOLOGICAL = "social", "ecological"
NO_VALUE, NO_THRESHOLD, OK, SHORT, OVER = "no_value", "no_threshold", "ok", "short", "over"
STATUSES = (NO_VALUE, NO_THRESHOLD, OK, SHORT, OVER)
HIGH = "haut"
MAX_GAPS = 1_000
"""Gaps listed in full; beyond, a note says how many there are."""
MAX_FILLERS = 20
"""Actors named for one gap, those who already bring data first."""
DATA = "donnees"


@dataclass(frozen=True)
class Reading:
    """A value against its bounds.

    Attributes:
        status: one of :data:`STATUSES`.
        ratio: to the bound that the direction names; ``None`` when it is undefined.
        side: ``social`` (floor) or ``ecological`` (ceiling); empty without any bound.
    """

    status: str
    ratio: float | None
    side: str


def read(
    value: float | None, floor: float | None, ceiling: float | None, direction: str | None = None
) -> Reading:
    """Status and ratio of a value (K. Raworth, *Doughnut Economics*, 2017; A. L. Fanning and K. Raworth, 2025).

    ``haut`` (more is better) reads against the floor, ``value/floor``; ``bas`` against the ceiling, ``value/ceiling``. With
    the other bound only, the fraction is turned over: a floor with ``bas`` gives ``floor/value``, a ceiling with ``haut``
    ``ceiling/value``. With both, the value is to stay between them. A bound or a divisor that is not positive leaves
    the ratio undefined; the status then still comes from the comparison. Without a direction, a ceiling alone is ``bas``.

    Args:
        value: of the indicator, ``None`` when there is none.
        floor: social foundation.
        ceiling: ecological ceiling.
        direction: ``haut``, ``bas`` or not said.
    """
    more = direction == HIGH if direction is not None else floor is not None
    if floor is None and ceiling is None:
        return Reading(NO_VALUE if value is None else NO_THRESHOLD, None, "")
    social = floor is not None and (more or ceiling is None)
    side = SOCIAL if social else ECOLOGICAL
    if value is None:
        return Reading(NO_VALUE, None, side)
    bound = cast(float, floor if social else ceiling)
    straight = more if social else not more
    if floor is not None and ceiling is not None:
        status = SHORT if value < floor else OVER if value > ceiling else OK
    else:
        # the direction says on which side of its only bound a value fails
        fails = value < bound if more else value > bound
        status = OK if not fails else SHORT if social else OVER
    over, under = (value, bound) if straight else (bound, value)
    ratio = over / under if bound > 0 and under > 0 else None
    return Reading(status, ratio, side)


Key = tuple[str, str]
"""Indicator and dimension (empty without a threshold)."""


def doughnut(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Every indicator of every territory asked for, against its floor or ceiling; territories are never averaged.

    One item for each territory, indicator and dimension, whether or not there is a value: what is missing where is a
    result. ``gaps`` lists what is missing with who could fill it: actors located in the territory or below it, those who
    bring data to some project first, and the sources that fill the same indicator elsewhere.

    Args:
        snapshot: what the reader may see.
        params: ``territory``, a list (all that have a value when not given); ``year`` (each territory's latest when not
            given).
        lang: of the sentences.
    """
    values = _values(snapshot)
    asked = sorted(params.get("territory") or {t for t, _ in values})
    bounds: dict[Key, tuple[str, Threshold]] = {}
    for version in snapshot.records("thresholds"):
        bound = cast(Threshold, version.value)
        bounds[(bound.indicator, bound.dimension)] = (version.id, bound)
    bounded = {indicator for indicator, _ in bounds}
    free = {(indicator, "") for t, indicator in values if t in set(asked) and indicator not in bounded}
    keys = sorted({*bounds, *free})
    items = [
        _item(
            territory, key, _chosen(values.get((territory, key[0]), ()), params.get("year")), bounds.get(key)
        )
        for territory in asked
        for key in keys
    ]
    missing = [item for item in items if item["status"] == NO_VALUE]
    fillers = _Fillers(snapshot, values)
    gaps = [fillers.gap(item, lang) for item in missing[:MAX_GAPS]]
    return envelope(
        snapshot,
        params,
        items,
        beside={"gaps": gaps},
        notes=_notes(items, len(missing), lang),
        lang=lang,
    )


Told = tuple[str, Indicator]
"""A record id and what it says."""


def _values(snapshot: Snapshot) -> dict[tuple[str, str], list[Told]]:
    """By territory and indicator, the values of all years."""
    found: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for version in snapshot.records("indicators"):
        said = cast(Indicator, version.value)
        if said.territory in snapshot.territories:
            found[(said.territory, said.indicator)].append((version.id, said))
    return dict(found)


def _chosen(told: Sequence[Told], year: int | None) -> Told | None:
    """The value of a year, the latest when none is asked for."""
    wanted = [one for one in told if year is None or one[1].year == year]
    return max(wanted, key=lambda one: one[1].year) if wanted else None


def _item(territory: str, key: Key, told: Told | None, bound: tuple[str, Threshold] | None) -> Document:
    said = None if told is None else told[1]
    threshold = None if bound is None else bound[1]
    floor, ceiling = (None, None) if threshold is None else (threshold.floor, threshold.ceiling)
    found = read(
        None if said is None else said.value,
        floor,
        ceiling,
        None if threshold is None else threshold.direction,
    )
    return {
        "territory": territory,
        "indicator": key[0],
        "dimension": key[1],
        "side": found.side,
        "value": None if said is None else plain(said.value),
        "unit": "" if said is None else said.unit or "",
        "year": None if said is None else said.year,
        "floor": floor,
        "ceiling": ceiling,
        "ratio": None if found.ratio is None else plain(found.ratio),
        "status": found.status,
        "records": by_counter(part[0] for part in (told, bound) if part is not None),
    }


class _Fillers:
    """Who could fill a gap."""

    def __init__(self, snapshot: Snapshot, values: Mapping[tuple[str, str], Sequence[Told]]) -> None:
        self.snapshot = snapshot
        self.parents = {t.id: t.parents for t in snapshot.territories}
        self.located: dict[str, list[str]] = {}
        self.bringing: dict[str, list[str]] = defaultdict(list)
        for version in snapshot.records("contributions"):
            brought = cast(Contribution, version.value)
            if brought.kind == DATA:
                self.bringing[brought.actor].append(version.id)
        self.elsewhere: dict[str, list[Told]] = defaultdict(list)
        for (_, indicator), told in values.items():
            self.elsewhere[indicator] += told

    def gap(self, item: Document, lang: str) -> Document:
        """One missing value, with who could fill it and why."""
        territory, indicator = item["territory"], item["indicator"]
        near = self._near(territory)
        actors = near[:MAX_FILLERS]
        others = [told for told in self.elsewhere[indicator] if told[1].territory != territory]
        by_fold = {fold(said.source): said.source for _, said in others if said.source}
        sources = [by_fold[name] for name in sorted(by_fold)]
        records = [r for a in actors for r in self.bringing[a]] + [id_ for id_, _ in others[:MAX_FILLERS]]
        return {
            "territory": territory,
            "indicator": indicator,
            "dimension": item["dimension"],
            "actors": actors,
            "sources": sources,
            "because": sentences.gap(
                indicator,
                self.snapshot.territories.name(territory),
                [self.snapshot.actors.name(a) for a in near],
                [self.snapshot.actors.name(a) for a in actors if self.bringing[a]],
                sources,
                lang,
            ),
            "records": by_counter(records),
        }

    def _near(self, territory: str) -> list[str]:
        """Actors located in a territory or below it, those who bring data first."""
        if territory not in self.located:
            inside = below(self.parents, territory)
            here = [a.id for a in self.snapshot.actors if a.territory in inside]
            self.located[territory] = sorted(here, key=lambda id_: (not self.bringing[id_], id_))
        return self.located[territory]


def _notes(items: Sequence[Document], gaps: int, lang: str) -> list[Document]:
    found = []
    if not items:
        found.append(
            note(
                "nothing_to_read",
                "Ni valeur ni seuil : importez une feuille « indicateurs » et une feuille « seuils » "
                "(examples/seuils-de-depart en donne de départ).",
                "Neither value nor threshold: import a sheet 'indicateurs' and a sheet 'seuils' "
                "(examples/seuils-de-depart gives some to start from).",
                lang,
            )
        )
    units: dict[str, set[str]] = defaultdict(set)
    years: dict[str, set[int]] = defaultdict(set)
    for item in items:
        if item["year"] is not None:
            units[item["indicator"]].add(item["unit"])
            years[item["indicator"]].add(item["year"])
    mixed = sorted(indicator for indicator, seen in units.items() if len(seen) > 1)
    if mixed:
        found.append(
            note(
                "mixed_units",
                f"Unités différentes selon les territoires, à accorder avant de comparer : {sentences.quoted(mixed)}.",
                f"Units differ between territories, settle them before comparing: {sentences.quoted(mixed, lang)}.",
                lang,
            )
        )
    dated = sorted(indicator for indicator, seen in years.items() if len(seen) > 1)
    if dated:
        found.append(
            note(
                "mixed_years",
                f"Années différentes selon les territoires : {sentences.quoted(dated)}.",
                f"Years differ between territories: {sentences.quoted(dated, lang)}.",
                lang,
            )
        )
    if gaps:
        listed = f", dont {MAX_GAPS} listées" if gaps > MAX_GAPS else ""
        cut = f", {MAX_GAPS} of them listed" if gaps > MAX_GAPS else ""
        found.append(
            note(
                "gaps",
                agreed(
                    gaps,
                    f"valeur(s) manquante(s) sur {len(items)}{listed} : elle(s) ne compte(nt) ni comme bonne(s) ni comme "
                    "mauvaise(s).",
                ),
                agreed(
                    gaps,
                    f"missing value(s) of {len(items)}{cut}: (it counts|they count) neither as good nor as bad.",
                    "en",
                ),
                lang,
            )
        )
    return found
