"""Zones as patterns of signed objectives, found best first.

A *pattern* is a set of objectives, each with a sign. Convergence: maximal actors × pattern where each actor's sign is
the pattern's: the formal concepts of the context (actors, (objective, sign)) with at least two actors (Ganter & Wille
1999). Conflict: a pattern, all the actors who match it and all who match its inverse, closed under adding objectives.

Patterns are enumerated without repetition by Close-by-One (Kuznetsov 1993) under an admissible bound, the greatest
first; the number of expansions is bounded, never the time, so that the answer is deterministic.
"""

from __future__ import annotations

import functools
import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

MAX_EXPANSIONS = 200_000
"""Nodes opened before the search says that it is not exact."""

MAX_PRODUCTS = 10**11
"""Products of numbers before it says so too: one node of a large context costs as much as thousands of a small one.
A count like the other, so that the answer is deterministic; 60 actors × 20 objectives never reach it."""

Search = TypeVar("Search", bound=Callable[..., "Found"])


@functools.cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def small_products(search: Search) -> Search:
    """Run a search that multiplies many small matrices.

    On one thread: sharing products this small costs several times what it saves, and other requests need the
    processors. Without flags: OpenBLAS may flag an invalid value on products of zeros and ones (numpy issue 24067);
    nothing here can be invalid.
    """

    @functools.wraps(search)
    def alone(*args: object, **options: object) -> Found:
        with np.errstate(invalid="ignore"), _blas().limit(limits=1, user_api="blas"):
            return search(*args, **options)

    return cast(Search, alone)


Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Convergence:
    """Actors × pattern and its strength ``Σ|A_io|``."""

    actors: tuple[int, ...]
    pattern: tuple[tuple[int, int], ...]
    strength: float


@dataclass(frozen=True)
class Opposition:
    """A pattern with the actors for and against it and their forces ``Σ|A_io|``; intensity is the smaller."""

    pattern: tuple[tuple[int, int], ...]
    favour: tuple[int, ...]
    against: tuple[int, ...]
    force_for: float
    force_against: float

    @property
    def intensity(self) -> float:
        """The smaller of the two forces."""
        return min(self.force_for, self.force_against)


@dataclass(frozen=True)
class Found:
    """What the search found, strongest first.

    Attributes:
        zones: at most ``limit``.
        exact: nothing stronger was missed.
        missed_at_most: greatest value that a missed zone could have, when not exact.
    """

    zones: tuple[Convergence, ...] | tuple[Opposition, ...]
    exact: bool
    missed_at_most: float | None


class _Context:
    """Actors × signed objectives: item ``2o`` is objective o with sign +, ``2o + 1`` with sign −."""

    def __init__(self, positions: NDArray[np.float64]) -> None:
        n, m = positions.shape
        self.size = 2 * m
        self.holds = np.zeros((self.size, n), dtype=np.float32)
        self.holds[0::2] = (positions > 0).T
        self.holds[1::2] = (positions < 0).T
        # integers add up exactly in single precision, which multiplies twice as fast
        whole = bool(np.all(positions == np.rint(positions)))
        self.weight = np.zeros((self.size, n), dtype=np.float32 if whole else np.float64)
        self.weight[0::2] = np.maximum(positions, 0).T
        self.weight[1::2] = np.maximum(-positions, 0).T
        self.inverse = np.arange(self.size) ^ 1
        self.cost = max(1, 2 * self.size * self.size * n)
        """Products that opening one node takes, about."""

    def signed(self, items: NDArray[np.intp]) -> tuple[tuple[int, int], ...]:
        return tuple((int(item) >> 1, -1 if item & 1 else 1) for item in items)


def _places(mask: NDArray[np.generic]) -> tuple[int, ...]:
    return tuple(int(place) for place in np.flatnonzero(mask))


