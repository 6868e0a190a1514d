"""Arrows bent to their right: two opposite ones never lie on each other."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viz.plates import Rect
from viz.spec import Role, Stroke

BEND = 0.16
"""How far an arrow leaves the straight line, as a part of its length."""

PIECES = 8
"""Straight pieces that stand for a curve where something is to keep off it."""

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


def pieces(strokes: Sequence[Stroke]) -> NDArray[np.float64]:
    """Arrows as short straight pieces, m × 6: two ends, the number of the arrow and its width.

    Args:
        strokes: made by :func:`bent`.
    """
    ends = np.array([re.findall(r"-?[\d.]+", s.path) for s in strokes], dtype=np.float64).reshape(-1, 4, 2)
    t = np.linspace(0, 1, PIECES + 1)
    weights = np.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    points = np.einsum("nkc,kt->ntc", ends, weights)
    told = np.array([[k, s.width] for k, s in enumerate(strokes)], dtype=np.float64).reshape(-1, 1, 2)
    told = np.broadcast_to(told, (len(strokes), PIECES, 2))
    return np.concatenate([points[:, :-1], points[:, 1:], told], axis=2).reshape(-1, 6)


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
