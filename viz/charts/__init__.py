"""Charts: figures drawn on the server as SVG, with their tables; no script is needed to read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from viz.charts import doughnut
from viz.charts.render import render_chart_body, render_chart_html, render_chart_svg
from viz.charts.spec import Chart

__all__ = ["CHARTS", "Chart", "ChartKind", "render_chart_body", "render_chart_html", "render_chart_svg"]


@dataclass(frozen=True)
class ChartKind:
    """A kind of chart.

    Attributes:
        analysis: path of the analysis whose document it draws.
        build: makes it, from a snapshot and that document.
    """

    analysis: str
    build: Callable[..., Chart]


CHARTS = {"doughnut": ChartKind("doughnut", doughnut.build)}
"""Kinds of chart by their English name."""
