"""The compiled path of :mod:`queries.kernels.streaming`: every actor meets all, tile of actors by tile."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from queries.kernels.sparse_positions import NARROW, SCALE, Integers, Positions

GROUPS = 2 * SCALE
"""Values other than 0: those of one objective who say the same are added together."""

TILE = 16_384
"""Actors met at a time by the compiled path: their sums (64 kB) stay in the processor's cache; at most 65,536."""

BATCH = 512
"""Actors that a thread of the compiled path takes at a time."""

CHUNK = 64
"""Sums looked at together before looking for a greater one among them."""


class _Tiles(NamedTuple):
    """Who says what of each objective, tile of actors by tile.

    Attributes:
        starts: where the members of (tile, objective, group) begin, one more at the end; unsigned, so that no
            place is taken for one counted from the end.
        members: places inside their tile, in order.
        size: actors of a tile.
    """

    starts: NDArray[np.uint64]
    members: NDArray[np.uint16]
    size: int


def _tiled(positions: Positions) -> _Tiles:
    n, m = positions.actors, positions.objectives
    row = np.repeat(np.arange(n, dtype=np.int64), np.diff(positions.indptr))
    value = positions.values.astype(np.int64)
    group = np.where(value > 0, value - 1, SCALE - value - 1)
    key = ((row // TILE) * m + positions.indices) * GROUPS + group
    starts = np.zeros(-(-n // TILE) * m * GROUPS + 1, dtype=np.int64)
    np.cumsum(np.bincount(key, minlength=len(starts) - 1), out=starts[1:])
    return _Tiles(
        starts.astype(np.uint64), (row % TILE)[np.argsort(key, kind="stable")].astype(np.uint16), TILE
    )


def strongest(positions: Positions, k: int) -> tuple[NDArray[np.int32], Integers]:
    """For every actor its k greatest convergences and divergences, and how far apart its sums are.

    Returns:
        Allies then opponents × n × k × (partner, ``2·C``, ``2·D``), −1 where there is no partner left; and
        ``Σ_j |2·C_ij − 2·D_ij|``.
    """
    kept = np.zeros((2, positions.actors, k, 3), dtype=np.int32)
    kept[..., 0] = -1
    net = np.zeros(positions.actors, dtype=np.int64)
    nothing = np.zeros((0, 0), dtype=np.int32)
    _scan_all(positions, kept, net, nothing, nothing)
    return kept, net


def fill(
    positions: Positions, twice_c: NDArray[np.signedinteger[Any]], twice_d: NDArray[np.signedinteger[Any]]
) -> None:
    """Write ``2·C`` and ``2·D`` of all pairs into two matrices n × n."""
    _scan_all(
        positions, np.zeros((2, 0, 1, 3), dtype=np.int32), np.zeros(0, dtype=np.int64), twice_c, twice_d
    )


def _scan_all(
    positions: Positions,
    kept: NDArray[np.int32],
    net: Integers,
    twice_c: NDArray[np.signedinteger[Any]],
    twice_d: NDArray[np.signedinteger[Any]],
) -> None:
    """Run :func:`_scan` over batches of actors, on every processor: compiled code lets go of the interpreter."""
    n = positions.actors
    tiles = _tiled(positions)
    narrow = positions.longest <= NARROW
    width = -(-min(TILE, n) // CHUNK) * CHUNK
    scan = _compiled(_scan)

    def batch(first: int) -> None:
        scan(
            first,
            min(first + BATCH, n),
            positions,
            tiles,
            np.zeros(width, dtype=np.int32 if narrow else np.int64),
            16 if narrow else 32,
            kept,
            net,
            twice_c,
            twice_d,
        )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(batch, range(0, n, BATCH)):
            pass


@functools.cache
def _compiled(function: Callable[..., None]) -> Callable[..., None]:
    """The same function as machine code, kept between runs where the disk allows it."""
    import numba

    try:
        made: Callable[..., None] = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # nowhere to keep it
        made = numba.njit(nogil=True)(function)
    return made


def _scan(
    first: int,
    last: int,
    positions: Positions,
    tiles: _Tiles,
    sums: NDArray[Any],
    shift: int,
    kept: NDArray[np.int32],
    net: Integers,
    twice_c: NDArray[np.signedinteger[Any]],
    twice_d: NDArray[np.signedinteger[Any]],
) -> None:
    """Meet actors ``first`` to ``last`` with all, tile by tile, in the words that numba compiles well.

    Args:
        first: first actor.
        last: after the last actor.
        positions: whose.
        tiles: the same positions by objective.
        sums: zeros, as many as a tile has members: ``2·C`` in the low half of each, ``2·D`` above.
        shift: bits of the low half.
        kept: allies then opponents × n × k × (partner, ``2·C``, ``2·D``): filled, the greatest first.
        net: n, filled with ``Σ_j |2·C_ij − 2·D_ij|``.
        twice_c: n × n, filled instead of ``kept`` and ``net``; empty to fill these.
        twice_d: likewise.
    """
    indptr, indices, values, objectives = positions
    starts, members, size = tiles
    n = len(indptr) - 1
    whole = len(twice_c) > 0
    low, bits = sums.dtype.type((1 << shift) - 1), sums.dtype.type(shift)
    for tile in range((n + size - 1) // size):
        base = tile * size
        width = min(size, n - base)
        for i in range(first, last):
            for p in range(indptr[i], indptr[i + 1]):
                at = (tile * objectives + indices[p]) * GROUPS
                for group in range(GROUPS):
                    added = abs(np.int64(values[p])) + group % SCALE + 1
                    if (values[p] > 0) != (group < SCALE):
                        added <<= shift
                    for q in range(starts[at + group], starts[at + group + 1]):
                        sums[members[q]] += added
            if base <= i < base + width:
                sums[i - base] = 0
            if whole:
                row_c, row_d = twice_c[i, base : base + width], twice_d[i, base : base + width]
                for z in range(width):
                    row_c[z], row_d[z] = sums[z] & low, sums[z] >> bits
                sums[:] = 0
                continue
            least_c, least_d = kept[0, i, -1, 1], kept[1, i, -1, 2]
            for begin in range(0, width, CHUNK):
                chunk = sums[begin : begin + CHUNK]
                apart, room = np.int32(0), np.int32(0)
                for z in range(CHUNK):
                    c, d = np.int32(chunk[z] & low), np.int32(chunk[z] >> bits)
                    apart = np.int32(apart + np.int32(abs(np.int32(c - d))))
                    room = np.int32(room | np.int32(np.int32(least_c - c) | np.int32(least_d - d)))
                net[i] += apart
                if room >= 0:
                    continue
                for z in range(CHUNK):
                    c, d = np.int32(chunk[z] & low), np.int32(chunk[z] >> bits)
                    for side in range(2):
                        main = d if side else c
                        if main > kept[side, i, -1, 1 + side]:
                            at = kept.shape[2] - 1
                            while at > 0 and kept[side, i, at - 1, 1 + side] < main:
                                kept[side, i, at] = kept[side, i, at - 1]
                                at -= 1
                            kept[side, i, at, 0] = base + begin + z
                            kept[side, i, at, 1], kept[side, i, at, 2] = c, d
                least_c, least_d = kept[0, i, -1, 1], kept[1, i, -1, 2]
            sums[:] = 0
