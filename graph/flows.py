"""Flows between territories as columns: the form in which stores keep them and analyses read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from graph.ids import record_counter
from graph.model import Flow
from graph.versions import Version
from graph.vocabulary import VISIBILITIES

LARGEST_KEY = 1 << 63
"""Sort keys below it fit one integer."""


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
        visibility: uint8, 0 public, 1 partners, 2 pilots.
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
    visibility: NDArray[np.uint8]
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    sources: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in COLUMNS:
            getattr(self, name).flags.writeable = False

    @classmethod
    def empty(cls) -> Flows:
        """No flow at all."""
        return flows_from([], {})

    def __len__(self) -> int:
        """Number of flows."""
        return len(self.record)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Flows:
        """The flows at these places (or under this mask), in that order; kinds, units and sources stay."""
        return replace(self, **{name: getattr(self, name)[index] for name in COLUMNS})

    def sorted(self) -> Flows:
        """The same flows in the order the class promises."""
        if len(self) < 2:
            return self
        years, year = np.unique(self.year, return_inverse=True)
        places = 1 + int(max(self.origin.max(), self.destination.max()))
        columns = (
            (self.kind, len(self.kinds)),
            (self.unit, len(self.units)),
            (year, len(years)),
            (self.origin, places),
            (self.destination, places),
            (self.source, len(self.sources)),
        )
        size = 1
        for _, radix in columns:
            size *= radix
        if size >= LARGEST_KEY:
            return self.take(np.lexsort([column for column, _ in reversed(columns)]))
        key = np.zeros(len(self), dtype=np.int64)
        for column, radix in columns:
            key = key * radix + column
        if np.all(key[1:] >= key[:-1]):
            return self
        return self.take(np.argsort(key, kind="stable"))

    def renumbered(self, places: NDArray[np.int64]) -> Flows:
        """The same flows among other territories; those that lose an end are left out.

        Args:
            places: by old place, the new one; -1 where there is none.
        """
        origin, destination = places[self.origin], places[self.destination]
        moved = replace(self, origin=origin.astype(np.int32), destination=destination.astype(np.int32))
        kept = (origin >= 0) & (destination >= 0)
        return moved if kept.all() else moved.take(kept)

    def compact(self) -> Flows:
        """The same flows with only the kinds, units and sources that they use, each once and sorted."""
        kinds, kind = _compacted(self.kinds, self.kind)
        units, unit = _compacted(self.units, self.unit)
        sources, source = _compacted(self.sources, self.source)
        return replace(self, kind=kind, unit=unit, source=source, kinds=kinds, units=units, sources=sources)

    def shared(self, *more: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Distinct rows of (kind, unit, year, source and ``more``), and which of them each flow has."""
        columns: list[NDArray[np.integer]] = [self.kind, self.unit, self.year, self.source, *more]
        key = np.zeros(len(self), dtype=np.int64)
        for column in columns:
            key = key * (1 + int(column.max(initial=0))) + column
        if len(key) and np.all(key == key[0]):
            first, which = np.zeros(1, dtype=np.int64), np.zeros(len(key), dtype=np.int64)
        else:
            _, first, which = np.unique(key, return_index=True, return_inverse=True)
        return np.array([column[first] for column in columns], dtype=np.int64).T, which

    def patched(self, touched: Sequence[int], fresh: Flows) -> Flows:
        """The flows after a write.

        Args:
            touched: counters of the records written or closed.
            fresh: those of them that are believed now.
        """
        kept = self.take(~np.isin(self.record, np.array(touched, dtype=np.int64)))
        both = {name: np.concatenate([getattr(kept, name), getattr(fresh, name)]) for name in COLUMNS}
        for name, texts in (("kind", "kinds"), ("unit", "units"), ("source", "sources")):
            both[name][len(kept) :] += len(getattr(kept, texts))
        return (
            Flows(
                **both,
                kinds=kept.kinds + fresh.kinds,
                units=kept.units + fresh.units,
                sources=kept.sources + fresh.sources,
            )
            .compact()
            .sorted()
        )


COLUMNS = tuple(field.name for field in fields(Flows) if field.name not in ("kinds", "units", "sources"))
"""Names of the columns of :class:`Flows`, one entry a flow."""


@dataclass(frozen=True)
class FlowTable:
    """Flows whose places stand for ids in a list of their own, in any order.

    Attributes:
        flows: in any order; kinds, units and sources in any order too.
        territories: by place, an id.
    """

    flows: Flows
    territories: Sequence[str]

    @property
    def used(self) -> NDArray[np.int64]:
        """Places of the territories that are an end of some flow."""
        counts = np.bincount(self.flows.origin, minlength=len(self.territories))
        return np.flatnonzero(counts + np.bincount(self.flows.destination, minlength=len(counts)))

    def placed(self, places: Mapping[str, int]) -> Flows:
        """The flows in places of sorted ids, sorted; those without an end there are left out."""
        to = np.array([places.get(id_, -1) for id_ in self.territories], dtype=np.int64)
        return self.flows.renumbered(to).compact().sorted()


def flows_from(versions: Iterable[Version], places: Mapping[str, int]) -> Flows:
    """Flows as columns, from their records.

    Args:
        versions: believed versions of the table of flows.
        places: place of each territory's id; every end has one.
    """
    held = [(cast(Flow, version.value), version.id) for version in versions]
    kinds, kind = coded([flow.kind for flow, _ in held])
    units, unit = coded([flow.unit or "" for flow, _ in held])
    sources, source = coded([flow.source or "" for flow, _ in held])
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
        np.array([VISIBILITIES.index(flow.visibility) for flow, _ in held], dtype=np.uint8),
        kinds,
        units,
        sources,
    ).sorted()


def flow_like(origin: str, destination: str, told: tuple[str, str, int, str, int]) -> Flow:
    """A flow without quantity, from what it shares with others: kind, unit, year, source, visibility."""
    kind, unit, year, source, visibility = told
    return Flow(
        origin=origin,
        destination=destination,
        kind=kind,
        unit=unit or None,
        year=year or None,
        source=source or None,
        visibility=VISIBILITIES[visibility],
    )


def flow_records(table: FlowTable) -> list[Flow]:
    """Flows as records, in order."""
    flows, ids = table.flows, table.territories
    return [
        replace(
            flow_like(
                ids[origin],
                ids[destination],
                (flows.kinds[kind], flows.units[unit], year, flows.sources[source], visibility),
            ),
            quantity=None if quantity != quantity else quantity,
            truncated=truncated,
        )
        for origin, destination, kind, unit, year, source, visibility, quantity, truncated in zip(
            flows.origin.tolist(),
            flows.destination.tolist(),
            flows.kind.tolist(),
            flows.unit.tolist(),
            flows.year.tolist(),
            flows.source.tolist(),
            flows.visibility.tolist(),
            flows.quantity.tolist(),
            flows.truncated.tolist(),
            strict=True,
        )
    ]


def coded(texts: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Distinct texts, sorted, and the place of each text among them."""
    known = tuple(sorted(set(texts)))
    place = {text: at for at, text in enumerate(known)}
    return known, np.array([place[text] for text in texts], dtype=np.int32)


def _compacted(
    texts: tuple[str, ...], places: NDArray[np.int32]
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    used = np.flatnonzero(np.bincount(places, minlength=len(texts))).tolist()
    kept = tuple(sorted({texts[place] for place in used}))
    if kept == texts:
        return texts, places
    to = np.zeros(max(len(texts), 1), dtype=np.int32)
    for place in used:
        to[place] = kept.index(texts[place])
    return kept, to[places]
