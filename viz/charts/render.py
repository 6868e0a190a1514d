"""Faces of a chart: the SVG, the body of a page, the self-contained file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from viz.charts.spec import Chart, Text
from viz.colours import COLOURS, Theme
from viz.metrics import wrapped
from viz.renderer import environment, policy_of, style
from viz.words import words


def render_chart_svg(chart: Chart, theme: Theme = "light") -> Markup:
    """The chart as a picture by itself, with title, legend, provenance and stamp."""
    return _drawing(chart, theme, framed=True)


def render_chart_body(
    chart: Chart,
    controls: str = "",
    *,
    record_url: str | None = None,
    exports: Sequence[tuple[str, str]] = (),
    scripted: bool = False,
) -> Markup:
    """The chart, its legend, its notes and its tables, for a page that has its own head.

    Args:
        chart: what is shown.
        controls: what chooses what is drawn, markup, under the title.
        record_url: address of a record, ``{id}`` standing for its id; ``None`` shows the id alone.
        exports: other faces, as (words, address).
        scripted: whether the page loads the script of the buttons for a picture and for printing.
    """
    return Markup(
        environment()
        .get_template("chart.html.j2")
        .render(
            chart=chart,
            drawing=_drawing(chart, "light", framed=False),
            record_url=record_url or "",
            exports=exports,
            scripted=scripted,
            controls=Markup(controls),
            themed={},
            words=words(chart.lang),
        )
    )


def render_chart_html(chart: Chart, theme: Theme | None = None) -> str:
    """A whole page in one file that loads nothing and runs nothing.

    Args:
        chart: what is shown.
        theme: ``light`` or ``dark``; ``None`` follows the reader's setting.
    """
    context: dict[str, Any] = {
        "spec": chart,
        "theme": theme,
        "body": Markup('<main class="chart-page">{}</main>').format(render_chart_body(chart)),
        "words": words(chart.lang),
        "self_contained": True,
        "policy": policy_of((), style()),
        "style": Markup(style()),
        "inline_scripts": [],
    }
    return environment().get_template("page.html.j2").render(context)


def _drawing(chart: Chart, theme: Theme, *, framed: bool) -> Markup:
    return Markup(
        environment()
        .get_template("chart.svg.j2")
        .render(
            chart=chart,
            colours=COLOURS[theme],
            framed=framed,
            text=lambda mark: isinstance(mark, Text),
            provenance=wrapped(chart.provenance, 14 * chart.size / 16, chart.width) if framed else (),
            font="'Source Sans 3 Variable', 'Source Sans 3', sans-serif",
        )
    )
