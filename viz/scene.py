"""Groups of actors laid out in plates: what the maps of actors and of convergences have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from graph.snapshot import Snapshot
from viz.bodies import Body, Tie
from viz.layout import place
from viz.marks import describes, fill_of, radii, shape_of
from viz.metrics import balanced, shortened, text_width, titled, wrapped
from viz.plates import Load, Rect, split
from viz.spec import Caption, Node, Plate, Profile

LINE = 1.12
"""Height of a line, in font sizes."""
ASCENT = 0.86
"""From the top of a line to its baseline, in font sizes."""
GAP = 0.25
"""Between a node and its label, in font sizes."""
WIDEST = 9.0
"""Widest line of a label, in font sizes."""
UNDER = 15.0
"""Widest line under a title, in font sizes."""


@dataclass(frozen=True)
class Group:
    """Actors that share a plate.

    Attributes:
        id: of the zone, empty outside any.
        title: before it is shortened to the plate.
        members: ids of the actors named.
        sentence: what holds them together.
        dashed: outside any zone.
        under: lines written under the title, each with whether it stands out.
    """

    id: str
    title: str
    members: tuple[str, ...]
    sentence: str = ""
    dashed: bool = False
    under: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Scene:
    """Plates with their titles, and nodes in order of plate then id."""

    plates: tuple[Plate, ...]
    titles: tuple[Caption, ...]
    nodes: tuple[Node, ...]

    def at(self, id_: str) -> tuple[float, float]:
        """Centre of a node.

        Raises:
            KeyError: no such node.
        """
        for node in self.nodes:
            if node.id == id_:
                return node.x, node.y
        raise KeyError(id_)


@dataclass(frozen=True)
class Kept:
    """Where actors stood on the previous revision's map, and those somebody pinned."""

    at: Mapping[str, tuple[float, float]]
    pinned: frozenset[str] = frozenset()


def scene(
    snapshot: Snapshot,
    groups: Sequence[Group],
    ties: Sequence[tuple[str, str, float]],
    profile: Profile,
    lang: str,
    kept: Kept | None = None,
) -> Scene:
    """Lay out groups of actors.

    Args:
        snapshot: the scope.
        groups: in order; each gets a plate.
        ties: two actors and how strongly they are drawn together.
        profile: sizes.
        lang: of the words that describe an actor.
        kept: earlier places to start from.

    Where lines under titles leave a plate too little room, only those that stand out are written, then none.
    """
    if not any(group.members for group in groups):
        return Scene((), (), ())
    font = profile.label
    sizes = dict(zip(snapshot.actors.ids, radii(snapshot, profile), strict=True))
    members = [(plate, id_) for plate, group in enumerate(groups) for id_ in group.members]
    lines = {id_: balanced(snapshot.actors.name(id_), font, WIDEST * font) for _, id_ in members}
    radius = {id_: sizes[id_] * shape_of(snapshot.actors[id_])[1] for _, id_ in members}
    bodies = [
        Body(
            radius[id_],
            max(text_width(line, font) for line in lines[id_]) + profile.halo,
            len(lines[id_]) * LINE * font,
            GAP * font,
            plate,
        )
        for plate, id_ in members
    ]
    by_plate = [[b for b in bodies if b.plate == plate] for plate in range(len(groups))]
    ground = _fitting(groups, by_plate, profile)
    index = {id_: i for i, (_, id_) in enumerate(members)}
    at = place(
        bodies,
        [Tie(index[a], index[b], pull) for a, b, pull in ties],
        ground.inner,
        [
            Rect(t.x, t.y - t.size, text_width(t.text, t.size, bold=t.bold), 1.3 * t.size)
            for t in ground.titles
        ],
        font,
        previous=None if kept is None else {index[k]: v for k, v in kept.at.items() if k in index},
        pinned=frozenset() if kept is None else frozenset(index[k] for k in kept.pinned if k in index),
    )
    nodes = []
    for (plate, id_), body, (x, y) in zip(members, bodies, at.round(1).tolist(), strict=True):
        actor = snapshot.actors[id_]
        nodes.append(
            Node(
                id=id_,
                name=actor.name,
                lines=lines[id_],
                x=x,
                y=y,
                radius=round(body.radius, 1),
                shape=shape_of(actor)[0],
                fill=fill_of(actor),
                anchor="middle",
                text_x=x,
                text_y=round(y + body.radius + body.gap + ASCENT * font, 1),
                describes=describes(snapshot, actor, lang),
                plate=groups[plate].id,
            )
        )
    plates = tuple(
        Plate(g.id, g.title, r.x, r.y, r.width, r.height, g.dashed, g.members, g.sentence)
        for g, r in zip(groups, ground.rects, strict=True)
    )
    return Scene(plates, ground.titles, tuple(nodes))


@dataclass(frozen=True)
class _Ground:
    """Plates with their titles, the room inside each, and whether that holds what it must, and its lines whole."""

    rects: tuple[Rect, ...]
    titles: tuple[Caption, ...]
    inner: tuple[Rect, ...]
    held: tuple[bool, ...]


