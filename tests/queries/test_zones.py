"""Zones of convergence and of conflict against their definitions, by trying every pattern."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queries.envelope import zone_id
from queries.kernels import patterns
from queries.zones_conflict import zones_conflict
from queries.zones_convergence import distinct, zones_convergence
from tests.queries import slow_mactor, slow_zones
from tests.queries.matrices import Make, cartographies

quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SHOWN = 50


def named(pattern: dict[int, int]) -> dict[str, int]:
    return {f"O{o}": s for o, s in pattern.items()}


def actors(places: Any) -> list[str]:
    return [f"A{i}" for i in places]


@quick
@given(cartographies(max_actors=7, min_actors=2), st.sampled_from([1, 2]))
def test_convergence_is_every_maximal_zone(make: Make, drawn: Any, order: int) -> None:
    positions, stated = drawn
    a = slow_mactor.valued(positions, None, order)
    assert a is not None
    expected = slow_zones.convergences(a)[:SHOWN]
    snapshot = make(positions, stated)
    document = zones_convergence(snapshot, {"order": order})
    assert document["exact"] is True
    assert document["missed_at_most"] is None
    assert [(z["actors"], z["pattern"], z["strength"]) for z in document["items"]] == [
        (actors(z["actors"]), named(z["pattern"]), z["strength"]) for z in expected
    ]
    for zone in document["items"]:
        assert zone["id"] == zone_id("convergence", zone["actors"], zone["pattern"])
        assert zone["targets"] == {"carried": [], "opposed": []}
        assert len(zone["records"]) == len(zone["actors"]) * len(zone["pattern"])


@quick
@given(cartographies(max_actors=6, min_actors=2))
def test_zones_of_order_3_are_weighted_by_forces(make: Make, drawn: Any) -> None:
    positions, stated = drawn
    force = slow_mactor.strength(slow_mactor.mdii(slow_mactor.influences(stated)))
    a = slow_mactor.valued(positions, force, 3)
    if a is None:
        return
    snapshot = make(positions, stated)
    strengths = {
        (tuple(actors(z["actors"])), tuple(sorted(named(z["pattern"]).items()))): float(z["strength"])
        for z in slow_zones.convergences(a)
    }
    found = zones_convergence(snapshot, {"order": 3})["items"]
    assert len(found) == min(len(strengths), SHOWN)
    for zone in found:
        key = tuple(zone["actors"]), tuple(sorted(zone["pattern"].items()))
        assert zone["strength"] == pytest.approx(strengths[key])
    intensities = [float(z["intensity"]) for z in slow_zones.conflicts(a)][:SHOWN]
    shown = [z["intensity"] for z in zones_conflict(snapshot, {"order": 3})["items"]]
    assert shown == pytest.approx(intensities)


@quick
@given(cartographies(max_actors=7, min_actors=2), st.sampled_from([1, 2]))
def test_conflict_is_every_closed_opposition(make: Make, drawn: Any, order: int) -> None:
    positions, stated = drawn
    a = slow_mactor.valued(positions, None, order)
    assert a is not None
    expected = slow_zones.conflicts(a)[:SHOWN]
    document = zones_conflict(make(positions, stated), {"order": order})
    assert document["exact"] is True
    assert document["missed_at_most"] is None
    assert [(z["pattern"], z["for"], z["against"], z["intensity"]) for z in document["items"]] == [
        (
            named(z["pattern"]),
            {"actors": actors(z["for"]), "force": z["forces"][0]},
            {"actors": actors(z["against"]), "force": z["forces"][1]},
            z["intensity"],
        )
        for z in expected
    ]
    for zone, slow in zip(document["items"], expected, strict=True):
        first = min(zone["pattern"])
        assert zone["pattern"][first] == 1
        both = [*zone["for"]["actors"], *zone["against"]["actors"]]
        assert zone["id"] == zone_id("conflict", both, zone["pattern"])
        others: dict[str, list[str]] = {"neutral": [], "mixed": [], "unknown": []}
        for i, row in enumerate(positions):
            said = [row[o] for o in slow["pattern"] if row[o] is not None]
            if i not in slow["for"] and i not in slow["against"]:
                others["mixed" if any(said) else "neutral" if said else "unknown"].append(f"A{i}")
        assert zone["others"] == others
        between = slow_zones.third_parties(a, slow)
        assert {t["actor"] for t in zone["third_parties"]} == set(actors(between))
        for third in zone["third_parties"]:
            favour, against = between[int(third["actor"][1])]
            assert third["for"] == pytest.approx(float(favour))
            assert third["against"] == pytest.approx(float(against))
            assert third["actor"] in others[third["stance"]]
            assert third["trusted"] is False
            assert third["records"]


def test_a_zone_id_by_hand() -> None:
    text = '{"actors":["A1","A2"],"kind":"convergence","pattern":{"O1":1,"O3":-1}}'
    expected = hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
    assert zone_id("convergence", ["A2", "A1"], {"O3": -1, "O1": 1}) == expected
    # the digits themselves, so that ids kept in people's notes never move
    assert expected == "7000aa07786b"


def test_joint_opposition_converges_too(make: Make) -> None:
    (zone,) = zones_convergence(make([[-3], [-1], [2], [None]]), {"order": 2})["items"]
    assert (zone["actors"], zone["pattern"], zone["strength"]) == (["A0", "A1"], {"O0": -1}, 4.0)
    # spaces that French punctuation ties to its word
    assert zone["because"].replace("\u00a0", " ") == (
        "Acteur A0 et Acteur A1 : ces 2 acteurs s'opposent à « Objectif O0 » (force 4)."
    )


def dense(seed: int, n: int, m: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.random.default_rng(seed).integers(-4, 5, (n, m)).astype(np.float64)


@pytest.mark.parametrize("budget", [1, 3, 10, 40])
@pytest.mark.parametrize("search", [patterns.convergences, patterns.oppositions])
def test_an_exhausted_search_says_what_it_may_have_missed(search: Any, budget: int) -> None:
    held = dense(5, 12, 7)
    whole = search(held, limit=10_000)
    assert whole.exact
    cut = search(held, limit=10_000, max_expansions=budget)
    assert not cut.exact
    assert cut.missed_at_most is not None
    known = set(whole.zones)
    assert set(cut.zones) < known

    def main(zone: Any) -> float:
        return float(zone.strength if hasattr(zone, "strength") else zone.intensity)

    assert max(main(z) for z in known - set(cut.zones)) <= cut.missed_at_most
    again = search(held, limit=10_000, max_expansions=budget)
    assert again == cut


@pytest.mark.parametrize("search", [patterns.convergences, patterns.oppositions])
def test_the_work_of_a_search_is_bounded_too(search: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    held = dense(5, 12, 7)
    # one node of 14 signed objectives × 12 actors costs 2 · 14² · 12 products
    monkeypatch.setattr(patterns, "MAX_PRODUCTS", 3 * 2 * 14**2 * 12)
    assert search(held, limit=10_000) == search(held, limit=10_000, max_expansions=3)


@pytest.mark.parametrize("limit", [1, 2, 5, 17])
@pytest.mark.parametrize("search", [patterns.convergences, patterns.oppositions])
def test_few_zones_are_the_first_of_many(search: Any, limit: int) -> None:
    for seed in range(5):
        held = dense(seed, 9, 6)
        assert search(held, limit=limit).zones == search(held, limit=10_000).zones[:limit]


def test_no_zone_without_two_actors_or_any_sign(make: Make) -> None:
    for positions in ([[3]], [[3], [None]], [[0], [0]], [[3], [-2]]):
        assert zones_convergence(make(positions), {"order": 2})["items"] == []
    for positions in ([[3]], [[3], [2]], [[0], [0]]):
        assert zones_conflict(make(positions), {"order": 2})["items"] == []
    for analysis in (zones_convergence, zones_conflict):
        assert analysis(make([]), {"order": 2})["items"] == []


def test_a_screen_leaves_out_what_a_stronger_zone_says(make: Make) -> None:
    items = zones_convergence(make([[3, 3, 3], [3, 3, 3], [3, None, None]]), {"order": 2})["items"]
    assert [len(z["actors"]) * len(z["pattern"]) for z in items] == [6, 3]
    # the second shares 2 of its 3 cells with the first
    assert distinct(items) == items[:1]
    items = zones_convergence(make([[3, 3], [3, 3], [3, None], [3, None]]), {"order": 2})["items"]
    # here 2 of 4 cells: half, not over half
    assert [z["actors"] for z in items] == [["A0", "A1"], ["A0", "A1", "A2", "A3"]]
    assert distinct(items) == items
