"""Actors that somebody pinned: where each stands on the size of map it was pinned on, as an address carries it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graph.errors import Fault, InvalidCall
from viz.profiles import PROFILES
from viz.scene import Kept
from viz.spec import MapSpec

MOST = 40
"""Most pins of an address: as many as the largest map names actors."""
NEAR = 1.0
"""Pixels within which an actor already stands at its pin."""


@dataclass(frozen=True)
class Pins:
    """Where pinned actors stand.

    Attributes:
        profile: the size of map these places are on; elsewhere the layout is free.
        at: centre of each pinned actor.
    """

    profile: str
    at: Mapping[str, tuple[float, float]]


def read(text: str) -> Pins:
    """Pins as an address writes them: ``grand~mairie@464,565~amap@120,80``.

    Args:
        text: the size of map, then each actor and its centre; no id holds any of these signs.

    Raises:
        InvalidCall: it cannot be read.
    """
    profile, *pinned = text.split("~")
    found: dict[str, tuple[float, float]] = {}
    for pin in pinned:
        id_, _, place = pin.partition("@")
        x, _, y = place.partition(",")
        try:
            centre = float(x), float(y)
        except ValueError:
            centre = math.nan, math.nan
        if not (id_ and all(map(math.isfinite, centre))):
            raise _unread(pin)
        found[id_] = centre
    if profile not in PROFILES or not 0 < len(found) <= MOST:
        raise _unread(text)
    return Pins(profile, found)


def held(build: Callable[..., MapSpec], profile: str, pins: Pins | None) -> MapSpec:
    """A map on which pinned actors keep their place; the others start from where they would stand without pins.

    Args:
        build: makes the map, given ``kept``.
        profile: its size.
        pins: of this size or another.
    """
    free = build(kept=None)
    if pins is None or pins.profile != profile:
        return free
    at = {node.id: (node.x, node.y) for node in free.nodes}
    pinned = {id_: place for id_, place in pins.at.items() if id_ in at}
    if all(math.dist(at[id_], place) <= NEAR for id_, place in pinned.items()):
        return free
    return build(kept=Kept({**at, **pinned}, frozenset(pinned)))


def _unread(text: str) -> InvalidCall:
    example = "grand~mairie@464,565"
    return InvalidCall(
        [
            Fault(
                "pins",
                text[:80],
                f"« pins » : attendu une taille de carte puis des acteurs et leur place, par exemple {example}.",
                f"'pins': expected a size of map, then actors and their places, for instance {example}.",
            )
        ]
    )
