"""What the map of a conflict says beside its drawing: summary, opening, who stands apart, the table of its sides."""

from __future__ import annotations

from collections.abc import Iterable

from graph.snapshot import Snapshot
from queries.envelope import Document
from queries.mactor import forces
from queries.sentences import listed, number
from viz.marks import said, signed
from viz.metrics import text_width
from viz.spec import Box, Cell, Profile, Row, Table


def summary(item: Document | None, lang: str) -> str:
    """Of the drawing, for those who do not see it."""
    if item is None:
        return said("Aucun conflit connu.", "No known conflict.", lang)
    favour, against = len(item["for"]["actors"]), len(item["against"]["actors"])
    return said(
        f"Carte d'un conflit : acteurs d'un côté, {favour} ; de l'autre, {against}.",
        f"Map of a conflict: {favour} actors on one side, {against} on the other.",
        lang,
    )


def standing_apart(snapshot: Snapshot, box: Box, room: float, sizes: Profile, lang: str) -> Iterable[str]:
    """Who is neutral and how many are unknown on an objective."""
    col = snapshot.objectives.index[box.id]
    values = [snapshot.positions.at(row, col) for row in range(len(snapshot.actors))]
    neutral = [actor.name for actor, value in zip(snapshot.actors, values, strict=True) if value == 0]
    unknown = sum(value is None for value in values)
    if neutral:
        text = said(f"neutre : {listed(neutral, lang)}", f"neutral: {listed(neutral, lang)}", lang)
        brief = said(f"neutres : {len(neutral)} acteurs", f"neutral: {len(neutral)} actors", lang)
        yield text if text_width(text, sizes.label) <= room else brief
    if unknown:
        plural = "s" if unknown > 1 else ""
        yield said(
            f"position inconnue : {unknown} acteur{plural}",
            f"unknown position: {unknown} actor{plural}",
            lang,
        )


def opening_words(snapshot: Snapshot, item: Document, lang: str) -> Iterable[str]:
    """Why there is a conflict, who stands on neither side, who could stand between."""
    yield item["because"]
    kinds = {
        "neutral": said("Neutres", "Neutral", lang),
        "mixed": said("Partagés", "Mixed", lang),
    }
    for kind, text in kinds.items():
        names = [snapshot.actors.name(a) for a in item["others"][kind]]
        if names:
            yield said(f"{text} : {listed(names, lang)}.", f"{text}: {listed(names, lang)}.", lang)
    parties = [snapshot.actors.name(p["actor"]) for p in item["third_parties"]]
    if parties:
        yield said(
            f"Pourraient se tenir entre les deux : {listed(parties, lang)}.",
            f"Could stand between the two: {listed(parties, lang)}.",
            lang,
        )


def sides_table(snapshot: Snapshot, item: Document, lang: str) -> Table:
    """One row an actor of either side and an objective, with its force."""
    weights = forces(snapshot)
    sides = {
        "for": said("pour le motif", "for the pattern", lang),
        "against": said("contre le motif", "against the pattern", lang),
    }
    rows = []
    for side, text in sides.items():
        for actor in item[side]["actors"]:
            row = snapshot.actors.index[actor]
            force = None if weights is None else float(weights[row])
            for objective in item["pattern"]:
                col = snapshot.objectives.index[objective]
                value = snapshot.positions.at(row, col)
                rows.append(
                    Row(
                        (
                            Cell(text),
                            Cell(snapshot.actors.name(actor)),
                            Cell(snapshot.objectives.name(objective)),
                            Cell("" if value is None else signed(value), value),
                            Cell("" if force is None else number(force, lang), force),
                        ),
                        snapshot.positions.records(row, col),
                    )
                )
    columns = said("Côté|Acteur|Objectif|Position|Force", "Side|Actor|Objective|Position|Force", lang)
    return Table(said("Conflit", "Conflict", lang), tuple(columns.split("|")), tuple(rows))
