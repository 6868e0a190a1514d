"""Pairs of many actors without ever holding every pair: positions as compressed rows, read block by block.

The definitions are those of :mod:`queries.kernels.pairs` at orders 1 and 2. ``2·C_ij`` and ``2·D_ij`` are sums of
``|A_io| + |A_jo|``, hence integers: the compiled path (numba, an optional extra) and the plain one (scipy) give the
same digits, whatever the number of threads. Ties go to the smallest places.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from queries.kernels import tiled_scan
from queries.kernels.sparse_positions import NARROW, Integers, Positions, compressed

Matrix = NDArray[np.float64]

BLOCK_CELLS = 2_000_000
"""Cells of a dense block of the plain path: 16 MB a matrix of 64-bit integers, whatever the number of actors."""


@dataclass(frozen=True)
class RankedPairs:
    """Pairs, the greatest first, then by places.

    Attributes:
        i: place of the first actor.
        j: place of the second, greater than ``i``.
        c: convergence, exact.
        d: divergence, exact.
    """

    i: Integers
    j: Integers
    c: Matrix
    d: Matrix

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.i)


@dataclass(frozen=True)
class Partners:
    """For every actor its strongest partners, the greatest first, then by place.

    Attributes:
        partner: n × k, place of the partner; −1 where there is none left.
        twice_c: n × k, ``2·C``.
        twice_d: n × k, ``2·D``.
    """

    partner: NDArray[np.int32]
    twice_c: NDArray[np.int32]
    twice_d: NDArray[np.int32]

    def ranked(self, main: NDArray[np.int32], k: int) -> RankedPairs:
        """The k pairs where ``main`` is greatest.

        A pair among the k greatest of all is among the k greatest of its first actor: whatever precedes it there
        precedes it everywhere. So nothing is missed as long as each actor has its k.
        """
        i, at = np.nonzero(self.partner > np.arange(len(self.partner), dtype=np.int32)[:, None])
        j = self.partner[i, at].astype(np.int64)
        best = np.lexsort((j, i, -main[i, at]))[:k]
        i, at = i[best], at[best]
        return RankedPairs(i, j[best], self.twice_c[i, at] / 2, self.twice_d[i, at] / 2)


@dataclass(frozen=True)
class Streamed:
    """What one pass over all the pairs leaves.

    Attributes:
        allies: for every actor its greatest convergences, ``C > 0``.
        opponents: for every actor its greatest divergences, ``D > 0``.
        net: n, ``Σ_j |2·C_ij − 2·D_ij|``.
        shared: n, ``Σ_j (2·C_ij + 2·D_ij)``.
    """

    allies: Partners
    opponents: Partners
    net: Integers
    shared: Integers

    @property
    def ambivalence(self) -> Matrix:
        """``EQ_i = 1 − Σ_j |C_ij − D_ij| / Σ_j (C_ij + D_ij)``, NaN when the actor shares nothing with anyone."""
        found = np.full(len(self.net), np.nan)
        some = self.shared > 0
        found[some] = 1 - self.net[some] / self.shared[some]
        return found


@dataclass(frozen=True)
class TopPairs:
    """The greatest convergences and divergences of all.

    Attributes:
        convergences: at most k pairs, ``C > 0``.
        divergences: at most k pairs, ``D > 0``.
        ambivalence: n, see :class:`Streamed`.
    """

    convergences: RankedPairs
    divergences: RankedPairs
    ambivalence: Matrix


def top_pairs(
    indptr: NDArray[np.generic],
    indices: NDArray[np.generic],
    values: NDArray[np.generic],
    n_cols: int,
    k: int,
    *,
    compiled: bool | None = None,
) -> TopPairs:
    """The k greatest convergences and the k greatest divergences of all pairs, and every actor's ambivalence.

    Args:
        indptr: n + 1, start of each actor's positions.
        indices: objective of each position, distinct in a row.
        values: −4..4.
        n_cols: number of objectives.
        k: how many pairs of each kind, at least 1.
        compiled: by numba or by scipy; ``None`` takes numba where it is installed.

    Raises:
        ValueError: the arrays do not fit, or a value is outside the scale.
    """
    found = streamed(compressed(indptr, indices, values, n_cols), k, compiled=compiled)
    return TopPairs(
        found.allies.ranked(found.allies.twice_c, k),
        found.opponents.ranked(found.opponents.twice_d, k),
        found.ambivalence,
    )


def streamed(positions: Positions, k: int, *, compiled: bool | None = None) -> Streamed:
    """For every actor its k greatest convergences and divergences, in memory of order n·k.

    Args:
        positions: see :func:`compressed`.
        k: partners kept for each actor, of each kind, at least 1.
        compiled: by numba or by scipy; ``None`` takes numba where it is installed.

    Raises:
        ValueError: ``k`` is less than 1.
    """
    if k < 1:
        raise ValueError("k must be at least 1")
    if has_numba() if compiled is None else compiled:
        sides, net = tiled_scan.strongest(positions, k)
        allies, opponents = (Partners(side[..., 0], side[..., 1], side[..., 2]) for side in sides)
        return Streamed(allies, opponents, net, _shared_totals(positions))
    n = positions.actors
    allies, opponents = _nobody(n, k), _nobody(n, k)
    net, shared = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for start, twice_c, twice_d in pair_sums_blocks(positions):
        stop = start + len(twice_c)
        net[start:stop] = np.abs(twice_c - twice_d).sum(axis=1)
        shared[start:stop] = (twice_c + twice_d).sum(axis=1)
        for kept, main in ((allies, twice_c), (opponents, twice_d)):
            _keep(kept, start, main, twice_c, twice_d)
    return Streamed(allies, opponents, net, shared)


def all_sums(
    positions: Positions, *, compiled: bool | None = None
) -> tuple[NDArray[np.signedinteger[Any]], NDArray[np.signedinteger[Any]]]:
    """``2·C`` and ``2·D`` of all pairs, n × n, in 16 bits where they fit, else in 32; zero diagonals.

    Args:
        positions: see :func:`compressed`.
        compiled: by numba or by scipy; ``None`` takes numba where it is installed.
    """
    n = positions.actors
    kind = np.int16 if positions.longest <= NARROW else np.int32
    found_c, found_d = np.empty((n, n), dtype=kind), np.empty((n, n), dtype=kind)
    if has_numba() if compiled is None else compiled:
        tiled_scan.fill(positions, found_c, found_d)
        return found_c, found_d
    for start, twice_c, twice_d in pair_sums_blocks(positions):
        found_c[start : start + len(twice_c)] = twice_c
        found_d[start : start + len(twice_d)] = twice_d
    return found_c, found_d


def pair_sums_blocks(
    positions: Positions, rows: int | None = None
) -> Iterator[tuple[int, Integers, Integers]]:
    """``2·C`` and ``2·D`` of some actors with all, block after block.

    Args:
        positions: see :func:`compressed`.
        rows: actors in a block; by default as many as keep a block small.

    Yields:
        The first actor of the block, and two dense matrices block × n, zero where an actor meets itself.
    """
    n = positions.actors
    step = rows or max(1, BLOCK_CELLS // max(n, 1))
    mine, same, opposite = _sides(positions)
    for start in range(0, n, step):
        block = mine[start : start + step]
        twice_c, twice_d = (block @ same).toarray(), (block @ opposite).toarray()
        own = np.arange(len(twice_c))
        twice_c[own, start + own] = 0
        yield start, twice_c, twice_d


def has_numba() -> bool:
    """Whether the compiled path is installed."""
    return importlib.util.find_spec("numba") is not None


def _sides(positions: Positions) -> tuple[sparse.csr_array, sparse.csr_array, sparse.csr_array]:
    """Matrices X, Y, Z with ``2·C = X·Y`` and ``2·D = X·Z`` (X by actor, the others by column of X)."""
    n, m = positions.actors, positions.objectives
    value = positions.values.astype(np.int64)

    def part(kept: NDArray[np.bool_], data: Integers) -> sparse.csr_array:
        before = np.concatenate(([0], np.cumsum(kept, dtype=np.int64)))
        return sparse.csr_array((data[kept], positions.indices[kept], before[positions.indptr]), shape=(n, m))

    size, one = np.abs(value), np.ones_like(value)
    plus, is_plus = part(value > 0, size), part(value > 0, one)
    minus, is_minus = part(value < 0, size), part(value < 0, one)
    return (
        sparse.csr_array(sparse.hstack((plus, is_plus, minus, is_minus))),
        sparse.csr_array(sparse.hstack((is_plus, plus, is_minus, minus)).T),
        sparse.csr_array(sparse.hstack((is_minus, minus, is_plus, plus)).T),
    )


def _nobody(n: int, k: int) -> Partners:
    return Partners(
        np.full((n, k), -1, dtype=np.int32),
        np.zeros((n, k), dtype=np.int32),
        np.zeros((n, k), dtype=np.int32),
    )


def _keep(kept: Partners, start: int, main: Integers, twice_c: Integers, twice_d: Integers) -> None:
    """Write the k greatest of each row of a block, the smaller place first among equals."""
    rows, n = main.shape
    k = min(kept.partner.shape[1], n)
    # greater sums first, then smaller places, in one integer without ties
    rank = main * n + np.arange(n - 1, -1, -1)
    places = np.argpartition(rank, n - k, axis=1)[:, n - k :]
    own = np.arange(rows)[:, None]
    places = places[own, np.argsort(-rank[own, places], axis=1)]
    there = main[own, places] > 0
    stop = start + rows
    kept.partner[start:stop, :k] = np.where(there, places, -1)
    kept.twice_c[start:stop, :k] = np.where(there, twice_c[own, places], 0)
    kept.twice_d[start:stop, :k] = np.where(there, twice_d[own, places], 0)


def _shared_totals(positions: Positions) -> Integers:
    """``Σ_j (2·C_ij + 2·D_ij)``: over its objectives, what the actor and each of the others put in."""
    size = np.abs(positions.values.astype(np.int64))
    count = np.bincount(positions.indices, minlength=positions.objectives)
    # sums of integers far below 2**53: exact
    whole = np.bincount(positions.indices, weights=size, minlength=positions.objectives).astype(np.int64)
    each = (count[positions.indices] - 2) * size + whole[positions.indices]
    return np.diff(np.concatenate(([0], np.cumsum(each)))[positions.indptr])
