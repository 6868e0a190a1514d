"""Maps of flows: what is drawn is what the flows add up to, on real outlines, with year, unit and source on every face."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import Changes, Snapshot
from graph.model import Flow, Territory
from tests.viz.test_maps import label_box, overlap
from viz.arrows import bent
from viz.charts import matrix, render_chart_html, render_chart_svg
from viz.charts.spec import Path, Text
from viz.flow_arrows import THINNEST
from viz.forest import showing, shown_words
from viz.geography import centre, ground
from viz.kinds import FLOWING, KINDS, build
from viz.maps import flows, interdependence
from viz.outlines import outlines
from viz.plates import Rect
from viz.renderer import render_html, render_svg
from viz.spec import PROFILES, MapSpec

from .conftest import Compose

GROUPS = ("243500139", "200039022", "243500741", "200072452", "243500634")
"""EPCI of Ille-et-Vilaine, whose outlines come with the project."""
SOURCE = "Relevé d'essai"
WIDE = Rect(-1000, -1000, 2000, 2000)
"""Room for any arrow."""


def facts(*, truncated: bool = False, seed: int = 5) -> Changes:
    """Commuters and food between five groups, a commune known as a point and one known nowhere; two inner flows are missing."""
    rng = random.Random(seed)
    places = [
        Territory(id=id_, name=f"Groupement {k}", type="epci", parents=("D35",))
        for k, id_ in enumerate(GROUPS)
    ]
    places += [
        Territory(id="D35", name="Ille-et-Vilaine", type="departement"),
        Territory(id="35238", name="Une commune", type="commune", parents=("D35",), lat=48.11, lon=-1.68),
        Territory(id="X", name="Nulle part"),
    ]
    ends = [*GROUPS, "35238", "X"]
    told = [
        Flow(
            origin=a,
            destination=b,
            kind=kind,
            quantity=float(rng.randint(10, 4000)),
            unit=unit,
            year=2020,
            source=SOURCE,
            truncated=truncated,
        )
        for kind, unit in (("commuting", "actifs"), ("food", "tonnes"))
        for a in ends
        for b in ends
        if kind == "commuting" or rng.random() < 0.5
        if a != b or a not in ends[:2]
    ]
    return Changes(puts={"territories": places, "flows": told})


@pytest.fixture
def snapshot(compose: Compose) -> Snapshot:
    return compose(0, facts())


def told(given: Changes, kind: str) -> dict[tuple[str, str], float]:
    """Quantities as they were written, by origin and destination."""
    return {(f.origin, f.destination): f.quantity for f in given.puts["flows"] if f.kind == kind}  # type: ignore[attr-defined]


def asked(kind: str) -> dict[str, Any]:
    return {"kind": kind}


def test_outlines_of_the_groups_are_shipped() -> None:
    assert all(group in outlines() for group in GROUPS)


@pytest.mark.parametrize("kind", ["commuting", "food"])
def test_an_arrow_goes_from_origin_to_destination_whoever_depends(kind: str, snapshot: Snapshot) -> None:
    spec = flows.build(snapshot, asked=asked(kind))
    expected = {pair: q for pair, q in told(facts(), kind).items() if pair[0] != pair[1] and "X" not in pair}
    assert {(link.a, link.b): link.weight for link in spec.links} == expected
    most = max(expected.values())
    for link in spec.links:
        width = flows.WIDEST["grand"] * link.weight / most
        assert link.strokes[0].width == pytest.approx(max(THINNEST, width), abs=0.06)
        start, tip = (next(n for n in spec.nodes if n.id == id_) for id_ in (link.a, link.b))
        x, y = map(float, re.findall(r"-?[\d.]+", link.strokes[0].path)[:2])
        assert abs(x - start.x) + abs(y - start.y) < 20
        x, y = map(float, re.findall(r"-?[\d.]+", link.strokes[0].head)[:2])
        assert abs(x - tip.x) + abs(y - tip.y) < 20


def test_a_dependence_goes_from_who_depends_to_what_it_depends_on(snapshot: Snapshot) -> None:
    people = {(link.a, link.b) for link in interdependence.build(snapshot, asked=asked("commuting")).links}
    assert people == {(a, b) for a, b in told(facts(), "commuting") if a != b}
    food = told(facts(), "food")
    spec = interdependence.build(snapshot, asked=asked("food"))
    # who eats depends on who grows: against the flow
    assert {(link.a, link.b) for link in spec.links} == {(b, a) for a, b in food if a != b}
    eaten: dict[str, float] = defaultdict(float)
    for (_, b), quantity in food.items():
        eaten[b] += quantity
    for link in spec.links:
        assert link.weight == pytest.approx(100 * food[(link.b, link.a)] / eaten[link.a], abs=0.06)


def grouped(value: float) -> str:
    """Thousands apart, as in French."""
    return f"{value:,.0f}".replace(",", "\u202f")


def test_the_share_shown_is_said(snapshot: Snapshot) -> None:
    spec = flows.build(snapshot, asked=asked("commuting"))
    slider = spec.threshold
    assert slider is not None
    quantities = {pair: q for pair, q in told(facts(), "commuting").items() if pair[0] != pair[1]}
    for value in (slider.low, slider.value, slider.high - 3):
        shown = [link for link in spec.links if showing(link, value, slider)]
        part = sum(quantities[(link.a, link.b)] for link in shown) / sum(quantities.values())
        least = min(quantities[(link.a, link.b)] for link in shown)
        text = shown_words(spec, shown)
        assert (
            text
            == f"{len(shown)} flux sur {len(quantities)} · au moins {grouped(least)} · {round(100 * part)} % de la quantité"
        )
    assert slider.total == len(quantities)
    assert "% de la quantité" in render_svg(spec)


def test_nothing_known_of_a_place_is_said(snapshot: Snapshot) -> None:
    spec = flows.build(snapshot, asked=asked("commuting"))
    assert {node.id for node in spec.nodes} == {*GROUPS, "35238"}
    assert any("Nulle part" in note for note in spec.notes)
    how = {row.cells[0].text: row.cells[1].text for row in spec.tables[1].rows}
    assert how["Groupement 0"] == "son contour"
    assert how["Une commune"] == "son point"
    assert "absent" in how["Nulle part"]
    assert {node.fill for node in spec.nodes if node.id == "35238"} == {"hollow"}
    assert len(spec.tables[0].rows) == sum(a != b for a, b in told(facts(), "commuting"))


def test_neighbours_without_any_flow_are_outlined(compose: Compose) -> None:
    given = facts()
    silent = Territory(id="243500667", name="Sans flux", type="epci", parents=("D35",))
    elsewhere = Territory(id="200054781", name="Ailleurs", type="epci", parents=("R11",))
    told = [*given.puts["territories"], silent, elsewhere, Territory(id="R11", name="Région", type="region")]
    more = Changes(puts={"territories": told, "flows": given.puts["flows"]})
    before = flows.build(compose(0, given), asked=asked("commuting"))
    spec = flows.build(compose(1, more), asked=asked("commuting"))

    def bare(drawn: MapSpec) -> int:
        return sum(not area.fill and not area.hatched for area in drawn.areas)

    assert bare(spec) == bare(before) + 1
    assert len(spec.nodes) == len(before.nodes)
    assert [entry.text for entry in spec.legend if entry.symbol == "area-bare"] == ["sans flux relevé"]
    assert not [entry for entry in before.legend if entry.symbol == "area-bare"]


def test_flows_without_any_place_say_where_to_see_them(compose: Compose) -> None:
    nowhere = Changes(
        puts={
            "territories": [Territory(id=id_, name=id_) for id_ in ("A", "B")],
            "flows": [Flow(origin="A", destination="B", kind="water", quantity=3.0)],
        }
    )
    spec = flows.build(compose(0, nowhere))
    assert spec.nodes == ()
    assert "interdépendances" in spec.nothing
    assert "importez" not in spec.nothing
    assert not any("dessinés à cette taille" in note for note in spec.notes)


@pytest.mark.parametrize("kind", sorted(FLOWING))
def test_year_unit_and_source_are_on_every_face(kind: str, snapshot: Snapshot) -> None:
    for spec in build(kind, snapshot, flowing=asked("food")):
        faces = [
            render_svg(spec),
            render_html(spec),
            " ".join(entry.text for entry in spec.legend),
            spec.coverage,
        ]
        for face in faces:
            text = face.replace("&#39;", "'")
            for said in ("Alimentation", "2020", "tonnes", SOURCE):
                assert said in text
        assert spec.stamp.startswith("2020")
    assert KINDS[kind]


def test_what_is_not_said_is_said_not_to_be(compose: Compose) -> None:
    bare = Changes(
        puts={
            "territories": [Territory(id=g, name=g, type="epci") for g in GROUPS[:2]],
            "flows": [Flow(origin=GROUPS[0], destination=GROUPS[1], kind="water", quantity=3.0)],
        }
    )
    spec = flows.build(compose(0, bare))
    assert spec.coverage == "Eau · année non dite · unité non dite · source : «\xa0source non dite\xa0»"


def test_shades_are_quarters_and_the_unknown_is_hatched(snapshot: Snapshot, compose: Compose) -> None:
    spec = flows.build(snapshot, asked=asked("commuting"), heat="autonomy")
    quantities = told(facts(), "commuting")
    areas = dict(zip(sorted(GROUPS), [a for a in spec.areas if a.fill or a.hatched], strict=True))
    for group in GROUPS:
        total = sum(q for (a, _), q in quantities.items() if a == group)
        own = quantities.get((group, group))
        assert areas[group].hatched == (own is None)
        assert areas[group].fill == ("" if own is None else f"heat{1 + int(4 * own / total)}")
    assert any("inconnue" in entry.text for entry in spec.legend)
    assert spec.threshold is not None
    assert not [link for link in spec.links if showing(link, spec.threshold.value, spec.threshold)]
    (again, *_) = build(
        "flows", compose(1, facts(truncated=True)), flowing={"heat": "autonomy", "kind": "commuting"}
    )
    assert all(a.hatched for a in again.areas if a.fill != "" or a.hatched)
    assert any("petits flux" in note for note in again.notes)


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("make", [flows.build, interdependence.build])
def test_names_keep_apart_and_inside(make: Any, profile: str, snapshot: Snapshot) -> None:
    spec: MapSpec = make(snapshot, asked=asked("commuting"), profile=profile)
    boxes = {node.id: label_box(spec, node) for node in spec.nodes if node.lines}
    assert len(boxes) >= 2
    marks = {n.id: (n.x - n.radius, n.y - n.radius, n.x + n.radius, n.y + n.radius) for n in spec.nodes}
    for left, top, right, bottom in [*boxes.values(), *marks.values()]:
        assert left >= -1
        assert top >= -1
        assert right <= spec.profile.width + 1
        assert bottom <= spec.profile.height + 1
    for a, b in permutations(marks, 2):
        assert not overlap(marks[a], marks[b]), (a, b)
        assert a not in boxes or not overlap(boxes[a], marks[b]), (a, b)
        assert a not in boxes or b not in boxes or not overlap(boxes[a], boxes[b]), (a, b)
    for area in spec.areas:
        xs = [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", area.path)]
        assert min(xs) >= 0
        assert max(xs) <= spec.profile.width


@pytest.mark.parametrize("make", [flows.build, interdependence.build])
def test_an_empty_store_draws_nothing_and_says_what_to_do(make: Any, compose: Compose) -> None:
    spec = make(compose(0, Changes()))
    assert spec.nodes == ()
    assert "flux" in spec.nothing
    assert 'class="nothing"' in render_html(spec)
    chart = matrix.build(compose(1, Changes()))
    assert chart.nothing in render_chart_html(chart)


def test_the_matrix_holds_the_shares_and_autonomy_on_its_diagonal(snapshot: Snapshot) -> None:
    chart = matrix.build(snapshot, asked=asked("commuting"))
    quantities = told(facts(), "commuting")
    table = chart.tables[0]
    ids = {snapshot.territories.name(id_): id_ for id_ in [*GROUPS, "35238", "X"]}
    order = [ids[column.split(" · ")[1]] for column in table.columns[1:]]
    assert len(order) == 7
    for row, a in zip(table.rows, order, strict=True):
        total = sum(q for (origin, _), q in quantities.items() if origin == a)
        for cell, b in zip(row.cells[1:], order, strict=True):
            expected = quantities.get((a, b))
            assert cell.number == (None if expected is None else pytest.approx(expected / total))
    numbers = [m for m in chart.marks if isinstance(m, Text) and m.anchor == "middle"]
    hatched = [m for m in chart.marks if isinstance(m, Path) and m.d.count("M") > 3]
    assert len(numbers) == 7 + len(quantities)
    assert len(hatched) == 49 - len(quantities)
    for said in ("2020", "actifs", "Relev"):
        assert said in render_chart_svg(chart)


def test_english_says_no_french(snapshot: Snapshot) -> None:
    for make in (flows.build, interdependence.build):
        spec = make(snapshot, asked=asked("food"), lang="en")
        words = " ".join(
            [spec.title, spec.stamp, spec.coverage, spec.summary, spec.listed, *spec.notes]
            + [column for table in spec.tables for column in (table.caption, *table.columns)]
            + [entry.text for entry in spec.legend]
        )
        assert not {"révision", "flux", "territoires", "dépend", "inconnue", "Sans"} & set(
            words.replace(":", " ").split()
        )


# geometry


def test_opposite_arrows_lie_apart() -> None:
    one, other = bent((0, 0), (100, 0), (5, 5), 3, WIDE), bent((100, 0), (0, 0), (5, 5), 3, WIDE)
    ys = [[float(y) for y in re.findall(r"-?[\d.]+ (-?[\d.]+)", s.path)] for s in (one, other)]
    assert min(ys[0]) >= 0 >= max(ys[1])
    assert max(ys[0]) - min(ys[1]) > 20


@given(
    st.tuples(*(st.floats(12, 788) for _ in range(4))).filter(
        lambda e: abs(e[0] - e[2]) + abs(e[1] - e[3]) > 60
    ),
    st.floats(1, 24),
)
def test_an_arrow_stays_in_the_frame(ends: tuple[float, float, float, float], width: float) -> None:
    stroke = bent(ends[:2], ends[2:], (12, 12), width, Rect(0, 0, 800, 800))
    drawn = [float(n) for n in re.findall(r"-?[\d.]+", stroke.path)]
    # a curve is among its ends and the points that pull it
    assert all(0 <= n <= 800 for n in drawn)
    tip = [float(n) for n in re.findall(r"-?[\d.]+", stroke.head)[:2]]
    assert all(-1 <= n <= 801 for n in tip)


@pytest.mark.parametrize("make", [flows.build, interdependence.build])
def test_arrows_of_a_map_are_not_clipped(make: Any, snapshot: Snapshot) -> None:
    spec: MapSpec = make(snapshot, asked=asked("commuting"), profile="moyen")
    assert spec.links
    for link in spec.links:
        for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", link.strokes[0].path + link.strokes[0].head):
            assert 0 <= float(x) <= spec.profile.width
            assert 0 <= float(y) <= spec.profile.height


def test_one_scale_in_both_directions_and_north_upwards() -> None:
    land = ground([(2.0, 48.0), (3.0, 49.0)], Rect(0, 0, 800, 600))
    (x0, y0), (x1, y1) = land.at(2.0, 48.0), land.at(3.0, 49.0)
    assert y1 < y0
    assert x1 > x0
    # a degree of longitude is shorter by the cosine of the latitude (48.5°: 0.6626)
    assert (x1 - x0) / (y0 - y1) == pytest.approx(0.6626, abs=1e-4)
    assert y0 - y1 == pytest.approx(600)


def test_the_centre_of_a_square_is_its_middle() -> None:
    ring = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (0.0, 0.0))
    assert centre([ring]) == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize(
    ("share", "role"), [(0.0, 1), (0.249, 1), (0.25, 2), (0.5, 3), (0.749, 3), (0.75, 4), (1.0, 4)]
)
def test_shades_change_at_quarters(share: float, role: int) -> None:
    assert flows.shade(share) == f"heat{role}"
