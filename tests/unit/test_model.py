"""The model described once: documents round trip, keys name what a row speaks of."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from graph.errors import InvalidValue
from graph.ids import check_entity_id, record_counter
from graph.model import SHEETS, TABLES, WRITE_ORDER, Actor, Influence, Position, from_document, to_document
from graph.stores.checks import validate, validate_all
from graph.vocabulary import shipped

TODAY = date(2026, 1, 1)


def test_sheets_are_those_of_the_workbook_in_order() -> None:
    expected = (
        "acteurs participations enjeux objectifs liens_objectifs positions influences projets cibles contributions "
        "territoires flux indicateurs seuils ressources tensions arbitrages concessions recits balises alias "
        "vocabulaire pactes experiences"
    )
    assert list(SHEETS) == expected.split()
    assert sorted(WRITE_ORDER) == sorted(TABLES)


def test_letters_of_record_ids_are_distinct() -> None:
    letters = [table.letter for table in TABLES.values() if not table.entity]
    assert len(letters) == len(set(letters))
    assert TABLES["positions"].letter == "P"


def test_a_document_comes_back_as_it_was() -> None:
    position = Position(
        actor="a", objective="o", value=-3, valid_from=date(2025, 2, 3), confidence=0.35,
        attributes=(("Couleur", "bleu"),), retained=True,
    )  # fmt: skip
    assert from_document(TABLES["positions"], to_document(position)) == position


@pytest.mark.parametrize("bad", ["", "é", "a b", "x" * 65, "a/b", "a\n"])
def test_malformed_ids_are_refused(bad: str) -> None:
    with pytest.raises(InvalidValue, match="64"):
        check_entity_id(bad)


def test_counters_are_read_back_only_from_ids_of_their_table() -> None:
    assert record_counter("P", "P12") == 12
    assert record_counter("P", "I12") is None
    assert record_counter("P", "P1²") is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Position(actor="a", objective="o", value=5, valid_from=TODAY), "-4"),
        (Position(actor="a", objective="o", value=1, valid_from=date(2026, 1, 2)), "futur"),
        (Position(actor="a", objective="o", value=1, valid_from=TODAY, confidence=1.5), "confiance"),
        (
            Position(actor="a", objective="o", value=1, valid_from=TODAY, valid_to=TODAY),
            "suivre la date",
        ),
        (Influence(source_actor="a", target_actor="a", value=1, valid_from=TODAY), "lui-même"),
        (Actor(id="a", name="x" * 1001), "1000"),
        (Actor(id="a", name=" "), "caractères"),
        (Actor(id="a", name="A", family="voisin"), "operateur"),
        (Actor(id="a", name="A", visibility="secret"), "public"),
    ],
)
def test_a_record_that_breaks_the_model_is_refused_with_the_column(value: object, message: str) -> None:
    table = next(t for t in TABLES.values() if isinstance(value, t.model))
    with pytest.raises(InvalidValue) as caught:
        validate(table, value, shipped(), TODAY)  # type: ignore[arg-type]
    assert message in caught.value.fr
    assert caught.value.en
    fine = dataclasses.replace(value, **FINE[table.name])  # type: ignore[type-var]
    with pytest.raises(InvalidValue) as together:
        validate_all(table, [fine, value, fine], shipped(), TODAY)  # type: ignore[list-item]
    assert together.value.fr == caught.value.fr


FINE: dict[str, dict[str, Any]] = {
    "positions": {"value": 1, "valid_from": TODAY, "valid_to": None, "confidence": None},
    "influences": {"target_actor": "b"},
    "actors": {"name": "A", "family": None, "visibility": "public"},
}
"""What mends each of the records above."""


@pytest.mark.parametrize("alike", [True, 1.0])
def test_what_equals_an_integer_is_not_taken_for_one_among_many(alike: Any) -> None:
    said = [Position(actor="a", objective="o", value=value, valid_from=TODAY) for value in (1, alike)]
    with pytest.raises(InvalidValue) as caught:
        validate_all(TABLES["positions"], said, shipped(), TODAY)
    assert "entier" in caught.value.fr


def test_of_many_records_the_first_wrong_one_is_named() -> None:
    said = [
        Position(actor="a", objective="o", value=1, valid_from=TODAY, confidence=1.5),
        Position(actor="a", objective="p", value=9, valid_from=TODAY),
    ]
    with pytest.raises(InvalidValue) as caught:
        validate_all(TABLES["positions"], said, shipped(), TODAY)
    assert "confiance" in caught.value.fr


def test_of_many_records_one_that_lacks_a_value_is_refused() -> None:
    said: list[Any] = [
        Position(actor="a", objective=objective, value=1, valid_from=day)  # type: ignore[arg-type]
        for objective, day in (("o", TODAY), ("p", None))
    ]
    with pytest.raises(InvalidValue) as caught:
        validate_all(TABLES["positions"], said, shipped(), TODAY)
    assert "obligatoire" in caught.value.fr
