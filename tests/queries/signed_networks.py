"""Published signed networks, as matrices of nets, with what is known of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HIGHLAND_TRIBES = """
1+2 1-3 2-3 1-4 3+4 1-5 2-5 1-6 2-6 3+6 3+7 5+7 6+7 3+8 4+8 6+8 7+8 2-9 5+9 6-9 2-10 9+10 6+11 7+11 8+11 9-11 10-11
1-12 6+12 7+12 8+12 11+12 6-13 7+13 9+13 10+13 11-13 5+14 8-14 12-14 13+14 1+15 2+15 5-15 9-15 10-15 11-15 12-15 13-15
1+16 2+16 5-16 6-16 11-16 12-16 13-16 14-16 15+16
"""
"""Alliances (+) and enmities (−) of the 16 Gahuku-Gama sub-tribes: K. E. Read, "Cultures of the Central Highlands, New
Guinea", Southwestern Journal of Anthropology 10 (1954), 1–43, in the numbering of UCINET's ``gama`` (P. Hage & F. Harary,
*Structural Models in Anthropology*, 1983, p. 56–60); the lists kept by KONECT and by the R package signnet are the same.
58 ties, 29 of them negative. Three clusters (documentation of the R package ergm.sign); line index of balance 7 (all 2¹⁵
splits tried)."""

PETERSEN = "1-2 2-3 3-4 4-5 1-5 1-6 2-7 3-8 4-9 5-10 6-8 8-10 7-10 7-9 6-9"
"""The Petersen graph with negative ties only (T. Zaslavsky, "Six signed Petersen graphs", Discrete Mathematics 312 (2012),
1558–1583): its frustration is the 15 ties less the greatest cut, which is 12."""


def nets(ties: str) -> NDArray[np.float64]:
    """Symmetric matrix of ±1 from a list of ties."""
    pairs = []
    for tie in ties.split():
        sign = "+" if "+" in tie else "-"
        i, j = tie.split(sign)
        pairs.append((int(i) - 1, int(j) - 1, 1.0 if sign == "+" else -1.0))
    size = max(max(i, j) for i, j, _ in pairs) + 1
    net = np.zeros((size, size))
    for row, col, value in pairs:
        net[row, col] = net[col, row] = value
    return net
