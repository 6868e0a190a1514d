"""Partitions of actors by correlation clustering, and two-camp frustration.

Correlation clustering (Bansal, Blum & Chawla 2004) minimises, over partitions with any number of groups,
``Σ |negative net| inside + Σ positive net across``; the line index of balance (Harary 1959) is the same minimum over
partitions into two camps. Seeded heuristics always (greedy additive edge contraction, Keuper et al. 2015; local
moves); then, on a bounded number of actors, HiGHS over the pairs "same group" with triangle inequalities added when
violated (Grötschel & Wakabayashi 1989), within fixed counts of cuts and nodes, never a time limit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from queries.kernels.partition_program import Effort, PartitionProgram
from queries.kernels.triangles import packed

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]

MAX_PROVEN = 60
"""Most actors for which a proof is attempted."""

MAX_BOUNDED = 200
"""Most actors for which a bound is looked for: beyond, packing triangles would take longer than the heuristics."""

RESTARTS = 100
"""Seeded restarts of the local search after greedy contraction."""

TOLERANCE = 1e-9
"""Relative difference under which two costs of real-valued nets are the same."""


@dataclass(frozen=True)
class Partition:
    """The best partition found.

    Attributes:
        labels: group of each actor; groups are numbered by their smallest member.
        cost: what it costs.
        lower_bound: no partition costs less.
        optimal: the cost is proven least.
        unique: whether no other partition costs the same; ``None`` when not proven. Compared are partitions
            whose groups hold together by positive nets: two strangers cost nothing together or apart.
    """

    labels: Labels
    cost: float
    lower_bound: float
    optimal: bool
    unique: bool | None


def cost_of(net: Matrix, labels: Labels) -> float:
    """``Σ |negative net| inside + Σ positive net across`` of a partition."""
    same = labels[:, None] == labels[None, :]
    upper = np.triu(np.ones_like(same), 1)
    inside = net[same & upper]
    across = net[~same & upper]
    return math.fsum(-inside[inside < 0]) + math.fsum(across[across > 0])


def correlation_clustering(net: Matrix, *, exact: bool = False, seed: int = 0) -> Partition:
    """The partition, number of groups free, that minimises disagreement with the nets.

    Args:
        net: n × n, symmetric, ``C − D``; the diagonal is not read.
        exact: lift the counts of cuts and nodes (it may take very long).
        seed: of the heuristics.
    """
    return _best(net, camps=False, exact=exact, seed=seed)


def frustration(net: Matrix, *, exact: bool = False, seed: int = 0) -> Partition:
    """Two camps at least cost: the (weighted) line index of balance."""
    return _best(net, camps=True, exact=exact, seed=seed)


def _best(net: Matrix, *, camps: bool, exact: bool, seed: int) -> Partition:
    n = len(net)
    clean = (net + net.T) / 2
    np.fill_diagonal(clean, 0)
    labels = np.zeros(n, dtype=np.int64)
    bound, optimal, unique = 0.0, True, True
    offset = 0
    for members in _components(clean != 0 if camps else clean > 0):
        part = clean[np.ix_(members, members)]
        local, low, proven, alone = _component(part, camps=camps, exact=exact, seed=seed)
        labels[members] = local + offset * (not camps)
        offset += int(local.max()) + 1
        bound += low
        optimal &= proven
        unique = unique and bool(alone)
    # negative nets between components cost nothing across; between camps they are inside one component
    cost = cost_of(clean, labels)
    labels = _canonical(labels)
    return Partition(
        labels, cost, cost if optimal else min(bound, cost), optimal, unique if optimal else None
    )


def _component(
    net: Matrix, *, camps: bool, exact: bool, seed: int
) -> tuple[Labels, float, bool, bool | None]:
    n = len(net)
    if n == 1:
        return np.zeros(1, dtype=np.int64), 0.0, True, True
    labels = _heuristic(net, camps=camps, seed=seed)
    cost = cost_of(net, labels)
    if n > MAX_BOUNDED and not exact:
        return labels, 0.0, cost == 0, None
    unit = _unit(net)
    packing = packed(net / unit, camps=camps)
    if n > MAX_PROVEN and not exact:
        return labels, packing.bound * unit, cost == 0, None
    program = PartitionProgram(net / unit, camps=camps, integral=unit != 1.0 or _whole(net), packing=packing)
    effort = Effort.unbounded() if exact else Effort.interactive()
    solved = program.solve(labels, cost / unit, effort)
    labels, bound = solved.labels, max(solved.bound, packing.bound) * unit
    if not solved.optimal:
        return labels, bound, False, None
    return labels, bound, True, program.alone(labels, solved.cost, effort)


def _whole(net: Matrix) -> bool:
    return bool(np.all(net == np.rint(net)))


def _unit(net: Matrix) -> float:
    """½ when all nets are multiples of it (orders 1 and 2), so that costs are integers; else 1."""
    return 0.5 if bool(np.all(2 * net == np.rint(2 * net))) else 1.0


def _components(linked: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    n = len(linked)
    seen = np.zeros(n, dtype=bool)
    found = []
    for start in range(n):
        if seen[start]:
            continue
        seen[start] = True
        queue, members = [start], []
        while queue:
            node = queue.pop()
            members.append(node)
            fresh = np.flatnonzero(linked[node] & ~seen)
            seen[fresh] = True
            queue.extend(fresh.tolist())
        found.append(np.array(sorted(members), dtype=np.intp))
    return found


def _canonical(labels: Labels) -> Labels:
    order: dict[int, int] = {}
    return np.array([order.setdefault(int(label), len(order)) for label in labels], dtype=np.int64)


def _heuristic(net: Matrix, *, camps: bool, seed: int) -> Labels:
    rng = np.random.default_rng(seed)
    n = len(net)
    starts = [_two_camps(net) if camps else _contracted(net)]
    for _ in range(RESTARTS):
        if camps:
            starts.append(rng.integers(0, 2, n))
        else:
            moved = starts[0].copy()
            chosen = rng.random(n) < 0.3
            moved[chosen] = rng.integers(0, n, int(chosen.sum()))
            starts.append(moved)
    best: tuple[float, tuple[int, ...]] | None = None
    for start in starts:
        labels = _canonical(_moved(net, start.astype(np.int64), camps=camps))
        entry = (cost_of(net, labels), tuple(labels.tolist()))
        best = entry if best is None or entry < best else best
    assert best is not None
    return np.array(best[1], dtype=np.int64)


def _contracted(net: Matrix) -> Labels:
    """Greedy additive edge contraction: merge the two groups with the greatest positive sum until none is left."""
    sums = net.copy()
    np.fill_diagonal(sums, -np.inf)
    groups: list[list[int]] = [[i] for i in range(len(net))]
    alive = np.ones(len(net), dtype=bool)
    while True:
        masked = np.where(alive[:, None] & alive[None, :], sums, -np.inf)
        place = int(np.argmax(masked))
        i, j = divmod(place, len(net))
        if not masked[i, j] > 0:
            break
        i, j = min(i, j), max(i, j)
        sums[i] += sums[j]
        sums[:, i] += sums[:, j]
        sums[i, i] = -np.inf
        alive[j] = False
        groups[i] += groups[j]
    labels = np.zeros(len(net), dtype=np.int64)
    for number, kept in enumerate(np.flatnonzero(alive)):
        labels[groups[int(kept)]] = number
    return labels


def _two_camps(net: Matrix) -> Labels:
    """Signs of the leading eigenvector: the split that a dominant opposition suggests."""
    values, vectors = np.linalg.eigh(net)
    leading = vectors[:, int(np.argmax(values))]
    if leading[int(np.argmax(np.abs(leading)))] < 0:
        leading = -leading
    return (leading < 0).astype(np.int64)


def _moved(net: Matrix, labels: Labels, *, camps: bool) -> Labels:
    """Move one actor at a time to the group that gains most, until no move gains."""
    n = len(net)
    count = 2 if camps else n + 1
    labels = labels.copy() if camps else _canonical(labels)
    attraction = np.zeros((n, count))
    for j in range(n):
        attraction[:, labels[j]] += net[:, j]
    scale = max(float(np.abs(net).max()), 1.0)
    while True:
        gains = attraction - attraction[np.arange(n), labels][:, None]
        place = int(np.argmax(gains))
        i, target = divmod(place, count)
        if not gains[i, target] > TOLERANCE * scale:
            return labels
        if not camps and not (labels == target).any():
            target = int(np.flatnonzero(~np.isin(np.arange(count), labels))[0])
        attraction[:, labels[i]] -= net[:, i]
        attraction[:, target] += net[:, i]
        labels[i] = target
