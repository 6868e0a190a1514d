"""The flows of one territory, read from the store without those of the others.

The adapter selects them (in SQL, in Cypher); who may see them is decided here, by the same rules as for a snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from graph.errors import InvalidValue
from graph.flows import Flows
from graph.ids import record_id
from graph.model import TABLES, Flow, Territory
from graph.neighbourhood import Exchange, FlowTotal, TerritoryFlows
from graph.stores.backend import Reader, Version
from graph.stores.sight import MOST, Sight, bounds
from graph.stores.state import vocabulary_with
from graph.stores.visibility import PILOTS, rank, redacted, shows
from graph.vocabulary import Vocabulary

DIRECTIONS = ("leaving", "arriving", "within")
"""From the territory, to it, or both."""


def territory_flows(
    reader: Reader, territory_id: str, *, level: str, kind: str | None, year: int | None, limit: int
) -> TerritoryFlows:
    """What leaves a territory, reaches it and stays within it.

    Args:
        reader: a consistent view of the store.
        territory_id: the territory; an alias is resolved.
        level: of the reader.
        kind: code of the only kind asked for; ``None``: all.
        year: the only year asked for; ``None``: all, and those without one.
        limit: most items of a list.

    Raises:
        NotFound: no such territory, or hidden from this reader.
        InvalidValue: unknown kind; limit out of bounds.
    """
    bounds("limit", limit, 1, MOST)
    sight = Sight(reader, level)
    terms = [version for version in reader.scan("vocabulary") if shows(version.value, level)]
    vocabulary = vocabulary_with(terms)
    if kind is not None and kind not in vocabulary["type_flux"].codes:
        raise _unknown_kind(kind, vocabulary)
    territory = cast(
        Territory,
        sight.entity("territories", territory_id, "Territoire inconnu", "Unknown territory"),
    )
    raw = reader.flows_of(territory.id)
    here = list(raw.territories).index(territory.id) if territory.id in raw.territories else -1
    flows = raw.flows
    other = np.where(flows.origin == here, flows.destination, flows.origin)
    names = {
        id_: found.name
        for id_, found in sight.visible(
            "territories", [raw.territories[place] for place in np.unique(other).tolist()]
        ).items()
    }
    open_to = np.array([id_ in names for id_ in raw.territories], dtype=np.bool_)
    shown = (flows.visibility <= rank(level)) & open_to[other]
    if kind is not None:
        shown &= np.array([known == kind for known in flows.kinds], dtype=np.bool_)[flows.kind]
    if year is not None:
        shown &= flows.year == year
    flows, other = flows.take(shown), other[shown]
    direction = np.where(flows.origin == flows.destination, 2, np.where(flows.origin == here, 0, 1))
    ids = np.array([raw.territories[place] for place in other.tolist()], dtype=np.str_)
    order = np.lexsort((flows.record, ids, -np.nan_to_num(flows.quantity, nan=-1.0)))
    kept, cut = [], []
    for number, name in enumerate(DIRECTIONS):
        places = order[direction[order] == number]
        if len(places) > limit:
            cut.append(name)
        kept.append(places[:limit])
    believed = reader.by_id(
        "flows", [record_id("F", counter) for counter in flows.record[np.concatenate(kept)].tolist()]
    )
    seen = {"territories": frozenset({territory.id, *names})}

    def exchange(counter: int) -> Exchange:
        version = believed[record_id("F", counter)]
        flow = version.value if level == PILOTS else redacted(TABLES["flows"], version.value, seen)
        return _exchange(version, cast(Flow, flow), territory.id, names, vocabulary)

    lists = [tuple(map(exchange, flows.record[places].tolist())) for places in kept]
    return TerritoryFlows(
        territory, reader.head(), lists[0], lists[1], lists[2], tuple(_totals(flows, direction)), tuple(cut)
    )


def _exchange(
    version: Version, flow: Flow, here: str, names: dict[str, str], vocabulary: Vocabulary
) -> Exchange:
    other = flow.destination if flow.origin == here else flow.origin
    dependent = None
    if other != here:
        depends = next((w.depends for w in vocabulary["type_flux"].words if w.code == flow.kind), None)
        dependent = {"origine": flow.origin, "destination": flow.destination}.get(depends or "")
    return Exchange(version.id, other, names[other], flow, dependent)


def _totals(flows: Flows, direction: NDArray[Any]) -> Iterator[FlowTotal]:
    distinct, which = flows.shared(direction)
    count = np.bincount(which, minlength=len(distinct))
    unknown = np.bincount(which[np.isnan(flows.quantity)], minlength=len(distinct))
    total = np.bincount(which, np.nan_to_num(flows.quantity), minlength=len(distinct))
    truncated = np.bincount(which[flows.truncated], minlength=len(distinct)) > 0
    found = []
    for place, (kind, unit, year, source, way) in enumerate(distinct.tolist()):
        told = (flows.kinds[kind], flows.units[unit], year, flows.sources[source])
        said = int(count[place]), int(unknown[place])
        quantity = None if said[0] == said[1] else float(total[place])
        total_of = FlowTotal(
            DIRECTIONS[way],
            told[0],
            told[1] or None,
            told[2] or None,
            told[3] or None,
            *said,
            quantity,
            bool(truncated[place]),
        )
        found.append(((way, *told), total_of))
    return (total_of for _, total_of in sorted(found, key=lambda item: item[0]))


def _unknown_kind(kind: str, vocabulary: Vocabulary) -> InvalidValue:
    known = ", ".join(vocabulary["type_flux"].codes)
    return InvalidValue(
        f"« kind » : type de flux inconnu « {kind[:80]} » ; attendu : {known}.",
        f"'kind': unknown kind of flow '{kind[:80]}'; expected: {known}.",
    )
