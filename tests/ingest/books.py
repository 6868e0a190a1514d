"""Workbooks made for one test: the same sheets as .xlsx, .ods or a folder of CSV files."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

from graph import Store
from graph.errors import FileRefused
from graph.model import TABLES, Document, to_document
from ingest import Plan, dry_run

Rows = Sequence[Sequence[Any]]
Sheets = Mapping[str, Rows]

FORMATS = ("xlsx", "ods", "csv")
TODAY = date(2026, 6, 15)

ACTORS: Rows = [["id", "nom"], ["mairie", "La mairie"], ["amap", "L'AMAP"]]
OBJECTIVES: Rows = [["id", "nom"], ["place", "Faire vivre la place"], ["panier", "Vendre en paniers"]]
BASE: Sheets = {"acteurs": ACTORS, "objectifs": OBJECTIVES}


def write(folder: Path, sheets: Sheets, kind: str = "xlsx", name: str = "classeur") -> Path:
    """Write sheets as a file (or, for ``csv``, a folder) and return its path."""
    if kind == "xlsx":
        return xlsx(folder / f"{name}.xlsx", sheets)
    if kind == "ods":
        return ods(folder / f"{name}.ods", sheets)
    path = folder / name
    path.mkdir(exist_ok=True)
    for sheet, rows in sheets.items():
        with (path / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([["" if c is None else c for c in row] for row in rows])
    return path


def xlsx(path: Path, sheets: Sheets) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row, start=1):
                if value is not None:
                    cell = sheet.cell(number, place, value)
                    if isinstance(value, str):
                        # a text that begins with « = » is a text here, not a formula
                        cell.data_type = "s"
    book.save(path)
    return path


def ods(path: Path, sheets: Sheets) -> Path:
    book: Any = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        sheet = Table(name=name)
        for row in rows:
            line = TableRow()
            for value in row:
                line.addElement(_ods_cell(value))
            sheet.addElement(line)
        book.spreadsheet.addElement(sheet)
    book.save(str(path))
    return path


def _ods_cell(value: Any) -> Any:
    if value is None:
        return TableCell()
    if isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, bool):
        cell = TableCell(valuetype="boolean", booleanvalue=str(value).lower())
    elif isinstance(value, int | float):
        cell = TableCell(valuetype="float", value=repr(value))
    else:
        cell = TableCell(valuetype="string")
    for line in str(value).split("\n"):
        cell.addElement(P(text=line))
    return cell


def text(folder: Path, content: str, name: str = "acteurs.csv", encoding: str = "utf-8") -> Path:
    """One CSV file, with its bytes as asked."""
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def plan(store: Store, path: Path, **options: Any) -> Plan:
    """The dry run at the tests' day; it must leave the store as it was."""
    before = store.head()
    made = dry_run(path, store, today=TODAY, **options)
    assert store.head() == before
    return made


def load(store: Store, path: Path, **options: Any) -> Plan:
    """Apply a file that nothing keeps from being applied."""
    made = plan(store, path, **options)
    assert made.status == "ready", [issue.message() for issue in made.report.issues]
    made.apply(store, author="pilote")
    return made


def held(store: Store) -> dict[str, dict[str, Document]]:
    """Everything a store believes, by table and id."""
    return {
        name: {version.id: to_document(version.value) for version in store.versions(name)}
        for name in TABLES
        if store.count(name)
    }


def counts(made: Plan) -> dict[str, tuple[int, int, int, int]]:
    """(create, change, same, conflict) by table."""
    return {n: (t.create, t.change, t.same, t.conflict) for n, t in made.counts.items()}


def noted(made: Plan) -> set[str]:
    return {note.code for note in made.report.notes}


def refused(store: Store, path: Path) -> str:
    """The French sentence of a refusal, which names the file, has a translation and changes nothing."""
    before = held(store), store.head()
    with pytest.raises(FileRefused) as caught:
        plan(store, path)
    assert caught.value.fr.startswith(path.name) or caught.value.fr.split(",")[0].endswith(".csv")
    assert caught.value.en != caught.value.fr
    assert (held(store), store.head()) == before
    return caught.value.fr


def rewritten(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The same container with one XML part changed."""
    with zipfile.ZipFile(path) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    parts[part] = change(parts[part].decode("utf-8")).encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path
