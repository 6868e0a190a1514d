"""Segments against points, rectangles and one another, many at once: ends and centres are given axis by axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
"""Of any precision: a layout compares costs on half-length numbers, which take half the time."""
Bools = NDArray[np.bool_]


def _side(ax: Floats, ay: Floats, bx: Floats, by: Floats, cx: Floats, cy: Floats) -> Floats:
    """On which side of the line a→b the point c is: positive, negative, or 0 on it."""
    side: Floats = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return side


def cross(
    ax: Floats, ay: Floats, bx: Floats, by: Floats, cx: Floats, cy: Floats, dx: Floats, dy: Floats
) -> Bools:
    """Whether the segments a–b and c–d cross, not merely touch."""
    crossed: Bools = (_side(ax, ay, bx, by, cx, cy) * _side(ax, ay, bx, by, dx, dy) < 0) & (
        _side(cx, cy, dx, dy, ax, ay) * _side(cx, cy, dx, dy, bx, by) < 0
    )
    return crossed


def near(ax: Floats, ay: Floats, bx: Floats, by: Floats, x: Floats, y: Floats, distance: Floats) -> Bools:
    """Whether a segment passes within a distance of a point."""
    dx, dy = bx - ax, by - ay
    px, py = x - ax, y - ay
    along = np.clip((px * dx + py * dy) / np.maximum(dx * dx + dy * dy, 1e-9), 0, 1)
    px = px - along * dx
    py = py - along * dy
    passes: Bools = px * px + py * py < distance * distance
    return passes


def hits(
    ax: Floats, ay: Floats, bx: Floats, by: Floats, x: Floats, y: Floats, wide: Floats, high: Floats
) -> Bools:
    """Whether a segment meets a rectangle given by its centre and half sizes (separating axes)."""
    mx, my = (ax + bx) / 2 - x, (ay + by) / 2 - y
    hx, hy = (bx - ax) / 2, (by - ay) / 2
    long, tall = np.abs(hx), np.abs(hy)
    meets: Bools = (
        (np.abs(mx) <= long + wide)
        & (np.abs(my) <= tall + high)
        & (np.abs(mx * hy - my * hx) <= wide * tall + high * long)
    )
    return meets
