"""Flows written by the million: checked and numbered as columns, under the rules that one record obeys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from graph.errors import Conflict, InvalidValue
from graph.flows import FlowTable, flow_like, flow_records
from graph.model import TABLES, to_document
from graph.stores.backend import Writing
from graph.stores.checks import validate
from graph.stores.references import Known, dangling
from graph.vocabulary import Vocabulary

TABLE = TABLES["flows"]


class Bulk:
    """New flows being written in a revision.

    Args:
        writing: the one writer.
        known: ids that exist in this revision.
        vocabulary: the codes in force.
        today: the day of writing.
    """

    def __init__(self, writing: Writing, known: Known, vocabulary: Vocabulary, today: date) -> None:
        self._writing = writing
        self._known = known
        self._vocabulary = vocabulary
        self._today = today
        self._fine: set[tuple[str, str, int, str, int]] = set()
        self._ends: set[str] = set()

    def put(self, some: FlowTable, counter: int) -> None:
        """Check some flows and write them, numbered from ``counter + 1``.

        Raises:
            DanglingReference: an end does not exist.
            InvalidValue: a flow breaks the model.
        """
        self._check_ends(some)
        self._check_values(some)
        record = np.arange(counter + 1, counter + 1 + len(some.flows), dtype=np.int64)
        self._writing.put_flows(replace(some, flows=replace(some.flows, record=record)))

    def _check_ends(self, some: FlowTable) -> None:
        used = some.used.tolist()
        fresh = {some.territories[place] for place in used} - self._ends
        missing = sorted(fresh - self._known.ids("territories"))
        if missing:
            raise dangling(TABLE, [(TABLE.field["origin"], missing[0])])
        self._ends |= fresh

    def _check_values(self, some: FlowTable) -> None:
        flows = some.flows
        if np.any(flows.quantity < 0) or np.any(np.isinf(flows.quantity)):
            raise InvalidValue(
                "flux, colonne « quantite » : un nombre au moins égal à 0 est attendu.",
                "flows, field 'quantity': a number of at least 0 is expected.",
            )
        for kind, unit, year, source, visibility in flows.shared(flows.visibility)[0].tolist():
            told = (flows.kinds[kind], flows.units[unit], year, flows.sources[source], visibility)
            if told not in self._fine:
                validate(TABLE, flow_like("-", "-", told), self._vocabulary, self._today)
                self._fine.add(told)

    def believed(self, some: FlowTable) -> list[Conflict]:
        """Those that somebody stated meanwhile."""
        new = flow_records(some)
        found = self._writing.by_key("flows", [TABLE.key(flow) for flow in new])
        return [
            Conflict(old.id, 0, to_document(old.value), to_document(flow))
            for flow in new
            if (old := found.get(TABLE.key(flow))) is not None
        ]
