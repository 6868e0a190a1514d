"""Flows between places added up on perimeters, each place counted once in each perimeter that holds it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_CELLS = 4_000_000
"""Cells up to which sums are made in one table (2,000 perimeters, 32 MB); beyond, only pairs that occur are held."""

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Members:
    """Which perimeters hold each place, as compressed rows.

    Attributes:
        start: places + 1; the perimeters of place p are ``perimeter[start[p]:start[p + 1]]``.
        perimeter: numbers of perimeters, increasing for each place.
        count: number of perimeters.
    """

    start: Indices
    perimeter: Indices
    count: int

    @functools.cached_property
    def several(self) -> Indices:
        """Places that more than one perimeter holds."""
        return np.flatnonzero(np.diff(self.start) > 1)

    @functools.cached_property
    def placed(self) -> NDArray[np.bool_]:
        """For each place, whether a perimeter holds it."""
        return np.diff(self.start) > 0

    @functools.cached_property
    def code(self) -> Indices:
        """The perimeter of each place (the first of several), ``count`` where there is none."""
        found = np.full(len(self.start) - 1, self.count, dtype=np.int64)
        found[self.placed] = self.perimeter[self.start[:-1][self.placed]]
        return found

    def within(self, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """For each place, whether one of some perimeters holds it."""
        found = np.zeros(len(self.start) - 1, dtype=np.bool_)
        place = np.repeat(np.arange(len(found)), np.diff(self.start))
        found[place[kept[self.perimeter]]] = True
        return found


def members(parents: Sequence[Sequence[int]], perimeters: Sequence[int]) -> Members:
    """Which perimeters hold each place: itself, or one above it by any way of nesting.

    Args:
        parents: for each place, the places just above it.
        perimeters: the places that are perimeters, in order of their numbers.
    """
    children: list[list[int]] = [[] for _ in parents]
    for place, above in enumerate(parents):
        for parent in above:
            children[parent].append(place)
    places: list[int] = []
    numbers: list[int] = []
    for number, root in enumerate(perimeters):
        inside, queue = {root}, [root]
        while queue:
            fresh = [child for child in children[queue.pop()] if child not in inside]
            inside.update(fresh)
            queue += fresh
        places += inside
        numbers += [number] * len(inside)
    held, by = np.array(places, dtype=np.int64), np.array(numbers, dtype=np.int64)
    counts = np.bincount(held, minlength=len(parents))
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Members(start, by[np.lexsort((by, held))], len(perimeters))


def table(
    dependent: NDArray[np.integer],
    on: NDArray[np.integer],
    quantity: NDArray[np.float64],
    code: Indices,
    count: int,
) -> NDArray[np.float64]:
    """Sums between perimeters that do not overlap, the last row and column being what lies in none.

    Args:
        dependent: for each flow, the place that depends.
        on: the place that it depends on.
        quantity: of each flow, known.
        code: perimeter of each place, ``count`` for none.
        count: number of perimeters.

    Returns:
        (count + 1) × (count + 1).
    """
    size = count + 1
    # in place: the cells are the only large array made here
    cells = code[dependent]
    cells *= size
    cells += code[on]
    return _added(cells, quantity, size * size).reshape(size, size)


def _added(place: Indices, quantity: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Sums of quantities by place, of places 0..size."""
    return np.bincount(place, weights=quantity, minlength=size).astype(np.float64, copy=False)


@dataclass(frozen=True)
class Sums:
    """Flows added up on perimeters; what depends comes first.

    Attributes:
        row: perimeter that depends, of each pair that occurs, sorted by row, then column; pairs of one with itself included.
        col: perimeter that it depends on.
        quantity: sum of the flows of each pair. A flow that stays inside ``row`` is counted there alone, even where
            another perimeter holds its other end too.
        total: for each perimeter, all its flows, each once, wherever they lead.
        received: all the flows that depend on it, each once, wherever they come from.
        outside: those of ``total`` that lead to a place that no perimeter kept holds.
        squares: ``Σ_{j≠i} F_ij²``, a place that no perimeter holds standing for itself.
        elsewhere: ``Σ_{j≠i} F_ij`` over the same.
        recorded: whether some flow from a place of the perimeter to a place of it is recorded.
    """

    row: Indices
    col: Indices
    quantity: NDArray[np.float64]
    total: NDArray[np.float64]
    received: NDArray[np.float64]
    outside: NDArray[np.float64]
    squares: NDArray[np.float64]
    elsewhere: NDArray[np.float64]
    recorded: NDArray[np.bool_]

    @functools.cached_property
    def inner(self) -> NDArray[np.float64]:
        """``F_ii`` of each perimeter."""
        found = np.zeros(len(self.total))
        same = self.row == self.col
        found[self.row[same]] = self.quantity[same]
        return found

    def between(self, row: Indices, col: Indices) -> NDArray[np.float64]:
        """Sums of any pairs, 0 where none occurs."""
        size = max(len(self.total), 1)
        keys, wanted = self.row * size + self.col, row * size + col
        if len(keys) == 0:
            return np.zeros(len(wanted))
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, self.quantity[at], 0.0)


