"""Zones of convergence: maximal actors × pattern where everybody has the pattern's sign."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from graph.snapshot import Snapshot
from queries import sentences
from queries.envelope import MAX_ZONES, Document, envelope, plain, zone_id
from queries.kernels import patterns
from queries.pairs import order_notes
from queries.project_targets import carried_and_opposed, project_targets
from queries.valued import Valued, valued

OVERLAP = 0.5
"""A zone that shares more than this part of its actor × objective cells with a stronger one adds little to a screen."""


def zones_convergence(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Maximal sets of at least two actors with the same signs on at least one objective, the strongest first.

    Joint opposition converges too. Strength is ``Σ|A_io|`` over the zone. These are the formal concepts of actors ×
    signed objectives (Ganter & Wille 1999), searched best first within a fixed count of expansions.

    Args:
        snapshot: the scope.
        params: ``order`` (1, 2, 3), ``limit`` (at most 50), ``project`` for the targets carried and opposed.
        lang: of the sentences.
    """
    held = valued(snapshot, params["order"])
    found = patterns.convergences(held.values, limit=MAX_ZONES)
    aimed = project_targets(snapshot, params.get("project"))
    zones = cast("tuple[patterns.Convergence, ...]", found.zones)
    items = sorted(
        (_item(snapshot, held, zone, aimed, lang) for zone in zones),
        key=lambda item: (-item["strength"], item["actors"], sorted(item["pattern"].items())),
    )
    return envelope(
        snapshot,
        params,
        items,
        beside={"exact": found.exact, "missed_at_most": found.missed_at_most},
        notes=order_notes(snapshot, params["order"], lang),
        lang=lang,
    )


def _item(
    snapshot: Snapshot, held: Valued, zone: patterns.Convergence, aimed: frozenset[str], lang: str
) -> Document:
    actors = [snapshot.actors.ids[i] for i in zone.actors]
    pattern = {snapshot.objectives.ids[o]: sign for o, sign in zone.pattern}
    strength = math.fsum(abs(float(held.values[i, o])) for i in zone.actors for o, _ in zone.pattern)
    names = [snapshot.actors.name(a) for a in actors]
    return {
        "id": zone_id("convergence", actors, pattern),
        "actors": actors,
        "pattern": pattern,
        "strength": plain(strength),
        "targets": carried_and_opposed(pattern, aimed),
        "because": sentences.support(
            names,
            [snapshot.objectives.name(o) for o, sign in pattern.items() if sign > 0],
            [snapshot.objectives.name(o) for o, sign in pattern.items() if sign < 0],
            strength,
            lang,
        ),
        "records": records_of(snapshot, zone.actors, [o for o, _ in zone.pattern]),
    }


def records_of(snapshot: Snapshot, rows: Iterable[int], cols: Sequence[int]) -> list[str]:
    """Ids of the current statements about some actors and objectives (places)."""
    return snapshot.positions.records_among(rows, cols)


def distinct(items: Iterable[Document]) -> list[Document]:
    """The zones that a screen shows: those sharing over half of their cells with a stronger one are left out.

    Args:
        items: zones of convergence, the strongest first.
    """
    kept: list[tuple[Document, set[tuple[str, str]]]] = []
    for item in items:
        cells = {(actor, objective) for actor in item["actors"] for objective in item["pattern"]}
        if all(len(cells & other) <= OVERLAP * len(cells) for _, other in kept):
            kept.append((item, cells))
    return [item for item, _ in kept]