def _ground(groups: Sequence[Group], bodies: Sequence[Sequence[Body]], profile: Profile) -> _Ground:
    loads = [_load(mine, group, profile) for mine, group in zip(bodies, groups, strict=True)]
    canvas = Rect(0, 0, profile.width, profile.height)
    rects = split(loads, canvas, gutter=profile.gutter, padding=profile.padding, band=profile.band)
    titles: list[Caption] = []
    inner, held = [], []
    for group, rect, load, mine in zip(groups, rects, loads, bodies, strict=True):
        head = title_captions(group.title, rect, profile, soft=group.dashed)
        down = round(head[-1].y - head[0].y)
        under = _under(group, rect, profile, down)
        titles += [*head, *under]
        taken = profile.band + down + load.under
        wide = rect.width - 2 * profile.padding
        room = Rect(rect.x + profile.padding, rect.y + taken, wide, rect.height - taken - profile.padding)
        inner.append(room)
        whole = all(line == caption.text for (line, _), caption in zip(group.under, under, strict=True))
        held.append(whole and _holds(room, mine, profile.label))
    return _Ground(tuple(rects), tuple(titles), tuple(inner), tuple(held))


def _fitting(groups: Sequence[Group], bodies: Sequence[Sequence[Body]], profile: Profile) -> _Ground:
    """The ground with as many lines under titles as leave each plate the room it has without any."""
    free = _ground([replace(g, under=()) for g in groups], bodies, profile)
    if not any(group.under for group in groups):
        return free
    standing = [replace(g, under=tuple(line for line in g.under if line[1])) for g in groups]
    folded = [replace(g, under=_wrapped(g.under, profile.label)) for g in standing]
    for tried in (groups, standing, folded):
        found = _ground(tried, bodies, profile)
        if all(now or not before for now, before in zip(found.held, free.held, strict=True)):
            return found
    # those that have too little room give up their lines; where they have none, all do
    while any(group.under for group in folded):
        found = _ground(folded, bodies, profile)
        tight = [before and not now for now, before in zip(found.held, free.held, strict=True)]
        if not any(tight):
            return found
        giving = [less and bool(g.under) for g, less in zip(folded, tight, strict=True)]
        folded = [
            replace(g, under=()) if less or not any(giving) else g
            for g, less in zip(folded, giving, strict=True)
        ]
    return free


def _holds(room: Rect, bodies: Sequence[Body], font: float) -> bool:
    """Whether a room holds its bodies in rows and columns of the largest, with some ease: they are not placed in rows."""
    wide = max((max(2 * b.radius, b.label_width) for b in bodies), default=1.0) + 0.5 * font
    high = max((2 * b.radius + b.gap + b.label_height for b in bodies), default=1.0) + font
    return room.width >= wide and int(room.width // wide) * int(room.height // high) >= len(bodies)


def _load(bodies: Sequence[Body], group: Group, profile: Profile) -> Load:
    """Room for some bodies: the average width leaves wide labels enough, since not all are."""
    widths = sorted(max(2 * b.radius, b.label_width) for b in bodies)
    heights = [2 * b.radius + b.gap + b.label_height for b in bodies]
    common = (sum(widths) / len(widths) + widths[-1]) / 2
    written = text_width(group.title, profile.title, bold=True)
    word = max(text_width(word, profile.label, bold=True) for word in group.title.split(" "))
    lines = max((text_width(text, profile.label, bold=bold) for text, bold in group.under), default=0.0)
    return Load(
        len(bodies),
        common + profile.label,
        max(heights) + profile.label,
        max(written, lines),
        round((len(group.under) + 0.5) * LINE * profile.label) if group.under else 0.0,
        max(word, lines),
    )


def title_captions(title: str, rect: Rect, profile: Profile, *, soft: bool) -> list[Caption]:
    """The title of a plate in its band, on a second line below where it is too long for one.

    Args:
        title: in full.
        rect: the plate.
        profile: sizes.
        soft: whether it is outside any zone.
    """
    lines, size = titled(title, profile.title, profile.label, rect.width - 2 * profile.padding)
    return [
        Caption(
            line,
            rect.x + profile.padding,
            round(rect.y + profile.band * 0.5 + size * 0.42 + k * LINE * size, 1),
            size,
            "soft" if soft else "ink",
            bold=True,
            anchor="start",
        )
        for k, line in enumerate(lines)
    ]


def _wrapped(lines: Sequence[tuple[str, bool]], font: float) -> tuple[tuple[str, bool], ...]:
    """Lines under a title, each on as many as it takes."""
    return tuple(
        (part, bold) for line, bold in lines for part in wrapped(line, font, UNDER * font, bold=bold)
    )


def _under(group: Group, rect: Rect, profile: Profile, down: float) -> list[Caption]:
    """The lines under a plate's title, each cut to the plate, lower by the second line of the title."""
    return [
        Caption(
            shortened(line, profile.label, rect.width - 2 * profile.padding, bold=bold),
            rect.x + profile.padding,
            round(rect.y + profile.band + down + (place * LINE + 0.85) * profile.label, 1),
            profile.label,
            "ink" if bold else "soft",
            bold=bold,
            anchor="start",
        )
        for place, (line, bold) in enumerate(group.under)
    ]
