"""What a file may not be: no known sheet, columns missing, merged cells, passwords, bombs."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook, load_workbook

from graph import Store
from tests.ingest.books import (
    BASE,
    FORMATS,
    TODAY,
    held,
    load,
    ods,
    plan,
    refused,
    rewritten,
    text,
    write,
    xlsx,
)

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def ods_with(path: Path, rows: list[TableRow], name: str = "acteurs") -> Path:
    book: Any = OpenDocumentSpreadsheet()
    sheet = Table(name=name)
    for row in rows:
        sheet.addElement(row)
    book.spreadsheet.addElement(sheet)
    book.save(str(path))
    return path


def ods_row(*cells: Any) -> TableRow:
    row = TableRow()
    for cell in cells:
        if isinstance(cell, str):
            made = TableCell(valuetype="string")
            made.addElement(P(text=cell))
            row.addElement(made)
        else:
            row.addElement(cell)
    return row


# sheets and columns


@pytest.mark.parametrize("kind", FORMATS)
def test_no_known_sheet(store: Store, tmp_path: Path, kind: str) -> None:
    said = refused(store, write(tmp_path, {"Feuille1": [["a"], ["b"]], "budget": [["c"], ["d"]]}, kind))
    assert "aucune feuille connue (trouvé :" in said
    assert "Feuille1" in said
    assert "budget" in said
    assert "Feuilles attendues : acteurs, participations" in said
    assert "agencements export --template" in said


@pytest.mark.parametrize("kind", FORMATS)
def test_a_sheet_with_rows_that_lacks_a_required_column(store: Store, tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, {**BASE, "positions": [["acteur", "valeur"], ["mairie", 1]]}, kind)
    made = plan(store, path)
    assert [issue.code for issue in made.report.issues] == ["missing_column"]
    said = made.report.issues[0].message()
    file = "positions.csv" if kind == "csv" else path.name
    assert said.startswith(f"{file}, feuille « positions », ligne 1, colonne « objectif » : ")
    assert "En-têtes trouvés : acteur, valeur" in said
    assert made.status == "blocked"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_sheet_without_rows_counts_as_absent(store: Store, tmp_path: Path, kind: str) -> None:
    load(store, write(tmp_path, {**BASE, "positions": [["acteur"]], "flux": [["origine"]]}, kind))
    assert set(held(store)) == {"actors", "objectives"}


def test_a_flow_sheet_has_its_quantity_column_though_cells_may_be_empty(store: Store, tmp_path: Path) -> None:
    sheets = {"territoires": [["id", "nom"], ["t", "T"]]}
    row = ["t", "t", "food"]
    made = plan(store, write(tmp_path, {**sheets, "flux": [["origine", "destination", "type"], row]}))
    assert [(issue.code, issue.column) for issue in made.report.issues] == [("missing_column", "quantite")]
    header = ["origine", "destination", "type", "quantite"]
    load(store, write(tmp_path, {**sheets, "flux": [header, [*row, None]]}))
    assert "quantity" not in held(store)["flows"]["F1"]


@pytest.mark.parametrize("kind", FORMATS)
def test_two_columns_that_say_the_same_thing(store: Store, tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, {"acteurs": [["id", "nom", "Name"], ["a", "A", "B"]]}, kind)
    issue = plan(store, path).report.issues[0]
    assert issue.code == "duplicate_column"
    assert "« nom » et « Name »" in issue.message()


@pytest.mark.parametrize("kind", FORMATS)
def test_an_unknown_sheet_beside_known_ones_is_said_with_the_nearest(
    store: Store, tmp_path: Path, kind: str
) -> None:
    made = plan(store, write(tmp_path, {**BASE, "objectif_s": [["id"], ["x"]]}, kind))
    note = next(note for note in made.report.notes if note.code == "ignored_sheet")
    assert "Vouliez-vous dire « objectifs » ?" in note.fr
    assert made.status == "ready"


# cells that hold no value


def test_formula_without_stored_value_xlsx(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "classeur.xlsx"
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "acteurs"
    sheet.append(["id", "nom"])
    sheet.append(["a", "=B1"])
    book.save(path)
    _formula(store, path)


def test_formula_without_stored_value_ods(store: Store, tmp_path: Path) -> None:
    formula = TableCell(formula="of:=[.B1]")
    _formula(store, ods_with(tmp_path / "classeur.ods", [ods_row("id", "nom"), ods_row("a", formula)]))


def _formula(store: Store, path: Path) -> None:
    made = plan(store, path)
    assert [issue.code for issue in made.report.issues] == ["formula_without_value"]
    said = made.report.issues[0].message()
    assert said.startswith(f"{path.name}, feuille « acteurs », ligne 2, colonne « nom » : ")
    assert "laissez-le calculer, enregistrez" in said
    assert made.status == "blocked"


def test_a_computed_formula_is_its_value(store: Store, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "classeur.xlsx", {"acteurs": [["id", "nom"], ["a", "X"]]})
    with zipfile.ZipFile(path) as container:
        content = container.read("xl/worksheets/sheet1.xml").decode()
    assert 'r="B2"' in content
    start, stop = content.index('<c r="B2"'), content.index("</c>", content.index('<c r="B2"'))
    cell = '<c r="B2" t="str"><f>CONCATENATE("La ","mairie")</f><v>La mairie</v>'
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml[:start] + cell + xml[stop:])
    load(store, path)
    assert held(store)["actors"]["a"]["name"] == "La mairie"


def test_merged_cells_xlsx(store: Store, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "classeur.xlsx", {"acteurs": [["id", "nom"], ["a", "A"], ["b", "B"]]})
    book = load_workbook(path)
    book["acteurs"].merge_cells("B2:B3")
    book.save(path)
    issue = plan(store, path).report.issues[0]
    assert issue.code == "merged_cells"
    assert issue.message() == (
        "classeur.xlsx, feuille « acteurs », ligne 2 : « B2:B3 » — cellules fusionnées : annulez la fusion et "
        "remplissez chaque cellule."
    )


def test_merged_cells_ods(store: Store, tmp_path: Path) -> None:
    wide = TableCell(valuetype="string", numberrowsspanned=2, numbercolumnsspanned=1)
    wide.addElement(P(text="Même nom"))
    rows = [ods_row("id", "nom"), ods_row("a", wide), ods_row("b", CoveredTableCell())]
    made = plan(store, ods_with(tmp_path / "classeur.ods", rows))
    issue = next(issue for issue in made.report.issues if issue.code == "merged_cells")
    assert issue.row == 2
    assert "feuille « acteurs », ligne 2" in issue.message()
    assert made.status == "blocked"


# what its name says


@pytest.mark.parametrize(
    ("kind", "wrong"), [("xlsx", "ods"), ("xlsx", "csv"), ("ods", "xlsx"), ("ods", "txt")]
)
def test_a_workbook_under_another_name(store: Store, tmp_path: Path, kind: str, wrong: str) -> None:
    path = write(tmp_path, BASE, kind)
    said = refused(store, path.rename(path.with_suffix(f".{wrong}")))
    assert f"le nom annonce « .{wrong} » mais le contenu est un classeur" in said
    assert "Renommez le fichier" in said


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "json", "gexf", "graphml"])
def test_a_text_under_another_name(store: Store, tmp_path: Path, suffix: str) -> None:
    said = refused(store, text(tmp_path, "id,nom\na,A\n", f"acteurs.{suffix}"))
    assert f"le nom annonce « .{suffix} » mais le contenu est un texte CSV" in said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("lettre.csv", b"%PDF-1.7 \xe2\xe3"),
        ("binaire.csv", b"id,nom\na,\x00\n" + b"x" * 50),
    ],
)
def test_bytes_that_are_no_text(store: Store, tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert "ni un classeur ni un texte lisible" in refused(store, path)


def test_an_archive_that_is_no_workbook(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "classeur.xlsx"
    with zipfile.ZipFile(path, "w") as container:
        container.writestr("acteurs.csv", "id,nom\na,A\n")
    said = refused(store, path)
    assert "cette archive n'est pas un classeur" in said
    assert "décompressez-la" in said


def test_a_web_page_saved_as_a_table(store: Store, tmp_path: Path) -> None:
    path = text(tmp_path, "<html><table><tr><td>id</td></tr></table></html>", "acteurs.csv")
    assert "document XML ou HTML (« html »)" in refused(store, path)


@pytest.mark.parametrize("content", ["", " \n\n"])
def test_an_empty_file(store: Store, tmp_path: Path, content: str) -> None:
    assert "le fichier est vide" in refused(store, text(tmp_path, content))


def test_an_absent_file(store: Store, tmp_path: Path) -> None:
    assert "absent ou illisible" in refused(store, tmp_path / "nulle-part.xlsx")


def test_an_empty_folder(store: Store, tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    assert "aucun fichier CSV" in refused(store, tmp_path / "vide")


# passwords


def test_a_workbook_under_a_password_xlsx(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "secret.xlsx"
    path.write_bytes(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600)
    said = refused(store, path)
    assert "protégé par un mot de passe" in said
    assert "copie sans mot de passe" in said


def test_a_workbook_under_a_password_ods(store: Store, tmp_path: Path) -> None:
    key = '<manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'
    path = rewritten(
        ods(tmp_path / "secret.ods", BASE),
        "META-INF/manifest.xml",
        lambda xml: xml.replace(
            "</manifest:manifest>",
            f'<manifest:file-entry manifest:full-path="x" manifest:media-type="">{key}</manifest:manifest>',
        ),
    )
    assert "protégé par un mot de passe" in refused(store, path)


def test_a_zip_under_a_password(store: Store, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "secret.xlsx", BASE)
    content = bytearray(path.read_bytes())
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + flag] |= 1
            place = content.find(mark, place + 4)
    path.write_bytes(content)
    assert "protégé par un mot de passe" in refused(store, path)


def test_the_old_excel_format(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "vieux.xls"
    path.write_bytes(OLE + b"\0" * 2000)
    assert "ancien format Excel (.xls)" in refused(store, path)


# bombs, entities, a million empty rows


@pytest.mark.parametrize(("kind", "part"), [("xlsx", "xl/worksheets/sheet1.xml"), ("ods", "content.xml")])
def test_a_zip_bomb(store: Store, tmp_path: Path, kind: str, part: str) -> None:
    blank = " " * (32 << 20)
    path = rewritten(write(tmp_path, BASE, kind), part, lambda xml: xml + blank)
    assert path.stat().st_size < 200_000
    assert "se déploie de façon démesurée" in refused(store, path)


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("xlsx", "xl/worksheets/sheet1.xml"),
        ("xlsx", "xl/workbook.xml"),
        ("xlsx", "xl/styles.xml"),
        ("ods", "content.xml"),
        ("ods", "META-INF/manifest.xml"),
    ],
)
def test_xml_entities_in_a_workbook(store: Store, tmp_path: Path, kind: str, part: str) -> None:
    def declared(xml: str) -> str:
        head, mark, rest = xml.partition("?>") if xml.startswith("<?xml") else ("", "", xml)
        return head + mark + ENTITIES + rest

    path = rewritten(write(tmp_path, BASE, kind), part, declared)
    said = refused(store, path)
    assert "déclare un type de document ou des entités" in said


@pytest.mark.parametrize("suffix", ["gexf", "graphml"])
def test_xml_entities_in_a_graph(store: Store, tmp_path: Path, suffix: str) -> None:
    outside = '<!DOCTYPE g [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    content = (
        f'<?xml version="1.0"?>{outside}<{suffix}><graph><nodes><node id="&f;"/></nodes></graph></{suffix}>'
    )
    said = refused(store, text(tmp_path, content, f"reseau.{suffix}"))
    assert "déclare un type de document ou des entités" in said


def test_a_million_empty_rows_xlsx(store: Store, tmp_path: Path) -> None:
    path = rewritten(
        xlsx(tmp_path / "classeur.xlsx", {"acteurs": [["id", "nom"], ["a", "A"]]}),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(
            "</sheetData>", "".join(f'<row r="{n}"/>' for n in range(3, 150_000)) + "</sheetData>"
        ),
    )
    _blank(store, path, 3)


def test_a_million_empty_rows_ods(store: Store, tmp_path: Path) -> None:
    rows = [ods_row("id", "nom"), ods_row("a", "A")]
    path = ods_with(tmp_path / "classeur.ods", rows)
    rewritten(
        path,
        "content.xml",
        lambda xml: xml.replace(
            "</table:table>",
            "<table:table-row><table:table-cell/></table:table-row>" * 100_100 + "</table:table>",
        ),
    )
    _blank(store, path, 3)


def test_a_million_empty_rows_csv(store: Store, tmp_path: Path) -> None:
    _blank(store, text(tmp_path, "id,nom\na,A\n" + ",\n" * 1_000_000), 3)


def _blank(store: Store, path: Path, row: int) -> None:
    made = plan(store, path)
    assert [(issue.code, issue.row) for issue in made.report.issues] == [("blank_rows", row)]
    said = made.report.issues[0].message()
    assert said.startswith(f"{path.name}, feuille « acteurs », ligne {row} : plus de 100000 lignes vides")
    assert "supprimez les lignes vides" in said
    assert made.status == "blocked"


def test_formatting_to_the_bottom_that_the_format_says_in_one_line_is_read(
    store: Store, tmp_path: Path
) -> None:
    """LibreOffice writes a million empty formatted rows as one repeated row: nothing to refuse."""
    repeated = TableRow(numberrowsrepeated=1_048_573)
    repeated.addElement(TableCell(numbercolumnsrepeated=16_384))
    rows = [ods_row("id", "nom"), ods_row("a", "A"), repeated]
    load(store, ods_with(tmp_path / "classeur.ods", rows))
    assert list(held(store)["actors"]) == ["a"]


def test_a_sheet_that_declares_a_million_rows_is_read_to_its_last(store: Store, tmp_path: Path) -> None:
    path = rewritten(
        xlsx(tmp_path / "classeur.xlsx", {"acteurs": [["id", "nom"], ["a", "A"]]}),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace('<dimension ref="A1:B2"', '<dimension ref="A1:XFD1048576"'),
    )
    load(store, path)
    assert list(held(store)["actors"]) == ["a"]


def test_a_faulty_day_of_statements(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="dans le futur"):
        plan(store, write(tmp_path, BASE), day=TODAY.replace(year=TODAY.year + 1))
