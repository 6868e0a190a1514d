"""Maps: specifications, layout, rendering."""

from viz.kinds import KINDS, build, foldable
from viz.renderer import render_body, render_html, render_svg
from viz.spec import MapSpec

__all__ = ["KINDS", "MapSpec", "build", "foldable", "render_body", "render_html", "render_svg"]
