"""Who weighs on the game and who depends on it: the influence/dependence plane of MACTOR."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graph.plurals import counted
from graph.snapshot import Snapshot
from queries.kernels import mactor as kernel
from queries.sentences import number
from viz.fixed import Named, Spot, settle
from viz.marks import (
    actor_legend,
    coverage,
    describes,
    fill_of,
    heaviest,
    radii,
    said,
    shape_of,
    stamp,
)
from viz.metrics import text_width
from viz.plates import Rect
from viz.spec import PROFILES, Caption, Cell, LegendEntry, MapSpec, Node, Plate, Profile, Row, Table

Floats = NDArray[np.float64]

QUADRANTS = {
    (True, False): ("dominant", "Dominants", "Dominant"),
    (True, True): ("relay", "Relais", "Relay"),
    (False, False): ("autonomous", "Autonomes", "Autonomous"),
    (False, True): ("dominated", "Dominés", "Dominated"),
}
"""By (influence above the mean, dependence above the mean): id, French and English names (Godet & Bourse 1990)."""
LEAST = 0.36
"""Least part of an axis on either side of the mean, however few actors are there."""
MARGIN = 0.1
"""Part of an axis left free at both ends."""


def build(snapshot: Snapshot, *, profile: str = "grand", lang: str = "fr") -> MapSpec:
    """The plane: dependence to the right, influence upwards, both direct and indirect (MDII), crossing at their means.

    Each axis is linear on either side of the mean of the scope, from its least to its greatest value; each side has room by
    the number of actors placed there. An actor never leaves its quadrant, and is drawn by √R as on every map.

    Args:
        snapshot: the scope.
        profile: a key of ``PROFILES``.
        lang: ``fr`` or ``en``.
    """
    sizes = PROFILES[profile]
    matrix, _ = snapshot.influences.dense()
    force = kernel.forces(kernel.direct_and_indirect(matrix))
    influence, dependence = force.influence.astype(float), force.dependence.astype(float)
    stated = bool(influence.any())
    order = _order(snapshot, influence + dependence)
    named = order[: sizes.named] if stated else []
    right, above = _mean_at(dependence, named), _mean_at(influence, named)
    across, up = _scaled(dependence, right), _scaled(influence, above)
    plates, titles, room = _ground(sizes, right, above, lang)
    radius = radii(snapshot, sizes)
    high = influence >= influence.mean() if stated else []
    far = dependence >= dependence.mean() if stated else []
    spots = {
        i: Spot(
            snapshot.actors.items[i].name,
            room.x + float(across[i]) * room.width,
            room.y + (1 - float(up[i])) * room.height,
            radius[i] * shape_of(snapshot.actors.items[i])[1],
        )
        for i in named
    }
    at: dict[int, Named] = {}
    for plate, title in zip(plates, titles, strict=True):
        inside = [i for i in named if QUADRANTS[bool(high[i]), bool(far[i])][0] == plate.id]
        band = Rect(
            title.x, title.y - title.size, text_width(title.text, title.size, bold=True), 1.3 * title.size
        )
        ground = Rect(plate.x, plate.y, plate.width, plate.height)
        at.update(zip(inside, settle([spots[i] for i in inside], ground, (band,), sizes), strict=True))
    nodes = []
    for i, place in sorted(at.items(), key=lambda pair: named.index(pair[0])):
        actor = snapshot.actors.items[i]
        quadrant = QUADRANTS[bool(high[i]), bool(far[i])]
        told = said(
            f"influence {number(influence[i])}, dépendance {number(dependence[i])} : {quadrant[1].lower()}",
            f"influence {number(influence[i], 'en')}, dependence {number(dependence[i], 'en')}: {quadrant[2].lower()}",
            lang,
        )
        nodes.append(
            Node(
                id=actor.id,
                name=actor.name,
                lines=place.lines,
                x=place.x,
                y=place.y,
                radius=round(spots[i].radius, 1),
                shape=shape_of(actor)[0],
                fill=fill_of(actor),
                anchor=place.anchor,
                text_x=place.text_x,
                text_y=place.text_y,
                describes=f"{describes(snapshot, actor, lang)} · {told}",
                plate=quadrant[0],
                leader=place.leader,
            )
        )
    notes = []
    if stated and len(named) < len(snapshot.actors):
        notes.append(
            said(
                f"{counted(len(named), 'acteur placé', 'acteurs placés')} sur {len(snapshot.actors)} : "
                "les plus pris dans le jeu. Le tableau les a tous.",
                f"{len(named)} of {len(snapshot.actors)} actors placed: those most in the game. The table has them all.",
                lang,
            )
        )
    notes += placed_notes(
        [bool(place.lines) for place in at.values()], [place.nudged for place in at.values()], lang
    )
    ids = [node.id for node in nodes]
    size_entry = said(
        "position : écart à la moyenne du jeu", "place: distance from the mean of the game", lang
    )
    table = _table(snapshot, influence, dependence, force.coefficient, order, lang)
    return MapSpec(
        kind="influence",
        lang=lang,
        title="Influence",
        question=said("Qui pèse, qui dépend ?", "Who weighs, who depends?", lang),
        profile=sizes,
        nodes=tuple(nodes),
        links=(),
        plates=plates if stated else (),
        captions=(*titles, *_axes(sizes, room, lang)) if stated else (),
        legend=(*actor_legend(snapshot, ids, sizes, lang), LegendEntry("plane", size_entry))
        if stated
        else (),
        stamp=stamp(snapshot, lang),
        coverage=coverage(snapshot, lang),
        summary=said(
            f"Plan d'influence et de dépendance : {counted(len(nodes), 'acteur', 'acteurs')}.",
            f"Plane of influence and dependence: {len(nodes)} actors.",
            lang,
        ),
        tables=(table,),
        records=(),
        notes=tuple(notes),
        nothing=""
        if stated
        else said(
            "Aucune influence connue dans ce périmètre : saisissez des influences pour placer les acteurs.",
            "No influence is known in this scope: enter influences to place the actors.",
            lang,
        ),
        actors_total=len(snapshot.actors),
    )


def placed_notes(has_name: list[bool], nudged: list[bool], lang: str) -> list[str]:
    """What the reader must know of marks that fixed places could not hold exactly."""
    notes = []
    if any(nudged):
        notes.append(
            said(
                f"Écartés pour rester lisibles : {sum(nudged)}. Le tableau donne les valeurs exactes.",
                f"Moved aside to stay legible: {sum(nudged)}. The table gives the exact values.",
                lang,
            )
        )
    missing = len(has_name) - sum(has_name)
    if missing:
        notes.append(
            said(
                f"Sans nom sur la carte, faute de place : {missing}. La liste et le tableau les nomment.",
                f"Without a name on the map, for lack of room: {missing}. The list and the table name them.",
                lang,
            )
        )
    return notes


def _order(snapshot: Snapshot, weight: Floats) -> list[int]:
    """Places of the actors, those most in the game first."""
    held = dict(zip(snapshot.actors.ids, weight.tolist(), strict=True))
    return [snapshot.actors.index[id_] for id_ in heaviest(snapshot.actors.ids, held, len(held))]


def _mean_at(values: Floats, named: Sequence[int]) -> float:
    """Where the mean stands on its axis, 0 to 1: the part of the actors placed that are below it, within limits."""
    below = float((values[named] < values.mean()).mean()) if named else 0.5
    return min(1 - LEAST, max(LEAST, below))


def _scaled(values: Floats, middle: float) -> Floats:
    """Places on an axis from 0 to 1: the least value at the margin, the mean at ``middle``, the greatest at the end."""
    if not len(values):
        return values
    low, mean, high = float(values.min()), float(values.mean()), float(values.max())
    if high == low:
        return np.full(len(values), middle)
    return np.interp(values, [low, mean, high], [MARGIN, middle, 1 - MARGIN])


def _ground(
    sizes: Profile, right: float, above: float, lang: str
) -> tuple[tuple[Plate, ...], tuple[Caption, ...], Rect]:
    """The four quadrants with their names, and the room inside the names of the axes.

    Args:
        sizes: of the map.
        right: where the mean dependence stands, from the left, 0 to 1.
        above: where the mean influence stands, from the bottom, 0 to 1.
        lang: ``fr`` or ``en``.
    """
    foot, gap = round(1.6 * sizes.label), sizes.gutter
    height = sizes.height - foot
    cut_x, cut_y = sizes.width * right, height * (1 - above)
    plates, titles = [], []
    for (high, far), (id_, fr, en) in QUADRANTS.items():
        x = cut_x + gap / 2 if far else 0.0
        y = 0.0 if high else cut_y + gap / 2
        wide = sizes.width - x if far else cut_x - gap / 2
        tall = cut_y - gap / 2 if high else height - y
        title = said(fr, en, lang)
        plates.append(Plate(id_, title, round(x, 1), round(y, 1), round(wide, 1), round(tall, 1), False, ()))
        titles.append(
            Caption(
                title,
                round(x + sizes.padding, 1),
                round(y + sizes.band * 0.5 + sizes.title * 0.42, 1),
                sizes.title,
                bold=True,
                anchor="start",
            )
        )
    return tuple(plates), tuple(titles), Rect(0, 0, sizes.width, height)


def _axes(sizes: Profile, room: Rect, lang: str) -> tuple[Caption, ...]:
    base = round(room.height + 1.2 * sizes.label, 1)
    up = said("influence vers le haut", "influence upwards", lang)
    right = said("dépendance vers la droite →", "dependence to the right →", lang)
    return (
        Caption(f"↑ {up}", sizes.padding, base, sizes.label, "soft", anchor="start"),
        Caption(right, room.width - sizes.padding, base, sizes.label, "soft", anchor="end"),
    )


def _table(
    snapshot: Snapshot,
    influence: Floats,
    dependence: Floats,
    coefficient: Floats | None,
    order: list[int],
    lang: str,
) -> Table:
    mean_i, mean_d = (float(v.mean()) if len(v) else 0.0 for v in (influence, dependence))
    held = snapshot.influences
    behind: dict[int, list[str]] = {}
    for a, b in zip(held.row.tolist(), held.col.tolist(), strict=True):
        if a != b:
            behind.setdefault(a, []).extend(held.records(a, b))
    rows = []
    for i in order:
        _, fr, en = QUADRANTS[influence[i] >= mean_i, dependence[i] >= mean_d]
        r = None if coefficient is None else float(coefficient[i])
        rows.append(
            Row(
                (
                    Cell(snapshot.actors.items[i].name),
                    Cell(number(influence[i], lang), float(influence[i])),
                    Cell(number(dependence[i], lang), float(dependence[i])),
                    Cell("") if r is None else Cell(number(r, lang), r),
                    Cell("" if coefficient is None else said(fr, en, lang)),
                ),
                tuple(behind.get(i, ())),
            )
        )
    columns = said(
        "Acteur|Influence|Dépendance|Force|Place", "Actor|Influence|Dependence|Force|Quadrant", lang
    )
    caption = said(
        "Influence et dépendance (relevés : ses influences)",
        "Influence and dependence (records: its influences)",
        lang,
    )
    return Table(caption, tuple(columns.split("|")), tuple(rows))
