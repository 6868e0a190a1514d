"""Dated statements as columns: the form in which positions and influences are read from a store."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

OPEN = np.iinfo(np.int32).max
"""Day ordinal standing for "no end" and for "read at the latest"."""

Array = NDArray[np.generic]


@dataclass(frozen=True)
class Statements:
    """Believed statements, one entry a record, sorted by (row, col, rater, valid_from).

    A row and a column are places in a sorted list of ids (actors × objectives, or actors × actors).

    Attributes:
        pair: int64, ``row << 32 | col``.
        rater: int32, place in the sorted list of raters; 0 is the cartography itself.
        valid_from: int32, proleptic Gregorian ordinal of the day.
        valid_to: int32, exclusive; ``OPEN`` when there is none.
        value: int8.
        confidence: float64, 0..1, NaN when not stated.
        retained: bool, the pilot settled on this value.
        visibility: uint8, 0 public, 1 partners, 2 pilots.
        record: int64, counter of the record's id.
        revision: int64, revision that wrote this version.
    """

    pair: NDArray[np.int64]
    rater: NDArray[np.int32]
    valid_from: NDArray[np.int32]
    valid_to: NDArray[np.int32]
    value: NDArray[np.int8]
    confidence: NDArray[np.float64]
    retained: NDArray[np.bool_]
    visibility: NDArray[np.uint8]
    record: NDArray[np.int64]
    revision: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of statements."""
        return len(self.pair)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Array:
            """A column that a splice has not put together yet."""
            patch = self.__dict__.get("_patch")
            if patch is not None and name in _COLUMNS:
                column = patch.column(name)
                column.flags.writeable = False  # nobody may write into what snapshots share
                object.__setattr__(self, name, column)
                if self.__dict__.keys() >= _COLUMNS:
                    object.__setattr__(self, "_patch", None)  # lets go of what was there before
            # another thread may have put it together meanwhile
            if name not in self.__dict__:
                raise AttributeError(name)
            return self.__dict__[name]

    @property
    def row(self) -> NDArray[np.int64]:
        """Row of each statement."""
        return self.pair >> 32

    @property
    def col(self) -> NDArray[np.int64]:
        """Column of each statement."""
        return self.pair & 0xFFFFFFFF

    def seal(self) -> None:
        """Let nobody write into the columns any more, those that are put together later included."""
        for name in _COLUMNS:
            column = self.__dict__.get(name)
            if column is not None:
                column.flags.writeable = False

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Statements:
        """The statements at these places (or under this mask), in that order."""
        return Statements(*(getattr(self, f.name)[index] for f in fields(self)))

    def sorted(self) -> Statements:
        """The same statements in the order the class promises."""
        if len(self) < 2:
            return self
        pair, rater, day = self.pair, self.rater, self.valid_from
        tied = pair[1:] == pair[:-1]
        later = (rater[1:] > rater[:-1]) | (rater[1:] == rater[:-1]) & (day[1:] >= day[:-1])
        if np.all((pair[1:] > pair[:-1]) | tied & later):
            return self
        return self.take(np.lexsort((day, rater, pair)))

    def spliced(self, pairs: NDArray[np.int64], fresh: Statements) -> Statements:
        """Replace all the statements of some pairs.

        After a write few columns are read, of millions of statements: each is copied when it is first read, one copy
        for all the splices since.

        Args:
            pairs: int64, sorted and distinct: the pairs whose statements are replaced.
            fresh: what is now believed about exactly these pairs, sorted.

        Returns:
            Statements in order; nothing outside ``pairs`` is touched.
        """
        nothing = np.zeros(0, dtype=np.int64)
        patch = self.__dict__.get("_patch") or _Patch(self, nothing, fresh.take(nothing))
        patch = patch.then(pairs, fresh)
        if len(patch.pairs) > PATCHED:
            return patch.whole()
        made = object.__new__(Statements)
        object.__setattr__(made, "_patch", patch)
        return made


_COLUMNS = frozenset(f.name for f in fields(Statements))

PATCHED = 1_000
"""Pairs replaced since the columns were last put together, beyond which they are again."""


@dataclass(frozen=True)
class _Patch:
    """What replaces the statements of some pairs of others (sorted, distinct), which stay as they are."""

    base: Statements
    pairs: NDArray[np.int64]
    fresh: Statements

    def column(self, name: str) -> NDArray[Any]:
        """A column of the base with these pairs replaced."""
        return spliced(getattr(self.base, name), getattr(self.fresh, name), self._bounds)

    def whole(self) -> Statements:
        """The statements with these pairs replaced, all columns at once."""
        return Statements(*(self.column(f.name) for f in fields(Statements)))

    @functools.cached_property
    def _bounds(self) -> list[tuple[int, int, int, int]]:
        sides: tuple[Literal["left"], Literal["right"]] = ("left", "right")
        places = [
            np.searchsorted(of.pair, self.pairs, side=side)
            for of in (self.base, self.fresh)
            for side in sides
        ]
        return list(zip(*(place.tolist() for place in places), strict=True))

    def then(self, pairs: NDArray[np.int64], fresh: Statements) -> _Patch:
        """This, and other pairs replaced after these."""
        both = _Patch(self.fresh, pairs, fresh).whole()
        return _Patch(self.base, np.union1d(self.pairs, pairs), both)


def spliced(
    old: NDArray[Any], new: NDArray[Any], bounds: Sequence[tuple[int, int, int, int]]
) -> NDArray[Any]:
    """A column with some slices replaced, in one copy.

    Args:
        old: the column.
        new: where replacements are taken from.
        bounds: in order, (start, stop) in ``old`` and (start, stop) in ``new``.
    """
    pieces, at = [], 0
    for start, stop, a, b in bounds:
        pieces += [old[at:start], new[a:b]]
        at = stop
    pieces.append(old[at:])
    return np.concatenate(pieces)


def empty_statements() -> Statements:
    """No statement at all."""
    return statements_from([], [], [], [], [], [], [], [], [], [], [])


def statements_from(
    row: Sequence[int] | Array,
    col: Sequence[int] | Array,
    rater: Sequence[int] | Array,
    valid_from: Sequence[int] | Array,
    valid_to: Sequence[int] | Array,
    value: Sequence[int] | Array,
    confidence: Sequence[float] | Array,
    retained: Sequence[bool] | Array,
    visibility: Sequence[int] | Array,
    record: Sequence[int] | Array,
    revision: Sequence[int] | Array,
) -> Statements:
    """Build sorted :class:`Statements` from columns of equal length in any order."""
    pair = np.asarray(row, dtype=np.int64) << 32 | np.asarray(col, dtype=np.int64)
    return Statements(
        pair,
        np.asarray(rater, dtype=np.int32),
        np.asarray(valid_from, dtype=np.int32),
        np.asarray(valid_to, dtype=np.int32),
        np.asarray(value, dtype=np.int8),
        np.asarray(confidence, dtype=np.float64),
        np.asarray(retained, dtype=np.bool_),
        np.asarray(visibility, dtype=np.uint8),
        np.asarray(record, dtype=np.int64),
        np.asarray(revision, dtype=np.int64),
    ).sorted()
