"""MACTOR matrices: MDI (or MID) and 2MAO sheets, ids in the first row and column (Godet & Bourse 1990).

Each cell becomes a row of influences or positions. An empty cell is unknown. What 0 means, unknown or stated
neutrality, the matrix does not say: the pilot must.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from openpyxl.utils import get_column_letter

from graph.model import TABLES
from graph.plurals import agreed
from graph.vocabulary import fold
from ingest.cells import text_of
from ingest.escaping import CLEAR
from ingest.issues import Note
from ingest.readers.sheets import Cell, Line, Sheet, Source

SHOWN = 20
"""Ids named in a note before it only counts them."""

_MATRICES = {
    "mdi": "influences",
    "mid": "influences",
    "2mao": "positions",
    "2 mao": "positions",
    "mao": "positions",
}
_ZEROS = frozenset({"0", "+0", "-0", "\u22120", "0.0", "0,0"})
_HEADERS: dict[str, tuple[str, str, str]] = {
    "influences": ("de", "vers", "niveau"),
    "positions": ("acteur", "objectif", "valeur"),
}


def matrix_table(sheet: Sheet) -> str | None:
    """The table that a matrix sheet fills, ``None`` for any other sheet."""
    return _MATRICES.get(fold(sheet.name))


def matrices(
    source: Source,
    zero: Literal["unknown", "neutral"] | None,
    ask: Callable[[], None],
    stored: Callable[[str, str], bool],
    listed: Callable[[str], bool],
) -> list[Sheet]:
    """The sheets of a workbook with its matrices turned into rows.

    Args:
        source: the workbook.
        zero: what 0 means, if the pilot said.
        ask: called when a 0 is met and the pilot has not said.
        stored: whether the store has an id in a table.
        listed: whether the workbook has a sheet of its own for a table.

    Returns:
        The sheets; actors and objectives that only the matrices name stand in sheets of their own.
    """
    sheets: list[Sheet] = []
    fresh: dict[str, dict[str, tuple[Sheet, int]]] = {"actors": {}, "objectives": {}}
    for sheet in source.sheets:
        table = matrix_table(sheet)
        if table is None:
            sheets.append(sheet)
            continue
        sheets.append(_rows(sheet, table, zero, ask))
        for target, id_, row in _heads(sheet, table):
            if not listed(target) and not stored(target, id_):
                fresh[target].setdefault(id_, (sheet, row))
    for target, ids in fresh.items():
        if ids:
            names = ", ".join(list(ids)[:SHOWN]) + ("…" if len(ids) > SHOWN else "")
            own, theirs = ("son", "its") if len(ids) == 1 else ("leur", "their")
            source.notes.append(
                Note(
                    "matrix_names",
                    f"{source.name} : {agreed(len(ids), 'en-tête(s) de matrice inconnu(s) du dépôt (sera|seront) créé(s)')} dans "
                    f"« {TABLES[target].sheet} », avec {own} identifiant pour nom : {names}.",
                    f"{source.name}: {agreed(len(ids), 'matrix header(s)', 'en')} unknown to the store will be created in "
                    f"'{target}', named by {theirs} id: {names}.",
                )
            )
        for name in dict.fromkeys(sheet.name for sheet, _ in ids.values()):
            rows = [(id_, row) for id_, (of, row) in ids.items() if of.name == name]
            sheets.append(_names(source.name, name, target, rows))
    return sheets


def _heads(sheet: Sheet, table: str) -> Iterator[tuple[str, str, int]]:
    """(table, id, row) of every head of a matrix."""
    columns = "actors" if table == "influences" else "objectives"
    lines = sheet.lines()
    header = next(lines, None)
    if header is None:
        return
    for place, cell in header.cells.items():
        if place:
            yield columns, text_of(cell), header.number
    for line in lines:
        if 0 in line.cells:
            yield "actors", text_of(line.cells[0]), line.number


def _names(file: str, name: str, table: str, rows: list[tuple[str, int]]) -> Sheet:
    def lines(_sheet: Sheet) -> Iterator[Line]:
        yield Line(1, {0: "id", 1: "nom"})
        for id_, row in rows:
            yield Line(row, {0: id_, 1: id_}, id_)

    return Sheet(file, name, lines, table)


def _rows(
    matrix: Sheet, table: str, zero: Literal["unknown", "neutral"] | None, ask: Callable[[], None]
) -> Sheet:
    def lines(rows: Sheet) -> Iterator[Line]:
        source = matrix.lines()
        header = next(source, None)
        if header is None:
            return
        yield Line(header.number, dict(enumerate(_HEADERS[table])))
        columns = {place: text_of(cell) for place, cell in header.cells.items() if place}
        for line in source:
            head: Cell | None = line.cells.get(0)
            for place, cell in line.cells.items():
                if not place:
                    continue
                text = text_of(cell)
                column = columns.get(place)
                if not text or text == CLEAR:
                    continue
                if text in _ZEROS:
                    if table == "influences" and head is not None and text_of(head) == column:
                        continue
                    if zero is None:
                        ask()
                    if zero != "neutral":
                        continue
                cells: dict[int, Cell] = {2: cell}
                if head is not None:
                    cells[0] = head
                if column:
                    cells[1] = column
                yield Line(line.number, cells, column or get_column_letter(place + 1))
        # what the matrix's own reading found belongs to the rows made from it
        rows.faults.extend(matrix.faults)

    return Sheet(matrix.file, matrix.name, lines, table)
