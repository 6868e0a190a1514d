"""Parts of a ring, and the stripes that tell them apart without colour."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

Point = tuple[float, float]
ARC = math.pi / 36
"""Step along an arc where a wedge is made a polygon, 5°."""


def at(centre: Point, radius: float, angle: float) -> Point:
    """The point at an angle in radians, clockwise from the top."""
    return centre[0] + radius * math.sin(angle), centre[1] - radius * math.cos(angle)


def wedge(centre: Point, inner: float, outer: float, start: float, stop: float) -> str:
    """Path of the part of a ring between two radii and two angles, less than a whole turn."""
    long = int(stop - start > math.pi)
    a, b = at(centre, outer, start), at(centre, outer, stop)
    c, d = at(centre, inner, stop), at(centre, inner, start)
    return (
        f"M{a[0]:.1f} {a[1]:.1f}A{outer:.1f} {outer:.1f} 0 {long} 1 {b[0]:.1f} {b[1]:.1f}"
        f"L{c[0]:.1f} {c[1]:.1f}A{inner:.1f} {inner:.1f} 0 {long} 0 {d[0]:.1f} {d[1]:.1f}Z"
    )


def ring(centre: Point, radius: float) -> str:
    """Path of a circle."""
    x, y = centre
    return (
        f"M{x - radius:.1f} {y:.1f}a{radius:.1f} {radius:.1f} 0 1 0 {2 * radius:.1f} 0"
        f"a{radius:.1f} {radius:.1f} 0 1 0 {-2 * radius:.1f} 0Z"
    )


def stripes(
    centre: Point, inner: float, outer: float, start: float, stop: float, step: float, *, down: bool = False
) -> str:
    """Path of parallel lines inside a wedge.

    Args:
        centre: of the ring.
        inner: radius.
        outer: radius.
        start: angle.
        stop: angle.
        step: between two lines.
        down: from the upper left to the lower right; from the lower left to the upper right otherwise.
    """
    steps = max(1, math.ceil((stop - start) / ARC))
    angles = [start + (stop - start) * k / steps for k in range(steps + 1)]
    outline = [at(centre, outer, a) for a in angles] + [at(centre, inner, a) for a in reversed(angles)]
    return striped(outline, step, down=down)


def striped(outline: Sequence[Point], step: float, *, down: bool = False) -> str:
    """Path of parallel lines at 45° inside a polygon."""
    sign = 1 if down else -1

    def level(p: Point) -> float:
        # constant along a line
        return p[1] - sign * p[0]

    edges = list(itertools.pairwise([*outline, outline[0]]))
    low, high = min(map(level, outline)), max(map(level, outline))
    found = []
    for k in range(math.ceil(low / step), math.floor(high / step) + 1):
        line = k * step
        xs = []
        for p, q in edges:
            a, b = level(p) - line, level(q) - line
            if (a > 0) != (b > 0):
                xs.append(p[0] + (q[0] - p[0]) * a / (a - b))
        xs.sort()
        found += [
            f"M{left:.1f} {line + sign * left:.1f}L{right:.1f} {line + sign * right:.1f}"
            for left, right in zip(xs[::2], xs[1::2], strict=False)
            if right - left > 0.5
        ]
    return "".join(found)
