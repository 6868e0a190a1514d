"""Latent tensions: two actors uphold objectives that contradict each other, though nobody opposes anybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import cast

from graph.model import ObjectiveLink
from graph.snapshot import Snapshot
from queries import sentences
from queries.envelope import Document, by_counter

MAX_LATENT = 1_000
"""Latent tensions listed in full; beyond, a note says how many there are."""


def latent_tensions(snapshot: Snapshot, lang: str = "fr") -> tuple[list[Document], int]:
    """Pairs where i bears or supports a, j bears or supports b, and a contradicts b.

    In the référentiel's own case (market, AMAP, producers, town hall) nobody opposes anybody's objective, and yet there
    is a tension: so it is told apart, never added to divergences.

    Returns:
        At most :data:`MAX_LATENT` items in order of ids, ``objectives`` being that of ``a`` then that of ``b``, and the
        total.
    """
    upheld = _upholders(snapshot)
    found: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for version in snapshot.records("objective_links"):
        link = cast(ObjectiveLink, version.value)
        first, second = link.source_objective, link.target_objective
        if link.kind != "contredit" or first not in snapshot.objectives or second not in snapshot.objectives:
            continue
        for i in upheld[first]:
            for j in upheld[second]:
                if i != j:
                    key = (i, j, first, second) if i < j else (j, i, second, first)
                    found[key].append(version.id)
    keys = sorted(found)
    return [_item(snapshot, key, found[key], lang) for key in keys[:MAX_LATENT]], len(keys)


def _upholders(snapshot: Snapshot) -> dict[str, set[str]]:
    """By objective, the actors in scope that bear it or support it."""
    held: dict[str, set[str]] = {
        o.id: {bearer for bearer in o.bearers if bearer in snapshot.actors} for o in snapshot.objectives
    }
    positions = snapshot.positions
    upheld = positions.stated.value > 0
    for row, col in zip(positions.row[upheld].tolist(), positions.col[upheld].tolist(), strict=True):
        held[snapshot.objectives.ids[col]].add(snapshot.actors.ids[row])
    return held


def _item(snapshot: Snapshot, key: tuple[str, str, str, str], links: list[str], lang: str) -> Document:
    a, b, first, second = key
    crossed = [_value(snapshot, a, second), _value(snapshot, b, first)]
    return {
        "a": a,
        "b": b,
        "objectives": [first, second],
        "because": sentences.latent(
            snapshot.actors.name(a),
            snapshot.actors.name(b),
            snapshot.objectives.name(first),
            snapshot.objectives.name(second),
            all(value is None or value >= 0 for value in crossed),
            lang,
        ),
        "records": by_counter([*links, *_records(snapshot, a, first), *_records(snapshot, b, second)]),
    }


def _value(snapshot: Snapshot, actor: str, objective: str) -> int | None:
    return snapshot.positions.at(snapshot.actors.index[actor], snapshot.objectives.index[objective])


def _records(snapshot: Snapshot, actor: str, objective: str) -> Iterator[str]:
    yield from snapshot.positions.records(snapshot.actors.index[actor], snapshot.objectives.index[objective])


def by_contradiction(snapshot: Snapshot, lang: str = "fr") -> list[Document]:
    """Latent tensions gathered for screens: for each contradiction, who upholds one objective, the other, or both.

    Returns:
        Items in order of ids: ``objectives`` (two), ``first``, ``second`` and ``both`` (actors), ``because`` and
        ``records``; contradictions that leave no two actors at odds are left out.
    """
    upheld = _upholders(snapshot)
    found = []
    for version in snapshot.records("objective_links"):
        link = cast(ObjectiveLink, version.value)
        ends = (link.source_objective, link.target_objective)
        if link.kind != "contredit" or any(end not in snapshot.objectives for end in ends):
            continue
        first, second = (upheld[end] for end in ends)
        if not first or not second or len(first | second) < 2:
            continue
        both = first & second
        sides = [sorted(first - both), sorted(second - both), sorted(both)]
        names = [[snapshot.actors.name(actor) for actor in side] for side in sides]
        found.append(
            {
                "objectives": list(ends),
                "first": sides[0],
                "second": sides[1],
                "both": sides[2],
                "because": sentences.contradiction(
                    snapshot.objectives.name(ends[0]), snapshot.objectives.name(ends[1]), names, lang
                ),
                "records": by_counter(
                    [
                        version.id,
                        *(
                            r
                            for end, side in zip(ends, (first, second), strict=True)
                            for a in side
                            for r in _records(snapshot, a, end)
                        ),
                    ]
                ),
            }
        )
    return sorted(found, key=lambda item: item["objectives"])
