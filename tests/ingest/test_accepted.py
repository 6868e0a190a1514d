"""Normal French files, read as they come; what was accepted is said in the dry run."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P, S
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from graph import Store
from graph.errors import FileRefused
from ingest import Stamp, export
from tests.ingest.books import BASE, FORMATS, Sheets, held, load, noted, plan, text, write

NAMES = "id,nom\nmairie,Mairie de Saint-Étienne\ncafe,Café « L’Œuvre »\n"
P_HEAD = ["acteur", "objectif", "valeur", "date"]


def names(store: Store) -> dict[str, str]:
    return {id_: says["name"] for id_, says in held(store)["actors"].items()}


# texts


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("cp1252", "cp1252"),
        ("utf-8-sig", "BOM"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
def test_encodings(store: Store, tmp_path: Path, encoding: str, note: str) -> None:
    made = load(store, text(tmp_path, NAMES, encoding=encoding))
    assert names(store) == {"mairie": "Mairie de Saint-Étienne", "cafe": "Café « L’Œuvre »"}
    said = next(n for n in made.report.notes if n.code == "encoding")
    assert note in said.fr
    assert said.fr.startswith("acteurs.csv : encodage")


def test_utf_16_with_its_mark_big_end_first(store: Store, tmp_path: Path) -> None:
    load(store, text(tmp_path, "\ufeff" + NAMES, encoding="utf-16-be"))
    assert names(store)["mairie"] == "Mairie de Saint-Étienne"


def test_an_accent_far_into_a_cp1252_file(store: Store, tmp_path: Path) -> None:
    rows = "".join(f"a{n},Acteur\n" for n in range(20_000))
    made = plan(store, text(tmp_path, "id,nom\n" + rows + "fin,Été\n", encoding="cp1252"))
    assert "encoding" in noted(made)
    assert made.counts["actors"].create == 20_001


def test_plain_utf_8_with_commas_needs_no_word(store: Store, tmp_path: Path) -> None:
    assert not plan(store, text(tmp_path, NAMES)).report.notes


@pytest.mark.parametrize(("separator", "word"), [(";", "point-virgule"), ("\t", "tabulation")])
def test_separators(store: Store, tmp_path: Path, separator: str, word: str) -> None:
    content = f'id{separator}nom\nmairie{separator}"La {separator} mairie, ici"\n'
    made = load(store, text(tmp_path, content))
    assert names(store) == {"mairie": f"La {separator} mairie, ici"}
    assert f"séparateur {word}, accepté" in next(n.fr for n in made.report.notes if n.code == "separator")


def test_windows_and_old_line_ends(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "acteurs.csv"
    path.write_bytes(b'id;nom\r\na;A\r\n\r\nb;"B\r\nbis"\r\n')
    load(store, path)
    assert names(store) == {"a": "A", "b": "B\nbis"}


def test_a_list_that_begins_with_a_bracket_is_not_json(store: Store, tmp_path: Path) -> None:
    load(store, text(tmp_path, "[note],id,nom\nx,a,A\n"))
    assert names(store) == {"a": "A"}


# numbers and dates


@pytest.mark.parametrize("kind", FORMATS)
def test_numbers_as_the_french_write_them(store: Store, tmp_path: Path, kind: str) -> None:
    sheets: Sheets = {
        "territoires": [
            ["id", "nom", "population", "lat", "lon"],
            ["a", "A", "12.0", "48,85", "-2.5"],
            ["b", "B", "1 234", "\u22122,5", "+3"],
            ["c", "C", "12 345", "1e1", " 7 "],
        ]
    }
    made = load(store, write(tmp_path, sheets, kind))
    found = held(store)["territories"]
    assert [(t["population"], t["lat"], t["lon"]) for t in found.values()] == [
        (12, 48.85, -2.5),
        (1234, -2.5, 3.0),
        (12345, 10.0, 7.0),
    ]
    assert {"decimal_comma", "typographic_minus", "whole_number"} <= noted(made)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_numbers_as_cells(store: Store, tmp_path: Path, kind: str) -> None:
    sheets: Sheets = {
        "territoires": [["id", "nom", "population", "lat"], [12, "A", 12.0, 48], ["b", 2024, 7, 1.5]]
    }
    load(store, write(tmp_path, sheets, kind))
    found = held(store)["territories"]
    assert found["12"] == {"id": "12", "name": "A", "population": 12, "lat": 48.0, "visibility": "pilotes"}
    assert found["b"]["name"] == "2024"


def test_thousands_with_dots_only_beside_a_decimal_comma(store: Store, tmp_path: Path) -> None:
    row = "t,i,2020,{}\n"
    head = "territoire,indicateur,annee,valeur\n"
    load(store, write(tmp_path, {"territoires": [["id", "nom"], ["t", "T"]]}))
    made = plan(store, text(tmp_path, head + row.format('"1.234,5"'), "indicateurs.csv"))
    assert made.changes[0].after is not None
    assert made.changes[0].after["value"] == 1234.5
    # alone, a dot is a decimal point: nothing is guessed
    made = plan(store, text(tmp_path, head + row.format("1.234"), "indicateurs.csv"))
    assert made.changes[0].after is not None
    assert made.changes[0].after["value"] == 1.234


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "written", ["2024-03-02", "02/03/2024", "2/3/2024", "02.03.2024", "2024-03-02T00:00:00"]
)
def test_dates_as_text(store: Store, tmp_path: Path, kind: str, written: str) -> None:
    sheets: Sheets = {**BASE, "positions": [P_HEAD, ["mairie", "place", 1, written]]}
    made = load(store, write(tmp_path, sheets, kind))
    assert held(store)["positions"]["P1"]["valid_from"] == "2024-03-02"
    assert ("french_date" in noted(made)) is ("/" in written or "." in written)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize("cell", [date(2024, 3, 2), datetime(2024, 3, 2, 14, 30)])
def test_dates_as_cells(store: Store, tmp_path: Path, kind: str, cell: date) -> None:
    sheets: Sheets = {**BASE, "positions": [P_HEAD, ["mairie", "place", 1, cell]]}
    load(store, write(tmp_path, sheets, kind))
    assert held(store)["positions"]["P1"]["valid_from"] == "2024-03-02"


def test_dates_of_the_1904_calendar(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.title = "recits"
    sheet.append(["id", "date", "nature", "titre"])
    sheet.append(["r", date(2024, 3, 2), "recit", "Un récit"])
    book.save(path)
    load(store, path)
    assert held(store)["narratives"]["r"]["date"] == "2024-03-02"


# lines, codes, headers


@pytest.mark.parametrize("kind", FORMATS)
def test_blank_lines_and_blank_cells(store: Store, tmp_path: Path, kind: str) -> None:
    sheets: Sheets = {"acteurs": [[], ["id", "nom"], [], ["a", " A "], ["", " "], [], ["b", "B"], []]}
    load(store, write(tmp_path, sheets, kind))
    assert names(store) == {"a": "A", "b": "B"}


@pytest.mark.parametrize("kind", FORMATS)
def test_rows_keep_the_numbers_a_spreadsheet_shows(store: Store, tmp_path: Path, kind: str) -> None:
    sheets: Sheets = {"acteurs": [[], ["id", "nom"], [], ["a", "A"], [], ["b c", "B"]]}
    made = plan(store, write(tmp_path, sheets, kind))
    assert [issue.row for issue in made.report.issues] == [6]
    assert [change.row for change in made.changes] == [4]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "written", ["service", "SERVICE", " Service ", "Service de la collectivité", "service de la collectivite"]
)
def test_a_code_or_its_label_whatever_case_and_accents(
    store: Store, tmp_path: Path, kind: str, written: str
) -> None:
    load(store, write(tmp_path, {"acteurs": [["id", "nom", "famille"], ["a", "A", written]]}, kind))
    assert held(store)["actors"]["a"]["family"] == "service"


@pytest.mark.parametrize("kind", FORMATS)
def test_english_sheets_and_columns(store: Store, tmp_path: Path, kind: str) -> None:
    sheets: Sheets = {
        "Actors": [["Name", "ID", "Family"], ["Town hall", "hall", "institution"]],
        "Objectives": [["id", "name"], ["o", "O"]],
        "Positions": [["Actor", "Objective", "Value", "Valid from"], ["hall", "o", -2, "2024-01-01"]],
    }
    load(store, write(tmp_path, sheets, kind))
    assert names(store) == {"hall": "Town hall"}
    assert held(store)["positions"]["P1"]["value"] == -2


@pytest.mark.parametrize("kind", FORMATS)
def test_unknown_columns_are_kept_as_attributes_and_said(store: Store, tmp_path: Path, kind: str) -> None:
    made = load(store, write(tmp_path, {"acteurs": [["id", "nom", "Couleur"], ["a", "A", "bleu"]]}, kind))
    assert held(store)["actors"]["a"]["attributes"] == {"Couleur": "bleu"}
    said = next(note.fr for note in made.report.notes if note.code == "unknown_columns")
    assert "gardées comme attributs : Couleur" in said


@pytest.mark.parametrize("kind", FORMATS)
def test_cells_without_a_header_are_left_aside_and_said(store: Store, tmp_path: Path, kind: str) -> None:
    made = load(store, write(tmp_path, {"acteurs": [["id", "nom"], ["a", "A", "note", "autre"]]}, kind))
    assert "(colonnes C, D)" in next(n.fr for n in made.report.notes if n.code == "headless_columns")


@pytest.mark.parametrize("kind", FORMATS)
def test_lists_in_a_cell(store: Store, tmp_path: Path, kind: str) -> None:
    sheets: Sheets = {
        "acteurs": [
            ["id", "nom", "competences"],
            ["a", "A", ' droit ; "eau; air";; droit ; cuisine '],
            ["b", "B"],
        ],
        "objectifs": [["id", "nom", "porteurs"], ["o", "O", "b;a ; b"]],
    }
    load(store, write(tmp_path, sheets, kind))
    assert held(store)["actors"]["a"]["skills"] == ["droit", "eau; air", "cuisine"]
    assert held(store)["objectives"]["o"]["bearers"] == ["b", "a"]


@pytest.mark.parametrize("kind", FORMATS)
def test_terms_of_the_file_are_known_to_its_other_sheets(store: Store, tmp_path: Path, kind: str) -> None:
    sheets: Sheets = {
        "acteurs": [["id", "nom", "famille"], ["a", "A", "Chercheuse"]],
        "vocabulaire": [["liste", "code", "libelle_fr"], ["famille", "recherche", "chercheuse"]],
    }
    load(store, write(tmp_path, sheets, kind))
    assert held(store)["actors"]["a"]["family"] == "recherche"


# any text


TEXTS = [
    "Fête 🎉 des 👩‍🌾",
    "שלום עולם",
    "مرحبا \u202eبالعالم",
    "<script>alert(1)</script>",
    "\"guillemets\" 'et' `autres`",
    "=1+1",
    '=HYPERLINK("http://x")',
    "+33 1 23",
    "-rien",
    "@quelqu'un",
    "'=déjà protégé",
    "''=deux fois",
    "'simple apostrophe",
    "_x0041_ échappé",
    "a\nb\n\nc",
    "tabulation\tici",
    "deux  espaces",
    "& < > &amp;",
    "n'est-ce pas ? oui",
    "NULL",
    "12",
    "2024-01-02",
    "oui",
    "#hashtag",
    "𝒜𝓁𝓅𝒽𝒶",
    "e\u0301 décomposé",
]


@pytest.mark.parametrize("kind", FORMATS)
def test_any_text_is_kept_and_comes_back_harmless(
    store: Store, make_store: Any, tmp_path: Path, kind: str
) -> None:
    objectives = [["id", "nom", "description", "odd"]]
    objectives += [[f"o{n}", written, written, f"x; {written}"] for n, written in enumerate(TEXTS)]
    load(store, write(tmp_path, {"objectifs": objectives}, kind))
    found = held(store)["objectives"]
    read = {**{t: t for t in TEXTS}, "'=déjà protégé": "=déjà protégé", "''=deux fois": "'=deux fois"}
    if kind == "xlsx":
        # in this format the sequence stands for the character it names
        read["_x0041_ échappé"] = "A échappé"
    assert [found[f"o{n}"]["name"] for n in range(len(TEXTS))] == [read[t] for t in TEXTS]
    path = tmp_path / ("sortie" if kind == "csv" else f"sortie.{kind}")
    export(store.snapshot(), path, Stamp(store.head(), store.revision(store.head()).moment))
    assert not dangerous(path)
    other = make_store()
    load(other, path)
    assert held(other) == held(store)


def dangerous(path: Path) -> list[str]:
    """Texts of an export that a spreadsheet would take for a formula."""
    if path.is_dir():
        content = "\n".join(file.read_text(encoding="utf-8") for file in path.glob("*.csv"))
        cells = [cell.strip('"') for line in content.splitlines() for cell in line.split(",")]
        return [cell for cell in cells if cell[:1] in tuple("=+@")]
    with zipfile.ZipFile(path) as container:
        parts = [
            container.read(name).decode("utf-8") for name in container.namelist() if name.endswith(".xml")
        ]
    return [mark for xml in parts for mark in (">=", ">+", ">@", "<f>", "table:formula") if mark in xml]


def test_control_characters_are_left_out(store: Store, tmp_path: Path) -> None:
    load(store, text(tmp_path, "id,nom\na,La\x07 mai\x0brie\x7f\n"))
    assert names(store) == {"a": "La mairie"}


# what spreadsheets write and libraries do not


def test_shared_texts_rich_texts_and_phonetic_guides(store: Store, tmp_path: Path) -> None:
    load(store, excel(tmp_path / "excel.xlsx"))
    assert names(store) == {"a": "Ville verte", "b": "東京 AB"}


def test_entities_among_shared_texts(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="type de document ou des entités"):
        plan(store, excel(tmp_path / "excel.xlsx", '<!DOCTYPE x [<!ENTITY a "b">]>'))


def excel(path: Path, declared: str = "") -> Path:
    """A workbook with the parts that Excel writes, absolute targets and shared texts among them."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    texts = [
        "<t>id</t>",
        "<t>nom</t>",
        "<t>a</t>",
        "<r><t>Ville </t></r><r><rPr><b/></rPr><t>verte</t></r>",
        "<t>b</t>",
        '<t>東京 _x0041_B</t><rPh sb="0" eb="2"><t>とうきょう</t></rPh>',
    ]
    rows = [(1, "A", 0, "B", 1), (2, "A", 2, "B", 3), (5, "A", 4, "B", 5)]
    cells = "".join(
        f'<row r="{r}"><c r="{c}{r}" t="s"><v>{v}</v></c><c r="{d}{r}" t="s"><v>{w}</v></c></row>'
        for r, c, v, d, w in rows
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r" Type="{office}/officeDocument" '
        'Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Acteurs" sheetId="1" r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">'
        f'<Relationship Id="s" Type="{office}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        f'<Relationship Id="t" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'{declared}<sst xmlns="{main}">{"".join(f"<si>{t}</si>" for t in texts)}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in parts.items():
            container.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return path


def test_repeated_cells_spaces_and_comments_of_opendocument(store: Store, tmp_path: Path) -> None:
    book: Any = OpenDocumentSpreadsheet()
    sheet = Table(name="acteurs")
    for values in (["id", "nom", "type", "horizon"], ["a", "A", "même", None]):
        row = TableRow()
        for value in values:
            if value is None:
                continue
            cell = TableCell(valuetype="string", numbercolumnsrepeated=2 if value == "même" else 1)
            paragraph = P(text=value)
            if value == "A":
                paragraph.addElement(S(c=3))
                paragraph.addText("B")
            cell.addElement(paragraph)
            row.addElement(cell)
        sheet.addElement(row)
    book.spreadsheet.addElement(sheet)
    path = tmp_path / "classeur.ods"
    book.save(str(path))
    load(store, path)
    assert held(store)["actors"]["a"] == {
        "id": "a",
        "name": "A   B",
        "type": "même",
        "horizon": "même",
        "visibility": "pilotes",
    }
