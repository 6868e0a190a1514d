"""The integer program behind partitions: one variable a pair ("in the same group"), triangles when violated."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from queries.kernels.triangles import Packing

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]

VIOLATED = 1e-6
"""Least violation of an inequality that is worth a cut."""

SAME_COST = 1e-7
"""Costs of a scaled program that differ by less, relatively, are the same: the solver's own tolerance."""


@dataclass(frozen=True)
class Effort:
    """Fixed counts, so that the answer does not depend on how fast the machine is.

    Attributes:
        nodes: of branch and bound.
        work: pivots of the simplex times the pairs each goes over, in all: what a node costs varies a hundredfold.
        cuts: added in a round.
    """

    nodes: float
    work: float
    cuts: int

    @classmethod
    def interactive(cls) -> Effort:
        """What a page waits for: half a second at 60 actors (1,770 pairs), proofs at 25 (300)."""
        return cls(nodes=200, work=3_000_000, cuts=400)

    @classmethod
    def unbounded(cls) -> Effort:
        """Until it is proven."""
        return cls(nodes=math.inf, work=math.inf, cuts=2_000)


@dataclass(frozen=True)
class Solved:
    """Best partition, its cost and a bound, in the program's unit."""

    labels: Labels
    cost: float
    bound: float
    optimal: bool


@dataclass
class _Search:
    labels: Labels
    cost: float


