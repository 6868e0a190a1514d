"""What was believed, at a day (``as_of``) and at a revision: the truth table, against a slow oracle.

The oracle reads the rules aloud on plain tuples. It shares nothing with the stores: no columns, no snapshots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Store
from graph.model import Influence, Position
from tests.contract.build import actor, day, objective, position, retract, value, write

RATERS = (None, "A2", "agence", "Éole")
ACTORS, OBJECTIVES = ("A1", "A2"), ("O1", "O2")
Said = Position | Influence


@dataclass
class Record:
    """One record: the revision and value of each version, and the revision that retracted it, if any."""

    counter: int
    versions: list[tuple[int, Said | None]]

    def at(self, revision: int) -> tuple[int, Said] | None:
        """(revision that wrote it, value) believed at a revision."""
        known = [version for version in self.versions if version[0] <= revision]
        return known[-1] if known and known[-1][1] is not None else None  # type: ignore[return-value]


@dataclass
class Oracle:
    """Everything ever said, as lists."""

    records: list[Record] = field(default_factory=list)
    head: int = 1

    def believed(self, revision: int) -> list[tuple[int, int, Said]]:
        """(counter, revision, value) of what is believed at a revision."""
        found = [(record.counter, record.at(revision)) for record in self.records]
        return [(counter, *version) for counter, version in found if version is not None]

    def put(self, said: Said) -> None:
        same = [r for r in self.records if (v := r.at(self.head)) and key(v[1]) == key(said)]
        if same and same[0].at(self.head)[1] == said:  # type: ignore[index]
            return
        self.head += 1
        if same:
            same[0].versions.append((self.head, said))
        else:
            self.records.append(Record(len(self.records) + 1, [(self.head, said)]))

    def retract(self, record: Record) -> None:
        self.head += 1
        record.versions.append((self.head, None))

    def undo(self) -> None:
        """Take back the latest revision; the first only made the entities."""
        (touched,) = [r for r in self.records if r.versions[-1][0] == self.head]
        before = touched.versions[-2][1] if len(touched.versions) > 1 else None
        self.head += 1
        touched.versions.append((self.head, before))

    def read(self, as_of: date | None, revision: int) -> dict[tuple[str, str], tuple[Any, ...]]:
        """(value, contested, confidence, counters of the current statements) by pair."""
        found: dict[tuple[str, str], tuple[Any, ...]] = {}
        everything = self.believed(revision)
        for pair in sorted({ends(said) for _, _, said in everything}):
            current: list[tuple[int, int, Said]] = []
            for rater in RATERS:
                stated = [s for s in everything if ends(s[2]) == pair and s[2].rater == rater]
                begun = [s for s in stated if as_of is None or s[2].valid_from <= as_of]
                if begun:
                    latest = max(begun, key=lambda s: (s[2].valid_from, s[1]))
                    end = latest[2].valid_to
                    if end is None or (as_of is not None and end > as_of):
                        current.append(latest)
            if current:
                counters = tuple(sorted(s[0] for s in current))
                found[pair] = (*settled(current), counters)
        return found


def settled(current: list[tuple[int, int, Said]]) -> tuple[int | None, bool, float | None]:
    retained = [s for s in current if s[2].retained]
    if retained:
        chosen = max(retained, key=lambda s: (s[2].valid_from, s[1], s[0]))[2]
        return chosen.value, False, chosen.confidence
    least = min((s[2].confidence for s in current if s[2].confidence is not None), default=None)
    values = sorted(s[2].value for s in current)
    if values[0] < 0 < values[-1]:
        return None, True, least
    while len(values) > 2:
        values = values[1:-1]
    return min(values, key=abs), False, least


def ends(said: Said) -> tuple[str, str]:
    if isinstance(said, Position):
        return said.actor, said.objective
    return said.source_actor, said.target_actor


def key(said: Said) -> tuple[Any, ...]:
    return (*ends(said), said.rater, said.valid_from)


positions = st.builds(
    lambda who, what, rater, start, lasting, value, confidence, retained: Position(
        actor=who,
        objective=what,
        rater=rater,
        valid_from=day(start),
        valid_to=None if lasting is None else day(start + lasting),
        value=value,
        confidence=confidence,
        retained=retained,
    ),
    st.sampled_from(ACTORS),
    st.sampled_from(OBJECTIVES),
    st.sampled_from(RATERS),
    st.integers(0, 5),
    st.none() | st.integers(1, 3),
    st.integers(-4, 4),
    st.sampled_from([None, 0.25, 1.0]),
    st.booleans(),
)

steps = st.lists(
    st.one_of(
        positions.map(lambda said: ("put", said)),
        positions.map(lambda said: ("put", said)),
        st.integers(0, 20).map(lambda place: ("retract", place)),
        st.just(("undo", None)),
    ),
    max_size=14,
)


def played(store: Store, history: list[tuple[str, Any]]) -> Oracle:
    """Write a history into a store and tell it to the oracle."""
    oracle = Oracle()
    write(store, *map(actor, ACTORS), *map(objective, OBJECTIVES))
    for what, about in history:
        if what == "put":
            oracle.put(about)
            write(store, about)
        elif what == "retract":
            believed = oracle.believed(oracle.head)
            if believed:
                counter = believed[about % len(believed)][0]
                oracle.retract(oracle.records[counter - 1])
                retract(store, f"positions:P{counter}")
        elif oracle.head > 1:
            oracle.undo()
            store.undo(oracle.head - 1, author="pilote")
        assert store.head() == oracle.head
    return oracle


def answered(
    store: Store, as_of: date | None, revision: int | None
) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What the store answers, in the oracle's words."""
    snapshot = store.snapshot(as_of=as_of, at_revision=revision)
    judged = snapshot.positions
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for pair, contested in zip(
        judged.effective.pair.tolist(), judged.effective.contested.tolist(), strict=True
    ):
        row, col = pair >> 32, pair & 0xFFFFFFFF
        ids = snapshot.actors.ids[row], snapshot.objectives.ids[col]
        place = judged.effective.pair.tolist().index(pair)
        confidence = float(judged.effective.confidence[place])
        found[ids] = (
            judged.at(row, col),
            contested,
            None if confidence != confidence else confidence,
            tuple(sorted(int(record[1:]) for record in judged.records(row, col))),
        )
    return found


