"""The maps of zones, influence, project, territories and evolution: what they say is what the analyses say, legibly."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from graph import Changes, Snapshot
from graph.model import Actor, Influence, Objective, Position, Territory
from queries.alignment import alignment
from queries.evolution import changed_pairs, changed_positions, read_on
from queries.mactor import mactor
from queries.zones_cooperation import zones_cooperation
from tests.viz.conftest import DAY, Compose, with_more
from tests.viz.test_maps import label_box, overlap
from viz.fixed import Spot, settle
from viz.kinds import DATED, KINDS, QUESTIONS, build
from viz.maps import evolution, influence, project, territories, zones
from viz.plates import Rect
from viz.renderer import render_html, render_svg
from viz.spec import PROFILES, MapSpec


@pytest.fixture
def snapshot(compose: Compose) -> Snapshot:
    return compose(25, with_more())


BUILDS: dict[str, Callable[..., MapSpec]] = {
    "zones": zones.build,
    "influence": influence.build,
    "project": partial(project.build, project="P"),
    "territories": territories.build,
    "evolution": evolution.build,
}
every = pytest.mark.parametrize("kind", list(BUILDS))


@every
@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("count", [25, 40])
def test_names_keep_apart_and_inside(kind: str, profile: str, count: int, compose: Compose) -> None:
    spec = BUILDS[kind](compose(count, with_more(count)), profile=profile)
    assert 2 <= len(spec.nodes) <= PROFILES[profile].named
    boxes = {node.id: label_box(spec, node) for node in spec.nodes if node.lines}
    assert len(boxes) >= 0.5 * len(spec.nodes)
    marks = {n.id: (n.x - n.radius, n.y - n.radius, n.x + n.radius, n.y + n.radius) for n in spec.nodes}
    for left, top, right, bottom in [*boxes.values(), *marks.values()]:
        assert left >= -1
        assert top >= -1
        assert right <= spec.profile.width + 1
        assert bottom <= spec.profile.height + 1
    for a, b in itertools.combinations(marks, 2):
        assert not overlap(marks[a], marks[b]), (a, b)
    for a, b in itertools.permutations(marks, 2):
        assert a not in boxes or not overlap(boxes[a], marks[b]), (a, b)
        assert a not in boxes or b not in boxes or not overlap(boxes[a], boxes[b]), (a, b)


@every
def test_same_snapshot_same_map(kind: str, snapshot: Snapshot) -> None:
    assert BUILDS[kind](snapshot) == BUILDS[kind](snapshot)


@every
def test_each_has_its_stamp_table_and_legend(kind: str, snapshot: Snapshot) -> None:
    spec = BUILDS[kind](snapshot)
    assert "révision 1" in spec.stamp
    assert spec.legend
    assert all(table.rows for table in spec.tables)
    assert {node.plate for node in spec.nodes} <= {plate.id for plate in spec.plates}
    assert render_svg(spec).count("<text") >= len(spec.nodes)
    assert spec.title in render_html(spec)


@every
def test_an_empty_store_draws_nothing(kind: str, compose: Compose) -> None:
    spec = BUILDS[kind](compose(0, Changes()))
    assert spec.nodes == ()
    assert 'class="nothing"' in render_html(spec)


@every
def test_one_actor_alone(kind: str, compose: Compose) -> None:
    only = Changes(
        puts={"actors": [Actor(id="A1", name="Seule")], "objectives": [Objective(id="O1", name="But")]}
    )
    assert len(BUILDS[kind](compose(1, only)).nodes) <= 1


@every
def test_english_says_no_french(kind: str, snapshot: Snapshot) -> None:
    spec = BUILDS[kind](snapshot, lang="en")
    words = " ".join(
        [spec.title, spec.stamp, spec.coverage, spec.summary, spec.listed, *spec.notes]
        + [column for table in spec.tables for column in (table.caption, *table.columns)]
        + [entry.text for entry in spec.legend]
    )
    assert not {"révision", "acteurs", "Acteur", "sur", "Carte", "du", "paires"} & set(
        words.replace(":", " ").split()
    )


def test_every_kind_is_built_in_every_size(snapshot: Snapshot) -> None:
    assert {*QUESTIONS, *DATED} <= set(KINDS)
    for kind in BUILDS:
        specs = build(kind, snapshot, asked="P")
        assert [spec.profile.name for spec in specs] == ["grand", "moyen", "etroit", "projecteur", "amphi"]
        assert {spec.kind for spec in specs} == {kind}


# what each says


def test_zones_say_the_families_of_the_analysis(snapshot: Snapshot) -> None:
    spec = zones.build(snapshot)
    items = zones_cooperation(snapshot, {"order": 2})["items"]
    assert len(spec.tables[0].rows) == len(items)
    missing = sum(len(item["families"]["missing"]) for item in items)
    assert sum(caption.text.startswith("manque") for caption in spec.captions) == missing
    for item, row in zip(items, spec.tables[0].rows, strict=True):
        assert list(row.records) == item["records"]


@pytest.mark.parametrize("profile", ["grand", "moyen", "etroit", "projecteur"])
def test_zones_say_who_is_missing_whatever_the_size(profile: str, territory: Snapshot) -> None:
    spec = zones.build(territory, profile=profile)
    items = {item["id"]: item for item in zones_cooperation(territory, {"order": 2, "limit": 50})["items"]}
    assert sum(len(items[plate.id]["families"]["missing"]) for plate in spec.plates if plate.id) >= 4
    for plate in spec.plates:
        lines = [c for c in spec.captions if plate.x <= c.x < plate.x + plate.width]
        lines = [c for c in lines if plate.y <= c.y < plate.y + plate.height]
        text = " ".join(c.text for c in lines)
        for family in items[plate.id]["families"]["missing"] if plate.id else ():
            assert f"manque : {territory.vocabulary.label('famille', family, 'fr')}" in text
        low = max((c.y + 0.25 * c.size for c in lines), default=0.0)
        for node in spec.nodes:
            assert node.plate != plate.id or node.y - node.radius >= low - 1


def test_the_plane_is_that_of_mactor(snapshot: Snapshot) -> None:
    spec = influence.build(snapshot)
    document = mactor(snapshot)
    rows = {row.cells[0].text: row for row in spec.tables[0].rows}
    n = len(document["actors"])
    mean_i, mean_d = sum(document["influence"]) / n, sum(document["dependence"]) / n
    names = {plate.id: plate.title for plate in spec.plates}
    plates = {plate.id: plate for plate in spec.plates}
    for id_, i, d in zip(document["actors"], document["influence"], document["dependence"], strict=True):
        row = rows[snapshot.actors.name(id_)]
        assert (row.cells[1].number, row.cells[2].number) == (i, d)
        expected = (
            ("Relais" if d >= mean_d else "Dominants")
            if i >= mean_i
            else ("Dominés" if d >= mean_d else "Autonomes")
        )
        assert row.cells[4].text == expected
        node = next(node for node in spec.nodes if node.id == id_)
        assert names[node.plate] == expected
        plate = plates[node.plate]
        assert plate.x <= node.x - node.radius
        assert node.x + node.radius <= plate.x + plate.width
        assert plate.y <= node.y - node.radius
        assert node.y + node.radius <= plate.y + plate.height


def test_without_influence_nobody_is_placed(compose: Compose) -> None:
    given = with_more()
    spec = influence.build(compose(25, Changes(puts={**given.puts, "influences": []})))
    assert spec.nodes == ()
    assert "Aucune influence connue" in render_html(spec)
    assert len(spec.tables[0].rows) == 25


def test_actors_of_equal_influence_and_dependence_stand_apart(compose: Compose) -> None:
    given = Changes(
        puts={
            "actors": [Actor(id=f"A{k}", name=f"Acteur {k}") for k in range(6)],
            "influences": [
                Influence(source_actor=f"A{k}", target_actor=f"A{(k + 1) % 6}", value=2, valid_from=DAY)
                for k in range(6)
            ],
        }
    )
    spec = influence.build(compose(6, given))
    assert len({(node.x, node.y) for node in spec.nodes}) == 6
    assert {node.plate for node in spec.nodes} == {"relay"}
    assert any("Écartés" in note for note in spec.notes)


def test_the_columns_are_those_of_the_alignment(snapshot: Snapshot) -> None:
    spec = project.build(snapshot, project="P")
    items = alignment(snapshot, {"project": "P"})["items"]
    where = {"ally": "ally", "arbitrable": "convince", "neutral": "convince", "opponent": "opponent"}
    expected = {item["actor"]: where.get(item["reading"], "unknown") for item in items}
    assert {node.id: node.plate for node in spec.nodes} == expected
    assert [plate.id for plate in spec.plates] == ["ally", "convince", "opponent", "unknown"]
    lefts = [plate.x for plate in spec.plates]
    assert lefts == sorted(lefts)
    for plate, caption in zip(spec.plates, spec.captions, strict=True):
        assert caption.text == f"{plate.title} · {list(expected.values()).count(plate.id)}"
    assert {row.records for row in spec.tables[0].rows} == {tuple(item["records"]) for item in items}


@pytest.mark.parametrize("asked", [None, "AILLEURS"])
def test_without_a_project_the_map_asks_for_one(asked: str | None, snapshot: Snapshot) -> None:
    (spec, *_) = build("project", snapshot, asked=asked)
    assert spec.nodes == ()
    assert "Choisissez un projet" in render_html(spec)
    assert [row.cells[1].text for row in spec.tables[0].rows] == ["Ville apaisée"]


def test_points_keep_their_bearings_and_the_others_are_said(snapshot: Snapshot) -> None:
    spec = territories.build(snapshot)
    points = {node.id: node for node in spec.nodes if node.plate == "points"}
    placed = [t for t in snapshot.territories if t.lat is not None and t.lon is not None]
    assert set(points) == {t.id for t in placed}
    for one, other in itertools.permutations(placed, 2):
        assert one.lat is not None
        assert other.lat is not None
        if one.lat > other.lat + 0.06:
            assert points[one.id].y < points[other.id].y, "north is upwards"
        if one.lon is not None and other.lon is not None and one.lon > other.lon + 0.05:
            assert points[one.id].x > points[other.id].x, "east is to the right"
    lacking = [t for t in snapshot.territories if t.lat is None]
    told = next(note for note in spec.notes if note.startswith("Sans coordonnées"))
    assert f"({len(lacking)})" in told
    assert all(t.name in told for t in lacking)
    assert {node.plate for node in spec.nodes if node.id not in points} == {"in:T", "in:"}


def test_actors_are_counted_below(snapshot: Snapshot) -> None:
    rows = {row.cells[0].text: row.cells[3].number for row in territories.build(snapshot).tables[0].rows}
    assert rows["Agglomération"] == sum(1 for a in snapshot.actors if a.territory is not None) == 20
    assert rows["Val"] == sum(1 for a in snapshot.actors if a.territory == "T1")


def test_without_any_coordinates_only_the_nesting(compose: Compose) -> None:
    given = Changes(
        puts={
            "territories": [
                Territory(id="D", name="Département"),
                Territory(id="C", name="Commune", parents=("D",)),
            ]
        }
    )
    spec = territories.build(compose(0, given))
    assert {(node.id, node.plate) for node in spec.nodes} == {("D", "in:"), ("C", "in:D")}


def test_one_point_stands_in_the_middle(compose: Compose) -> None:
    given = Changes(puts={"territories": [Territory(id="C", name="Commune", lat=45.0, lon=5.0)]})
    spec = territories.build(compose(0, given))
    assert [(node.plate, len(node.lines)) for node in spec.nodes] == [("points", 1)]


def test_the_evolution_is_that_of_the_analysis(snapshot: Snapshot) -> None:
    dates = date(2026, 9, 30), date(2026, 11, 1)
    spec = evolution.build(snapshot, dates=dates)
    before, after = (read_on(snapshot, day) for day in dates)
    pairs = changed_pairs(before, after)
    assert pairs
    ids = snapshot.actors.ids
    assert {(link.a, link.b) for link in spec.links} == {(ids[i], ids[j]) for i, j, *_ in pairs}
    assert len(spec.tables[0].rows) == len(changed_positions(before, after))
    assert len(spec.tables[1].rows) == len(pairs)
    assert {link.level > 0 for link in spec.links} == {change == "moved" for *_, change in pairs}
    assert {r for link in spec.links for r in link.records} == {record.id for record in spec.records}
    assert "Du 30 septembre 2026 au 1er novembre 2026" in spec.stamp
    for pill in spec.pills:
        assert " → " in pill.text


def test_a_projected_evolution_says_its_days_once(snapshot: Snapshot) -> None:
    spec = evolution.build(snapshot, dates=(date(2026, 9, 30), date(2026, 11, 1)), profile="projecteur")
    assert "30 septembre" in spec.stamp
    assert "30 septembre" not in spec.question


def test_pills_cover_neither_name_nor_pill(snapshot: Snapshot) -> None:
    spec = evolution.build(snapshot, dates=(date(2026, 9, 30), date(2026, 11, 1)))
    half = spec.profile.pill_height / 2
    pills = [(p.x - p.width / 2, p.y - half, p.x + p.width / 2, p.y + half) for p in spec.pills]
    assert pills
    assert not any(overlap(a, b) for a, b in itertools.combinations(pills, 2))
    names = [label_box(spec, node) for node in spec.nodes]
    assert not any(overlap(a, b) for a in pills for b in names)


def test_by_default_from_the_first_to_the_last_day_stated(snapshot: Snapshot) -> None:
    held = [p for v in snapshot.records("positions") if isinstance(p := v.value, Position)]
    days = [p.valid_from for p in held]
    assert evolution.stated_days(snapshot) == (min(days), max(days))
    assert evolution.build(snapshot) == evolution.build(snapshot, dates=(min(days), max(days)))


def test_nothing_changed_is_said(snapshot: Snapshot) -> None:
    spec = evolution.build(snapshot, dates=(DAY, DAY))
    assert spec.links == ()
    assert spec.threshold is None
    assert any("Aucune paire" in note for note in spec.notes)


# marks that stand where they belong


def test_the_first_mark_keeps_its_place_and_names_give_way() -> None:
    room = Rect(0, 0, 400, 300)
    spots = [Spot(f"Nom {k}", 200.0, 150.0, 12.0) for k in range(5)]
    named = settle(spots, room, (), PROFILES["grand"])
    assert (named[0].x, named[0].y, named[0].nudged) == (200.0, 150.0, False)
    assert all(place.nudged for place in named[1:])
    assert settle([Spot("Un nom", 10.0, 10.0, 9.0)], Rect(0, 0, 22, 22), (), PROFILES["grand"])[0].lines == ()
