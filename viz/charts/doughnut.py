"""The inter-territorial doughnut: one ring a territory, the social floor inside, the ecological ceiling outside."""

from __future__ import annotations

from collections.abc import Sequence

from graph.snapshot import Snapshot
from queries.doughnut import ECOLOGICAL, NO_THRESHOLD, NO_VALUE, OK, OVER, SHORT, SOCIAL
from queries.envelope import Document
from viz.charts.doughnut_words import (
    CAP,
    GAP,
    Sector,
    figure,
    gaps,
    legend,
    provenance,
    sectors_of,
    summary,
    table,
    told,
)
from viz.charts.spec import Chart, Path, Text
from viz.charts.wedges import at, ring, striped, stripes, wedge
from viz.marks import said, stamp
from viz.metrics import shortened, text_width
from viz.spec import PROFILES, Profile

ACROSS = 3
"""Doughnuts in a row."""
MOST = 6
"""Doughnuts drawn on a screen; the table has the others too."""
LEAST = 0.14
"""Depth of the smallest failure, as a part of the room: it must be seen."""
HOLE, FLOOR, SAFE = 0.14, 0.48, 0.2
"""The hole, the floor, and from the floor to the ceiling, as parts of the radius."""
LONGEST = 22.0
"""Widest line of a list, in font sizes: a figure stays near its name."""
LINE = 1.3
"""Height of a line of a list, in font sizes."""


def build(snapshot: Snapshot, document: Document, *, profile: str = "grand", lang: str = "fr") -> Chart:
    """Doughnuts side by side, never averaged.

    Each indicator keeps one wedge, the same on every doughnut and named by a key (figures for the social floor, letters
    for the ecological ceiling). A shortfall goes from the floor towards the centre, by ``1 − ratio``; an overshoot from
    the ceiling outwards, by ``ratio − 1`` up to :data:`CAP` times the ceiling; what is met is a solid band. What has no
    value is hatched, what has no threshold is an empty outline: neither looks good or bad.

    Args:
        snapshot: what the reader sees, for names and the stamp.
        document: of ``queries.doughnut``.
        profile: a key of :data:`viz.spec.PROFILES`.
        lang: ``fr`` or ``en``.
    """
    sizes = PROFILES[profile]
    items = document["items"]
    territories = list(dict.fromkeys(item["territory"] for item in items))
    sectors = sectors_of(items)
    shown = territories[: _most(sizes)]
    title = said("Donut inter-territorial", "Inter-territorial doughnut", lang)
    marks: list[Path | Text] = []
    across = max(1, min(ACROSS, len(shown)))
    room = sizes.width / across
    height = 0.0
    left_out = 0
    for first in range(0, len(shown), across):
        lowest = height
        for column, territory in enumerate(shown[first : first + across]):
            mine = {(i["indicator"], i["dimension"]): i for i in items if i["territory"] == territory}
            drawn, bottom, hidden = _one(
                snapshot.territories.name(territory),
                [(s, mine[(s.indicator, s.dimension)]) for s in sectors],
                (column * room, height, room),
                sizes,
                lang,
                beside=len(shown) <= (2 if profile == "projecteur" else 1),
            )
            marks += drawn
            lowest = max(lowest, bottom)
            left_out += hidden
        height = lowest + sizes.label
    notes = [note["text"] for note in document["notes"]]
    if len(shown) < len(territories):
        notes.append(
            said(
                f"{len(shown)} territoires dessinés sur {len(territories)} ; le tableau les donne tous.",
                f"{len(shown)} of {len(territories)} territories drawn; the table gives them all.",
                lang,
            )
        )
    if left_out:
        notes.append(
            said(
                "Les lignes qui ne tiennent pas à cette taille sont au tableau.",
                "Lines that do not fit at this size are in the table.",
                lang,
            )
        )
    return Chart(
        kind="doughnut",
        lang=lang,
        title=title,
        width=sizes.width,
        height=round(height, 1),
        size=sizes.label,
        marks=tuple(marks),
        legend=legend(items, lang),
        stamp=stamp(snapshot, lang),
        provenance=provenance(snapshot, items, lang),
        summary=summary(snapshot, items, territories, lang),
        tables=(table(snapshot, items, sectors, lang), *gaps(snapshot, document, lang)),
        notes=tuple(notes),
        nothing=""
        if items
        else said(
            "Aucun indicateur : importez une feuille « indicateurs » et une feuille « seuils ».",
            "No indicator: import a sheet 'indicateurs' and a sheet 'seuils'.",
            lang,
        ),
    )