DAYS = (None, *(day(n) for n in range(-1, 9)))


def agree(store: Store, oracle: Oracle) -> None:
    for revision in range(1, oracle.head + 1):
        for as_of in DAYS:
            assert answered(store, as_of, revision) == oracle.read(as_of, revision), (as_of, revision)
    assert answered(store, None, None) == oracle.read(None, oracle.head)


@given(history=steps)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_day_at_every_revision_in_a_file(sqlite_place: Any, history: list[tuple[str, Any]]) -> None:
    store = sqlite_place.fresh()
    agree(store, played(store, history))


@pytest.mark.neo4j
@given(history=steps)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_day_at_every_revision_on_a_server(neo4j_place: Any, history: list[tuple[str, Any]]) -> None:
    store = neo4j_place.fresh()
    agree(store, played(store, history))


TABLE = [
    # as_of, at_revision, expected
    (None, None, -2),
    (None, 1, None),
    (None, 2, 3),
    (None, 3, 3),  # a statement of an earlier day, learned later, does not move the latest
    (None, 4, 1),
    (None, 5, None),  # ended
    (None, 6, -2),
    (day(-1), 6, None),
    (day(0), 2, None),
    (day(4), 2, None),
    (day(5), 2, 3),
    (day(2), 3, 4),
    (day(5), 3, 3),
    (day(5), 4, 1),
    (day(7), 5, 1),
    (day(8), 5, None),  # past its end the older statement does not come back
    (day(8), 6, None),
    (day(9), 6, -2),
]


@pytest.mark.parametrize(("as_of", "at_revision", "expected"), TABLE)
def test_the_table_by_hand(
    store: Store, as_of: date | None, at_revision: int | None, expected: int | None
) -> None:
    write(store, actor("A1"), objective("O1"))
    write(store, position("A1", "O1", 3, on=5))
    write(store, position("A1", "O1", 4, on=2))
    write(store, position("A1", "O1", 1, on=5))
    write(store, position("A1", "O1", 1, on=5, valid_to=day(8)))
    write(store, position("A1", "O1", -2, on=9))
    assert value(store, as_of=as_of, at_revision=at_revision) == expected


def test_attributes_of_entities_vary_by_revision_not_by_day(store: Store) -> None:
    write(store, actor("A1", family="elu"))
    write(store, actor("A1", family="institution"))
    for as_of in (None, day(-300), day(100)):
        assert store.snapshot(as_of=as_of, at_revision=1).actors["A1"].family == "elu"
        assert store.snapshot(as_of=as_of).actors["A1"].family == "institution"


def test_the_latest_does_not_move_with_the_clock(
    make_store: Callable[[], Store], clock: Any, reopen: Callable[[], Store]
) -> None:
    store = make_store()
    write(store, actor("A1"), objective("O1"), position("A1", "O1", 3, valid_to=day(5)))
    before = store.snapshot()
    clock.advance(days=400)
    after = reopen().snapshot()
    assert (before.day, after.day) == (date(2026, 6, 15), date(2026, 6, 15))
    assert value(store) is None
