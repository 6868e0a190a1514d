"""Flows between territories on their outlines: an arrow as wide as its quantity, or territories shaded by what they depend on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.plurals import counted
from graph.snapshot import Snapshot
from viz.fixed import Spot, nudged, stand
from viz.flow_arrows import Arrow, links, named_off, records, slider
from viz.flow_places import Places, places_of, silent_of
from viz.flow_view import (
    FlowView,
    flow_view,
    pairs_table,
    percent,
    territories_table,
)
from viz.maps.influence import placed_notes
from viz.marks import said, stamp
from viz.outlines import outlines
from viz.plates import Rect
from viz.spec import PROFILES, Area, LegendEntry, MapSpec, Node, Profile

ARROWS = {"grand": 220, "moyen": 160, "etroit": 120, "projecteur": 60, "amphi": 30}
"""Most arrows a size carries; those left out are counted and stand in the table."""
AT_FIRST = {"grand": 60, "moyen": 45, "etroit": 36, "projecteur": 15, "amphi": 8}
"""Arrows shown before the slider moves."""
MARKS = {"grand": 120, "moyen": 90, "etroit": 60, "projecteur": 10, "amphi": 6}
"""Most territories marked."""
WIDEST = {"grand": 13.0, "moyen": 11.0, "etroit": 11.0, "projecteur": 22.0, "amphi": 26.0}
"""Width of the greatest flow, in pixels; the others in proportion."""
BOUNDS = (0.25, 0.5, 0.75)
"""Between the four shades."""


def build(
    snapshot: Snapshot,
    *,
    asked: Mapping[str, Any] | None = None,
    heat: str | None = None,
    profile: str = "grand",
    lang: str = "fr",
    view: FlowView | None = None,
) -> MapSpec:
    """The map of one kind of flow in one year.

    Args:
        snapshot: what the reader sees.
        asked: parameters of :func:`viz.flow_view.flow_view`.
        heat: one of :data:`viz.flow_choice.HEATS`; the arrows then wait for the slider or for a territory to be chosen.
        profile: a key of ``PROFILES``.
        lang: ``fr`` or ``en``.
        view: the flows, when they are at hand.
    """
    sizes = PROFILES[profile]
    seen = view or flow_view(snapshot, asked or {}, lang)
    order = list(seen.exchanged)
    where = places_of(snapshot, order, silent_of(seen))
    room = Rect(
        sizes.padding, sizes.padding, sizes.width - 2 * sizes.padding, sizes.height - 2 * sizes.padding
    )
    land = where.ground(room)
    values = _values(seen, heat)
    nodes: list[Node] = []
    areas: list[Area] = []
    moved: list[bool] = []
    texts: list[str] = []
    if land is not None:
        areas = [Area(land.path(shape), "") for shape in (*where.silent.values(), *where.context.values())]
        for id_ in sorted(where.rings):
            areas.append(_area(land.path(where.rings[id_]), heat, values.get(id_)))
        marked = [id_ for id_ in order if id_ in where.points][: MARKS[profile]]
        radius = max(3.5, 0.22 * sizes.label)
        spots = [
            Spot(_label(seen, id_, heat, values), *land.at(*where.points[id_]), radius) for id_ in marked
        ]
        marks = stand(spots, room, (), sizes)
        texts = [spot.name for spot in spots[: sizes.named]]
        moved = [nudged(spot, mark) for spot, mark in zip(spots, marks, strict=True)]
        nodes = [
            Node(
                id=id_,
                name=seen.name(id_),
                lines=(),
                x=round(mark.x, 1),
                y=round(mark.y, 1),
                radius=round(radius, 1),
                shape="dot",
                fill="solid" if id_ in where.rings else "hollow",
                anchor="middle",
                text_x=round(mark.x, 1),
                text_y=round(mark.y, 1),
                describes=_describes(seen, id_),
            )
            for id_, mark in zip(marked, marks, strict=True)
        ]
    drawn = links(seen, _arrows(seen, {node.id: node for node in nodes}, sizes), "flow", sizes)
    first = 0 if heat is not None else min(len(drawn), AT_FIRST[profile])
    nodes = named_off(nodes, texts, room, sizes, drawn[len(drawn) - first :])
    notes = [*seen.notes(), *_notes(seen, where, len(drawn), len(nodes), lang)]
    notes += placed_notes([bool(node.lines) for node in nodes], moved, lang)
    return MapSpec(
        kind="flows",
        lang=lang,
        title=said("Flux entre territoires", "Flows between territories", lang),
        question=seen.label or said("Flux entre territoires", "Flows between territories", lang),
        profile=sizes,
        nodes=tuple(nodes),
        links=drawn,
        areas=tuple(areas),
        legend=_legend(seen, where, bool(drawn), heat, values, lang),
        stamp=f"{seen.year} · {stamp(snapshot, lang)}",
        coverage=seen.provenance,
        summary=said(
            f"Carte des flux, {seen.provenance} : {counted(seen.count, 'flux', 'flux')} entre "
            f"{counted(len(order), 'territoire', 'territoires')}.",
            f"Map of flows, {seen.provenance}: {seen.count} flows between {len(order)} territories.",
            lang,
        ),
        tables=(pairs_table(seen), territories_table(seen, _how(where, lang))),
        records=records(snapshot, drawn, lang),
        notes=tuple(notes),
        threshold=slider(
            drawn,
            first,
            seen.count,
            said(
                "{n} flux sur {m} · au moins {q} · {p} % de la quantité",
                "{n} of {m} flows · at least {q} · {p} % of the quantity",
                lang,
            ),
            seen.whole,
        ),
        nothing=_nothing(seen, lang),
        listed=said("Territoires de la carte", "Territories of the map", lang),
    )


def _nothing(view: FlowView, lang: str) -> str:
    """Why nothing is drawn: no flow, or nobody knows where."""
    if not view.count:
        return said(
            "Aucun flux entre territoires : importez une feuille « flux ».",
            "No flow between territories: import a sheet 'flux'.",
            lang,
        )
    return said(
        f"{counted(view.count, 'flux est connu', 'flux sont connus')}, mais aucun de leurs territoires n'a de contour ni de "
        "point : donnez une latitude et une longitude dans la feuille « territoires » pour les voir ici. Le graphe des "
        "interdépendances et la matrice les montrent sans avoir besoin de lieux.",
        f"Flows known: {view.count}, but none of their territories has an outline or a point: give latitudes and longitudes "
        "in the sheet 'territoires' to see them here. The graph of interdependences and the matrix show them without places.",
        lang,
    )


def _values(view: FlowView, heat: str | None) -> dict[str, float | None]:
    if heat == "dependence":
        return view.dependence
    return {row["id"]: row[heat] for row in view.document["territories"]} if heat else {}


def _area(path: str, heat: str | None, value: float | None) -> Area:
    if heat is None:
        return Area(path, "plate")
    return Area(path, "", hatched=True) if value is None else Area(path, shade(value))


def shade(value: float) -> str:
    """The role of a share's shade, by quarters."""
    return f"heat{1 + sum(value >= bound for bound in BOUNDS)}"


