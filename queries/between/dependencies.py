"""What two territories owe each other: their flows, both ways, kind by kind."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.errors import InvalidCall
from queries.between import wordings
from queries.between.sides import Sides
from queries.chosen_flows import KINDS, ORIGIN, UNSAID, Chosen, chosen_flows
from queries.envelope import Document
from queries.interdependencies import MAX_RECORDS
from queries.kernels.flows import members, sums
from queries.nesting import nesting_of


def dependencies(sides: Sides) -> list[Document]:
    """One item for each kind, unit, source and way, the latest year, the greatest share of the dependent's flows first.

    A flow stated without a quantity is a dependence of unknown size: it comes last.
    """
    found: list[tuple[float | None, Document]] = []
    for chosen in _every(sides):
        found += _between(sides, chosen)
    found.sort(key=lambda pair: (pair[0] is None, -(pair[0] or 0.0), pair[1]["ids"], pair[1]["records"]))
    return [item for _, item in found]


def _every(sides: Sides) -> Iterator[Chosen]:
    """The flows of each kind and unit in their latest year; one source after another where they tell the same."""
    flows = sides.snapshot.flows
    for place, kind in enumerate(flows.kinds):
        mine = flows.kind == place
        for unit in np.unique(flows.unit[mine]).tolist():
            named = flows.units[unit] or UNSAID
            try:
                yield chosen_flows(sides.snapshot, kind, named)
            except InvalidCall:
                for source in np.unique(flows.source[mine & (flows.unit == unit)]).tolist():
                    yield chosen_flows(sides.snapshot, kind, named, source=flows.sources[source] or UNSAID)


def _between(sides: Sides, chosen: Chosen) -> Iterator[tuple[float | None, Document]]:
    territories = sides.snapshot.territories
    held = members(nesting_of(territories).above, [territories.index[t] for t in sides.territories])
    told = sums(chosen.dependent, chosen.on, chosen.flows.quantity, held)
    lies = [held.within(np.array([side == k for k in (0, 1)])) for side in (0, 1)]
    unknown = chosen.unknown
    ends = (
        (unknown.origin, unknown.destination)
        if chosen.depends == ORIGIN
        else (unknown.destination, unknown.origin)
    )
    for row, col in ((0, 1), (1, 0)):
        # what stays inside the dependent is no dependence
        away = lies[col] & ~lies[row]
        known = np.flatnonzero(lies[row][chosen.dependent] & away[chosen.on] & (chosen.flows.quantity > 0))
        stated = np.flatnonzero(lies[row][ends[0]] & away[ends[1]])
        if not len(known) and not len(stated):
            continue
        quantity = float(chosen.flows.quantity[known].sum()) if len(known) else None
        share = None if quantity is None else quantity / float(told.total[row])
        greatest = known[np.lexsort((chosen.flows.record[known], -chosen.flows.quantity[known]))]
        records = [*chosen.flows.record[greatest[:MAX_RECORDS]], *unknown.record[stated[:MAX_RECORDS]]]
        words = sides.snapshot.vocabulary
        sources = {chosen.flows.sources[s] for s in chosen.flows.source[known]} | {
            unknown.sources[s] for s in unknown.source[stated]
        }
        yield (
            share,
            {
                "kind": "dependency",
                "ids": [sides.territories[row], sides.territories[col], str(chosen.kind)],
                "because": wordings.dependency(
                    words.label(KINDS, chosen.kind, sides.lang),
                    (sides.names[row], sides.names[col]),
                    quantity,
                    chosen.unit,
                    chosen.year,
                    share,
                    partial=chosen.truncated or not told.recorded[row] or bool(lies[row][ends[0]].any()),
                    sources=sorted(s for s in sources if s),
                    lang=sides.lang,
                ),
                "records": [f"F{counter}" for counter in sorted(int(r) for r in records)],
            },
        )
