"""Pairs of scopes too large to hold every pair: the strongest, found in one pass of bounded memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from graph.errors import TooLarge
from graph.snapshot import Snapshot
from queries.kernels.pairs import side_sums
from queries.kernels.streaming import top_pairs

MOST = 50
"""Pairs given at most: memory grows with actors × this number."""


def strongest(snapshot: Snapshot, params: Mapping[str, Any], *, divergent: bool) -> list[tuple[int, int]]:
    """Places of the strongest pairs, the greatest first.

    Args:
        snapshot: the scope.
        params: ``order`` (1 or 2), ``limit`` (at most 50), ``actor`` to look at one actor's pairs.
        divergent: by D instead of C.

    Raises:
        TooLarge: order 3, a reading, or more results than one pass keeps.
    """
    limit = int(params.get("limit", MOST))
    if params["order"] == 3 or params.get("reading") is not None or limit > MOST:
        raise TooLarge(
            f"{len(snapshot.actors)} acteurs dans ce périmètre : demandez l'ordre 1 ou 2, sans lecture, {MOST} résultats au "
            "plus, ou restreignez le périmètre.",
            f"{len(snapshot.actors)} actors in scope: ask for order 1 or 2, no reading, at most {MOST} results, or narrow "
            "the scope.",
        )
    if params.get("actor") is not None:
        return _with(
            snapshot, snapshot.actors.index[params["actor"]], limit, params["order"], divergent=divergent
        )
    indptr, indices, values = snapshot.positions.csr()
    if params["order"] == 1:
        values = np.sign(values)
    found = top_pairs(indptr, indices, values, len(snapshot.objectives), limit)
    ranked = found.divergences if divergent else found.convergences
    return list(zip(ranked.i.tolist(), ranked.j.tolist(), strict=True))


def _with(
    snapshot: Snapshot, actor: int, limit: int, order: int, *, divergent: bool
) -> list[tuple[int, int]]:
    """The strongest pairs of one actor: only its own objectives are looked at."""
    positions = snapshot.positions
    mine = np.zeros(len(snapshot.objectives), dtype=np.bool_)
    mine[positions.col[positions.row == actor]] = True
    values, _ = snapshot.restricted(objectives=mine).positions.dense()
    sums = side_sums(np.sign(values) if order == 1 else values, [actor])
    main = sums.divergence if divergent else sums.convergence
    others = np.flatnonzero(main > 0)
    ids = snapshot.actors.ids
    pairs = [(min(actor, int(j)), max(actor, int(j)), float(main[j])) for j in others]
    pairs.sort(key=lambda pair: (-pair[2], ids[pair[0]], ids[pair[1]]))
    return [(i, j) for i, j, _ in pairs[:limit]]
