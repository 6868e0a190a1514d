"""An OpenDocument spreadsheet, one sheet per table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from odf.text import P

from graph.snapshot import Snapshot
from ingest.readers import STAMP_SHEET
from ingest.readers.sheets import Stamp
from ingest.writers.tables import Value, attributes_of, filled, headers, rows


def write_ods(snapshot: Snapshot, path: Path, stamp: Stamp) -> None:
    """Write one sheet per table that holds something, and the hidden stamp."""
    book: Any = OpenDocumentSpreadsheet()
    for table in filled(snapshot):
        attributes = attributes_of(snapshot, table)
        sheet = OdfTable(name=table.sheet)
        sheet.addElement(_row(headers(table, attributes)))
        for row in rows(snapshot, table, attributes):
            sheet.addElement(_row(row))
        book.spreadsheet.addElement(sheet)
    style = Style(name="hidden", family="table")
    style.addElement(TableProperties(display="false"))
    book.automaticstyles.addElement(style)
    hidden = OdfTable(name=STAMP_SHEET, stylename=style)
    hidden.addElement(_row(["revision", stamp.revision]))
    hidden.addElement(_row(["moment", stamp.moment]))
    book.spreadsheet.addElement(hidden)
    book.save(str(path))


def _row(values: Sequence[Value]) -> Any:
    row = TableRow()
    for value in values:
        row.addElement(_cell(value))
    return row


def _cell(value: Value) -> Any:
    if value is None:
        return TableCell()
    if isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
        text = value.isoformat()
    elif isinstance(value, str):
        cell = TableCell(valuetype="string")
        text = value
    else:
        cell = TableCell(valuetype="float", value=repr(value))
        text = str(value)
    for line in text.split("\n"):
        cell.addElement(P(text=line))
    return cell
