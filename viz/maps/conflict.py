"""Where it is stuck: one zone of conflict at a time, its two sides face to face across the objectives."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graph.errors import UnknownFilter
from graph.snapshot import Snapshot
from queries.envelope import Document
from queries.sentences import listed
from queries.zones_conflict import zones_conflict
from viz.maps.conflict_words import opening_words, sides_table, standing_apart, summary
from viz.marks import (
    actor_legend,
    coverage,
    describes,
    fill_of,
    radii,
    records_of,
    said,
    shape_of,
    signed,
    stamp,
)
from viz.metrics import balanced, shortened, text_width
from viz.scene import ASCENT, LINE
from viz.spec import (
    PROFILES,
    Box,
    Caption,
    LegendEntry,
    Link,
    MapSpec,
    Node,
    Pill,
    Profile,
    Role,
    Stroke,
    Table,
)

ASIDE = 0.26
"""From the centre to an actor, in widths of the canvas."""
MOST_OBJECTIVES = 3
PROJECTED_SIDE = 6
LOW_CONFIDENCE = 0.5


@dataclass
class _Drawn:
    """What the two sides put on the canvas."""

    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    pills: list[Pill] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)


def build(
    snapshot: Snapshot,
    *,
    profile: str = "grand",
    lang: str = "fr",
    order: int = 2,
    zone: str | None = None,
    zones: Document | None = None,
) -> MapSpec:
    """The map of one zone of conflict.

    Args:
        snapshot: the scope.
        profile: a key of ``PROFILES``; projected, one objective and at most six a side, three in a large room.
        lang: ``fr`` or ``en``.
        order: 1 signs, 2 positions, 3 positions weighted by forces: it ranks the zones.
        zone: id of the zone; ``None`` for the most intense.
        zones: the document of ``zones_conflict`` at this order, when it is at hand.

    Raises:
        UnknownFilter: no such zone, or order 3 while nobody has any force.
    """
    sizes = PROFILES[profile]
    found = zones or zones_conflict(snapshot, {"order": order, "limit": 50}, lang)
    items = list(found["items"])
    if zone is not None and all(item["id"] != zone for item in items):
        raise UnknownFilter(
            f"Zone de conflit inconnue dans ce périmètre : « {zone} ».",
            f"Zone of conflict unknown in this scope: '{zone}'.",
        )
    rank = next((k for k, item in enumerate(items) if zone in (None, item["id"])), None)
    item = None if rank is None else items[rank]
    notes = [note["text"] for note in found["notes"]]
    drawn, label = _Drawn(), ""
    boxes: tuple[Box, ...] = ()
    tables: tuple[Table, ...] = ()
    opening: tuple[str, ...] = ()
    if item is not None and rank is not None:
        shown = _objectives(snapshot, item, 1 if sizes.projected else MOST_OBJECTIVES)
        if len(shown) < len(item["pattern"]):
            rest = [snapshot.objectives.name(o) for o in item["pattern"] if o not in shown]
            notes.append(
                said(
                    f"Autres objectifs du même conflit : {listed(rest, lang)}.",
                    f"Other objectives of the same conflict: {listed(rest, lang)}.",
                    lang,
                )
            )
        boxes, drawn = _face_to_face(snapshot, item, shown, sizes, lang)
        tables = (sides_table(snapshot, item, lang),)
        opening = tuple(opening_words(snapshot, item, lang))
        label = f"{rank + 1} · {listed([snapshot.objectives.name(o) for o in item['pattern']], lang)}"
    named = [node.id for node in drawn.nodes]
    return MapSpec(
        kind="conflicts",
        lang=lang,
        title=said("Conflits", "Conflicts", lang),
        question=said("Où cela coince-t-il ?", "Where is it stuck?", lang),
        profile=sizes,
        nodes=tuple(drawn.nodes),
        links=tuple(drawn.links),
        boxes=boxes,
        pills=tuple(drawn.pills),
        captions=tuple(drawn.captions),
        legend=(*actor_legend(snapshot, named, sizes, lang), *_legend(drawn, lang)) if named else (),
        stamp=stamp(snapshot, lang),
        coverage=coverage(snapshot, lang),
        summary=summary(item, lang),
        tables=tables,
        records=records_of(snapshot, (r for link in drawn.links for r in link.records)),
        opening=opening,
        notes=tuple(notes),
        variant="" if item is None else item["id"],
        variant_label=label,
        actors_total=len(snapshot.actors),
    )


def _objectives(snapshot: Snapshot, item: Document, most: int) -> list[str]:
    """The objectives of the pattern that weigh most on both sides, in order of id."""
    actors = [*item["for"]["actors"], *item["against"]["actors"]]

    def weight(objective: str) -> int:
        col = snapshot.objectives.index[objective]
        return sum(abs(snapshot.positions.at(snapshot.actors.index[a], col) or 0) for a in actors)

    return sorted(sorted(item["pattern"], key=lambda o: (-weight(o), o))[:most])


def _face_to_face(
    snapshot: Snapshot, item: Document, shown: Sequence[str], sizes: Profile, lang: str
) -> tuple[tuple[Box, ...], _Drawn]:
    drawn = _Drawn()
    mixed = len({item["pattern"][o] for o in shown}) > 1
    left, right = (
        (said("Camp A", "Side A", lang), said("Camp B", "Side B", lang))
        if mixed
        else (said("Soutiennent", "Support", lang), said("S’opposent", "Oppose", lang))
    )
    top = 1.7 * sizes.title
    foot = 1.5 * sizes.label
    rows = {
        side: _rows(snapshot, item[side]["actors"], shown, sizes, top, sizes.height - foot)
        for side in ("for", "against")
    }
    boxes = _boxes(snapshot, shown, sizes, top, max(len(r) for r in rows.values()))
    for side, way, title in (("for", -1, left), ("against", 1, right)):
        x = sizes.width * (0.5 + way * ASIDE)
        drawn.captions.append(Caption(title, x, 1.1 * sizes.title, sizes.title, bold=True))
        _side(snapshot, rows[side], boxes, way, sizes, lang, drawn)
        rest = len(item[side]["actors"]) - len(rows[side])
        if rest:
            text = said(f"et {rest} autre{'s' if rest > 1 else ''}", f"and {rest} more", lang)
            drawn.captions.append(Caption(text, x, sizes.height - 0.4 * sizes.label, sizes.label, "soft"))
    for box in boxes:
        for k, text in enumerate(standing_apart(snapshot, box, 1.25 * box.width, sizes, lang)):
            y = box.y + box.height + (k + 1.25) * LINE * sizes.label
            drawn.captions.append(Caption(text, sizes.width / 2, round(y, 1), sizes.label, "soft"))
    return boxes, drawn


def _rows(
    snapshot: Snapshot, actors: Sequence[str], shown: Sequence[str], sizes: Profile, top: float, bottom: float
) -> list[tuple[str, float]]:
    """The actors of a side, those of most weight first, as many as fit, with the height of each."""

    def weight(actor: str) -> int:
        row = snapshot.actors.index[actor]
        return sum(abs(snapshot.positions.at(row, snapshot.objectives.index[o]) or 0) for o in shown)

    need = max(len(shown) * sizes.pill_pitch + 8, 2.2 * sizes.radius[1] + 8)
    room = max(1, int((bottom - top) // need))
    if sizes.projected:
        room = min(room, PROJECTED_SIDE, sizes.named // 2)
    kept = sorted(actors, key=lambda a: (-weight(a), a))[:room]
    pitch = min((bottom - top) / len(kept), 2.2 * need)
    start = (top + bottom - pitch * len(kept)) / 2
    return [(actor, round(start + pitch * (k + 0.5), 1)) for k, actor in enumerate(kept)]


def _boxes(
    snapshot: Snapshot, shown: Sequence[str], sizes: Profile, top: float, ports: int
) -> tuple[Box, ...]:
    width = round(sizes.width * (0.25 if sizes.projected else 0.18))
    pitch = (sizes.height - top) / len(shown)
    boxes = []
    for k, objective in enumerate(shown):
        name = snapshot.objectives.name(objective)
        lines = balanced(name, sizes.box_text, width - sizes.box_text, single=18)
        text = (len(lines) * LINE + 0.9) * sizes.box_text
        height = round(max(text, min(0.55 * pitch, ports * 1.2 * sizes.position_widths[-1])))
        y = round(top + pitch * (k + 0.45) - height / 2)
        boxes.append(Box(objective, name, lines, (sizes.width - width) / 2, y, width, height))
    return tuple(boxes)


def _side(
    snapshot: Snapshot,
    rows: Sequence[tuple[str, float]],
    boxes: Sequence[Box],
    way: int,
    sizes: Profile,
    lang: str,
    drawn: _Drawn,
) -> None:
    """Nodes, pills and curves of one side; ``way`` is −1 on the left and 1 on the right."""
    x = round(sizes.width * (0.5 + way * ASIDE), 1)
    radius = dict(zip(snapshot.actors.ids, radii(snapshot, sizes), strict=True))
    at = {
        (actor, box.id): value
        for actor, _ in rows
        for box in boxes
        if (value := snapshot.positions.at(snapshot.actors.index[actor], snapshot.objectives.index[box.id]))
    }
    apart = min((b - a for (_, a), (_, b) in itertools.pairwise(rows)), default=math.inf)
    for actor, y in rows:
        facts = snapshot.actors[actor]
        shape, factor = shape_of(facts)
        size = round(radius[actor] * factor, 1)
        text_x = x + way * (size + 0.5 * sizes.label)
        room = (sizes.width - text_x if way > 0 else text_x) - 8
        lines = _name(facts.name, sizes, room, apart)
        drawn.nodes.append(
            Node(
                id=actor,
                name=facts.name,
                lines=lines,
                x=x,
                y=y,
                radius=size,
                shape=shape,
                fill=fill_of(facts),
                anchor="start" if way > 0 else "end",
                text_x=round(text_x, 1),
                text_y=round(y + (ASCENT - 0.52 - (len(lines) - 1) * LINE / 2) * sizes.label, 1),
                describes=describes(snapshot, facts, lang),
            )
        )
        held = [box for box in boxes if (actor, box.id) in at]
        for k, box in enumerate(held):
            value = at[actor, box.id]
            pill_y = round(y + (k - (len(held) - 1) / 2) * sizes.pill_pitch, 1)
            joined = [a for a, _ in rows if (a, box.id) in at]
            port = box.y + box.height * (joined.index(actor) + 1) / (len(joined) + 1)
            _position(snapshot, actor, box, value, (x, y), pill_y, port, way, sizes, lang, drawn)


def _name(name: str, sizes: Profile, room: float, apart: float) -> tuple[str, ...]:
    """On one line, or where that would cut it on two if the rows are so far apart."""
    if text_width(name, sizes.label) <= room or 2 * LINE * sizes.label > apart:
        return (shortened(name, sizes.label, room),)
    return balanced(name, sizes.label, room)


def _position(
    snapshot: Snapshot,
    actor: str,
    box: Box,
    value: int,
    start: tuple[float, float],
    pill_y: float,
    port_y: float,
    way: int,
    sizes: Profile,
    lang: str,
    drawn: _Drawn,
) -> None:
    """The curve of one position with its pill."""
    row, col = snapshot.actors.index[actor], snapshot.objectives.index[box.id]
    confidence = snapshot.positions.confidence_at(row, col)
    unsure = confidence is not None and confidence < LOW_CONFIDENCE
    differing = snapshot.positions.differing(row, col)
    pill_x = start[0] - way * sizes.pill_offset
    port_x = box.x + (box.width if way > 0 else 0)
    half = (pill_x - port_x) / 2
    path = (
        f"M{start[0]:.1f} {start[1]:.1f}L{pill_x:.1f} {pill_y:.1f}"
        f"C{pill_x - half:.1f} {pill_y:.1f} {port_x + half:.1f} {port_y:.1f} {port_x:.1f} {port_y:.1f}"
    )
    role: Role = "pour" if value > 0 else "contre"
    id_ = f"{actor}→{box.id}"
    text = signed(value) + ("?" if unsure else "") + ("≠" if differing else "")
    width = max(
        1.6 * sizes.pill_height, text_width(text, sizes.pill_text, bold=True) + 0.7 * sizes.pill_height
    )
    drawn.pills.append(Pill(id_, text, role, round(pill_x, 1), pill_y, round(width, 1)))
    name = snapshot.actors.name(actor)
    stance = said(
        f"soutient « {box.name} » ({signed(value)})"
        if value > 0
        else f"s'oppose à « {box.name} » ({signed(value)})",
        f"supports '{box.name}' ({signed(value)})"
        if value > 0
        else f"opposes '{box.name}' ({signed(value)})",
        lang,
    )
    remarks = []
    if unsure:
        remarks.append(said("Confiance faible.", "Low confidence.", lang))
    if differing:
        remarks.append(said("Les évaluateurs diffèrent.", "Raters differ.", lang))
    drawn.links.append(
        Link(
            id=id_,
            a=actor,
            b=box.id,
            reading="for" if value > 0 else "against",
            strokes=(Stroke(path, role, sizes.position_width(value), dashed=value < 0),),
            level=float(abs(value)),
            kept=True,
            title=f"{name} – {box.name}",
            sentence=f"{name} : {stance}." if lang != "en" else f"{name}: {stance}.",
            records=snapshot.positions.records(row, col),
            notes=tuple(remarks),
        )
    )


def _legend(drawn: _Drawn, lang: str) -> Iterable[LegendEntry]:
    present = {link.reading for link in drawn.links}
    texts = "".join(pill.text for pill in drawn.pills)
    if "for" in present:
        yield LegendEntry("link-for", said("pour (largeur : 1 à 4)", "for (width: 1 to 4)", lang))
    if "against" in present:
        yield LegendEntry("link-against", said("contre", "against", lang))
    if "?" in texts:
        yield LegendEntry("low-confidence", said("confiance faible", "low confidence", lang))
    if "≠" in texts:
        yield LegendEntry("differing", said("avis divergents", "differing ratings", lang))
