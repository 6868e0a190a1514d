"""What one territory has and the other lacks, and the scale at which each subject is held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import cast

from graph import competences
from graph.model import Resource
from graph.vocabulary import fold
from queries.between import wordings
from queries.between.sides import Sides
from queries.envelope import Document, by_counter, note

OFFER, NEED = "offre", "besoin"


def complementarities(sides: Sides) -> list[Document]:
    """Offers of one territory that meet needs of the other, then competences that one holds and the other does not.

    A resource and a need are the same when they are written alike, whatever the case and accents; what an actor is skilled
    in is offered too. Competences are compared only where both territories have some recorded: none recorded is unknown.
    """
    return [*_resources(sides), *_competences(sides)]


Told = tuple[str, str]
"""An actor, and the record that says so (empty for a skill: the actor itself)."""


def _resources(sides: Sides) -> list[Document]:
    actors = sides.snapshot.actors
    told: dict[tuple[str, str, int], list[Told]] = defaultdict(list)
    spelt: dict[str, str] = {}
    for version in sides.snapshot.records("resources"):
        held = cast(Resource, version.value)
        if held.actor not in actors:
            continue
        side = sides.side_of(held.territory or actors[held.actor].territory)
        if side is not None:
            name = fold(held.resource)
            spelt.setdefault(name, held.resource)
            told[(name, held.direction, side)].append((held.actor, version.id))
    for side, places in enumerate(sides.actors):
        for place in places:
            for skill in actors.items[place].skills:
                told[(fold(skill), OFFER, side)].append((actors.ids[place], ""))
    found = []
    for name, text in sorted(spelt.items()):
        for side in (0, 1):
            offers, needs = told[(name, OFFER, side)], told[(name, NEED, 1 - side)]
            if offers and needs:
                found.append(_met(sides, text, side, offers, needs))
    return found


def _met(sides: Sides, resource: str, side: int, offers: Sequence[Told], needs: Sequence[Told]) -> Document:
    mine, theirs = (sorted({actor for actor, _ in told}) for told in (offers, needs))
    name = sides.snapshot.actors.name
    return {
        "kind": "complementarity",
        "ids": [*mine, *theirs],
        "because": wordings.resource(
            resource,
            (sides.names[side], sides.names[1 - side]),
            ([name(a) for a in mine], [name(a) for a in theirs]),
            sides.lang,
        ),
        "records": by_counter(record for _, record in (*offers, *needs) if record),
    }


def _held(sides: Sides) -> tuple[frozenset[str], frozenset[str]]:
    first, second = (frozenset(sides.snapshot.territories[t].competences) for t in sides.territories)
    return first, second


def _only(sides: Sides) -> tuple[list[str], list[str]]:
    """Competences that each territory holds and the other does not; empty where one has none recorded."""
    first, second = _held(sides)
    if not first or not second:
        return [], []
    return sorted(first - second), sorted(second - first)


def _labelled(codes: Iterable[str], lang: str) -> list[str]:
    return [competences.label(code, lang) for code in codes]


def _competences(sides: Sides) -> list[Document]:
    return [
        {
            "kind": "complementarity",
            "ids": [sides.territories[side], sides.territories[1 - side], *codes],
            "because": wordings.competences(
                (sides.names[side], sides.names[1 - side]), _labelled(codes, sides.lang), sides.lang
            ),
            "records": [],
        }
        for side, codes in enumerate(_only(sides))
        if codes
    ]


def notes(sides: Sides) -> list[Document]:
    """Competences that cannot be compared."""
    missing = [sides.name(t) for t, held in zip(sides.territories, _held(sides), strict=True) if not held]
    if not missing:
        return []
    return [
        note(
            "unknown_competences",
            f"Compétences non relevées, donc non comparées : {', '.join(missing)}.",
            f"Competences not recorded, hence not compared: {', '.join(missing)}.",
            sides.lang,
        )
    ]


def scales(sides: Sides, items: Sequence[Document]) -> list[Document]:
    """Where each subject of the sheet is held.

    For an objective, the territories of those who bear, want or refuse it, in the two sides or above them; for a
    competence that one holds alone, the territories that hold it, of the two and those above them.

    Args:
        sides: the two territories.
        items: of the sheet.
    """
    snapshot = sides.snapshot
    near = set().union(*(_lineage(sides, t) for t in sides.territories), *sides.inside)
    found = []
    subjects = {
        item["ids"][0]
        for item in items
        if item["kind"] in ("convergence", "conflict") and item["ids"][0] in snapshot.objectives
    }
    positions = snapshot.positions
    for objective in sorted(subjects):
        o = snapshot.objectives.index[objective]
        judged = positions.row[(positions.col == o) & (positions.stated.value != 0)].tolist()
        actors = {snapshot.actors.ids[i] for i in judged}
        actors |= {b for b in snapshot.objectives.items[o].bearers if b in snapshot.actors}
        held = {snapshot.actors[a].territory for a in actors}
        places = sorted(t for t in held if t is not None and t in near)
        records = [
            r for i in judged if snapshot.actors.items[i].territory in near for r in positions.records(i, o)
        ]
        found.append(
            _scale(sides, "objective", objective, snapshot.objectives.items[o].name, places, records)
        )
    above = sorted(set().union(*(_lineage(sides, t) for t in sides.territories)))
    for code in sorted({code for codes in _only(sides) for code in codes}):
        places = [t for t in above if code in snapshot.territories[t].competences]
        found.append(_scale(sides, "competence", code, competences.label(code, sides.lang), places, []))
    return found


def _lineage(sides: Sides, territory: str) -> set[str]:
    """A territory and all those above it."""
    found, queue = {territory}, [territory]
    while queue:
        fresh = [p for p in sides.parents.get(queue.pop(), ()) if p in sides.parents and p not in found]
        found.update(fresh)
        queue += fresh
    return found


def _scale(
    sides: Sides, kind: str, subject: str, name: str, places: Sequence[str], records: Iterable[str]
) -> Document:
    territories = sides.snapshot.territories
    levels: dict[str, list[str]] = defaultdict(list)
    for place in places:
        levels[territories[place].type or ""].append(place)
    words = sides.snapshot.vocabulary
    told = [
        (words.label("type_territoire", level, sides.lang) or "—", [territories.name(t) for t in held])
        for level, held in sorted(levels.items())
    ]
    return {
        "kind": kind,
        "subject": subject,
        "levels": dict(sorted(levels.items())),
        "because": wordings.scale(name, told, sides.lang),
        "records": by_counter(records),
    }
