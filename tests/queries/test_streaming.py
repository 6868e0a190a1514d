"""Pairs by streaming: both paths equal the definition, the dense kernel and each other, digit for digit."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from queries.kernels import mactor, sparse_positions, streaming, tiled_scan
from queries.kernels.pairs import signed_sums

Cells = list[list[int]]

PATHS = [
    pytest.param(False, id="scipy"),
    pytest.param(
        True, id="numba", marks=pytest.mark.skipif(not streaming.has_numba(), reason="numba is an extra")
    ),
]

drawn = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def matrices(draw: st.DrawFn) -> Cells:
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 5))
    # few values: many equal sums, so that the order among them is tried
    value = st.integers(-4, 4) if draw(st.booleans()) else st.integers(-1, 1)
    return draw(st.lists(st.lists(value, min_size=m, max_size=m), min_size=n, max_size=n))


def compressed(cells: Cells) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], int]:
    """Every cell as a position, stated zeros included."""
    dense = np.array(cells)
    n, m = dense.shape
    return np.arange(n + 1) * m, np.tile(np.arange(m), n), dense.ravel(), m


def by_definition(cells: Cells) -> tuple[dict[tuple[int, int], float], dict[tuple[int, int], float]]:
    """``C`` and ``D`` of each pair, as the design writes them."""
    c, d = {}, {}
    for i, j in itertools.combinations(range(len(cells)), 2):
        terms = [(a * b, (abs(a) + abs(b)) / 2) for a, b in zip(cells[i], cells[j], strict=True)]
        c[i, j] = sum(mean for product, mean in terms if product > 0)
        d[i, j] = sum(mean for product, mean in terms if product < 0)
    return c, d


def listed(pairs: streaming.RankedPairs) -> list[tuple[int, int, float, float]]:
    return list(zip(pairs.i.tolist(), pairs.j.tolist(), pairs.c.tolist(), pairs.d.tolist(), strict=True))


@pytest.mark.parametrize("compiled", PATHS)
@drawn
@given(cells=matrices(), k=st.integers(1, 12))
def test_the_greatest_pairs_are_those_of_the_definition(cells: Cells, k: int, compiled: bool) -> None:
    c, d = by_definition(cells)
    found = streaming.top_pairs(*compressed(cells), k, compiled=compiled)
    for pairs, main in ((found.convergences, c), (found.divergences, d)):
        ranked = sorted((p for p in main if main[p] > 0), key=lambda p: (-main[p], p))
        assert listed(pairs) == [(i, j, c[i, j], d[i, j]) for i, j in ranked[:k]]


@pytest.mark.parametrize("compiled", PATHS)
@drawn
@given(cells=matrices(), k=st.integers(1, 12))
def test_each_actor_keeps_its_own_greatest_partners(cells: Cells, k: int, compiled: bool) -> None:
    c, d = by_definition(cells)
    found = streaming.streamed(sparse_positions.compressed(*compressed(cells)), k, compiled=compiled)
    n = len(cells)
    for kept, main in ((found.allies, c), (found.opponents, d)):
        for i in range(n):
            others = [j for j in range(n) if j != i and main[min(i, j), max(i, j)] > 0]
            ranked = sorted(others, key=lambda j: (-main[min(i, j), max(i, j)], j))[:k]
            assert kept.partner[i].tolist() == ranked + [-1] * (k - len(ranked))
            for at, j in enumerate(ranked):
                assert kept.twice_c[i, at] == 2 * c[min(i, j), max(i, j)]
                assert kept.twice_d[i, at] == 2 * d[min(i, j), max(i, j)]


@pytest.mark.parametrize("compiled", PATHS)
@drawn
@given(cells=matrices())
def test_all_pairs_and_ambivalence_equal_the_dense_kernel(cells: Cells, compiled: bool) -> None:
    dense = signed_sums(np.array(cells))
    positions = sparse_positions.compressed(*compressed(cells))
    twice_c, twice_d = streaming.all_sums(positions, compiled=compiled)
    np.testing.assert_array_equal(twice_c / 2, dense.convergence())
    np.testing.assert_array_equal(twice_d / 2, dense.divergence())
    found = streaming.streamed(positions, 1, compiled=compiled)
    np.testing.assert_array_equal(found.ambivalence, mactor.order_of(dense, None).ambivalence)


@pytest.mark.parametrize("compiled", PATHS)
@pytest.mark.parametrize(("tile", "batch", "cells"), [(64, 7, 500), (100, 512, 100_000)])
def test_cutting_into_tiles_batches_and_blocks_changes_nothing(
    tile: int, batch: int, cells: int, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.random.default_rng(7).integers(-4, 5, size=(300, 6))
    values[np.random.default_rng(8).random(values.shape) < 0.4] = 0
    monkeypatch.setattr(tiled_scan, "TILE", tile)
    monkeypatch.setattr(tiled_scan, "BATCH", batch)
    monkeypatch.setattr(streaming, "BLOCK_CELLS", cells)
    positions = sparse_positions.compressed(*compressed(values.tolist()))
    found = streaming.streamed(positions, 5, compiled=compiled)
    dense = signed_sums(values)
    for kept, main in ((found.allies, dense.convergence()), (found.opponents, dense.divergence())):
        for i in range(len(values)):
            ranked = sorted((j for j in range(300) if main[i, j] > 0), key=lambda j: (-main[i, j], j))[:5]
            assert kept.partner[i].tolist() == ranked + [-1] * (5 - len(ranked))
    np.testing.assert_array_equal(found.ambivalence, mactor.order_of(dense, None).ambivalence)
    np.testing.assert_array_equal(
        streaming.all_sums(positions, compiled=compiled)[0], 2 * dense.convergence()
    )


@pytest.mark.parametrize("compiled", PATHS)
def test_sums_too_great_for_sixteen_bits_are_still_exact(compiled: bool) -> None:
    count = sparse_positions.NARROW + 2
    cells = [[4] * count, [4] * count, [-4] * count]
    found = streaming.top_pairs(*compressed(cells), 3, compiled=compiled)
    assert listed(found.convergences) == [(0, 1, 4.0 * count, 0.0)]
    assert listed(found.divergences) == [(0, 2, 0.0, 4.0 * count), (1, 2, 0.0, 4.0 * count)]
    twice_c, twice_d = streaming.all_sums(sparse_positions.compressed(*compressed(cells)), compiled=compiled)
    assert (twice_c[0, 1], twice_d[2, 0]) == (8 * count, 8 * count)


@pytest.mark.parametrize("compiled", PATHS)
def test_nobody_or_nothing_stated_gives_no_pair(compiled: bool) -> None:
    for n in (0, 3):
        found = streaming.top_pairs(np.zeros(n + 1), np.zeros(0), np.zeros(0), 4, 2, compiled=compiled)
        assert len(found.convergences) == len(found.divergences) == 0
        assert np.isnan(found.ambivalence).tolist() == [True] * n


@pytest.mark.parametrize(
    ("indptr", "indices", "values", "k"),
    [
        ([0, 2], [0], [1], 1),
        ([1, 1], [0], [1], 1),
        ([0, 1, 0, 1], [0], [1], 1),
        ([0, 1], [3], [1], 1),
        ([0, 1], [-1], [1], 1),
        ([0, 1], [0], [5], 1),
        ([0, 1], [0], [1], 0),
    ],
)
def test_what_is_no_set_of_positions_is_refused(
    indptr: list[int], indices: list[int], values: list[int], k: int
) -> None:
    with pytest.raises(ValueError, match=r"rows do not fit|outside|at least 1"):
        streaming.top_pairs(np.array(indptr), np.array(indices), np.array(values), 3, k)
