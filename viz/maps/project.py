"""Where actors stand on a project: allies, those to convince, opponents, and those nobody asked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from graph.plurals import counted
from graph.snapshot import Snapshot
from queries.alignment import ALLY, ARBITRABLE, NEUTRAL, OPPONENT, UNKNOWN, alignment
from queries.envelope import Document
from queries.sentences import number, quoted
from viz.marks import (
    actor_legend,
    coverage,
    describes,
    fill_of,
    heaviest,
    radii,
    said,
    shape_of,
    stamp,
    weights,
)
from viz.metrics import balanced, text_width
from viz.scene import ASCENT, GAP, LINE, WIDEST
from viz.spec import PROFILES, Caption, Cell, MapSpec, Node, Plate, Profile, Row, Table

COLUMNS = (
    ("ally", (ALLY,), "Alliés", "Allies"),
    ("convince", (ARBITRABLE, NEUTRAL), "À convaincre", "To convince"),
    ("opponent", (OPPONENT,), "Opposants", "Opponents"),
    ("unknown", (UNKNOWN,), "Inconnus", "Unknown"),
)
"""Id, readings, and names in both languages, from left to right."""

READINGS = {
    ALLY: ("allié", "ally"),
    ARBITRABLE: ("à arbitrer", "arbitrable"),
    NEUTRAL: ("neutre", "neutral"),
    OPPONENT: ("opposant", "opponent"),
    UNKNOWN: ("inconnu", "unknown"),
}


@dataclass(frozen=True)
class _Column:
    """A column: id, title, and the ids of those named in it, of how many."""

    id: str
    title: str
    named: tuple[str, ...]
    total: int


def build(
    snapshot: Snapshot, *, project: str | None = None, profile: str = "grand", lang: str = "fr"
) -> MapSpec:
    """Four columns for a project's targets; without a project, a map that asks for one.

    Args:
        snapshot: the scope, not cut by the project: all its actors answer.
        project: its id.
        profile: a key of ``PROFILES``.
        lang: ``fr`` or ``en``.
    """
    sizes = PROFILES[profile]
    if project is None or project not in snapshot.projects:
        return _choose(snapshot, sizes, lang)
    found = alignment(snapshot, {"project": project}, lang)
    items = {item["actor"]: item for item in found["items"]}
    columns, cells = _columns(snapshot, list(items.values()), sizes, lang)
    plates, titles, nodes = _drawn(snapshot, columns, cells, items, sizes, lang)
    name = snapshot.projects.name(project)
    ids = [node.id for node in nodes]
    notes = [note["text"] for note in found["notes"]]
    if found["orphans"]:
        orphans = quoted([snapshot.objectives.name(o) for o in found["orphans"]], lang)
        notes.append(
            said(
                f"Cibles que personne ne soutient : {orphans}.", f"Targets nobody supports: {orphans}.", lang
            )
        )
    if len(ids) < len(items):
        notes.append(
            said(
                f"{counted(len(ids), 'acteur nommé', 'acteurs nommés')} sur {len(items)} : les plus lourds.",
                f"{len(ids)} of {len(items)} actors named: the heaviest.",
                lang,
            )
        )
    told = ", ".join(f"{column.title} {column.total}" for column in columns)
    return MapSpec(
        kind="project",
        lang=lang,
        title=said("Projet", "Project", lang),
        question=name,
        profile=sizes,
        nodes=nodes,
        links=(),
        plates=plates,
        captions=titles,
        legend=tuple(actor_legend(snapshot, ids, sizes, lang)),
        stamp=stamp(snapshot, lang),
        coverage=coverage(snapshot, lang),
        summary=said(f"Carte du projet {name} : {told}.", f"Map of project {name}: {told}.", lang),
        tables=(_actors(snapshot, found["items"], name, lang), _targets(snapshot, found["targets"], lang)),
        records=(),
        opening=(f"{name} : {told}." if lang != "en" else f"{name}: {told}.",),
        notes=tuple(notes),
        actors_total=len(snapshot.actors),
    )


def _choose(snapshot: Snapshot, sizes: Profile, lang: str) -> MapSpec:
    """No project: say to choose one, and which there are."""
    rows = tuple(Row((Cell(project.id), Cell(project.name))) for project in snapshot.projects)
    ask = (
        said("Choisissez un projet : il n'y en a pas encore.", "Choose a project: there is none yet.", lang)
        if not rows
        else said(
            "Choisissez un projet pour voir ses alliés, ceux à convaincre, ses opposants et les inconnus.",
            "Choose a project to see its allies, those to convince, its opponents and the unknown.",
            lang,
        )
    )
    columns = said("Identifiant|Projet", "Id|Project", lang)
    return MapSpec(
        kind="project",
        lang=lang,
        title=said("Projet", "Project", lang),
        question=said("Quel projet ?", "Which project?", lang),
        profile=sizes,
        nodes=(),
        links=(),
        legend=(),
        stamp=stamp(snapshot, lang),
        coverage=coverage(snapshot, lang),
        summary=ask,
        tables=(Table(said("Projets", "Projects", lang), tuple(columns.split("|")), rows),),
        records=(),
        notes=(ask,),
        nothing=ask,
        actors_total=len(snapshot.actors),
    )


def _cell(snapshot: Snapshot, sizes: Profile) -> tuple[float, float]:
    """Width and height that the widest name and the largest mark need."""
    font = sizes.label
    widths = [
        text_width(line, font)
        for actor in snapshot.actors
        for line in balanced(actor.name, font, WIDEST * font)
    ]
    largest = 2 * max(
        radius * shape_of(a)[1] for radius, a in zip(radii(snapshot, sizes), snapshot.actors, strict=True)
    )
    wide = max(max(widths, default=0.0), largest) + sizes.halo + font * 0.6
    return wide, largest + (GAP + 2 * LINE) * font + sizes.halo + font * 0.3


def _columns(
    snapshot: Snapshot, items: Sequence[Document], sizes: Profile, lang: str
) -> tuple[list[_Column], list[int]]:
    """The columns with as many of the heaviest actors as the canvas can name, and how many stand abreast in each."""
    weight = dict(zip(snapshot.actors.ids, weights(snapshot), strict=True))
    wide, high = _cell(snapshot, sizes) if len(snapshot.actors) else (1.0, 1.0)
    rows = max(1, math.floor((sizes.height - sizes.band - sizes.padding) / high))
    for most in range(min(sizes.named, len(items)), -1, -1):
        named = set(heaviest([item["actor"] for item in items], weight, most))
        columns = []
        for id_, readings, fr, en in COLUMNS:
            inside = [item["actor"] for item in items if item["reading"] in readings]
            shown = tuple(a for a in inside if a in named)
            columns.append(_Column(id_, said(fr, en, lang), shown, len(inside)))
        abreast = [max(1, math.ceil(len(column.named) / rows)) for column in columns]
        if sum(_width(c, k, wide, sizes) for c, k in zip(columns, abreast, strict=True)) <= _room(sizes):
            break
    return columns, abreast


def _room(sizes: Profile) -> float:
    return sizes.width - (len(COLUMNS) - 1) * sizes.gutter


def _titled(column: _Column) -> str:
    return f"{column.title} · {column.total}"


def _width(column: _Column, abreast: int, wide: float, sizes: Profile) -> float:
    title = text_width(_titled(column), sizes.title, bold=True)
    return max(title, abreast * wide if column.named else 0.0) + 2 * sizes.padding


def _drawn(
    snapshot: Snapshot,
    columns: Sequence[_Column],
    abreast: Sequence[int],
    items: dict[str, Document],
    sizes: Profile,
    lang: str,
) -> tuple[tuple[Plate, ...], tuple[Caption, ...], tuple[Node, ...]]:
    """Plates side by side, and in each the actors row by row, the best aligned first."""
    font = sizes.label
    wide, high = _cell(snapshot, sizes) if len(snapshot.actors) else (1.0, 1.0)
    widths = [_width(c, k, wide, sizes) for c, k in zip(columns, abreast, strict=True)]
    spare = max(0.0, _room(sizes) - sum(widths)) / len(columns)
    radius = dict(zip(snapshot.actors.ids, radii(snapshot, sizes), strict=True))
    plates, titles, nodes = [], [], []
    left = 0.0
    for column, width, across in zip(columns, widths, abreast, strict=True):
        width += spare
        inside = [items[a] for a in column.named]
        plates.append(
            Plate(
                column.id,
                column.title,
                round(left, 1),
                0,
                round(width, 1),
                sizes.height,
                column.id == "unknown",
                column.named,
            )
        )
        titles.append(
            Caption(
                _titled(column),
                round(left + sizes.padding, 1),
                round(sizes.band * 0.5 + sizes.title * 0.42, 1),
                sizes.title,
                "soft" if column.id == "unknown" else "ink",
                bold=True,
                anchor="start",
            )
        )
        step = (width - 2 * sizes.padding) / across
        rows = math.ceil(len(inside) / across)
        deep = min((sizes.height - sizes.band - sizes.padding) / max(rows, 1), 1.35 * high)
        for place, item in enumerate(inside):
            actor = snapshot.actors[item["actor"]]
            size = radius[actor.id] * shape_of(actor)[1]
            x = left + sizes.padding + step * (place % across + 0.5)
            y = (
                sizes.band
                + deep * (place // across)
                + sizes.halo
                + max(size, (high - (GAP + 2 * LINE) * font) / 2)
            )
            nodes.append(
                Node(
                    id=actor.id,
                    name=actor.name,
                    lines=balanced(actor.name, font, WIDEST * font),
                    x=round(x, 1),
                    y=round(y, 1),
                    radius=round(size, 1),
                    shape=shape_of(actor)[0],
                    fill=fill_of(actor),
                    anchor="middle",
                    text_x=round(x, 1),
                    text_y=round(y + size + (GAP + ASCENT) * font, 1),
                    describes=f"{describes(snapshot, actor, lang)} · {_told(item, lang)}",
                    plate=column.id,
                )
            )
        left += width + sizes.gutter
    return tuple(plates), tuple(titles), tuple(nodes)


def _reading(item: Document, lang: str) -> str:
    fr, en = READINGS[item["reading"]]
    return said(fr, en, lang)


def _told(item: Document, lang: str) -> str:
    if item["score"] is None:
        return said("position inconnue sur les cibles", "position unknown on the targets", lang)
    score, part = number(item["score"], lang), number(100 * (item["coverage"] or 0), lang)
    return said(
        f"{_reading(item, lang)}, score {score}, positions connues sur {part} % des cibles",
        f"{_reading(item, lang)}, score {score}, positions known on {part}% of the targets",
        lang,
    )


def _actors(snapshot: Snapshot, items: Sequence[Document], name: str, lang: str) -> Table:
    def measure(value: float | None) -> Cell:
        return Cell("") if value is None else Cell(number(value, lang), value)

    rows = tuple(
        Row(
            (
                Cell(snapshot.actors.name(item["actor"])),
                Cell(_reading(item, lang)),
                measure(item["score"]),
                measure(item["coverage"]),
            ),
            tuple(item["records"]),
        )
        for item in items
    )
    columns = said("Acteur|Lecture|Score|Couverture", "Actor|Reading|Score|Coverage", lang)
    caption = said(f"Face au projet : {name}", f"Against the project: {name}", lang)
    return Table(caption, tuple(columns.split("|")), rows)


def _targets(snapshot: Snapshot, targets: Sequence[Document], lang: str) -> Table:
    sides = ("for", "against", "neutral", "unknown")
    rows = tuple(
        Row(
            (
                Cell(snapshot.objectives.name(target["id"])),
                Cell(number(target["weight"], lang), target["weight"]),
                *(Cell(str(len(target[side])), len(target[side])) for side in sides),
            )
        )
        for target in targets
    )
    columns = said(
        "Cible|Poids|Pour|Contre|Neutres|Inconnus", "Target|Weight|For|Against|Neutral|Unknown", lang
    )
    return Table(said("Cibles", "Targets", lang), tuple(columns.split("|")), rows)
