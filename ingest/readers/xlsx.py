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

from ingest.readers.containers import opened, pump, reading, whole
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

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]+)")


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
            parser = _SheetParser(sheet, texts, self.dates, self.epoch)
            with container.open(self.parts[sheet.name]) as stream:
                for _ in pump(stream, self.path.name, parser.start, parser.end, parser.text):
                    yield from parser.ready
                    parser.ready.clear()
                    if parser.stopped:
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


class _SheetParser:
    """Builds lines from the events of a sheet's XML."""

    def __init__(self, sheet: Sheet, texts: list[str], dates: set[str], epoch: datetime) -> None:
        self.sheet = sheet
        self.ready: list[Line] = []
        self.stopped = False
        self._texts = texts
        self._dates = dates
        self._epoch = epoch
        self._columns: dict[str, int] = {}
        self._row = 0
        self._column = -1
        self._blank = 0
        self._cells: dict[int, Cell] = {}
        self._type = self._style = ""
        self._formula = self._phonetic = False
        self._value: str | None = None
        self._pieces: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            reference = attributes.get("r")
            self._column = self._place(reference) if reference else self._column + 1
            self._type = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._formula = False
            self._value = None
        elif name in ("v", "t"):
            if not self._phonetic:
                self._pieces = []
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = -1
            self._cells = {}
        elif name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            reference = attributes.get("ref", "")
            found = _REFERENCE.match(reference)
            self.sheet.faults.append(
                merged(self.sheet.file, self.sheet.name, int(found[2]) if found else 1, reference)
            )

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            if self._pieces is not None:
                self._value = (self._value or "") + "".join(self._pieces)
                self._pieces = None
        elif name == "c":
            value = self._cell()
            if value is not None and not blank(value):
                self._cells[self._column] = value
        elif name == "row":
            self._close_row()
        elif name == "rPh":
            self._phonetic = False

    def text(self, data: str) -> None:
        if self._pieces is not None:
            self._pieces.append(data)

    def _place(self, reference: str) -> int:
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise ValueError(reference)
        letters = found[1].upper()
        place = self._columns.get(letters)
        if place is None:
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - 64
            place = self._columns[letters] = place - 1
        return place

    def _close_row(self) -> None:
        if self._cells:
            self._blank = 0
            self.ready.append(Line(self._row, self._cells))
            return
        self._blank += 1
        if self._blank > MAX_BLANK and not self.stopped:
            self.sheet.faults.append(
                too_many_blank(self.sheet.file, self.sheet.name, self._row - self._blank + 1)
            )
            self.stopped = True

    def _cell(self) -> Cell | None:
        value, kind = self._value, self._type
        if self._formula and (value is None or (value == "" and kind != "str")):
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
        if self._style in self._dates:
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
