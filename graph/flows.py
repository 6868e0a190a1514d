"""Flows between territories as columns: the form in which analyses read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from graph.ids import record_counter
from graph.model import Flow
from graph.versions import Version


@dataclass(frozen=True)
class Flows:
    """Believed flows, one entry a record, sorted by (kind, unit, year, origin, destination, source).

    A flow goes from its origin to its destination as it was recorded; who depends on whom is a matter of its kind
    (see ``graph.vocabulary``).

    Attributes:
        origin: int32, place in the snapshot's territories (sorted by id).
        destination: int32, likewise.
        kind: int32, place in ``kinds``.
        unit: int32, place in ``units``.
        year: int16, 0 when not said.
        source: int32, place in ``sources``.
        quantity: float64, in the flow's unit; NaN: the flow is stated and its size unknown.
        truncated: bool, the flow's source leaves small flows out, so that sums of it are lower bounds.
        record: int64, counter of the record's id (``F7`` is 7).
        kinds: codes, sorted.
        units: texts, sorted; ``""`` when not said.
        sources: likewise.
    """

    origin: NDArray[np.int32]
    destination: NDArray[np.int32]
    kind: NDArray[np.int32]
    unit: NDArray[np.int32]
    year: NDArray[np.int16]
    source: NDArray[np.int32]
    quantity: NDArray[np.float64]
    truncated: NDArray[np.bool_]
    record: NDArray[np.int64]
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    sources: tuple[str, ...]

    def __len__(self) -> int:
        """Number of flows."""
        return len(self.record)

    def __post_init__(self) -> None:
        for name in COLUMNS:
            getattr(self, name).flags.writeable = False

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Flows:
        """The flows at these places (or under this mask), in that order; kinds, units and sources stay."""
        return replace(self, **{name: getattr(self, name)[index] for name in COLUMNS})

    def sorted(self) -> Flows:
        """The same flows in the order the class promises."""
        return self.take(
            np.lexsort((self.source, self.destination, self.origin, self.year, self.unit, self.kind))
        )


COLUMNS = tuple(field.name for field in fields(Flows) if field.name not in ("kinds", "units", "sources"))
"""Names of the columns of :class:`Flows`, one entry a flow."""


def flows_from(versions: Iterable[Version], places: Mapping[str, int]) -> Flows:
    """Flows as columns, from their records.

    Args:
        versions: believed versions of the table of flows.
        places: place of each territory's id; every end has one.
    """
    held = [(cast(Flow, version.value), version.id) for version in versions]
    kinds, kind = _coded([flow.kind for flow, _ in held])
    units, unit = _coded([flow.unit or "" for flow, _ in held])
    sources, source = _coded([flow.source or "" for flow, _ in held])
    return Flows(
        np.array([places[flow.origin] for flow, _ in held], dtype=np.int32),
        np.array([places[flow.destination] for flow, _ in held], dtype=np.int32),
        kind,
        unit,
        np.array([flow.year or 0 for flow, _ in held], dtype=np.int16),
        source,
        np.array([np.nan if flow.quantity is None else flow.quantity for flow, _ in held], dtype=np.float64),
        np.array([flow.truncated for flow, _ in held], dtype=np.bool_),
        np.array([record_counter("F", id_) or 0 for _, id_ in held], dtype=np.int64),
        kinds,
        units,
        sources,
    ).sorted()


def _coded(texts: list[str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    known = tuple(sorted(set(texts)))
    place = {text: at for at, text in enumerate(known)}
    return known, np.array([place[text] for text in texts], dtype=np.int32)
