"""Positions as compressed rows: what the kernels of many actors run on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

SCALE = 4
"""Greatest absolute position."""

NARROW = 4_095
"""Most positions of one actor for ``2·C`` and ``2·D`` (at most 8 a position) to fit 15 bits each, in one integer."""


class Positions(NamedTuple):
    """Positions as compressed rows, zeros left out: what a stated neutrality adds to C and D is nothing.

    Attributes:
        indptr: n + 1, where each actor's positions start.
        indices: objective of each position, distinct in a row.
        values: −4..4 without 0.
        objectives: number of columns.
    """

    indptr: Integers
    indices: NDArray[np.int32]
    values: NDArray[np.int8]
    objectives: int

    @property
    def actors(self) -> int:
        """Number of rows."""
        return len(self.indptr) - 1

    @property
    def longest(self) -> int:
        """Most positions of one actor."""
        return int(np.diff(self.indptr).max(initial=0))


def compressed(
    indptr: NDArray[np.generic], indices: NDArray[np.generic], values: NDArray[np.generic], n_cols: int
) -> Positions:
    """Checked positions from compressed rows, zeros left out.

    Raises:
        ValueError: a value outside −4..4, an objective outside the columns, rows that do not fit.
    """
    starts, cols = np.asarray(indptr, dtype=np.int64), np.asarray(indices, dtype=np.int32)
    said = np.asarray(values)
    if (
        len(starts) < 1
        or starts[0] != 0
        or np.any(np.diff(starts) < 0)
        or not starts[-1] == len(cols) == len(said)
    ):
        raise ValueError("rows do not fit the indices and values")
    if len(cols) and (cols.min() < 0 or cols.max() >= n_cols):
        raise ValueError("an objective outside the columns")
    if len(said) and (said.min() < -SCALE or said.max() > SCALE):
        raise ValueError("a position outside -4..4")
    kept = said != 0
    before = np.concatenate(([0], np.cumsum(kept, dtype=np.int64)))
    return Positions(before[starts], cols[kept], said[kept].astype(np.int8), n_cols)
