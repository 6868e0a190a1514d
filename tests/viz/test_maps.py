"""Maps: the same specification each time, readable, complete."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from graph import Changes, Snapshot
from graph.errors import UnknownFilter
from graph.model import Actor, Objective, Position
from queries.pairs import pairs_of
from viz.forest import Span, showing, spanning, threshold_for
from viz.maps import actors, conflict, convergence
from viz.metrics import balanced, shortened, text_width
from viz.scene import ASCENT, LINE
from viz.spec import PROFILES, MapSpec, Node

from .conftest import DAY, Compose

BUILDS: list[Callable[..., MapSpec]] = [convergence.build, conflict.build, actors.build]
Box = tuple[float, float, float, float]


def label_box(spec: MapSpec, node: Node) -> Box:
    font = spec.profile.label
    width = max(text_width(line, font) for line in node.lines)
    left = node.text_x - {"middle": width / 2, "start": 0, "end": width}[node.anchor]
    top = node.text_y - ASCENT * font
    return left, top, left + width, top + len(node.lines) * LINE * font


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("build", BUILDS)
def test_same_snapshot_same_map(build: Callable[..., MapSpec], compose: Compose) -> None:
    snapshot = compose(25)
    assert build(snapshot) == build(snapshot)


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("count", [25, 40])
@pytest.mark.parametrize("build", BUILDS)
def test_labels_keep_apart_and_inside(
    build: Callable[..., MapSpec], count: int, profile: str, compose: Compose
) -> None:
    spec = build(compose(count), profile=profile)
    assert 2 <= len(spec.nodes) <= PROFILES[profile].named
    boxes = {node.id: label_box(spec, node) for node in spec.nodes}
    marks = {n.id: (n.x - n.radius, n.y - n.radius, n.x + n.radius, n.y + n.radius) for n in spec.nodes}
    for left, top, right, bottom in [*boxes.values(), *marks.values()]:
        assert left >= -1
        assert top >= -1
        assert right <= spec.profile.width + 1
        assert bottom <= spec.profile.height + 1
    for a, b in itertools.combinations(boxes, 2):
        assert not overlap(boxes[a], boxes[b]), (a, b)
        assert not overlap(marks[a], marks[b]), (a, b)
        assert not overlap(boxes[a], marks[b]), (a, b)
        assert not overlap(marks[a], boxes[b]), (a, b)


def test_nodes_stay_on_their_plate_and_a_zone_names_two(compose: Compose) -> None:
    spec = convergence.build(compose(40), profile="projecteur")
    plates = {plate.id: plate for plate in spec.plates}
    for node in spec.nodes:
        plate = plates[node.plate]
        assert plate.x <= node.x <= plate.x + plate.width
        assert plate.y <= node.y <= plate.y + plate.height
    assert all(len(plate.members) >= 2 for plate in spec.plates if not plate.dashed)


def test_pairs_are_those_of_the_analysis(compose: Compose) -> None:
    snapshot = compose(25)
    spec = convergence.build(snapshot)
    pairs = pairs_of(snapshot, 2)
    place = snapshot.actors.index
    for link in spec.links:
        i, j = place[link.a], place[link.b]
        assert link.level == pairs.net[i, j]
        assert link.reading == pairs.reading(i, j)
        assert link.records
    expected = sum(pairs.reading(i, j) in convergence.DRAWN for i, j in itertools.combinations(range(25), 2))
    assert len(spec.links) == len(spec.tables[0].rows) == expected
    assert {r for link in spec.links for r in link.records} == {record.id for record in spec.records}


def test_the_default_shows_at_most_twelve_links_for_ten_actors(compose: Compose) -> None:
    spec = convergence.build(compose(40))
    assert spec.threshold is not None
    shown = [link for link in spec.links if showing(link, spec.threshold.value, spec.threshold)]
    assert 0 < len(shown) <= 1.2 * len(spec.nodes) + 1
    raised = [link for link in spec.links if showing(link, spec.threshold.high + 1, spec.threshold)]
    assert not raised


def test_a_forest_ties_each_zone_and_never_two() -> None:
    spans = [Span("a", "b", 3), Span("b", "c", 2), Span("a", "c", 1), Span("c", "d", 9), Span("d", "e", -1)]
    zone = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "2"}
    assert spanning(spans, zone) == {("a", "b"), ("b", "c")}


def test_equal_levels_come_together_or_not_at_all() -> None:
    spans = [Span("a", str(k), 6.0) for k in range(5)] + [Span("a", "z", 8.0)]
    assert threshold_for(spans, set(), limit=3, at_least=5.0, total=6).value == 8.0
    assert threshold_for(spans, set(), limit=6, at_least=5.0, total=6).value == 6.0


def test_earlier_places_hold_when_pinned(compose: Compose) -> None:
    snapshot = compose(25)
    before = convergence.build(snapshot)
    at = {node.id: (node.x, node.y) for node in before.nodes}
    again = convergence.build(snapshot, kept=convergence.Kept(at, frozenset(at)))
    assert {node.id: (node.x, node.y) for node in again.nodes} == at


def test_conflict_puts_signs_on_their_sides(compose: Compose) -> None:
    snapshot = compose(25)
    spec = conflict.build(snapshot)
    assert {stroke.dashed for link in spec.links for stroke in link.strokes} == {False, True}
    for link in spec.links:
        value = snapshot.positions.at(snapshot.actors.index[link.a], snapshot.objectives.index[link.b])
        assert value is not None
        assert (link.reading == "for") is (value > 0)
    pills = {pill.link: pill.text for pill in spec.pills}
    assert set(pills) == {link.id for link in spec.links}
    assert any(text.startswith("−") for text in pills.values())


def test_conflict_projects_one_objective_and_six_a_side(compose: Compose) -> None:
    spec = conflict.build(compose(40), profile="projecteur")
    assert len(spec.boxes) == 1
    assert max(sum(n.x < 920 for n in spec.nodes), sum(n.x > 920 for n in spec.nodes)) <= 6


@pytest.mark.parametrize("profile", ["grand", "projecteur"])
def test_names_of_both_sides_are_whole_where_rows_leave_room(profile: str, territory: Snapshot) -> None:
    spec = conflict.build(territory, profile=profile)
    assert [" ".join(node.lines) for node in spec.nodes] == [node.name for node in spec.nodes]
    boxes = [label_box(spec, node) for node in spec.nodes]
    assert not any(overlap(a, b) for a, b in itertools.combinations(boxes, 2))
    assert all(left >= 0 and right <= spec.profile.width for left, _, right, _ in boxes)


def test_an_unknown_zone_is_said(compose: Compose) -> None:
    with pytest.raises(UnknownFilter, match=r"(?i)zone"):
        conflict.build(compose(25), zone="nowhere")


@pytest.mark.parametrize("build", BUILDS)
def test_a_small_scope_draws_what_there_is(build: Callable[..., MapSpec], compose: Compose) -> None:
    only = Changes(
        puts={"actors": [Actor(id="A1", name="Seule")], "objectives": [Objective(id="O1", name="But")]}
    )
    assert len(build(compose(1, only)).nodes) <= 1


@pytest.mark.parametrize("build", BUILDS)
def test_an_empty_store_draws_nothing(build: Callable[..., MapSpec], compose: Compose) -> None:
    spec = build(compose(0, Changes()))
    assert spec.nodes == ()
    assert spec.stamp == "révision 0"


def test_beyond_150_actors_the_map_opens_on_zones(compose: Compose) -> None:
    names = [f"A{k:03}" for k in range(160)]
    given = Changes(
        puts={
            "actors": [Actor(id=id_, name=f"Acteur {id_}") for id_ in names],
            "objectives": [Objective(id=f"O{k}", name=f"Objectif {k}") for k in range(4)],
            "positions": [
                Position(actor=id_, objective=f"O{k // 40}", value=3, valid_from=DAY)
                for k, id_ in enumerate(names)
            ],
        }
    )
    snapshot = compose(160, given)
    spec = convergence.build(snapshot)
    assert len(spec.nodes) == 4
    unfolded = convergence.build(snapshot, unfold=spec.nodes[0].id)
    assert len(unfolded.plates) == 1
    assert len(unfolded.nodes) == 40


@pytest.mark.parametrize("build", BUILDS)
def test_english_says_no_french(build: Callable[..., MapSpec], compose: Compose) -> None:
    spec = build(compose(25), lang="en")
    words = " ".join(
        [spec.title, spec.stamp, spec.coverage, spec.summary, *spec.tables[0].columns, *spec.notes]
    )
    assert not {"révision", "acteurs", "Acteur", "sur", "Carte"} & set(words.replace(":", " ").split())


def test_text_is_cut_and_balanced() -> None:
    assert shortened("Conservatoire", 16, 60).endswith("…")
    assert text_width(shortened("Conservatoire", 16, 60), 16) <= 60
    assert balanced("Agence d’urbanisme", 16, 200) == ("Agence", "d’urbanisme")
    assert balanced("CCAS", 16, 200) == ("CCAS",)