class PartitionProgram:
    """Least-cost partition of a small signed graph.

    Args:
        net: k × k, symmetric.
        camps: at most two groups.
        integral: all nets are integers, so a bound may be rounded up.
        packing: triangles to begin with: the first relaxation is then at least their bound.
    """

    def __init__(self, net: Matrix, *, camps: bool, integral: bool, packing: Packing) -> None:
        self._net = net
        self._camps = camps
        self._integral = integral
        self._k = len(net)
        self._rows, self._cols = np.triu_indices(self._k, 1)
        self._place = np.zeros((self._k, self._k), dtype=np.int32)
        self._place[self._rows, self._cols] = np.arange(len(self._rows))
        self._place += self._place.T
        self._costs = -net[self._rows, self._cols]
        self._constant = math.fsum(-self._costs[self._costs < 0])
        self._model = self._fresh()
        self._add(packing.corners, packing.negative)
        self._work = 0

    def solve(self, labels: Labels, cost: float, effort: Effort) -> Solved:
        """Improve on a heuristic partition and bound the cost from below.

        Args:
            labels: a partition to start from.
            cost: its cost.
            effort: what may be spent.
        """
        search = _Search(labels, cost)
        bound = self._branch_and_cut(search, effort, worth=lambda low: not self._closed(low, search.cost))
        optimal = self._closed(bound, search.cost)
        return Solved(search.labels, search.cost, search.cost if optimal else bound, optimal)

    def alone(self, labels: Labels, cost: float, effort: Effort) -> bool | None:
        """Whether no other partition costs the same; ``None`` when the effort does not suffice.

        Two partitions whose groups hold together by positive nets differ on some positive pair, so it is
        enough to ask for the least cost among partitions that differ there (two camps: on any pair at odds).
        """
        telling = np.flatnonzero(self._costs != 0 if self._camps else self._costs < 0)
        inside = labels[self._rows[telling]] == labels[self._cols[telling]]
        values = np.where(inside, -1.0, 1.0)
        self._model.addRow(
            1.0 - float(inside.sum()), highspy.kHighsInf, len(telling), telling.astype(np.int32), values
        )
        search = _Search(labels, math.inf)
        bound = self._branch_and_cut(
            search, effort, worth=lambda low: math.isinf(search.cost) and not self._beyond(low, cost)
        )
        if not self._beyond(search.cost, cost):
            return False
        return True if self._beyond(bound, cost) else None

    def _fresh(self) -> highspy.Highs:
        model = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("parallel", "off"),
            ("random_seed", 0),
            ("solver", "simplex"),
        ):
            model.setOptionValue(option, value)
        count = len(self._costs)
        model.addVars(count, np.zeros(count), np.ones(count))
        model.changeColsCost(count, np.arange(count, dtype=np.int32), self._costs)
        return model

    def _branch_and_cut(self, search: _Search, effort: Effort, worth: Callable[[float], bool]) -> float:
        """Best first; every node adds the triangles that its relaxation violates, valid for all.

        Args:
            search: the best so far; improved in place.
            effort: what may be spent.
            worth: whether a node with this bound can still teach something.

        Returns:
            A bound on what is not yet known: no partition that the search has not seen costs less.
        """
        heap: list[tuple[float, int, tuple[tuple[int, float], ...]]] = [(-math.inf, 0, ())]
        order, nodes = 0, 0
        self._work = 0
        done = math.inf  # least bound among the nodes closed by an answer
        while heap and worth(heap[0][0]):
            if nodes >= effort.nodes or self._work >= effort.work:
                break
            nodes += 1
            inherited, _, fixed = heapq.heappop(heap)
            bound, values, settled = self._relaxed(fixed, inherited, effort, worth)
            if not worth(bound):
                done = min(done, bound)
                continue
            if not settled:
                heapq.heappush(heap, (bound, order, fixed))
                break
            fractional = np.abs(values - np.rint(values))
            if fractional.max() < VIOLATED:
                labels = self._groups(values)
                cost = self._cost(labels)
                if cost < search.cost:
                    search.labels, search.cost = labels, cost
                done = min(done, bound)
                continue
            place = int(np.argmax(np.minimum(values, 1 - values) * (1.0 + np.abs(self._costs))))
            for value in (1.0, 0.0):
                order += 1
                heapq.heappush(heap, (bound, order, (*fixed, (place, value))))
        return min(done, heap[0][0] if heap else math.inf)

    def _relaxed(
        self,
        fixed: tuple[tuple[int, float], ...],
        inherited: float,
        effort: Effort,
        worth: Callable[[float], bool],
    ) -> tuple[float, NDArray[np.float64], bool]:
        """Bound and answer of a node's relaxation, and whether no triangle is violated any more."""
        count = len(self._costs)
        low, high = np.zeros(count), np.ones(count)
        for place, value in fixed:
            low[place] = high[place] = value
        self._model.changeColsBounds(count, np.arange(count, dtype=np.int32), low, high)
        bound = inherited
        while True:
            self._model.run()
            pivots = max(int(self._model.getInfo().simplex_iteration_count), 1)
            self._work += pivots * len(self._costs)
            if self._model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
                return math.inf, low, True
            bound = max(bound, self._rounded(self._model.getObjectiveValue() + self._constant))
            values = np.asarray(self._model.getSolution().col_value)
            if not worth(bound) or not self._cut(values, effort.cuts):
                return bound, values, True
            if self._work >= effort.work:
                return bound, values, False

    def _cut(self, values: NDArray[np.float64], most: int) -> int:
        """Add the most violated triangle inequalities; how many."""
        same = np.zeros((self._k, self._k))
        same[self._rows, self._cols] = values
        same += same.T
        np.fill_diagonal(same, 1.0)
        # with i at the corner: same(i,j) + same(i,k) − same(j,k) ≤ 1
        excess = same[:, :, None] + same[:, None, :] - same[None, :, :] - 1.0
        i, j, k = np.nonzero(excess > VIOLATED)
        keep = (j < k) & (i != j) & (i != k)
        corners = np.column_stack((i, j, k))[keep]
        amounts, together = excess[i, j, k][keep], np.zeros(len(corners), dtype=np.bool_)
        if self._camps:
            # among three actors at least two stand in the same camp
            lack = 1.0 - same[:, :, None] - same[:, None, :] - same[None, :, :]
            i, j, k = np.nonzero(lack > VIOLATED)
            keep = (i < j) & (j < k)
            corners = np.concatenate((corners, np.column_stack((i, j, k))[keep]))
            amounts = np.concatenate((amounts, lack[i, j, k][keep]))
            together = np.concatenate((together, np.ones(int(keep.sum()), dtype=np.bool_)))
        best = np.lexsort((together, *corners.T[::-1], -amounts))[:most]
        self._add(corners[best], together[best])
        return len(best)

    def _add(self, corners: NDArray[np.int64], together: NDArray[np.bool_]) -> None:
        """Add triangles (i, j, k): same(i,j) + same(i,k) − same(j,k) ≤ 1, or (``together``) their sum ≥ 1."""
        if not len(corners):
            return
        i, j, k = corners.T
        index = np.column_stack((self._place[i, j], self._place[i, k], self._place[j, k])).ravel()
        values = np.ones((len(corners), 3))
        values[~together, 2] = -1.0
        self._model.addRows(
            len(corners),
            np.where(together, 1.0, -highspy.kHighsInf),
            np.where(together, highspy.kHighsInf, 1.0),
            len(index),
            np.arange(0, len(index), 3, dtype=np.int32),
            index.astype(np.int32),
            values.ravel(),
        )

    def _groups(self, values: NDArray[np.float64]) -> Labels:
        labels = np.arange(self._k, dtype=np.int64)
        for place in np.flatnonzero(values > 0.5):
            i, j = int(self._rows[place]), int(self._cols[place])
            labels[labels == labels[j]] = labels[i]
        if self._camps:
            apart: Labels = (labels != labels[0]).astype(np.int64)
            return apart
        order: dict[int, int] = {}
        return np.array([order.setdefault(int(label), len(order)) for label in labels], dtype=np.int64)

    def _cost(self, labels: Labels) -> float:
        same = labels[self._rows] == labels[self._cols]
        return math.fsum(self._costs[same]) + self._constant

    def _rounded(self, bound: float) -> float:
        return float(math.ceil(bound - SAME_COST * max(1.0, abs(bound)))) if self._integral else bound

    def _closed(self, bound: float, cost: float) -> bool:
        return bound >= cost - SAME_COST * max(1.0, abs(cost))

    def _beyond(self, value: float, cost: float) -> bool:
        return value > cost + SAME_COST * max(1.0, abs(cost))
