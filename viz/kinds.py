"""The kinds of map: their names, and the specifications that a page or a file carries for each."""

from __future__ import annotations

from collections.abc import Sequence

from graph.errors import UnknownFilter
from graph.snapshot import Snapshot
from queries.zones_conflict import zones_conflict
from queries.zones_cooperation import zones_cooperation
from viz.maps import actors, conflict, convergence
from viz.maps.overview import OPEN_ON_ZONES
from viz.spec import MapSpec

KINDS = {"actors": "acteurs", "convergence": "convergences", "conflict": "conflits"}
"""Kinds of map by their English name, and the French one in addresses of pages."""

PROFILES = ("grand", "moyen", "projecteur")
"""Sizes every map is laid out for; the page shows the one that fits."""

ORDERS = (2, 1, 3)
"""Orders of the map of convergences, the default first."""

ZONES = 8
"""Zones of conflict that one page carries, the most intense first: more would weigh more than the script."""


def build(
    kind: str,
    snapshot: Snapshot,
    *,
    lang: str = "fr",
    orders: Sequence[int] = ORDERS,
    unfold: str | None = None,
) -> tuple[MapSpec, ...]:
    """Every specification of a map: sizes, orders or zones; the first is what it opens on.

    Args:
        kind: a key of :data:`KINDS`.
        snapshot: the scope.
        lang: ``fr`` or ``en``.
        orders: of the map of convergences; an undefined order 3 is left out unless it is the only one.
        unfold: of the map of convergences, the zone to show alone.

    Raises:
        UnknownFilter: the only order asked for is 3, and nobody has any force.
    """
    if kind == "conflict":
        return _conflicts(snapshot, lang)
    if kind == "convergence":
        return _convergences(snapshot, lang, orders, unfold)
    return tuple(actors.build(snapshot, profile=profile, lang=lang) for profile in PROFILES)


def _conflicts(snapshot: Snapshot, lang: str) -> tuple[MapSpec, ...]:
    zones = zones_conflict(snapshot, {"order": 2, "limit": 50}, lang)
    shown = [item["id"] for item in zones["items"][:ZONES]] or [None]
    return tuple(
        conflict.build(snapshot, profile=profile, lang=lang, zone=zone, zones=zones)
        for zone in shown
        for profile in PROFILES
    )


def _convergences(
    snapshot: Snapshot, lang: str, orders: Sequence[int], unfold: str | None
) -> tuple[MapSpec, ...]:
    found: list[MapSpec] = []
    for order in orders:
        try:
            zones = zones_cooperation(snapshot, {"order": order, "limit": 50}, lang)
        except UnknownFilter:
            if len(orders) == 1:
                raise
            continue
        found += [
            convergence.build(snapshot, profile=profile, lang=lang, order=order, zones=zones, unfold=unfold)
            for profile in PROFILES
        ]
    return tuple(found)


def foldable(spec: MapSpec) -> tuple[tuple[str, str], ...]:
    """Zones that a map opened on zones can unfold, as (id, title); empty for any other map."""
    if spec.kind != "convergences" or spec.plates or spec.actors_total <= OPEN_ON_ZONES:
        return ()
    return tuple((node.id, node.name) for node in spec.nodes)
