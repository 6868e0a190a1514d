"""Beyond 150 actors a map opens on the zones: one node a zone, sums of pairs between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.plurals import counted
from graph.snapshot import Snapshot
from queries.envelope import Document
from queries.kernels.pairs import CONVERGENT, reading
from queries.pairs import Pairs
from viz.bodies import Body, Tie
from viz.forest import Span, spanning, threshold_for
from viz.layout import place
from viz.marks import coverage, said, stamp, strength
from viz.metrics import balanced, text_width
from viz.pair_marks import pair_legend, reading_label, strands, zone_title
from viz.plates import Rect
from viz.scene import ASCENT, GAP, LINE, WIDEST
from viz.spec import Cell, LegendEntry, Link, MapSpec, Node, Profile, Row, Table

OPEN_ON_ZONES = 150
"""Actors above which a map opens on the zones."""


def overview(
    snapshot: Snapshot,
    pairs: Pairs,
    items: Sequence[Document],
    sizes: Profile,
    lang: str,
    notes: Sequence[str],
    order: int,
) -> MapSpec:
    """The zones of cooperation as nodes; choosing one says what holds it together and offers to unfold it.

    Args:
        snapshot: the scope.
        pairs: of its actors.
        items: zones of cooperation.
        sizes: of the map.
        lang: ``fr`` or ``en``.
        notes: of the analysis.
        order: of the pairs.
    """
    shown = list(items[: sizes.named])
    names = [zone_title(snapshot, pairs, item, rank, short=False) for rank, item in enumerate(shown, 1)]
    spans, sums = _between(snapshot, pairs, shown)
    index = {item["id"]: k for k, item in enumerate(shown)}
    forest = spanning(spans, dict.fromkeys(index, "all"))
    slider = threshold_for(spans, forest, limit=round(1.2 * len(shown)), at_least=5.0, total=len(spans))
    nodes = _nodes(shown, names, spans, index, sizes, lang)
    at = {node.id: (node.x, node.y) for node in nodes}
    links = []
    for span in sorted(spans, key=lambda s: (s.level, s.a, s.b)):
        c, d = sums[span.pair]
        read = reading(c, d, 1)
        title = f"{names[index[span.a]]} – {names[index[span.b]]}"
        sentence = said(
            f"Entre ces deux zones, somme des paires : C = {strength(c, lang)}, D = {strength(d, lang)}.",
            f"Between these two zones, sum of the pairs: C = {strength(c, lang)}, D = {strength(d, lang)}.",
            lang,
        )
        mark = None
        if read not in (CONVERGENT, "to_arbitrate"):
            mark = ((at[span.a][0] + at[span.b][0]) / 2, (at[span.a][1] + at[span.b][1]) / 2)
        links.append(
            Link(
                f"{span.a}–{span.b}",
                span.a,
                span.b,
                read,
                strands(at[span.a], at[span.b], read, c / 10, d / 10, sizes),
                span.level,
                span.pair in forest,
                title,
                sentence,
                (),
                mark=mark,
            )
        )
    grouped = sum(len(item["actors"]) for item in items)
    said_notes = [
        *notes,
        said(
            f"{len(snapshot.actors)} acteurs : la carte s'ouvre sur les zones. Hors zone : "
            f"{counted(len(snapshot.actors) - grouped, 'acteur', 'acteurs')}.",
            f"{len(snapshot.actors)} actors: the map opens on the zones. Outside any zone: "
            f"{len(snapshot.actors) - grouped}.",
            lang,
        ),
    ]
    return MapSpec(
        kind="convergences",
        lang=lang,
        title="Convergences",
        question=said("Qui peut coopérer ?", "Who could cooperate?", lang),
        profile=sizes,
        nodes=nodes,
        links=tuple(links),
        legend=(
            LegendEntry(
                "fill-hollow",
                said("zone (taille : nombre d'acteurs)", "zone (size: number of actors)", lang),
            ),
            *pair_legend(links, lang),
        ),
        stamp=stamp(snapshot, lang),
        coverage=coverage(snapshot, lang),
        summary=said(
            f"Carte : {counted(len(nodes), 'zone', 'zones')} de coopération.",
            f"Map: {len(nodes)} zones of cooperation.",
            lang,
        ),
        tables=(_zones(shown, names, lang), _sums(spans, sums, index, names, lang)),
        records=(),
        notes=tuple(said_notes),
        threshold=slider if spans else None,
        variant=f"order-{order}",
        variant_label=said("Zones", "Zones", lang),
        actors_total=len(snapshot.actors),
    )


def _between(
    snapshot: Snapshot, pairs: Pairs, items: Sequence[Document]
) -> tuple[list[Span], dict[tuple[str, str], tuple[float, float]]]:
    """Sums of C and D between every two zones that have any."""
    member = np.zeros((len(items), len(snapshot.actors)))
    for k, item in enumerate(items):
        member[k, [snapshot.actors.index[id_] for id_ in item["actors"]]] = 1
    c, d = member @ pairs.c @ member.T, member @ pairs.d @ member.T
    spans, sums = [], {}
    for k, one in enumerate(items):
        for m in range(k + 1, len(items)):
            if c[k, m] > 0 or d[k, m] > 0:
                pair = one["id"], items[m]["id"]
                spans.append(Span(*pair, float(c[k, m] - d[k, m])))
                sums[pair] = float(c[k, m]), float(d[k, m])
    return spans, sums


def _nodes(
    items: Sequence[Document],
    names: Sequence[str],
    spans: Sequence[Span],
    index: dict[str, int],
    sizes: Profile,
    lang: str,
) -> tuple[Node, ...]:
    font = sizes.label
    most = max((len(item["actors"]) for item in items), default=1)
    lines = [balanced(name, font, 1.3 * WIDEST * font) for name in names]
    bodies = [
        Body(
            1.6 * sizes.radius[1] * (0.4 + 0.6 * (len(item["actors"]) / most) ** 0.5),
            max(text_width(line, font) for line in label) + sizes.halo,
            len(label) * LINE * font,
            GAP * font,
            0,
        )
        for item, label in zip(items, lines, strict=True)
    ]
    pad = sizes.padding
    room = Rect(pad, pad, sizes.width - 2 * pad, sizes.height - 2 * pad)
    ties = [Tie(index[s.a], index[s.b], min(s.level, 20.0)) for s in spans if s.level > 0]
    at = place(bodies, ties, [room], [], font).round(1).tolist()
    return tuple(
        Node(
            item["id"],
            name,
            label,
            x,
            y,
            round(body.radius, 1),
            "dot",
            "hollow",
            "middle",
            x,
            round(y + body.radius + body.gap + ASCENT * font, 1),
            said(f"{len(item['actors'])} acteurs", f"{len(item['actors'])} actors", lang)
            + f" · {item['because']}",
        )
        for item, name, label, body, (x, y) in zip(items, names, lines, bodies, at, strict=True)
    )


def _zones(items: Sequence[Document], names: Sequence[str], lang: str) -> Table:
    columns = said(
        "Zone|Acteurs|Paires convergentes|Ce qui la tient", "Zone|Actors|Convergent pairs|What holds it", lang
    )
    rows = tuple(
        Row(
            (
                Cell(name),
                Cell(str(len(item["actors"])), len(item["actors"])),
                Cell(str(item["convergent_pairs"]), item["convergent_pairs"]),
                Cell(item["because"]),
            )
        )
        for item, name in zip(items, names, strict=True)
    )
    return Table(said("Zones de coopération", "Zones of cooperation", lang), tuple(columns.split("|")), rows)


def _sums(
    spans: Sequence[Span],
    sums: dict[tuple[str, str], tuple[float, float]],
    index: dict[str, int],
    names: Sequence[str],
    lang: str,
) -> Table:
    rows = []
    for span in sorted(spans, key=lambda s: (-s.level, s.a, s.b)):
        c, d = sums[span.pair]
        rows.append(
            Row(
                (
                    Cell(names[index[span.a]]),
                    Cell(names[index[span.b]]),
                    Cell(strength(c, lang), c),
                    Cell(strength(d, lang), d),
                    Cell(reading_label(reading(c, d, 1), lang)),
                )
            )
        )
    columns = said("Zone|Autre zone|C|D|Lecture", "Zone|Other zone|C|D|Reading", lang)
    return Table(said("Entre les zones", "Between the zones", lang), tuple(columns.split("|")), tuple(rows))
