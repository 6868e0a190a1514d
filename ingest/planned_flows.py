"""New flows of a file, waiting on disk as coded columns to be written in bulk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.flows import Flows, FlowTable, coded
from graph.vocabulary import VISIBILITIES
from ingest.foreign.flow_rows import Rows, Spool
from ingest.foreign.flow_series import Series


class PlannedFlows:
    """The new flows of a file, on disk, for :class:`graph.stores.changes.NewFlows`."""

    def __init__(self, base: int, territories: list[str], series: list[Series]) -> None:
        self.base = base
        self.spool = Spool()
        self._territories = territories
        self._kinds, self._kind = coded([s.kind for s in series])
        self._units, self._unit = coded([s.unit for s in series])
        self._sources, self._source = coded([s.source for s in series])
        self._year = np.array([s.year for s in series], dtype=np.int16)
        self._truncated = np.array([bool(s.truncated) for s in series], dtype=np.bool_)
        self._visibility = np.array(
            [VISIBILITIES.index(s.visibility or "pilotes") for s in series], dtype=np.uint8
        )

    def __len__(self) -> int:
        """See the protocol."""
        return self.spool.rows

    def batches(self) -> Iterator[FlowTable]:
        """See the protocol."""
        return (self.table(rows) for rows in self.spool.batches())

    def table(self, rows: Rows) -> FlowTable:
        """Some rows as columns."""
        series = rows["series"]
        return FlowTable(
            Flows(
                rows["origin"].copy(),
                rows["destination"].copy(),
                self._kind[series],
                self._unit[series],
                self._year[series],
                self._source[series],
                rows["quantity"].copy(),
                self._truncated[series],
                np.zeros(len(rows), dtype=np.int64),
                self._visibility[series],
                self._kinds,
                self._units,
                self._sources,
            ),
            self._territories,
        )
