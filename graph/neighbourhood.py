"""One neighbourhood of a large graph: what surrounds an actor, or the flows of a territory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from graph.model import Actor, Flow, Participation, Territory


@dataclass(frozen=True)
class Tie:
    """What is believed between the actor and one objective, or one other actor.

    Attributes:
        id: of the objective or of the other actor.
        name: its name.
        value: effective value: −4..4 of a position, 0..4 of an influence; ``None`` when contested.
        confidence: least of those used, ``None`` when none is stated.
        records: ids of the current statements behind it.
    """

    id: str
    name: str
    value: int | None
    confidence: float | None
    records: tuple[str, ...]


@dataclass(frozen=True)
class Taking:
    """A participation of the actor, on the day read.

    Attributes:
        record: its id.
        name: of the project.
        value: what it says.
    """

    record: str
    name: str
    value: Participation


@dataclass(frozen=True)
class Sharing:
    """Another actor with an effective position on objectives where the actor has one too.

    Attributes:
        id: of the other.
        name: its name.
        agreeing: ids of the objectives where both have the same sign.
        opposed: where their signs are opposite.
        neutral: where one of them, or both, state 0.
        c: convergence of order 2, ½ Σ (|own| + |other's|) over ``agreeing``.
        d: divergence of order 2, the same over ``opposed``.
        records: ids of the other's current statements on these objectives.
    """

    id: str
    name: str
    agreeing: tuple[str, ...]
    opposed: tuple[str, ...]
    neutral: tuple[str, ...]
    c: float
    d: float
    records: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of objectives shared."""
        return len(self.agreeing) + len(self.opposed) + len(self.neutral)


@dataclass(frozen=True)
class Neighbourhood:
    """What one kind of reader believes around an actor; hidden records are absent.

    Attributes:
        actor: the actor, as this reader sees it.
        revision: the revision read.
        as_of: the day read at, ``None`` for the latest.
        objectives: how many objectives this reader sees: the positions that are possible.
        stated: how many positions of the actor have an effective value, beyond ``limit`` too.
        contested: how many are contested.
        influences: how many influences given or received have an effective value, beyond ``limit`` too.
        positions: greatest first (|value|), contested last, then by id.
        given: influences of the actor on others, in the same order.
        received: influences of others on the actor.
        participations: by project, then day.
        shared: most objectives shared first, then by id; empty at radius 1.
        cut: names of the lists that ``limit`` cut.
    """

    actor: Actor
    revision: int
    as_of: date | None
    objectives: int
    stated: int
    contested: int
    influences: int
    positions: tuple[Tie, ...]
    given: tuple[Tie, ...]
    received: tuple[Tie, ...]
    participations: tuple[Taking, ...]
    shared: tuple[Sharing, ...]
    cut: tuple[str, ...]


@dataclass(frozen=True)
class Exchange:
    """A flow between the territory and another.

    Attributes:
        record: its id.
        id: of the other territory; of the territory itself for what stays within it.
        name: of the other territory.
        value: what the flow says, as this reader sees it.
        dependent: id of the territory that depends on the other by this kind of flow; ``None`` within a territory, or
            when the kind is none that this reader knows.
    """

    record: str
    id: str
    name: str
    value: Flow
    dependent: str | None


@dataclass(frozen=True)
class FlowTotal:
    """All flows of one direction that have the same kind, unit, year and source: only these may be added up.

    Attributes:
        direction: ``leaving``, ``arriving`` or ``within``.
        kind: of flow.
        unit: ``None`` when not said; so ``year`` and ``source``.
        year: of observation.
        source: of the figures.
        flows: how many.
        unknown: how many of them state no quantity.
        quantity: sum of the others, ``None`` when all are unknown.
        truncated: some come from a source that leaves small flows out: the sum is a lower bound.
    """

    direction: str
    kind: str
    unit: str | None
    year: int | None
    source: str | None
    flows: int
    unknown: int
    quantity: float | None
    truncated: bool


@dataclass(frozen=True)
class TerritoryFlows:
    """The flows of one territory, as one kind of reader sees them; hidden records are absent.

    Attributes:
        territory: the territory.
        revision: the revision read.
        leaving: to other territories, greatest quantity first, unknown last, then by id of the other.
        arriving: from other territories, likewise.
        within: from the territory to itself.
        totals: by direction, kind, unit, year, source; beyond ``limit`` too.
        cut: names of the lists that ``limit`` cut.
    """

    territory: Territory
    revision: int
    leaving: tuple[Exchange, ...]
    arriving: tuple[Exchange, ...]
    within: tuple[Exchange, ...]
    totals: tuple[FlowTotal, ...]
    cut: tuple[str, ...]
