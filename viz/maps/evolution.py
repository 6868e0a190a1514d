"""What changed between two days, on the current layout: pairs whose reading differs, with their net before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from graph.columns import OPEN
from graph.snapshot import Snapshot
from queries.envelope import Document
from queries.evolution import LEARNED, LOST, MOVED, change_of, changed_pairs, changed_positions, read_on
from queries.kernels.pairs import NEUTRAL, UNKNOWN
from queries.pairs import Pairs, pairs_of
from queries.sentences import number
from queries.zones_cooperation import zones_cooperation
from viz.fixed import around, meet
from viz.forest import Span, threshold_for
from viz.maps.convergence import zone_groups
from viz.marks import MONTHS, actor_legend, counted, coverage, records_of, said, signed, stamp
from viz.metrics import text_width
from viz.pair_marks import pair_legend, reading_label, strands
from viz.plates import Rect
from viz.scene import ASCENT, LINE, Scene, scene
from viz.spec import (
    PROFILES,
    Cell,
    LegendEntry,
    Link,
    MapSpec,
    Node,
    Pill,
    Profile,
    Role,
    Row,
    Stroke,
    Table,
    Threshold,
)

MOST_LINKS = 300
MOST_ROWS = 1_000
"""Rows of a table; beyond, the map says how many are left out."""
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7)
"""Places of a pill along its link, tried in this order."""


@dataclass(frozen=True)
class _Change:
    """A pair: places, readings before and after, change, nets before and after (``None`` when unknown)."""

    i: int
    j: int
    old: str
    new: str
    change: str
    before: float | None
    after: float | None

    @property
    def level(self) -> float:
        """How far the net moved; 0 for what was learned or lost, which is no distance."""
        return abs((self.after or 0.0) - (self.before or 0.0)) if self.change == MOVED else 0.0


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
    drawn = _told(drawn, snapshot, moves, lang)
    links = tuple(_link(snapshot, before, after, c, drawn, sizes, lang) for c in reversed(drawable))
    pills = _pills(drawable, ids, drawn, slider, sizes, lang)
    notes = _notes(snapshot, moves, changes, len(drawable), len(named), (start, stop), lang)
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
        question=between,
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
            _positions(snapshot, before, after, moves, lang),
            _pairs(snapshot, before, after, changes, lang),
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


def written(day: date, lang: str) -> str:
    """A day for people."""
    if lang == "en":
        return f"{day.day} {MONTHS['en'][day.month - 1]} {day.year}"
    return f"{'1er' if day.day == 1 else day.day} {MONTHS['fr'][day.month - 1]} {day.year}"


def _with_nets(change: tuple[int, int, str, str, str], nets: tuple[Pairs, Pairs]) -> _Change:
    i, j, old, new, how = change
    before, after = (
        None if reading == UNKNOWN else float(pairs.net[i, j])
        for reading, pairs in zip((old, new), nets, strict=True)
    )
    return _Change(i, j, old, new, how, before, after)


def _label(reading: str, lang: str) -> str:
    if reading == NEUTRAL:
        return said("neutre", "neutral", lang)
    if reading == UNKNOWN:
        return said("inconnu", "unknown", lang)
    return reading_label(reading, lang)


def _how(change: str, lang: str) -> str:
    return {
        MOVED: said("a bougé", "moved", lang),
        LEARNED: said("appris", "learned", lang),
        LOST: said("perdu", "lost", lang),
    }[change]


def _net(value: float | None, lang: str) -> str:
    """A net with its sign; ``?`` when unknown."""
    if value is None:
        return "?"
    return f"+{number(value, lang)}" if value > 0 else number(value, lang)


def _behind(before: Snapshot, after: Snapshot, i: int, j: int) -> tuple[str, ...]:
    """Statements of either day about objectives that both actors of a pair have a position on then."""
    found: dict[str, None] = {}
    for snapshot in (before, after):
        for o in range(len(snapshot.objectives)):
            if snapshot.positions.at(i, o) is not None and snapshot.positions.at(j, o) is not None:
                found.update(
                    dict.fromkeys((*snapshot.positions.records(i, o), *snapshot.positions.records(j, o)))
                )
    return tuple(found)


def _link(
    snapshot: Snapshot, before: Snapshot, after: Snapshot, c: _Change, drawn: Scene, sizes: Profile, lang: str
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
            f"{_label(c.old, lang).capitalize()} (C − D = {_net(c.before, lang)}), puis {_label(c.new, lang)} "
            f"({_net(c.after, lang)}) : {_how(c.change, lang)}.",
            f"{_label(c.old, lang).capitalize()} (C − D = {_net(c.before, lang)}), then {_label(c.new, lang)} "
            f"({_net(c.after, lang)}): {_how(c.change, lang)}.",
            lang,
        ),
        records=_behind(before, after, c.i, c.j),
    )


def _pills(
    changes: Sequence[_Change], ids: Sequence[str], drawn: Scene, slider: Threshold, sizes: Profile, lang: str
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
        text = f"{_net(c.before, lang)} → {_net(c.after, lang)}"
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


def _told(
    drawn: Scene, snapshot: Snapshot, moves: Iterable[tuple[int, int, int | None, int | None]], lang: str
) -> Scene:
    """The same scene, each actor saying which of its positions changed."""
    by_actor: dict[str, list[str]] = {}
    for i, o, old, new in moves:
        values = [said("inconnue", "unknown", lang) if v is None else signed(v) for v in (old, new)]
        text = f"{snapshot.objectives.items[o].name} {values[0]} → {values[1]}"
        by_actor.setdefault(snapshot.actors.ids[i], []).append(text)
    nodes = tuple(
        replace(node, describes=f"{node.describes} · {' ; '.join(by_actor[node.id])}")
        if node.id in by_actor
        else node
        for node in drawn.nodes
    )
    return replace(drawn, nodes=nodes)


def _notes(
    snapshot: Snapshot,
    moves: Sequence[tuple[int, int, int | None, int | None]],
    changes: Sequence[_Change],
    drawn: int,
    named: int,
    dates: tuple[date, date],
    lang: str,
) -> list[str]:
    how = [change_of(old, new) for _, _, old, new in moves]
    distance = sum(abs(new - old) for _, _, old, new in moves if old is not None and new is not None)
    counts = {change: how.count(change) for change in (MOVED, LEARNED, LOST)}
    notes = [
        said(
            f"{counted(counts[MOVED], 'position déplacée', 'positions déplacées')} (distance parcourue : {distance}), "
            f"{counted(counts[LEARNED], 'apprise', 'apprises')}, {counted(counts[LOST], 'perdue', 'perdues')}.",
            f"{counts[MOVED]} positions moved (distance travelled: {distance}), {counts[LEARNED]} learned, "
            f"{counts[LOST]} lost.",
            lang,
        )
    ]
    pairs = {change: sum(c.change == change for c in changes) for change in (MOVED, LEARNED, LOST)}
    notes.append(
        said(
            f"Paires lues autrement : {pairs[MOVED]} parce qu'on a bougé, {pairs[LEARNED]} parce qu'on a appris, "
            f"{pairs[LOST]} parce qu'on ne sait plus. Choisissez un acteur : ce qui a été appris ou perdu apparaît.",
            f"Pairs read differently: {pairs[MOVED]} because somebody moved, {pairs[LEARNED]} because something was "
            f"learned, {pairs[LOST]} because it was lost. Choose an actor to see what was learned or lost.",
            lang,
        )
        if changes
        else said(
            f"Aucune paire ne se lit autrement entre le {written(dates[0], lang)} et le {written(dates[1], lang)}.",
            f"No pair reads differently between {written(dates[0], lang)} and {written(dates[1], lang)}.",
            lang,
        )
    )
    if named < len(snapshot.actors):
        notes.append(
            said(
                f"{counted(named, 'acteur nommé', 'acteurs nommés')} sur {len(snapshot.actors)} : les plus lourds.",
                f"{named} of {len(snapshot.actors)} actors named: the heaviest.",
                lang,
            )
        )
    if drawn < len(changes):
        notes.append(
            said(
                f"{len(changes) - drawn} paires ne sont pas sur la carte ; le tableau en donne {MOST_ROWS} au plus.",
                f"{len(changes) - drawn} pairs are not on the map; the table gives {MOST_ROWS} at most.",
                lang,
            )
        )
    return notes


def _positions(
    snapshot: Snapshot,
    before: Snapshot,
    after: Snapshot,
    moves: Sequence[tuple[int, int, int | None, int | None]],
    lang: str,
) -> Table:
    def value(v: int | None) -> Cell:
        return Cell(said("inconnue", "unknown", lang)) if v is None else Cell(signed(v), v)

    far = sorted(
        moves, key=lambda m: (m[2] is None or m[3] is None, -abs((m[3] or 0) - (m[2] or 0)), m[0], m[1])
    )
    rows = tuple(
        Row(
            (
                Cell(snapshot.actors.items[i].name),
                Cell(snapshot.objectives.items[o].name),
                value(old),
                value(new),
                Cell(_how(change_of(old, new), lang)),
            ),
            tuple(dict.fromkeys((*before.positions.records(i, o), *after.positions.records(i, o)))),
        )
        for i, o, old, new in far[:MOST_ROWS]
    )
    columns = said("Acteur|Objectif|Avant|Après|Changement", "Actor|Objective|Before|After|Change", lang)
    return Table(said("Positions changées", "Positions changed", lang), tuple(columns.split("|")), rows)


def _pairs(
    snapshot: Snapshot, before: Snapshot, after: Snapshot, changes: Sequence[_Change], lang: str
) -> Table:
    def net(value: float | None) -> Cell:
        return Cell("") if value is None else Cell(_net(value, lang), value)

    rows = tuple(
        Row(
            (
                Cell(snapshot.actors.items[c.i].name),
                Cell(snapshot.actors.items[c.j].name),
                Cell(_label(c.old, lang)),
                Cell(_label(c.new, lang)),
                net(c.before),
                net(c.after),
                Cell(_how(c.change, lang)),
            ),
            _behind(before, after, c.i, c.j),
        )
        for c in changes[:MOST_ROWS]
    )
    columns = said(
        "Acteur|Autre acteur|Avant|Après|C − D avant|C − D après|Changement",
        "Actor|Other actor|Before|After|C − D before|C − D after|Change",
        lang,
    )
    caption = said("Paires lues autrement", "Pairs read differently", lang)
    return Table(caption, tuple(columns.split("|")), rows)
