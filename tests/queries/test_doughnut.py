"""The doughnut against published values, and against its definition restated."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import Changes, Store
from graph.errors import UnknownFilter
from graph.model import Indicator, Territory, Threshold
from queries.doughnut import MAX_GAPS, read
from queries.registry import ANALYSES, run
from tests.queries.neighbours import neighbours
from tests.queries.territory import all_of, town

# A. L. Fanning and K. Raworth, "Doughnut of social and planetary boundaries monitors a world out of balance", 2025,
# doi 10.5281/zenodo.15688961, group table of 2017: value, boundary, published 100·(ratio − 1).
PUBLISHED = {
    "co2_footprint": (0.95, {"B40": (0.94, -1.2), "M40": (4.26, 348.1), "T20": (11.65, 1126.4)}),
    "P_footprint": (0.85, {"B40": (1.54, 80.7), "M40": (3.08, 262.5), "T20": (4.17, 390.4)}),
    "N_footprint": (8.5, {"B40": (10.6, 24.7), "M40": (21.44, 152.2), "T20": (32.41, 281.3)}),
    "blueH2O_footprint": (384, {"B40": (207.12, -46.1), "M40": (163.03, -57.5), "T20": (267.11, -30.4)}),
    "species_footprint": (0.51, {"B40": (0.3, -42), "M40": (0.67, 30.7), "T20": (1.86, 264.9)}),
    "hanpp_footprint": (1.47, {"B40": (1.51, 3), "M40": (2.04, 38.9), "T20": (3.06, 108.1)}),
}
HALF = 0.005
"""Values and boundaries are published with two decimals, percentages with one."""


def ask(store: Store, **given: object) -> Any:
    return run(store, ANALYSES["doughnut"], given)


def test_published_overshoots_within_their_rounding(stores: Any) -> None:
    store: Store = next(stores)
    store.commit(
        Changes(
            puts={
                "territories": [Territory(id=g, name=g) for g in ("B40", "M40", "T20")],
                "indicators": [
                    Indicator(territory=group, indicator=name, year=2017, value=value)
                    for name, (_, rows) in PUBLISHED.items()
                    for group, (value, _) in rows.items()
                ],
                "thresholds": [
                    Threshold(indicator=name, dimension="planète", ceiling=bound, direction="bas")
                    for name, (bound, _) in PUBLISHED.items()
                ],
            }
        ),
        author="tests",
        message="2017",
    )
    items = ask(store)["items"]
    assert len(items) == 18
    for item in items:
        bound, rows = PUBLISHED[item["indicator"]]
        value, published = rows[item["territory"]]
        low = 100 * ((value - HALF) / (bound + HALF) - 1) - 0.05
        high = 100 * ((value + HALF) / (bound - HALF) - 1) + 0.05
        assert low <= 100 * (item["ratio"] - 1) <= high
        assert low <= published <= high
        assert item["status"] == ("over" if published > 0 else "ok")
        assert item["side"] == "ecological"


@pytest.mark.parametrize(
    ("value", "floor", "ceiling", "direction", "expected"),
    [
        (None, 60, None, "haut", ("no_value", None, "social")),
        (None, None, 10, "bas", ("no_value", None, "ecological")),
        (None, None, None, None, ("no_value", None, "")),
        (5, None, None, "haut", ("no_threshold", None, "")),
        (30, 60, None, "haut", ("short", 0.5, "social")),
        (60, 60, None, "haut", ("ok", 1, "social")),
        (30, 60, None, None, ("short", 0.5, "social")),
        (15, None, 10, "bas", ("over", 1.5, "ecological")),
        (15, None, 10, None, ("over", 1.5, "ecological")),
        (10, None, 10, "bas", ("ok", 1, "ecological")),
        # a floor where less is better: at most so many poor
        (20, 10, None, "bas", ("short", 0.5, "social")),
        (5, 10, None, "bas", ("ok", 2, "social")),
        (0, 10, None, "bas", ("ok", None, "social")),
        # a ceiling where more is better: at least so much forest left
        (40, None, 60, "haut", ("over", 1.5, "ecological")),
        (80, None, 60, "haut", ("ok", 0.75, "ecological")),
        # a bound of zero: the comparison alone
        (5, None, 0, "bas", ("over", None, "ecological")),
        (0, None, 0, "bas", ("ok", None, "ecological")),
        (-1, 0, None, "haut", ("short", None, "social")),
        (0, 0, None, "haut", ("ok", None, "social")),
        (3, 0, None, "bas", ("short", None, "social")),
        # between both
        (40, 50, 150, "haut", ("short", 0.8, "social")),
        (100, 50, 150, "haut", ("ok", 2, "social")),
        (300, 50, 150, "bas", ("over", 2, "ecological")),
        (30, 50, 150, "bas", ("short", 0.2, "ecological")),
    ],
)
def test_readings_by_hand(
    value: float | None,
    floor: float | None,
    ceiling: float | None,
    direction: str | None,
    expected: tuple[str, float | None, str],
) -> None:
    found = read(value, floor, ceiling, direction)
    assert (found.status, found.ratio, found.side) == expected


positive = st.floats(0.001, 1e9)


@settings(deadline=None)
@given(positive, positive, st.sampled_from(["haut", "bas"]), st.booleans())
def test_a_ratio_crosses_one_where_the_status_changes(
    value: float, bound: float, direction: str, social: bool
) -> None:
    found = read(value, bound if social else None, None if social else bound, direction)
    good = value >= bound if direction == "haut" else value <= bound
    assert (found.status == "ok") is good
    assert found.ratio is not None
    # on the social side 1 or more is enough, on the ecological side 1 or less
    assert good is (found.ratio >= 1 if social else found.ratio <= 1) or value == pytest.approx(bound)


@pytest.fixture(scope="module")
def store(stores: Any) -> Store:
    found: Store = next(stores)
    found.commit(all_of(town(), neighbours()), author="tests", message="voisines")
    return found


def told(document: Any) -> list[tuple[str, str, object, object, str]]:
    return [(i["territory"], i["indicator"], i["value"], i["year"], i["status"]) for i in document["items"]]


def test_what_is_missing_where_is_a_result(store: Store) -> None:
    document = ask(store)
    assert told(document) == [
        ("V", "Eau", None, None, "no_value"),
        ("V", "Espaces verts", 8.0, 2020, "short"),
        ("V", "NO2", 15.0, 2020, "over"),
        ("V", "Pauvreté", None, None, "no_value"),
        ("W", "Eau", 140.0, 2019, "no_threshold"),
        ("W", "Espaces verts", 15.0, 2018, "ok"),
        ("W", "NO2", None, None, "no_value"),
        ("W", "Pauvreté", 12.5, 2019, "short"),
    ]
    assert [(i["ratio"], i["side"], i["dimension"]) for i in document["items"][1:3]] == [
        (0.8, "social", "Santé"),
        (1.5, "ecological", "Air"),
    ]
    assert [n["code"] for n in document["notes"]] == ["mixed_years", "gaps"]
    # who is located there; who already brings data first
    assert [(g["territory"], g["indicator"], g["actors"]) for g in document["gaps"]] == [
        ("V", "Eau", ["MARCHE", "AMAP", "MAIRIE"]),
        ("V", "Pauvreté", ["MARCHE", "AMAP", "MAIRIE"]),
        ("W", "NO2", ["PROD"]),
    ]
    # the statement that the market brings data, and the value known elsewhere
    assert document["gaps"][0]["records"] == ["C1", "N6"]


def test_records_are_the_value_and_the_threshold(store: Store) -> None:
    item = ask(store, territory="V")["items"][0]
    value, threshold = (
        store.get(table, record)
        for table, record in zip(("indicators", "thresholds"), item["records"], strict=True)
    )
    assert value.value.value == item["value"]
    assert threshold.value.floor == item["floor"] == 10


def test_a_year_and_territories_may_be_asked(store: Store) -> None:
    assert told(ask(store, territory=["V", "W"], year=2018)) == [
        ("V", "Eau", None, None, "no_value"),
        ("V", "Espaces verts", 6.0, 2018, "short"),
        ("V", "NO2", None, None, "no_value"),
        ("V", "Pauvreté", None, None, "no_value"),
        ("W", "Eau", None, None, "no_value"),
        ("W", "Espaces verts", 15.0, 2018, "ok"),
        ("W", "NO2", None, None, "no_value"),
        ("W", "Pauvreté", None, None, "no_value"),
    ]
    only = ask(store, territory="D")
    # the département has no value of its own: those of its communes are never averaged
    assert {i["status"] for i in only["items"]} == {"no_value"}
    assert only["params"]["territory"] == ["D"]
    with pytest.raises(UnknownFilter, match="lune"):
        ask(store, territory=["V", "lune"])


def test_units_that_differ_are_said(stores: Any) -> None:
    store: Store = next(stores)
    facts = neighbours()
    facts["indicators"].append(Indicator(territory="D", indicator="NO2", year=2020, value=15, unit="ppm"))
    store.commit(all_of(town(), facts), author="tests", message="unités")
    assert "mixed_units" in [n["code"] for n in ask(store)["notes"]]
    assert "mixed_units" not in [n["code"] for n in ask(store, territory="V")["notes"]]


def test_many_gaps_are_counted(stores: Any) -> None:
    store: Store = next(stores)
    count = MAX_GAPS + 5
    store.commit(
        Changes(
            puts={
                "territories": [Territory(id="T", name="T")],
                "thresholds": [Threshold(indicator=f"I{k}", dimension="d", floor=1.0) for k in range(count)],
            }
        ),
        author="tests",
        message="seuils",
    )
    document = ask(store, territory="T")
    assert len(document["gaps"]) == MAX_GAPS
    assert str(count) in document["notes"][0]["text"]
