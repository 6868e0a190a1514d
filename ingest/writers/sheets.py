"""Any tables as one workbook, for reading: it is not meant to be imported back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from ingest.escaping import cleaned
from ingest.writers.folder import value_text
from ingest.writers.tables import Value
from ingest.writers.xlsx import WIDTH, head_cells, value_cell

Sheet = tuple[str, Sequence[str], Iterable[Sequence[Value]]]
"""Title, heads, rows; texts already harmless (:func:`ingest.escaping.harmless`)."""

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_TITLE = 31
"""Characters that Excel allows a sheet's title."""


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """An Excel workbook with one sheet a table, heads frozen.

    Args:
        sheets: in order; titles are cut to what Excel allows, and numbered where two would be the same.
    """
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for title, heads, rows in sheets:
        sheet = book.create_sheet(_title(title, taken))
        sheet.freeze_panes = "A2"
        for place in range(1, len(heads) + 1):
            sheet.column_dimensions[get_column_letter(place)].width = WIDTH
        sheet.append(head_cells(sheet, heads))
        for row in rows:
            sheet.append([value_cell(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _title(text: str, taken: set[str]) -> str:
    plain = cleaned(_FORBIDDEN.sub(" ", text)).strip() or "1"
    title, number = plain[:LONGEST_TITLE], 1
    while title.lower() in taken:
        number += 1
        title = f"{plain[: LONGEST_TITLE - 4]} {number}"
    taken.add(title.lower())
    return title


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """The same table as CSV."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([value_text(value) for value in row] for row in rows)
    return stream.getvalue()
