"""An Excel workbook, one sheet per table, written row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from graph.model import TABLES
from graph.snapshot import Snapshot
from ingest.readers import STAMP_SHEET
from ingest.readers.sheets import Stamp
from ingest.writers.tables import Value, attributes_of, filled, headers, rows

HEAD = Font(bold=True, color="FF14202B")
HEAD_FILL = PatternFill("solid", fgColor="FFEEF2F5")
WIDTH = 18
"""Width of a column, in characters."""

_READ_AS_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def write_xlsx(snapshot: Snapshot, path: Path, stamp: Stamp) -> None:
    """Write one sheet per table that holds something, and the hidden stamp.

    A workbook needs a sheet that is seen: of an empty store, that of actors with its headers alone.
    """
    book = Workbook(write_only=True)
    for table in filled(snapshot) or [TABLES["actors"]]:
        attributes = attributes_of(snapshot, table)
        sheet = book.create_sheet(table.sheet)
        sheet.freeze_panes = "A2"
        titles = headers(table, attributes)
        for place in range(1, len(titles) + 1):
            sheet.column_dimensions[get_column_letter(place)].width = WIDTH
        sheet.append(head_cells(sheet, titles))
        for row in rows(snapshot, table, attributes):
            sheet.append([value_cell(sheet, value) for value in row])
    hidden = book.create_sheet(STAMP_SHEET)
    hidden.sheet_state = "hidden"
    for key, value in (("revision", stamp.revision), ("moment", stamp.moment)):
        hidden.append([key, value])
    book.save(path)


def head_cells(sheet: Any, titles: Iterable[str]) -> list[Any]:
    """Header cells, bold on grey."""
    cells = []
    for title in titles:
        cell = WriteOnlyCell(sheet, value=_READ_AS_ESCAPE.sub("_x005F_", title))
        cell.font = HEAD
        cell.fill = HEAD_FILL
        cells.append(cell)
    return cells


def value_cell(sheet: Any, value: Value) -> Any:
    """What to append for a value, so that reading the workbook gives it back to the last digit and letter."""
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=datetime.combine(value, time()))
        cell.number_format = "yyyy-mm-dd"
        return cell
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        # openpyxl writes 16 digits; some numbers need 17
        cell = WriteOnlyCell(sheet, value=repr(value))
        cell.data_type = "n"
        return cell
    if isinstance(value, str):
        return _READ_AS_ESCAPE.sub("_x005F_", value)
    return value
