"""What a map shows, before anything is drawn: the page, the file, the SVG and the table are faces of one specification."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from viz.profiles import PROFILES as PROFILES
from viz.profiles import Profile as Profile

Shape = Literal["square", "hexagon", "diamond", "dot", "triangle"]
Fill = Literal["solid", "hollow", "dashed", "faint"]
Role = Literal["ink", "soft", "pour", "contre"]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Node:
    """An actor (or a zone standing for its actors).

    Attributes:
        id: of the actor.
        name: in full.
        lines: of its label.
        x: centre, from the left of the canvas.
        y: centre, from the top.
        radius: after the shape's correction.
        shape: by family.
        fill: by involvement.
        anchor: ``middle`` puts the label below; ``end`` at its left, ``start`` at its right.
        text_x: where the label is anchored.
        text_y: baseline of its first line.
        describes: family and involvement, in words.
        plate: id of the plate it is in, or empty.
        leader: path of the thin line to a label that stands apart, or empty.
    """

    id: str
    name: str
    lines: tuple[str, ...]
    x: float
    y: float
    radius: float
    shape: Shape
    fill: Fill
    anchor: Anchor
    text_x: float
    text_y: float
    describes: str
    plate: str = ""
    leader: str = ""


@dataclass(frozen=True)
class Stroke:
    """One line of a link: an SVG path, the colour's role, its width, whether dashed, the path of its arrow's head."""

    path: str
    role: Role
    width: float
    dashed: bool = False
    head: str = ""


@dataclass(frozen=True)
class Link:
    """Two actors, or an actor and an objective.

    Attributes:
        id: unique in the map.
        a: id of a node.
        b: id of a node or of a box.
        reading: ``convergent``, ``to_arbitrate``, ``conflictual``, ``for``, ``against`` or ``influence``.
        strokes: what is drawn.
        level: compared with the threshold.
        kept: shown whatever the threshold, up to its default value (forest).
        title: the two names.
        sentence: why, in one sentence.
        records: ids of the statements behind it.
        notes: what is to be said after the records (coverage, what would flip it).
        mark: where the ✕ of a conflictual pair stands.
        weight: quantity it stands for, where a part of the whole is said.
    """

    id: str
    a: str
    b: str
    reading: str
    strokes: tuple[Stroke, ...]
    level: float
    kept: bool
    title: str
    sentence: str
    records: tuple[str, ...]
    notes: tuple[str, ...] = ()
    mark: tuple[float, float] | None = None
    weight: float = 0.0


@dataclass(frozen=True)
class Area:
    """The outline of a territory, under everything else.

    Attributes:
        path: closed.
        fill: ``plate``, ``heat1`` to ``heat4``, or empty: only the outline is drawn.
        hatched: its value is unknown.
    """

    path: str
    fill: str
    hatched: bool = False


@dataclass(frozen=True)
class Plate:
    """The ground of a zone.

    Attributes:
        id: of the zone, or empty for those outside any.
        title: as written in its band.
        x: left.
        y: top.
        width: in pixels.
        height: in pixels.
        dashed: outside any zone: a dashed outline and no ground.
        members: ids of the actors named in it.
        sentence: what holds it together.
    """

    id: str
    title: str
    x: float
    y: float
    width: float
    height: float
    dashed: bool
    members: tuple[str, ...]
    sentence: str = ""


@dataclass(frozen=True)
class Box:
    """An objective between two sides."""

    id: str
    name: str
    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Pill:
    """A signed value on a link, centred at (x, y)."""

    link: str
    text: str
    role: Role
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Caption:
    """A line of text on the canvas: ``x`` is where ``anchor`` says, ``y`` its baseline."""

    text: str
    x: float
    y: float
    size: float
    role: Role = "ink"
    bold: bool = False
    anchor: Anchor = "middle"


@dataclass(frozen=True)
class LegendEntry:
    """A mark present on the map and what it means; ``symbol`` is known to the template."""

    symbol: str
    text: str


@dataclass(frozen=True)
class Cell:
    """A cell of the table; ``number`` aligns and sorts it as one."""

    text: str
    number: float | None = None


@dataclass(frozen=True)
class Row:
    """A row of the table with the ids of the records behind it."""

    cells: tuple[Cell, ...]
    records: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """The same content as the map, for reading and for sorting."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Record:
    """A statement, as the panel shows it.

    Attributes:
        id: of the record.
        value: signed; not shown when there is a ``text``.
        subject: whose.
        object: about what.
        date: ISO, or a year.
        source: in words.
        confidence: 0 to 1, if said.
        rater: who judged.
        text: a quantity in words, in place of the value.
        joined: between subject and object, in place of the usual word.
    """

    id: str
    value: int
    subject: str
    object: str
    date: str
    source: str
    confidence: float | None
    rater: str
    text: str = ""
    joined: str = ""


@dataclass(frozen=True)
class Threshold:
    """The slider.

    Attributes:
        low: least level.
        high: greatest.
        value: default.
        total: number of links in all, drawn or not.
        words: what is said of those shown, with ``{n}`` links of ``{m}``, from ``{q}`` on, ``{p}`` % of the whole; empty
            for the usual words.
        whole: sum of the weights of all links, drawn or not.
    """

    low: float
    high: float
    value: float
    total: int
    words: str = ""
    whole: float = 0.0


@dataclass(frozen=True)
class MapSpec:
    """Everything a map says.

    Attributes:
        kind: ``actors``, ``convergences``, ``conflicts``, ``zones``, ``influence``, ``project``, ``territories``,
            ``evolution``, ``flows`` or ``interdependence``.
        lang: ``fr`` or ``en``.
        title: of the page.
        question: what the map answers, the title on a projector.
        profile: sizes.
        variant: tells apart specifications of one page (a zone, an order); empty when there is one.
        variant_label: for people.
        nodes: in order of the listbox.
        links: in order of drawing.
        plates: grounds of zones.
        areas: outlines of territories.
        boxes: objectives.
        pills: signed values.
        captions: other texts of the canvas.
        legend: what is present.
        stamp: day and revision.
        coverage: how much is known.
        summary: of the drawing, for those who do not see it.
        opening: what the panel says before anything is chosen.
        notes: what is left out, and why.
        tables: the other face.
        records: statements behind the links.
        threshold: of the slider, if any.
        nothing: what to say in place of an empty drawing; empty for the usual words.
        listed: title of the list beside the drawing; empty for actors.
    """

    kind: str
    lang: str
    title: str
    question: str
    profile: Profile
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    legend: tuple[LegendEntry, ...]
    stamp: str
    coverage: str
    summary: str
    tables: tuple[Table, ...]
    records: tuple[Record, ...]
    plates: tuple[Plate, ...] = ()
    areas: tuple[Area, ...] = ()
    boxes: tuple[Box, ...] = ()
    pills: tuple[Pill, ...] = ()
    captions: tuple[Caption, ...] = ()
    opening: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    threshold: Threshold | None = None
    variant: str = ""
    variant_label: str = ""
    actors_total: int = field(default=0)
    nothing: str = ""
    listed: str = ""
