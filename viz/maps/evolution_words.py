"""What the map of evolution says beside its drawing: the change of a pair in words, notes, tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from graph.plurals import counted
from graph.snapshot import Snapshot
from queries.evolution import LEARNED, LOST, MOVED, change_of
from queries.kernels.pairs import NEUTRAL, UNKNOWN
from queries.sentences import number
from viz.marks import MONTHS, said, signed
from viz.pair_marks import reading_label
from viz.scene import Scene
from viz.spec import Cell, Row, Table

MOST_ROWS = 1_000
"""Rows of a table; beyond, the map says how many are left out."""


@dataclass(frozen=True)
class PairChange:
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


def written(day: date, lang: str) -> str:
    """A day for people."""
    if lang == "en":
        return f"{day.day} {MONTHS['en'][day.month - 1]} {day.year}"
    return f"{'1er' if day.day == 1 else day.day} {MONTHS['fr'][day.month - 1]} {day.year}"


def reading_words(reading: str, lang: str) -> str:
    """How a pair reads."""
    if reading == NEUTRAL:
        return said("neutre", "neutral", lang)
    if reading == UNKNOWN:
        return said("inconnu", "unknown", lang)
    return reading_label(reading, lang)


def change_words(change: str, lang: str) -> str:
    """How something changed."""
    return {
        MOVED: said("a bougé", "moved", lang),
        LEARNED: said("appris", "learned", lang),
        LOST: said("perdu", "lost", lang),
    }[change]


def net_words(value: float | None, lang: str) -> str:
    """A net with its sign; ``?`` when unknown."""
    if value is None:
        return "?"
    return f"+{number(value, lang)}" if value > 0 else number(value, lang)


def behind(before: Snapshot, after: Snapshot, i: int, j: int) -> tuple[str, ...]:
    """Statements of either day about objectives that both actors of a pair have a position on then."""
    found: dict[str, None] = {}
    for snapshot in (before, after):
        for o in range(len(snapshot.objectives)):
            if snapshot.positions.at(i, o) is not None and snapshot.positions.at(j, o) is not None:
                found.update(
                    dict.fromkeys((*snapshot.positions.records(i, o), *snapshot.positions.records(j, o)))
                )
    return tuple(found)


def told_by_actor(
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


def change_notes(
    snapshot: Snapshot,
    moves: Sequence[tuple[int, int, int | None, int | None]],
    changes: Sequence[PairChange],
    drawn: int,
    named: int,
    dates: tuple[date, date],
    lang: str,
) -> list[str]:
    """How many positions and pairs changed, and what is left out."""
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


def positions_table(
    snapshot: Snapshot,
    before: Snapshot,
    after: Snapshot,
    moves: Sequence[tuple[int, int, int | None, int | None]],
    lang: str,
) -> Table:
    """One row a position that changed, the farthest first."""

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
                Cell(change_words(change_of(old, new), lang)),
            ),
            tuple(dict.fromkeys((*before.positions.records(i, o), *after.positions.records(i, o)))),
        )
        for i, o, old, new in far[:MOST_ROWS]
    )
    columns = said("Acteur|Objectif|Avant|Après|Changement", "Actor|Objective|Before|After|Change", lang)
    return Table(said("Positions changées", "Positions changed", lang), tuple(columns.split("|")), rows)


def pairs_table(
    snapshot: Snapshot, before: Snapshot, after: Snapshot, changes: Sequence[PairChange], lang: str
) -> Table:
    """One row a pair that reads differently."""

    def net(value: float | None) -> Cell:
        return Cell("") if value is None else Cell(net_words(value, lang), value)

    rows = tuple(
        Row(
            (
                Cell(snapshot.actors.items[c.i].name),
                Cell(snapshot.actors.items[c.j].name),
                Cell(reading_words(c.old, lang)),
                Cell(reading_words(c.new, lang)),
                net(c.before),
                net(c.after),
                Cell(change_words(c.change, lang)),
            ),
            behind(before, after, c.i, c.j),
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
