"""Where the actors are: territories at their coordinates when known, nested in their parents otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from graph.model import Territory
from graph.plurals import counted
from graph.scope import below
from graph.snapshot import Snapshot
from viz.fixed import Spot, settle
from viz.maps.influence import placed_notes
from viz.marks import coverage, said, stamp
from viz.metrics import balanced, text_width
from viz.plates import Load, Rect, split
from viz.scene import LINE, WIDEST, title_captions
from viz.spec import PROFILES, Caption, Cell, LegendEntry, MapSpec, Node, Plate, Profile, Row, Table

Placed = tuple[float, float]

SPREAD = 13.0
"""Widest line of a name where territories stand in rows, in font sizes."""


def build(snapshot: Snapshot, *, profile: str = "grand", lang: str = "fr") -> MapSpec:
    """Territories as points, sized by the actors located in them or below.

    Those with a latitude and a longitude stand at their true place, to one scale in both directions (equirectangular at the
    mean latitude); the others stand on the plate of their first parent, which says nothing of where they are.

    Args:
        snapshot: the scope.
        profile: a key of ``PROFILES``.
        lang: ``fr`` or ``en``.
    """
    sizes = PROFILES[profile]
    counts = actors_in(snapshot)
    order = sorted(snapshot.territories, key=lambda t: (-counts[t.id], t.id))
    known = [t for t in order if t.lat is not None and t.lon is not None]
    lacking = [t for t in order if t.lat is None or t.lon is None]
    shown_known = known[: sizes.named]
    shown_lacking = lacking[: max(0, sizes.named - len(shown_known))]
    most = max(counts.values(), default=0)
    low, high = sizes.radius
    radius = {t.id: low + (high - low) * math.sqrt(counts[t.id] / most) if most else low for t in order}
    plates, heads = _ground(snapshot, bool(shown_known), shown_lacking, sizes, lang)
    nodes: list[Node] = []
    flags: list[tuple[bool, bool]] = []
    for plate in plates:
        members = shown_known if plate.id == "points" else [t for t in shown_lacking if t.id in plate.members]
        band = sizes.band + heads[plate.id][-1].y - heads[plate.id][0].y
        inner = Rect(
            plate.x + sizes.padding,
            plate.y + band,
            plate.width - 2 * sizes.padding,
            plate.height - band - sizes.padding,
        )
        across, widest = (0, WIDEST) if plate.id == "points" else _columns(members, inner, sizes)
        at = _gridded(members, inner, sizes, across) if across else _projected(members, inner)
        spots = [Spot(t.name, *at[t.id], radius[t.id]) for t in members]
        for territory, spot, place in zip(
            members, spots, settle(spots, inner, (), sizes, widest), strict=True
        ):
            flags.append((bool(place.lines), place.nudged and plate.id == "points"))
            nodes.append(
                Node(
                    id=territory.id,
                    name=territory.name,
                    lines=place.lines,
                    x=place.x,
                    y=place.y,
                    radius=round(spot.radius, 1),
                    shape="dot",
                    fill="solid" if plate.id == "points" else "hollow",
                    anchor=place.anchor,
                    text_x=place.text_x,
                    text_y=place.text_y,
                    describes=_describes(snapshot, territory, counts[territory.id], lang),
                    plate=plate.id,
                    leader=place.leader,
                )
            )
    return MapSpec(
        kind="territories",
        lang=lang,
        title=said("Territoires", "Territories", lang),
        question=said("Où sont les acteurs ?", "Where are the actors?", lang),
        profile=sizes,
        nodes=tuple(nodes),
        links=(),
        plates=plates,
        captions=tuple(caption for head in heads.values() for caption in head),
        legend=_legend(nodes, lang),
        stamp=stamp(snapshot, lang),
        coverage=coverage(snapshot, lang),
        summary=said(
            f"Carte : {counted(len(nodes), 'territoire', 'territoires')}, dont {len(shown_known)} à leurs coordonnées.",
            f"Map: {len(nodes)} territories, {len(shown_known)} at their coordinates.",
            lang,
        ),
        tables=(_table(snapshot, order, counts, lang),),
        records=(),
        notes=(
            *_notes(snapshot, lacking, len(nodes), lang),
            *placed_notes([named for named, _ in flags], [nudged for _, nudged in flags], lang),
        ),
        nothing=said(
            "Aucun territoire : ajoutez-en dans la feuille « territoires ».",
            "No territory: add some in the sheet 'territoires'.",
            lang,
        ),
        listed=said("Territoires de la carte", "Territories of the map", lang),
        actors_total=len(snapshot.actors),
    )


def actors_in(snapshot: Snapshot) -> dict[str, int]:
    """How many actors of the scope are located in each territory or below it."""
    parents = {t.id: t.parents for t in snapshot.territories}
    direct: dict[str, int] = {}
    for actor in snapshot.actors:
        if actor.territory is not None:
            direct[actor.territory] = direct.get(actor.territory, 0) + 1
    return {id_: sum(direct.get(child, 0) for child in below(parents, id_)) for id_ in parents}


def _describes(snapshot: Snapshot, territory: Territory, count: int, lang: str) -> str:
    kind = snapshot.vocabulary.label("type_territoire", territory.type, lang) if territory.type else ""
    above = ", ".join(snapshot.territories.name(p) for p in territory.parents)
    parts = [
        kind,
        said(f"dans {above}", f"in {above}", lang) if above else "",
        said(counted(count, "acteur", "acteurs"), f"{count} actors", lang),
        ""
        if territory.lat is not None and territory.lon is not None
        else said("coordonnées inconnues", "coordinates unknown", lang),
    ]
    return " · ".join(part for part in parts if part)


def _notes(snapshot: Snapshot, lacking: Sequence[Territory], shown: int, lang: str) -> list[str]:
    notes = []
    if lacking:
        names = ", ".join(t.name for t in lacking[:12])
        more = len(lacking) - 12
        rest = said(f" et {more} autres", f" and {more} others", lang) if more > 0 else ""
        notes.append(
            said(
                f"Sans coordonnées ({len(lacking)}), rangés par territoire parent : {names}{rest}.",
                f"Without coordinates ({len(lacking)}), put by parent territory: {names}{rest}.",
                lang,
            )
        )
    if shown < len(snapshot.territories):
        notes.append(
            said(
                f"{shown} territoires sur {len(snapshot.territories)} : les plus peuplés d'acteurs.",
                f"{shown} of {len(snapshot.territories)} territories: those with most actors.",
                lang,
            )
        )
    nowhere = sum(actor.territory is None for actor in snapshot.actors)
    if nowhere:
        notes.append(
            said(
                f"{counted(nowhere, 'acteur sans territoire', 'acteurs sans territoire')}.",
                f"{nowhere} actors without a territory.",
                lang,
            )
        )
    return notes


def _ground(
    snapshot: Snapshot, points: bool, lacking: Sequence[Territory], sizes: Profile, lang: str
) -> tuple[tuple[Plate, ...], dict[str, list[Caption]]]:
    """A plate for the points, then one a parent of those without coordinates, and the title of each by its id."""
    by_parent: dict[str, list[str]] = {}
    for territory in lacking:
        by_parent.setdefault(territory.parents[0] if territory.parents else "", []).append(territory.id)
    canvas = Rect(0, 0, sizes.width, sizes.height)
    rooms: list[tuple[str, str, tuple[str, ...], Rect, bool]] = []
    rest = canvas
    if points:
        share = 1.0 if not lacking else 0.6
        wide = canvas.width if not lacking else round(share * canvas.width)
        title = said("À leurs coordonnées, le nord en haut", "At their coordinates, north upwards", lang)
        rooms.append(("points", title, (), Rect(0, 0, wide, canvas.height), False))
        rest = Rect(wide + sizes.gutter, 0, canvas.width - wide - sizes.gutter, canvas.height)
    if by_parent:
        groups = sorted(by_parent.items(), key=lambda g: (g[0] == "", -len(g[1]), g[0]))
        titles = [
            snapshot.territories.name(parent) if parent else said("Sans parent", "Without a parent", lang)
            for parent, _ in groups
        ]
        loads = [
            Load(
                len(ids),
                *_cell([snapshot.territories[id_] for id_ in ids], sizes),
                text_width(title, sizes.title, bold=True),
            )
            for (_, ids), title in zip(groups, titles, strict=True)
        ]
        rects = split(loads, rest, gutter=sizes.gutter, padding=sizes.padding, band=sizes.band)
        for (parent, ids), title, rect in zip(groups, titles, rects, strict=True):
            rooms.append((f"in:{parent}", title, tuple(ids), rect, True))
    plates = tuple(
        Plate(id_, title, r.x, r.y, r.width, r.height, dashed, ids) for id_, title, ids, r, dashed in rooms
    )
    heads = {
        plate.id: title_captions(
            plate.title, Rect(plate.x, plate.y, plate.width, plate.height), sizes, soft=plate.dashed
        )
        for plate in plates
    }
    return plates, heads


def _cell(members: Sequence[Territory], sizes: Profile) -> tuple[float, float]:
    """Room for the widest of some names on two lines, and its mark."""
    written = [balanced(t.name, sizes.label, SPREAD * sizes.label) for t in members]
    wide = max((text_width(line, sizes.label) for lines in written for line in lines), default=0.0)
    return wide + sizes.halo + 0.6 * sizes.label, 2 * sizes.radius[1] + (2 * LINE + 0.8) * sizes.label


def _columns(members: Sequence[Territory], inner: Rect, sizes: Profile) -> tuple[int, float]:
    """How many stand in a row, and the widest line of their names, in font sizes: as wide as leaves all of them room."""
    wide, high = _cell(members, sizes)
    _, across = max(
        (min(inner.width / n / wide, inner.height / math.ceil(len(members) / n) / high), n)
        for n in range(1, max(1, len(members)) + 1)
    )
    return across, min(SPREAD, inner.width / across / sizes.label - 0.8)


def _projected(members: Sequence[Territory], inner: Rect) -> Mapping[str, Placed]:
    """Places inside a room, one scale in both directions; the room keeps a margin for names."""
    lats = [float(t.lat or 0.0) for t in members]
    lons = [float(t.lon or 0.0) for t in members]
    squeeze = math.cos(math.radians(sum(lats) / len(lats)))
    xs, ys = [lon * squeeze for lon in lons], [-lat for lat in lats]
    wide, tall = max(xs) - min(xs), max(ys) - min(ys)
    scale = min(
        0.8 * inner.width / wide if wide else math.inf, 0.8 * inner.height / tall if tall else math.inf
    )
    scale = scale if math.isfinite(scale) else 0.0
    mid_x, mid_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    centre_x, centre_y = inner.x + inner.width / 2, inner.y + inner.height / 2
    return {
        t.id: (centre_x + (x - mid_x) * scale, centre_y + (y - mid_y) * scale)
        for t, x, y in zip(members, xs, ys, strict=True)
    }


def _gridded(members: Sequence[Territory], inner: Rect, sizes: Profile, across: int) -> Mapping[str, Placed]:
    """Places row by row in a room."""
    rows = math.ceil(len(members) / across)
    step_x, step_y = inner.width / across, inner.height / rows
    return {
        t.id: (
            inner.x + step_x * (k % across + 0.5),
            inner.y + step_y * (k // across + 0.5) - LINE * sizes.label,
        )
        for k, t in enumerate(members)
    }


def _legend(nodes: Sequence[Node], lang: str) -> tuple[LegendEntry, ...]:
    entries = []
    if any(node.fill == "solid" for node in nodes):
        entries.append(LegendEntry("fill-solid", said("à ses coordonnées", "at its coordinates", lang)))
    if any(node.fill == "hollow" for node in nodes):
        entries.append(
            LegendEntry(
                "fill-hollow",
                said("sans coordonnées, rangé par parent", "without coordinates, put by parent", lang),
            )
        )
    if len({node.radius for node in nodes}) > 1:
        entries.append(LegendEntry("size", said("taille : nombre d'acteurs", "size: number of actors", lang)))
    return tuple(entries)


def _table(snapshot: Snapshot, order: Sequence[Territory], counts: Mapping[str, int], lang: str) -> Table:
    def degrees(value: float | None) -> Cell:
        return (
            Cell("")
            if value is None
            else Cell(f"{value:g}".replace(".", "." if lang == "en" else ","), value)
        )

    rows = tuple(
        Row(
            (
                Cell(t.name),
                Cell(snapshot.vocabulary.label("type_territoire", t.type, lang) if t.type else ""),
                Cell(", ".join(snapshot.territories.name(p) for p in t.parents)),
                Cell(str(counts[t.id]), counts[t.id]),
                degrees(t.lat),
                degrees(t.lon),
            ),
        )
        for t in order
    )
    columns = said(
        "Territoire|Type|Dans|Acteurs|Latitude|Longitude", "Territory|Type|In|Actors|Latitude|Longitude", lang
    )
    return Table(said("Territoires", "Territories", lang), tuple(columns.split("|")), rows)
