"""Who could work together: zones of cooperation as plates, pairs as strands between their actors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from graph.errors import UnknownFilter
from graph.plurals import counted
from graph.snapshot import Snapshot
from queries.envelope import Document
from queries.kernels.pairs import CONFLICTUAL, CONVERGENT, TO_ARBITRATE
from queries.pairs import Pairs, pair_item, pairs_of
from queries.sentences import listed, quoted
from queries.zones_cooperation import zones_cooperation
from viz.forest import Span, showing, spanning, threshold_for
from viz.maps.overview import OPEN_ON_ZONES, overview
from viz.marks import (
    actor_legend,
    coverage,
    heaviest,
    records_of,
    said,
    stamp,
    strength,
    weights,
)
from viz.pair_marks import pair_legend, reading_label, strands, zone_title
from viz.scene import Group, Kept, Scene, scene
from viz.spec import (
    PROFILES,
    Cell,
    Link,
    MapSpec,
    Profile,
    Row,
    Table,
    Threshold,
)

MOST_LINKS = 300
"""Links carried by a map; beyond, the map says how many are left out."""
MOST_RECORDS = 5_000
"""Statements told behind the links of a map: beyond, where everybody stated everything, a file would not travel."""
DRAWN = (CONVERGENT, TO_ARBITRATE, CONFLICTUAL)
ORDERS = {
    "fr": {1: "1 · signes", 2: "2 · positions", 3: "3 · positions × forces"},
    "en": {1: "1 · signs", 2: "2 · positions", 3: "3 · positions × forces"},
}


def build(
    snapshot: Snapshot,
    *,
    profile: str = "grand",
    lang: str = "fr",
    order: int = 2,
    threshold: float | None = None,
    unfold: str | None = None,
    zones: Document | None = None,
    kept: Kept | None = None,
    flips: Mapping[tuple[str, str], str] | None = None,
) -> MapSpec:
    """The map of convergences of a scope.

    Past the number of actors a profile can name, the heaviest are named and the others counted on the plates.
    Above 150 actors the map opens on the zones, one of which can be unfolded.

    Args:
        snapshot: the scope.
        profile: a key of ``PROFILES``.
        lang: ``fr`` or ``en``.
        order: 1 signs, 2 positions, 3 positions weighted by forces.
        threshold: C − D from which links are shown; ``None`` for the default.
        unfold: id of the zone to unfold.
        zones: the document of ``zones_cooperation`` at this order, when it is at hand.
        kept: earlier places to start from.
        flips: by pair of ids, the sentence saying which rating would change how it reads.

    Raises:
        UnknownFilter: order 3 while nobody has any force, or no such zone to unfold.
        TooLarge: too many actors in scope to compare every pair.
    """
    sizes = PROFILES[profile]
    pairs = pairs_of(snapshot, order)
    found = zones or zones_cooperation(snapshot, {"order": order, "limit": 50}, lang)
    items = list(found["items"])
    notes = [note["text"] for note in found["notes"]]
    if len(snapshot.actors) > OPEN_ON_ZONES and unfold is None:
        return overview(snapshot, pairs, items, sizes, lang, notes, order)
    if unfold is not None:
        items = [item for item in items if item["id"] == unfold]
        if not items:
            raise UnknownFilter(
                f"Zone de coopération inconnue dans ce périmètre : « {unfold} ».",
                f"Zone of cooperation unknown in this scope: '{unfold}'.",
            )
    groups = zone_groups(snapshot, pairs, items, sizes, lang, alone=unfold is None)
    named = [id_ for group in groups for id_ in group.members]
    spans = _spans(snapshot, pairs, named)
    forest = spanning(spans, {id_: g.id or f"alone:{id_}" for g in groups for id_ in g.members})
    total = len(spans)
    slider = threshold_for(spans, forest, limit=round(1.2 * len(named)), at_least=5.0, total=total)
    if threshold is not None:
        slider = Threshold(min(slider.low, threshold), max(slider.high, threshold), threshold, total)
    ties = [
        (s.a, s.b, s.level)
        for s in spans
        if s.level > 0 and (s.level >= slider.value or (s.a, s.b) in forest)
    ]
    drawn = scene(snapshot, groups, ties, sizes, lang, kept)
    carried = sorted(spans, key=lambda s: ((s.a, s.b) not in forest, -abs(s.level), s.a, s.b))[:MOST_LINKS]
    made: list[Link] = []
    behind = 0
    for span in carried:
        link = _link(snapshot, pairs, span, span.pair in forest, drawn, sizes, lang, flips or {})
        behind += len(link.records)
        if behind > MOST_RECORDS and span.pair not in forest:
            break
        made.append(link)
    carried = carried[: len(made)]
    links = tuple(sorted(made, key=lambda link: (link.level, link.a, link.b)))
    hidden = len(snapshot.actors) - len(named)
    if hidden and unfold is None:
        notes.append(
            said(
                f"{counted(len(named), 'acteur nommé', 'acteurs nommés')} sur {len(snapshot.actors)} : les plus lourds.",
                f"{len(named)} of {len(snapshot.actors)} actors named: the heaviest.",
                lang,
            )
        )
    if total > len(links):
        notes.append(
            said(
                f"{total - len(links)} liens plus faibles ne sont pas sur la carte.",
                f"{total - len(links)} weaker links are not on the map.",
                lang,
            )
        )
    title = said("Convergences", "Convergences", lang)
    return MapSpec(
        kind="convergences",
        lang=lang,
        title=title,
        question=said("Qui peut coopérer ?", "Who could cooperate?", lang),
        profile=sizes,
        nodes=drawn.nodes,
        links=links,
        plates=drawn.plates,
        captions=drawn.titles,
        legend=(*actor_legend(snapshot, named, sizes, lang), *pair_legend(links, lang)),
        stamp=stamp(snapshot, lang),
        coverage=coverage(snapshot, lang),
        summary=_summary(drawn, links, slider, lang),
        tables=(_table(snapshot, pairs, carried, lang),),
        records=records_of(snapshot, (r for link in links for r in link.records)),
        opening=tuple(plate.sentence for plate in drawn.plates if plate.sentence),
        notes=tuple(notes),
        threshold=slider if total else None,
        variant=f"order-{order}",
        variant_label=ORDERS["en" if lang == "en" else "fr"][order],
        actors_total=len(snapshot.actors),
    )


def zone_groups(
    snapshot: Snapshot,
    pairs: Pairs,
    items: Sequence[Document],
    sizes: Profile,
    lang: str,
    *,
    alone: bool,
) -> list[Group]:
    """The zones with the actors named in them, then those outside any.

    Args:
        snapshot: the scope.
        pairs: of its actors, for the titles.
        items: zones of cooperation.
        sizes: how many may be named.
        lang: ``fr`` or ``en``.
        alone: actors outside any zone are shown too.
    """
    weight = dict(zip(snapshot.actors.ids, weights(snapshot), strict=True))
    zone_of = {id_: item["id"] for item in items for id_ in item["actors"]}
    candidates = list(snapshot.actors.ids) if alone else list(zone_of)
    named = set(_in_company(heaviest(candidates, weight, sizes.named), zone_of, items, weight))
    groups = []
    for rank, item in enumerate(items, 1):
        members = tuple(id_ for id_ in item["actors"] if id_ in named)
        if members:
            title = zone_title(snapshot, pairs, item, rank, short=sizes.projected)
            if len(members) < len(item["actors"]):
                rest = len(item["actors"]) - len(members)
                title = f"{title} (+{rest})"
            groups.append(Group(item["id"], title, members, item["because"]))
    outside = tuple(id_ for id_ in candidates if id_ in named and id_ not in zone_of)
    if outside:
        groups.append(Group("", said("Hors zone", "Outside any zone", lang), outside, dashed=True))
    return groups


def _in_company(
    named: list[str], zone_of: Mapping[str, str], items: Sequence[Document], weight: Mapping[str, float]
) -> list[str]:
    """The same number of actors at most, none of them alone of its zone: its second heaviest comes too."""
    chosen = list(named)
    for item in items:
        inside = [id_ for id_ in chosen if zone_of.get(id_) == item["id"]]
        if len(inside) != 1:
            continue
        second = heaviest((id_ for id_ in item["actors"] if id_ not in inside), weight, 1)
        sizes: dict[str, int] = {}
        for id_ in chosen:
            sizes[zone_of.get(id_, "")] = sizes.get(zone_of.get(id_, ""), 0) + 1
        leaving = [id_ for id_ in reversed(chosen) if zone_of.get(id_) is None or sizes[zone_of[id_]] > 2]
        if leaving:
            chosen[chosen.index(leaving[0])] = second[0]
        else:
            chosen.remove(inside[0])
    return chosen


def _spans(snapshot: Snapshot, pairs: Pairs, named: Iterable[str]) -> list[Span]:
    """Every pair of named actors that has something to show, with C − D."""
    places = sorted(snapshot.actors.index[id_] for id_ in named)
    ids = snapshot.actors.ids
    return [
        Span(ids[i], ids[j], float(pairs.net[i, j]))
        for k, i in enumerate(places)
        for j in places[k + 1 :]
        if pairs.reading(i, j) in DRAWN
    ]


def _link(
    snapshot: Snapshot,
    pairs: Pairs,
    span: Span,
    in_forest: bool,
    drawn: Scene,
    sizes: Profile,
    lang: str,
    flips: Mapping[tuple[str, str], str],
) -> Link:
    item = pair_item(snapshot, pairs, snapshot.actors.index[span.a], snapshot.actors.index[span.b])
    start, end = drawn.at(span.a), drawn.at(span.b)
    middle = None
    if item["reading"] == CONFLICTUAL:
        middle = (round((start[0] + end[0]) / 2, 1), round((start[1] + end[1]) / 2, 1))
    known = said(
        f"Positions connues des deux : {item['shared']} sur {len(snapshot.objectives)} objectifs.",
        f"Positions known of both: {item['shared']} of {len(snapshot.objectives)} objectives.",
        lang,
    )
    flip = flips.get((span.a, span.b))
    return Link(
        id=f"{span.a}–{span.b}",
        a=span.a,
        b=span.b,
        reading=item["reading"],
        strokes=strands(start, end, item["reading"], item["c"], item["d"], sizes),
        level=span.level,
        kept=in_forest,
        title=f"{snapshot.actors.name(span.a)} – {snapshot.actors.name(span.b)}",
        sentence=_sentence(snapshot, item, lang),
        records=tuple(dict.fromkeys(r for o in item["objectives"] for r in o["records"])),
        notes=(known,) if flip is None else (known, flip),
        mark=middle,
    )


def _sentence(snapshot: Snapshot, item: Document, lang: str) -> str:
    """Why a pair reads as it does."""
    agreed = [o["id"] for o in item["objectives"] if o["c"] > 0]
    opposed = [o["id"] for o in item["objectives"] if o["d"] > 0]
    c, d = strength(item["c"], lang), strength(item["d"], lang)
    same = quoted([snapshot.objectives.name(o) for o in agreed], lang)
    other = quoted([snapshot.objectives.name(o) for o in opposed], lang)
    if item["reading"] == CONVERGENT:
        return said(
            f"Convergents (C = {c}) : du même côté sur {same} ; aucun désaccord connu.",
            f"Convergent (C = {c}): on the same side about {same}; no known disagreement.",
            lang,
        )
    if item["reading"] == TO_ARBITRATE:
        return said(
            f"À arbitrer : du même côté (C = {c}) sur {same} ; de côtés opposés (D = {d}) sur {other}.",
            f"To arbitrate: on the same side (C = {c}) about {same}; on opposite sides (D = {d}) about {other}.",
            lang,
        )
    shared = said(f" ; du même côté (C = {c}) sur {same}", f"; on the same side (C = {c}) about {same}", lang)
    return said(
        f"Conflictuels : de côtés opposés (D = {d}) sur {other}{shared if agreed else ''}.",
        f"Conflictual: on opposite sides (D = {d}) about {other}{shared if agreed else ''}.",
        lang,
    )


def _table(snapshot: Snapshot, pairs: Pairs, spans: Iterable[Span], lang: str) -> Table:
    rows = []
    for span in sorted(spans, key=lambda s: (-s.level, s.a, s.b))[:MOST_LINKS]:
        item = pair_item(snapshot, pairs, snapshot.actors.index[span.a], snapshot.actors.index[span.b])
        names = {
            side: listed([snapshot.objectives.name(o["id"]) for o in item["objectives"] if o[side] > 0], lang)
            for side in ("c", "d")
        }
        rows.append(
            Row(
                (
                    Cell(snapshot.actors.name(span.a)),
                    Cell(snapshot.actors.name(span.b)),
                    Cell(strength(item["c"], lang), item["c"]),
                    Cell(strength(item["d"], lang), item["d"]),
                    Cell(reading_label(item["reading"], lang)),
                    Cell(names["c"]),
                    Cell(names["d"]),
                ),
                tuple(dict.fromkeys(r for o in item["objectives"] for r in o["records"])),
            )
        )
    columns = said(
        "Acteur|Autre acteur|C|D|Lecture|Objectifs partagés|Objectifs opposés",
        "Actor|Other actor|C|D|Reading|Shared objectives|Opposed objectives",
        lang,
    )
    caption = said("Convergences et divergences", "Convergences and divergences", lang)
    return Table(caption, tuple(columns.split("|")), tuple(rows))


def _summary(drawn: Scene, links: Sequence[Link], slider: Threshold, lang: str) -> str:
    zones = sum(not plate.dashed for plate in drawn.plates)
    shown = sum(showing(link, slider.value, slider) for link in links)
    return said(
        f"Carte : {counted(len(drawn.nodes), 'acteur', 'acteurs')}, {counted(zones, 'zone', 'zones')} de "
        f"coopération, {counted(shown, 'lien montré', 'liens montrés')} sur {slider.total}.",
        f"Map: {len(drawn.nodes)} actors, {zones} zones of cooperation, {shown} of {slider.total} links shown.",
        lang,
    )