@small_products
def convergences(
    positions: NDArray[np.float64], limit: int = 50, max_expansions: int = MAX_EXPANSIONS
) -> Found:
    """The strongest zones of convergence: at least two actors, at least one objective.

    Args:
        positions: n × m, signed values (0: unknown or neutral), possibly weighted by forces.
        limit: how many.
        max_expansions: nodes opened at most; fewer when each costs much (:data:`MAX_PRODUCTS`).
    """
    context = _Context(positions)
    most = min(max_expansions, max(1, MAX_PRODUCTS // context.cost))
    n = positions.shape[0]
    best: list[tuple[float, tuple[int, ...], tuple[tuple[int, int], ...]]] = []
    everyone = np.ones(n, dtype=np.float32)
    intent = (context.holds @ everyone) == n if n else np.zeros(context.size, dtype=bool)
    order = 0
    heap: list[tuple[float, int, NDArray[np.float32], Mask, int]] = []
    if n >= 2:
        heap.append((-np.inf, order, everyone, intent, 0))
    expansions = 0
    while heap:
        bound = -heap[0][0]
        if len(best) == limit and bound < _floor(best):
            heap = []
            break
        if expansions == most:
            break
        _, _, extent, intent, start = heapq.heappop(heap)
        expansions += 1
        if intent.any():
            items = np.flatnonzero(intent)
            strength = float((context.weight[items] @ extent).sum())
            _keep(best, limit, strength, _places(extent), context.signed(items))
        for entry in _children(context, extent, intent, start):
            child_bound, child_extent, child_intent, item = entry
            if len(best) == limit and child_bound < _floor(best):
                continue
            order += 1
            heapq.heappush(heap, (-child_bound, order, child_extent, child_intent, item + 1))
    zones = tuple(
        Convergence(actors, pattern, strength) for strength, actors, pattern in sorted(best, key=_rank)
    )
    return Found(zones, not heap, None if not heap else max(-heap[0][0], 0.0))


def _children(
    context: _Context, extent: NDArray[np.float32], intent: Mask, start: int
) -> list[tuple[float, NDArray[np.float32], Mask, int]]:
    free = np.arange(start, context.size)
    free = free[~intent[start:]]
    extents = context.holds[free] * extent
    sizes = extents.sum(axis=1)
    keep = sizes >= 2
    free, extents, sizes = free[keep], extents[keep], sizes[keep]
    if not len(free):
        return []
    counts = extents @ context.holds.T
    intents = counts == sizes[:, None]
    weights = extents @ context.weight.T
    found: list[tuple[float, NDArray[np.float32], Mask, int]] = []
    for place, item in enumerate(free):
        closed = intents[place]
        if (closed[:item] & ~intent[:item]).any():
            continue
        reach = weights[place, item:][(counts[place, item:] >= 2)].sum()
        held = weights[place, :item][closed[:item]].sum()
        found.append((float(reach + held), extents[place], closed, int(item)))
    return found


def _keep(
    best: list[tuple[float, tuple[int, ...], tuple[tuple[int, int], ...]]],
    limit: int,
    strength: float,
    actors: tuple[int, ...],
    pattern: tuple[tuple[int, int], ...],
) -> None:
    best.append((strength, actors, pattern))
    best.sort(key=_rank)
    del best[limit:]


def _rank(
    entry: tuple[float, tuple[int, ...], tuple[tuple[int, int], ...]],
) -> tuple[float, tuple[int, ...], tuple[tuple[int, int], ...]]:
    return -entry[0], entry[1], entry[2]


def _floor(best: list[tuple[float, tuple[int, ...], tuple[tuple[int, int], ...]]]) -> float:
    return best[-1][0]


@small_products
def oppositions(
    positions: NDArray[np.float64], limit: int = 50, max_expansions: int = MAX_EXPANSIONS
) -> Found:
    """The most intense zones of conflict: both sides non-empty; the first objective has sign +.

    Args:
        positions: n × m, signed values (0: unknown or neutral), possibly weighted by forces.
        limit: how many.
        max_expansions: nodes opened at most; fewer when each costs much (:data:`MAX_PRODUCTS`).
    """
    context = _Context(positions)
    most = min(max_expansions, max(1, MAX_PRODUCTS // context.cost))
    best: list[Opposition] = []
    heap: list[tuple[float, int, NDArray[np.float32], NDArray[np.float32], Mask, int]] = []
    order = 0
    for entry in _openings(context):
        order += 1
        heapq.heappush(heap, (-entry[0], order, *entry[1:]))
    expansions = 0
    while heap:
        bound = -heap[0][0]
        if len(best) == limit and bound < best[-1].intensity:
            heap = []
            break
        if expansions == most:
            break
        _, _, favour, against, pattern, start = heapq.heappop(heap)
        expansions += 1
        items = np.flatnonzero(pattern)
        zone = Opposition(
            context.signed(items),
            _places(favour),
            _places(against),
            float((context.weight[items] @ favour).sum()),
            float((context.weight[context.inverse[items]] @ against).sum()),
        )
        best.append(zone)
        best.sort(key=lambda z: (-z.intensity, z.favour, z.against, z.pattern))
        del best[limit:]
        for item in range(start, context.size):
            if pattern[item] or pattern[item ^ 1]:
                continue
            child = _side(context, favour, against, item, pattern)
            if child is None or (len(best) == limit and child[0] < best[-1].intensity):
                continue
            order += 1
            heapq.heappush(heap, (-child[0], order, *child[1:]))
    return Found(tuple(best), not heap, None if not heap else max(-heap[0][0], 0.0))


_Node = tuple[float, NDArray[np.float32], NDArray[np.float32], Mask, int]


def _openings(context: _Context) -> list[_Node]:
    n = context.holds.shape[1]
    everyone = np.ones(n, dtype=np.float32)
    nothing = np.zeros(context.size, dtype=np.bool_)
    found = []
    for item in range(0, context.size, 2):
        node = _side(context, everyone, everyone, item, nothing)
        if node is not None:
            found.append(node)
    return found


def _side(
    context: _Context, favour: NDArray[np.float32], against: NDArray[np.float32], item: int, pattern: Mask
) -> _Node | None:
    """The node reached by adding a signed objective, unless a side is empty or it is reached another way."""
    favour, against = favour * context.holds[item], against * context.holds[item ^ 1]
    size_for, size_against = favour.sum(), against.sum()
    if size_for == 0 or size_against == 0:
        return None
    counts_for, counts_against = context.holds @ favour, (context.holds @ against)[context.inverse]
    closed = (counts_for == size_for) & (counts_against == size_against)
    first = item & ~1
    if (closed[:first] & ~pattern[:first]).any():
        return None
    usable = (counts_for > 0) & (counts_against > 0)
    usable[:first] = closed[:first]
    reach_for = context.weight @ favour * usable
    reach_against = (context.weight @ against)[context.inverse] * usable
    bound = min(
        float(np.maximum(reach_for[0::2], reach_for[1::2]).sum()),
        float(np.maximum(reach_against[0::2], reach_against[1::2]).sum()),
    )
    return bound, favour, against, closed, first + 2
