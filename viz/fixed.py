"""Marks whose place means something (a plane, a territory): nudged apart as little as can be, then named."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from viz.naming import Mark, names
from viz.plates import Rect
from viz.scene import WIDEST
from viz.spec import Anchor, Profile

RINGS = 60
"""Circles of places tried around where a mark belongs, each half a radius wider."""
AROUND = 16
"""Places tried on a circle."""
APART = 0.2
"""Between two marks, in font sizes."""
LEADING = 0.6
"""The same where lines to names pass between them."""
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
        leader: path from the mark to the name; empty beside it.
    """

    x: float
    y: float
    nudged: bool
    lines: tuple[str, ...]
    anchor: Anchor
    text_x: float
    text_y: float
    leader: str = ""


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


def stand(
    spots: Sequence[Spot], room: Rect, taken: Iterable[Rect], profile: Profile, apart: float = APART
) -> list[Mark]:
    """Stand marks apart, the first where they belong.

    Args:
        spots: the most important first.
        room: what no mark leaves.
        taken: what no mark covers (titles).
        profile: sizes.
        apart: between two of them, in font sizes.
    """
    obstacles, clear = list(taken), apart * profile.label
    marks: list[Rect] = []
    for spot in spots:
        free = (
            mark
            for mark in _places(spot, profile)
            if within(mark, room)
            and not any(meet(_wider(mark, clear), other) for other in (*marks, *obstacles))
        )
        marks.append(next(free, around(spot.x, spot.y, WIDE * spot.radius + profile.border / 2)))
    return [Mark(m.x + m.width / 2, m.y + m.height / 2, m.width / 2) for m in marks]


def nudged(spot: Spot, mark: Mark) -> bool:
    """Whether a mark does not stand where it belongs."""
    return math.hypot(mark.x - spot.x, mark.y - spot.y) > 1


def settle(
    spots: Sequence[Spot], room: Rect, taken: Sequence[Rect], profile: Profile, widest: float = WIDEST
) -> list[Named]:
    """Stand the marks apart, the first where they belong, then name them all around.

    Args:
        spots: the most important first.
        room: what no mark and no name leaves.
        taken: what no mark and no name covers (titles).
        profile: sizes.
        widest: line of a name, in font sizes.
    """
    marks = stand(spots, room, taken, profile, LEADING)
    given = names([spot.name for spot in spots], marks, room, taken, profile, widest)
    return [
        Named(
            round(mark.x, 1),
            round(mark.y, 1),
            nudged(spot, mark),
            name.lines,
            name.anchor,
            name.text_x,
            name.text_y,
            name.leader,
        )
        for spot, mark, name in zip(spots, marks, given, strict=True)
    ]


def _wider(mark: Rect, by: float) -> Rect:
    return Rect(mark.x - by, mark.y - by, mark.width + 2 * by, mark.height + 2 * by)


def _places(spot: Spot, profile: Profile) -> Iterator[Rect]:
    size = WIDE * spot.radius + profile.border / 2
    yield around(spot.x, spot.y, size)
    for ring in range(1, RINGS):
        for step in range(AROUND):
            angle = 2 * math.pi * step / AROUND
            reach = ring * spot.radius / 2
            yield around(spot.x + reach * math.cos(angle), spot.y + reach * math.sin(angle), size)
