"""What changed between two revisions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph import Changes, Retract, Store
from graph.errors import InvalidValue, NotFound
from graph.model import Actor
from queries.difference import difference
from tests.queries.matrices import DAY, changes
from tests.queries.territory import position


@pytest.fixture(scope="module")
def store(stores: Any) -> Store:
    """Four revisions: creation, a correction and a new statement, a retraction, an addition taken back."""
    found: Store = next(stores)
    found.commit(changes([[1, 2], [3, None]]), author="tests", message="1")
    later = [position("A0", "O0", -1), position("A1", "O0", 2, valid_from=date(2026, 2, 1))]
    found.commit(
        Changes(puts={"positions": later, "actors": [Actor(id="A0", name="Autre nom")]}),
        author="tests",
        message="2",
    )
    found.commit(Changes(retracts=[Retract("positions", "P2")]), author="tests", message="3")
    found.commit(Changes(puts={"positions": [position("A1", "O1", 4)]}), author="tests", message="4")
    found.commit(Changes(retracts=[Retract("positions", "P5")]), author="tests", message="5")
    return found


def told(store: Store, start: int, stop: int) -> list[tuple[str, str, str]]:
    return [(i["table"], i["record"], i["change"]) for i in difference(store, start, stop)["items"]]


def test_from_nothing_everything_is_created(store: Store) -> None:
    assert told(store, 0, 1) == [
        ("actors", "A0", "created"),
        ("actors", "A1", "created"),
        ("objectives", "O0", "created"),
        ("objectives", "O1", "created"),
        ("positions", "P1", "created"),
        ("positions", "P2", "created"),
        ("positions", "P3", "created"),
    ]


def test_only_the_fields_that_differ(store: Store) -> None:
    document = difference(store, 1, 2)
    assert (document["from"], document["to"]) == (1, 2)
    name, correction, statement = document["items"]
    assert name == {
        "table": "actors",
        "record": "A0",
        "change": "changed",
        "before": {"name": "Acteur A0"},
        "after": {"name": "Autre nom"},
    }
    assert (correction["record"], correction["before"], correction["after"]) == (
        "P1",
        {"value": 1},
        {"value": -1},
    )
    # another day is another statement
    assert (statement["record"], statement["change"], statement["before"]) == ("P4", "created", None)
    assert statement["after"]["value"] == 2


def test_retracted_and_taken_back(store: Store) -> None:
    (item,) = difference(store, 2, 3)["items"]
    assert (item["record"], item["change"], item["after"]) == ("P2", "retracted", None)
    assert item["before"]["valid_from"] == DAY.isoformat()
    # created in 4, retracted in 5: nothing between 3 and 5
    assert told(store, 3, 5) == []
    assert told(store, 3, 4) == [("positions", "P5", "created")]
    assert told(store, 4, 4) == []


def test_steps_add_up(store: Store) -> None:
    whole = {(t, r) for t, r, _ in told(store, 0, 5)}
    assert whole == {
        *(("actors", "A0"), ("actors", "A1"), ("objectives", "O0"), ("objectives", "O1")),
        *(("positions", "P1"), ("positions", "P3"), ("positions", "P4")),
    }


def test_wrong_revisions(store: Store) -> None:
    with pytest.raises(InvalidValue, match="inversez"):
        difference(store, 2, 1)
    with pytest.raises(NotFound):
        difference(store, 1, 6)
    with pytest.raises(NotFound):
        difference(store, -1, 2)
