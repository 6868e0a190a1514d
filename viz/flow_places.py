"""Where the territories of a flow map are: an outline that comes with the project, a point, or nothing that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.model import Territory
from graph.snapshot import Snapshot
from viz.flow_view import FlowView
from viz.geography import Ground, centre, ground
from viz.outlines import Ring, outlines
from viz.plates import Rect

MOST_CONTEXT = 12
"""Outlines of wider territories drawn around those known as points."""


@dataclass(frozen=True)
class Places:
    """Territories on the ground.

    Attributes:
        rings: outline of each territory that has one.
        context: outlines of the nearest wider territories, where only points are known.
        silent: outlines of the neighbours without any flow: of the same types and within the same territories as those
            with an outline.
        points: longitude and latitude of each territory with an outline or a point.
        missing: ids of those without either, in the order given.
    """

    rings: Mapping[str, tuple[Ring, ...]]
    context: Mapping[str, tuple[Ring, ...]]
    silent: Mapping[str, tuple[Ring, ...]]
    points: Mapping[str, tuple[float, float]]
    missing: tuple[str, ...]

    def ground(self, room: Rect) -> Ground | None:
        """The projection that shows them all; ``None`` when nothing is known."""
        corners = [
            vertex
            for shape in (*self.rings.values(), *self.context.values(), *self.silent.values())
            for ring in shape
            for vertex in ring
        ]
        found = [*corners, *self.points.values()]
        return ground(found, room, 1.0 if corners else 0.85) if found else None


def places_of(snapshot: Snapshot, ids: Sequence[str], silent: Sequence[str] = ()) -> Places:
    """Where some territories are.

    Args:
        snapshot: what the reader sees.
        ids: of territories.
        silent: ids of those without any flow.
    """
    shipped = outlines()
    rings: dict[str, tuple[Ring, ...]] = {}
    context: dict[str, tuple[Ring, ...]] = {}
    points: dict[str, tuple[float, float]] = {}
    missing = []
    for id_ in ids:
        territory = snapshot.territories[id_]
        shape = shipped.rings(id_)
        if shape is not None:
            rings[id_] = shape
            points[id_] = centre(shape)
        elif territory.lat is not None and territory.lon is not None:
            points[id_] = (territory.lon, territory.lat)
            around = _around(snapshot, territory)
            if around is not None and len(context) < MOST_CONTEXT:
                found = shipped.rings(around)
                assert found is not None
                context[around] = found
        else:
            missing.append(id_)
    return Places(
        rings,
        {k: v for k, v in context.items() if k not in rings},
        _beside(snapshot, rings, silent),
        points,
        tuple(missing),
    )


def silent_of(view: FlowView) -> list[str]:
    """Territories that no recorded flow leaves or reaches, nor any place within them: of the perimeter, or of all.

    Args:
        view: the flows.
    """
    territories, asked = view.snapshot.territories, view.read.asked
    concerned = [territories.ids[asked.places[k]] for k in view.read.concerned]
    if view.level is not None or asked.scoped:
        inside = [territories.ids[place] for place in asked.places[asked.inside].tolist()]
        held = set(concerned)
        return [id_ for id_ in inside if id_ not in held]
    told: set[str] = set()
    while concerned:
        id_ = concerned.pop()
        if id_ not in told and id_ in territories:
            told.add(id_)
            concerned += territories[id_].parents
    return [id_ for id_ in territories.ids if id_ not in told]


def _beside(
    snapshot: Snapshot, rings: Mapping[str, tuple[Ring, ...]], silent: Sequence[str]
) -> dict[str, tuple[Ring, ...]]:
    """Outlines of those that are of the same types and within the same territories as what is drawn."""
    drawn = [snapshot.territories[id_] for id_ in rings]
    types, above = {t.type for t in drawn}, {parent for t in drawn for parent in t.parents}
    found = {}
    for id_ in silent:
        territory, shape = snapshot.territories[id_], outlines().rings(id_)
        if shape is not None and territory.type in types and above & set(territory.parents):
            found[id_] = shape
    return found


def _around(snapshot: Snapshot, territory: Territory) -> str | None:
    """The nearest territory above one whose outline is known."""
    queue, seen = list(territory.parents), {territory.id}
    while queue:
        id_ = queue.pop(0)
        if id_ in outlines():
            return id_
        if id_ not in seen and id_ in snapshot.territories:
            seen.add(id_)
            queue += snapshot.territories[id_].parents
    return None
