"""Splitting a canvas into plates, one a zone, whose areas follow what they must hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SEARCHED = 9
"""Plates up to which every choice of directions is tried; beyond, each cut goes across the longer side."""


@dataclass(frozen=True)
class Rect:
    """A rectangle: left, top, width and height in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Load:
    """What a plate must hold.

    Attributes:
        count: number of labelled nodes.
        width: of the widest of them with its label.
        height: of the highest.
        title: width of the plate's title.
        under: height of what is written under it.
        least: width that what is written takes on its own line, whatever the nodes.
    """

    count: int
    width: float
    height: float
    title: float = 0.0
    under: float = 0.0
    least: float = 0.0

    @property
    def across(self) -> float:
        """Least width inside its plate."""
        return max(self.width, self.least)

    @property
    def area(self) -> float:
        """Room wanted, in square pixels."""
        nodes = max(max(self.count, 1) * self.width, 1.15 * self.title) * self.height
        return nodes + max(self.width, 1.15 * self.title) * self.under


def split(loads: Sequence[Load], canvas: Rect, *, gutter: float, padding: float, band: float) -> list[Rect]:
    """One rectangle a load, in their order, covering the canvas but for the gutters.

    The canvas is cut in two parts of areas as equal as the order allows, and each part again; of the directions
    of the cuts, those are taken that leave the tightest plate the most room. No cut leaves a part narrower or
    lower than the largest of what it holds, where both can have that.

    Args:
        loads: in order, at least one.
        canvas: what is split.
        gutter: between two plates.
        padding: inside a plate.
        band: of its title.
    """

    def room(load: Load, rect: Rect) -> float:
        across = (rect.width - 2 * padding) / load.width
        down = (rect.height - band - load.under - padding) / load.height
        if across < 1 or down < 1:
            return min(across, down, 1.0) * 0.5
        shown = min(1.0, (rect.width - 2 * padding) / load.title) if load.title else 1.0
        return shown * (math.floor(across) * math.floor(down) / load.count + 0.02 * min(across, down))

    def cut(first: int, last: int, rect: Rect) -> tuple[float, list[Rect]]:
        if last - first == 1:
            return room(loads[first], rect), [rect]
        total = sum(load.area for load in loads[first:last])
        running, best, at = 0.0, math.inf, first + 1
        for k in range(first + 1, last):
            running += loads[k - 1].area
            if abs(2 * running - total) < best:
                best, at = abs(2 * running - total), k
        share = sum(load.area for load in loads[first:at]) / total
        wide = rect.width >= rect.height
        directions = (wide, not wide) if len(loads) <= SEARCHED else (wide,)
        found: tuple[float, list[Rect]] | None = None
        for upright in directions:
            length = (rect.width if upright else rect.height) - gutter
            if length <= 0:
                continue
            least, rest = (
                max(
                    load.across + 2 * padding if upright else load.height + load.under + band + padding
                    for load in side
                )
                / length
                for side in (loads[first:at], loads[at:last])
            )
            fair = max(least, min(1 - rest, share)) if least + rest <= 1 else share
            one, two = _halves(rect, fair, gutter, upright=upright)
            if min(one.width, one.height, two.width, two.height) <= 0:
                continue
            left, right = cut(first, at, one), cut(at, last, two)
            score = min(left[0], right[0])
            if found is None or score > found[0] + 1e-9:
                found = score, left[1] + right[1]
        return found or (0.0, [rect] * (last - first))

    return cut(0, len(loads), canvas)[1]


def _halves(rect: Rect, share: float, gutter: float, *, upright: bool) -> tuple[Rect, Rect]:
    if upright:
        width = round((rect.width - gutter) * share)
        rest = rect.width - gutter - width
        return (
            Rect(rect.x, rect.y, width, rect.height),
            Rect(rect.x + width + gutter, rect.y, rest, rect.height),
        )
    height = round((rect.height - gutter) * share)
    rest = rect.height - gutter - height
    return (
        Rect(rect.x, rect.y, rect.width, height),
        Rect(rect.x, rect.y + height + gutter, rect.width, rest),
    )
