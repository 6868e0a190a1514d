"""Who depends on whom: an arrow from a territory to the one it depends on, as wide as the share of its flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.snapshot import Snapshot
from viz.arrows import bent
from viz.flow_view import (
    MOST_RECORDS,
    FlowView,
    flow_view,
    pairs_table,
    percent,
    records_of_flows,
    territories_table,
)
from viz.layout import Body, Tie, place
from viz.marks import counted, said, stamp
from viz.metrics import balanced, text_width
from viz.plates import Rect
from viz.scene import ASCENT, GAP, LINE, WIDEST
from viz.spec import PROFILES, LegendEntry, Link, MapSpec, Node, Profile, Threshold

WIDE = {"grand": 12.0, "moyen": 10.0, "projecteur": 20.0, "amphi": 24.0}
"""Width of a share of one, in pixels."""
NAMED = {"grand": 30, "moyen": 20, "projecteur": 12, "amphi": 7}
"""Most territories; the table has all."""
THINNEST = 1.2
AT_FIRST = 1.5
"""Arrows shown before the slider moves, for each territory named."""


def build(
    snapshot: Snapshot,
    *,
    asked: Mapping[str, Any] | None = None,
    profile: str = "grand",
    lang: str = "fr",
    view: FlowView | None = None,
) -> MapSpec:
    """The graph of interdependences of one kind of flow in one year; places say nothing of where territories are.

    Args:
        snapshot: what the reader sees.
        asked: parameters of :func:`viz.flow_view.flow_view`.
        profile: a key of ``PROFILES``.
        lang: ``fr`` or ``en``.
        view: the flows, when they are at hand.
    """
    sizes = PROFILES[profile]
    seen = view or flow_view(snapshot, asked or {}, lang)
    weight = seen.quantities()
    order = sorted(weight, key=lambda id_: (-weight[id_], id_))
    named = order[: NAMED[profile]]
    chosen = set(named)
    items = [i for i in seen.items if i["dependent"] in chosen and i["on"] in chosen]
    items.sort(key=lambda i: (-i["share"], i["dependent"], i["on"]))
    first = items[: max(1, round(AT_FIRST * len(named)))]
    nodes = _nodes(seen, named, [(i["dependent"], i["on"], i["share"]) for i in first], weight, sizes)
    at = {node.id: node for node in nodes}
    shares = sorted(i["share"] for i in items)
    links = []
    for item in reversed(items):
        a, b = at[item["dependent"]], at[item["on"]]
        apart = a.radius + sizes.border, b.radius + sizes.border
        width = max(THINNEST, WIDE[profile] * item["share"])
        links.append(
            Link(
                id=f"{a.id}–{b.id}",
                a=a.id,
                b=b.id,
                reading="dependence",
                strokes=(bent((a.x, a.y), (b.x, b.y), apart, width),),
                level=1.0 + shares.index(item["share"]),
                kept=False,
                title=said(f"{a.name} dépend de {b.name}", f"{a.name} depends on {b.name}", lang),
                sentence=seen.sentence(item),
                records=tuple(item["records"][:MOST_RECORDS]),
                notes=seen.more_records(item),
                weight=round(100 * item["share"], 1),
            )
        )
    slider = None
    if items:
        words = said(
            "{n} dépendances sur {m} · au moins {q} % des flux de qui dépend",
            "{n} of {m} dependences · at least {q} % of the flows of who depends",
            lang,
        )
        value = 1.0 + shares.index(first[-1]["share"])
        slider = Threshold(1.0, len(items) + 1.0, value, len(seen.items), words, 1.0)
    legend = [LegendEntry("source", seen.provenance)]
    if links:
        legend += [
            LegendEntry(
                "link-flow",
                said(
                    "de qui dépend vers ce dont il dépend ; largeur : part de ses flux",
                    "from who depends to what it depends on; width: share of its flows",
                    lang,
                ),
            ),
            LegendEntry("size", said(f"taille : {seen.unit} échangés", f"size: {seen.unit} exchanged", lang)),
        ]
    notes = seen.notes()
    if len(named) < len(order):
        notes.append(
            said(
                f"{len(named)} territoires nommés sur {len(order)} : ceux dont les flux sont les plus grands.",
                f"{len(named)} of {len(order)} territories named: those with the greatest flows.",
                lang,
            )
        )
    drawn = {record for link in links for record in link.records}
    return MapSpec(
        kind="interdependence",
        lang=lang,
        title=said("Interdépendances", "Interdependences", lang),
        question=said("Qui dépend de qui ?", "Who depends on whom?", lang),
        profile=sizes,
        nodes=nodes,
        links=tuple(links),
        legend=tuple(legend),
        stamp=f"{seen.year} · {stamp(snapshot, lang)}",
        coverage=seen.provenance,
        summary=said(
            f"Graphe des interdépendances, {seen.provenance} : {counted(len(seen.items), 'dépendance', 'dépendances')} "
            f"entre {counted(len(order), 'territoire', 'territoires')}.",
            f"Graph of interdependences, {seen.provenance}: {len(seen.items)} between {len(order)} territories.",
            lang,
        ),
        tables=(pairs_table(seen), territories_table(seen, {})),
        records=records_of_flows(snapshot, drawn, lang),
        notes=tuple(notes),
        threshold=slider,
        nothing=said(
            "Aucun flux entre territoires : importez une feuille « flux ».",
            "No flow between territories: import a sheet 'flux'.",
            lang,
        ),
        listed=said("Territoires de la carte", "Territories of the map", lang),
    )


def _nodes(
    view: FlowView,
    named: Sequence[str],
    ties: Sequence[tuple[str, str, float]],
    weight: Mapping[str, float],
    sizes: Profile,
) -> tuple[Node, ...]:
    """Territories laid out so that those tied stand near, sized by what they exchange."""
    if not named:
        return ()
    font, lang = sizes.label, view.lang
    most = max(weight[id_] for id_ in named) or 1.0
    low, high = sizes.radius
    radius = {id_: low + (high - low) * (weight[id_] / most) ** 0.5 for id_ in named}
    lines = {id_: balanced(view.name(id_), font, WIDEST * font) for id_ in named}
    bodies = [
        Body(
            radius[id_],
            max(text_width(line, font) for line in lines[id_]) + sizes.halo,
            len(lines[id_]) * LINE * font,
            GAP * font,
            0,
        )
        for id_ in named
    ]
    index = {id_: k for k, id_ in enumerate(named)}
    pad = sizes.padding
    room = Rect(pad, pad, sizes.width - 2 * pad, sizes.height - 2 * pad)
    # shares are at most 1: brought to the scale of the pulls of other maps
    at = place(bodies, [Tie(index[a], index[b], 8 * share) for a, b, share in ties], [room], (), font)
    dependence = view.dependence
    return tuple(
        Node(
            id=id_,
            name=view.name(id_),
            lines=lines[id_],
            x=x,
            y=y,
            radius=round(radius[id_], 1),
            shape="dot",
            fill="solid",
            anchor="middle",
            text_x=x,
            text_y=round(y + radius[id_] + GAP * font + ASCENT * font, 1),
            describes=said(
                f"dépendance {percent(dependence.get(id_), lang)}",
                f"dependence {percent(dependence.get(id_), lang)}",
                lang,
            ),
        )
        for id_, (x, y) in zip(named, at.round(1).tolist(), strict=True)
    )
