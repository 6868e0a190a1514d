"""A dry run tells every problem at once: what one fault says, it says too among the others, and no fault invents one.

What each fault must say, and where, is written beside it; several together must say just the union.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import Store, open_store
from ingest import flow_territories
from tests.ingest.books import BASE, FORMATS, Rows, Sheets, load, plan, text, write
from tests.ingest.faults import FAULTS, SOUND, Fault, Told, beside, broken, together


def errors(store: Store, path: Path) -> set[Told]:
    """What a dry run tells; each thing once."""
    found = [(i.code, i.sheet, i.row, i.column, i.value) for i in plan(store, path).report.issues]
    assert len(set(found)) == len(found)
    return set(found)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_sound_workbook_is_sound(store: Store, tmp_path: Path, kind: str) -> None:
    assert errors(store, write(tmp_path, SOUND, kind)) == set()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.sheet}-{f.row}-{'-'.join(f.cells)}-{f.code}")
def test_each_fault_alone(store: Store, tmp_path: Path, fault: Fault) -> None:
    assert errors(store, write(tmp_path, broken([fault]), "csv")) == {fault.told} | beside([fault])


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("seed", range(4))
def test_as_many_faults_as_fit(store: Store, tmp_path: Path, kind: str, seed: int) -> None:
    mixed = list(FAULTS)
    random.Random(seed).shuffle(mixed)
    faults = together(mixed)
    assert len(faults) > 40
    assert errors(store, write(tmp_path, broken(faults), kind)) == {f.told for f in faults} | beside(faults)


@settings(max_examples=150, deadline=None)
@given(faults=st.lists(st.sampled_from(FAULTS), min_size=2, max_size=8))
def test_faults_do_not_hide_one_another(
    tmp_path_factory: pytest.TempPathFactory, faults: list[Fault]
) -> None:
    folder = tmp_path_factory.mktemp("faults")
    fitting = together(faults)
    with open_store(f"sqlite:///{folder / 'depot.db'}", create=True) as store:
        found = errors(store, write(folder, broken(fitting), "csv"))
    assert found == {fault.told for fault in fitting} | beside(fitting)


# headers


def test_rows_of_a_sheet_without_a_required_column_are_read(store: Store, tmp_path: Path) -> None:
    sheets = broken([fault for fault in FAULTS if fault.told[1:4] == ("ressources", 2, "territoire")])
    sheets["ressources"] = [[c for n, c in enumerate(row) if n != 2] for row in sheets["ressources"]]
    assert errors(store, write(tmp_path, sheets)) == {
        ("missing_column", "ressources", 1, "sens", ""),
        ("unknown_reference", "ressources", 2, "territoire", "ouest"),
    }


@pytest.mark.parametrize("column", ["id", "nom"])
def test_a_missing_column_of_entities_is_told_once_not_at_each_use(
    store: Store, tmp_path: Path, column: str
) -> None:
    sheets = broken([fault for fault in FAULTS if fault.value == "plage"])
    place = sheets["acteurs"][0].index(column)
    sheets["acteurs"] = [[c for n, c in enumerate(row) if n != place] for row in sheets["acteurs"]]
    assert errors(store, write(tmp_path, sheets)) == {
        ("missing_column", "acteurs", 1, column, ""),
        ("unknown_reference", "positions", 2, "objectif", "plage"),
    }


def test_a_column_given_twice_says_nothing_and_both_are_read(store: Store, tmp_path: Path) -> None:
    sheets = broken([])
    sheets["seuils"] = [
        [*row, extra] for row, extra in zip(sheets["seuils"], ["plafond", "haut"], strict=True)
    ]
    sheets["seuils"][1][2] = 90
    assert errors(store, write(tmp_path, sheets)) == {
        ("duplicate_column", "seuils", 1, "plafond", ""),
        ("not_a_number", "seuils", 2, "plafond", "haut"),
    }


def test_nothing_is_concluded_from_a_column_given_twice(store: Store, tmp_path: Path) -> None:
    sheets = broken([])
    sheets["territoires"] = [
        [*row, extra] for row, extra in zip(sheets["territoires"], ["parents", None, "ville"], strict=True)
    ]
    assert errors(store, write(tmp_path, sheets)) == {("duplicate_column", "territoires", 1, "parents", "")}


# what the store holds


def test_a_retracted_id_is_told_beside_an_empty_name(store: Store, tmp_path: Path) -> None:
    load(store, write(tmp_path, {"acteurs": [["id", "nom"], ["vieux", "Un ancien"]]}, name="un"))
    load(store, write(tmp_path, {"acteurs": [["id", "nom", "retirer"], ["vieux", None, "oui"]]}, name="deux"))
    again = write(tmp_path, {"acteurs": [["id", "nom", "famille"], ["vieux", None, "elu"]]}, name="trois")
    assert errors(store, again) == {
        ("reused_id", "acteurs", 2, "id", "vieux"),
        ("missing_value", "acteurs", 2, "nom", ""),
    }


def test_a_row_with_an_error_still_lets_go_of_what_the_file_takes_back(store: Store, tmp_path: Path) -> None:
    load(store, write(tmp_path, SOUND, "csv"))
    sheets: Sheets = {
        "acteurs": [["id", "nom", "famille", "retirer"], ["amap", None, "nul", "oui"]],
        "objectifs": [["id", "nom", "porteurs"], ["place", None, "mairie"], ["panier", None, "mairie"]],
        "influences": [
            ["de", "vers", "date", "niveau", "retirer"],
            ["mairie", "amap", "2024-03-01", 8, "oui"],
        ],
        "ressources": [
            ["acteur", "ressource", "sens", "territoire", "quantite", "retirer"],
            ["amap", "légumes", "offre", "ville", "peu", "oui"],
        ],
        "positions": [
            ["acteur", "objectif", "date", "evaluateur", "valeur", "retirer"],
            ["amap", "panier", "2024-03-01", "pilote", None, "oui"],
        ],
    }
    found = errors(store, write(tmp_path, sheets, name="retraits"))
    left = next(record for record in store.versions("positions") if record.value.valid_from.year == 2026)
    assert found == {
        ("unknown_code", "acteurs", 2, "famille", "nul"),
        ("out_of_range", "influences", 2, "niveau", "8"),
        ("not_a_number", "ressources", 2, "quantite", "peu"),
        ("dependents", "acteurs", 2, "id", "amap"),
    }
    told = next(
        issue for issue in plan(store, tmp_path / "retraits.xlsx").report.issues if issue.code == "dependents"
    )
    assert f"positions:{left.id}" in told.fr
    assert told.fr.count(":") == 2


def test_a_row_that_completes_a_record_need_not_repeat_it(store: Store, tmp_path: Path) -> None:
    load(store, write(tmp_path, SOUND, "csv"))
    sheets: Sheets = {
        "acteurs": [["id", "nom", "siren", "territoire"], ["mairie", None, "12", "nord"]],
        "seuils": [["indicateur", "dimension", "plancher", "sens"], ["emploi", "travail", 95, "nul"]],
    }
    assert errors(store, write(tmp_path, sheets, name="suite")) == {
        ("siren", "acteurs", 2, "siren", "12"),
        ("unknown_reference", "acteurs", 2, "territoire", "nord"),
        ("unknown_code", "seuils", 2, "sens", "nul"),
        ("invalid_value", "seuils", 2, "plancher", "95.0"),
    }


@pytest.mark.parametrize(
    ("floor", "told"), [("haut", {("not_a_number", "seuils", 2, "plancher", "haut")}), ("-", set())]
)
def test_a_cell_that_says_nothing_contradicts_none(
    store: Store, tmp_path: Path, floor: str, told: set[Told]
) -> None:
    load(store, write(tmp_path, SOUND, "csv"))
    head = ["indicateur", "dimension", "plancher", "plafond", "sens"]
    path = write(tmp_path, {"seuils": [head, ["emploi", "travail", floor, 5, "nul"]]}, name="suite")
    assert errors(store, path) == told | {("unknown_code", "seuils", 2, "sens", "nul")}


def test_a_row_whose_year_or_date_cannot_be_read_repeats_no_other(store: Store, tmp_path: Path) -> None:
    sheets = broken([])
    sheets["flux"] += [["ville", "pays", "bois", 3, "t", 20], ["ville", "pays", "bois", 4, "t", None]]
    sheets["positions"].append(["amap", "place", 2, "hier", None, None, "pilote", None])
    assert errors(store, write(tmp_path, sheets)) == {
        ("out_of_range", "flux", 3, "annee", "20"),
        ("not_a_date", "positions", 5, "date", "hier"),
    }


def test_every_row_that_speaks_again_of_one_thing_is_told(store: Store, tmp_path: Path) -> None:
    rows: Rows = [
        ["acteur", "objectif", "valeur", "date", "source"],
        ["mairie", "place", 9, "2024-01-01", None],
        ["mairie", "place", 1, "2024-01-01", None],
        ["mairie", "place", None, "2024-01-01", None],
    ]
    again = "mairie · place · 2024-01-01 · —"
    assert errors(store, write(tmp_path, {**BASE, "positions": rows})) == {
        ("out_of_range", "positions", 2, "valeur", "9"),
        ("duplicate_row", "positions", 3, "acteur", again),
        ("duplicate_row", "positions", 4, "acteur", again),
        ("missing_value", "positions", 4, "valeur", ""),
    }


def test_a_kind_of_flows_that_does_not_say_who_depends_is_told_once(store: Store, tmp_path: Path) -> None:
    sheets = broken([])
    sheets["vocabulaire"][1][2:] = [None, None]
    assert errors(store, write(tmp_path, sheets)) == {
        ("missing_value", "vocabulaire", 2, "libelle_fr", ""),
        ("vocabulary", "vocabulaire", 2, "depend", ""),
    }


# files of flows


def test_problems_are_told_in_the_order_of_the_file(store: Store, tmp_path: Path) -> None:
    found = plan(store, write(tmp_path, broken(together(FAULTS)))).report.issues
    sheets = list(SOUND)
    places = [(sheets.index(issue.sheet), issue.row) for issue in found]
    assert places == sorted(places)
    assert len({sheet for sheet, _ in places}) > 10


def test_a_file_of_flows_tells_every_row(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow_territories, "SHOWN", 2)
    content = """origine;destination;quantite;type;annee;visibilite
