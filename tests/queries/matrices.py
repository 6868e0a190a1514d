"""Small dense matrices as changes to a store, and strategies that draw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from graph import Changes, Snapshot
from graph.model import Actor, Fact, Influence, Objective, Position

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
"""The clock of every store here."""

DAY = date(2026, 1, 5)
"""The day of every statement without one of its own."""

Matrix = Sequence[Sequence[int | None]]
Make = Callable[..., Snapshot]


def actor_ids(count: int) -> list[str]:
    """``A0``, ``A1``… (fewer than ten, so that order of ids is order of places)."""
    return [f"A{i}" for i in range(count)]


def objective_ids(count: int) -> list[str]:
    """``O0``, ``O1``…"""
    return [f"O{o}" for o in range(count)]


def changes(
    positions: Matrix,
    influences: Matrix | None = None,
    actors: Sequence[str] | None = None,
    objectives: Sequence[str] | None = None,
    visibility: str = "pilotes",
) -> Changes:
    """Everything that two dense matrices state; ``None`` states nothing, nor does the diagonal of influences."""
    rows = list(actors or actor_ids(len(positions)))
    cols = list(objectives or objective_ids(len(positions[0]) if positions else 0))
    said: list[Fact] = [
        Position(actor=rows[i], objective=cols[o], value=value, valid_from=DAY, visibility=visibility)
        for i, row in enumerate(positions)
        for o, value in enumerate(row)
        if value is not None
    ]
    held: list[Fact] = [
        Influence(
            source_actor=rows[i], target_actor=rows[j], value=value, valid_from=DAY, visibility=visibility
        )
        for i, row in enumerate(influences or [])
        for j, value in enumerate(row)
        if value is not None and i != j
    ]
    return Changes(
        puts={
            "actors": [Actor(id=id_, name=f"Acteur {id_}", visibility=visibility) for id_ in rows],
            "objectives": [Objective(id=id_, name=f"Objectif {id_}", visibility=visibility) for id_ in cols],
            "positions": said,
            "influences": held,
        }
    )


@st.composite
def cartographies(
    draw: st.DrawFn, max_actors: int = 6, max_objectives: int = 5, min_actors: int = 1
) -> tuple[list[list[int | None]], list[list[int | None]]]:
    """Positions n × m (−4..4 or unknown) and influences n × n (0..4 or unknown)."""
    n = draw(st.integers(min_actors, max_actors))
    m = draw(st.integers(1, max_objectives))
    value = st.one_of(st.none(), st.integers(-4, 4))
    level = st.one_of(st.none(), st.integers(0, 4))
    positions = draw(st.lists(st.lists(value, min_size=m, max_size=m), min_size=n, max_size=n))
    influences = draw(st.lists(st.lists(level, min_size=n, max_size=n), min_size=n, max_size=n))
    return positions, influences
