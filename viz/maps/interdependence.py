"""Who depends on whom: an arrow from a territory to the one it depends on, as wide as the share of its flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.plurals import counted
from graph.snapshot import Snapshot
from queries.envelope import Document
from viz.bodies import Body, Tie
from viz.flow_arrows import Arrow, links, named_off, records, slider
from viz.flow_view import (
    FlowView,
    flow_view,
    pairs_table,
    percent,
    territories_table,
)
from viz.layout import place
from viz.marks import said, stamp
from viz.metrics import balanced, text_width
from viz.plates import Rect
from viz.scene import ASCENT, GAP, LINE, WIDEST
from viz.spec import PROFILES, LegendEntry, MapSpec, Node, Profile

WIDE = {"grand": 12.0, "moyen": 10.0, "etroit": 10.0, "projecteur": 20.0, "amphi": 24.0}
"""Width of a share of one, in pixels."""
NAMED = {"grand": 30, "moyen": 20, "etroit": 15, "projecteur": 12, "amphi": 7}
"""Most territories; the table has all."""
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
    named = list(seen.exchanged)[: NAMED[profile]]
    items = seen.pairs(by="share", among=named)
    first = items[: max(1, round(AT_FIRST * len(named)))]
    nodes = _nodes(seen, named, [(i["dependent"], i["on"], i["share"]) for i in first], sizes)
    at = {node.id: node for node in nodes}
    drawn = links(seen, [_arrow(item, at, sizes, lang) for item in items], "dependence", sizes)
    texts = [node.name for node in nodes]
    canvas = Rect(0, 0, sizes.width, sizes.height)
    nodes = named_off(nodes, texts, canvas, sizes, drawn[len(drawn) - len(first) :])
    legend = [LegendEntry("source", seen.provenance)]
    if drawn:
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
    notes += seen.undrawn(len(drawn))
    if len(named) < len(seen.exchanged):
        notes.append(
            said(
                f"{len(named)} territoires nommés sur {len(seen.exchanged)} : ceux dont les flux sont les plus grands.",
                f"{len(named)} of {len(seen.exchanged)} territories named: those with the greatest flows.",
                lang,
            )
        )
    return MapSpec(
        kind="interdependence",
        lang=lang,
        title=said("Interdépendances", "Interdependences", lang),
        question=said("Qui dépend de qui ?", "Who depends on whom?", lang),
        profile=sizes,
        nodes=tuple(nodes),
        links=drawn,
        legend=tuple(legend),
        stamp=f"{seen.year} · {stamp(snapshot, lang)}",
        coverage=seen.provenance,
        summary=said(
            f"Graphe des interdépendances, {seen.provenance} : {counted(seen.count, 'dépendance', 'dépendances')} "
            f"entre {counted(len(seen.exchanged), 'territoire', 'territoires')}.",
            f"Graph of interdependences, {seen.provenance}: {seen.count} between {len(seen.exchanged)} territories.",
            lang,
        ),
        tables=(pairs_table(seen), territories_table(seen, {})),
        records=records(snapshot, drawn, lang),
        notes=tuple(notes),
        threshold=slider(
            drawn,
            len(first),
            seen.count,
            said(
                "{n} dépendances sur {m} · au moins {q} % des flux de qui dépend",
                "{n} of {m} dependences · at least {q} % of the flows of who depends",
                lang,
            ),
            1.0,
        ),
        nothing=said(
            "Aucun flux entre territoires : importez une feuille « flux ».",
            "No flow between territories: import a sheet 'flux'.",
            lang,
        ),
        listed=said("Territoires de la carte", "Territories of the map", lang),
    )


def _arrow(item: Document, at: Mapping[str, Node], sizes: Profile, lang: str) -> Arrow:
    """From who depends to what it depends on, as wide as the share."""
    a, b, share = at[item["dependent"]], at[item["on"]], item["share"]
    title = said(f"{a.name} dépend de {b.name}", f"{a.name} depends on {b.name}", lang)
    return Arrow(item, a, b, share, WIDE[sizes.name] * share, title, round(100 * share, 1))


def _room(sizes: Profile) -> Rect:
    pad = sizes.padding
    return Rect(pad, pad, sizes.width - 2 * pad, sizes.height - 2 * pad)


def _nodes(
    view: FlowView,
    named: Sequence[str],
    ties: Sequence[tuple[str, str, float]],
    sizes: Profile,
) -> list[Node]:
    """Territories laid out so that those tied stand near, sized by what they exchange."""
    if not named:
        return []
    font, lang, weight = sizes.label, view.lang, view.exchanged
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
    # shares are at most 1: brought to the scale of the pulls of other maps
    at = place(bodies, [Tie(index[a], index[b], 8 * share) for a, b, share in ties], [_room(sizes)], (), font)
    dependence = view.dependence
    return [
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
    ]
