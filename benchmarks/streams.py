"""The greatest convergences and divergences of many actors beside sparse_dot_topn."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.data import rows
from benchmarks.measure import Line, Took, alone, seconds, timed
from queries.kernels import streaming

KEPT = 20


def lines(quick: bool) -> list[Line]:
    """100,000 × 1,000 × 20, each side in a process of its own."""
    n, m, each = (5_000, 500, 20) if quick else (100_000, 1_000, 20)
    took, memory = alone(_ours, n, m, each)
    what = f"top {KEPT} of C and D of all pairs and ambivalence, {n} × {m} × {each}"
    done = [Line(f"{what}: memory", memory, "MB", at_most=1_000)]
    if importlib.util.find_spec("sparse_dot_topn") is None:
        return [timed(what, took, note="sparse_dot_topn is not installed"), *done]
    peer, peer_memory = alone(_peer, n, m, each)
    name = "sparse_dot_topn (no ambivalence)"
    return [
        timed(what, took, peer, name, at_least=3),
        *done,
        Line(f"{name}: memory", peer_memory, "MB"),
    ]


def _ours(n: int, m: int, each: int) -> Took:
    held = rows(n, m, each)
    streaming.top_pairs(*rows(100, m, each), m, KEPT)  # machine code is made, or read from the disk, once
    return seconds(lambda: streaming.top_pairs(*held, m, KEPT), 3)


def _peer(n: int, m: int, each: int) -> Took:
    """For each actor its greatest C and its greatest D, by two products on as many threads."""
    from sparse_dot_topn import sp_matmul_topn

    indptr, indices, values = rows(n, m, each)
    whole = sparse.csr_matrix((values.astype(np.int32), indices.astype(np.int32), indptr), shape=(n, m))
    plus, minus = whole.maximum(0).tocsr(), (-whole).maximum(0).tocsr()
    is_plus, is_minus = plus.sign().tocsr(), minus.sign().tocsr()
    mine = sparse.hstack((plus, is_plus, minus, is_minus)).tocsr()
    same = sparse.hstack((is_plus, plus, is_minus, minus)).T.tocsr()
    opposite = sparse.hstack((is_minus, minus, is_plus, plus)).T.tocsr()

    def work() -> list[Any]:
        # one more than kept: everybody agrees most with themselves
        threads = os.cpu_count()
        return [
            sp_matmul_topn(mine, same, top_n=KEPT + 1, n_threads=threads),
            sp_matmul_topn(mine, opposite, top_n=KEPT, n_threads=threads),
        ]

    return seconds(work, 1)
