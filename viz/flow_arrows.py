"""Arrows of the maps of flows, with a slider over their ranks, so that its course changes their number evenly."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.snapshot import Snapshot
from queries.envelope import Document
from viz.arrows import bent, pieces
from viz.flow_view import MOST_RECORDS, FlowView, records_of_flows
from viz.forest import STEP
from viz.naming import Mark, names
from viz.plates import Rect
from viz.scene import WIDEST
from viz.spec import Link, Node, Profile, Record, Threshold

THINNEST = 1.2
"""Width of the least arrow, in pixels."""


@dataclass(frozen=True)
class Arrow:
    """One pair, drawn.

    Attributes:
        item: of the analysis.
        start: node it leaves.
        end: node it reaches.
        size: what it is ranked by.
        width: in pixels, at least :data:`THINNEST`.
        title: the two names.
        weight: quantity it stands for where a part of the whole is said.
    """

    item: Document
    start: Node
    end: Node
    size: float
    width: float
    title: str
    weight: float


def links(view: FlowView, arrows: Sequence[Arrow], reading: str, sizes: Profile) -> tuple[Link, ...]:
    """Arrows as links, the greatest drawn last; none leaves the canvas.

    Args:
        view: the flows.
        arrows: the greatest first.
        reading: ``flow`` or ``dependence``.
        sizes: of the canvas.
    """
    ranks = sorted(arrow.size for arrow in arrows)
    frame = Rect(0, 0, sizes.width, sizes.height)
    return tuple(
        Link(
            id=f"{arrow.start.id}–{arrow.end.id}",
            a=arrow.start.id,
            b=arrow.end.id,
            reading=reading,
            strokes=(
                bent(
                    (arrow.start.x, arrow.start.y),
                    (arrow.end.x, arrow.end.y),
                    (arrow.start.radius + sizes.border, arrow.end.radius + sizes.border),
                    max(THINNEST, arrow.width),
                    frame,
                ),
            ),
            # those of equal size come and go together
            level=1.0 + bisect.bisect_left(ranks, arrow.size),
            kept=False,
            title=arrow.title,
            sentence=view.sentence(arrow.item),
            records=tuple(arrow.item["records"][:MOST_RECORDS]),
            notes=view.more_records(arrow.item),
            weight=arrow.weight,
        )
        for arrow in reversed(arrows)
    )


def named_off(
    nodes: Sequence[Node], texts: Sequence[str], room: Rect, sizes: Profile, shown: Sequence[Link]
) -> list[Node]:
    """Territories with the names of the first of them, which keep off arrows where they can.

    Args:
        nodes: dots, the most important first.
        texts: one for each of the first.
        room: what no name leaves.
        sizes: of the canvas.
        shown: links that show before the slider moves.
    """
    marks = [Mark(node.x, node.y, node.radius + sizes.border / 2) for node in nodes]
    off = pieces([stroke for link in shown for stroke in link.strokes])
    given = names(texts, marks, room, (), sizes, WIDEST, off)
    return [
        replace(
            node,
            lines=name.lines,
            anchor=name.anchor,
            text_x=name.text_x,
            text_y=name.text_y,
            leader=name.leader,
        )
        for node, name in zip(nodes, given, strict=False)
    ] + list(nodes[len(given) :])


def slider(drawn: Sequence[Link], first: int, total: int, words: str, whole: float) -> Threshold | None:
    """The slider over the ranks of links.

    Args:
        drawn: the greatest last.
        first: how many show before it moves.
        total: how many there are, drawn or not.
        words: see :class:`viz.spec.Threshold`.
        whole: see the same.
    """
    if not drawn:
        return None
    value = drawn[-first].level if first else len(drawn) + 1.0
    return Threshold(1.0, len(drawn) + 1.0, math.ceil(value / STEP) * STEP, total, words, whole)


def records(snapshot: Snapshot, drawn: Sequence[Link], lang: str) -> tuple[Record, ...]:
    """The statements behind links."""
    return records_of_flows(snapshot, {record for link in drawn for record in link.records}, lang)
