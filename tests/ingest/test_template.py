"""The empty workbook: every sheet and column, drop-downs that say the codes, nothing to change when it comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from graph import Store
from graph.errors import FileRefused
from graph.model import SHEETS, FieldSpec, Kind
from graph.vocabulary import shipped
from ingest import Stamp, empty_workbook, export
from ingest.readers import open_source
from ingest.writers.template import LISTS, README, YES
from tests.ingest.books import BASE, held, load, plan, write


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("modele") / "modele.xlsx"
    empty_workbook(path)
    return path


@pytest.fixture(scope="module")
def book(template: Path) -> Any:
    return load_workbook(template)


def test_every_sheet_and_column_in_order(book: Any) -> None:
    assert book.sheetnames == [README, *SHEETS, LISTS]
    for name, table in SHEETS.items():
        assert [cell.value for cell in book[name][1]] == [spec.fr for spec in table.fields]
        for cell, spec in zip(book[name][1], table.fields, strict=True):
            assert cell.comment is not None
            assert ("(obligatoire)" in cell.comment.text) is spec.required


def ranges(book: Any) -> dict[str, list[str]]:
    """By list, the codes that its column holds."""
    return {
        column[0].value: [cell.value for cell in column[1:] if cell.value is not None]
        for column in book[LISTS].columns
    }


def test_lists_hold_the_codes(book: Any) -> None:
    vocabulary = shipped()
    expected = {name: list(vocabulary[name].codes) for name in vocabulary.names} | {YES: ["oui", "non"]}
    assert ranges(book) == expected


def _drops(spec: FieldSpec) -> bool:
    return spec.kind in (Kind.CODE, Kind.FLAG)


@pytest.mark.parametrize("name", SHEETS)
def test_drop_downs_offer_the_codes_of_their_column(book: Any, name: str) -> None:
    offered: dict[int, list[str]] = {}
    for rule in book[name].data_validations.dataValidation:
        if rule.type != "list":
            continue
        sheet, _, area = rule.formula1.partition("!")
        assert sheet.strip("'") == LISTS
        codes = [cell.value for (cell,) in book[LISTS][area.replace("$", "")]]
        for piece in rule.sqref.ranges:
            assert piece.min_row == 2
            offered[piece.min_col] = codes
    vocabulary = shipped()
    expected = {
        place: ["oui", "non"] if spec.codes is None else list(vocabulary[spec.codes].codes)
        for place, spec in enumerate(SHEETS[name].fields, start=1)
        if _drops(spec)
    }
    assert offered == expected


def test_scales_are_bounded_in_the_sheet(book: Any) -> None:
    rules = [r for r in book["positions"].data_validations.dataValidation if r.type == "whole"]
    assert [(rule.formula1, rule.formula2) for rule in rules] == [("-4", "4")]


def test_it_comes_back_as_nothing_to_change(store: Store, template: Path) -> None:
    made = plan(store, template)
    assert (made.status, made.changes_total, made.counts) == ("ready", 0, {})
    assert not made.report.notes


def test_filled_in_it_is_read(store: Store, template: Path, tmp_path: Path) -> None:
    book = load_workbook(template)
    for name, rows in BASE.items():
        for row in rows[1:]:
            book[name].append(list(row))
    book.save(tmp_path / "rempli.xlsx")
    load(store, tmp_path / "rempli.xlsx")
    assert set(held(store)["actors"]) == {"mairie", "amap"}


@pytest.mark.parametrize("name", ["modele.ods", "modele.csv", "modele"])
def test_it_is_a_workbook(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused, match=r"le modèle est un classeur \.xlsx"):
        empty_workbook(tmp_path / name)


# exports beside


def stamp(store: Store) -> Stamp:
    return Stamp(store.head(), store.revision(store.head()).moment)


def test_an_unknown_export_format_is_refused(store: Store, tmp_path: Path) -> None:
    load(store, write(tmp_path, BASE))
    with pytest.raises(FileRefused, match="format d'export inconnu"):
        export(store.snapshot(), tmp_path / "sortie.pdf", stamp(store))


@pytest.mark.parametrize("name", ["sortie.xlsx", "sortie.ods", "sortie.gexf", "sortie"])
def test_an_export_into_nowhere_is_refused_and_leaves_nothing(
    store: Store, tmp_path: Path, name: str
) -> None:
    load(store, write(tmp_path, BASE))
    blocked = tmp_path / "fichier"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(FileRefused, match="impossible d'écrire ici"):
        export(store.snapshot(), blocked / name, stamp(store))
    assert blocked.read_text(encoding="utf-8") == "x"


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_an_export_hides_its_stamp_and_leaves_no_scraps(store: Store, tmp_path: Path, suffix: str) -> None:
    load(store, write(tmp_path, BASE))
    folder = tmp_path / "sorties"
    folder.mkdir()
    path = folder / f"sortie{suffix}"
    export(store.snapshot(), path, stamp(store))
    export(store.snapshot(), path, stamp(store))
    assert [entry.name for entry in folder.iterdir()] == [path.name]
    source = open_source(path)
    assert source.stamp == stamp(store)
    assert [sheet.name for sheet in source.sheets] == ["acteurs", "objectifs"]
    if suffix == ".xlsx":
        assert load_workbook(path)["_export"].sheet_state == "hidden"
