"""Who is concerned, family by family, and who weighs on whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.plurals import counted
from graph.snapshot import Snapshot
from queries.mactor import forces
from queries.sentences import number
from viz.forest import Span
from viz.marks import (
    actor_legend,
    coverage,
    heaviest,
    records_of,
    said,
    stamp,
    weights,
)
from viz.scene import Group, Kept, Scene, scene
from viz.spec import PROFILES, Cell, LegendEntry, Link, MapSpec, Profile, Row, Stroke, Table, Threshold

MOST_LINKS = 300
NONE_SHOWN = 4.5
"""Above the highest level of influence: the map opens without arrows, and choosing an actor shows its own."""
ABREAST = 4.0
"""Sideways from the middle, in pixels: an influence and the one that answers it stand abreast."""

Influence = tuple[int, int, int]
"""Places of who weighs and on whom, and the level from 1 to 4."""


def build(
    snapshot: Snapshot,
    *,
    profile: str = "grand",
    lang: str = "fr",
    threshold: float | None = None,
    kept: Kept | None = None,
) -> MapSpec:
    """The map of the actors of a scope, a plate a family, influences as arrows.

    Args:
        snapshot: the scope.
        profile: a key of ``PROFILES``.
        lang: ``fr`` or ``en``.
        threshold: level of influence from which arrows are shown; ``None`` shows those of the chosen actor alone.
        kept: earlier places to start from.
    """
    sizes = PROFILES[profile]
    weight = dict(zip(snapshot.actors.ids, weights(snapshot), strict=True))
    named = set(heaviest(snapshot.actors.ids, weight, sizes.named))
    groups = _groups(snapshot, named, lang)
    influences = _influences(snapshot, named)
    ids = snapshot.actors.ids
    spans = [Span(ids[a], ids[b], float(value)) for a, b, value in influences]
    slider = Threshold(1.0, NONE_SHOWN, NONE_SHOWN if threshold is None else threshold, len(influences))
    ties = [(s.a, s.b, s.level) for s in spans if s.level >= slider.value]
    drawn = scene(snapshot, groups, ties, sizes, lang, kept)
    both = {(a, b) for a, b, _ in influences}
    strongest = sorted(influences, key=lambda i: (-i[2], i[0], i[1]))[:MOST_LINKS]
    links = tuple(
        _arrow(snapshot, influence, drawn, sizes, lang, abreast=(influence[1], influence[0]) in both)
        for influence in reversed(strongest)
    )
    notes = []
    if links:
        notes.append(
            said(
                "Choisissez un acteur : ses influences apparaissent.",
                "Choose an actor: its influences appear.",
                lang,
            )
        )
    if len(named) < len(snapshot.actors):
        notes.append(
            said(
                f"{counted(len(named), 'acteur nommé', 'acteurs nommés')} sur {len(snapshot.actors)} : les plus lourds.",
                f"{len(named)} of {len(snapshot.actors)} actors named: the heaviest.",
                lang,
            )
        )
    if len(influences) > len(links):
        rest = len(influences) - len(links)
        notes.append(
            said(
                f"{rest} influences plus faibles ne sont pas sur la carte.",
                f"{rest} weaker influences are not on the map.",
                lang,
            )
        )
    order = [node.id for node in drawn.nodes]
    arrows = (
        LegendEntry("link-influence", said("influence (largeur : 1 à 4)", "influence (width: 1 to 4)", lang)),
    )
    return MapSpec(
        kind="actors",
        lang=lang,
        title=said("Acteurs", "Actors", lang),
        question=said("Qui est concerné ?", "Who is concerned?", lang),
        profile=sizes,
        nodes=drawn.nodes,
        links=links,
        plates=drawn.plates,
        captions=drawn.titles,
        legend=(*actor_legend(snapshot, order, sizes, lang), *(arrows if links else ())),
        stamp=stamp(snapshot, lang),
        coverage=coverage(snapshot, lang),
        summary=said(
            f"Carte : {counted(len(order), 'acteur', 'acteurs')}, "
            f"{counted(len(influences), 'influence', 'influences')}.",
            f"Map: {len(order)} actors, {len(influences)} influences.",
            lang,
        ),
        tables=(_actors(snapshot, lang), _table(snapshot, strongest, lang)),
        records=records_of(snapshot, (r for link in links for r in link.records)),
        notes=tuple(notes),
        threshold=slider if influences else None,
        actors_total=len(snapshot.actors),
    )


def _groups(snapshot: Snapshot, named: set[str], lang: str) -> list[Group]:
    """Families in the order of the vocabulary; those of unknown family last."""
    order = snapshot.vocabulary["famille"].codes
    families = sorted(
        {actor.family or "" for actor in snapshot.actors},
        key=lambda f: (f == "", order.index(f) if f in order else len(order), f),
    )
    groups = []
    for family in families:
        everyone = [actor.id for actor in snapshot.actors if (actor.family or "") == family]
        members = tuple(id_ for id_ in everyone if id_ in named)
        if not members:
            continue
        title = snapshot.vocabulary.label("famille", family or None, lang)
        title = title or said("famille inconnue", "unknown family", lang)
        title = title[:1].upper() + title[1:]
        if len(members) < len(everyone):
            title = f"{title} (+{len(everyone) - len(members)})"
        groups.append(Group(f"family:{family}" if family else "", title, members, dashed=not family))
    return groups


def _influences(snapshot: Snapshot, named: Iterable[str]) -> list[Influence]:
    """Stated influences of 1 to 4 between named actors, on oneself left out."""
    places = {snapshot.actors.index[id_] for id_ in named}
    held = snapshot.influences
    return [
        (a, b, value)
        for a, b, value in zip(held.row.tolist(), held.col.tolist(), held.stated.value.tolist(), strict=True)
        if value > 0 and a != b and a in places and b in places
    ]


def _arrow(
    snapshot: Snapshot, influence: Influence, drawn: Scene, sizes: Profile, lang: str, *, abreast: bool
) -> Link:
    a, b, value = influence
    ids = snapshot.actors.ids
    radius = next(node.radius for node in drawn.nodes if node.id == ids[b])
    (ax, ay), (bx, by) = drawn.at(ids[a]), drawn.at(ids[b])
    length = max(((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5, 1e-9)
    ux, uy = (bx - ax) / length, (by - ay) / length
    aside = ABREAST * sizes.label / 16 if abreast else 0.0
    ox, oy = -uy * aside, ux * aside
    width = sizes.position_width(value)
    head = 3.2 * width + 0.4 * sizes.label
    tip_x, tip_y = bx + ox - ux * (radius + sizes.border), by + oy - uy * (radius + sizes.border)
    base_x, base_y = tip_x - ux * head, tip_y - uy * head
    half = 0.45 * head
    name, other = snapshot.actors.name(ids[a]), snapshot.actors.name(ids[b])
    return Link(
        id=f"{ids[a]}→{ids[b]}",
        a=ids[a],
        b=ids[b],
        reading="influence",
        strokes=(
            Stroke(
                f"M{ax + ox:.1f} {ay + oy:.1f}L{base_x:.1f} {base_y:.1f}",
                "ink",
                width,
                head=f"M{tip_x:.1f} {tip_y:.1f}L{base_x - uy * half:.1f} {base_y + ux * half:.1f}"
                f"L{base_x + uy * half:.1f} {base_y - ux * half:.1f}Z",
            ),
        ),
        level=float(value),
        kept=False,
        title=f"{name} → {other}",
        sentence=said(
            f"Influence directe de niveau {value} sur 4.", f"Direct influence, level {value} of 4.", lang
        ),
        records=snapshot.influences.records(a, b),
    )


def _actors(snapshot: Snapshot, lang: str) -> Table:
    force = forces(snapshot)
    vocabulary = snapshot.vocabulary
    rows = tuple(
        Row(
            (
                Cell(actor.name),
                Cell(vocabulary.label("famille", actor.family, lang)),
                Cell(vocabulary.label("implication", actor.involvement, lang)),
                Cell("" if actor.territory is None else snapshot.territories.name(actor.territory)),
                Cell("") if force is None else Cell(number(float(force[place]), lang), float(force[place])),
            )
        )
        for place, actor in enumerate(snapshot.actors)
    )
    columns = said(
        "Acteur|Famille|Implication|Territoire|Force", "Actor|Family|Involvement|Territory|Force", lang
    )
    return Table(said("Acteurs", "Actors", lang), tuple(columns.split("|")), rows)


def _table(snapshot: Snapshot, influences: Sequence[Influence], lang: str) -> Table:
    names = [actor.name for actor in snapshot.actors]
    rows = tuple(
        Row((Cell(names[a]), Cell(names[b]), Cell(str(value), value)), snapshot.influences.records(a, b))
        for a, b, value in influences
    )
    columns = said("De|Vers|Niveau", "From|To|Level", lang)
    return Table(said("Influences", "Influences", lang), tuple(columns.split("|")), rows)