def _most(sizes: Profile) -> int:
    """Doughnuts drawn at a size: one row on a projector, and one less in a large room."""
    if not sizes.projected:
        return MOST
    return ACROSS if sizes.name == "projecteur" else ACROSS - 1


def _one(
    name: str,
    pairs: Sequence[tuple[Sector, Document]],
    box: tuple[float, float, float],
    sizes: Profile,
    lang: str,
    *,
    beside: bool,
) -> tuple[list[Path | Text], float, int]:
    """One doughnut with its list, below it or at its right; where it ends, and how many lines do not fit."""
    left, top, width = box
    font, pad = sizes.label, sizes.padding
    keys = 1.3 * font
    radius = min(0.27 * width, 0.4 * sizes.height) if beside else min(0.42 * width, 0.28 * sizes.height)
    edge = radius - keys
    centre = (left + (pad + radius if beside else width / 2), top + sizes.band + radius)
    marks: list[Path | Text] = [
        Text(
            shortened(name, sizes.title, width - 2 * pad, bold=True),
            left + (pad if beside else width / 2),
            top + sizes.band - 6,
            sizes.title,
            bold=True,
            anchor="start" if beside else "middle",
        )
    ]
    floor = FLOOR * edge
    radii = (HOLE * edge, floor, floor + max(SAFE * edge, 1.1 * font), edge)
    marks += [
        Path(ring(centre, edge), stroke="control", width=1, dash=(2, 5)),
        Path(ring(centre, radii[2]), fill="plate"),
        Path(ring(centre, floor), fill="paper"),
    ]
    for sector, item in pairs:
        marks += _wedge(sector, item, centre, radii, sizes, lang)
    marks += [
        Path(ring(centre, floor), stroke="ink", width=sizes.border),
        Path(ring(centre, radii[2]), stroke="ink", width=sizes.border),
    ]
    marks += [_key(sector, item, centre, radii, sizes) for sector, item in pairs]
    if beside:
        x, y = left + 2 * radius + 2.5 * pad, top + sizes.band + 1.6 * font
        room = min(LONGEST * font, left + width - pad - x)
    else:
        room = min(LONGEST * font, width - 2 * pad)
        x, y = left + (width - room) / 2, centre[1] + radius + 1.2 * font
    limit = sizes.height if sizes.projected else None
    lines, bottom, hidden = _list(pairs, (x, y, room), sizes, lang, limit=limit)
    return marks + lines, max(bottom, centre[1] + radius), hidden


def _depth(item: Document) -> float:
    """How far a failure goes, from 0 to 1; the least where the ratio is undefined."""
    ratio, value = item["ratio"], item["value"]
    if item["status"] == SHORT:
        if item["side"] != SOCIAL:
            ratio = value / item["floor"] if item["floor"] else None
        far = 1.0 if ratio is None else 1.0 - ratio
    else:
        if item["side"] != ECOLOGICAL:
            ratio = value / item["ceiling"] if item["ceiling"] else None
        far = 0.0 if ratio is None else (ratio - 1.0) / (CAP - 1.0)
    return min(1.0, max(LEAST, far))


def _wedge(
    sector: Sector,
    item: Document,
    centre: tuple[float, float],
    radii: tuple[float, float, float, float],
    sizes: Profile,
    lang: str,
) -> list[Path | Text]:
    hole, floor, ceiling, edge = radii
    social = sector.side == SOCIAL
    low, high = (hole, floor) if social else (ceiling, edge)
    status = item["status"]
    says = f"{sector.key} · {sector.name} : {told(item, lang)}"
    angles = sector.start, sector.stop
    step = max(6.0, sizes.label * 0.42)
    if status == NO_VALUE:
        return [
            Path(wedge(centre, low, high, *angles), stroke="control", width=1, title=says),
            Path(stripes(centre, low, high, *angles, step, down=True), stroke="soft", width=1),
        ]
    if status == NO_THRESHOLD:
        return [
            Path(wedge(centre, low, high, *angles), stroke="control", width=1.5, dash=(1.5, 4), title=says)
        ]
    band = 0.09 * edge
    if status == OK:
        near = (floor - band, floor) if social else (ceiling, ceiling + band)
        return [
            Path(wedge(centre, low, high, *angles), stroke="hairline", width=1, title=says),
            Path(wedge(centre, *near, *angles), fill="pour", title=says),
        ]
    if status == SHORT:
        inner, outer = floor - _depth(item) * (floor - hole), floor
    else:
        inner, outer = ceiling, ceiling + _depth(item) * (edge - ceiling)
    return [
        Path(wedge(centre, low, high, *angles), stroke="hairline", width=1, title=says),
        Path(wedge(centre, inner, outer, *angles), fill="contre", title=says),
        Path(stripes(centre, inner, outer, *angles, step * 1.4), stroke="paper", width=max(1.5, step / 4)),
        Path(wedge(centre, inner, outer, *angles), stroke="contre", width=sizes.border, dash=sizes.dash),
    ]


