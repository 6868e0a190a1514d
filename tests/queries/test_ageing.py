"""Positions that grow old, counted to the day read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from graph import Changes, Store
from graph.errors import InvalidCall
from graph.model import Actor, Objective, Position
from queries.ageing import elapsed, older
from queries.registry import ANALYSES, run


def said(actor: str, day: date, **more: object) -> Position:
    return Position(**{"actor": actor, "objective": "O", "value": 1, "valid_from": day, **more})  # type: ignore[arg-type]


@pytest.fixture
def store(stores: Iterator[Store]) -> Store:
    """The clock of the store says 10 March 2026."""
    found = next(stores)
    found.commit(
        Changes(
            puts={
                "actors": [Actor(id=a, name=a) for a in "ABCDE"],
                "objectives": [Objective(id="O", name="O")],
                "positions": [
                    said("A", date(2025, 9, 10)),
                    said("B", date(2025, 9, 9)),
                    said("C", date(2024, 1, 1)),
                    said("C", date(2026, 1, 1), rater="Atelier"),
                    said("D", date(2024, 5, 31)),
                    said("E", date(2024, 1, 1), valid_to=date(2025, 1, 1)),
                ],
            }
        ),
        author="tests",
        message="essai",
    )
    return found


def test_the_oldest_first_and_no_anniversary(store: Store) -> None:
    document = run(store, ANALYSES["ageing"], {})
    assert document["items"] == [
        {"actor": "D", "objective": "O", "date": "2024-05-31", "months": 21, "records": ["P5"]},
        {"actor": "B", "objective": "O", "date": "2025-09-09", "months": 6, "records": ["P2"]},
    ]
    assert document["params"]["months"] == 6
    assert "2 positions de plus de 6 mois, sur 4" in document["notes"][-1]["text"]


@pytest.mark.parametrize(("asked", "expected"), [({"months": 21}, ["D"]), ({"months": 22}, [])])
def test_another_age(store: Store, asked: dict[str, object], expected: list[str]) -> None:
    assert [item["actor"] for item in run(store, ANALYSES["ageing"], asked)["items"]] == expected


def test_at_another_day(store: Store) -> None:
    items = run(store, ANALYSES["ageing"], {"as_of": "2024-12-01"})["items"]
    assert [(item["actor"], item["months"]) for item in items] == [("C", 11), ("E", 11), ("D", 6)]


def test_a_new_opinion_makes_the_position_younger(store: Store) -> None:
    items = run(store, ANALYSES["ageing"], {"months": 0})["items"]
    (item,) = [item for item in items if item["actor"] == "C"]
    assert (item["date"], item["records"]) == ("2026-01-01", ["P3", "P4"])


def test_months_are_bounded(store: Store) -> None:
    with pytest.raises(InvalidCall):
        run(store, ANALYSES["ageing"], {"months": -1})


@pytest.mark.parametrize(
    ("since", "day", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 31), date(2026, 3, 1), 1),
        (date(2025, 12, 15), date(2026, 1, 15), 1),
        (date(2026, 1, 15), date(2026, 1, 15), 0),
    ],
)
def test_whole_months(since: date, day: date, months: int) -> None:
    assert elapsed(since, day) == months
    assert not older(since, day, months) or day.day != since.day
    assert older(since, day, months - 1)
