"""Positions of labelled nodes inside their plates: annealing with a fixed seed and a fixed number of steps.

Each step takes a few nodes and compares a handful of places for each at once, so the cost of a move is only that of what
touches the node. The same input gives the same positions, whatever the machine's speed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from viz.bodies import Body, Tie
from viz.plates import Rect
from viz.segments import Floats as Lean
from viz.segments import cross, hits, near

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
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
SWEEPS = 36
"""Times each body is moved while cooling."""
PLACES = 14
"""Places compared for a body at a time."""
AT_ONCE = 6
"""Bodies moved together, as if the others of them stayed: fewer and larger steps of arithmetic."""
TRIED = 40
"""Places near a body, and as many anywhere, that it may take at last."""
HOT, COLD = 40.0, 0.4
FILLED = 0.9
"""Part of a plate that its group is stretched over."""
MOST_STRETCH = 2.6
OVER = 0.9
"""Part of its height that a row alone may do with: the edge of its plate leaves it some more."""
LEAST_FILLED = 0.5
"""Part of a plate that a group is stretched over however far apart that puts it: a few bodies alone would huddle."""
MOVING = 8.0
"""What a last move must gain."""


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
    if not ties and not previous and board.in_rows():
        return board.at
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
        label_half = np.array([[b.label_width / 2, b.label_height / 2] for b in bodies], dtype=np.float64)
        label_down = np.array([b.radius + b.gap + b.label_height / 2 for b in bodies], dtype=np.float64)
        box_half = np.stack([self.half, (self.radius + self.below) / 2], axis=1)
        box_down = (self.below - self.radius) / 2
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
        touching = [np.flatnonzero((self.ends == i).any(axis=1)) for i in range(self.count)]
        self.degree = np.array([len(mine) for mine in touching], dtype=np.int64)
        self.far = np.zeros((self.count, int(self.degree.max())), dtype=np.int64)
        far_pull = np.zeros(self.far.shape)
        for i, mine in enumerate(touching):
            self.far[i, : len(mine)] = self.ends[mine].sum(axis=1) - i
            far_pull[i, : len(mine)] = self.pull[mine]
        title_at = np.array(
            [[t.x + t.width / 2, t.y + t.height / 2] for t in titles], dtype=np.float64
        ).reshape(-1, 2)
        title_half = np.array([[t.width / 2, t.height / 2] for t in titles], dtype=np.float64).reshape(-1, 2)
        self.at: Floats = middle.copy()
        # what costs are made of; places themselves keep their precision
        self.lean_radius = _lean(self.radius)
        self.label_down, self.label_half = _lean(label_down), _lean(label_half)
        self.box_half, self.box_down = _lean(box_half), _lean(box_down)
        self.far_pull, self.title_at, self.title_half = _lean(far_pull), _lean(title_at), _lean(title_half)

    def in_rows(self) -> bool:
        """Stand the bodies of each plate in rows and columns, in their order; whether all plates have room for that."""
        for plate, room in enumerate(self.inner):
            members = np.flatnonzero(self.plate == plate)
            if not len(members):
                continue
            wide = 2 * float(self.half[members].max())
            high = float((self.radius + self.below)[members].max())
            most = int(room.width // wide)
            rooms = [
                (min((room.width / c) / wide, _ease(room.height / high, math.ceil(len(members) / c))), c)
                for c in range(1, min(most, len(members)) + 1)
            ]
            ease, columns = max(rooms, default=(0.0, 1))
            if ease < 1 < len(members):
                return False
            rows = math.ceil(len(members) / columns)
            top = float(self.radius[members].max())
            for k, i in enumerate(members.tolist()):
                self.at[i] = (
                    room.x + room.width * (k % columns + 0.5) / columns,
                    room.y + max(0.0, room.height * (k // columns + 0.5) / rows - high / 2) + top,
                )
        return True

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
        """Move the free bodies, from large moves to small ones: each once a sweep, some at once."""
        order = np.array(free, dtype=np.int64)
        span = self.high - self.low
        anywhere = PLACES // 3
        for sweep in range(SWEEPS):
            progress = sweep / SWEEPS
            heat = hot * (COLD / hot) ** progress
            reach = max(0.03, 0.5 * (1 - progress) ** 2)
            rng.shuffle(order)
            # those with as many ties together: the row with most of them sets the work of all
            alike = order[np.argsort(-self.degree[order], kind="stable")]
            for first in range(0, len(order), AT_ONCE):
                who = alike[first : first + AT_ONCE]
                low, wide, now = self.low[who, None], span[who, None], self.at[who, None]
                places = now + rng.normal(0, 1, (len(who), PLACES, 2)) * wide * reach
                places[:, :anywhere] = low + rng.uniform(0, 1, (len(who), anywhere, 2)) * wide
                places[:, -1] = now[:, 0]
                places = np.clip(places, low, self.high[who, None])
                draw = rng.gumbel(0, 1, (len(who), PLACES)) - self.costs(who, places) / heat
                self.at[who] = places[np.arange(len(who)), draw.argmax(axis=1)]
            if sweep % 2 == 0:
                self._swap(rng, order, heat)

    def settle(self, rng: np.random.Generator, free: Sequence[int]) -> None:
        """Put each body at the best of many places near and far, twice."""
        for i in [*free, *free]:
            places = self.low[i] + rng.uniform(0, 1, (2 * TRIED, 2)) * (self.high[i] - self.low[i])
            places[:TRIED] = self.at[i] + rng.normal(0, 14, (TRIED, 2))
            places = np.clip(places, self.low[i], self.high[i])
            places[0] = self.at[i]
            cost = self.costs(np.array([i]), places[None])[0]
            cost[1:] += MOVING
            self.at[i] = places[int(np.argmin(cost))]

    def _swap(self, rng: np.random.Generator, order: Ints, heat: float) -> None:
        """Exchange bodies with another of their plate where that is worth it, each pair as if it were alone."""
        order = order[np.argsort(self.plate[order], kind="stable")]
        one, other = order[0 : len(order) - 1 : 2], order[1::2]
        same = self.plate[one] == self.plate[other]
        one, other = one[same], other[same]
        if not len(one):
            return
        pair = np.arange(len(one))
        boards = np.repeat(self.at[None], len(one), axis=0)
        boards[pair, one] = np.clip(self.at[other], self.low[one], self.high[one])
        boards[pair, other] = np.clip(self.at[one], self.low[other], self.high[other])
        both = np.concatenate([one, other])
        before = self.costs(both, self.at[both, None])[:, 0]
        after = self.costs(
            both,
            np.concatenate([boards[pair, one], boards[pair, other]])[:, None],
            np.concatenate([boards, boards]),
        )[:, 0]
        gain = (before - after).reshape(2, -1).sum(axis=0)
        for p in np.flatnonzero(rng.uniform(0, 1, len(one)) < np.exp(np.minimum(gain / heat, 0.0))):
            self.at[[one[p], other[p]]] = boards[p, [one[p], other[p]]]

    def costs(self, who: Ints, places: Floats, boards: Floats | None = None) -> Lean:
        """Cost of all that touches some bodies, each for k places of it, the others where they stand.

        Args:
            who: r bodies.
            places: r × k × 2.
            boards: where all stand, r × n × 2; by default, where they do.
        """
        at = self.at[None] if boards is None else boards
        x, y = _lean(places[..., 0]), _lean(places[..., 1])
        all_x, all_y = _lean(at[..., 0]), _lean(at[..., 1])
        others = np.arange(self.count) != who[:, None]
        total = self._overlaps(who, x, y, all_x, all_y, others)
        if not len(self.ends):
            return total
        rest = (self.ends[:, 0] != who[:, None]) & (self.ends[:, 1] != who[:, None])
        tail = all_x[:, None, self.ends[:, 0]], all_y[:, None, self.ends[:, 0]]
        head = all_x[:, None, self.ends[:, 1]], all_y[:, None, self.ends[:, 1]]
        passed = near(
            *tail, *head, x[..., None], y[..., None], self.lean_radius[who, None, None] + NODE_CLEARANCE
        )
        total += NODE_CROSSED * (passed & rest[:, None]).sum(axis=2)
        down = self.label_down[who, None]
        wide, high = self.label_half[who, 0, None, None], self.label_half[who, 1, None, None]
        crossed = hits(*tail, *head, x[..., None], (y + down)[..., None], wide, high)
        total += LABEL_CROSSED * (crossed & rest[:, None]).sum(axis=2)
        degree = int(self.degree[who].max())
        if degree:
            total += self._of_links(who, degree, x, y, all_x, all_y, others, rest)
        return total

    def _overlaps(self, who: Ints, x: Lean, y: Lean, all_x: Lean, all_y: Lean, others: Bools) -> Lean:
        """Boxes (node and label) that would be nearer than the clearance."""
        half, down = self.box_half, self.box_down
        across = (half[who, None, 0] + half[:, 0] + CLEARANCE)[:, None] - np.abs(
            x[..., None] - all_x[:, None]
        )
        along = (half[who, None, 1] + half[:, 1] + CLEARANCE)[:, None] - np.abs(
            (y + down[who, None])[..., None] - (all_y + down)[:, None]
        )
        deep = np.minimum(across, along)
        total: Lean = np.where((deep > 0) & others[:, None], OVERLAP + OVERLAP_PER_PIXEL * deep, 0.0).sum(
            axis=2
        )
        return total

    def _of_links(
        self,
        who: Ints,
        degree: int,
        x: Lean,
        y: Lean,
        all_x: Lean,
        all_y: Lean,
        others: Bools,
        rest: Bools,
    ) -> Lean:
        """Nodes, labels, titles and links that the links of the bodies would cross, and how long they would be."""
        far, pull = self.far[who, :degree], self.far_pull[who, :degree]
        row = np.arange(len(who))[:, None] if len(all_x) > 1 else 0
        far_x, far_y = all_x[row, far][:, None], all_y[row, far][:, None]
        reach = np.hypot(x[..., None] - far_x, y[..., None] - far_y)
        total: Lean = (pull[:, None] * reach).sum(axis=2) / (8 * self.font)
        real = np.arange(degree) < self.degree[who, None]
        mine = hits(
            x[..., None],
            y[..., None],
            far_x,
            far_y,
            x[..., None],
            (y + self.label_down[who, None])[..., None],
            self.label_half[who, 0, None, None],
            self.label_half[who, 1, None, None],
        )
        total += OWN_LABEL_CROSSED * (mine & real[:, None]).sum(axis=2)
        link = x[..., None, None], y[..., None, None], far_x[..., None], far_y[..., None]
        node_x, node_y = all_x[:, None, None], all_y[:, None, None]
        real_others = real[..., None] & others[:, None]
        stranger = real_others & (np.arange(self.count) != far[..., None])
        passed = near(*link, node_x, node_y, self.lean_radius + NODE_CLEARANCE) & stranger[:, None]
        total += NODE_CROSSED * passed.sum(axis=(2, 3))
        hit = hits(*link, node_x, node_y + self.label_down, self.label_half[:, 0], self.label_half[:, 1])
        price = np.where(stranger, LABEL_CROSSED, np.where(real_others, OWN_LABEL_CROSSED, 0.0))
        total += (hit * price[:, None]).sum(axis=(2, 3))
        if len(self.title_at):
            title = hits(*link, *self.title_at.T, *self.title_half.T) & real[:, None, :, None]
            total += TITLE_CROSSED * title.sum(axis=(2, 3))
        # links that meet at the far end do not cross
        one, other = self.ends.T
        apart = (far[..., None] != one) & (far[..., None] != other) & rest[:, None] & real[..., None]
        met = cross(
            *link,
            all_x[:, None, None, one],
            all_y[:, None, None, one],
            all_x[:, None, None, other],
            all_y[:, None, None, other],
        )
        total += CROSSING * (met & apart[:, None]).sum(axis=(2, 3))
        return total

    def spread(self, pinned: frozenset[int]) -> None:
        """Stretch each group without pins over its plate, in its middle: straight lines cross no more than before.

        From then on links may be as long as they are: shorter ones are not worth undoing the stretch.
        """
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
                scale = 1.0
                if span > 1:
                    most = max(MOST_STRETCH, LEAST_FILLED * length / span)
                    scale = min(most, max(1.0, spare / span))
                at = at * scale
                low, high = float((at - before).min()), float((at + after).max())
                at = at + start + length / 2 - (low + high) / 2
                self.at[members, axis] = np.clip(at, self.low[members, axis], self.high[members, axis])
        self.far_pull[:] = 0


def _lean(values: Floats) -> Lean:
    """Half-length numbers: hundredths of a pixel are enough to compare costs."""
    lean: Lean = values.astype(np.float32)
    return lean


def _ease(high: float, rows: int) -> float:
    """How many times a room that holds ``high`` bodies one over the other has the height of so many rows."""
    return high / OVER if rows == 1 else high / rows
