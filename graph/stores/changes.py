"""What a writer asks for and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Changes:
    """All that is to be written in one revision.

    Attributes:
        puts: by table, the records; iterated again when the store tries again, so not a one-shot iterator.
        retracts: the records to take back.
    """

    puts: Mapping[str, Iterable[Put | Fact]] = field(default_factory=dict)
    retracts: Sequence[Retract] = ()


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
