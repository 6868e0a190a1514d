"""Outlines of EPCI, départements and régions, drawn from geometry that comes with the project: no tiles, no third party.

The file holds pieces (EPCI × département) that share their simplified borders vertex by vertex. The outline of any set
of pieces is what remains of their edges once those that two pieces share, in opposite directions, are cancelled.
Overseas territories, communes and EPT have no outline here: :meth:`Outlines.rings` answers ``None``.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

Vertex = tuple[int, int]
Ring = tuple[tuple[float, float], ...]
"""(longitude, latitude) in degrees, WGS 84, the first vertex repeated at the end; anticlockwise, holes clockwise."""


@dataclass(frozen=True)
class Piece:
    """The part of an EPCI in a département; ``epci`` is ``None`` for the islands that belong to none."""

    epci: str | None
    department: str
    region: str
    rings: tuple[tuple[Vertex, ...], ...]


class Outlines:
    """The outlines of a file.

    Args:
        document: the file's.
        attribution: to be shown on every map drawn from it.
    """

    def __init__(self, document: dict[str, Any], attribution: str) -> None:
        self.year: int = document["year"]
        self.attribution = attribution
        self._scale: int = document["scale"]
        self._pieces: dict[str, list[Piece]] = defaultdict(list)
        for epci, department, region, rings in document["pieces"]:
            piece = Piece(epci, department, region, tuple(_vertices(steps) for steps in rings))
            for code in (epci, department, region):
                if code is not None:
                    self._pieces[code].append(piece)
        self._rings: dict[str, tuple[Ring, ...]] = {}

    def __contains__(self, code: object) -> bool:
        """Whether the outline of a territory is known."""
        return code in self._pieces

    @property
    def codes(self) -> tuple[str, ...]:
        """Ids of the territories with an outline, in order."""
        return tuple(sorted(self._pieces))

    def rings(self, code: str) -> tuple[Ring, ...] | None:
        """The outline of a territory, ``None`` when it is not known.

        Args:
            code: SIREN of an EPCI, ``D`` and the code of a département, ``R`` and that of a région.
        """
        if code not in self._pieces:
            return None
        if code not in self._rings:
            self._rings[code] = self._joined(self._pieces[code])
        return self._rings[code]

    def dissolved(self, codes: Iterable[str]) -> tuple[Ring, ...]:
        """The outline of several territories together; those without a known outline add nothing.

        Args:
            codes: as for :meth:`rings`; a perimeter named twice, or within another, counts once.
        """
        pieces = {id(piece): piece for code in codes for piece in self._pieces.get(code, ())}
        return self._joined(list(pieces.values()))

    def polygons(self, code: str) -> list[list[Ring]] | None:
        """The outline as polygons, each an outer ring then its holes (the order of GeoJSON); ``None`` when unknown."""
        rings = self.rings(code)
        return None if rings is None else _with_holes(rings)

    def _joined(self, pieces: list[Piece]) -> tuple[Ring, ...]:
        edges = {edge for piece in pieces for ring in piece.rings for edge in _edges(ring)}
        following: dict[Vertex, list[Vertex]] = defaultdict(list)
        for start, stop in sorted(edges):
            if (stop, start) not in edges:
                following[start].append(stop)
        found = []
        for start in sorted(following):
            while following[start]:
                ring = [start]
                while following[ring[-1]]:
                    ring.append(following[ring[-1]].pop())
                    if ring[-1] == start:
                        break
                found.append(tuple((x / self._scale, y / self._scale) for x, y in ring))
        return tuple(found)


def _vertices(steps: list[int]) -> tuple[Vertex, ...]:
    x, y = steps[:2]
    found = [(x, y)]
    for place in range(2, len(steps), 2):
        x, y = x + steps[place], y + steps[place + 1]
        found.append((x, y))
    return tuple(found)


def _edges(ring: tuple[Vertex, ...]) -> Iterable[tuple[Vertex, Vertex]]:
    return itertools.pairwise(ring)


def area(ring: Ring) -> float:
    """Signed area in square degrees: positive when anticlockwise, an outer ring; negative for a hole."""
    return 0.5 * sum(x * v - u * y for (x, y), (u, v) in itertools.pairwise(ring))


def _with_holes(rings: tuple[Ring, ...]) -> list[list[Ring]]:
    outer = sorted((ring for ring in rings if area(ring) > 0), key=area)
    polygons = [[ring] for ring in outer]
    for hole in (ring for ring in rings if area(ring) <= 0):
        holder = next((polygon for polygon in polygons if inside(hole[0], polygon[0])), None)
        if holder is not None:
            holder.append(hole)
    return polygons


def inside(point: tuple[float, float], ring: Ring) -> bool:
    """Whether a point lies in a ring (crossings of a ray; a vertex of the ring counts as in)."""
    if point in ring:
        return True
    x, y = point
    crossings = 0
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossings += 1
    return crossings % 2 == 1


@functools.cache
def outlines() -> Outlines:
    """The outlines that come with the project, read once."""
    entries = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))
    entry = max(entries, key=lambda entry: int(entry["year"]))
    content = (DATA / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"], (
        "a shipped file is not the one of its manifest"
    )
    return Outlines(json.loads(gzip.decompress(content)), entry["attribution"])
