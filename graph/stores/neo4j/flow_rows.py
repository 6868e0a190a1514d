"""Between flows and what Neo4j keeps of them: relations with a series each, read as columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from graph.flows import Flows, FlowTable, coded
from graph.ids import record_counter, record_id
from graph.model import Flow
from graph.versions import Version
from graph.vocabulary import VISIBILITIES

WIDTH = 6
"""Columns of the queries ``columns``: destination, series, quantity, truncated, visibility, counter."""


class Series(NamedTuple):
    """What many flows share; ``""`` and 0 when not said."""

    kind: str
    unit: str
    year: int
    source: str

    def row(self, code: int) -> list[Any]:
        """As the statement ``add_series`` expects it; what is not said is not stored."""
        return [code, self.kind, self.unit or None, self.year or None, self.source or None]


def series_of(flow: Flow) -> Series:
    """The series that a flow belongs to."""
    return Series(flow.kind, flow.unit or "", flow.year or 0, flow.source or "")


def flow_row(version: Version, codes: Mapping[Series, int]) -> list[Any]:
    """A flow's relationship as ``insert`` and ``rewrite`` expect it; what is not stated is not stored."""
    flow = cast(Flow, version.value)
    return [
        flow.origin,
        flow.destination,
        record_counter("F", version.id),
        version.version,
        version.revision,
        codes[series_of(flow)],
        # in a file of the embedded store they are real numbers too: both answer alike
        None if flow.quantity is None else float(flow.quantity),
        flow.truncated or None,
        flow.confidence,
        VISIBILITIES.index(flow.visibility),
        json.dumps(flow.attributes, ensure_ascii=False) if flow.attributes else None,
    ]


def flow_version(row: Mapping[str, Any], series: Mapping[int, Series], closed: int | None) -> Version:
    """Version from (row, col, said)."""
    said = row["said"]
    told = series[said["series"]]
    attributes = said.get("attributes")
    flow = Flow(
        origin=row["row"],
        destination=row["col"],
        kind=told.kind,
        quantity=said.get("quantity"),
        unit=told.unit or None,
        year=told.year or None,
        source=told.source or None,
        truncated=said.get("truncated", False),
        confidence=said.get("confidence"),
        visibility=VISIBILITIES[said["visibility"]],
        attributes=tuple((k, v) for k, v in json.loads(attributes)) if attributes else (),
    )
    return Version(record_id("F", said["counter"]), said["version"], said["revision"], flow, closed)


def new_rows(some: FlowTable, codes: NDArray[np.int64]) -> list[list[Any]]:
    """New flows as the statement ``insert_new`` expects them: origin, and a list of flows.

    Args:
        some: flows, numbered.
        codes: integer of each flow's series.
    """
    flows, ids = some.flows, some.territories
    order = np.argsort(flows.origin, kind="stable")
    quantity = flows.quantity[order].tolist()
    if np.isnan(flows.quantity).any():
        quantity = [None if value != value else value for value in quantity]
    columns = zip(
        flows.origin[order].tolist(),
        [ids[place] for place in flows.destination[order].tolist()],
        flows.record[order].tolist(),
        codes[order].tolist(),
        quantity,
        [value or None for value in flows.truncated[order].tolist()],
        flows.visibility[order].tolist(),
        strict=True,
    )
    return [
        [ids[origin], [row[1:] for row in rows]] for origin, rows in groupby(columns, key=lambda row: row[0])
    ]


def flow_table(
    origin: NDArray[np.int64], said: NDArray[np.float64], ids: list[str], series: Mapping[int, Series]
) -> FlowTable:
    """Flows as columns.

    Args:
        origin: place of each flow's origin in ``ids``.
        said: a row a flow, of :data:`WIDTH` columns, the destination being a place in ``ids``.
        ids: of territories.
        series: by its integer.
    """
    destination, code, quantity, truncated, visibility, counter = said.T
    used, which = np.unique(code.astype(np.int64), return_inverse=True)
    told = [series[key] for key in used.tolist()]
    kinds, kind = coded([one.kind for one in told])
    units, unit = coded([one.unit for one in told])
    sources, source = coded([one.source for one in told])
    flows = Flows(
        origin.astype(np.int32),
        destination.astype(np.int32),
        kind[which],
        unit[which],
        np.array([one.year for one in told], dtype=np.int16)[which],
        source[which],
        np.ascontiguousarray(quantity),
        ~np.isnan(truncated),
        counter.astype(np.int64),
        visibility.astype(np.uint8),
        kinds,
        units,
        sources,
    )
    return FlowTable(flows, ids)


def numbered(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Ids of anchors at the places of their numbers; empty where it is another kind's."""
    known: dict[int, str] = {number: id_ for row in rows for number, id_ in row["some"]}
    return [known.get(number, "") for number in range(max(known, default=-1) + 1)]
