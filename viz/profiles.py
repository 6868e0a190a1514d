"""Sizes of a map for where it is read: three widths of a screen, a projector, a large room."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Profile:
    """Sizes of a map in pixels of its canvas.

    Attributes:
        name: ``grand``, ``moyen``, ``etroit``, ``projecteur`` or ``amphi`` (a projector's, text a third larger, half the actors).
        width: of the canvas.
        height: of the canvas.
        named: most actors that may be named.
        label: font size of labels.
        title: font size of titles of zones.
        radius: smallest and greatest radius of a node.
        border: of a node.
        halo: around a label.
        gutter: between plates.
        padding: inside a plate.
        band: height of the title of a plate.
        corner: radius of the corners of a plate.
        strand_gap: between the two strands of a pair to arbitrate.
        pill_text: font size of a signed value.
        pill_height: of its pill.
        pill_pitch: from one pill to the next.
        pill_offset: from an actor to its pills.
        box_text: font size of objectives between two sides.
        position_widths: of positions 1 to 4, and of influences.
        pair_widths: of pairs under 8, under 12, and from 12 on.
        dash: on and off lengths of what is against.
    """

    name: str
    width: int
    height: int
    named: int
    label: int
    title: int
    radius: tuple[float, float]
    border: float
    halo: float
    gutter: int
    padding: int
    band: int
    corner: int
    strand_gap: int
    pill_text: int
    pill_height: int
    pill_pitch: int
    pill_offset: int
    box_text: int
    position_widths: tuple[float, float, float, float]
    pair_widths: tuple[float, float, float]
    dash: tuple[int, int]

    @property
    def projected(self) -> bool:
        """Whether it is read from the back of a room."""
        return self.name in ("projecteur", "amphi")

    def pair_width(self, strength: float) -> float:
        """Width of a strand of this C or D."""
        return self.pair_widths[0 if strength < 8 else 1 if strength < 12 else 2]

    def position_width(self, value: int) -> float:
        """Width of a position or an influence of this absolute value, 1 to 4."""
        return self.position_widths[max(1, min(4, abs(value))) - 1]


_GRAND = Profile(
    name="grand",
    width=1200,
    height=760,
    named=40,
    label=16,
    title=17,
    radius=(11, 22),
    border=3.0,
    halo=4.0,
    gutter=12,
    padding=16,
    band=34,
    corner=12,
    strand_gap=3,
    pill_text=15,
    pill_height=20,
    pill_pitch=24,
    pill_offset=52,
    box_text=16,
    position_widths=(1.5, 3.0, 5.0, 8.0),
    pair_widths=(2.0, 4.0, 7.0),
    dash=(8, 5),
)
_MOYEN = replace(
    _GRAND,
    name="moyen",
    width=1330,
    height=540,
    named=25,
    label=15,
    radius=(10, 18),
    padding=10,
    band=28,
    box_text=15,
)
_PROJECTED = Profile(
    name="projecteur",
    width=1840,
    height=800,
    named=14,
    label=36,
    title=44,
    radius=(18, 34),
    border=5,
    halo=8,
    gutter=20,
    padding=18,
    band=62,
    corner=20,
    strand_gap=5,
    pill_text=34,
    pill_height=40,
    pill_pitch=46,
    pill_offset=86,
    box_text=40,
    position_widths=(4, 7, 11, 16),
    pair_widths=(4, 8, 13),
    dash=(16, 10),
)
_AMPHI = replace(
    _PROJECTED,
    name="amphi",
    named=7,
    label=48,
    title=58,
    radius=(24, 45),
    halo=10,
    band=82,
    pill_text=45,
    pill_height=53,
    pill_pitch=61,
    pill_offset=114,
    box_text=53,
)

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        _GRAND,
        _MOYEN,
        replace(_MOYEN, name="etroit", width=1000, height=480, named=18),
        _PROJECTED,
        _AMPHI,
    )
}
