"""Which links to show first: forests that tie each zone together, then the strongest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from queries.sentences import number
from viz.spec import Link, MapSpec, Threshold

STEP = 0.5
"""Of the slider."""


@dataclass(frozen=True)
class Span:
    """Two ids and the level compared with the threshold."""

    a: str
    b: str
    level: float

    @property
    def pair(self) -> tuple[str, str]:
        """The two ids."""
        return self.a, self.b


def spanning(spans: Sequence[Span], zone: Mapping[str, str]) -> set[tuple[str, str]]:
    """Pairs of the maximum spanning forest of positive levels within each zone (Kruskal; equal levels by id)."""
    root: dict[str, str] = {}

    def top(id_: str) -> str:
        while root.get(id_, id_) != id_:
            id_ = root[id_]
        return id_

    kept = set()
    for span in sorted(spans, key=lambda s: (-s.level, s.a, s.b)):
        if span.level <= 0 or zone[span.a] != zone[span.b]:
            continue
        one, other = top(span.a), top(span.b)
        if one != other:
            root[one] = other
            kept.add(span.pair)
    return kept


def threshold_for(
    spans: Sequence[Span], forest: set[tuple[str, str]], *, limit: int, at_least: float, total: int
) -> Threshold:
    """The slider: its default shows the forests and the strongest others, up to ``limit`` links in all.

    Links of equal level come together or not at all.

    Args:
        spans: all of them.
        forest: pairs shown in any case.
        limit: most links shown at the default.
        at_least: smallest default.
        total: number of links, drawn or not.
    """
    levels = sorted({s.level for s in spans}, reverse=True)
    value = max(at_least, levels[0] + 0.5 if levels else at_least)
    for level in levels:
        shown = sum(s.level >= level or s.pair in forest for s in spans)
        if level < at_least or shown > limit:
            break
        value = level
    value = math.ceil(value / STEP) * STEP
    return Threshold(STEP, max(value, math.ceil(levels[0]) if levels else value), value, total)


def showing(link: Link, value: float, slider: Threshold) -> bool:
    """Whether a link shows when the slider stands at a value; forests hold up to its default."""
    return link.level >= value or (link.kept and value <= slider.value)


def shown_words(spec: MapSpec, links: Sequence[Link]) -> str:
    """What is said of the links shown, where the slider has words of its own; empty otherwise.

    The browser says the same as the slider moves (``map-panel.js``).
    """
    slider = spec.threshold
    if slider is None or not slider.words:
        return ""
    part = 100 * sum(link.weight for link in links) / slider.whole if slider.whole else 0.0
    least = min((link.weight for link in links), default=0.0)
    found = {
        "n": str(len(links)),
        "m": str(slider.total),
        "p": str(round(part)),
        "q": number(least, spec.lang),
    }
    text = slider.words
    for name, value in found.items():
        text = text.replace("{" + name + "}", value)
    return text
