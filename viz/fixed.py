"""Marks whose place means something (a plane, a territory): nudged apart as little as can be, and named where a name fits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from viz.metrics import balanced, text_width
from viz.plates import Rect
from viz.scene import ASCENT, GAP, LINE, WIDEST
from viz.spec import Anchor, Profile

RINGS = 60
"""Circles of places tried around where a mark belongs, each half a radius wider."""
AROUND = 16
"""Places tried on a circle."""
APART = 3.0
"""Pixels between two marks."""
WIDE = 1.15
"""What a triangle, the widest shape, has beside its radius."""


@dataclass(frozen=True)
class Spot:
    """A mark that belongs at (x, y)."""

    name: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Named:
    """A mark where it stands, with its name if it fits somewhere around.

    Attributes:
        x: centre.
        y: centre.
        nudged: it does not stand where it belongs, so as not to hide another.
        lines: of the name; empty when it fits nowhere.
        anchor: of the name.
        text_x: where it is anchored.
        text_y: baseline of its first line.
    """

    x: float
    y: float
    nudged: bool
    lines: tuple[str, ...]
    anchor: Anchor
    text_x: float
    text_y: float


def meet(one: Rect, other: Rect) -> bool:
    """Whether two rectangles overlap."""
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def within(one: Rect, room: Rect) -> bool:
    """Whether a rectangle lies in another."""
    return (
        room.x <= one.x
        and room.y <= one.y
        and one.x + one.width <= room.x + room.width
        and one.y + one.height <= room.y + room.height
    )


def around(x: float, y: float, radius: float) -> Rect:
    """The square that holds a mark."""
    return Rect(x - radius, y - radius, 2 * radius, 2 * radius)


def settle(
    spots: Sequence[Spot], room: Rect, taken: Iterable[Rect], profile: Profile, widest: float = WIDEST
) -> list[Named]:
    """Stand the marks apart, the first where they belong, then name them around: below, above, beside, then a little further.

    Args:
        spots: the most important first.
        room: what no mark and no name leaves.
        taken: what no mark and no name covers (titles).
        profile: sizes.
        widest: line of a name, in font sizes.
    """
    obstacles = list(taken)
    marks: list[Rect] = []
    for spot in spots:
        free = (
            mark
            for mark in _places(spot, profile)
            if within(mark, room) and not any(meet(_wider(mark), other) for other in (*marks, *obstacles))
        )
        marks.append(next(free, around(spot.x, spot.y, WIDE * spot.radius + profile.border / 2)))
    named = []
    for spot, mark in zip(spots, marks, strict=True):
        x, y = mark.x + mark.width / 2, mark.y + mark.height / 2
        nudged = math.hypot(x - spot.x, y - spot.y) > 1
        for lines, anchor, text_x, text_y, box in _labels(spot.name, x, y, mark.width / 2, profile, widest):
            if within(box, room) and not any(meet(box, other) for other in (*marks, *obstacles)):
                obstacles.append(box)
                named.append(
                    Named(round(x, 1), round(y, 1), nudged, lines, anchor, round(text_x, 1), round(text_y, 1))
                )
                break
        else:
            named.append(Named(round(x, 1), round(y, 1), nudged, (), "middle", round(x, 1), round(y, 1)))
    return named


def _wider(mark: Rect) -> Rect:
    return Rect(mark.x - APART, mark.y - APART, mark.width + 2 * APART, mark.height + 2 * APART)


def _places(spot: Spot, profile: Profile) -> Iterator[Rect]:
    size = WIDE * spot.radius + profile.border / 2
    yield around(spot.x, spot.y, size)
    for ring in range(1, RINGS):
        for step in range(AROUND):
            angle = 2 * math.pi * step / AROUND
            reach = ring * spot.radius / 2
            yield around(spot.x + reach * math.cos(angle), spot.y + reach * math.sin(angle), size)


def _labels(
    name: str, x: float, y: float, half: float, profile: Profile, widest: float
) -> Iterator[tuple[tuple[str, ...], Anchor, float, float, Rect]]:
    """Names around a mark, on two balanced lines then on one, with the room each takes."""
    font = profile.label
    gap = GAP * font
    two = balanced(name, font, widest * font)
    one = balanced(name, font, 1.6 * widest * font, single=len(name))
    for lines in dict.fromkeys((two, one)):
        width = max(text_width(line, font) for line in lines) + profile.halo
        height = len(lines) * LINE * font + 1
        right, left = x + half + gap, x - half - gap
        below, above = y + half + gap, y - half - gap - height
        boxes: list[tuple[Anchor, float, Rect]] = [
            ("middle", x, Rect(x - width / 2, below, width, height)),
            ("middle", x, Rect(x - width / 2, above, width, height)),
            ("start", right, Rect(right, y - height / 2, width, height)),
            ("end", left, Rect(left - width, y - height / 2, width, height)),
        ]
        for top in (y - height, y):
            boxes.append(("start", right, Rect(right, top, width, height)))
            boxes.append(("end", left, Rect(left - width, top, width, height)))
        for top in (below, above):
            boxes.append(("start", x - half, Rect(x - half, top, width, height)))
            boxes.append(("end", x + half, Rect(x + half - width, top, width, height)))
        for anchor, text_x, box in boxes:
            yield lines, anchor, text_x, box.y + ASCENT * font, box
