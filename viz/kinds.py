"""The kinds of map: their names, and the specifications that a page or a file carries for each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from graph.snapshot import Snapshot
from queries.zones_conflict import zones_conflict
from queries.zones_cooperation import zones_cooperation
from viz.flow_view import flow_view
from viz.maps import (
    actors,
    conflict,
    convergence,
    evolution,
    flows,
    influence,
    interdependence,
    project,
    territories,
    zones,
)
from viz.maps.overview import OPEN_ON_ZONES
from viz.pins import Pins, held
from viz.spec import MapSpec

KINDS = {
    "actors": "acteurs",
    "convergence": "convergences",
    "conflict": "conflits",
    "zones": "zones",
    "influence": "influence",
    "project": "projet",
    "territories": "territoires",
    "evolution": "evolution",
    "flows": "flux",
    "interdependence": "interdependances",
}
"""Kinds of map by their English name, and the French one in addresses of pages."""

QUESTIONS = frozenset({"project"})
"""Kinds whose project is the question: their scope is not cut by it, and :func:`build` is told which it is."""

FLOWING = frozenset({"flows", "interdependence"})
"""Kinds about flows: :func:`build` is told which."""

DATED = frozenset({"evolution"})
"""Kinds that compare two days."""

PROFILES = ("grand", "moyen", "etroit", "projecteur", "amphi")
"""Sizes every map is laid out for; the page shows the one that fits."""

PINNED = frozenset({"actors", "convergence"})
"""Kinds whose actors may be pinned: the others have a place for each actor by construction."""

ZONES = 8
"""Zones of conflict that one page carries, the most intense first: more would weigh more than the script."""


def build(
    kind: str,
    snapshot: Snapshot,
    *,
    lang: str = "fr",
    order: int = 2,
    unfold: str | None = None,
    asked: str | None = None,
    dates: tuple[date, date] | None = None,
    pins: Pins | None = None,
    flowing: Mapping[str, Any] | None = None,
) -> tuple[MapSpec, ...]:
    """Every specification of a map: sizes and zones; the first is what it opens on.

    Args:
        kind: a key of :data:`KINDS`.
        snapshot: the scope.
        lang: ``fr`` or ``en``.
        order: of the map of convergences: 1 signs, 2 positions, 3 positions weighted by forces.
        unfold: of the map of convergences, the zone to show alone.
        asked: of the map of a project, which one; without it the map asks to choose.
        dates: of the map of evolution; ``None`` for the first and the last day stated.
        pins: actors that keep a place; of the kinds in :data:`PINNED`.
        flowing: of the kinds in :data:`FLOWING`, the parameters of :func:`viz.flow_view.flow_view`, and ``heat``.

    Raises:
        UnknownFilter: order 3 is asked for while nobody has any force.
    """
    if kind == "conflict":
        return _conflicts(snapshot, lang)
    if kind == "convergence":
        return _convergences(snapshot, lang, order, unfold, pins)
    if kind == "project":
        return tuple(project.build(snapshot, project=asked, profile=p, lang=lang) for p in PROFILES)
    if kind in ("zones", "evolution"):
        found = zones_cooperation(snapshot, {"order": 2, "limit": 50}, lang)
        if kind == "zones":
            return tuple(zones.build(snapshot, profile=p, lang=lang, zones=found) for p in PROFILES)
        return tuple(
            evolution.build(snapshot, dates=dates, profile=p, lang=lang, zones=found) for p in PROFILES
        )
    if kind in FLOWING:
        wanted = dict(flowing or {})
        heat = wanted.pop("heat", None)
        seen = flow_view(snapshot, wanted, lang)
        if kind == "interdependence":
            return tuple(interdependence.build(snapshot, profile=p, lang=lang, view=seen) for p in PROFILES)
        return tuple(flows.build(snapshot, heat=heat, profile=p, lang=lang, view=seen) for p in PROFILES)
    if kind == "actors":
        return tuple(
            held(partial(actors.build, snapshot, profile=profile, lang=lang), profile, pins)
            for profile in PROFILES
        )
    plain = {"influence": influence.build, "territories": territories.build}[kind]
    return tuple(plain(snapshot, profile=profile, lang=lang) for profile in PROFILES)


def _conflicts(snapshot: Snapshot, lang: str) -> tuple[MapSpec, ...]:
    fights = zones_conflict(snapshot, {"order": 2, "limit": 50}, lang)
    shown = [item["id"] for item in fights["items"][:ZONES]] or [None]
    return tuple(
        conflict.build(snapshot, profile=profile, lang=lang, zone=zone, zones=fights)
        for zone in shown
        for profile in PROFILES
    )


def _convergences(
    snapshot: Snapshot, lang: str, order: int, unfold: str | None, pins: Pins | None
) -> tuple[MapSpec, ...]:
    groups = zones_cooperation(snapshot, {"order": order, "limit": 50}, lang)
    build_one = partial(convergence.build, snapshot, lang=lang, order=order, zones=groups, unfold=unfold)
    return tuple(held(partial(build_one, profile=profile), profile, pins) for profile in PROFILES)


def foldable(spec: MapSpec) -> tuple[tuple[str, str], ...]:
    """Zones that a map opened on zones can unfold, as (id, title); empty for any other map."""
    if spec.kind != "convergences" or spec.plates or spec.actors_total <= OPEN_ON_ZONES:
        return ()
    return tuple((node.id, node.name) for node in spec.nodes)
