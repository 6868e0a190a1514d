"""What changed between two days, on the current layout: pairs whose reading differs, with their net before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from graph.columns import OPEN
from graph.plurals import counted
from graph.snapshot import Snapshot
from queries.envelope import Document
from queries.evolution import MOVED, changed_pairs, changed_positions, read_on
from queries.kernels.pairs import NEUTRAL, UNKNOWN
from queries.pairs import Pairs, pairs_of
from queries.zones_cooperation import zones_cooperation
from viz.fixed import around, meet
from viz.forest import Span, threshold_for
from viz.maps.convergence import zone_groups
from viz.maps.evolution_words import (
    PairChange,
    behind,
    change_notes,
    change_words,
    net_words,
    pairs_table,
    positions_table,
    reading_words,
    told_by_actor,
    written,
)
from viz.marks import actor_legend, coverage, records_of, said, stamp
from viz.metrics import text_width
from viz.pair_marks import pair_legend, strands
from viz.plates import Rect
from viz.scene import ASCENT, LINE, Scene, scene
from viz.spec import (
    PROFILES,
    LegendEntry,
    Link,
    MapSpec,
    Node,
    Pill,
    Profile,
    Role,
    Stroke,
    Threshold,
)

MOST_LINKS = 300
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7)
"""Places of a pill along its link, tried in this order."""


def build(
    snapshot: Snapshot,
    *,
    dates: tuple[date, date] | None = None,
    profile: str = "grand",
    lang: str = "fr",
    zones: Document | None = None,
) -> MapSpec:
    """The actors where the map of convergences has them, tied by the pairs whose reading changed.

    A link is drawn as the pair reads after, its pill says the net before and after. What was learned or lost is drawn thin
    and plain, and only for the actor chosen: it is no distance travelled.

    Args:
        snapshot: the scope.
        dates: the two days; ``None`` for the first and the last day stated in the scope.
        profile: a key of ``PROFILES``.
        lang: ``fr`` or ``en``.
        zones: the document of ``zones_cooperation`` at order 2, when it is at hand.

    Raises:
        TooLarge: too many actors in scope to compare every pair.
    """
    sizes = PROFILES[profile]
    start, stop = dates or stated_days(snapshot)
    before, after = read_on(snapshot, start), read_on(snapshot, stop)
    nets = pairs_of(before, 2), pairs_of(after, 2)
    current = pairs_of(snapshot, 2)
    found = zones or zones_cooperation(snapshot, {"order": 2, "limit": 50}, lang)
    groups = zone_groups(snapshot, current, list(found["items"]), sizes, lang, alone=True)
    named = {id_ for group in groups for id_ in group.members}
    ids = snapshot.actors.ids
    moves = changed_positions(before, after)
    changes = [_with_nets(change, nets) for change in changed_pairs(before, after)]
    changes.sort(key=lambda c: (c.change != MOVED, -c.level, ids[c.i], ids[c.j]))
    drawable = [c for c in changes if ids[c.i] in named and ids[c.j] in named][:MOST_LINKS]
    spans = [Span(ids[c.i], ids[c.j], c.level) for c in drawable]
    slider = threshold_for(spans, set(), limit=round(1.2 * len(named)), at_least=0.5, total=len(changes))
    ties = [(s.a, s.b, s.level) for s in spans if s.level >= slider.value]
    drawn = scene(snapshot, groups, ties, sizes, lang)
    drawn = told_by_actor(drawn, snapshot, moves, lang)
    links = tuple(_link(snapshot, before, after, c, drawn, sizes, lang) for c in reversed(drawable))
    pills = _pills(drawable, ids, drawn, slider, sizes, lang)
    notes = change_notes(snapshot, moves, changes, len(drawable), len(named), (start, stop), lang)
    between = said(
        f"Du {written(start, lang)} au {written(stop, lang)}",
        f"From {written(start, lang)} to {written(stop, lang)}",
        lang,
    )
    learned = any(c.change != MOVED for c in drawable)
    moved = [link for link, c in zip(links, reversed(drawable), strict=True) if c.change == MOVED]
    tied = LegendEntry(
        "link-learned",
        said("lecture apprise, perdue ou devenue neutre", "reading learned, lost or now neutral", lang),
    )
    plain = learned or any(link.reading in (NEUTRAL, UNKNOWN) for link in links)
    return MapSpec(
        kind="evolution",
        lang=lang,
        title=said("Évolution", "Evolution", lang),
        question=said("Qu'est-ce qui a bougé ?", "What has moved?", lang),
        profile=sizes,
        nodes=drawn.nodes,
        links=links,
        plates=drawn.plates,
        captions=drawn.titles,
        pills=pills,
        legend=(
            *actor_legend(snapshot, [node.id for node in drawn.nodes], sizes, lang),
            *pair_legend(moved, lang),
            *((tied,) if plain else ()),
        ),
        stamp=f"{between} · {stamp(snapshot, lang)}",
        coverage=coverage(after, lang),
        summary=said(
            f"Carte de l'évolution : {counted(len(moves), 'position changée', 'positions changées')}, "
            f"{counted(len(changes), 'paire', 'paires')} de lecture différente.",
            f"Map of the evolution: {len(moves)} positions changed, {len(changes)} pairs read differently.",
            lang,
        ),
        tables=(
            positions_table(snapshot, before, after, moves, lang),
            pairs_table(snapshot, before, after, changes, lang),
        ),
        records=records_of(snapshot, (r for link in links for r in link.records)),
        notes=tuple(notes),
        threshold=slider if changes else None,
        actors_total=len(snapshot.actors),
    )


def stated_days(snapshot: Snapshot) -> tuple[date, date]:
    """The first day on which a position of the scope is stated, and the last on which one begins or ends.

    Days after the one read do not count; without any statement, both are the day read.
    """
    held = snapshot.positions.statements
    last = snapshot.day.toordinal()
    ends = held.valid_to[held.valid_to != OPEN]
    days = [d for d in (*held.valid_from.tolist(), *ends.tolist()) if d <= last]
    if not days:
        return snapshot.day, snapshot.day
    return date.fromordinal(min(days)), date.fromordinal(max(days))


def _with_nets(change: tuple[int, int, str, str, str], nets: tuple[Pairs, Pairs]) -> PairChange:
    i, j, old, new, how = change
    before, after = (
        None if reading == UNKNOWN else float(pairs.net[i, j])
        for reading, pairs in zip((old, new), nets, strict=True)
    )
    return PairChange(i, j, old, new, how, before, after)


def _link(
    snapshot: Snapshot,
    before: Snapshot,
    after: Snapshot,
    c: PairChange,
    drawn: Scene,
    sizes: Profile,
    lang: str,
) -> Link:
    a, b = snapshot.actors.ids[c.i], snapshot.actors.ids[c.j]
    start, end = drawn.at(a), drawn.at(b)
    line = f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"
    if c.change == MOVED and c.new not in (NEUTRAL, UNKNOWN):
        strong = abs(c.after or 0.0)
        strokes = strands(start, end, c.new, strong, strong, sizes)
    else:
        strokes = (Stroke(line, "soft", sizes.position_widths[0]),)
    return Link(
        id=f"{a}–{b}",
        a=a,
        b=b,
        reading=c.new,
        strokes=strokes,
        level=c.level,
        kept=False,
        title=f"{snapshot.actors.name(a)} – {snapshot.actors.name(b)}",
        sentence=said(
            f"{reading_words(c.old, lang).capitalize()} (C − D = {net_words(c.before, lang)}), puis {reading_words(c.new, lang)} "
            f"({net_words(c.after, lang)}) : {change_words(c.change, lang)}.",
            f"{reading_words(c.old, lang).capitalize()} (C − D = {net_words(c.before, lang)}), then {reading_words(c.new, lang)} "
            f"({net_words(c.after, lang)}): {change_words(c.change, lang)}.",
            lang,
        ),
        records=behind(before, after, c.i, c.j),
    )


def _pills(
    changes: Sequence[PairChange],
    ids: Sequence[str],
    drawn: Scene,
    slider: Threshold,
    sizes: Profile,
    lang: str,
) -> tuple[Pill, ...]:
    """Net before and after on the links shown at first, where the pill covers neither mark, name nor other pill."""
    taken = [box for node in drawn.nodes for box in _boxes(node, sizes)]
    taken += [
        Rect(t.x, t.y - t.size, text_width(t.text, t.size, bold=t.bold), 1.3 * t.size) for t in drawn.titles
    ]
    pills = []
    for c in changes:
        if c.change != MOVED or c.level < slider.value:
            continue
        a, b = ids[c.i], ids[c.j]
        (ax, ay), (bx, by) = drawn.at(a), drawn.at(b)
        text = f"{net_words(c.before, lang)} → {net_words(c.after, lang)}"
        width = round(text_width(text, sizes.pill_text, bold=True) + sizes.pill_height * 0.7, 1)
        for part in ALONG:
            x, y = ax + (bx - ax) * part, ay + (by - ay) * part
            box = Rect(x - width / 2, y - sizes.pill_height / 2, width, sizes.pill_height)
            if not any(meet(box, other) for other in taken):
                taken.append(box)
                role: Role = "pour" if (c.after or 0) > 0 else "contre" if (c.after or 0) < 0 else "soft"
                pills.append(Pill(f"{a}–{b}", text, role, round(x, 1), round(y, 1), width))
                break
    return tuple(pills)


def _boxes(node: Node, sizes: Profile) -> tuple[Rect, ...]:
    width = max((text_width(line, sizes.label) for line in node.lines), default=0.0)
    top = node.text_y - ASCENT * sizes.label
    name = Rect(node.text_x - width / 2, top, width, len(node.lines) * LINE * sizes.label)
    return around(node.x, node.y, node.radius + sizes.border), name