def _key(
    sector: Sector,
    item: Document,
    centre: tuple[float, float],
    radii: tuple[float, float, float, float],
    sizes: Profile,
) -> Text:
    """The key of a wedge, where nothing else is drawn: between floor and ceiling, or beyond the edge."""
    _, floor, ceiling, edge = radii
    font = float(sizes.label)
    radius = (floor + ceiling) / 2 if sector.side == SOCIAL else edge + 0.65 * font
    # a wedge narrower than its key has a smaller one
    size = min(font, radius * (sector.stop - sector.start + GAP))
    x, y = at(centre, radius, (sector.start + sector.stop) / 2)
    return Text(
        sector.key,
        round(x, 1),
        round(y + size * 0.34, 1),
        round(size, 1),
        bold=item["status"] in (SHORT, OVER),
        anchor="middle",
    )


def _list(
    pairs: Sequence[tuple[Sector, Document]],
    box: tuple[float, float, float],
    sizes: Profile,
    lang: str,
    *,
    limit: float | None,
) -> tuple[list[Path | Text], float, int]:
    """What each key says, failures first where not all can be listed."""
    x, y, room = box
    font = sizes.label
    listed = list(pairs)
    fits = len(listed) if limit is None else max(1, 1 + int((limit - y - 1.4 * font) // (LINE * font)))
    if fits < len(listed):
        order = {SHORT: 0, OVER: 0, NO_VALUE: 1, NO_THRESHOLD: 2, OK: 3}
        first = sorted(range(len(listed)), key=lambda k: (order[listed[k][1]["status"]], k))[: fits - 1]
        listed = [listed[k] for k in sorted(first)]
    hidden = len(pairs) - len(listed)
    marks: list[Path | Text] = []
    mark_room, key_room = 1.1 * font, 1.5 * font
    for sector, item in listed:
        amount = figure(item, lang)
        taken = text_width(amount, font, bold=True)
        marks += _bullet(item["status"], x, y, font)
        marks.append(Text(sector.key, x + mark_room, y, font, bold=True))
        name = sector.dimension or sector.indicator
        start = x + mark_room + key_room
        marks.append(
            Text(shortened(name, font, max(0.0, room - (start - x) - taken - 0.6 * font)), start, y, font)
        )
        role = "contre" if item["status"] in (SHORT, OVER) else "pour" if item["status"] == OK else "soft"
        marks.append(Text(amount, x + room, y, font, role=role, bold=True, anchor="end"))
        y = round(y + LINE * font, 1)
    if hidden:
        more = said(f"et {hidden} autres", f"and {hidden} others", lang)
        marks.append(Text(more, x + mark_room + key_room, y, font, role="soft"))
        y = round(y + LINE * font, 1)
    return marks, y - LINE * font + 0.4 * font, hidden


def _bullet(status: str, x: float, y: float, font: float) -> list[Path | Text]:
    """The mark of a status, as on the ring."""
    side = 0.72 * font
    top = y - side
    square = f"M{x:.1f} {top:.1f}h{side:.1f}v{side:.1f}h{-side:.1f}Z"
    corners = [(x, top), (x + side, top), (x + side, y), (x, y)]
    if status == OK:
        return [Path(square, fill="pour")]
    if status in (SHORT, OVER):
        return [
            Path(square, fill="contre"),
            Path(striped(corners, side / 2.4), stroke="paper", width=side / 8),
            Path(square, stroke="contre", width=side / 9),
        ]
    if status == NO_VALUE:
        return [
            Path(square, stroke="control", width=1),
            Path(striped(corners, side / 3, down=True), stroke="soft", width=1),
        ]
    return [Path(square, stroke="control", width=1.5, dash=(1.5, 3))]