def expanded(
    dependent: NDArray[np.integer], on: NDArray[np.integer], held: Members
) -> tuple[Indices, Indices, Indices]:
    """Every pair of perimeters that each flow is counted in.

    Returns:
        Flow, perimeter that depends and perimeter it depends on (``count`` for a place that none holds), flows in order;
        a flow that stays inside a perimeter is paired with no other one there.
    """
    count = held.count
    if len(held.several) == 0:
        return np.arange(len(dependent)), held.code[dependent], held.code[on]
    flow, rows = _spread(np.asarray(dependent, dtype=np.int64), held)
    again, cols = _spread(np.asarray(on, dtype=np.int64)[flow], held)
    flow, rows = flow[again], rows[again]
    # a perimeter that holds both ends keeps the flow to itself
    size = count + 1
    pair = flow * size + rows
    inner = np.unique(pair[(rows == cols) & (rows < count)])
    at = np.minimum(np.searchsorted(inner, pair), max(len(inner) - 1, 0))
    stays = inner[at] == pair if len(inner) else np.zeros(len(pair), dtype=np.bool_)
    kept = (rows == cols) | ~stays
    return flow[kept], rows[kept], cols[kept]


def _spread(places: Indices, held: Members) -> tuple[Indices, Indices]:
    """Index in ``places`` and perimeter of every holding, one with ``count`` where nothing holds a place."""
    widths = np.diff(held.start)[places]
    index = np.repeat(np.arange(len(places)), np.maximum(widths, 1))
    first = np.cumsum(np.maximum(widths, 1)) - np.maximum(widths, 1)
    offset = np.arange(len(index)) - first[index]
    lone = widths[index] == 0
    at = np.where(lone, 0, held.start[places[index]] + offset)
    perimeter = held.perimeter[at] if len(held.perimeter) else np.zeros(len(index), dtype=np.int64)
    return index, np.where(lone, held.count, perimeter)


def sums(
    dependent: NDArray[np.integer],
    on: NDArray[np.integer],
    quantity: NDArray[np.float64],
    held: Members,
    kept: NDArray[np.bool_] | None = None,
) -> Sums:
    """Flows added up on perimeters, which may overlap.

    Args:
        dependent: for each flow, the place that depends.
        on: the place that it depends on.
        quantity: of each flow, known.
        held: which perimeters hold each place.
        kept: the perimeters of the scope, all of them by default: flows to the others are ``outside``.
    """
    n, places = held.count, len(held.start) - 1
    lies = held.within(np.ones(n, dtype=np.bool_) if kept is None else kept)
    if len(held.several) == 0 and (n + 1) ** 2 <= MAX_CELLS:
        cells = table(dependent, on, quantity, held.code, n)
        row, col = np.nonzero(cells[:n, :n])
        pairs = cells[row, col]
        total, received = cells[:n].sum(axis=1), cells[:, :n].sum(axis=0)
        rows, flow = held.code[dependent], np.arange(len(dependent))
        recorded_at = rows[(rows == held.code[on]) & (rows < n)]
    else:
        flow, rows, cols = expanded(dependent, on, held)
        inside = (rows < n) & (cols < n)
        keys, at = np.unique(rows[inside] * max(n, 1) + cols[inside], return_inverse=True)
        pairs = _added(at, quantity[flow[inside]], len(keys))
        occurs = pairs > 0
        row, col, pairs = keys[occurs] // max(n, 1), keys[occurs] % max(n, 1), pairs[occurs]
        recorded_at = rows[inside & (rows == cols)]
        flow, rows = _spread(np.asarray(dependent, dtype=np.int64), held)
        total = _added(rows, quantity[flow], n + 1)[:n]
        back, reached = _spread(np.asarray(on, dtype=np.int64), held)
        received = _added(reached, quantity[back], n + 1)[:n]
    far = np.asarray(on, dtype=np.int64)[flow]
    away = (rows < n) & ~lies[far]
    outside = _added(rows[away], quantity[flow[away]], n)[:n]
    alone = (rows < n) & ~held.placed[far]
    keys, at = np.unique(rows[alone] * max(places, 1) + far[alone], return_inverse=True)
    each = _added(at, quantity[flow[alone]], len(keys))
    owner = keys // max(places, 1)
    other = row != col
    squares = _added(row[other], pairs[other] ** 2, n) + _added(owner, each**2, n)
    elsewhere = _added(row[other], pairs[other], n) + _added(owner, each, n)
    recorded = np.zeros(n, dtype=np.bool_)
    recorded[recorded_at] = True
    return Sums(
        row.astype(np.int64),
        col.astype(np.int64),
        pairs,
        total,
        received,
        outside,
        squares,
        elsewhere,
        recorded,
    )
