"""Short ways to write facts, and to tell all that a store holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import neo4j
import numpy as np

from graph import Changes, Put, Retract, Snapshot, Store
from graph.flows import COLUMNS
from graph.judgements import Judgements
from graph.model import TABLE_OF, TABLES, Actor, Fact, Influence, Objective, Position, to_document
from graph.stores import Outcome

DAY = date(2026, 1, 1)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def actor(id_: str, **more: Any) -> Actor:
    return Actor(**{"id": id_, "name": f"Acteur {id_}"} | more)


def objective(id_: str, **more: Any) -> Objective:
    return Objective(**{"id": id_, "name": f"Objectif {id_}"} | more)


def position(who: str, what: str, value: int, on: int = 0, **more: Any) -> Position:
    return Position(actor=who, objective=what, value=value, valid_from=day(on), **more)


def influence(who: str, whom: str, value: int, on: int = 0, **more: Any) -> Influence:
    return Influence(source_actor=who, target_actor=whom, value=value, valid_from=day(on), **more)


SMALL = (
    *(actor(id_) for id_ in ("A1", "A2", "A3")),
    *(objective(id_) for id_ in ("O1", "O2")),
    position("A1", "O1", 3),
    position("A2", "O1", -2),
    position("A2", "O2", 1),
    influence("A1", "A2", 2),
)
"""Three actors, two objectives, P1 P2 P3 and I1."""


def changes(*facts: Fact | Put, retracts: Iterable[Retract] = ()) -> Changes:
    puts: dict[str, list[Fact | Put]] = {}
    for fact in facts:
        value = fact.value if isinstance(fact, Put) else fact
        puts.setdefault(TABLE_OF[type(value)].name, []).append(fact)
    return Changes(puts, list(retracts))


def write(store: Store, *facts: Fact | Put, retracts: Iterable[Retract] = (), **more: Any) -> Outcome:
    """Commit facts as one revision."""
    return store.commit(changes(*facts, retracts=retracts), **{"author": "pilote", "message": "essai"} | more)


def retract(store: Store, *records: str) -> Outcome:
    """Retract records written ``table:id`` as one revision."""
    return write(store, retracts=[Retract(*record.split(":", 1)) for record in records])


class Watched:
    """Facts of a table that call back when the writer reaches a place among them; may be read again."""

    def __init__(self, facts: Iterable[Fact], at: int, then: Any) -> None:
        self.facts, self.at, self.then = list(facts), at, then

    def __iter__(self) -> Iterator[Fact]:
        for place, fact in enumerate(self.facts):
            if place == self.at:
                self.then()
            yield fact


def everything(store: Store) -> dict[str, Any]:
    """All that a store holds, every version of every record and every revision, as plain values."""

    def work(reader: Any) -> dict[str, Any]:
        held: dict[str, Any] = {
            name: sorted(
                (v.id, v.version, v.revision, v.closed or 0, to_document(v.value))
                for v in reader.scan_all(name)
            )
            for name in TABLES
        }
        held["revisions"] = [dataclasses.asdict(r) for r in reader.revisions(None, reader.head())]
        return held

    return store.backend.read(work)


def judgements(found: Judgements) -> dict[str, Any]:
    """The columns of judgements as lists; raters as ranks, since their numbers depend on who ever spoke."""
    told: dict[str, Any] = {"letter": found.letter, "shape": found.shape, "as_of": found.as_of}
    for part in (found.effective, found.statements):
        for name in (f.name for f in dataclasses.fields(part)):
            column = getattr(part, name)
            if name == "rater":
                column = np.unique(column, return_inverse=True)[1]
            told[f"{type(part).__name__}.{name}"] = np.nan_to_num(column, nan=-1).tolist()
    return told


def told(snapshot: Snapshot) -> dict[str, Any]:
    """All that a snapshot says, as plain values that can be compared."""
    return {
        "revision": snapshot.revision,
        "as_of": snapshot.as_of,
        "recorded_on": snapshot.recorded_on,
        "level": snapshot.level,
        "erased_since": snapshot.erased_since,
        "actors": [to_document(a) for a in snapshot.actors],
        "objectives": [to_document(o) for o in snapshot.objectives],
        "positions": judgements(snapshot.positions),
        "influences": judgements(snapshot.influences),
        "flows": {name: np.nan_to_num(getattr(snapshot.flows, name), nan=-1).tolist() for name in COLUMNS},
        "coverage": snapshot.coverage.document(),
        "tables": {
            name: [(v.id, v.version, v.revision, to_document(v.value)) for v in snapshot.records(name)]
            for name in TABLES
            if name not in ("positions", "influences")
        },
    }


def effective(snapshot: Snapshot, who: str, what: str) -> int | None:
    """Effective position of an actor on an objective; ``None`` when unknown or contested."""
    return snapshot.positions.at(snapshot.actors.index[who], snapshot.objectives.index[what])


def value(store: Store, who: str = "A1", what: str = "O1", **when: Any) -> int | None:
    """Effective position, read now or at another date."""
    return effective(store.snapshot(**when), who, what)


def cypher(server: Any, text: str, **parameters: Any) -> list[dict[str, Any]]:
    """What a person with the Bolt password reads."""
    with neo4j.GraphDatabase.driver(
        server.url, auth=(server.user, server.password), notifications_min_severity="OFF"
    ) as driver:
        return [record.data() for record in driver.execute_query(text, parameters).records]
