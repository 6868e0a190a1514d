"""Outlines of EPCI by département, as published simplified, and the points computed from them.

The pieces (EPCI × département) share their simplified borders vertex by vertex, so that outlines of wider perimeters
are found by cancelling the edges that two pieces share. Overseas pieces are left out: the source draws them beside the
mainland, which is not where they are.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

from graph.errors import FileRefused
from ingest.opendata.cog import department_id, region_id
from ingest.opendata.sources import Sources

FILE = "epci_polygons_simplified.geojson"
SCALE = 10_000
"""Coordinates are whole ten-thousandths of a degree, as in the source (about 10 m)."""

OVERSEAS = frozenset({"971", "972", "973", "974", "976"})

Ring = list[tuple[int, int]]


def pieces(sources: Sources, year: int) -> dict[str, Any]:
    """The document of outlines: ``[siren or null, département, région, rings]``, rings as ``[x, y, dx, dy, …]``.

    Raises:
        FileRefused: the file is absent, or is no GeoJSON of EPCI by département.
    """
    found = []
    omitted: dict[str, int] = defaultdict(int)
    try:
        for feature in sources.json(FILE)["features"]:
            says = feature["properties"]
            if says["insee_dep"] in OVERSEAS:
                omitted[says["insee_dep"]] += 1
                continue
            rings = [
                _ring(ring, hole=place > 0)
                for polygon in feature["geometry"]["coordinates"]
                for place, ring in enumerate(polygon)
            ]
            found.append(
                [
                    says["siren_epci"],
                    department_id(says["insee_dep"]),
                    region_id(says["insee_reg"]),
                    [_steps(ring) for ring in rings],
                ]
            )
    except (KeyError, TypeError, IndexError, ValueError) as fault:
        raise FileRefused(
            f"{FILE} : ce GeoJSON n'est pas celui des EPCI par département.",
            f"{FILE}: this GeoJSON is not that of EPCI by département.",
        ) from fault
    found.sort(key=lambda piece: (piece[0] or "", piece[1], piece[3]))
    return {"year": year, "scale": SCALE, "pieces": found, "omitted": dict(sorted(omitted.items()))}


def _ring(points: list[list[float]], *, hole: bool) -> Ring:
    """A closed ring, anticlockwise, or clockwise for a hole."""
    ring = [(round(x * SCALE), round(y * SCALE)) for x, y, *_ in points]
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError(ring)
    area = sum(x * v - u * y for (x, y), (u, v) in itertools.pairwise(ring))
    return ring[::-1] if (area < 0) is not hole else ring


def _steps(ring: Ring) -> list[int]:
    steps = list(ring[0])
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        steps += [x1 - x0, y1 - y0]
    return steps


def points(document: dict[str, Any]) -> dict[str, list[float]]:
    """``[lat, lon]`` of the centroid of every EPCI, département and région, in degrees.

    The centroid of a polygon's area in plate carrée coordinates, ``Σ (x_i + x_{i+1})·c_i / (3·Σ c_i)`` with
    ``c_i = x_i·y_{i+1} − x_{i+1}·y_i``, summed over the pieces of a territory (holes turn the other way, hence count negative).
    """
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for siren, department, region, rings in document["pieces"]:
        area, mx, my = _moments(rings)
        for code in (siren, department, region):
            if code is not None:
                total = sums[code]
                total[0] += area
                total[1] += mx
                total[2] += my
    scale = document["scale"]
    return {
        code: [round(my / (3 * area) / scale, 5), round(mx / (3 * area) / scale, 5)]
        for code, (area, mx, my) in sorted(sums.items())
        if area
    }


def _moments(rings: list[list[int]]) -> tuple[float, float, float]:
    """Twice the area and six times the first moments of rings: ``Σ c``, ``Σ (x+u)·c``, ``Σ (y+v)·c``."""
    area = mx = my = 0.0
    for steps in rings:
        x, y = steps[:2]
        for place in range(2, len(steps), 2):
            u, v = x + steps[place], y + steps[place + 1]
            cross = x * v - u * y
            area += cross
            mx += (x + u) * cross
            my += (y + v) * cross
            x, y = u, v
    return area, mx, my
