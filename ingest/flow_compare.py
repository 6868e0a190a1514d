"""Whether flows are those that a store, or another row, already speaks of: compared by one integer a flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.flows import Flows, FlowTable
from graph.stores import Store
from graph.vocabulary import VISIBILITIES
from ingest.foreign.flow_rows import Rows, Spool
from ingest.foreign.flow_series import Series

KEYS = 2_000_000
"""Flows whose ends are compared with one another at once."""

Int = NDArray[np.int64]


class Keys:
    """One integer for what makes two flows the same: ends, kind, unit, year, source.

    Args:
        territories: how many there are.
        series: of the file; those that differ only by truncation or visibility share a key.
    """

    def __init__(self, territories: int, series: list[Series]) -> None:
        self.territories = max(territories, 1)
        said = [(s.kind, s.unit, s.year, s.source) for s in series]
        self.groups = {group: place for place, group in enumerate(dict.fromkeys(said))}
        self.group = np.array([self.groups[group] for group in said], dtype=np.int64)

    def of(self, rows: Rows) -> Int:
        """Keys of rows whose ends are places of territories."""
        return self.pair(self.group[rows["series"]], rows["origin"], rows["destination"])

    def pair(self, group: Any, origin: Any, destination: Any) -> Int:
        """Keys of a group and two ends."""
        wide = np.int64(self.territories)
        return np.asarray((group * wide + origin) * wide + destination, dtype=np.int64)


class Known:
    """What the store says of the flows of a file, and said before."""

    def __init__(self, store: Store, ids: list[str], series: list[Series], keys: Keys) -> None:
        self._series = series
        places = {id_: place for place, id_ in enumerate(ids)}
        now = FlowTable(Flows.empty(), ())
        if store.count("flows"):
            snapshot = store.snapshot()
            now = FlowTable(snapshot.flows, snapshot.territories.ids)
        self._now, self._key = _keyed(now, places, keys)
        self._past = np.unique(_keyed(store.closed_flows(), places, keys)[1])

    def compared(self, rows: Rows, key: Int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which rows say what the store says, and which it knows differently or knew before."""
        known, at = _among(key, self._key)
        past, _ = _among(key, self._past)
        same = np.zeros(len(rows), dtype=np.bool_)
        if known.any():
            there = np.flatnonzero(known)
            mine, now = rows[there], self._now.take(at[there])
            series = mine["series"]
            truncated = np.array([bool(s.truncated) for s in self._series])[series]
            said = np.array([VISIBILITIES.index(s.visibility) if s.visibility else -1 for s in self._series])[
                series
            ]
            quantity, stored = mine["quantity"], now.quantity
            same[there] = (
                ((quantity == stored) | (np.isnan(quantity) & np.isnan(stored)))
                & (truncated == now.truncated)
                & ((said < 0) | (said == now.visibility))
            )
        return same, (known | past) & ~same


def _keyed(table: FlowTable, places: Mapping[str, int], keys: Keys) -> tuple[Flows, Int]:
    """The flows of a table that belong to the file's groups and territories, sorted by key, and their keys."""
    flows = table.flows
    group = np.full(len(flows), -1, dtype=np.int64)
    for (kind, unit, year, source), place in keys.groups.items():
        if kind in flows.kinds and unit in flows.units and source in flows.sources:
            of = (
                (flows.kind == flows.kinds.index(kind))
                & (flows.unit == flows.units.index(unit))
                & (flows.year == year)
                & (flows.source == flows.sources.index(source))
            )
            group[of] = place
    to = np.array([places.get(id_, -1) for id_ in table.territories], dtype=np.int64)
    kept = np.flatnonzero(group >= 0)
    if not len(kept):
        return Flows.empty(), np.zeros(0, dtype=np.int64)
    origin, destination = to[flows.origin[kept]], to[flows.destination[kept]]
    placed = (origin >= 0) & (destination >= 0)
    key = keys.pair(group[kept], origin, destination)[placed]
    order = np.argsort(key, kind="stable")
    return flows.take(kept[placed][order]), key[order]


def _among(key: Int, known: Int) -> tuple[NDArray[np.bool_], Int]:
    """Which keys are among sorted ones, and where."""
    if not len(known):
        return np.zeros(len(key), dtype=np.bool_), np.zeros(len(key), dtype=np.int64)
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    return known[at] == key, at


def twice(spool: Spool, to: NDArray[np.int32], keys: Keys) -> Int:
    """Keys that several rows have; at most :data:`KEYS` of them are held at once."""
    parts = spool.rows // KEYS + 1
    found: list[Int] = []
    for part in range(parts):
        held = []
        for batch in spool.batches():
            origin, destination = to[batch["origin"]], to[batch["destination"]]
            key = keys.pair(keys.group[batch["series"]], origin, destination)
            held.append(key[key % parts == part])
        key = np.sort(np.concatenate(held)) if held else np.zeros(0, dtype=np.int64)
        found.append(np.unique(key[1:][key[1:] == key[:-1]]))
    return np.concatenate(found)


def summed(rows: Rows, key: Int, merged: dict[int, tuple[int, float]]) -> Rows:
    """The rows with those of a merged flow replaced, at the first of them, by their sum."""
    kept = np.ones(len(rows), dtype=np.bool_)
    for at in np.flatnonzero(np.isin(key, np.array(list(merged), dtype=np.int64))).tolist():
        first, total = merged[int(key[at])]
        kept[at] = rows["row"][at] == first
        rows["quantity"][at] = total
    return rows[kept]
