"""Convergence and divergence of all pairs of actors on plain arrays.

With ``A_io`` the (valued) position of actor i on objective o, ``C_ij = ½ Σ_o (|A_io| + |A_jo|)`` over the objectives
where ``A_io·A_jo > 0`` and ``D_ij`` the same where ``< 0`` (Godet & Bourse 1990). For positions weighted by forces
``A_io = R_i·P_io`` this is ``½ (R_i·S_ij + R_j·S_ji)`` with the integer sums ``S_ij = Σ|P_io|`` over those objectives:
the sums are exact, and the order of objectives cannot change a digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Integers = NDArray[np.int64]

EQUAL = 1e-9
"""C and D are equal when ``|C − D| ≤ EQUAL·(C + D)``: rounding of forces must not turn a tie into a reading."""

CONVERGENT, TO_ARBITRATE, CONFLICTUAL, NEUTRAL, UNKNOWN, UNWEIGHTED = (
    "convergent",
    "to_arbitrate",
    "conflictual",
    "neutral",
    "unknown",
    "unweighted",
)
READINGS = (CONVERGENT, TO_ARBITRATE, CONFLICTUAL, NEUTRAL, UNKNOWN, UNWEIGHTED)


@dataclass(frozen=True)
class SignedSums:
    """Integer sums from which every order follows.

    Attributes:
        same: n × n, ``Σ|P_io|`` over objectives where i and j have the same sign; zero diagonal. Not symmetric.
        opposite: likewise where their signs are opposite.
    """

    same: Integers
    opposite: Integers

    def convergence(self, weights: Matrix | None = None) -> Matrix:
        """``C``, symmetric with zero diagonal; ``weights`` are the forces R at order 3."""
        return _mean(self.same, weights)

    def divergence(self, weights: Matrix | None = None) -> Matrix:
        """``D``, symmetric with zero diagonal."""
        return _mean(self.opposite, weights)


def signed_sums(positions: Integers) -> SignedSums:
    """Sums over shared objectives for all pairs.

    Args:
        positions: n × m, −4..4, 0 where unknown or neutral.
    """
    # float64 products of integers below 2**53 are exact, and BLAS multiplies them far faster than integers
    plus, minus = np.maximum(positions, 0).astype(np.float64), np.maximum(-positions, 0).astype(np.float64)
    is_plus, is_minus = (positions > 0).astype(np.float64), (positions < 0).astype(np.float64)
    same = plus @ is_plus.T + minus @ is_minus.T
    opposite = plus @ is_minus.T + minus @ is_plus.T
    np.fill_diagonal(same, 0)
    return SignedSums(np.rint(same).astype(np.int64), np.rint(opposite).astype(np.int64))


def shared_counts(known: NDArray[np.bool_]) -> Integers:
    """How many objectives both of a pair have an effective position on, stated zeros included."""
    mask = known.astype(np.float64)
    return np.rint(mask @ mask.T).astype(np.int64)


def reading(c: float, d: float, shared: int, *, weighted: bool = True) -> str:
    """How a pair reads.

    Args:
        c: convergence.
        d: divergence.
        shared: objectives both have an effective position on.
        weighted: whether both have some force (order 3).
    """
    if shared == 0:
        return UNKNOWN
    if not weighted:
        return UNWEIGHTED
    if c == 0 and d == 0:
        return NEUTRAL
    if d == 0:
        return CONVERGENT
    return TO_ARBITRATE if c - d > EQUAL * (c + d) else CONFLICTUAL


def _mean(sums: Integers, weights: Matrix | None) -> Matrix:
    if weights is None:
        return (sums + sums.T) / 2
    weighted = np.where((weights[:, None] > 0) & (weights[None, :] > 0), weights[:, None] * sums, 0.0)
    return (weighted + weighted.T) / 2
