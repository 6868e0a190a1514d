"""Millions of statements in a store: bulk import, one refused, cold snapshot, one write and the refreshed snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from benchmarks.data import DAY, NOW, rows
from benchmarks.measure import Took, median, once
from graph import Changes, Store, open_store
from graph.errors import DanglingReference
from graph.model import TABLES, Actor, Fact, Objective, Position

EACH = 20
TWICE = 20
"""One position in so many has a second rater: 2.1 million statements for 100,000 actors."""

AROUND = 20
"""Actors whose surroundings are asked for."""


@dataclass(frozen=True)
class Statements:
    """All the positions, made again at every iteration, in order of actor and objective; then one more, if any."""

    actors: int
    objectives: int
    more: Position | None = None

    def __len__(self) -> int:
        """How many, that one left out."""
        return self.actors * EACH + self.actors * EACH // TWICE

    def __iter__(self) -> Iterator[Fact]:
        """One after the other."""
        indptr, indices, values = (found.tolist() for found in rows(self.actors, self.objectives, EACH))
        objectives = [f"O{o:04}" for o in range(self.objectives)]
        for i in range(self.actors):
            actor = f"A{i:06}"
            for p in range(indptr[i], indptr[i + 1]):
                objective, value = objectives[indices[p]], values[p]
                yield Position(actor=actor, objective=objective, value=value, valid_from=DAY)
                if p % TWICE == 0:
                    yield Position(
                        actor=actor, objective=objective, value=value, valid_from=DAY, rater="terrain"
                    )
        if self.more is not None:
            yield self.more


@dataclass(frozen=True)
class Filled:
    """Time of each step.

    ``refused`` is an import of as much whose last statement is wrong, into the empty store, until nothing of it is left;
    ``write`` is the median of single writes, each followed by the snapshot; ``around`` of questions about one actor and
    those who share its objectives, by a program that has read no snapshot.
    """

    refused: Took
    bulk: Took
    cold: Took
    bare: Took
    write: Took
    around: Took


def filled(
    url: str, actors: int, objectives: int, bare: Callable[[], int], writes: int = 300, colds: int = 3
) -> Filled:
    """Fill an empty store, then read it.

    Args:
        url: of the store.
        actors: how many.
        objectives: how many.
        bare: reads actor, objective and value of each statement with the driver alone; how many it read.
        writes: single writes timed; the first third, while a server still learns, is left out.
        colds: cold snapshots and bare reads timed, in turn.
    """
    said = Statements(actors, objectives)
    entities: dict[str, Iterable[Fact]] = {
        "actors": [Actor(id=f"A{i:06}", name=f"Acteur {i}") for i in range(actors)],
        "objectives": [Objective(id=f"O{o:04}", name=f"Objectif {o}") for o in range(objectives)],
    }
    with open_store(url, now=lambda: NOW) as store:
        astray = Position(actor="A000000", objective="O9999", value=1, valid_from=DAY)
        wrong = Changes(puts={**entities, "positions": Statements(actors, objectives, astray)})
        refused = once(lambda: _refused(store, wrong, len(said) + actors + objectives + 1))
        changes = Changes(puts={**entities, "positions": said})
        bulk = once(
            lambda: store.commit(
                changes, author="benchmarks", message="bulk", expected=len(said) + actors + objectives
            )
        )
    cold, floor = [], []
    for _ in range(colds):
        floor.append(once(lambda: _checked(bare(), len(said))))
        with open_store(url, now=lambda: NOW) as store:
            cold.append(once(store.snapshot))
            _checked(len(store.snapshot().positions.statements), len(said))
    with open_store(url, now=lambda: NOW) as store:
        store.snapshot()
        single = []
        for number in range(writes):
            fact = Position(
                actor=f"A{number:06}", objective="O0000", value=number % 4 + 1, valid_from=DAY, rater="x"
            )
            single.append(once(lambda: _written(store, fact)))  # noqa: B023
        _checked(store.snapshot().revision, writes + 1)
    with open_store(url, now=lambda: NOW) as store:
        around = [
            once(lambda: store.neighbourhood(f"A{number * actors // AROUND:06}"))  # noqa: B023
            for number in range(AROUND)
        ]
    return Filled(refused, bulk, median(cold), median(floor), median(single[writes // 3 :]), median(around))


def _refused(store: Store, changes: Changes, expected: int) -> None:
    try:
        store.commit(changes, author="benchmarks", message="wrong", expected=expected)
    except DanglingReference:
        left = {name: store.count(name) for name in TABLES}
        found = store.check()
        if store.head() or any(left.values()) or found:
            raise AssertionError(f"something is left: {store.head()}, {left}, {found}") from None
        return
    raise AssertionError("a position on an unknown objective went in")


def _written(store: Store, fact: Fact) -> None:
    store.commit(Changes(puts={"positions": [fact]}), author="benchmarks", message="one")
    store.snapshot()


def _checked(found: int, expected: int) -> None:
    if found != expected:
        raise AssertionError(f"{found} instead of {expected}")
