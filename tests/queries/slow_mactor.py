"""MACTOR written again, slowly, from the published formulas: exact fractions, no array, none of our code.

``None`` is unknown in what comes in, undefined in what goes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Number = int | Fraction
Cells = Sequence[Sequence[int | None]]


def influences(stated: Cells) -> list[list[int]]:
    """M: a missing influence counts as 0, and nobody influences itself."""
    return [
        [0 if i == j or value is None else value for j, value in enumerate(row)]
        for i, row in enumerate(stated)
    ]


def mdii(m: list[list[int]]) -> list[list[int]]:
    """``M_ij + Σ_k min(M_ik, M_kj)``."""
    n = range(len(m))
    return [[m[i][j] + sum(min(m[i][k], m[k][j]) for k in n) for j in n] for i in n]


def mmdii(m: list[list[int]]) -> list[list[int]]:
    """``max(M_ij, max_k min(M_ik, M_kj))``, diagonal 0."""
    n = range(len(m))
    return [[0 if i == j else max([m[i][j]] + [min(m[i][k], m[k][j]) for k in n]) for j in n] for i in n]


def influence(total: list[list[int]]) -> list[int]:
    """``I_i``: row sums without the diagonal."""
    return [sum(row) - row[i] for i, row in enumerate(total)]


def dependence(total: list[list[int]]) -> list[int]:
    """``D_i``: column sums without the diagonal."""
    return influence([list(column) for column in zip(*total, strict=True)])


def strength(total: list[list[int]]) -> list[Fraction] | None:
    """``n·r_i/Σr`` with ``r_i = (I' − diagonal)/ΣI' · I'/(I' + D')``, the retroaction removed once."""
    n = len(total)
    i_gross = [a + total[k][k] for k, a in enumerate(influence(total))]
    d_gross = [a + total[k][k] for k, a in enumerate(dependence(total))]
    r: list[Fraction] = []
    for k in range(n):
        if i_gross[k] + d_gross[k] == 0:
            r.append(Fraction(0))
            continue
        share = Fraction(i_gross[k] - total[k][k], sum(i_gross))
        r.append(share * Fraction(i_gross[k], i_gross[k] + d_gross[k]))
    return None if sum(r) == 0 else [n * value / sum(r) for value in r]


def sign(value: Number) -> int:
    """−1, 0 or 1."""
    return (value > 0) - (value < 0)


def valued(positions: Cells, force: list[Fraction] | None, order: int) -> list[list[Number]] | None:
    """kMAO with 0 where unknown; ``None`` at order 3 when nobody has any force."""
    known = [[0 if value is None else value for value in row] for row in positions]
    if order == 1:
        return [[sign(value) for value in row] for row in known]
    if order == 2:
        return [list(row) for row in known]
    if force is None:
        return None
    return [[force[i] * value for value in row] for i, row in enumerate(known)]


def agreement(a: list[list[Number]], wanted: int) -> list[list[Fraction]]:
    """``½ Σ_o (|A_io| + |A_jo|)`` where ``A_io·A_jo`` has the wanted sign, diagonal 0."""
    n = range(len(a))
    return [
        [
            Fraction(0)
            if i == j
            else sum(
                (
                    (abs(Fraction(x)) + abs(Fraction(y))) / 2
                    for x, y in zip(a[i], a[j], strict=True)
                    if sign(x) * sign(y) == wanted
                ),
                Fraction(0),
            )
            for j in n
        ]
        for i in n
    ]


def ambivalence(caa: list[list[Fraction]], daa: list[list[Fraction]]) -> list[Fraction | None]:
    """``1 − Σ_j|CAA − DAA| / Σ_j(CAA + DAA)``."""
    found: list[Fraction | None] = []
    for c, d in zip(caa, daa, strict=True):
        shared = sum(c) + sum(d)
        apart = sum((abs(x - y) for x, y in zip(c, d, strict=True)), Fraction(0))
        found.append(None if shared == 0 else 1 - apart / shared)
    return found


def degree(caa: list[list[Fraction]], daa: list[list[Fraction]]) -> Fraction | None:
    """``ΣCAA/(ΣCAA + ΣDAA)``."""
    agree, differ = (sum((x for row in matrix for x in row), Fraction(0)) for matrix in (caa, daa))
    return None if agree + differ == 0 else agree / (agree + differ)
