"""Charts: figures drawn on the server as SVG, with their tables; no script is needed to read them."""

from viz.charts.render import render_chart_body, render_chart_html, render_chart_svg
from viz.charts.spec import Chart

__all__ = ["CHARTS", "Chart", "render_chart_body", "render_chart_html", "render_chart_svg"]

CHARTS = ("doughnut", "matrix")
"""Kinds of chart by their English name."""
