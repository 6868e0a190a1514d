"""SQLite packs a statement into few integers; what does not fit in one goes to the next, to the same snapshot."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from graph import Changes
from graph.model import Actor, Objective, Position
from graph.stores.sqlite import columns
from tests.conftest import Place


@pytest.mark.parametrize("bits", [1, 22, 40])
def test_words_of_any_size_give_the_same_columns(
    bits: int, sqlite_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sqlite_place.fresh()
    positions = [
        Position(
            actor=f"a{k % 5}",
            objective=f"o{k // 5}",
            value=k % 9 - 4,
            valid_from=date(1, 1, 1) if k == 0 else date(2020, 1, 1 + k),
            valid_to=date(2024, 1, 1) if k % 3 == 0 else None,
            confidence=None if k % 4 == 0 else k / 40,
            rater="atelier" if k % 2 else None,
            retained=k % 7 == 0,
            visibility=("public", "partenaires", "pilotes")[k % 3],
        )
        for k in range(25)
    ]
    store.commit(
        Changes(
            {
                "actors": [Actor(id=f"a{i}", name=f"A{i}") for i in range(5)],
                "objectives": [Objective(id=f"o{i}", name=f"O{i}") for i in range(5)],
                "positions": positions,
            }
        ),
        author="pilote",
        message="",
    )
    packed = sqlite_place.again().snapshot().positions.statements
    monkeypatch.setattr(columns, "WORD", bits)
    apart = sqlite_place.again().snapshot().positions.statements
    for field in fields(packed):
        np.testing.assert_array_equal(getattr(packed, field.name), getattr(apart, field.name))
    said = {(p.actor, p.objective): p for p in positions}
    for place in range(len(packed)):
        believed = said[f"a{packed.row[place]}", f"o{packed.col[place]}"]
        assert packed.value[place] == believed.value
        assert packed.valid_from[place] == believed.valid_from.toordinal()
        assert np.isnan(packed.confidence[place]) == (believed.confidence is None)
        assert bool(packed.retained[place]) == believed.retained
        assert (packed.rater[place] > 0) == (believed.rater is not None)
