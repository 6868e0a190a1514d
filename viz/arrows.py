"""Arrows bent to their right: two opposite ones never lie on each other."""

from __future__ import annotations

import math

from viz.plates import Rect
from viz.spec import Role, Stroke

BEND = 0.16
"""How far an arrow leaves the straight line, as a part of its length."""

Point = tuple[float, float]


def bent(
    start: Point, end: Point, apart: tuple[float, float], width: float, frame: Rect, role: Role = "ink"
) -> Stroke:
    """A curve with a head, from a mark to another, flatter where it would leave the frame.

    Args:
        start: centre of the first mark.
        end: centre of the second.
        apart: how far from each centre the arrow keeps.
        width: of the line, in pixels; the head grows with it.
        frame: what the arrow stays in, as the marks do.
        role: of its colour.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max(math.hypot(dx, dy), 1e-6)
    aside = (-dy * BEND, dx * BEND)
    head = min(6 + 1.5 * width, 0.5 * length)
    half = 3.5 + 0.75 * width
    # a curve stays among its ends and the points that pull it
    first = _inside((start[0] + dx / 3 + aside[0], start[1] + dy / 3 + aside[1]), frame, half)
    second = _inside((start[0] + 2 * dx / 3 + aside[0], start[1] + 2 * dy / 3 + aside[1]), frame, half)
    ox, oy = _unit(start, first)
    ix, iy = _unit(second, end)
    begin = start[0] + ox * apart[0], start[1] + oy * apart[0]
    tip = end[0] - ix * apart[1], end[1] - iy * apart[1]
    base = tip[0] - ix * head, tip[1] - iy * head
    return Stroke(
        f"M{begin[0]:.1f} {begin[1]:.1f}C{first[0]:.1f} {first[1]:.1f} {second[0]:.1f} {second[1]:.1f} "
        f"{base[0]:.1f} {base[1]:.1f}",
        role,
        round(width, 1),
        head=f"M{tip[0]:.1f} {tip[1]:.1f}L{base[0] - iy * half:.1f} {base[1] + ix * half:.1f}"
        f"L{base[0] + iy * half:.1f} {base[1] - ix * half:.1f}Z",
    )


def _inside(point: Point, frame: Rect, margin: float) -> Point:
    """The nearest point of a frame, kept a margin from its sides."""
    x, y = point
    return (
        min(max(x, frame.x + margin), frame.x + frame.width - margin),
        min(max(y, frame.y + margin), frame.y + frame.height - margin),
    )


def _unit(a: Point, b: Point) -> Point:
    length = max(math.hypot(b[0] - a[0], b[1] - a[1]), 1e-6)
    return (b[0] - a[0]) / length, (b[1] - a[1]) / length
