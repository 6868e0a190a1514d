"""From dated statements of several raters to one effective value, or to a contested one.

*Current statement* of a (row, column, rater) at a day: the one with the greatest ``valid_from`` not after the
day; past its ``valid_to`` the answer is unknown, not the older statement.

*Effective value* of a (row, column): the value the pilot retained, if any (of several, the latest); else, when
the raters' current statements have both signs, none: the pair is *contested*; else their median, of two middle
values the one nearer 0. Its confidence is the least of those used. The array form (snapshots) and the scalar
form (one pair, for the adapter that keeps effective edges) are both here, and a property holds them equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray

from graph.columns import OPEN, Statements, spliced


@dataclass(frozen=True)
class Effective:
    """Effective values, one entry for each pair with a current statement, sorted by pair.

    Attributes:
        pair: int64, ``row << 32 | col``.
        value: int8; 0 where contested, and then never to be read.
        contested: bool, both signs occur and the pilot retained none.
        confidence: float64, least of those used, NaN when none states one.
    """

    pair: NDArray[np.int64]
    value: NDArray[np.int8]
    contested: NDArray[np.bool_]
    confidence: NDArray[np.float64]

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.pair)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Effective:
        """The entries at these places or under this mask."""
        return Effective(*(getattr(self, f.name)[index] for f in fields(self)))

    def spliced(self, pairs: NDArray[np.int64], fresh: Effective) -> Effective:
        """Replace the entries of some pairs (sorted, distinct) by ``fresh`` (sorted)."""
        starts = np.searchsorted(self.pair, pairs, side="left")
        stops = np.searchsorted(self.pair, pairs, side="right")
        if len(fresh) == len(pairs) and np.array_equal(stops - starts, np.ones_like(starts)):
            columns = []
            for f in fields(self):
                column = getattr(self, f.name)
                if f.name != "pair":
                    column = column.copy()
                    column[starts] = getattr(fresh, f.name)
                columns.append(column)
            return Effective(*columns)
        bounds = list(
            zip(
                starts.tolist(),
                stops.tolist(),
                np.searchsorted(fresh.pair, pairs, side="left").tolist(),
                np.searchsorted(fresh.pair, pairs, side="right").tolist(),
                strict=True,
            )
        )
        return Effective(
            *(spliced(getattr(self, f.name), getattr(fresh, f.name), bounds) for f in fields(self))
        )


def current(statements: Statements, as_of: date | None) -> NDArray[np.bool_]:
    """Mask of the statements that are current at a day (``None``: at the latest).

    Args:
        statements: sorted as :class:`Statements` promises.
        as_of: the day of reading.
    """
    day = OPEN if as_of is None else as_of.toordinal()
    begun = statements.valid_from <= day
    if len(statements) == 0:
        return begun
    last = np.ones(len(statements), dtype=bool)
    same = (statements.pair[1:] == statements.pair[:-1]) & (statements.rater[1:] == statements.rater[:-1])
    last[:-1] = ~(same & begun[1:])
    lasting = statements.valid_to == OPEN if as_of is None else statements.valid_to > day
    mask: NDArray[np.bool_] = begun & last & lasting
    return mask


def settle_all(statements: Statements, as_of: date | None) -> Effective:
    """Effective values of all pairs at a day.

    Args:
        statements: sorted as :class:`Statements` promises.
        as_of: the day of reading; ``None``: at the latest.
    """
    now = statements.take(current(statements, as_of))
    count = len(now)
    if count == 0:
        empty = np.zeros(0)
        return Effective(now.pair, now.value, empty.astype(bool), empty)
    first = np.ones(count, dtype=bool)
    first[1:] = now.pair[1:] != now.pair[:-1]
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, count))
    value = now.value[starts].copy()
    confidence = now.confidence[starts].copy()
    contested = np.zeros(len(starts), dtype=bool)
    twos = sizes == 2
    twos[twos] = ~(now.retained[starts[twos]] | now.retained[starts[twos] + 1])
    one, other = now.value[starts[twos]], now.value[starts[twos] + 1]
    contested[twos] = (one < 0) & (other > 0) | (one > 0) & (other < 0)
    value[twos] = np.where(contested[twos], 0, np.where(np.abs(one) <= np.abs(other), one, other))
    confidence[twos] = np.fmin(now.confidence[starts[twos]], now.confidence[starts[twos] + 1])
    for group in np.flatnonzero((sizes > 1) & ~twos):
        part = slice(starts[group], starts[group] + sizes[group])
        settled = settle(
            Opinion(int(v), bool(r), int(d), int(rev), int(rec), None if np.isnan(c) else float(c))
            for v, r, d, rev, rec, c in zip(
                now.value[part],
                now.retained[part],
                now.valid_from[part],
                now.revision[part],
                now.record[part],
                now.confidence[part],
                strict=True,
            )
        )
        value[group] = settled.value if settled.value is not None else 0
        contested[group] = settled.contested
        confidence[group] = np.nan if settled.confidence is None else settled.confidence
    return Effective(now.pair[starts], value, contested, confidence)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A rater's current statement, as far as settling needs it.

    Attributes:
        value: the integer stated.
        retained: the pilot settled on it.
        valid_from: ordinal of its day.
        revision: revision that wrote it.
        record: counter of its id.
        confidence: 0..1 or ``None``.
    """

    value: int
    retained: bool
    valid_from: int
    revision: int
    record: int
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Settled:
    """Outcome for one pair: a value, or contested, or (no statement) neither."""

    value: int | None
    contested: bool
    confidence: float | None


def settle(opinions: Iterable[Opinion]) -> Settled:
    """Effective value of one pair from its raters' current statements (see the module's text)."""
    stated = sorted(opinions, key=lambda o: (o.value, o.record))
    if not stated:
        return Settled(None, False, None)
    retained = [o for o in stated if o.retained]
    if retained:
        chosen = max(retained, key=lambda o: (o.valid_from, o.revision, o.record))
        return Settled(chosen.value, False, chosen.confidence)
    confidences = [o.confidence for o in stated if o.confidence is not None]
    least = min(confidences) if confidences else None
    if stated[0].value < 0 < stated[-1].value:
        return Settled(None, True, least)
    middle = (stated[(len(stated) - 1) // 2].value, stated[len(stated) // 2].value)
    return Settled(min(middle, key=abs), False, least)
