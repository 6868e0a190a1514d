"""A program that imports without end until it is killed; ``python -m tests.contract.writer URL``.

It says on its output, line by line, what it is doing: ``row`` a record was handed to the store, ``done N``
revision N is acknowledged.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from graph import Changes, Store, open_store
from graph.model import Actor, Fact, Objective, Position
from graph.stores import Outcome
from tests.contract.build import actor, objective, position

PER_REVISION = 60
"""Records of one import: actors, then as many positions."""

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


class Said:
    """Facts that are told one by one as the store takes them."""

    def __init__(self, facts: list[Fact]) -> None:
        self.facts = facts

    def __iter__(self) -> Iterator[Fact]:
        for fact in self.facts:
            print("row", flush=True)
            yield fact


def batch(number: int) -> tuple[list[Objective], list[Actor], list[Position]]:
    """The records of import ``number``: new actors, and a new day's position of every one of them."""
    ids = [f"A{number}-{n}" for n in range(PER_REVISION // 2)]
    return (
        [objective("O1")],
        [actor(id_) for id_ in ids],
        [position(id_, "O1", n % 9 - 4, on=n) for n, id_ in enumerate(ids)],
    )


def load(store: Store, number: int, *, expected: int = 0) -> Outcome:
    """Import ``number``, as one revision."""
    objectives, actors, positions = batch(number)
    return store.commit(
        Changes({"objectives": objectives, "actors": Said(actors), "positions": Said(positions)}),
        author="pilote",
        message=f"import {number}",
        expected=expected,
    )


def main(url: str, expected: str = "0") -> None:
    """Import, forever."""
    with open_store(url, now=lambda: NOW) as store:
        for number in itertools.count(store.head() + 1):
            outcome = load(store, number, expected=int(expected))
            print(f"done {outcome.revision}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
