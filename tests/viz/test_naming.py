"""Names of marks that stay where they are: apart from all else, joined to their mark, and given to nearly all."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import Snapshot
from tests.viz.conftest import Compose, with_more
from tests.viz.test_flows import asked, facts
from tests.viz.test_maps import label_box, overlap
from viz.maps import actors, flows, influence, interdependence
from viz.metrics import text_width, titled
from viz.naming import Mark, names
from viz.plates import Rect
from viz.scene import ASCENT, GAP, LINE
from viz.spec import PROFILES, MapSpec, Node, Profile

GRAND = PROFILES["grand"]
ROOM = Rect(0, 0, 600, 400)
Box = tuple[float, float, float, float]


def numbers(path: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?[\d.]+", path)]


def along(ax: float, ay: float, bx: float, by: float) -> list[tuple[float, float]]:
    """Points of a segment, a pixel apart."""
    steps = max(1, round(math.hypot(bx - ax, by - ay)))
    return [(ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps) for k in range(steps + 1)]


def within(point: tuple[float, float], box: Box, by: float = 0.0) -> bool:
    return box[0] - by <= point[0] <= box[2] + by and box[1] - by <= point[1] <= box[3] + by


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(240, 360), st.floats(140, 260), st.floats(5, 12)), min_size=1, max_size=20)
)
def test_a_name_covers_nothing_and_a_line_joins_it_to_its_mark(
    marks: list[tuple[float, float, float]],
) -> None:
    kept: list[Mark] = []
    for x, y, half in marks:
        if all(max(abs(x - m.x), abs(y - m.y)) > half + m.half + 2 for m in kept):
            kept.append(Mark(x, y, half))
    texts = [f"Un nom de lieu {k}" for k in range(len(kept))]
    given_names = names(texts, kept, ROOM, (), GRAND, 9.0)
    squares = [(m.x - m.half, m.y - m.half, m.x + m.half, m.y + m.half) for m in kept]
    boxes = []
    for k, name in enumerate(given_names):
        if not name.lines:
            continue
        shown = Node("", "", name.lines, 0, 0, 0, "dot", "solid", name.anchor, name.text_x, name.text_y, "")
        box = written(GRAND, shown)
        boxes.append(box)
        assert within(box[:2], (0, 0, 600, 400))
        assert within(box[2:], (0, 0, 600, 400))
        assert not any(overlap(box, square) for square in squares)
        if not name.leader:
            continue
        points = along(*numbers(name.leader))
        assert within(points[0], squares[k], 1)
        assert within(points[-1], box, GRAND.halo)
        for other, square in enumerate(squares):
            assert other == k or not any(within(point, square, -0.2) for point in points)
    assert not any(overlap(a, b) for a, b in itertools.combinations(boxes, 2))


def written(profile: Profile, node: Node) -> Box:
    width = max(text_width(line, profile.label) for line in node.lines)
    left = node.text_x - {"middle": width / 2, "start": 0, "end": width}[node.anchor]
    top = node.text_y - ASCENT * profile.label
    return left, top, left + width, top + len(node.lines) * LINE * profile.label


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_actor_of_the_example_is_named(profile: str, territory: Snapshot) -> None:
    spec = influence.build(territory, profile=profile)
    assert [node.name for node in spec.nodes if not node.lines] == []


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("count", [25, 40])
def test_every_actor_of_the_plane_is_named(count: int, profile: str, compose: Compose) -> None:
    spec = influence.build(compose(count, with_more(count)), profile=profile)
    assert [node.name for node in spec.nodes if not node.lines] == []
    assert not any("Sans nom" in note for note in spec.notes)


# arrows


def crossings(spec: MapSpec, nodes: tuple[Node, ...]) -> int:
    """How many names the arrows shown at first pass under, point by point."""
    assert spec.threshold is not None
    boxes = [label_box(spec, node) for node in nodes if node.lines]
    found = 0
    for link in spec.links:
        if link.level < spec.threshold.value:
            continue
        x0, y0, x1, y1, x2, y2, x3, y3 = numbers(link.strokes[0].path)
        for box in boxes:
            found += any(
                within(
                    (
                        (1 - t) ** 3 * x0 + 3 * t * (1 - t) ** 2 * x1 + 3 * t * t * (1 - t) * x2 + t**3 * x3,
                        (1 - t) ** 3 * y0 + 3 * t * (1 - t) ** 2 * y1 + 3 * t * t * (1 - t) * y2 + t**3 * y3,
                    ),
                    box,
                )
                for t in (k / 60 for k in range(61))
            )
    return found


@pytest.mark.parametrize("profile", ["grand", "etroit", "projecteur"])
def test_names_keep_off_arrows(profile: str, compose: Compose) -> None:
    snapshot = compose(0, facts())
    for make in (flows.build, interdependence.build):
        spec = make(snapshot, asked=asked("food"), profile=profile)
        font = spec.profile.label
        below = tuple(
            replace(
                node,
                anchor="middle",
                text_x=node.x,
                text_y=node.y + node.radius + spec.profile.border / 2 + (GAP + ASCENT) * font,
            )
            for node in spec.nodes
        )
        assert crossings(spec, below) >= 2
        assert crossings(spec, spec.nodes) <= crossings(spec, below) / 2


# titles of plates


def test_a_title_too_long_for_a_line_takes_another_before_it_is_cut() -> None:
    title = "Organisme externe d'accompagnement"
    wide = text_width(title, 17, bold=True)
    assert titled(title, 17, 16, wide) == ((title,), 17)
    lines, size = titled(title, 17, 16, 0.6 * wide)
    assert (" ".join(lines), size) == (title, 17)
    assert max(text_width(line, size, bold=True) for line in lines) <= 0.6 * wide
    word = text_width("d'accompagnement", 16, bold=True)
    lines, size = titled("Organismes extérieurs d'accompagnement", 17, 16, word)
    assert (lines, size) == (("Organismes", "extérieurs", "d'accompagnement"), 16)
    assert titled(title, 17, 16, 60)[0][-1].endswith("…")


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_the_title_of_a_narrow_plate_is_whole(profile: str, territory: Snapshot) -> None:
    spec = actors.build(territory, profile=profile)
    for plate in spec.plates:
        head = [c for c in spec.captions if c.bold and plate.x <= c.x < plate.x + plate.width]
        head = [c for c in head if plate.y <= c.y < plate.y + plate.height]
        assert " ".join(caption.text for caption in head) == plate.title
        for caption in head:
            right = caption.x + text_width(caption.text, caption.size, bold=True)
            assert right <= plate.x + plate.width - spec.profile.padding + 1
            under = (caption.x, caption.y - caption.size, right, caption.y + 0.25 * caption.size)
            for node in spec.nodes:
                mark = (
                    node.x - node.radius,
                    node.y - node.radius,
                    node.x + node.radius,
                    node.y + node.radius,
                )
                assert not overlap(under, mark)
                assert not overlap(under, label_box(spec, node))