75056;92050;peu;bois;20;secret
75056;92050;3;eau;2020;
92050;9205O;4;eau;2020;
92050;75056;5;bois;2020;public
92050;75056;-5;eau;2021;
92050;75056;5;eau;2021;
9205O;75056;5;eau;2021;
92050;75056;5;eau;2021;
9205O;92050;5;eau;2021;
9205O;75056;5;eau;2021;
"""
    path = text(tmp_path, content, "od.csv")
    assert errors(store, path) == {
        ("not_a_number", "od", 2, "quantite", "peu"),
        ("unknown_code", "od", 2, "type", "bois"),
        ("unknown_code", "od", 5, "type", "bois"),
        ("out_of_range", "od", 2, "annee", "20"),
        ("unknown_code", "od", 2, "visibilite", "secret"),
        ("unknown_reference", "od", 4, "destination", "9205O"),
        ("out_of_range", "od", 6, "quantite", "-5"),
        ("duplicate_row", "od", 7, "", ""),
        ("duplicate_row", "od", 9, "", ""),
        ("duplicate_row", "od", 11, "", ""),
    }
    unknown = next(issue for issue in plan(store, path).report.issues if issue.code == "unknown_reference")
    assert unknown.fr.endswith("Aussi lignes 8, 10 et 1 autres.")
    assert "Vouliez-vous dire « 92050 » ?" in unknown.fr


def test_a_choice_that_means_nothing_is_told_once(store: Store, tmp_path: Path) -> None:
    path = text(tmp_path, "origine;destination;quantite;unite\n75056;92050;3;t\n92050;75056;3;t\n", "od.csv")
    found = plan(store, path, choices={"kind": "bois", "year": "20"}).report.issues
    assert sorted((issue.code, issue.row, issue.value) for issue in found) == [
        ("out_of_range", 2, "20"),
        ("unknown_code", 2, "bois"),
    ]