def _label(view: FlowView, id_: str, heat: str | None, values: Mapping[str, float | None]) -> str:
    return view.name(id_) if heat is None else f"{percent(values.get(id_), view.lang)} · {view.name(id_)}"


def _describes(view: FlowView, id_: str) -> str:
    lang = view.lang
    told = next(row for row in view.document["territories"] if row["id"] == id_)
    balance = next(row for row in view.document["balances"] if row["id"] == id_)
    territory = view.snapshot.territories[id_]
    kind = view.snapshot.vocabulary.label("type_territoire", territory.type, lang) if territory.type else ""
    parts = [
        kind,
        said(
            f"dépendance {percent(view.dependence[id_], lang)}",
            f"dependence {percent(view.dependence[id_], lang)}",
            lang,
        ),
        said(
            f"autonomie {percent(told['autonomy'], lang)}",
            f"autonomy {percent(told['autonomy'], lang)}",
            lang,
        ),
        said(
            f"vulnérabilité {percent(told['vulnerability'], lang)}",
            f"vulnerability {percent(told['vulnerability'], lang)}",
            lang,
        ),
        said("dominé par", "dominated by", lang) + f" {view.name(balance['dominant'])}"
        if balance["dominant"]
        else "",
    ]
    return " · ".join(part for part in parts if part)


