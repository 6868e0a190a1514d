"""How pairs of actors and zones of cooperation are drawn and named."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from graph.snapshot import Snapshot
from queries.envelope import Document
from queries.kernels.pairs import CONFLICTUAL, CONVERGENT, TO_ARBITRATE
from queries.pairs import Pairs
from viz.marks import said
from viz.spec import LegendEntry, Link, Profile, Stroke


def strands(
    start: tuple[float, float], end: tuple[float, float], reading: str, c: float, d: float, sizes: Profile
) -> tuple[Stroke, ...]:
    """One solid strand, a solid one beside a dashed one, or a dashed one, as the pair reads."""
    if reading == CONVERGENT:
        return (Stroke(_straight(start, end, 0), "pour", sizes.pair_width(c)),)
    if reading == CONFLICTUAL:
        return (Stroke(_straight(start, end, 0), "contre", sizes.pair_width(d), dashed=True),)
    wide, other = sizes.pair_width(c), sizes.pair_width(d)
    gap = sizes.strand_gap
    return (
        Stroke(_straight(start, end, -(gap + other) / 2), "pour", wide),
        Stroke(_straight(start, end, (gap + wide) / 2), "contre", other, dashed=True),
    )


def _straight(start: tuple[float, float], end: tuple[float, float], aside: float) -> str:
    """A line moved sideways by some pixels."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1e-9)
    ox, oy = -dy / length * aside, dx / length * aside
    return f"M{start[0] + ox:.1f} {start[1] + oy:.1f}L{end[0] + ox:.1f} {end[1] + oy:.1f}"


def reading_label(reading: str, lang: str) -> str:
    """How a pair reads, in words."""
    return {
        CONVERGENT: said("convergent", "convergent", lang),
        TO_ARBITRATE: said("à arbitrer", "to arbitrate", lang),
        CONFLICTUAL: said("conflictuel", "conflictual", lang),
    }[reading]


def pair_legend(links: Iterable[Link], lang: str) -> list[LegendEntry]:
    """The readings present among some links."""
    present = {link.reading for link in links}
    texts = {
        CONVERGENT: said("convergent (largeur : force)", "convergent (width: strength)", lang),
        TO_ARBITRATE: said(
            "à arbitrer : trait plein, accord ; tireté, désaccord",
            "to arbitrate: solid, agreement; dashed, disagreement",
            lang,
        ),
        CONFLICTUAL: said("conflictuel", "conflictual", lang),
    }
    return [LegendEntry(f"link-{r}", text) for r, text in texts.items() if r in present]


def zone_title(snapshot: Snapshot, pairs: Pairs, item: Document, rank: int, *, short: bool) -> str:
    """A zone is named after the objective its members agree on most."""
    places = [snapshot.actors.index[id_] for id_ in item["actors"]]
    values = pairs.values[places]
    agreed = np.where((values > 0).sum(axis=0) > 1, np.maximum(values, 0).sum(axis=0), 0.0)
    name = snapshot.objectives.items[int(np.argmax(agreed))].name if agreed.size and agreed.max() > 0 else ""
    if short and name:
        return name
    return f"Zone {rank} · {name}" if name else f"Zone {rank}"
