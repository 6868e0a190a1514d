"""Several raters: each one's current statement, then the median, a contested pair, or what the pilot retained."""

from __future__ import annotations

import math
from typing import Any

import pytest

from graph import Put, Snapshot, Store
from tests.contract.build import SMALL, day, influence, position, retract, value, write


def coverage(snapshot: Snapshot) -> tuple[int, int]:
    return snapshot.coverage.positions, snapshot.coverage.contested


def test_another_rater_never_conflicts_and_never_replaces(store: Store) -> None:
    write(store, *SMALL)
    write(store, Put(position("A1", "O1", 1, rater="agence"), base=0))
    assert store.get("positions", "P1").value == position("A1", "O1", 3)
    assert value(store) == 1  # of two middle values, the one nearer 0
    snapshot = store.snapshot()
    assert snapshot.positions.records(0, 0) == ("P1", "P4")
    assert snapshot.positions.differing(0, 0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [((1, 2, 4), 2), ((-1, -4), -1), ((0, 3), 0), ((0, -3, -4), -3), ((2, 2, 2, 4), 2), ((0, 0), 0)],
)
def test_the_median_of_one_sign(store: Store, values: tuple[int, ...], expected: int) -> None:
    write(store, *SMALL)
    write(store, *(position("A3", "O1", v, rater=f"avis {n}") for n, v in enumerate(values)))
    assert value(store, "A3") == expected


def test_opposite_signs_are_contested_counted_apart_and_without_a_value(store: Store) -> None:
    write(store, *SMALL)
    assert coverage(store.snapshot()) == (3, 0)
    write(store, position("A1", "O1", -1, rater="agence"))
    snapshot = store.snapshot()
    assert value(store) is None
    assert coverage(snapshot) == (2, 1)
    assert snapshot.positions.contested.pair.tolist() == [0]
    values, known = snapshot.positions.dense()
    assert (values[0, 0], known[0, 0]) == (0, False)


def test_the_pilot_retains_one_value_and_may_let_go(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", -1, rater="agence"))
    write(store, position("A1", "O1", -1, rater="agence", retained=True))
    assert (value(store), coverage(store.snapshot())) == (-1, (3, 0))
    write(store, position("A1", "O1", -1, rater="agence"))
    assert (value(store), coverage(store.snapshot())) == (None, (2, 1))
    assert value(store, at_revision=3) == -1


def test_of_two_retained_the_latest_day(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", -1, on=3, rater="agence", retained=True))
    write(store, position("A1", "O1", 2, on=2, rater="atelier", retained=True))
    assert value(store) == -1
    assert value(store, as_of=day(2)) == 2


def test_a_later_statement_of_the_same_rater_ends_what_was_retained(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", -1, on=3, rater="agence", retained=True))
    write(store, position("A1", "O1", 2, on=4, rater="agence"))
    assert value(store) == 2


def test_confidence_is_the_least_of_those_used(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A3", "O1", 2, confidence=0.9), position("A3", "O1", 2, rater="x", confidence=0.3))
    write(store, position("A3", "O1", 2, rater="y"))
    assert store.snapshot().positions.confidence_at(2, 0) == 0.3
    write(store, position("A3", "O1", 2, rater="y", retained=True))
    assert store.snapshot().positions.confidence_at(2, 0) is None
    assert store.snapshot().positions.confidence_at(0, 0) is None
    assert math.isnan(store.snapshot().positions.effective.confidence[0])


def test_a_stated_zero_is_known_and_no_record_is_unknown(store: Store) -> None:
    write(store, *SMALL)
    before = coverage(store.snapshot())
    assert value(store, "A3") is None
    write(store, position("A3", "O1", 0))
    assert value(store, "A3") == 0
    assert coverage(store.snapshot()) == (before[0] + 1, 0)


def test_influences_settle_by_the_same_rules(store: Store) -> None:
    write(store, *SMALL)
    write(store, influence("A1", "A2", 4, rater="agence"), influence("A2", "A1", 0))
    snapshot = store.snapshot()
    assert (snapshot.influences.at(0, 1), snapshot.influences.at(1, 0)) == (2, 0)
    assert snapshot.influences.at(0, 2) is None
    assert snapshot.coverage.influences == 2
    retract(store, "influences:I1")
    assert store.snapshot().influences.at(0, 1) == 4


def test_a_rater_who_leaves_and_one_who_arrives(store: Store) -> None:
    write(store, *SMALL)
    write(store, position("A1", "O1", 1, rater="mairie"))
    store.snapshot()
    write(store, position("A1", "O1", 2, rater="agence"))
    assert value(store) == 2
    retract(store, "positions:P4")
    assert value(store) == 2
    retract(store, "positions:P1", "positions:P5")
    assert value(store) is None


def test_records_of_a_pair_listed_at_once_or_looked_for(
    sqlite_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sqlite_place.fresh()
    raters = [position("A1", "O1", 1, rater=name) for name in "zyx"]
    ended = [position("A3", "O1", 1, valid_to=day(1)), position("A3", "O2", 1), position("A3", "O2", 2, 3)]
    write(store, *SMALL, *raters, *ended)
    judged = store.snapshot().positions
    listed = {(i, j): judged.records(i, j) for i in range(3) for j in range(2)}
    monkeypatch.setattr("graph.judgements.LISTED", 0)
    assert {(i, j): judged.records(i, j) for i in range(3) for j in range(2)} == listed
    assert listed[0, 0] == ("P1", "P4", "P5", "P6")
    assert (listed[2, 0], listed[2, 1], listed[0, 1]) == ((), ("P9",), ())
