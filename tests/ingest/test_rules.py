"""The rules of an import: what rows change, what they leave, what is asked, what an old workbook may not undo."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph import Store
from graph.errors import InvalidValue, StaleRecord
from ingest import Plan, Stamp, export
from tests.ingest.books import BASE, FORMATS, TODAY, Rows, Sheets, counts, held, load, plan, write

P = ["acteur", "objectif", "valeur", "date", "evaluateur"]


def codes(made: Plan) -> list[str]:
    return [issue.code for issue in made.report.issues]


def position(store: Store, tmp_path: Path, *rows: list[Any], **options: Any) -> Plan:
    """Import rows of positions."""
    return load(store, write(tmp_path, {"positions": [P, *rows]}, name="positions"), **options)


def looked(store: Store, tmp_path: Path, *rows: list[Any], **options: Any) -> Plan:
    """The dry run of rows of positions."""
    return plan(store, write(tmp_path, {"positions": [P, *rows]}, name="positions"), **options)


def values(store: Store) -> dict[str, tuple[int, str]]:
    """(value, day) of each believed position."""
    found = held(store).get("positions", {})
    return {id_: (says["value"], says["valid_from"]) for id_, says in found.items()}


@pytest.fixture
def base(store: Store, tmp_path: Path) -> Store:
    load(store, write(tmp_path, BASE, name="base"))
    return store


def exported(store: Store, path: Path) -> Path:
    export(store.snapshot(), path, Stamp(store.head(), store.revision(store.head()).moment))
    return path


# importing twice


FULL: Sheets = {
    **BASE,
    "positions": [P, ["mairie", "place", 3, "2024-03-12", ""], ["amap", "place", -2, "", "mairie"]],
    "influences": [["de", "vers", "niveau"], ["mairie", "amap", 2]],
    "projets": [["id", "nom", "parent"], ["p", "Démarche", ""], ["q", "Projet", "p"]],
    "cibles": [["projet", "objectif", "poids"], ["q", "place", "0,5"]],
    "participations": [["acteur", "projet", "depuis"], ["amap", "q", ""], ["mairie", "q", "2020-01-01"]],
    "alias": [["table", "ancien", "id"], ["acteurs", "ville", "mairie"]],
    "vocabulaire": [["liste", "code", "libelle_fr"], ["famille", "recherche", "recherche"]],
}


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_file_twice_changes_nothing(store: Store, tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, FULL, kind)
    load(store, path)
    before, head = held(store), store.head()
    again = plan(store, path)
    assert again.status == "ready"
    assert again.changes_total == 0
    assert all(create == change == conflict == 0 for create, change, _, conflict in counts(again).values())
    outcome = again.apply(store, author="pilote")
    assert outcome.revision is None
    assert (held(store), store.head()) == (before, head)


def test_an_import_is_one_revision_with_its_hash(store: Store, tmp_path: Path) -> None:
    made = load(store, write(tmp_path, FULL))
    assert store.head() == 1
    written = store.revision(1)
    assert (written.origin, written.file_hash, written.message) == (
        "import",
        made.file_hash,
        "Import de classeur.xlsx",
    )
    assert len(made.file_hash) == 64


def test_a_plan_gone_stale_writes_nothing(base: Store, tmp_path: Path) -> None:
    first = plan(base, write(tmp_path, {"acteurs": [["id", "nom"], ["amap", "Un"]]}, name="un"))
    second = plan(base, write(tmp_path, {"acteurs": [["id", "nom"], ["amap", "Deux"]]}, name="deux"))
    first.apply(base, author="a")
    head = base.head()
    with pytest.raises(StaleRecord):
        second.apply(base, author="b")
    assert base.head() == head


@pytest.mark.parametrize("kind", FORMATS)
def test_ids_are_given_in_the_order_of_the_file(make_store: Any, tmp_path: Path, kind: str) -> None:
    rows: list[list[Any]] = [[a, o, 1, ""] for a in ("mairie", "amap") for o in ("panier", "place")]
    rows.insert(1, ["amap", "place", 2, "2024-01-01"])
    path = write(tmp_path, {**BASE, "positions": [P, *rows]}, kind)
    first, second = make_store(), make_store()
    for store in (first, second):
        load(store, path)
    assert held(first) == held(second)
    found = [(s["actor"], s["objective"], s["value"]) for s in held(first)["positions"].values()]
    assert found == [
        ("mairie", "panier", 1),
        ("amap", "place", 2),
        ("mairie", "place", 1),
        ("amap", "panier", 1),
        ("amap", "place", 1),
    ]
    assert list(held(first)["positions"]) == ["P1", "P2", "P3", "P4", "P5"]


# what is not said


@pytest.mark.parametrize("kind", FORMATS)
def test_absent_rows_columns_and_empty_cells_leave_things_as_they_are(
    store: Store, tmp_path: Path, kind: str
) -> None:
    full = ["id", "nom", "type", "famille", "competences", "couleur"]
    load(
        store,
        write(tmp_path, {"acteurs": [full, ["a", "A", "asso", "elu", "x; y", "bleu"], ["b", "B"]]}, kind),
    )
    before = held(store)
    shorter = {"acteurs": [["id", "type", "nom", "competences"], ["a", "", "A", ""]]}
    path = write(tmp_path, shorter, kind, "moins")
    assert plan(store, path).changes_total == 0
    load(store, path)
    assert held(store) == before


def test_a_required_column_is_required_even_for_known_records(base: Store, tmp_path: Path) -> None:
    made = plan(base, write(tmp_path, {"acteurs": [["id", "type"], ["amap", "asso"]]}))
    assert codes(made) == ["missing_column"]


def test_an_empty_required_cell_of_a_known_record_leaves_it(base: Store, tmp_path: Path) -> None:
    load(base, write(tmp_path, {"acteurs": [["id", "nom", "type"], ["amap", "", "asso"]]}))
    says = held(base)["actors"]["amap"]
    assert (says["name"], says["type"]) == ("L'AMAP", "asso")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_dash_clears(store: Store, tmp_path: Path, kind: str) -> None:
    head = ["id", "nom", "type", "competences", "personne", "visibilite", "couleur"]
    load(store, write(tmp_path, {"acteurs": [head, ["a", "A", "t", "x; y", "oui", "public", "bleu"]]}, kind))
    load(store, write(tmp_path, {"acteurs": [head, ["a", "A", *["-"] * 5]]}, kind, "vide"))
    assert held(store)["actors"]["a"] == {"id": "a", "name": "A", "visibility": "pilotes"}


def test_a_dash_may_not_clear_what_is_required(base: Store, tmp_path: Path) -> None:
    made = plan(base, write(tmp_path, {"acteurs": [["id", "nom"], ["amap", "-"]]}))
    assert [(issue.code, issue.column) for issue in made.report.issues] == [("missing_value", "nom")]


def test_a_dash_in_an_id_is_no_id(base: Store, tmp_path: Path) -> None:
    assert codes(plan(base, write(tmp_path, {"acteurs": [["id", "nom"], ["-", "X"]]}))) == ["missing_value"]


# taking back


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("yes", ["oui", "OUI", "x", "1", "yes"])
def test_supprimer_takes_the_row_back(base: Store, tmp_path: Path, kind: str, yes: str) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    head = [*P, "supprimer"]
    rows: Rows = [
        head,
        ["mairie", "place", "", "2024-03-12", "", yes],
        ["mairie", "panier", 1, "", "", "non"],
    ]
    made = load(base, write(tmp_path, {"positions": rows}, kind, "retrait"))
    assert [change.action for change in made.changes] == ["retract", "create"]
    assert values(base) == {"P2": (1, TODAY.isoformat())}


def test_an_undated_row_takes_back_the_current_statement(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2023-01-01"], ["mairie", "place", 1, "2024-01-01"])
    rows: Rows = [[*P, "supprimer"], ["mairie", "place", "", "", "", "oui"]]
    load(base, write(tmp_path, {"positions": rows}, name="retrait"))
    assert values(base) == {"P1": (3, "2023-01-01")}


def test_taking_back_what_is_not_there_changes_nothing(base: Store, tmp_path: Path) -> None:
    rows: Rows = [["id", "nom", "supprimer"], ["inconnu", "X", "oui"]]
    assert plan(base, write(tmp_path, {"acteurs": rows})).changes_total == 0


def test_an_entity_still_needed_is_not_taken_back(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    gone: Sheets = {"acteurs": [["id", "nom", "supprimer"], ["mairie", "La mairie", "oui"]]}
    made = plan(base, write(tmp_path, gone))
    assert codes(made) == ["dependents"]
    said = made.report.issues[0].message()
    assert "ligne 2, colonne « id » : « mairie » — encore lié à positions:P1" in said
    assert "retirez d'abord ces enregistrements, ou fusionnez" in said


def test_an_entity_is_taken_back_with_its_dependents(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    gone: Sheets = {
        "acteurs": [["id", "nom", "supprimer"], ["mairie", "La mairie", "oui"]],
        "positions": [[*P, "supprimer"], ["mairie", "place", "", "2024-03-12", "", "oui"]],
    }
    load(base, write(tmp_path, gone))
    assert set(held(base)["actors"]) == {"amap"}
    assert "positions" not in held(base)


def test_a_dependent_given_another_end_no_longer_holds(base: Store, tmp_path: Path) -> None:
    projects = ["id", "nom", "pilote", "supprimer"]
    load(base, write(tmp_path, {"projets": [projects, ["p", "P", "mairie"]]}))
    moved: Sheets = {
        "acteurs": [["id", "nom", "supprimer"], ["mairie", "La mairie", "oui"]],
        "projets": [projects, ["p", "P", "amap"]],
    }
    load(base, write(tmp_path, moved))
    assert held(base)["projects"]["p"]["pilot"] == "amap"
    assert set(held(base)["actors"]) == {"amap"}


def test_a_row_may_not_use_what_the_file_takes_back(base: Store, tmp_path: Path) -> None:
    both: Sheets = {
        "acteurs": [["id", "nom", "supprimer"], ["mairie", "La mairie", "oui"]],
        "positions": [P, ["mairie", "place", 1]],
    }
    assert "unknown_reference" in codes(plan(base, write(tmp_path, both)))


def test_an_id_taken_back_is_not_reused(base: Store, tmp_path: Path) -> None:
    load(base, write(tmp_path, {"acteurs": [["id", "nom", "supprimer"], ["amap", "L'AMAP", "oui"]]}))
    made = plan(base, write(tmp_path, {"acteurs": [["id", "nom"], ["amap", "Une autre"]]}))
    assert codes(made) == ["reused_id"]
    assert "agencements undo" in made.report.issues[0].message()


# statements without a date


def test_an_undated_value_is_dated_by_the_import(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, ""], day=date(2025, 5, 5))
    assert values(base) == {"P1": (3, "2025-05-05")}
    position(base, tmp_path, ["amap", "place", 1, ""])
    assert values(base)["P2"] == (1, TODAY.isoformat())


def test_the_current_value_undated_changes_nothing(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    assert looked(base, tmp_path, ["mairie", "place", 3, ""]).changes_total == 0


def test_another_value_undated_is_a_new_statement(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    position(base, tmp_path, ["mairie", "place", 1, ""])
    assert values(base) == {"P1": (3, "2024-03-12"), "P2": (1, TODAY.isoformat())}


def test_each_rater_has_statements_of_its_own(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12", "amap"])
    made = position(base, tmp_path, ["mairie", "place", 3, "", ""])
    assert [change.action for change in made.changes] == ["create"]
    assert len(values(base)) == 2


def test_another_cell_undated_completes_the_current_statement(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    rows: Rows = [["acteur", "objectif", "valeur", "confiance"], ["mairie", "place", 3, "0,4"]]
    load(base, write(tmp_path, {"positions": rows}))
    assert values(base) == {"P1": (3, "2024-03-12")}
    assert held(base)["positions"]["P1"]["confidence"] == 0.4


def test_the_same_day_with_another_value_is_a_correction(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    made = position(base, tmp_path, ["mairie", "place", 2, "12/03/2024"])
    assert [change.action for change in made.changes] == ["change"]
    assert values(base) == {"P1": (2, "2024-03-12")}


# an old workbook


@pytest.fixture
def moved_on(base: Store, tmp_path: Path) -> Store:
    """A store where +3 was said, then −1 later."""
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    position(base, tmp_path, ["mairie", "place", -1, "2025-03-12"])
    return base


def test_an_old_workbook_never_silently_reverts(moved_on: Store, tmp_path: Path) -> None:
    made = looked(moved_on, tmp_path, ["mairie", "place", 3, ""])
    assert counts(made)["positions"] == (0, 0, 0, 1)
    assert [(change.action, change.record) for change in made.changes] == [("conflict", "P2")]
    assert made.status == "ready"
    assert made.apply(moved_on, author="pilote").revision is None
    assert values(moved_on) == {"P1": (3, "2024-03-12"), "P2": (-1, "2025-03-12")}


@pytest.mark.parametrize("key", ["conflict:P2", "conflict:positions:P2"])
def test_the_pilot_chooses_the_file(moved_on: Store, tmp_path: Path, key: str) -> None:
    position(moved_on, tmp_path, ["mairie", "place", 3, ""], choices={key: "file"})
    assert values(moved_on)["P3"] == (3, TODAY.isoformat())


def test_the_pilot_chooses_the_store(moved_on: Store, tmp_path: Path) -> None:
    made = looked(moved_on, tmp_path, ["mairie", "place", 3, ""], choices={"conflict:P2": "store"})
    assert counts(made)["positions"] == (0, 0, 1, 0)


def test_a_corrected_value_does_not_come_back_undated(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    position(base, tmp_path, ["mairie", "place", 2, "2024-03-12"])
    made = looked(base, tmp_path, ["mairie", "place", 3, ""])
    assert [(change.action, change.record) for change in made.changes] == [("conflict", "P1")]


def test_a_corrected_value_does_not_come_back_dated(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    position(base, tmp_path, ["mairie", "place", 2, "2024-03-12"])
    made = looked(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    assert [(change.action, change.record) for change in made.changes] == [("conflict", "P1")]
    made = position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"], choices={"conflict:P1": "file"})
    assert values(base) == {"P1": (3, "2024-03-12")}


def test_a_statement_taken_back_does_not_come_back(base: Store, tmp_path: Path) -> None:
    position(base, tmp_path, ["mairie", "place", 3, "2024-03-12"])
    rows: Rows = [[*P, "supprimer"], ["mairie", "place", "", "2024-03-12", "", "oui"]]
    load(base, write(tmp_path, {"positions": rows}, name="retrait"))
    for day in ("", "2024-03-12"):
        made = looked(base, tmp_path, ["mairie", "place", 3, day])
        assert [(change.action, change.record) for change in made.changes] == [("conflict", "P1")]


def test_an_old_name_does_not_come_back(base: Store, tmp_path: Path) -> None:
    load(base, write(tmp_path, {"acteurs": [["id", "nom"], ["amap", "L'AMAP des Prés"]]}))
    made = plan(base, write(tmp_path, BASE))
    assert counts(made)["actors"] == (0, 0, 1, 1)
    assert made.changes[0].record == "amap"
    assert made.changes[0].before == {"name": "L'AMAP des Prés"}
    assert made.changes[0].after == {"name": "L'AMAP"}
    load(base, write(tmp_path, BASE), choices={"conflict:amap": "file"})
    assert held(base)["actors"]["amap"]["name"] == "L'AMAP"


# exports carry their revision


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_comes_back_as_nothing_to_change(moved_on: Store, tmp_path: Path, kind: str) -> None:
    path = exported(moved_on, tmp_path / ("export" if kind == "csv" else f"export.{kind}"))
    assert plan(moved_on, path).changes_total == 0


def edited(store: Store, tmp_path: Path, name: str) -> Path:
    """An export where somebody then wrote another name for amap, at the revision it shows."""
    sheets: Sheets = {**BASE, "acteurs": [["id", "nom"], ["mairie", "La mairie"], ["amap", name]]}
    stamp: Rows = [["revision", store.head()], ["moment", store.revision(store.head()).moment]]
    return write(tmp_path, {**sheets, "_export": stamp}, name="export")


def test_a_row_changed_in_the_export_alone_is_applied(base: Store, tmp_path: Path) -> None:
    path = edited(base, tmp_path, "AMAP du marché")
    load(base, write(tmp_path, {"acteurs": [["id", "nom"], ["mairie", "Mairie"]]}, name="ailleurs"))
    made = load(base, path)
    assert [(change.action, change.record) for change in made.changes] == [("change", "amap")]
    names = {id_: says["name"] for id_, says in held(base)["actors"].items()}
    assert names == {"mairie": "Mairie", "amap": "AMAP du marché"}


def test_an_earlier_value_typed_into_an_export_is_meant(base: Store, tmp_path: Path) -> None:
    load(base, write(tmp_path, {"acteurs": [["id", "nom"], ["amap", "Autre"]]}))
    made = plan(base, edited(base, tmp_path, "L'AMAP"))
    assert [(change.action, change.record) for change in made.changes] == [("change", "amap")]


def test_a_row_changed_in_both_is_a_conflict(base: Store, tmp_path: Path) -> None:
    path = edited(base, tmp_path, "AMAP du marché")
    load(base, write(tmp_path, {"acteurs": [["id", "nom"], ["amap", "AMAP des Prés"]]}, name="ailleurs"))
    made = plan(base, path)
    assert [(change.action, change.record) for change in made.changes] == [("conflict", "amap")]
    assert made.status == "ready"
    made.apply(base, author="pilote")
    assert held(base)["actors"]["amap"]["name"] == "AMAP des Prés"
    load(base, path, choices={"conflict:amap": "file"})
    assert held(base)["actors"]["amap"]["name"] == "AMAP du marché"


def test_a_row_taken_back_since_the_export_stays_so(base: Store, tmp_path: Path) -> None:
    path = edited(base, tmp_path, "L'AMAP")
    load(
        base, write(tmp_path, {"acteurs": [["id", "nom", "supprimer"], ["amap", "", "oui"]]}, name="retrait")
    )
    assert plan(base, path).changes_total == 0


def test_a_retraction_in_an_export_of_what_changed_since_is_a_conflict(base: Store, tmp_path: Path) -> None:
    stamp: Rows = [["revision", base.head()], ["moment", base.revision(base.head()).moment]]
    gone: Sheets = {"acteurs": [["id", "nom", "supprimer"], ["amap", "L'AMAP", "oui"]], "_export": stamp}
    load(base, write(tmp_path, {"acteurs": [["id", "nom"], ["amap", "Renommée"]]}))
    path = write(tmp_path, gone, name="export")
    made = plan(base, path)
    assert [change.action for change in made.changes] == ["conflict"]
    load(base, path, choices={"conflict:amap": "file"})
    assert set(held(base)["actors"]) == {"mairie"}


def test_an_export_of_another_store_is_an_ordinary_workbook(base: Store, tmp_path: Path) -> None:
    stamp: Rows = [["revision", 1], ["moment", "1999-01-01T00:00:00+00:00"]]
    made = plan(base, write(tmp_path, {**BASE, "_export": stamp}))
    assert [note.code for note in made.report.notes] == ["other_store"]
    assert made.changes_total == 0


# choices that mean nothing


@pytest.mark.parametrize(
    "choice",
    [
        {"zero": "maybe"},
        {"zero:x": "neutral"},
        {"merge:2": "a"},
        {"merge:acteurs:x": "a"},
        {"conflict:": "file"},
        {"conflict:P1": "both"},
        {"other": "x"},
    ],
)
def test_a_choice_not_understood_is_refused(base: Store, tmp_path: Path, choice: dict[str, str]) -> None:
    with pytest.raises(InvalidValue, match="Choix non compris"):
        plan(base, write(tmp_path, BASE), choices=choice)
