"""Documents of a workshop: MACTOR, zones of convergence, of conflict, of cooperation."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.data import snapshot
from benchmarks.measure import Line, seconds, timed
from queries.kernels.clustering import _heuristic
from queries.mactor import mactor
from queries.pairs import pairs_of
from queries.zones_conflict import zones_conflict
from queries.zones_convergence import zones_convergence
from queries.zones_cooperation import zones_cooperation


def mactor_lines(quick: bool) -> list[Line]:
    """Full MACTOR documents."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for n, m, limit in [(40, 25, 0.020)] + ([] if quick else [(500, 100, 0.5)]):
            read = snapshot(Path(folder), n, m)
            mactor(read)
            found.append(timed(f"MACTOR document {n} × {m}", seconds(lambda: mactor(read)), at_most=limit))  # noqa: B023
    return found


def zones_lines(quick: bool) -> list[Line]:
    """Zones of 60 × 20 and of 25 × 15."""
    found = []
    params = {"order": 2, "limit": 50}
    with tempfile.TemporaryDirectory() as folder:
        large = snapshot(Path(folder), 30 if quick else 60, 20)
        small = snapshot(Path(folder), 25, 15)
        size = f"{len(large.actors)} × {len(large.objectives)}"
        for name, work in (("convergence", zones_convergence), ("conflict", zones_conflict)):
            document = work(large, params)
            note = "exact" if document["exact"] else "not exact within the fixed count"
            took = seconds(lambda: work(large, params), 3)  # noqa: B023
            found.append(timed(f"zones of {name} {size}, 70 % stated", took, at_most=1.0, note=note))
        net = pairs_of(large, 2).net
        found.append(
            timed(
                f"partition of {size} by the heuristics alone",
                seconds(lambda: _heuristic(net, camps=False, seed=0), 3),
                at_most=1.0,
            )
        )
        for read, limit in ((small, 2.0), (large, 1.0)):
            document = zones_cooperation(read, params)
            gap = document["cost"] - document["lower_bound"]
            note = "proven" if document["optimal"] else f"not proven, gap {gap:g}"
            took = seconds(lambda: zones_cooperation(read, params), 3)  # noqa: B023
            size = f"{len(read.actors)} × {len(read.objectives)}"
            found.append(timed(f"zones of cooperation {size}, 70 % stated", took, at_most=limit, note=note))
    return found
