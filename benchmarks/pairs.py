"""All pairs: the dense kernel beside networkx's projection, the compiled one beside scipy's sparse products."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.data import dense, rows
from benchmarks.measure import Line, seconds, timed
from queries.kernels import sparse_positions, streaming
from queries.kernels.pairs import signed_sums

Positions = NDArray[np.int64]


def lines(quick: bool) -> list[Line]:
    """2,000 × 200 and 10,000 × 1,000."""
    n, m, each = (300, 50, 10) if quick else (2_000, 200, 20)
    positions = dense(n, m, each)
    ours = seconds(lambda: _dense(positions))
    expected, found = _networkx(positions), _dense(positions)
    assert all(found[0][i, j] == c and found[1][i, j] == d for i, j, c, d in expected)
    peer = seconds(lambda: _networkx(positions), 1)
    done = [
        timed(f"C and D of all pairs, {n} × {m} × {each}", ours, peer, "networkx projection", at_least=20)
    ]
    n, m, each = (2_000, 500, 20) if quick else (10_000, 1_000, 20)
    held = sparse_positions.compressed(*rows(n, m, each), m)
    streaming.all_sums(held)
    if quick:
        c, d = streaming.all_sums(held)
        for mine, theirs in zip((c, d), _scipy(held), strict=True):
            np.testing.assert_array_equal(mine, theirs.toarray())
        del c, d
    done.append(
        timed(
            f"C and D of all pairs, {n} × {m} × {each}",
            seconds(lambda: streaming.all_sums(held)),
            seconds(lambda: _scipy(held), 3),
            "scipy.sparse",
            at_least=20,
            note="numba" if streaming.has_numba() else "without numba",
        )
    )
    return done


def _dense(positions: Positions) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sums = signed_sums(positions)
    return sums.convergence(), sums.divergence()


def _networkx(positions: Positions) -> list[tuple[int, int, float, float]]:
    """What networkx offers: a projection of the bipartite graph, weighted by a function of both ends."""
    graph: Any = nx.Graph()
    n = len(positions)
    graph.add_nodes_from(range(n))
    for i, o in np.argwhere(positions):
        graph.add_edge(int(i), n + int(o), value=int(positions[i, o]))

    def weight(g: Any, i: int, j: int) -> tuple[float, float]:
        mine, theirs = g[i], g[j]
        c = d = 0.0
        for o in set(mine) & set(theirs):
            a, b = mine[o]["value"], theirs[o]["value"]
            if a * b > 0:
                c += (abs(a) + abs(b)) / 2
            else:
                d += (abs(a) + abs(b)) / 2
        return c, d

    projected = nx.bipartite.generic_weighted_projected_graph(graph, range(n), weight_function=weight)
    return [(i, j, pair[0], pair[1]) for i, j, pair in list[Any](projected.edges(data="weight"))]


def _scipy(held: streaming.Positions) -> tuple[Any, Any]:
    """``2·C`` and ``2·D`` as sparse matrices: four products, summed with their transposes."""
    shape = (held.actors, held.objectives)
    whole = sparse.csr_array((held.values.astype(np.int32), held.indices, held.indptr), shape=shape)
    plus, minus = whole.maximum(0).tocsr(), (-whole).maximum(0).tocsr()
    is_plus, is_minus = plus.sign().tocsr(), minus.sign().tocsr()
    c = plus @ is_plus.T + minus @ is_minus.T
    d = plus @ is_minus.T + minus @ is_plus.T
    c.setdiag(0)
    return c + c.T, d + d.T
