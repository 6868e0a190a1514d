"""Positions of labelled nodes inside their plates: annealing with a fixed seed and a fixed number of steps.

Each step takes one node and compares a handful of places for it at once, so the cost of a move is only that of what
touches the node. The same input gives the same positions, whatever the machine's speed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz.plates import Rect

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NODE_CROSSED = 60.0
LABEL_CROSSED = 30.0
OWN_LABEL_CROSSED = 22.0
TITLE_CROSSED = 35.0
CROSSING = 9.0
OVERLAP = 40.0
OVERLAP_PER_PIXEL = 2.0
CLEARANCE = 7.0
NODE_CLEARANCE = 4.0
STEPS_PER_NODE = 44
PLACES = 14
HOT, COLD = 40.0, 0.4
FILLED = 0.9
"""Part of a plate that its group is stretched over."""
MOST_STRETCH = 2.6
MOVING = 8.0
"""What a last move must gain: shorter links alone are not worth undoing the stretch."""


@dataclass(frozen=True)
class Body:
    """A node with the label under it.

    Attributes:
        radius: of the node.
        label_width: of the label's widest line.
        label_height: of the label.
        gap: between the node and its label.
        plate: index of the plate it must stay in.
    """

    radius: float
    label_width: float
    label_height: float
    gap: float
    plate: int


@dataclass(frozen=True)
class Tie:
    """Two bodies by index and how strongly they are drawn together."""

    a: int
    b: int
    pull: float


def place(
    bodies: Sequence[Body],
    ties: Sequence[Tie],
    inner: Sequence[Rect],
    titles: Sequence[Rect],
    font: float,
    *,
    previous: Mapping[int, tuple[float, float]] | None = None,
    pinned: frozenset[int] = frozenset(),
    seed: int = 0,
) -> Floats:
    """Centres of the bodies, n × 2.

    Args:
        bodies: what to place.
        ties: what is drawn between them.
        inner: room inside each plate.
        titles: what links should not cross.
        font: size of labels; the cost of a length is ``pull × length / (8 × font)``.
        previous: where bodies stood before, to start from.
        pinned: bodies that keep their previous place.
        seed: of the random moves.
    """
    if not bodies:
        return np.zeros((0, 2))
    board = _Board(bodies, ties, inner, titles, font)
    rng = np.random.default_rng(seed)
    board.start(rng, previous or {})
    free = [i for i in range(len(bodies)) if i not in pinned]
    if free:
        board.anneal(rng, free, HOT if not previous else HOT / 8)
        board.settle(rng, free)
        board.spread(pinned)
        board.settle(rng, free)
    return board.at


class _Board:
    """Bodies, ties and rooms as arrays, and where the bodies stand."""

    def __init__(
        self,
        bodies: Sequence[Body],
        ties: Sequence[Tie],
        inner: Sequence[Rect],
        titles: Sequence[Rect],
        font: float,
    ) -> None:
        self.font = font
        self.count = len(bodies)
        self.radius = np.array([b.radius for b in bodies], dtype=np.float64)
        self.half = np.array([max(b.radius, b.label_width / 2) for b in bodies], dtype=np.float64)
        self.below = np.array([b.radius + b.gap + b.label_height for b in bodies], dtype=np.float64)
        self.label_half = np.array(
            [[b.label_width / 2, b.label_height / 2] for b in bodies], dtype=np.float64
        )
        self.label_down = np.array([b.radius + b.gap + b.label_height / 2 for b in bodies], dtype=np.float64)
        self.box_half = np.stack([self.half, (self.radius + self.below) / 2], axis=1)
        self.box_down = (self.below - self.radius) / 2
        self.plate = np.array([b.plate for b in bodies], dtype=np.int64)
        rooms = [inner[b.plate] for b in bodies]
        self.low = np.stack(
            [
                np.array([r.x for r in rooms]) + self.half,
                np.array([r.y for r in rooms]) + self.radius,
            ],
            axis=1,
        )
        self.high = np.stack(
            [
                np.array([r.x + r.width for r in rooms]) - self.half,
                np.array([r.y + r.height for r in rooms]) - self.below,
            ],
            axis=1,
        )
        middle = (self.low + self.high) / 2
        tight = self.low > self.high
        self.low, self.high = np.where(tight, middle, self.low), np.where(tight, middle, self.high)
        self.inner = inner
        self.ends = np.array([[t.a, t.b] for t in ties], dtype=np.int64).reshape(-1, 2)
        self.pull = np.array([t.pull for t in ties], dtype=np.float64)
        self.touching = [np.flatnonzero((self.ends == i).any(axis=1)) for i in range(self.count)]
        self.apart = [np.flatnonzero(~(self.ends == i).any(axis=1)) for i in range(self.count)]
        self.title_at = np.array(
            [[t.x + t.width / 2, t.y + t.height / 2] for t in titles], dtype=np.float64
        ).reshape(-1, 2)
        self.title_half = np.array([[t.width / 2, t.height / 2] for t in titles], dtype=np.float64).reshape(
            -1, 2
        )
        self.at: Floats = middle.copy()

    def start(self, rng: np.random.Generator, previous: Mapping[int, tuple[float, float]]) -> None:
        """Bodies on a grid in each plate, neighbours by ties near one another; known places first."""
        for plate in range(len(self.inner)):
            members = [int(i) for i in np.flatnonzero(self.plate == plate)]
            for i, (x, y) in zip(members, self._grid(plate, len(members)), strict=True):
                jitter = rng.uniform(-4, 4, 2)
                self.at[i] = np.clip([x + jitter[0], y + jitter[1]], self.low[i], self.high[i])
        for i, known in previous.items():
            self.at[i] = np.clip(known, self.low[i], self.high[i])

    def _grid(self, plate: int, wanted: int) -> list[tuple[float, float]]:
        """At least ``wanted`` places of a grid whose cells are about as wide for their labels as high."""
        if not wanted:
            return []
        room = self.inner[plate]
        members = self.plate == plate
        wide, high = 2 * float(self.half[members].max()), float((self.radius + self.below)[members].max())
        columns = round(math.sqrt(wanted * (room.width / wide) / max(room.height / high, 0.1)))
        columns = max(1, min(columns, wanted, max(1, int(room.width // wide))))
        rows = math.ceil(wanted / columns)
        upward = float(self.radius[members].mean())
        return [
            (
                room.x + room.width * (k % columns + 0.5) / columns,
                room.y + room.height * (k // columns + 0.5) / rows - high / 2 + upward,
            )
            for k in range(wanted)
        ]

    def anneal(self, rng: np.random.Generator, free: Sequence[int], hot: float) -> None:
        """Move the free bodies, from large moves to small ones."""
        steps = STEPS_PER_NODE * len(free)
        span = self.high - self.low
        for step in range(steps):
            progress = step / steps
            heat = hot * (COLD / hot) ** progress
            i = free[int(rng.integers(len(free)))]
            reach = span[i] * max(0.03, 0.5 * (1 - progress) ** 2)
            places = self.at[i] + rng.normal(0, 1, (PLACES, 2)) * reach
            anywhere = PLACES // 3
            places[:anywhere] = self.low[i] + rng.uniform(0, 1, (anywhere, 2)) * span[i]
            places[-1] = self.at[i]
            places = np.clip(places, self.low[i], self.high[i])
            if step % 4 == 0 and self._swap(rng, i, free, heat):
                continue
            cost = self.costs(i, places)
            draw = -cost / heat + rng.gumbel(0, 1, PLACES)
            self.at[i] = places[int(np.argmax(draw))]

    def settle(self, rng: np.random.Generator, free: Sequence[int]) -> None:
        """Put each body at the best of many places near and far, twice."""
        for i in [*free, *free]:
            places = self.low[i] + rng.uniform(0, 1, (160, 2)) * (self.high[i] - self.low[i])
            places[:80] = self.at[i] + rng.normal(0, 14, (80, 2))
            places = np.clip(places, self.low[i], self.high[i])
            places[0] = self.at[i]
            cost = self.costs(i, places)
            cost[1:] += MOVING
            self.at[i] = places[int(np.argmin(cost))]

    def _swap(self, rng: np.random.Generator, i: int, free: Sequence[int], heat: float) -> bool:
        """Exchange a body with another of its plate if that is worth it; whether it was done."""
        same = [j for j in free if j != i and self.plate[j] == self.plate[i]]
        if not same:
            return False
        j = same[int(rng.integers(len(same)))]
        before = self._alone(i) + self._alone(j)
        old = self.at[[i, j]].copy()
        self.at[i] = np.clip(old[1], self.low[i], self.high[i])
        self.at[j] = np.clip(old[0], self.low[j], self.high[j])
        gain = before - self._alone(i) - self._alone(j)
        if gain > 0 or rng.uniform() < math.exp(gain / heat):
            return True
        self.at[[i, j]] = old
        return False

    def _alone(self, i: int) -> float:
        return float(self.costs(i, self.at[i : i + 1])[0])

    def costs(self, i: int, places: Floats) -> Floats:
        """Cost of all that touches body ``i``, for each of k places of it."""
        others = np.arange(self.count) != i
        label = places + np.array([0.0, self.label_down[i]])
        total = self._overlaps(i, places, others)
        ties, rest = self.touching[i], self.apart[i]
        if len(rest):
            tail, head = self.at[self.ends[rest, 0]], self.at[self.ends[rest, 1]]
            near = _near(tail, head, places[:, None, :], float(self.radius[i]) + NODE_CLEARANCE)
            total += NODE_CROSSED * near.sum(axis=1)
            crossed = _hits(tail, head, label[:, None, :], self.label_half[i])
            total += LABEL_CROSSED * crossed.sum(axis=1)
        if len(ties):
            far = self.ends[ties].sum(axis=1) - i
            total += self._of_links(i, places, label, far, others)
            if len(rest):
                total += CROSSING * self._crossings(places, far, rest)
            reach = np.hypot(places[:, None, 0] - self.at[far, 0], places[:, None, 1] - self.at[far, 1])
            total += (self.pull[ties] * reach).sum(axis=1) / (8 * self.font)
        return total

    def _overlaps(self, i: int, places: Floats, others: Bools) -> Floats:
        """Boxes (node and label) that would be nearer than the clearance."""
        centre = places + np.array([0.0, self.box_down[i]])
        other = self.at + np.stack([np.zeros(self.count), self.box_down], axis=1)
        depth = self.box_half[i] + self.box_half + CLEARANCE - np.abs(centre[:, None, :] - other)
        deep = depth.min(axis=2)
        total: Floats = np.where((deep > 0) & others, OVERLAP + OVERLAP_PER_PIXEL * deep, 0.0).sum(axis=1)
        return total

    def _of_links(
        self, i: int, places: Floats, label: Floats, far: NDArray[np.int64], others: Bools
    ) -> Floats:
        """Nodes, labels and titles that the links of body ``i`` would cross."""
        tail, head = places[:, None, None, :], self.at[far][:, None, :]
        stranger = others & (np.arange(self.count) != far[:, None])
        near = _near(tail, head, self.at, self.radius + NODE_CLEARANCE) & stranger
        total: Floats = NODE_CROSSED * near.sum(axis=(1, 2)).astype(np.float64)
        labels = self.at + np.stack([np.zeros(self.count), self.label_down], axis=1)
        hit = _hits(tail, head, labels, self.label_half)
        price = np.where(stranger, LABEL_CROSSED, np.where(others, OWN_LABEL_CROSSED, 0.0))
        total += (hit * price).sum(axis=(1, 2))
        mine = _hits(places[:, None, :], self.at[far], label[:, None, :], self.label_half[i])
        total += OWN_LABEL_CROSSED * mine.sum(axis=1)
        if len(self.title_at):
            title = _hits(tail, head, self.title_at, self.title_half)
            total += TITLE_CROSSED * title.sum(axis=(1, 2))
        return total

    def _crossings(self, places: Floats, far: NDArray[np.int64], rest: NDArray[np.int64]) -> Floats:
        """Links that the links of a body would cross, those meeting at the far end apart."""
        a, b = places[:, None, None, :], self.at[far][:, None, :]
        c, d = self.at[self.ends[rest, 0]], self.at[self.ends[rest, 1]]
        crossed = (_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)
        meeting = (self.ends[rest] == far[:, None, None]).any(axis=2)
        counted: Floats = (crossed & ~meeting).sum(axis=(1, 2)).astype(np.float64)
        return counted

    def spread(self, pinned: frozenset[int]) -> None:
        """Stretch each group without pins over its plate, in its middle: straight lines cross no more than before."""
        for plate, room in enumerate(self.inner):
            members = np.flatnonzero(self.plate == plate)
            if not len(members) or pinned.intersection(members.tolist()):
                continue
            for axis, (start, length) in enumerate(((room.x, room.width), (room.y, room.height))):
                before = (self.half if axis == 0 else self.radius)[members]
                after = (self.half if axis == 0 else self.below)[members]
                at = self.at[members, axis]
                span = float(at.max() - at.min())
                spare = length * FILLED - float(before[at.argmin()] + after[at.argmax()])
                scale = min(MOST_STRETCH, max(1.0, spare / span)) if span > 1 else 1.0
                at = at * scale
                low, high = float((at - before).min()), float((at + after).max())
                at = at + start + length / 2 - (low + high) / 2
                self.at[members, axis] = np.clip(at, self.low[members, axis], self.high[members, axis])


def _side(a: Floats, b: Floats, c: Floats) -> Floats:
    """On which side of the line a→b the point c is: positive, negative, or 0 on it."""
    side: Floats = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        c[..., 0] - a[..., 0]
    )
    return side


def _near(a: Floats, b: Floats, point: Floats, distance: Floats | float) -> Bools:
    """Whether a segment passes within a distance of a point."""
    dx, dy = b[..., 0] - a[..., 0], b[..., 1] - a[..., 1]
    px, py = point[..., 0] - a[..., 0], point[..., 1] - a[..., 1]
    along = np.clip((px * dx + py * dy) / np.maximum(dx * dx + dy * dy, 1e-9), 0, 1)
    near: Bools = (px - along * dx) ** 2 + (py - along * dy) ** 2 < np.square(distance)
    return near


def _hits(a: Floats, b: Floats, centre: Floats, half: Floats) -> Bools:
    """Whether a segment meets a rectangle given by its centre and half sizes (separating axes)."""
    mx, my = (a[..., 0] + b[..., 0]) / 2 - centre[..., 0], (a[..., 1] + b[..., 1]) / 2 - centre[..., 1]
    hx, hy = (b[..., 0] - a[..., 0]) / 2, (b[..., 1] - a[..., 1]) / 2
    wide, high = half[..., 0], half[..., 1]
    ax, ay = np.abs(hx), np.abs(hy)
    met: Bools = (
        (np.abs(mx) <= wide + ax)
        & (np.abs(my) <= high + ay)
        & (np.abs(hx * my - hy * mx) <= wide * ay + high * ax)
    )
    return met
