"""From degrees to the canvas: one scale in both directions, outlines as short paths."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from viz.outlines import Ring, area
from viz.plates import Rect

LEAST_STEP = 0.7
"""Pixels under which a vertex adds nothing to what is seen."""


@dataclass(frozen=True)
class Ground:
    """An equirectangular projection at a mean latitude.

    Attributes:
        squeeze: cosine of that latitude.
        scale: pixels for a degree of latitude.
        left: of the canvas, for longitude 0.
        top: of the canvas, for latitude 0.
    """

    squeeze: float
    scale: float
    left: float
    top: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Place of a point on the canvas."""
        return self.left + lon * self.squeeze * self.scale, self.top - lat * self.scale

    def path(self, rings: Iterable[Ring]) -> str:
        """Outline as a path in whole pixels, vertices too close to the one before left out."""
        found = []
        for ring in rings:
            kept: list[tuple[float, float]] = []
            for lon, lat in ring[:-1]:
                x, y = self.at(lon, lat)
                if not kept or math.hypot(x - kept[-1][0], y - kept[-1][1]) >= LEAST_STEP:
                    kept.append((x, y))
            if len(kept) > 2:
                found.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in kept) + "Z")
        return "".join(found)


def ground(points: Sequence[tuple[float, float]], room: Rect, fill: float = 1.0) -> Ground:
    """The projection that puts points (longitude, latitude) in the middle of a room, as large as it holds.

    Args:
        points: at least one.
        room: on the canvas.
        fill: part of the room that they may take.
    """
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    squeeze = math.cos(math.radians((min(lats) + max(lats)) / 2))
    wide, tall = (max(lons) - min(lons)) * squeeze, max(lats) - min(lats)
    scales = [fill * side / span for side, span in ((room.width, wide), (room.height, tall)) if span > 0]
    scale = min(scales, default=1.0)
    middle = (min(lons) + max(lons)) / 2 * squeeze, (min(lats) + max(lats)) / 2
    return Ground(
        squeeze,
        scale,
        room.x + room.width / 2 - middle[0] * scale,
        room.y + room.height / 2 + middle[1] * scale,
    )


def centre(rings: Sequence[Ring]) -> tuple[float, float]:
    """Centroid of the largest outer ring, in degrees."""
    ring = max(rings, key=area)
    whole = area(ring)
    x = y = 0.0
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        cross = x0 * y1 - x1 * y0
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    return x / (6 * whole), y / (6 * whole)
