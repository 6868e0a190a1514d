"""What every reader gives: sheets whose lines are read on demand, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ingest.issues import Issue, Note

MAX_BLANK = 100_000
"""Blank rows in a row beyond which a sheet is refused: formatted to the bottom, it would take minutes."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that shows something but holds no value: a formula never computed, an error.

    Attributes:
        code: ``formula_without_value`` or ``error_value``.
        text: what the cell shows or holds.
    """

    code: str
    text: str


Cell = str | int | float | bool | date | Unreadable


def blank(cell: Cell) -> bool:
    """Whether a cell shows nothing: empty, or only spaces."""
    return isinstance(cell, str) and (not cell or cell.isspace())


class Line(NamedTuple):
    """One row that is not blank.

    Attributes:
        number: row number as a spreadsheet shows it, the first being 1.
        cells: by column, the first being 0; blank cells are absent.
        place: the column to name in messages when the row was made from one cell of a matrix.
    """

    number: int
    cells: Mapping[int, Cell]
    place: str | None = None


@dataclass
class Sheet:
    """One sheet of a file.

    Attributes:
        file: name of the file.
        name: the sheet's name as the file spells it.
        opener: given the sheet, gives its lines, header first.
        table: name of the table, when the format says it; else the sheet's name does.
        raw: of a text file, gives every row as the texts of its cells, blank rows included, for files of a million rows.
        faults: filled while the lines are read (merged cells, too many blank rows).
    """

    file: str
    name: str
    opener: Callable[[Sheet], Iterator[Line]]
    table: str | None = None
    raw: Callable[[], Iterator[list[str]]] | None = None
    faults: list[Issue] = field(default_factory=list)

    def lines(self) -> Iterator[Line]:
        """The sheet's lines, header first, read anew; ``faults`` is complete when they are exhausted."""
        self.faults.clear()
        return self.opener(self)


@dataclass(frozen=True)
class Stamp:
    """What an export says of the store it came from.

    Attributes:
        revision: the store's head when it was exported.
        moment: the moment of that revision, which tells this store from another one.
    """

    revision: int
    moment: str


@dataclass
class Source:
    """An opened file or folder.

    Attributes:
        name: what to call it in messages.
        kind: ``xlsx``, ``ods``, ``csv``, ``folder``, ``json``, ``gexf`` or ``graphml``.
        sheets: its sheets, in the order of the file.
        notes: what was accepted as it came; grows while sheets are read.
        stamp: of an export.
    """

    name: str
    kind: str
    sheets: Sequence[Sheet]
    notes: list[Note] = field(default_factory=list)
    stamp: Stamp | None = None


def too_many_blank(file: str, sheet: str, row: int) -> Issue:
    """The error for a sheet formatted to the bottom."""
    return Issue(
        "blank_rows",
        f"plus de {MAX_BLANK} lignes vides à la suite : supprimez les lignes vides de la fin "
        "(sélectionnez-les, puis « Supprimer les lignes ») et enregistrez à nouveau.",
        f"more than {MAX_BLANK} blank rows in a row: delete the blank rows at the end and save again.",
        file,
        sheet,
        row,
    )


def merged(file: str, sheet: str, row: int, reference: str) -> Issue:
    """The error for merged cells, which leave all but one of their cells without a value."""
    return Issue(
        "merged_cells",
        "cellules fusionnées : annulez la fusion et remplissez chaque cellule.",
        "merged cells: unmerge them and fill each cell.",
        file,
        sheet,
        row,
        value=reference,
    )