def _arrows(view: FlowView, at: Mapping[str, Node], sizes: Profile) -> list[Arrow]:
    """From origin to destination, whoever depends."""
    items = view.pairs(ARROWS[sizes.name], among=at)
    found = []
    for item in items:
        a, b = (at[id_] for id_ in view.ends(item))
        quantity = item["quantity"]
        width = WIDEST[sizes.name] * quantity / items[0]["quantity"]
        found.append(Arrow(item, a, b, quantity, width, f"{a.name} → {b.name}", quantity))
    return found


def _how(where: Places, lang: str) -> dict[str, str]:
    """How each territory is drawn, in words."""
    found = {id_: said("son point", "its point", lang) for id_ in where.points}
    found |= {id_: said("son contour", "its outline", lang) for id_ in where.rings}
    return found | {
        id_: said("absent : sans lieu connu", "missing: no known place", lang) for id_ in where.missing
    }


def _notes(view: FlowView, where: Places, drawn: int, marks: int, lang: str) -> list[str]:
    notes = []
    if where.missing:
        names = ", ".join(view.name(id_) for id_ in where.missing[:12])
        more = len(where.missing) - 12
        rest = said(f" et {more} autres", f" and {more} others", lang) if more > 0 else ""
        notes.append(
            said(
                f"Sans lieu connu, absents de la carte ({len(where.missing)}) : {names}{rest}.",
                f"Without a known place, missing from the map ({len(where.missing)}): {names}{rest}.",
                lang,
            )
        )
    if view.level is not None:
        level = view.snapshot.vocabulary.label("type_territoire", view.level, lang)
        notes.append(said(f"Flux additionnés par {level}.", f"Flows added up by {level}.", lang))
    notes += view.undrawn(drawn)
    if len(where.points) > marks:
        notes.append(
            said(
                f"{marks} territoires marqués sur {len(where.points)} : ceux dont les flux sont les plus grands.",
                f"{marks} of {len(where.points)} territories marked: those with the greatest flows.",
                lang,
            )
        )
    notes.append(
        said(
            "Les flux internes à un territoire ne sont pas dessinés ; le tableau donne l'autonomie.",
            "Flows inside a territory are not drawn; the table gives autonomy.",
            lang,
        )
    )
    return notes


def _legend(
    view: FlowView,
    where: Places,
    arrows: bool,
    heat: str | None,
    values: Mapping[str, float | None],
    lang: str,
) -> tuple[LegendEntry, ...]:
    entries = [LegendEntry("source", view.provenance)]
    if arrows:
        entries.append(
            LegendEntry(
                "link-flow",
                said(
                    f"de l'origine à la destination ; largeur : {view.unit}",
                    f"from origin to destination; width: {view.unit}",
                    lang,
                ),
            )
        )
    if heat is not None:
        names = {
            "dependence": said("dépendance", "dependence", lang),
            "autonomy": said("autonomie", "autonomy", lang),
            "vulnerability": said("vulnérabilité", "vulnerability", lang),
        }
        shades = {shade(v) for id_, v in values.items() if v is not None and id_ in where.rings}
        for k, text in enumerate(("0–25 %", "25–50 %", "50–75 %", "75–100 %"), start=1):
            if f"heat{k}" in shades:
                entries.append(LegendEntry(f"heat{k}", f"{names[heat]} {text}"))
        if any(values.get(id_) is None for id_ in where.rings):
            entries.append(
                LegendEntry(
                    "doughnut-unknown", said(f"{names[heat]} inconnue", f"{names[heat]} unknown", lang)
                )
            )
    if where.rings or where.context:
        shipped = outlines()
        entries.append(
            LegendEntry(
                "area", said(f"contours : {shipped.attribution}", f"outlines: {shipped.attribution}", lang)
            )
        )
    if where.silent:
        entries.append(LegendEntry("area-bare", said("sans flux relevé", "without a recorded flow", lang)))
    if any(id_ not in where.rings for id_ in where.points):
        entries.append(
            LegendEntry("fill-hollow", said("connu par son seul point", "known as a point only", lang))
        )
    return tuple(entries)
