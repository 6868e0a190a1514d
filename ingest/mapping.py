"""From the lines of a sheet to drafts: what each row says, before the store is asked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from openpyxl.utils import get_column_letter

from graph.model import FieldSpec, Table
from graph.model.fields import MAX_TEXT
from graph.vocabulary import Vocabulary
from ingest.cell_errors import CellError, ListErrors, unreadable
from ingest.cells import Converter, Habits, Said, flag, text_of
from ingest.escaping import CLEAR, unshielded
from ingest.headers import Column, match
from ingest.issues import Issue, Note, Report
from ingest.readers.sheets import Cell, Line, Sheet, Unreadable

COLUMNS_BESIDE_THE_MODEL = {"flows": ("quantity",)}
"""Columns a sheet must have although their cells may be empty: a flow of unknown quantity is said to be unknown."""


_ColumnReader = tuple[int, str, Converter | None, Column]
"""Place of a column, its field (``""`` for an attribute or the retraction) and what reads it."""


@dataclass(frozen=True)
class Origin:
    """Where drafts come from.

    Attributes:
        table: their table.
        file: name of the file.
        sheet: name of the sheet as the file spells it.
        headers: by field name, the header as the file spells it.
        unread: fields that no column of the sheet, or more than one, tells; the error is already reported.
    """

    table: Table
    file: str
    sheet: str
    headers: dict[str, str]
    unread: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """What one row says.

    Attributes:
        origin: where it comes from.
        row: its number.
        given: by field name, the values its cells give, or :attr:`Said.CLEAR`; empty cells are absent.
        attributes: columns the model does not know, ``None`` to clear.
        retract: the row takes its record back; ``None`` when its cell does not tell.
        wrong: fields whose cells could not be read (``""`` for a column beside the model); the errors are already
            reported.
        place: the column to name in messages, for rows made from one cell of a matrix.
        renamed: an id of the row was an alias.
    """

    origin: Origin
    row: int
    given: dict[str, Any]
    attributes: dict[str, str | None] = field(default_factory=dict)
    retract: bool | None = False
    wrong: tuple[str, ...] = ()
    place: str | None = None
    renamed: bool = False

    def issue(
        self,
        code: str,
        fr: str,
        en: str,
        spec: FieldSpec | None = None,
        value: object = "",
        expected: tuple[str, str] = ("", ""),
    ) -> Issue:
        """An error about this row, or about one of its cells."""
        column = ""
        if spec is not None:
            column = self.place or self.origin.headers.get(spec.name, spec.fr)
        return Issue(
            code, fr, en, self.origin.file, self.origin.sheet, self.row, column, str(value), *expected
        )


class Rows:
    """Reads the drafts of one sheet.

    Args:
        sheet: the sheet.
        table: what it holds.
        vocabulary: the codes in force.
        today: observed facts may not lie after it.
        report: where errors and notes go.
    """

    def __init__(
        self, sheet: Sheet, table: Table, vocabulary: Vocabulary, today: date, report: Report
    ) -> None:
        self.sheet = sheet
        self.table = table
        self.vocabulary = vocabulary
        self.today = today
        self.report = report
        self.habits = Habits()
        self._headless: set[int] = set()

    def drafts(self) -> Iterator[Draft]:
        """The drafts, row by row; errors of cells go to the report, and their rows say which fields are wrong.

        The rows of a sheet whose header is wrong are read too: its other columns may be wrong as well.
        """
        lines = self.sheet.lines()
        header = next(lines, None)
        first = next(lines, None)
        if header is None or first is None:
            # a sheet without rows counts as absent, whatever its header
            list(lines)
            self._faults()
            return
        columns, unread = self._columns(header)
        readers = self._readers(columns)
        headers = {c.spec.name: c.header for c in reversed(columns) if c.spec is not None}
        origin = Origin(self.table, self.sheet.file, self.sheet.name, headers, unread)
        places = frozenset(header.cells)
        for line in itertools.chain((first,), lines):
            if not line.cells.keys() <= places:
                self._headless |= line.cells.keys() - places
            yield self._draft(origin, readers, line)
        self._faults()
        self._say_habits()

    def _faults(self) -> None:
        for fault in self.sheet.faults:
            self.report.error(fault)

    def _columns(self, header: Line) -> tuple[list[Column], tuple[str, ...]]:
        """The columns, and the fields that none of them tells, or more than one."""
        headers = {place: unshielded(text_of(cell)) for place, cell in header.cells.items()}
        columns = match(self.table, headers)
        seen: dict[str, Column] = {}
        unread: dict[str, None] = {}
        for column in columns:
            name = column.spec.name if column.spec else "\0" if column.retract else f"\0{column.header}"
            if name in seen:
                unread.setdefault(column.spec.name if column.spec else "")
                self._header_error(
                    header,
                    "duplicate_column",
                    column.header,
                    f"deux colonnes disent la même chose (« {seen[name].header} » et « {column.header} ») : gardez-en une.",
                    f"two columns say the same thing ('{seen[name].header}' and '{column.header}'): keep one.",
                )
            seen.setdefault(name, column)
        given = {c.spec.name for c in columns if c.spec is not None}
        beside = COLUMNS_BESIDE_THE_MODEL.get(self.table.name, ())
        for spec in self.table.fields:
            needed = (
                spec.required and not (self.table.statement and spec.name == "valid_from")
            ) or spec.name in beside
            if needed and spec.name not in given:
                unread.setdefault(spec.name)
                self._header_error(
                    header,
                    "missing_column",
                    spec.fr,
                    f"colonne obligatoire absente. En-têtes trouvés : {', '.join(headers.values())}.",
                    f"required column missing. Headers found: {', '.join(headers.values())}.",
                )
        unknown = [c.header for c in columns if c.spec is None and not c.retract]
        if unknown:
            self._say_unknown(unknown)
        return columns, tuple(unread)

    def _header_error(self, header: Line, code: str, column: str, fr: str, en: str) -> None:
        self.report.error(
            Issue(code, fr, en, self.sheet.file, self.sheet.name, header.number, column, "", column, column)
        )

    def _say_unknown(self, unknown: list[str]) -> None:
        names = ", ".join(unknown)
        known = ", ".join(spec.fr for spec in self.table.fields)
        self.report.note(
            Note(
                "unknown_columns",
                f"{self.sheet.file}, feuille « {self.sheet.name} » : colonnes gardées comme attributs : {names} "
                f"(colonnes connues : {known}).",
                f"{self.sheet.file}, sheet '{self.sheet.name}': columns kept as attributes: {names} "
                f"(known columns: {known}).",
            )
        )

    def _readers(self, columns: list[Column]) -> list[_ColumnReader]:
        return [
            (
                column.place,
                "" if column.spec is None else column.spec.name,
                None
                if column.spec is None
                else Converter(self.table, column.spec, self.vocabulary, self.today, self.habits),
                column,
            )
            for column in columns
        ]

    def _draft(self, origin: Origin, readers: list[_ColumnReader], line: Line) -> Draft:
        given: dict[str, Any] = {}
        draft = Draft(origin, line.number, given, wrong=origin.unread, place=line.place)
        cell_at = line.cells.get
        for place, name, converter, column in readers:
            cell = cell_at(place)
            if cell is None:
                continue
            try:
                if converter is not None:
                    value = converter(cell)
                    if value is not Said.NOTHING:
                        given[name] = value
                elif column.retract:
                    draft.retract = text_of(cell) != "" and flag(cell)
                else:
                    self._attribute(draft, column.header, cell)
            except (CellError, ListErrors) as wrong:
                draft.wrong = (*draft.wrong, name)
                if column.retract:
                    draft.retract = None
                for fault in wrong.faults if isinstance(wrong, ListErrors) else (wrong,):
                    self.report.error(
                        Issue(
                            fault.code,
                            fault.fr,
                            fault.en,
                            origin.file,
                            origin.sheet,
                            line.number,
                            line.place or column.header,
                            fault.item or text_of(cell),
                            fault.expected_fr,
                            fault.expected_en,
                        )
                    )
        for name in origin.unread:
            given.pop(name, None)
        return draft

    @staticmethod
    def _attribute(draft: Draft, name: str, cell: Cell) -> None:
        if isinstance(cell, Unreadable):
            raise unreadable(cell)
        text = text_of(cell)
        if len(text) > MAX_TEXT:
            raise CellError(
                "too_long",
                (f"{MAX_TEXT} caractères au plus", f"at most {MAX_TEXT} characters"),
                f"{len(text)} caractères, le plus est {MAX_TEXT} : raccourcissez le texte.",
                f"{len(text)} characters, the most is {MAX_TEXT}: shorten the text.",
            )
        if text:
            draft.attributes[name] = None if text == CLEAR else unshielded(text)

    def _say_habits(self) -> None:
        where_fr = f"{self.sheet.file}, feuille « {self.sheet.name} »"
        where_en = f"{self.sheet.file}, sheet '{self.sheet.name}'"
        if self._headless:
            names = ", ".join(get_column_letter(place + 1) for place in sorted(self._headless))
            self.report.note(
                Note(
                    "headless_columns",
                    f"{where_fr} : cellules sans en-tête laissées de côté (colonnes {names}).",
                    f"{where_en}: cells without a header left aside (columns {names}).",
                )
            )
        for met, code, fr, en in (
            (
                self.habits.decimal_comma,
                "decimal_comma",
                "virgule décimale acceptée",
                "decimal comma accepted",
            ),
            (
                self.habits.typographic_minus,
                "typographic_minus",
                "signe moins typographique « − » accepté",
                "typographic minus sign accepted",
            ),
            (
                self.habits.french_date,
                "french_date",
                "dates JJ/MM/AAAA acceptées",
                "dates DD/MM/YYYY accepted",
            ),
            (
                self.habits.whole_float,
                "whole_number",
                "nombres entiers écrits 12.0 acceptés",
                "whole numbers written 12.0 accepted",
            ),
        ):
            if met:
                self.report.note(Note(code, f"{where_fr} : {fr}.", f"{where_en}: {en}."))
