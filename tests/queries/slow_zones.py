"""Zones from their definitions, by trying everything: for a handful of actors and objectives."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from tests.queries.slow_mactor import Number, agreement, sign

Values = Sequence[Sequence[Number]]


def patterns(m: int) -> Iterator[dict[int, int]]:
    """Every non-empty set of objectives, each with a sign."""
    for signs in itertools.product((0, 1, -1), repeat=m):
        if any(signs):
            yield {o: s for o, s in enumerate(signs) if s}


def matching(a: Values, pattern: dict[int, int]) -> list[int]:
    """The actors who have the pattern's sign on every one of its objectives."""
    return [i for i, row in enumerate(a) if all(sign(row[o]) == s for o, s in pattern.items())]


def opposite(pattern: dict[int, int]) -> dict[int, int]:
    """The inverse pattern."""
    return {o: -s for o, s in pattern.items()}


def force(a: Values, actors: Sequence[int], pattern: dict[int, int]) -> Fraction:
    """``Σ|A_io|`` of some actors over the pattern's objectives."""
    return sum((abs(Fraction(a[i][o])) for i in actors for o in pattern), Fraction(0))


def convergences(a: Values) -> list[dict[str, Any]]:
    """Maximal actors (two at least) × pattern where each actor's sign is the pattern's."""
    m = len(a[0]) if a else 0
    found = []
    for pattern in patterns(m):
        actors = matching(a, pattern)
        if len(actors) < 2:
            continue
        wider = (
            {**pattern, o: s}
            for o in range(m)
            for s in (1, -1)
            if o not in pattern and matching(a, {**pattern, o: s}) == actors
        )
        if next(wider, None) is None:
            found.append({"actors": actors, "pattern": pattern, "strength": force(a, actors, pattern)})
    return sorted(found, key=lambda z: (-z["strength"], z["actors"], sorted(z["pattern"].items())))


def conflicts(a: Values) -> list[dict[str, Any]]:
    """Closed patterns that some match and some match inverted; the first objective has sign +."""
    m = len(a[0]) if a else 0
    found = []
    for pattern in patterns(m):
        favour, against = matching(a, pattern), matching(a, opposite(pattern))
        if pattern[min(pattern)] < 0 or not favour or not against:
            continue
        wider = (
            None
            for o in range(m)
            for s in (1, -1)
            if o not in pattern
            and matching(a, {**pattern, o: s}) == favour
            and matching(a, opposite({**pattern, o: s})) == against
        )
        if next(wider, False) is False:
            sides = force(a, favour, pattern), force(a, against, pattern)
            found.append(
                {
                    "pattern": pattern,
                    "for": favour,
                    "against": against,
                    "forces": sides,
                    "intensity": min(sides),
                }
            )
    return sorted(
        found,
        key=lambda z: (-z["intensity"], z["for"], z["against"], sorted(z["pattern"].items())),
    )


def third_parties(a: Values, zone: dict[str, Any]) -> dict[int, tuple[Fraction, Fraction]]:
    """On neither side, without a ± position on the pattern, ``ΣC > ΣD`` with each side over the rest.

    Returns:
        By actor its ``C/(C + D)`` with those for and with those against.
    """
    rest = [[0 if o in zone["pattern"] else x for o, x in enumerate(row)] for row in a]
    c, d = agreement(rest, 1), agreement(rest, -1)
    found = {}
    for i in range(len(a)):
        if i in zone["for"] or i in zone["against"] or any(a[i][o] for o in zone["pattern"]):
            continue
        shares = []
        for side in (zone["for"], zone["against"]):
            agree, differ = (sum((x[i][s] for s in side), Fraction(0)) for x in (c, d))
            if agree > differ:
                shares.append(agree / (agree + differ))
        if len(shares) == 2:
            found[i] = (shares[0], shares[1])
    return found


def partitions(n: int) -> Iterator[list[int]]:
    """Every partition of n actors, as labels numbered by their smallest member."""

    def extended(labels: list[int]) -> Iterator[list[int]]:
        if len(labels) == n:
            yield labels
            return
        for label in range(max(labels, default=-1) + 2):
            yield from extended([*labels, label])

    yield from extended([])


def cost(net: Values, labels: Sequence[int]) -> Fraction:
    """``Σ|negative net| inside + Σ positive net across``."""
    total = Fraction(0)
    for i, j in itertools.combinations(range(len(net)), 2):
        same = labels[i] == labels[j]
        if (same and net[i][j] < 0) or (not same and net[i][j] > 0):
            total += abs(Fraction(net[i][j]))
    return total


def held_together(net: Values, labels: Sequence[int]) -> bool:
    """Whether every group is connected by positive nets."""
    for label in set(labels):
        members = [i for i, other in enumerate(labels) if other == label]
        reached, queue = {members[0]}, [members[0]]
        while queue:
            i = queue.pop()
            fresh = [j for j in members if j not in reached and net[i][j] > 0]
            reached.update(fresh)
            queue.extend(fresh)
        if len(reached) < len(members):
            return False
    return True
