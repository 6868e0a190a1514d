"""Names of marks that stay where they are: beside the mark, else a little further with a thin line to it, chosen together.

Every mark has the same few hundred places for its name. Each name takes one that the others leave it, several times over:
at first also worse ones, so that others find theirs (annealing with a fixed seed), at last the best.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.metrics import ELLIPSIS, balanced, text_width, wrapped
from viz.plates import Rect
from viz.scene import ASCENT, GAP, LINE
from viz.segments import cross, hits
from viz.spec import Anchor, Profile

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REACHES = (0.9, 1.8, 3.0, 4.5, 6.5, 9.0)
"""How far from its mark a name with a line to it may stand, in font sizes."""
DIRECTIONS = 24
"""Directions tried at each of these."""
ASIDE = 0.35
"""Cosine of a direction from which on a name stands at the side of its mark, not above or below it."""
CLEAR = 2.0
"""Pixels between two names, and between a name and another mark."""
KEPT = 180
"""Places compared for a name: those that cost least by themselves."""
SWEEPS = (10, 20)
"""Least and most times each name is placed while places that cost more are still taken, less and less."""
STEPS = 200
"""Names placed in all those times, within these limits: a few names are worth more tries than many."""
LAST = 3
"""Times each name is placed where it costs least."""
HOT, COLD = 6.0, 0.4

FORM = 0.4
"""Cost of a name on one line where two would do, and twice that on three."""
CUT = 4.0
"""Cost of a name that is cut."""
LED = 4.0
"""Cost of a line from a mark to its name, and that of a font size of its length."""
LED_PER_SIZE = 0.8
NEAR_ANOTHER = 2.5
"""Cost of standing nearer than half a line to another mark."""
ON_LINK = 2.0
"""Cost of each link under a name, and that of a pixel of its width."""
ON_LINK_PER_PIXEL = 0.5
LED_ACROSS = 14.0
"""Cost of a line to a name that meets another name, another such line or a title."""
COVERING = 40.0
"""Cost of covering another name, while names are placed; at last none covers another."""
UNNAMED = 60.0
"""Cost of a name without any place."""


@dataclass(frozen=True)
class Mark:
    """The square that holds a mark: its centre and half its side."""

    x: float
    y: float
    half: float


@dataclass(frozen=True)
class Name:
    """A name where it stands.

    Attributes:
        lines: empty when it has no place.
        anchor: of the lines.
        text_x: where they are anchored.
        text_y: baseline of the first.
        leader: path from the mark to it; empty beside the mark.
    """

    lines: tuple[str, ...]
    anchor: Anchor
    text_x: float
    text_y: float
    leader: str = ""


def names(
    texts: Sequence[str],
    marks: Sequence[Mark],
    room: Rect,
    taken: Sequence[Rect],
    profile: Profile,
    widest: float,
    links: Floats | None = None,
) -> list[Name]:
    """Names of the first marks, the most important first.

    Args:
        texts: one for each of the first marks; the others go without a name.
        marks: what no name covers.
        room: what no name leaves.
        taken: what no name covers either (titles).
        profile: sizes.
        widest: line of a name, in font sizes.
        links: pieces of the links drawn, m × 6: two ends, the number of the link and its width; names keep off them where
            they can.
    """
    squares = np.array([[m.x, m.y, m.half, m.half] for m in marks], dtype=np.float64).reshape(-1, 4)
    held = np.array([_middle(rect) for rect in taken], dtype=np.float64).reshape(-1, 4)
    found = []
    for k, (text, mark) in enumerate(zip(texts, marks, strict=False)):
        places = list(_places(text, mark, profile, widest))
        found.append(_Choice(places, k, squares, held, room, profile, links))
    given = []
    for choice, at, mark in zip(found, _chosen(found), marks, strict=False):
        if at is None:
            given.append(Name((), "middle", round(mark.x, 1), round(mark.y, 1)))
            continue
        place = choice.places[at]
        given.append(
            Name(
                place.lines,
                place.anchor,
                round(place.text_x, 1),
                round(place.box.y + ASCENT * profile.label, 1),
                "M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*place.led) if place.led else "",
            )
        )
    return given


@dataclass(frozen=True)
class _Place:
    """A place for a name: its lines, its box, the ends of the line from its mark (``None`` beside it), its cost."""

    lines: tuple[str, ...]
    anchor: Anchor
    text_x: float
    box: Rect
    led: tuple[float, float, float, float] | None
    cost: float


def _places(text: str, mark: Mark, profile: Profile, widest: float) -> Iterator[_Place]:
    """Around a mark, on two balanced lines, on one, or on three where two would cut it: beside it, then with a line to it."""
    font = profile.label
    gap = GAP * font
    x, y, half = mark.x, mark.y, mark.half
    two = balanced(text, font, widest * font)
    one = balanced(text, font, 1.6 * widest * font, single=len(text))
    three = wrapped(text, font, widest * font) if two[-1].endswith(ELLIPSIS) else two
    for form, lines in enumerate(dict.fromkeys((two, one, three if len(three) == 3 else two))):
        worth = form * FORM + CUT * any(line.endswith(ELLIPSIS) for line in lines)
        width = max(text_width(line, font) for line in lines) + profile.halo
        height = len(lines) * LINE * font + 1
        right, left, below, above = x + half + gap, x - half - gap, y + half + gap, y - half - gap - height
        beside: list[tuple[Anchor, float, float, float]] = [
            ("middle", x - width / 2, below, 0.0),
            ("middle", x - width / 2, above, 1.0),
            ("start", right, y - height / 2, 1.0),
            ("end", left - width, y - height / 2, 1.2),
            ("start", right, y - height, 2.0),
            ("end", left - width, y - height, 2.0),
            ("start", right, y, 2.0),
            ("end", left - width, y, 2.0),
            ("start", x - half, below, 2.0),
            ("end", x + half - width, below, 2.0),
            ("start", x - half, above, 2.2),
            ("end", x + half - width, above, 2.2),
        ]
        for anchor, box_x, box_y, cost in beside:
            text_x = box_x + {"start": 0.0, "middle": width / 2, "end": width}[anchor]
            yield _Place(lines, anchor, text_x, Rect(box_x, box_y, width, height), None, cost + worth)
        for reach in REACHES:
            for step in range(DIRECTIONS):
                angle = 2 * math.pi * step / DIRECTIONS
                across, down = math.cos(angle), math.sin(angle)
                at_x, at_y = x + across * (half + reach * font), y + down * (half + reach * font)
                anchor = "middle" if abs(across) < ASIDE else "start" if across > 0 else "end"
                box_x = at_x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
                box_y = at_y - height * (1 - down) / 2
                end_x, end_y = min(max(x, box_x), box_x + width), min(max(y, box_y), box_y + height)
                length = math.hypot(end_x - x, end_y - y)
                if length <= half:
                    continue
                start = x + (end_x - x) * half / length, y + (end_y - y) * half / length
                cost = LED + LED_PER_SIZE * (length - half) / font + worth
                box = Rect(box_x, box_y, width, height)
                yield _Place(lines, anchor, at_x, box, (*start, end_x, end_y), cost)


class _Choice:
    """The places that one name may take, as arrays: in the room, and on nothing that is there before names."""

    def __init__(
        self,
        places: Sequence[_Place],
        own: int,
        squares: Floats,
        held: Floats,
        room: Rect,
        profile: Profile,
        links: Floats | None,
    ) -> None:
        others = np.delete(squares, own, axis=0)
        boxes = np.array([_middle(place.box) for place in places])
        led = np.array([place.led or (np.nan,) * 4 for place in places])
        x, y, wide, high = boxes.T
        free = (room.x <= x - wide) & (x + wide <= room.x + room.width)
        free &= (room.y <= y - high) & (y + high <= room.y + room.height)
        free &= ~_meet(boxes, others, CLEAR).any(axis=1) & ~_meet(boxes, held, 0.0).any(axis=1)
        free &= ~_meet(boxes, squares[own, None], 0.0).any(axis=1) & ~_under(led, others).any(axis=1)
        places = [place for place, there in zip(places, free.tolist(), strict=True) if there]
        boxes, led = boxes[free], led[free]
        costs = np.array([place.cost for place in places])
        costs += NEAR_ANOTHER * _meet(boxes, others, LINE * profile.label / 2).any(axis=1)
        costs += LED_ACROSS * _under(led, held).any(axis=1)
        if links is not None and len(links):
            starts = np.flatnonzero(np.diff(links[:, 4], prepend=-1.0))
            each = ON_LINK + ON_LINK_PER_PIXEL * links[starts, 5]
            costs += each @ np.logical_or.reduceat(_under(links[:, :4], boxes), starts, axis=0)
        kept = np.argsort(costs, kind="stable")[:KEPT]
        self.places = [places[k] for k in kept.tolist()]
        self.boxes, self.led, self.costs = boxes[kept], led[kept], costs[kept]

    def among(self, boxes: Floats, led: Floats) -> tuple[Floats, Bools]:
        """Cost of each place where other names stand, and whether it covers one.

        Args:
            boxes: of the others, n × 4, not numbers where there is none.
            led: their lines, likewise.
        """
        met = _under(self.led, boxes).sum(axis=1) + _under(led, self.boxes).sum(axis=0)
        mine, theirs = self.led[:, None], led[None]
        met = met + cross(
            mine[..., 0], mine[..., 1], mine[..., 2], mine[..., 3],
            theirs[..., 0], theirs[..., 1], theirs[..., 2], theirs[..., 3],
        ).sum(axis=1)  # fmt: skip
        covered = _meet(self.boxes, boxes, CLEAR).sum(axis=1)
        return self.costs + LED_ACROSS * met + COVERING * covered, covered > 0


class _Board:
    """Where each name stands for the moment."""

    def __init__(self, found: Sequence[_Choice]) -> None:
        self.found = found
        self.at: list[int | None] = [None] * len(found)
        self.boxes, self.led = np.full((len(found), 4), np.nan), np.full((len(found), 4), np.nan)

    def put(self, i: int, place: int | None) -> None:
        """Stand a name at one of its places, or nowhere."""
        self.at[i] = place
        self.boxes[i] = np.nan if place is None else self.found[i].boxes[place]
        self.led[i] = np.nan if place is None else self.found[i].led[place]

    def settle(self, i: int, noise: Floats | None = None, heat: float = 1.0) -> None:
        """Stand a name at its best place among the others.

        Args:
            i: the name.
            noise: what chance adds to each place, that of none last; without it, no name is covered.
            heat: by which it is multiplied.
        """
        self.put(i, None)
        costs, covering = self.found[i].among(self.boxes, self.led)
        costs = np.append(costs, UNNAMED)
        if noise is None:
            costs[:-1][covering] = np.inf
        else:
            costs -= heat * noise[: len(costs)]
        best = int(costs.argmin())
        self.put(i, None if best == len(costs) - 1 else best)


def _chosen(found: Sequence[_Choice]) -> list[int | None]:
    """The place of each name, ``None`` where it has none."""
    board, rng = _Board(found), np.random.default_rng(0)
    sweeps = min(SWEEPS[1], max(SWEEPS[0], STEPS // max(1, len(found))))
    for sweep in range(sweeps):
        heat = HOT * (COLD / HOT) ** (sweep / (sweeps - 1))
        noise = rng.gumbel(0, 1, (len(found), KEPT + 1))
        for i in range(len(found)):
            board.settle(i, noise[i], heat)
    for _ in range(LAST):
        for i in range(len(found)):
            board.settle(i)
    return board.at


def _middle(rect: Rect) -> tuple[float, float, float, float]:
    """Centre and half sides."""
    return rect.x + rect.width / 2, rect.y + rect.height / 2, rect.width / 2, rect.height / 2


def _meet(some: Floats, others: Floats, clear: float) -> Bools:
    """Which of some boxes come nearer than so many pixels to which of others, k × n."""
    one, other = some[:, None], others[None]
    met: Bools = (np.abs(one[..., 0] - other[..., 0]) < one[..., 2] + other[..., 2] + clear) & (
        np.abs(one[..., 1] - other[..., 1]) < one[..., 3] + other[..., 3] + clear
    )
    return met


def _under(lines: Floats, boxes: Floats) -> Bools:
    """Which lines pass under which boxes, k × n."""
    line, box = lines[:, None], boxes[None]
    return hits(
        line[..., 0],
        line[..., 1],
        line[..., 2],
        line[..., 3],
        box[..., 0],
        box[..., 1],
        box[..., 2],
        box[..., 3],
    )
