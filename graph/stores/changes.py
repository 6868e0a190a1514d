"""What a writer asks for and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from graph.flows import FlowTable
from graph.model import Fact


@dataclass(frozen=True, slots=True)
class Put:
    """A record to create or to give a new version.

    Attributes:
        value: what it is to say, whole.
        base: the version it was based on (0: none existed); ``None`` skips the comparison.
    """

    value: Fact
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Retract:
    """A record to take back, by record id; ``base`` as in :class:`Put`."""

    table: str
    id: str
    base: int | None = None


class NewFlows(Protocol):
    """Flows to create, by the million: none of them is a record of the store yet."""

    @property
    def base(self) -> int:
        """The revision at which none of them was believed; the store looks again if it moved."""

    def __len__(self) -> int:
        """How many there are."""

    def batches(self) -> Iterator[FlowTable]:
        """All of them, in the order of their future counters, some at a time; read again on each call."""


@dataclass(frozen=True)
class Changes:
    """All that is to be written in one revision.

    Attributes:
        puts: by table, the records; iterated again when the store tries again, so not a one-shot iterator.
        retracts: the records to take back.
        flows: flows to create in bulk, after the others; several lots have none in common.
    """

    puts: Mapping[str, Iterable[Put | Fact]] = field(default_factory=dict)
    retracts: Sequence[Retract] = ()
    flows: Sequence[NewFlows] = ()


@dataclass
class Count:
    """How many records of a table a revision created, changed, retracted, or found the same."""

    create: int = 0
    change: int = 0
    retract: int = 0
    same: int = 0

    @property
    def touched(self) -> int:
        """How many were written or closed."""
        return self.create + self.change + self.retract


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        revision: number of the new revision; ``None`` when there was nothing to change.
        counts: by table.
    """

    revision: int | None
    counts: Mapping[str, Count]

    @property
    def touched(self) -> int:
        """How many records were written or closed."""
        return sum(count.touched for count in self.counts.values())
