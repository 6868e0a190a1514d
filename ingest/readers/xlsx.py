"""Excel workbooks, read as a stream.

The sheets' XML is parsed here rather than through a library's cell objects because a library hides what must be
said: formulas that were never computed, merged cells, sheet dimensions that lie, a million rows of formatting.
openpyxl knows the formats of dates and their two calendars.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from ingest.readers.containers import grown, opened, pump, reading, whole
from ingest.readers.sheets import (
    MAX_BLANK,
    Cell,
    Line,
    Sheet,
    Source,
    Unreadable,
    merged,
    too_many_blank,
)

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]+)")
_DIGITS = "0123456789"


def open_xlsx(path: Path) -> Source:
    """List the sheets of a workbook.

    Raises:
        FileRefused: damaged, protected, or a bomb.
    """
    book = _Book(path)
    return Source(path.name, "xlsx", [Sheet(path.name, name, book.lines) for name in book.parts])


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


class _Book:
    """The parts of a workbook that its sheets need: where they are, texts, which styles are dates."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._texts: list[str] | None = None
        with opened(path) as container, reading(path.name):
            root = next(
                _attribute(link, "Target")
                for link in whole(container, "_rels/.rels")
                if _attribute(link, "Type").endswith("/officeDocument")
            ).lstrip("/")
            folder = posixpath.dirname(root)
            links = posixpath.join(folder, "_rels", posixpath.basename(root) + ".rels")
            targets: dict[str, str] = {}
            self._texts_part = self._styles_part = ""
            for link in whole(container, links):
                target = _attribute(link, "Target")
                part = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                part = posixpath.normpath(part)
                targets[_attribute(link, "Id")] = part
                if _attribute(link, "Type").endswith("/sharedStrings"):
                    self._texts_part = part
                elif _attribute(link, "Type").endswith("/styles"):
                    self._styles_part = part
            book = whole(container, root)
            self.epoch = WINDOWS_EPOCH
            self.parts: dict[str, str] = {}
            for element in book.iter():
                if _local(element) == "workbookPr" and element.get("date1904") in ("1", "true"):
                    self.epoch = MAC_EPOCH
                elif _local(element) == "sheet":
                    # chart sheets hold no cells
                    part = targets[element.attrib[next(k for k in element.attrib if k.endswith("}id"))]]
                    if "chartsheet" not in part:
                        self.parts[str(element.get("name"))] = part
            self.dates = (
                self._date_styles(whole(container, self._styles_part)) if self._styles_part else set()
            )

    @staticmethod
    def _date_styles(styles: Element) -> set[str]:
        codes = {str(i): code for i, code in BUILTIN_FORMATS.items()}
        # 27 to 36 and 50 to 58 are the dates of East Asian Excel, absent from the built-in list
        codes |= {str(i): "yyyy-mm-dd" for i in (*range(27, 37), *range(50, 59))}
        dates: set[str] = set()
        for element in styles.iter():
            if _local(element) == "numFmt" and element.get("numFmtId"):
                codes[str(element.get("numFmtId"))] = str(element.get("formatCode", ""))
        cells = next((e for e in styles.iter() if _local(e) == "cellXfs"), None)
        for place, style in enumerate(cells if cells is not None else ()):
            if is_date_format(codes.get(style.get("numFmtId", "0"), "General")):
                dates.add(str(place))
        return dates

    def texts(self) -> list[str]:
        """The shared texts, read once."""
        if self._texts is None:
            found: list[str] = []
            if self._texts_part:
                with opened(self.path) as container, reading(self.path.name):
                    reader = _Texts(found)
                    with container.open(self._texts_part) as stream:
                        for _ in pump(stream, self.path.name, reader.start, reader.end, reader.text):
                            pass
            self._texts = found
        return self._texts

    def lines(self, sheet: Sheet) -> Iterator[Line]:
        """The lines of a sheet."""
        texts = self.texts()
        with opened(self.path) as container, reading(self.path.name):
            rows = _Rows(sheet, texts, self.dates, self.epoch)
            with container.open(self.parts[sheet.name]) as stream:
                for element in grown(stream, self.path.name):
                    line = rows.line(element)
                    if line is not None:
                        yield line
                    if rows.stopped:
                        return


