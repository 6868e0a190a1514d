"""Interdependencies from their definition, one flow at a time, in fractions; and in SQL."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

Told = tuple[str, str, int]
"""Who depends, on whom, how much."""


def holders(parents: Mapping[str, Sequence[str]], perimeters: Sequence[str]) -> dict[str, set[str]]:
    """By place, the perimeters it is or lies in."""

    def above(place: str) -> set[str]:
        found, queue = {place}, [place]
        while queue:
            for parent in parents.get(queue.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    queue.append(parent)
        return found

    return {place: above(place) & set(perimeters) for place in parents}


def restated(
    flows: Sequence[Told], parents: Mapping[str, Sequence[str]], perimeters: Sequence[str], scope: set[str]
) -> dict[str, Any]:
    """Pairs, and what is said of each territory; ``None`` where undefined."""
    held = holders(parents, perimeters)
    pairs: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    total: dict[str, Fraction] = defaultdict(Fraction)
    outside: dict[str, Fraction] = defaultdict(Fraction)
    received: dict[str, Fraction] = defaultdict(Fraction)
    recorded = set()
    for a, b, quantity in flows:
        for j in held[b]:
            received[j] += quantity
        for i in held[a]:
            total[i] += quantity
            if not held[b] & scope:
                outside[i] += quantity
            if i in held[b]:
                pairs[i, i] += quantity
                recorded.add(i)
                continue
            # a place in no perimeter stands for itself
            for j in held[b] or {f"({b})"}:
                pairs[i, j] += quantity
    territories = {}
    for i in sorted(scope):
        others = [q for (a, b), q in pairs.items() if a == i and b != i]
        away = sum(others)
        hhi = sum(q * q for q in others) / away**2 if away else None
        autonomy = pairs[i, i] / total[i] if total[i] and i in recorded else None
        territories[i] = {
            "autonomy": autonomy,
            "hhi": hhi,
            "vulnerability": None if hhi is None or autonomy is None else (1 - autonomy) * hhi,
            "outside": outside[i] / total[i] if total[i] else None,
            "depends": total[i] - pairs[i, i],
            "depended_on": received[i] - pairs[i, i],
        }
    items = {}
    for (i, j), quantity in pairs.items():
        if i != j and quantity and i in scope and j in scope:
            back = pairs.get((j, i), Fraction())
            share = quantity / total[i]
            items[i, j] = {
                "quantity": quantity,
                "share": share,
                "asymmetry": share - (back / total[j] if total[j] else 0),
                "reciprocity": 2 * min(quantity, back) / (quantity + back),
            }
    return {"items": items, "territories": territories, "total": total, "received": received}


def added_in_sql(flows: Sequence[Told], held: Mapping[str, set[str]]) -> dict[tuple[str, str], float]:
    """Sums between perimeters that do not overlap, by SQLite."""
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE flow (a TEXT, b TEXT, q REAL)")
        base.execute("CREATE TABLE held (place TEXT, perimeter TEXT)")
        base.executemany("INSERT INTO flow VALUES (?, ?, ?)", flows)
        base.executemany(
            "INSERT INTO held VALUES (?, ?)", [(p, t) for p, above in held.items() for t in above]
        )
        rows = base.execute(
            "SELECT x.perimeter, y.perimeter, SUM(q) FROM flow"
            " JOIN held AS x ON x.place = a JOIN held AS y ON y.place = b GROUP BY 1, 2"
        )
        return {(i, j): q for i, j, q in rows}
