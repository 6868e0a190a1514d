"""One cell to one value, as its field's description says; what cannot be read says what was expected."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from stdnum.fr import siren

from graph.ids import ENTITY_ID
from graph.model import SHEETS, TABLES, FieldSpec, Kind, Table
from graph.model.fields import MAX_NAME, MAX_TEXT
from graph.vocabulary import Vocabulary, fold
from ingest.cell_errors import CellError, ListErrors, unreadable
from ingest.escaping import CLEAR, ERRORS, cleaned, split_list, unshielded
from ingest.headers import sheet_table
from ingest.readers.sheets import Cell, Unreadable


class Said(Enum):
    """What a cell says when it holds no value."""

    NOTHING = "leaves things as they are"
    CLEAR = "clears what the store says"


_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?")
_ANY = ("un nombre", "a number")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?(?:\.0+)?Z?)?")
_FRENCH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")
_YES = frozenset({"oui", "o", "vrai", "x", "1", "yes", "y", "true"})
_NO = frozenset({"non", "n", "faux", "0", "no", "false"})
_DATE = ("AAAA-MM-JJ ou JJ/MM/AAAA", "YYYY-MM-DD or DD/MM/YYYY")
_DEPENDS = {"origine": "origine", "origin": "origine", "destination": "destination"}

CACHED = 50_000
"""Different texts remembered by a column: codes, ids and dates come again and again."""


@dataclass
class Habits:
    """Habits of French files met in cells, to be said once.

    Attributes:
        decimal_comma: a number was written with a comma.
        typographic_minus: a number was written with the true minus sign.
        french_date: a date was written JJ/MM/AAAA.
        whole_float: a whole number was written 12.0.
    """

    decimal_comma: bool = False
    typographic_minus: bool = False
    french_date: bool = False
    whole_float: bool = False


def text_of(cell: Cell) -> str:
    """A cell as text: whole numbers without decimals, dates as AAAA-MM-JJ, truth as oui/non."""
    if isinstance(cell, str):
        return cleaned(cell)
    if isinstance(cell, Unreadable):
        return cell.text
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, date):
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    return str(cell)


class Converter:
    """Reads the cells of one column.

    Args:
        table: the column's table.
        spec: the column's field.
        vocabulary: the codes in force, the file's own terms included.
        today: observed facts may not lie after it.
        habits: where to say which habits were met.
    """

    def __init__(
        self, table: Table, spec: FieldSpec, vocabulary: Vocabulary, today: date, habits: Habits
    ) -> None:
        self.table = table
        self.spec = spec
        self.vocabulary = vocabulary
        self.today = today
        self.habits = habits
        self._known: dict[str | int, Any] = {}
        self._read = self._reader()

    def __call__(self, cell: Cell | None) -> Any:
        """The value of a cell, or what it :class:`Said` when it holds none.

        Raises:
            CellError: it cannot be read as the field.
            ListErrors: items of the list that it holds cannot.
        """
        # of these two types only: 1, 1.0 and True are one key of a dictionary
        if type(cell) is str or type(cell) is int:
            found = self._known.get(cell)
            if found is None:
                found = self._text(cell) if isinstance(cell, str) else self._read(cell)
                if len(self._known) < CACHED and not (isinstance(cell, str) and len(cell) >= 100):
                    self._known[cell] = found
            return found
        if cell is None:
            return Said.NOTHING
        if isinstance(cell, Unreadable):
            raise unreadable(cell)
        return self._read(cell)

    def _text(self, cell: str) -> Any:
        text = cleaned(cell)
        if not text:
            return Said.NOTHING
        if text == CLEAR:
            return Said.CLEAR
        if text in ERRORS:
            raise unreadable(Unreadable("error_value", text))
        return self._read(unshielded(text))

    def _reader(self) -> Callable[[Any], Any]:
        special = {("aliases", "table"): self._table_name, ("vocabulary", "list"): self._list_name}.get(
            (self.table.name, self.spec.name)
        )
        if special is not None:
            return special
        if self.spec.name == "siren":
            return self._siren
        if self.spec.name == "depends":
            return self._depends
        kinds: dict[Kind, Callable[[Any], Any]] = {
            Kind.ID: self._id,
            Kind.REF: self._id,
            Kind.REFS: self._ids,
            Kind.TEXT: lambda cell: self._long(cell, MAX_NAME),
            Kind.LONG: lambda cell: self._long(cell, MAX_TEXT),
            Kind.TEXTS: self._texts,
            Kind.CODE: self._code,
            Kind.CODES: self._codes,
            Kind.INTEGER: self._integer,
            Kind.NUMBER: self._number,
            Kind.DATE: self._date,
            Kind.FLAG: flag,
        }
        return kinds[self.spec.kind]

    def _id(self, cell: Cell) -> str:
        text = text_of(cell)
        if ENTITY_ID.fullmatch(text) is None:
            raise CellError(
                "malformed_id",
                ("[A-Za-z0-9_.:-]{1,64}", "[A-Za-z0-9_.:-]{1,64}"),
                "identifiant mal formé : de 1 à 64 lettres sans accent, chiffres, « _ », « . », « : » ou « - », "
                "sans espace.",
                "malformed id: 1 to 64 unaccented letters, digits, '_', '.', ':' or '-', without spaces.",
            )
        return text

    def _ids(self, cell: Cell) -> Any:
        return self._items(cell, self._id)

    @staticmethod
    def _items(cell: Cell, read: Callable[[Cell], str]) -> Any:
        found: dict[str, None] = {}
        faults: list[CellError] = []
        for item in split_list(text_of(cell)):
            try:
                found.setdefault(read(item))
            except CellError as fault:
                fault.item = item
                faults.append(fault)
        if faults:
            raise ListErrors(faults)
        return tuple(found) or Said.NOTHING

    def _long(self, cell: Cell, most: int) -> str:
        text = text_of(cell)
        if len(text) > most:
            raise CellError(
                "too_long",
                (f"{most} caractères au plus", f"at most {most} characters"),
                f"{len(text)} caractères, le plus est {most} : raccourcissez le texte.",
                f"{len(text)} characters, the most is {most}: shorten the text.",
            )
        return text

    def _texts(self, cell: Cell) -> Any:
        return self._items(cell, lambda item: self._long(item, MAX_NAME))

    def _code(self, cell: Cell) -> str:
        text = text_of(cell)
        words = self.vocabulary[str(self.spec.codes)]
        code = words.find(text)
        if code is None:
            near = words.nearest(text)
            known = " | ".join(words.codes)
            raise CellError(
                "unknown_code",
                (known, known),
                f"n'est pas connu ici ; attendu : {', '.join(words.codes)}."
                + (f" Vouliez-vous dire « {near} » ?" if near else ""),
                f"is not known here; expected: {', '.join(words.codes)}."
                + (f" Did you mean '{near}'?" if near else ""),
            )
        return code

    def _codes(self, cell: Cell) -> Any:
        return self._items(cell, self._code)

    def _bounds(self) -> tuple[str, str]:
        low, high = self.spec.low, self.spec.high
        kind = ("un entier", "an integer") if self.spec.kind is Kind.INTEGER else _ANY
        if low is None:
            return kind
        if low == 1e-9:
            return f"{kind[0]} > 0", f"{kind[1]} > 0"
        if high is None:
            return f"{kind[0]} ≥ {low:g}", f"{kind[1]} ≥ {low:g}"
        return (f"{low:g}..{high:g}",) * 2

    def _number(self, cell: Cell) -> float:
        return float(self._real(cell))

    def _integer(self, cell: Cell) -> int:
        number = self._real(cell)
        if isinstance(number, int):
            return number
        if not number.is_integer():
            raise CellError(
                "not_an_integer",
                self._bounds(),
                f"nombre entier attendu ({self._bounds()[0]}).",
                f"a whole number is expected ({self._bounds()[1]}).",
            )
        self.habits.whole_float = True
        return int(number)

    def _real(self, cell: Cell) -> int | float:
        number = cell if isinstance(cell, int | float) and not isinstance(cell, bool) else self._parsed(cell)
        low, high = self.spec.low, self.spec.high
        if (low is not None and number < low) or (high is not None and number > high):
            fr, en = self._bounds()
            raise CellError(
                "out_of_range",
                (fr, en),
                f"hors de l'échelle ; attendu : {fr}.",
                f"out of scale; expected: {en}.",
            )
        return number

    def _parsed(self, cell: Cell) -> int | float:
        written = text_of(cell) if not isinstance(cell, bool | date) else ""
        text = written.replace("\u2212", "-")
        text = text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
        if _THOUSANDS.fullmatch(text):
            text = text.replace(".", "")
        if not written or _NUMBER.fullmatch(text) is None:
            fr, en = self._bounds()
            raise CellError(
                "not_a_number",
                (fr, en),
                f"un nombre est attendu{'' if fr == _ANY[0] else f' ({fr})'}, sans texte ni unité.",
                f"a number is expected{'' if en == _ANY[1] else f' ({en})'}, without text or unit.",
            )
        self.habits.typographic_minus |= "\u2212" in written
        self.habits.decimal_comma |= "," in text
        plain = text.replace(",", ".")
        number = float(plain)
        if not math.isfinite(number):
            fr, en = self._bounds()
            raise CellError(
                "out_of_range", (fr, en), f"nombre démesuré ; attendu : {fr}.", f"expected: {en}."
            )
        return int(plain) if re.fullmatch(r"[+-]?\d+", plain) else number

    def _date(self, cell: Cell) -> date:
        if isinstance(cell, datetime):
            day = cell.date()
        elif isinstance(cell, date):
            day = cell
        else:
            day = self._day(cell)
        if self.spec.past and day > self.today:
            raise CellError(
                "future_date",
                (f"≤ {self.today.isoformat()}", f"≤ {self.today.isoformat()}"),
                "date dans le futur : un fait observé ne peut être daté après aujourd'hui.",
                "date in the future: an observed fact may not be dated after today.",
            )
        return day

    def _day(self, cell: Cell) -> date:
        text = text_of(cell) if isinstance(cell, str) else ""
        if found := _ISO.fullmatch(text):
            year, month, day = (int(part) for part in found.groups()[:3])
        elif found := _FRENCH.fullmatch(text):
            day, month, year = (int(part) for part in found.groups())
            self.habits.french_date = True
        elif _SHORT_YEAR.fullmatch(text):
            raise CellError(
                "two_digit_year",
                _DATE,
                f"année à deux chiffres : écrivez-la en entier ({_DATE[0]}).",
                f"two-digit year: write it in full ({_DATE[1]}).",
            )
        else:
            raise CellError(
                "not_a_date", _DATE, f"date attendue ({_DATE[0]}).", f"date expected ({_DATE[1]})."
            )
        try:
            return date(year, month, day)
        except ValueError:
            raise CellError(
                "impossible_date",
                _DATE,
                f"cette date n'existe pas au calendrier ; attendu : {_DATE[0]}.",
                f"there is no such day in the calendar; expected: {_DATE[1]}.",
            ) from None

    def _siren(self, cell: Cell) -> str:
        text = text_of(cell)
        if isinstance(cell, int | float):
            text = text.zfill(9)
        if not siren.is_valid(text):
            raise CellError(
                "siren",
                ("9 chiffres, clé de contrôle juste", "9 digits with a right check digit"),
                "n'est pas un numéro SIREN (9 chiffres dont une clé de contrôle) ; vérifiez-le sur "
                "annuaire-entreprises.data.gouv.fr.",
                "is not a SIREN number (9 digits with a check digit).",
            )
        return str(siren.compact(text))

    def _table_name(self, cell: Cell) -> str:
        table = sheet_table(text_of(cell))
        if table is None or not table.entity:
            names = ", ".join(sheet for sheet, t in SHEETS.items() if t.entity)
            raise CellError(
                "unknown_table",
                (names, ", ".join(t.name for t in TABLES.values() if t.entity)),
                f"n'est pas une feuille d'entités ; attendu : {names}.",
                f"is not a table of entities; expected: {', '.join(t.name for t in TABLES.values() if t.entity)}.",
            )
        return table.name

    def _list_name(self, cell: Cell) -> str:
        word = fold(text_of(cell))
        for name in self.vocabulary.names:
            if fold(name) == word:
                if self.vocabulary[name].closed:
                    raise CellError(
                        "closed_list",
                        ("une liste extensible", "a list that may be extended"),
                        "cette liste est fixe, les calculs s'appuient sur ses codes : on ne peut rien y ajouter.",
                        "this list is fixed, the formulas rely on its codes: nothing can be added.",
                    )
                return name
        names = ", ".join(n for n in self.vocabulary.names if not self.vocabulary[n].closed)
        raise CellError(
            "unknown_list",
            (names, names),
            f"liste inconnue ; attendu : {names}.",
            f"unknown list; expected: {names}.",
        )

    def _depends(self, cell: Cell) -> str:
        found = _DEPENDS.get(fold(text_of(cell)))
        if found is None:
            raise CellError(
                "unknown_code",
                ("origine | destination", "origine | destination"),
                "attendu : origine ou destination (qui dépend de l'autre).",
                "expected: origine or destination (who depends on the other).",
            )
        return found


def flag(cell: Cell) -> bool:
    """Whether a cell says yes.

    Raises:
        CellError: it says neither yes nor no.
    """
    if isinstance(cell, Unreadable):
        raise unreadable(cell)
    word = fold(text_of(cell))
    if word not in _YES | _NO:
        raise CellError(
            "not_a_flag", ("oui | non", "oui | non"), "attendu : oui ou non.", "expected: yes or no."
        )
    return word in _YES
