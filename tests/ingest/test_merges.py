"""Who is who: aliases, near-duplicates, SIREN, merges proposed and chosen, workbooks from before a merge."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph import Store
from graph.errors import InvalidValue
from tests.ingest.books import BASE, FORMATS, Rows, Sheets, held, load, plan, write

P = ["acteur", "objectif", "valeur", "date", "evaluateur"]


@pytest.fixture
def base(store: Store, tmp_path: Path) -> Store:
    load(store, write(tmp_path, BASE, name="base"))
    return store


# aliases


@pytest.mark.parametrize("kind", FORMATS)
def test_an_alias_stands_for_its_record_in_the_same_file(base: Store, tmp_path: Path, kind: str) -> None:
    sheets: Sheets = {
        "alias": [["table", "ancien", "id"], ["acteurs", "ville", "mairie"], ["Acteurs", "cite", "ville"]],
        "positions": [P, ["ville", "place", 2, "2024-01-01"], ["cite", "panier", 1, "2024-01-01", "cite"]],
        "objectifs": [["id", "nom", "porteurs"], ["panier", "Vendre en paniers", "cite; ville; amap"]],
    }
    load(base, write(tmp_path, sheets, kind))
    found = held(base)
    assert [says["actor"] for says in found["positions"].values()] == ["mairie", "mairie"]
    assert found["positions"]["P2"]["rater"] == "mairie"
    assert found["objectives"]["panier"]["bearers"] == ["mairie", "amap"]
    again = plan(base, write(tmp_path, sheets, kind))
    assert again.changes_total == 0
    assert again.status == "ready"


def test_a_row_under_an_old_id_speaks_of_the_record_and_never_overwrites_it(
    base: Store, tmp_path: Path
) -> None:
    load(base, write(tmp_path, {"alias": [["table", "ancien", "id"], ["acteurs", "ville", "mairie"]]}))
    path = write(tmp_path, {"acteurs": [["id", "nom", "type"], ["ville", "La Ville", "commune"]]})
    made = plan(base, path)
    assert [(change.action, change.record) for change in made.changes] == [("conflict", "mairie")]
    load(base, path, choices={"conflict:mairie": "file"})
    assert held(base)["actors"]["mairie"]["name"] == "La Ville"
    assert "ville" not in held(base)["actors"]


# merges and SIREN


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("mairie", "même nom que « La mairie »"),
        ("LA MAIRIE", "même nom"),
        ("Société La Mairie", "même nom"),
    ],
)
def test_a_merge_is_proposed_and_unanswered_both_are_created(
    base: Store, tmp_path: Path, name: str, because: str
) -> None:
    path = write(tmp_path, {"acteurs": [["id", "nom"], ["x", name]]})
    made = plan(base, path)
    assert [(twin.sheet, twin.row, twin.candidate) for twin in made.twins] == [("acteurs", 2, "mairie")]
    assert made.twins[0].because_fr.startswith(because)
    assert made.status == "ready"
    load(base, path)
    assert set(held(base)["actors"]) == {"mairie", "amap", "x"}


def test_a_slip_of_the_keyboard_is_near(store: Store, tmp_path: Path) -> None:
    rows: Rows = [
        ["id", "nom"],
        ["a", "Communauté de communes du Val"],
        ["b", "Comunauté de communes du Val"],
    ]
    made = plan(store, write(tmp_path, {"acteurs": rows}))
    assert [(twin.row, twin.candidate) for twin in made.twins] == [(3, "a")]


@pytest.mark.parametrize(("one", "two"), [("École 1", "École 2"), ("CAF", "CAE"), ("Le marché", "La mairie")])
def test_different_names_are_not_near(store: Store, tmp_path: Path, one: str, two: str) -> None:
    made = plan(store, write(tmp_path, {"acteurs": [["id", "nom"], ["a", one], ["b", two]]}))
    assert not made.twins


def test_a_merge_chosen_makes_an_alias(base: Store, tmp_path: Path) -> None:
    sheets: Sheets = {
        "acteurs": [["id", "nom", "type"], ["x", "La mairie", "commune"]],
        "positions": [P, ["x", "place", 2, "2024-01-01"]],
    }
    path = write(tmp_path, sheets)
    merge = {"merge:acteurs:2": "mairie"}
    load(base, path, choices={**merge, "conflict:mairie": "file"})
    found = held(base)
    assert set(found["actors"]) == {"mairie", "amap"}
    assert found["actors"]["mairie"]["type"] == "commune"
    assert found["positions"]["P1"]["actor"] == "mairie"
    assert base.aliases("actors") == {"x": "mairie"}
    assert plan(base, path).changes_total == 0
    assert plan(base, path, choices=merge).changes_total == 0


def test_the_same_siren_proposes_a_merge_whatever_the_name(store: Store, tmp_path: Path) -> None:
    head = ["id", "nom", "siren"]
    load(store, write(tmp_path, {"acteurs": [head, ["a", "La Poste", "356 000 000"]]}))
    assert held(store)["actors"]["a"]["siren"] == "356000000"
    made = plan(store, write(tmp_path, {"acteurs": [head, ["b", "Centre de tri", 356000000]]}))
    assert made.twins[0].because_fr == "même SIREN 356000000 que « La Poste »"


def test_different_sirens_are_different_actors(store: Store, tmp_path: Path) -> None:
    rows: Rows = [["id", "nom", "siren"], ["a", "Le Fournil", "356000000"], ["b", "Le Fournil", "732829320"]]
    assert not plan(store, write(tmp_path, {"acteurs": rows})).twins


def test_a_merge_into_nothing_is_refused(base: Store, tmp_path: Path) -> None:
    path = write(tmp_path, {"acteurs": [["id", "nom"], ["x", "La mairie"]]})
    with pytest.raises(InvalidValue, match="Vouliez-vous dire « mairie »"):
        plan(base, path, choices={"merge:acteurs:2": "mairi"})


def test_a_merge_of_a_stored_actor_is_another_command(base: Store, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="agencements merge"):
        plan(base, write(tmp_path, BASE), choices={"merge:acteurs:3": "mairie"})


@pytest.mark.parametrize("first", [True, False])
def test_two_rows_of_a_file_are_merged_whatever_their_order(
    store: Store, tmp_path: Path, first: bool
) -> None:
    rows: Rows = [["x", "Mairie", "commune", "", "vert"], ["mairie", "La mairie", "", "elu", ""]]
    sheets: Sheets = {
        "acteurs": [["id", "nom", "type", "famille", "couleur"], *(rows if first else rows[::-1])],
        "objectifs": [["id", "nom", "porteurs"], ["o", "O", "x"]],
    }
    path = write(tmp_path, sheets)
    choice = {f"merge:acteurs:{2 if first else 3}": "mairie"}
    load(store, path, choices=choice)
    assert store.aliases("actors") == {"x": "mairie"}
    found = held(store)
    assert found["actors"] == {
        "mairie": {
            "id": "mairie",
            "name": "La mairie",
            "type": "commune",
            "family": "elu",
            "attributes": {"couleur": "vert"},
            "visibility": "pilotes",
        }
    }
    assert found["objectives"]["o"]["bearers"] == ["mairie"]
    again = plan(store, path)
    assert again.status == "ready"
    assert {change.action for change in again.changes} == {"conflict"}
    assert again.apply(store, author="pilote").revision is None


@pytest.mark.parametrize("day", ["2024-01-01", ""])
def test_a_workbook_from_before_a_merge_asks_and_is_not_refused(
    base: Store, tmp_path: Path, day: str
) -> None:
    sheets: Sheets = {**BASE, "positions": [P, ["mairie", "place", 2, day], ["amap", "place", 1, day]]}
    path = write(tmp_path, sheets)
    load(base, path)
    base.merge("mairie", "amap", author="pilote")
    before = held(base)
    again = plan(base, path)
    assert again.status == "ready"
    assert {change.action for change in again.changes} == {"conflict"}
    assert again.apply(base, author="pilote").revision is None
    assert held(base) == before


def test_a_choice_that_answers_to_nothing_is_said(base: Store, tmp_path: Path) -> None:
    idle = {"merge:acteurs:99": "mairie", "conflict:P99": "file"}
    made = plan(base, write(tmp_path, BASE), choices=idle)
    said = [note.fr for note in made.report.notes if note.code == "idle_choice"]
    assert [key for key in idle if any(f"« {key} »" in text for text in said)] == list(idle)
