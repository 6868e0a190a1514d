"""OpenDocument spreadsheets, read as a stream (a document tree of a large one would not fit in memory)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ingest.readers.containers import opened, protected, pump, reading, whole
from ingest.readers.sheets import (
    MAX_BLANK,
    Cell,
    Line,
    Sheet,
    Source,
    Unreadable,
    blank,
    merged,
    too_many_blank,
)

MAX_ROWS = 1 << 20
"""Rows of a spreadsheet; a repetition beyond is not one."""

MAX_COLUMNS = 1 << 14
"""Columns of a spreadsheet."""

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "


def open_ods(path: Path) -> Source:
    """List the sheets of a spreadsheet.

    Raises:
        FileRefused: damaged, protected, or a bomb.
    """
    document = _Document(path)
    return Source(path.name, "ods", [Sheet(path.name, name, document.lines) for name in document.names])


class _Document:
    """A spreadsheet whose content is parsed again for each sheet: order is free, memory stays flat."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with opened(path) as container, reading(path.name):
            if "META-INF/manifest.xml" in container.namelist():
                manifest = whole(container, "META-INF/manifest.xml")
                if any(element.tag.endswith("}encryption-data") for element in manifest.iter()):
                    raise protected(path.name)
        names: dict[str, None] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "table" and _TABLE + "name" in attributes:
                names.setdefault(attributes[_TABLE + "name"])

        with opened(path) as container, reading(path.name), container.open("content.xml") as stream:
            for _ in pump(stream, path.name, start, _ignore, _ignore):
                pass
        self.names = tuple(names)

    def lines(self, sheet: Sheet) -> Iterator[Line]:
        """The lines of a sheet."""
        with opened(self.path) as container, reading(self.path.name):
            parser = _SheetParser(sheet)
            with container.open("content.xml") as stream:
                for _ in pump(stream, self.path.name, parser.start, parser.end, parser.text):
                    yield from parser.ready
                    parser.ready.clear()
                    if parser.stopped:
                        return


def _ignore(_event: str) -> None:
    """Nothing to do: only the names of sheets are looked for."""


class _SheetParser:
    """Builds the lines of one sheet from the events of the content's XML."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.ready: list[Line] = []
        self.stopped = False
        self._inside = False
        self._row = 0
        self._column = 0
        self._blank = 0
        self._row_repeat = 1
        self._cells: dict[int, Cell] = {}
        self._cell: dict[str, str] | None = None
        self._aside = 0
        self._paragraphs: list[list[str]] = []
        self._writing = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self._inside = attributes.get(_TABLE + "name") == self.sheet.name
            self._row = 0
        if not self._inside:
            return
        if name in ("annotation", "shapes", "forms"):
            self._aside += 1
        elif self._aside:
            return
        elif name == "table-row":
            self._row_repeat = int(attributes.get(_TABLE + "number-rows-repeated", "1"))
            self._column = 0
            self._cells = {}
        elif name in ("table-cell", "covered-table-cell"):
            self._cell = attributes
            self._paragraphs = []
        elif name == "p" and self._cell is not None:
            self._paragraphs.append([])
            self._writing = True
        elif self._writing:
            if name == "s":
                self._paragraphs[-1].append(" " * int(attributes.get(_TEXT + "c", "1")))
            elif name == "tab":
                self._paragraphs[-1].append("\t")
            elif name == "line-break":
                self._paragraphs[-1].append("\n")

    def end(self, name: str) -> None:
        if not self._inside:
            return
        if name in ("annotation", "shapes", "forms"):
            self._aside -= 1
        elif self._aside:
            return
        elif name == "p":
            self._writing = False
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._close_cell(self._cell)
            self._cell = None
        elif name == "table-row":
            self._close_row()
        elif name == "table":
            self._inside = False
            self.stopped = True

    def text(self, data: str) -> None:
        if self._writing and not self._aside:
            self._paragraphs[-1].append(data)

    def _close_cell(self, cell: dict[str, str]) -> None:
        repeat = int(cell.get(_TABLE + "number-columns-repeated", "1"))
        rows = int(cell.get(_TABLE + "number-rows-spanned", "1"))
        columns = int(cell.get(_TABLE + "number-columns-spanned", "1"))
        if rows > 1 or columns > 1:
            reference = f"{columns} × {rows}"
            self.sheet.faults.append(merged(self.sheet.file, self.sheet.name, self._row + 1, reference))
        value = self._value(cell)
        if value is not None and not blank(value):
            for place in range(self._column, min(self._column + repeat, MAX_COLUMNS)):
                self._cells[place] = value
        self._column += repeat

    def _value(self, cell: dict[str, str]) -> Cell | None:
        kind = cell.get(_OFFICE + "value-type", "")
        text = "\n".join("".join(pieces) for pieces in self._paragraphs)
        if cell.get(_CALC + "value-type") == "error":
            return Unreadable("error_value", text)
        if kind in ("float", "currency", "percentage"):
            written = cell[_OFFICE + "value"]
            number = float(written)
            return (
                int(number) if number.is_integer() and "." not in written and abs(number) < 1e15 else number
            )
        if kind == "date":
            return date.fromisoformat(cell[_OFFICE + "date-value"][:10])
        if kind == "boolean":
            return cell[_OFFICE + "boolean-value"] == "true"
        if not kind and cell.get(_TABLE + "formula") and not text:
            return Unreadable("formula_without_value", cell[_TABLE + "formula"])
        return cell.get(_OFFICE + "string-value", text)

    def _close_row(self) -> None:
        if not self._cells:
            self._row += self._row_repeat
            self._blank += 1
            if self._blank > MAX_BLANK and not self.stopped:
                self.sheet.faults.append(
                    too_many_blank(self.sheet.file, self.sheet.name, self._row - self._blank + 1)
                )
                self.stopped = True
            return
        self._blank = 0
        for _ in range(min(self._row_repeat, MAX_ROWS - self._row)):
            self._row += 1
            self.ready.append(Line(self._row, self._cells))
