"""The rows of a file of flows, read once as a stream and kept as numbers on disk: memory does not grow with them."""

from __future__ import annotations

import itertools
import tempfile
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openpyxl.utils import get_column_letter

from graph.vocabulary import Vocabulary
from ingest.cell_errors import CellError
from ingest.cells import text_of
from ingest.foreign.flow_layout import Layout
from ingest.foreign.flow_series import Series, SeriesReader
from ingest.foreign.quantities import number_of
from ingest.issues import LISTED, Issue, Report
from ingest.readers.sheets import Sheet

BATCH = 50_000
"""Rows held at once."""

ROW = np.dtype(
    [
        ("row", np.int32),
        ("origin", np.int32),
        ("destination", np.int32),
        ("series", np.int32),
        ("quantity", np.float64),
    ]
)
"""One flow: row of the file, places among the codes and the series of the file, quantity (NaN: unknown)."""

Rows = np.ndarray[Any, np.dtype[np.void]]


class Spool:
    """Flows in a temporary file that goes when nobody holds it any more."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this object
        weakref.finalize(self, self._file.close)
        self.rows = 0

    def write(self, rows: Rows) -> None:
        """Add some."""
        self._file.write(rows.tobytes())
        self.rows += len(rows)

    def batches(self, size: int = BATCH) -> Iterator[Rows]:
        """All of them, in order, some at a time."""
        for start in range(0, self.rows, size):
            self._file.seek(start * ROW.itemsize)
            count = min(size, self.rows - start)
            yield np.frombuffer(self._file.read(count * ROW.itemsize), dtype=ROW)


@dataclass
class FlowRows:
    """A file of flows, read.

    Attributes:
        sheet: where they stand.
        layout: how the file is laid out.
        spool: the flows, with places among ``codes`` and ``series``.
        codes: territories as the file names them, in order of appearance, with their places.
        first_rows: by place of a code, the first row that names it; ``first_columns`` the column there.
        names: by place of a code, the name the file gives it.
        series: what flows share, in order of appearance.
        smallest: least quantity above 0 between two different territories; infinite when there is none.
        between: how many flows go from a territory to another.
    """

    sheet: Sheet
    layout: Layout
    spool: Spool = field(default_factory=Spool)
    codes: dict[str, int] = field(default_factory=dict)
    first_rows: list[int] = field(default_factory=list)
    first_columns: list[int] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    series: dict[Series, int] = field(default_factory=dict)
    smallest: float = float("inf")
    between: int = 0


class FlowReader:
    """Reads the flows of one sheet.

    Args:
        sheet: the sheet.
        layout: how it is laid out.
        said: what the pilot said of the whole file, by field of a flow; the file's own columns go first.
        vocabulary: the codes in force.
        report: where errors go.
    """

    def __init__(
        self, sheet: Sheet, layout: Layout, said: dict[str, str], vocabulary: Vocabulary, report: Report
    ) -> None:
        self.read_rows = FlowRows(sheet, layout)
        self.report = report
        self._said = SeriesReader(
            tuple(layout.beside), {**layout.said, **said}, vocabulary, self.read_rows.series
        )
        self._layout = layout
        self._sheet = sheet
        self._wide = max(layout.headers, default=0) + 1
        self._places = (layout.origin, layout.destination, layout.quantity[0])

    def read(self, progress: Callable[[int], None]) -> FlowRows:
        """Read everything; errors go to the report.

        Args:
            progress: told how many rows were read.
        """
        done = 0
        for numbers, rows in self._batches():
            self._batch(numbers, rows)
            done += len(rows)
            progress(done)
        for fault in self._sheet.faults:
            self.report.error(fault)
        return self.read_rows

    def _batches(self) -> Iterator[tuple[list[int], list[list[str]]]]:
        """Numbers and cells of rows, some at a time, every row as wide as the header."""
        if self._layout.form == "matrix":
            pairs = self._matrix()
        elif self._sheet.raw is not None:
            yield from self._raw(self._sheet.raw())
            return
        else:
            pairs = self._lines()
        while some := list(itertools.islice(pairs, BATCH)):
            yield [number for number, _ in some], [row for _, row in some]

    def _raw(self, source: Iterator[list[str]]) -> Iterator[tuple[list[int], list[list[str]]]]:
        number, wide = self._layout.header_row, self._wide
        rows = itertools.islice(source, number, None)
        while some := list(itertools.islice(rows, BATCH)):
            numbers = list(range(number + 1, number + 1 + len(some)))
            number += len(some)
            if set(map(len, some)) != {wide}:
                blank = [""] * wide
                some = [(row + blank[len(row) :])[:wide] for row in some]
            if [""] * wide in some:
                kept = [(n, row) for n, row in zip(numbers, some, strict=True) if any(row)]
                numbers, some = [n for n, _ in kept], [row for _, row in kept]
            if some:
                yield numbers, some

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        for line in itertools.islice(self._sheet.lines(), 1, None):
            texts = [""] * self._wide
            for place, cell in line.cells.items():
                if place < self._wide:
                    texts[place] = text_of(cell)
            yield line.number, texts

    def _matrix(self) -> Iterator[tuple[int, list[str]]]:
        """Each cell as a row: origin, destination, quantity, letter of the column."""
        heads = self._layout.headers
        for line in itertools.islice(self._sheet.lines(), 1, None):
            origin = text_of(line.cells[0]) if 0 in line.cells else ""
            for place, cell in line.cells.items():
                if place in heads and place:
                    yield line.number, [origin, heads[place], text_of(cell), get_column_letter(place + 1)]

    def _batch(self, numbers: list[int], rows: list[list[str]]) -> None:
        found, columns = self.read_rows, list(zip(*rows, strict=True))
        places = (0, 1, 2) if self._layout.form == "matrix" else self._places
        ends = columns[places[0]], columns[places[1]]
        coded = np.empty(len(rows), dtype=ROW)
        coded["row"] = numbers
        keyed, before = np.ones(len(rows), dtype=np.bool_), len(found.codes)
        for name, codes in zip(("origin", "destination"), ends, strict=True):
            coded[name] = self._codes(name, codes, numbers, keyed)
        fine = np.ones(len(rows), dtype=np.bool_)
        letters = columns[3] if self._layout.form == "matrix" else None
        coded["quantity"] = self._numbers(columns[places[2]], numbers, letters, fine)
        beside = [columns[place] for place in self._layout.beside.values()]
        coded["series"] = self._series(beside, numbers, keyed)
        for name, place in zip(("origin", "destination"), found.layout.labels, strict=True):
            if place is not None:
                for at in np.flatnonzero(coded[name] >= before).tolist():
                    found.names.setdefault(int(coded[name][at]), columns[place][at].strip())
        kept = coded[keyed & fine]
        other = kept["origin"] != kept["destination"]
        found.between += int(np.count_nonzero(other))
        above = kept["quantity"][other & (kept["quantity"] > 0)]
        if len(above):
            found.smallest = min(found.smallest, float(above.min()))
        # a row without its quantity is an error, and still speaks of a flow that another row may speak of
        found.spool.write(coded[keyed])

    def _codes(
        self, name: str, texts: tuple[str, ...], numbers: list[int], fine: NDArray[np.bool_]
    ) -> NDArray[np.int32]:
        known, first = self.read_rows.codes, self.read_rows.first_rows
        column = self._places[name == "destination"]
        places = list(map(known.get, texts))
        if None in places:
            for at, text in enumerate(texts):
                if places[at] is not None:
                    continue
                code = text.strip()
                if not code:
                    fine[at], places[at] = False, -1
                    self._error(
                        "missing_value",
                        numbers[at],
                        self._header(name),
                        "",
                        "cellule obligatoire vide : remplissez-la, ou supprimez la ligne.",
                        "required cell is empty: fill it, or delete the row.",
                    )
                    continue
                if code not in known:
                    known[code] = len(first)
                    first.append(numbers[at])
                    self.read_rows.first_columns.append(column)
                places[at] = known[code]
        return np.array(places, dtype=np.int32)

    def _numbers(
        self,
        texts: tuple[str, ...],
        numbers: list[int],
        letters: tuple[str, ...] | None,
        fine: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        try:
            values = np.array(list(map(float, texts)), dtype=np.float64)
            if np.all(values >= 0) and np.all(np.isfinite(values)):
                return values
        except ValueError:
            pass
        values = np.full(len(texts), np.nan)
        for at, text in enumerate(texts):
            try:
                values[at] = number_of(text)
            except CellError as fault:
                fine[at] = False
                place = self._header("quantity") if letters is None else letters[at]
                self._error(fault.code, numbers[at], place, text.strip(), fault.fr, fault.en, fault)
        return values

    def _series(
        self, beside: list[tuple[str, ...]], numbers: list[int], fine: NDArray[np.bool_]
    ) -> NDArray[np.int32]:
        if not beside:
            place = self._known_series((), numbers[0])
            fine &= place is not None
            return np.full(len(numbers), place or 0, dtype=np.int32)
        places = []
        for at, texts in enumerate(zip(*beside, strict=True)):
            place = self._known_series(texts, numbers[at])
            if place is None:
                fine[at] = False
            places.append(place or 0)
        return np.array(places, dtype=np.int32)

    def _known_series(self, texts: tuple[str, ...], row: int) -> int | None:
        """Place of what a row says beside its ends and quantity; ``None`` when it cannot be read."""
        place, wrong = self._said.place(texts)
        for said in wrong:
            fault = said.fault
            self._error(fault.code, row, self._header(said.name), said.text, fault.fr, fault.en, fault)
        return place

    def _header(self, name: str) -> str:
        layout = self._layout
        place = {
            "origin": layout.origin,
            "destination": layout.destination,
            "quantity": layout.quantity[0],
            **layout.beside,
        }.get(name)
        return layout.headers.get(place, name) if place is not None else name

    def _error(
        self, code: str, row: int, column: str, value: str, fr: str, en: str, fault: CellError | None = None
    ) -> None:
        if self.report.total >= LISTED:
            self.report.total += 1
            return
        expected = ("", "") if fault is None else (fault.expected_fr, fault.expected_en)
        self.report.error(
            Issue(code, fr, en, self._sheet.file, self._sheet.name, row, column, value, *expected)
        )
