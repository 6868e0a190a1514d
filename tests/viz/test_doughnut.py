"""The doughnut drawn: depths restated from the document, statuses told apart without colour, every row with its records."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as Tree

import pytest

from graph import Changes, Snapshot
from graph.model import Actor, Indicator, Territory, Threshold
from queries.doughnut import STATUSES, doughnut
from viz.charts import Chart, render_chart_html, render_chart_svg
from viz.charts.doughnut import build
from viz.charts.doughnut_words import CAP, sectors_of
from viz.charts.spec import Path, Text
from viz.charts.wedges import striped, stripes, wedge
from viz.metrics import text_width
from viz.spec import PROFILES

from .conftest import Compose

VALUES = {
    "Soins": ("santé", 6.0, 8.0, None, "haut"),
    "Repas": ("alimentation", 60.0, 50.0, None, "haut"),
    "Haies": ("biodiversité", None, 60.0, None, "haut"),
    "Carbone": ("climat", 7.8, None, 2.0, "bas"),
    "Azote": ("eau", 3.0, None, 2.0, "bas"),
    "Bruit": (None, 4.0, None, None, None),
}
"""By indicator: dimension, value, floor, ceiling, direction. One of each status, and an overshoot beyond the cap."""


def facts(territories: int = 2) -> Changes:
    places = [Territory(id=f"T{k}", name=f"Communauté {k}", type="epci") for k in range(territories)]
    return Changes(
        puts={
            "territories": places,
            "actors": [Actor(id="A", name="Observatoire", territory="T0")],
            "indicators": [
                Indicator(territory=t.id, indicator=name, year=2023, value=value, unit="u", source="essai")
                for t in places
                for name, (_, value, *_rest) in VALUES.items()
                if value is not None
            ],
            "thresholds": [
                Threshold(indicator=name, dimension=dimension, floor=low, ceiling=high, direction=way)
                for name, (dimension, _, low, high, way) in VALUES.items()
                if dimension is not None
            ],
        }
    )


@pytest.fixture
def snapshot(compose: Compose) -> Snapshot:
    return compose(0, facts())


def drawn(snapshot: Snapshot, profile: str = "grand", lang: str = "fr", **params: Any) -> Chart:
    return build(snapshot, doughnut(snapshot, params, lang), profile=profile, lang=lang)


def paths(chart: Chart, key: str) -> list[Path]:
    return [mark for mark in chart.marks if isinstance(mark, Path) and mark.title.startswith(f"{key} ·")]


def radii(path: Path) -> list[float]:
    return [float(radius) for radius in re.findall(r"A([\d.]+)", path.d)]


def test_depths_are_the_ratios_of_the_document(snapshot: Snapshot) -> None:
    chart = drawn(snapshot, territory=["T0"])
    keys = {s.indicator: s.key for s in sectors_of(doughnut(snapshot, {"territory": ["T0"]})["items"])}
    room, failed = paths(chart, keys["Soins"])
    floor, hole = max(radii(room)), min(radii(room))
    # 6 of 8: a quarter of the way from the floor to the hole
    assert min(radii(failed)) == pytest.approx(floor - 0.25 * (floor - hole), abs=0.2)
    assert max(radii(failed)) == floor
    room, failed = paths(chart, keys["Azote"])
    ceiling, edge = min(radii(room)), max(radii(room))
    # 3 of 2: half a time over, on a room that ends at CAP times the ceiling
    assert max(radii(failed)) == pytest.approx(ceiling + 0.5 / (CAP - 1) * (edge - ceiling), abs=0.2)
    _, failed = paths(chart, keys["Carbone"])
    assert max(radii(failed)) == edge
    assert any("3 fois le plafond" in entry.text for entry in chart.legend)


def test_every_status_is_told_without_colour(snapshot: Snapshot) -> None:
    document = doughnut(snapshot, {})
    assert {item["status"] for item in document["items"]} == set(STATUSES)
    chart = build(snapshot, document)
    keys = {s.indicator: s.key for s in sectors_of(document["items"])}

    def look(name: str) -> set[tuple[bool, bool, bool]]:
        """What is filled and what is dashed or striped, whatever the colour."""
        at = max(
            k
            for k, m in enumerate(chart.marks)
            if isinstance(m, Path) and m.title.startswith(f"{keys[name]} ·")
        )
        marks = chart.marks[at : at + 3]
        return {
            (bool(m.fill), bool(m.dash), m.d.count("M") > 3)
            for m in marks
            if isinstance(m, Path) and (m.title == "" or m.title.startswith(f"{keys[name]} ·"))
        }

    assert len({frozenset(look(name)) for name in ("Soins", "Repas", "Haies", "Bruit")}) == 4


def test_what_is_unknown_is_hatched_and_never_good_nor_bad(snapshot: Snapshot) -> None:
    chart = drawn(snapshot)
    (key,) = [s.key for s in sectors_of(doughnut(snapshot, {})["items"]) if s.indicator == "Haies"]
    assert paths(chart, key)
    for path in paths(chart, key):
        assert path.fill == ""
        assert "inconnue" in path.title
        after = chart.marks[chart.marks.index(path) + 1]
        assert isinstance(after, Path)
        assert after.d.count("M") > 3
    assert "Haies" in {row.cells[2].text for row in chart.tables[1].rows}
    assert {row.cells[3].text for row in chart.tables[1].rows if row.cells[0].text == "Communauté 0"} == {
        "Observatoire"
    }


def test_the_table_holds_every_item_with_its_records(snapshot: Snapshot) -> None:
    document = doughnut(snapshot, {})
    table = build(snapshot, document).tables[0]
    assert [row.records for row in table.rows] == [tuple(item["records"]) for item in document["items"]]
    assert [row.cells[5].number for row in table.rows] == [item["value"] for item in document["items"]]


def test_year_unit_and_source_are_always_said(snapshot: Snapshot) -> None:
    chart = drawn(snapshot)
    for said in ("2023", "unités : u", "essai"):
        assert said in chart.provenance
        assert said in render_chart_html(chart)
    assert "essai" in render_chart_svg(chart)


@pytest.mark.parametrize("profile", sorted(PROFILES))
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_texts_stay_inside_and_keep_apart(profile: str, count: int, compose: Compose) -> None:
    chart = drawn(compose(0, facts(count)), profile)
    boxes = []
    for mark in chart.marks:
        if not isinstance(mark, Text):
            continue
        width = text_width(mark.text, mark.size, bold=mark.bold)
        left = mark.x - {"start": 0, "middle": width / 2, "end": width}[mark.anchor]
        boxes.append((left, mark.y - 0.7 * mark.size, left + width, mark.y + 0.2 * mark.size, mark.text))
        # a key may shrink with its wedge, nothing else is smaller than the labels of the profile
        assert mark.size >= min(PROFILES[profile].label, 14)
    for left, top, right, bottom, text in boxes:
        assert left >= 0, text
        assert right <= chart.width, text
        assert top >= 0, text
        assert bottom <= chart.height, text
    for k, a in enumerate(boxes):
        for b in boxes[k + 1 :]:
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]), (a, b)
    if PROFILES[profile].projected:
        assert chart.height <= PROFILES[profile].height


def test_the_picture_is_well_formed_and_the_page_runs_nothing(snapshot: Snapshot) -> None:
    chart = drawn(snapshot)
    picture = Tree.fromstring(str(render_chart_svg(chart)))
    assert not [e for e in picture.iter() if "style" in e.attrib]
    text = render_chart_html(chart)
    assert "script-src 'none'" in text.replace("&#39;", "'")
    assert "<script" not in text


def test_an_empty_store_says_what_to_import(compose: Compose) -> None:
    chart = drawn(compose(0, Changes()))
    assert "indicateurs" in render_chart_html(chart)
    assert chart.nothing


def test_english_says_no_french(snapshot: Snapshot) -> None:
    chart = drawn(snapshot, lang="en")
    words = " ".join(
        [chart.title, chart.provenance, chart.summary, *chart.notes]
        + [column for table in chart.tables for column in (table.caption, *table.columns)]
        + [entry.text for entry in chart.legend]
    )
    assert not {"plancher", "plafond", "inconnue", "Territoire", "valeur", "seuil", "dont"} & set(
        words.split()
    )


# geometry


@pytest.mark.parametrize(
    "make",
    [
        lambda s: stripes((0, 0), 40, 90, 0.2, 1.9, s),
        lambda s: stripes((0, 0), 40, 90, 0.2, 1.9, s, down=True),
    ],
)
def test_stripes_stay_in_their_wedge(make: Callable[[float], str]) -> None:
    ends = [tuple(map(float, pair)) for pair in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", make(5.0))]
    assert len(ends) > 20
    for x, y in ends:
        assert 39 <= math.hypot(x, y) <= 90.5
        assert 0.15 <= math.atan2(x, -y) <= 1.95


def test_stripes_of_a_square_are_as_long_as_its_area_says() -> None:
    path = striped([(0, 0), (100, 0), (100, 100), (0, 100)], 1.0)
    numbers = [
        tuple(map(float, line)) for line in re.findall(r"M(-?[\d.]+) (-?[\d.]+)L(-?[\d.]+) (-?[\d.]+)", path)
    ]
    length = sum(math.dist(line[:2], line[2:]) for line in numbers)
    # lines at 45°, one pixel apart along the axis: 1/√2 between two
    assert length / math.sqrt(2) == pytest.approx(100 * 100, rel=0.01)


def test_a_wedge_over_half_a_turn_takes_the_long_way() -> None:
    assert " 0 1 1 " in wedge((0, 0), 1, 2, 0, 4)
    assert " 0 0 1 " in wedge((0, 0), 1, 2, 0, 3)
