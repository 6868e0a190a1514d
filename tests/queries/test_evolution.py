"""Between two days at one revision: moved, learned and lost, for positions, pairs, zones and involvements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import Changes, Store
from graph.errors import InvalidCall
from graph.model import Actor, Fact, Objective, Pact, Participation, Position, Project, Territory
from queries.evolution import changed_pairs, changed_positions, codes, read_on
from queries.kernels.pairs import READINGS
from queries.pairs import pairs_of
from queries.registry import ANALYSES, run
from tests.queries.matrices import Make, cartographies

START, MIDDLE, STOP = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
DATES = {"from": "2026-01-01", "to": "2026-03-01"}


def position(actor: str, objective: str, value: int, day: date = START, **more: Any) -> Position:
    return Position(actor=actor, objective=objective, value=value, valid_from=day, **more)


def commit(stores: Iterator[Store], positions: list[Position], **tables: list[Fact]) -> Store:
    store = next(stores)
    actors = sorted({p.actor for p in positions})
    objectives = sorted({p.objective for p in positions})
    puts: dict[str, list[Fact]] = {
        "actors": [Actor(id=a, name=a) for a in actors],
        "objectives": [Objective(id=o, name=o) for o in objectives],
        "positions": list(positions),
    }
    store.commit(Changes(puts={**puts, **tables}), author="tests", message="essai")
    return store


def found(store: Store, kind: str | None = None, **more: object) -> list[tuple[Any, ...]]:
    document = run(store, ANALYSES["evolution"], {**DATES, "limit": 1000, **more})
    return [
        (*item["ids"], item["before"], item["after"], item["change"])
        for item in document["items"]
        if kind in (None, item["kind"])
    ]


def test_a_position_moves_is_learned_or_lost(stores: Iterator[Store]) -> None:
    store = commit(
        stores,
        [
            position("A", "O1", -2),
            position("A", "O1", 1, MIDDLE),
            position("A", "O2", 3, MIDDLE),
            position("B", "O1", 4, valid_to=MIDDLE),
            position("B", "O2", 0),
        ],
    )
    document = run(store, ANALYSES["evolution"], DATES)
    positions = [item for item in document["items"] if item["kind"] == "position"]
    assert positions[0] == {
        "kind": "position",
        "ids": ["A", "O1"],
        "before": -2,
        "after": 1,
        "change": "moved",
        "records": ["P1", "P2"],
    }
    assert [(p["ids"], p["before"], p["after"], p["change"]) for p in positions[1:]] == [
        (["B", "O1"], 4, None, "lost"),
        (["A", "O2"], None, 3, "learned"),
    ]
    told = document["notes"][-1]
    assert told["code"] == "distance"
    assert "1 position déplacée, distance parcourue 3" in told["text"]
    assert "1 apprise et 1 perdue," in told["text"]


def test_a_correction_is_not_a_change(stores: Iterator[Store]) -> None:
    store = commit(stores, [position("A", "O1", -2)])
    store.commit(Changes(puts={"positions": [position("A", "O1", 4)]}), author="tests", message="correction")
    assert found(store) == []
    assert found(store, at_revision=1) == []


def test_a_stated_neutrality_moves_and_an_unknown_is_learned(stores: Iterator[Store]) -> None:
    store = commit(stores, [position("A", "O1", 0), position("A", "O1", 1, MIDDLE)])
    assert found(store, "position") == [("A", "O1", 0, 1, "moved")]


def test_a_pair_moves_only_by_positions_known_on_both_days(stores: Iterator[Store]) -> None:
    store = commit(
        stores,
        [
            *(position(a, "O1", 2) for a in "ABCD"),
            # B turns against; C states another disagreement with A for the first time
            position("B", "O1", -3, MIDDLE),
            position("A", "O2", 1),
            position("C", "O2", -1, MIDDLE),
            # E is unknown before, F after
            position("E", "O1", 2, MIDDLE),
            position("F", "O1", 2, valid_to=MIDDLE),
        ],
    )
    pairs = {(a, b): rest for a, b, *rest in found(store, "pair")}
    assert pairs["A", "B"] == ["convergent", "conflictual", "moved"]
    assert pairs["A", "C"] == ["convergent", "to_arbitrate", "learned"]
    assert pairs["A", "E"] == ["unknown", "convergent", "learned"]
    assert pairs["A", "F"] == ["convergent", "unknown", "lost"]
    assert ("A", "D") not in pairs


def test_a_disagreement_that_is_lost_changes_the_pair_without_moving_it(stores: Iterator[Store]) -> None:
    store = commit(
        stores,
        [
            *(position(a, "O1", 3) for a in "AB"),
            position("A", "O2", 1),
            position("B", "O2", -1, valid_to=MIDDLE),
        ],
    )
    assert found(store, "pair") == [("A", "B", "to_arbitrate", "convergent", "lost")]


def test_a_zone_is_compared_by_its_own_cells(stores: Iterator[Store]) -> None:
    store = commit(
        stores,
        [
            *(position(a, "O1", 2) for a in "AB"),
            position("B", "O1", 4, MIDDLE),
            position("C", "O2", 1),
            position("D", "O2", -1),
            position("D", "O2", 1, MIDDLE),
            position("E", "O3", 1),
            position("F", "O3", 2, MIDDLE),
            position("G", "O4", 1),
            position("H", "O4", 2, valid_to=MIDDLE),
        ],
    )
    zones = {tuple(actors): rest for _, *actors, b, a, c in found(store, "zone") for rest in [(b, a, c)]}
    assert zones == {
        ("A", "B"): (4.0, 6.0, "moved"),
        ("C", "D"): (None, 2.0, "moved"),
        ("E", "F"): (None, 3.0, "learned"),
        ("G", "H"): (3.0, None, "lost"),
    }
    named = {item[0] for item in found(store, "zone")}
    today = {z["id"] for z in run(store, ANALYSES["zones/convergence"], {"as_of": STOP})["items"]}
    assert len(named & today) == 3


def test_who_comes_and_who_leaves_a_project(stores: Iterator[Store]) -> None:
    def part(actor: str, **more: Any) -> Participation:
        return Participation(actor=actor, project="P", **more)

    actors = [Actor(id=a, name=a, involvement="impacte" if a == "C" else None) for a in "ABCD"]
    store = commit(
        stores,
        [position("A", "O1", 1)],
        actors=list(actors),
        projects=[Project(id="P", name="P"), Project(id="Q", name="Q", parent="P")],
        participations=[
            part("A", involvement="concerne", until=MIDDLE, since=date(2025, 1, 1)),
            part("A", involvement="implique", since=MIDDLE),
            part("B", involvement="implique", until=MIDDLE),
            part("C", since=MIDDLE),
            part("D", involvement="implique"),
        ],
    )
    expected = [
        ("A", "P", "concerne", "implique", "moved"),
        ("B", "P", "implique", None, "lost"),
        ("C", "P", None, "impacte", "learned"),
    ]
    assert found(store, "involvement") == expected
    assert found(store, "involvement", project="P") == expected, "B left, and is told all the same"
    assert found(store, "involvement", project="Q") == []


def test_a_pact_is_signed_then_comes_up_for_review(stores: Iterator[Store]) -> None:
    store = commit(
        stores,
        [position("A", "O1", 1)],
        territories=[
            Territory(id="D", name="D"),
            Territory(id="V", name="V", parents=("D",)),
            Territory(id="W", name="W"),
        ],
        pacts=[
            Pact(id="P1", title="P1", parties=("V", "W"), signed_on=MIDDLE),
            Pact(id="P2", title="P2", parties=("W",), signed_on=START, review_on=STOP),
            Pact(id="P3", title="P3", parties=("W",), signed_on=date(2025, 1, 1)),
            Pact(id="P4", title="P4", parties=("W",)),
        ],
    )
    assert found(store, "pact") == [
        ("P1", "V", "W", "draft", "signed", "moved"),
        ("P2", "W", "signed", "to_review", "moved"),
    ]
    assert found(store, "pact", territory="D") == [("P1", "V", "W", "draft", "signed", "moved")]
    assert found(store, "pact", to="2026-01-31") == []


def test_contested_is_not_a_value(stores: Iterator[Store]) -> None:
    store = commit(stores, [position("A", "O1", 2), position("A", "O1", -2, MIDDLE, rater="Atelier")])
    assert found(store, "position") == [("A", "O1", 2, None, "lost")]


def test_dates_are_needed_and_in_order(stores: Iterator[Store]) -> None:
    store = commit(stores, [position("A", "O1", 2)])
    with pytest.raises(InvalidCall) as both:
        run(store, ANALYSES["evolution"], {})
    assert [fault.parameter for fault in both.value.faults] == ["from", "to"]
    with pytest.raises(InvalidCall, match="vient après"):
        run(store, ANALYSES["evolution"], {"from": "2026-03-01", "to": "2026-01-01"})
    assert found(store, to="2026-01-01") == []


def test_pages_add_up_to_the_whole(stores: Iterator[Store]) -> None:
    store = commit(
        stores,
        [position(a, "O1", v, d) for a, v, d in [("A", 1, START), ("A", 3, MIDDLE), ("B", 2, MIDDLE)]],
    )
    whole = run(store, ANALYSES["evolution"], DATES)["items"]
    pages: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not pages:
        page = run(store, ANALYSES["evolution"], {**DATES, "limit": 1, "cursor": cursor})
        pages += page["items"]
        cursor = page["next"]
    assert pages == whole
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole


@settings(deadline=None, max_examples=60)
@given(drawn=cartographies())
def test_codes_are_the_readings_of_pairs(make: Make, drawn: Any) -> None:
    snapshot = make(*drawn)
    pairs = pairs_of(snapshot, 2)
    found = codes(*snapshot.positions.dense())
    n = len(snapshot.actors)
    for i in range(n):
        for j in range(i + 1, n):
            assert READINGS[found[i, j]] == pairs.reading(i, j)


@settings(deadline=None, max_examples=60)
@given(drawn=cartographies(), moves=st.data())
def test_what_moved_is_what_was_put_in_its_place(make: Make, drawn: Any, moves: st.DataObject) -> None:
    """Against another snapshot of the same actors: exactly the cells changed, and pairs read as they then read."""
    before = make(*drawn)
    values, known = before.positions.dense()
    cell = st.tuples(
        st.sampled_from(range(values.shape[0])),
        st.sampled_from(range(values.shape[1])),
        st.one_of(st.none(), st.integers(-4, 4)),
    )
    wanted = {(i, o): v for i, o, v in moves.draw(st.lists(cell, max_size=4))}
    after = before.with_positions(
        {(before.actors.ids[i], before.objectives.ids[o]): v for (i, o), v in wanted.items()}
    )
    expected = {
        (i, o, int(values[i, o]) if known[i, o] else None, v)
        for (i, o), v in wanted.items()
        if v != (int(values[i, o]) if known[i, o] else None)
    }
    assert set(changed_positions(before, after)) == expected
    first, last = pairs_of(before, 2), pairs_of(after, 2)
    for i, j, old, new, change in changed_pairs(before, after):
        assert (old, new) == (first.reading(i, j), last.reading(i, j))
        assert (change == "learned") >= (old == "unknown")
        assert (change == "lost") >= (new == "unknown")
    if all(v is not None and known[cell] for cell, v in wanted.items()):
        assert {change for *_, change in changed_pairs(before, after)} <= {"moved"}


def test_reading_on_the_day_read_changes_nothing(stores: Iterator[Store]) -> None:
    store = commit(stores, [position("A", "O1", 2), position("A", "O1", -2, MIDDLE)])
    for day in (START, MIDDLE, date(2025, 1, 1)):
        one, other = store.snapshot(as_of=day), read_on(store.snapshot(), day)
        assert changed_positions(one, other) == []
        assert one.coverage == other.coverage
