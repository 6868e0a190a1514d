"""Positions at one of the three orders: signs, values, values weighted by forces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import UnknownFilter
from graph.snapshot import Snapshot
from queries.mactor import forces


@dataclass(frozen=True)
class Valued:
    """Positions of a scope at one order.

    Attributes:
        integers: n × m, signs at order 1, positions otherwise; 0 where unknown or neutral.
        known: n × m, where an effective position is known.
        weights: forces R at order 3, else ``None``.
        values: n × m, what sums are made of.
    """

    integers: NDArray[np.int64]
    known: NDArray[np.bool_]
    weights: NDArray[np.float64] | None
    values: NDArray[np.float64]


def valued(snapshot: Snapshot, order: int) -> Valued:
    """Positions at order 1 (signs), 2 (positions) or 3 (positions weighted by forces).

    Raises:
        UnknownFilter: order 3 while nobody has any force.
    """
    integers, known = snapshot.positions.dense()
    if order == 1:
        integers = np.sign(integers)
    values: NDArray[Any] = integers.astype(np.float64)
    weights = None
    if order == 3:
        weights = forces(snapshot)
        if weights is None:
            raise UnknownFilter(
                "Ordre 3 impossible : aucune influence connue dans ce périmètre. Prenez l'ordre 1 ou 2, "
                "ou saisissez des influences.",
                "Order 3 is undefined: no influence is known in this scope. Use order 1 or 2, or enter influences.",
            )
        values = weights[:, None] * values
    return Valued(integers, known, weights, values)
