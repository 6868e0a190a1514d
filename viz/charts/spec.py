"""What a chart shows: paths and texts with the roles of their colours, a legend, tables."""

from __future__ import annotations

from dataclasses import dataclass

from viz.spec import Anchor, LegendEntry, Table


@dataclass(frozen=True)
class Path:
    """A path; ``fill`` and ``stroke`` are roles of colours, empty for none.

    Attributes:
        d: the SVG path.
        fill: role of what it encloses.
        stroke: role of its line.
        width: of the line.
        dash: lengths on and off; empty for a solid line.
        title: what it says to who points at it.
    """

    d: str
    fill: str = ""
    stroke: str = ""
    width: float = 0.0
    dash: tuple[float, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Text:
    """A line of text: ``x`` is where ``anchor`` says, ``y`` its baseline; ``halo`` is the role of what surrounds it."""

    text: str
    x: float
    y: float
    size: float
    role: str = "ink"
    bold: bool = False
    anchor: Anchor = "start"
    halo: str = ""


@dataclass(frozen=True)
class Chart:
    """A figure.

    Attributes:
        kind: ``doughnut`` or ``matrix``.
        lang: ``fr`` or ``en``.
        title: of the page.
        width: of the drawing.
        height: of the drawing.
        size: font size of its texts, the measure of its legend.
        marks: in order of drawing.
        legend: what is present.
        stamp: day and revision.
        provenance: year, unit and source of what is drawn.
        summary: of the drawing, for those who do not see it.
        notes: what is left out or limits the reading.
        tables: the same content, for reading.
        nothing: why there is nothing to draw; empty when there is.
    """

    kind: str
    lang: str
    title: str
    width: float
    height: float
    size: float
    marks: tuple[Path | Text, ...]
    legend: tuple[LegendEntry, ...]
    stamp: str
    provenance: str
    summary: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    nothing: str = ""