def plain(text: str) -> str:
    """Text of a cell without Excel's ``_xHHHH_`` escapes."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


class _Texts:
    """Collects the shared texts; phonetic guides are not part of them."""

    def __init__(self, found: list[str]) -> None:
        self.found = found
        self._pieces: list[str] = []
        self._in_text = False
        self._phonetic = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._in_text = not self._phonetic

    def end(self, name: str) -> None:
        if name == "si":
            self.found.append(plain("".join(self._pieces)))
        elif name == "rPh":
            self._phonetic = False
        elif name == "t":
            self._in_text = False

    def text(self, data: str) -> None:
        if self._in_text:
            self._pieces.append(data)


class _Rows:
    """Builds lines from the rows of a sheet's XML."""

    def __init__(self, sheet: Sheet, texts: list[str], dates: set[str], epoch: datetime) -> None:
        self.sheet = sheet
        self.stopped = False
        self._texts = texts
        self._dates = dates
        self._epoch = epoch
        self._columns: dict[str, int] = {}
        self._locals: dict[str, str] = {}
        self._row = 0
        self._blank = 0

    def line(self, element: Element) -> Line | None:
        """The line of an element, if it is a row that holds something."""
        name = self._local(element)
        if name == "mergeCell":
            reference = element.get("ref", "")
            found = _REFERENCE.match(reference)
            self.sheet.faults.append(
                merged(self.sheet.file, self.sheet.name, int(found[2]) if found else 1, reference)
            )
        if name != "row":
            return None
        number = element.get("r")
        self._row = self._row + 1 if number is None else int(number)
        cells = self._cells(element)
        if cells:
            self._blank = 0
            return Line(self._row, cells)
        self._blank += 1
        if self._blank > MAX_BLANK and not self.stopped:
            self.sheet.faults.append(
                too_many_blank(self.sheet.file, self.sheet.name, self._row - self._blank + 1)
            )
            self.stopped = True
        return None

    def _cells(self, row: Element) -> dict[int, Cell]:
        found: dict[int, Cell] = {}
        names, places, texts = self._locals, self._columns, self._texts
        column = -1
        for element in row:
            if (names.get(element.tag) or self._local(element)) != "c":
                continue
            said = element.attrib
            reference, kind = said.get("r"), said.get("t", "n")
            if reference:
                place = places.get(reference.rstrip(_DIGITS))
                column = self._place(reference) if place is None else place
            else:
                column += 1
            # nearly every cell is one <v>, or one <is><t>
            part = element[0] if len(element) == 1 else element
            part = part[0] if len(part) == 1 else part
            alone = names.get(part.tag) in ("v", "t")
            value, formula = (part.text, False) if alone else self._written(element)
            if kind == "s" and value and not formula:
                cell: Cell | None = texts[int(value)]
            else:
                cell = self._cell(value, kind, said.get("s", ""), formula)
            if not (cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))):
                found[column] = cell
        return found

    def _written(self, cell: Element) -> tuple[str | None, bool]:
        """What is written in a cell, and whether it is a formula."""
        value: str | None = None
        formula = False
        for part in cell:
            name = self._local(part)
            if name == "v":
                value = (value or "") + (part.text or "")
            elif name == "f":
                formula = True
            elif len(part) == 1 and self._local(part[0]) == "t":
                value = (value or "") + (part[0].text or "")
            else:
                pieces = self._runs(part)
                value = (value or "") + "".join(pieces) if pieces else value
        return value, formula

    def _local(self, element: Element) -> str:
        """Name of an element without its namespace, remembered."""
        name = self._locals.get(element.tag)
        if name is None:
            name = self._locals[element.tag] = _local(element)
        return name

    def _runs(self, element: Element) -> list[str]:
        """The texts of an inline text; phonetic guides are not part of them."""
        name = self._local(element)
        if name == "t":
            return [element.text or ""]
        return [] if name == "rPh" else [text for part in element for text in self._runs(part)]

    def _place(self, reference: str) -> int:
        """Column of a reference whose letters were not met yet."""
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise ValueError(reference)
        place = 0
        for letter in found[1].upper():
            place = place * 26 + ord(letter) - 64
        self._columns[found[1]] = place - 1
        return place - 1

    def _cell(self, value: str | None, kind: str, style: str, formula: bool) -> Cell | None:
        if formula and (value is None or (value == "" and kind != "str")):
            return Unreadable("formula_without_value", "=")
        if value is None or value == "":
            return None
        if kind == "s":
            return self._texts[int(value)]
        if kind in ("str", "inlineStr"):
            return plain(value)
        if kind == "b":
            return value.strip() not in ("0", "false")
        if kind == "e":
            return Unreadable("error_value", value)
        if kind == "d":
            return datetime.fromisoformat(value.replace("Z", "+00:00")).date()
        number = float(value)
        if style in self._dates:
            return self._date(number)
        return int(number) if number.is_integer() and "." not in value and abs(number) < 1e15 else number

    def _date(self, number: float) -> Cell:
        try:
            moment = from_excel(number, self._epoch)
        except (OverflowError, ValueError):
            return Unreadable("error_value", f"{number:g}")
        if isinstance(moment, datetime):
            return moment.date()
        return moment if isinstance(moment, date) and not isinstance(moment, time) else number
