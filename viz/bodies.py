"""What a layout places: nodes with the label under them, and what draws them together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Body:
    """A node with the label under it.

    Attributes:
        radius: of the node.
        label_width: of the label's widest line.
        label_height: of the label.
        gap: between the node and its label.
        plate: index of the plate it must stay in.
    """

    radius: float
    label_width: float
    label_height: float
    gap: float
    plate: int


@dataclass(frozen=True)
class Tie:
    """Two bodies by index and how strongly they are drawn together."""

    a: int
    b: int
    pull: float
