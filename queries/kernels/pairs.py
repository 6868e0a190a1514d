"""Convergence and divergence of all pairs of actors on plain arrays.

With ``A_io`` the (valued) position of actor i on objective o, ``C_ij = ½ Σ_o (|A_io| + |A_jo|)`` over the objectives
where ``A_io·A_jo > 0`` and ``D_ij`` the same where ``< 0`` (Godet & Bourse 1990). For positions weighted by forces
``A_io = R_i·P_io`` this is ``½ (R_i·S_ij + R_j·S_ji)`` with the integer sums ``S_ij = Σ|P_io|`` over those objectives:
the sums are exact, and the order of objectives cannot change a digit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Integers = NDArray[np.int64]

EQUAL = 1e-9
"""C and D are equal when ``|C − D| ≤ EQUAL·(C + D)``: rounding of forces must not turn a tie into a reading."""

SCALE = 4
"""Greatest absolute position."""

EXACT = 2**24
"""Integers below are exact in 32 bits of floating point, and so are their sums."""

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
    same, opposite = _between(positions, positions)
    np.fill_diagonal(same, 0)
    return SignedSums(same, opposite)


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


@dataclass(frozen=True)
class SideSums:
    """What each actor shares with the members of a side, over some objectives.

    Attributes:
        convergence: n, ``Σ_s C_is`` over the side's members other than i.
        divergence: n, likewise.
    """

    convergence: Matrix
    divergence: Matrix


def side_sums(positions: Integers, side: Sequence[int], weights: Matrix | None = None) -> SideSums:
    """Convergence and divergence of every actor with a side taken together.

    Args:
        positions: n × m, −4..4, on the objectives that count.
        side: places of the side's members.
        weights: forces R at order 3.
    """
    members = np.asarray(side, dtype=np.intp)
    same, opposite = _between(positions, positions[members])
    back_same, back_opposite = _between(positions[members], positions)
    sums = []
    for there, back in ((same, back_same), (opposite, back_opposite)):
        if weights is None:
            both = (there + back.T) / 2
        else:
            mine, theirs = weights[:, None], weights[members][None, :]
            both = np.where((mine > 0) & (theirs > 0), (mine * there + theirs * back.T) / 2, 0.0)
        both[members, np.arange(len(members))] = 0
        sums.append(np.array([math.fsum(row) for row in both]))
    return SideSums(*sums)


def _between(a: Integers, b: Integers) -> tuple[Integers, Integers]:
    """``Σ|a_io|`` over objectives where rows of a and b agree, and where they disagree."""
    # sums of integers below 2**24 (2**53) are exact in 32 (64) bits, and BLAS makes them far faster than integers
    kind: type[Any] = np.float32 if SCALE * a.shape[1] < EXACT else np.float64
    plus, minus = np.maximum(a, 0).astype(kind), np.maximum(-a, 0).astype(kind)
    is_plus, is_minus = (b > 0).astype(kind), (b < 0).astype(kind)
    same = plus @ is_plus.T + minus @ is_minus.T
    opposite = plus @ is_minus.T + minus @ is_plus.T
    return np.rint(same).astype(np.int64), np.rint(opposite).astype(np.int64)
