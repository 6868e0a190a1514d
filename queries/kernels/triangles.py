"""A cheap bound on partitions: conflicted triangles that share no weight.

In a *conflicted* triangle no partition satisfies all three nets: one is negative and two are positive (and, when only two
camps are allowed, also where all three are negative). Taking from each net only once what the triangles put on it, every
partition costs at least the sum of their weights: cycle packing (Lange, Karrenbauer & Andres, "Partial optimality and fast
lower bounds for weighted correlation clustering", ICML 2018), here on triangles only, greedily, the heaviest negative
nets first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Packing(NamedTuple):
    """Conflicted triangles.

    Attributes:
        bound: what any partition costs at least.
        corners: t × 3, actors (i, j, k) with net (j, k) negative.
        negative: t, whether the two other nets are negative too.
    """

    bound: float
    corners: NDArray[np.int64]
    negative: NDArray[np.bool_]


def packed(net: NDArray[np.float64], *, camps: bool) -> Packing:
    """Pack conflicted triangles greedily.

    Args:
        net: n × n, symmetric, zero diagonal.
        camps: at most two groups are allowed.
    """
    left = np.abs(net)
    negative, positive = net < 0, net > 0
    rows, cols = np.nonzero(np.triu(negative, 1))
    total = 0.0
    corners: list[tuple[int, int, int]] = []
    for edge in np.argsort(-left[rows, cols], kind="stable"):
        j, k = int(rows[edge]), int(cols[edge])
        fit = positive[j] & positive[k]
        if camps:
            fit |= negative[j] & negative[k]
        room = np.where(fit, np.minimum(left[j], left[k]), 0.0)
        while left[j, k] > 0:
            i = int(np.argmax(room))
            weight = min(room[i], left[j, k])
            if weight <= 0:
                break
            total += float(weight)
            corners.append((i, j, k))
            for a, b in ((j, k), (j, i), (k, i)):
                left[a, b] = left[b, a] = left[a, b] - weight
            room[i] = min(left[j, i], left[k, i])
    places = np.array(corners, dtype=np.int64).reshape(-1, 3)
    return Packing(total, places, negative[places[:, 0], places[:, 1]])
