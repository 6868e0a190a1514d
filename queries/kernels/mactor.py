"""MACTOR on plain arrays (Godet & Bourse 1990; Godet, *Manuel de prospective stratégique*, t. 2).

Sums of integers of the scale are exact, forces are summed with :func:`math.fsum`, matrices of order 3 are made of exact
integer sums multiplied once: so no number depends on the order of actors or objectives, nor on the machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from queries.kernels.pairs import SignedSums, signed_sums

Matrix = NDArray[np.float64]
Integers = NDArray[np.int64]

SPARSE_FROM = 500
"""Actors from which paths are counted among the influences there are, when these are few."""

SPARSE_BELOW = 0.02
"""Share of all possible influences that are few: above, products of whole matrices are as fast."""

LEVELS = (1, 2, 3, 4)
"""Degrees of the influence scale above none."""


@dataclass(frozen=True)
class Forces:
    """Influence, dependence and the coefficient of force they give.

    Attributes:
        influence: ``I_i``, row sums without the diagonal.
        dependence: ``D_i``, column sums without the diagonal.
        coefficient: mean 1, or ``None`` when nobody has any force.
    """

    influence: Integers
    dependence: Integers
    coefficient: Matrix | None


def direct_and_indirect(mdi: Integers) -> Integers:
    """``MDII_ij = M_ij + Σ_k min(M_ik, M_kj)``, the diagonal (retroaction) included.

    Args:
        mdi: n × n, 0..4; the diagonal is read as 0.
    """
    return with_strongest_path(mdi)[0]


def with_strongest_path(mdi: Integers) -> tuple[Integers, Integers]:
    """MDII, and ``MMDII_ij = max(M_ij, max_k min(M_ik, M_kj))`` with diagonal 0: both count the same paths.

    Args:
        mdi: n × n, 0..4; the diagonal is read as 0.
    """
    direct = _without_diagonal(mdi)
    total = direct.astype(np.float64)
    best = direct.copy()
    for level in LEVELS:
        paths = _paths(direct, level)
        total += paths
        np.maximum(best, level, out=best, where=paths > 0.5)
    return np.rint(total).astype(np.int64), _without_diagonal(best)


def forces(mdii: Integers) -> Forces:
    """Coefficients ``R_i = n·r_i/Σr`` with ``r_i = (I'_i − MDII_ii)/ΣI' · I'_i/(I'_i + D'_i)``.

    ``I'`` and ``D'`` count the diagonal; the retroaction is removed once. ``I' + D' = 0`` gives ``r = 0``;
    ``Σr = 0`` gives no coefficient at all. On MMDII, whose diagonal is 0, the same formula gives ``Q_i``.
    """
    own = np.diagonal(mdii)
    gross_influence, gross_dependence = mdii.sum(axis=1), mdii.sum(axis=0)
    influence, dependence = gross_influence - own, gross_dependence - own
    whole = int(gross_influence.sum())
    raw = np.zeros(len(mdii))
    for i in range(len(mdii)):
        both = int(gross_influence[i] + gross_dependence[i])
        if whole and both:
            raw[i] = int(influence[i]) / whole * (int(gross_influence[i]) / both)
    total = math.fsum(raw)
    return Forces(influence, dependence, None if total == 0 else len(mdii) * raw / total)


@dataclass(frozen=True)
class Order:
    """Convergences and divergences at one order.

    Attributes:
        caa: n × n, symmetric, zero diagonal.
        daa: likewise.
        ambivalence: for each actor 0..1, NaN when it shares nothing with anyone.
        degree: ``ΣCAA/(ΣCAA + ΣDAA)``, ``None`` when both are 0.
    """

    caa: Matrix
    daa: Matrix
    ambivalence: Matrix
    degree: float | None


def order_of(sums: SignedSums, weights: Matrix | None) -> Order:
    """CAA, DAA and what follows at order 2 (no weights) or 3 (``weights`` are the forces R)."""
    caa, daa = sums.convergence(weights), sums.divergence(weights)
    return Order(caa, daa, _ambivalence(caa, daa, weights), _degree(caa, daa, weights))


def orders(positions: Integers, weights: Matrix | None) -> dict[int, Order | None]:
    """The three orders.

    Args:
        positions: n × m, −4..4, 0 where unknown or neutral.
        weights: forces R (n), or ``None``: order 3 is then ``None``.
    """
    simple, valued = signed_sums(np.sign(positions)), signed_sums(positions)
    return {
        1: order_of(simple, None),
        2: order_of(valued, None),
        3: None if weights is None else order_of(valued, weights),
    }


def mobilisation(valued: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Per actor ``Σ_o|·|``; per objective what is for and what is against (both positive)."""
    actors = np.array([math.fsum(row) for row in np.abs(valued)])
    favour = np.array([math.fsum(col) for col in np.maximum(valued, 0).T])
    against = np.array([math.fsum(col) for col in np.maximum(-valued, 0).T])
    return actors, favour, against


def _paths(direct: Integers, level: int) -> NDArray[np.float32]:
    """How many k make ``min(M_ik, M_kj)`` reach a level: counts below 2**24, exact in 32 bits."""
    reaches = (direct >= level).astype(np.float32)
    found: NDArray[np.float32]
    if len(direct) >= SPARSE_FROM and np.count_nonzero(reaches) < SPARSE_BELOW * reaches.size:
        few = csr_array(reaches)
        found = (few @ few).toarray()
    else:
        found = reaches @ reaches
    return found


def _row_sums(matrix: Matrix, weights: Matrix | None) -> list[float]:
    """Exact sums of rows: without forces halves of integers, which no order of addition can round."""
    if weights is None:
        return cast("list[float]", matrix.sum(axis=1).tolist())
    return [math.fsum(row) for row in matrix.tolist()]


def _ambivalence(caa: Matrix, daa: Matrix, weights: Matrix | None) -> Matrix:
    found = np.full(len(caa), np.nan)
    nets, totals = _row_sums(np.abs(caa - daa), weights), _row_sums(caa + daa, weights)
    for i, (net, shared) in enumerate(zip(nets, totals, strict=True)):
        if shared > 0:
            found[i] = 1 - net / shared
    return found


def _degree(caa: Matrix, daa: Matrix, weights: Matrix | None) -> float | None:
    agree, differ = (float(m.sum()) if weights is None else math.fsum(m.ravel().tolist()) for m in (caa, daa))
    return None if agree + differ == 0 else agree / (agree + differ)


def _without_diagonal(matrix: Integers) -> Integers:
    copy = matrix.astype(np.int64, copy=True)
    np.fill_diagonal(copy, 0)
    return copy
