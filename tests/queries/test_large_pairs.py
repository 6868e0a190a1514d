"""Beyond the size where every pair is held, the strongest are the same pairs with the same numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from graph import Changes, Snapshot, open_store
from graph.errors import TooLarge, UnknownFilter
from graph.model import Actor, Objective, Position
from queries import pairs
from queries.registry import ANALYSES, run

SIZE, OBJECTIVES, EACH = 120, 20, 8


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    rng = random.Random(7)
    url = f"sqlite:///{tmp_path_factory.mktemp('large') / 'large.db'}"
    positions = [
        Position(actor=f"a{i}", objective=f"o{o}", value=rng.randint(-4, 4), valid_from=date(2024, 1, 1))
        for i in range(SIZE)
        for o in rng.sample(range(OBJECTIVES), EACH)
    ]
    with open_store(url) as store:
        store.commit(
            Changes(
                {
                    "actors": [Actor(id=f"a{i}", name=f"A {i}") for i in range(SIZE)],
                    "objectives": [Objective(id=f"o{o}", name=f"O {o}") for o in range(OBJECTIVES)],
                    "positions": positions,
                }
            ),
            author="pilote",
            message="",
        )
    return url


@pytest.fixture
def snapshot(address: str) -> Snapshot:
    with open_store(address, create=False) as store:
        return store.snapshot()


@pytest.mark.parametrize("question", [pairs.convergences, pairs.divergences])
@pytest.mark.parametrize(
    "asked", [{"order": 1}, {"order": 2}, {"order": 2, "actor": "a7"}, {"order": 1, "actor": "a7"}]
)
def test_the_strongest_pairs_are_the_same(
    question: Callable[..., Any], asked: dict[str, Any], snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = question(snapshot, {**asked, "limit": 50})["items"][:50]
    monkeypatch.setattr(pairs, "MAX_DENSE", 100)
    assert list(question(snapshot, {**asked, "limit": 50})["items"]) == whole


def test_what_one_pass_cannot_answer_says_so(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MAX_DENSE", 100)
    with open_store(address, create=False) as store:
        for asked in ({"limit": 51}, {"reading": "convergent"}):
            with pytest.raises(TooLarge):
                run(store, ANALYSES["convergences"], asked)
        with pytest.raises(UnknownFilter):
            run(store, ANALYSES["convergences"], {"actor": "lune"})
        document = run(store, ANALYSES["convergences"], {"limit": 5})
    assert [note["code"] for note in document["notes"]] == ["strongest_only"]
    assert (len(document["items"]), document["next"]) == (5, None)
