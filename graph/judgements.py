"""What is judged between rows and columns: effective values with the statements behind them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
from numpy.typing import NDArray

from graph.columns import Statements
from graph.effective import Effective, current


def _unchangeable(columns: Effective) -> Effective:
    """The same columns, which nobody can write into any more: snapshots are shared."""
    for field in dataclasses.fields(columns):
        getattr(columns, field.name).flags.writeable = False
    return columns


LISTED = 20_000
"""Most statements whose ids are listed by pair at once: an analysis of a workshop asks for each many times."""


@dataclass(frozen=True)
class Judgements:
    """Effective values between rows and columns with the statements behind them.

    Attributes:
        letter: first letter of the record ids (``P`` positions, ``I`` influences).
        shape: number of rows and of columns.
        effective: settled pairs.
        statements: all believed statements, ended and superseded-in-time ones included.
        as_of: the day of reading, ``None`` for the latest.
    """

    letter: str
    shape: tuple[int, int]
    effective: Effective
    statements: Statements
    as_of: date | None

    def __post_init__(self) -> None:
        _unchangeable(self.effective)
        self.statements.seal()

    @functools.cached_property
    def is_current(self) -> NDArray[np.bool_]:
        """For each statement, whether it is its rater's current one."""
        return current(self.statements, self.as_of)

    @functools.cached_property
    def stated(self) -> Effective:
        """The pairs that have an effective value (contested ones left out)."""
        return _unchangeable(self.effective.take(~self.effective.contested))

    @property
    def row(self) -> NDArray[np.int64]:
        """Row of each stated pair."""
        return self.stated.pair >> 32

    @property
    def col(self) -> NDArray[np.int64]:
        """Column of each stated pair."""
        return self.stated.pair & 0xFFFFFFFF

    @property
    def contested(self) -> Effective:
        """The pairs whose raters have opposite signs, to arbitrate."""
        return self.effective.take(self.effective.contested)

    def dense(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Matrix of effective values (0 where unknown) and mask of where one is known, both of ``shape``."""
        values = np.zeros(self.shape, dtype=np.int64)
        known = np.zeros(self.shape, dtype=np.bool_)
        values[self.row, self.col] = self.stated.value
        known[self.row, self.col] = True
        return values, known

    def csr(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int8]]:
        """Stated pairs as compressed rows: ``indptr`` (rows + 1), ``indices``, ``values``."""
        indptr = np.searchsorted(self.row, np.arange(self.shape[0] + 1)).astype(np.int64)
        return indptr, self.col.astype(np.int32), self.stated.value

    def at(self, row: int, col: int) -> int | None:
        """Effective value of one pair, ``None`` when unknown or contested."""
        pair = row << 32 | col
        place = int(np.searchsorted(self.stated.pair, pair))
        if place < len(self.stated) and self.stated.pair[place] == pair:
            return int(self.stated.value[place])
        return None

    def confidence_at(self, row: int, col: int) -> float | None:
        """Confidence of one pair's effective value, ``None`` when not stated."""
        pair = row << 32 | col
        place = int(np.searchsorted(self.stated.pair, pair))
        if place < len(self.stated) and self.stated.pair[place] == pair:
            found = float(self.stated.confidence[place])
            return None if np.isnan(found) else found
        return None

    def records(self, row: int, col: int) -> tuple[str, ...]:
        """Ids of the current statements about one pair, in order of counter."""
        pair = row << 32 | col
        if len(self.statements) <= LISTED:
            return self._listed.get(pair, ())
        start = int(np.searchsorted(self.statements.pair, pair, side="left"))
        stop = int(np.searchsorted(self.statements.pair, pair, side="right"))
        found = self.statements.record[start:stop][self.is_current[start:stop]]
        return tuple(f"{self.letter}{counter}" for counter in sorted(found.tolist()))

    def records_among(self, rows: Iterable[int], cols: Iterable[int]) -> list[str]:
        """Ids of the current statements between some rows and some columns, in order of counter."""
        wanted = np.zeros(self.shape[1], dtype=np.bool_)
        wanted[list(cols)] = True
        slices = [slice(*self._spans[row : row + 2].tolist()) for row in sorted(set(rows))]
        found: list[int] = []
        for part in slices:
            kept = wanted[self.statements.pair[part] & 0xFFFFFFFF] & self.is_current[part]
            found += self.statements.record[part][kept].tolist()
        return [f"{self.letter}{counter}" for counter in sorted(found)]

    @functools.cached_property
    def _spans(self) -> NDArray[np.int64]:
        """Where the statements of each row begin, and where the last ones end."""
        return np.searchsorted(self.statements.pair, np.arange(self.shape[0] + 1) << 32).astype(np.int64)

    @functools.cached_property
    def _listed(self) -> dict[int, tuple[str, ...]]:
        """Ids of the current statements of every pair."""
        found: dict[int, tuple[str, ...]] = {}
        now = self.is_current
        pairs, records = self.statements.pair[now], self.statements.record[now]
        order = np.lexsort((records, pairs))
        for pair, counter in zip(pairs[order].tolist(), records[order].tolist(), strict=True):
            found[pair] = (*found.get(pair, ()), f"{self.letter}{counter}")
        return found

    def differing(self, row: int, col: int) -> bool:
        """Whether current raters differ: opposite signs, or at least 2 apart."""
        pair = row << 32 | col
        start = int(np.searchsorted(self.statements.pair, pair, side="left"))
        stop = int(np.searchsorted(self.statements.pair, pair, side="right"))
        values = self.statements.value[start:stop][self.is_current[start:stop]].astype(int)
        if len(values) < 2:
            return False
        low, high = int(values.min()), int(values.max())
        return high - low >= 2 or low < 0 < high

    def restricted(self, rows: NDArray[np.bool_], cols: NDArray[np.bool_]) -> Judgements:
        """The part between some rows and some columns, renumbered."""
        if rows.all() and cols.all():
            return self
        new_row, new_col = np.cumsum(rows) - 1, np.cumsum(cols) - 1

        def inside(pair: NDArray[np.int64]) -> NDArray[np.bool_]:
            return cast("NDArray[np.bool_]", rows[pair >> 32] & cols[pair & 0xFFFFFFFF])

        def renumbered(pair: NDArray[np.int64]) -> NDArray[np.int64]:
            return cast("NDArray[np.int64]", new_row[pair >> 32] << 32 | new_col[pair & 0xFFFFFFFF])

        statements = self.statements.take(inside(self.statements.pair))
        effective = self.effective.take(inside(self.effective.pair))
        return Judgements(
            self.letter,
            (int(rows.sum()), int(cols.sum())),
            dataclasses.replace(effective, pair=renumbered(effective.pair)),
            dataclasses.replace(statements, pair=renumbered(statements.pair)),
            self.as_of,
        )
