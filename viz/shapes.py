"""Outlines of nodes as SVG paths, the same as vis-network draws."""

from __future__ import annotations

import math

from viz.spec import Shape


def outline(shape: Shape, x: float, y: float, r: float) -> str:
    """Path of a shape of radius ``r`` centred at (x, y)."""
    if shape == "dot":
        return (
            f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0Z"
        )
    if shape == "square":
        points = [(-r, -r), (r, -r), (r, r), (-r, r)]
    elif shape == "diamond":
        points = [(0, -r), (r, 0), (0, r), (-r, 0)]
    elif shape == "hexagon":
        points = [(r * math.cos(k * math.pi / 3), r * math.sin(k * math.pi / 3)) for k in range(6)]
    else:
        half, rise = 1.15 * r, 1.15 * r * math.tan(math.pi / 3)
        lift = math.sqrt(3) / 6 * 2 * half
        top = y + 0.275 * r - (rise - lift)
        base = y + 0.275 * r + lift
        return f"M{x:.1f} {top:.1f}L{x + half:.1f} {base:.1f}L{x - half:.1f} {base:.1f}Z"
    return "M" + "L".join(f"{x + dx:.1f} {y + dy:.1f}" for dx, dy in points) + "Z"
