"""What stands around a conflict: latent tensions, third parties, targets and sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graph import Snapshot, Store
from graph.model import Actor, Fact, Objective, ObjectiveLink, Participation, Project, Target
from queries.latent import MAX_LATENT, latent_tensions
from queries.pairs import divergences
from queries.zones_conflict import MAX_THIRD_PARTIES, zones_conflict
from queries.zones_convergence import zones_convergence
from tests.queries.territory import all_of, position, town

ORDER_2 = {"order": 2}


@pytest.fixture(scope="module")
def market(stores: Any) -> Snapshot:
    store: Store = next(stores)
    store.commit(all_of(town()), author="tests", message="la ville")
    return store.snapshot()


def test_market_and_amap_nobody_opposes_and_yet_a_tension(market: Snapshot) -> None:
    document = zones_conflict(market, ORDER_2)
    assert [z for z in document["items"] if "PANIERS" in z["pattern"] or "ETALS" in z["pattern"]] == []
    pairs = [(t["a"], t["b"], t["objectives"]) for t in document["latent"]]
    # PANIERS is upheld by AMAP (bears, supports) and PROD; ETALS by MARCHE and PROD; nobody is in tension with itself
    assert pairs == [
        ("AMAP", "MARCHE", ["PANIERS", "ETALS"]),
        ("AMAP", "PROD", ["PANIERS", "ETALS"]),
        ("MARCHE", "PROD", ["ETALS", "PANIERS"]),
    ]
    # the link, what AMAP and MARCHE said of their own objective
    assert document["latent"][0]["records"] == ["L1", "P1", "P3"]
    for tension in document["latent"]:
        assert set(tension) == {"a", "b", "objectives", "because", "records"}
        for name in (market.actors.name(tension["a"]), market.objectives.name(tension["objectives"][0])):
            assert name in tension["because"]


def test_a_latent_tension_never_enters_divergences(market: Snapshot) -> None:
    divergent = {(p["a"], p["b"]) for p in divergences(market, ORDER_2)["items"]}
    assert ("AMAP", "MARCHE") not in divergent


def test_a_link_whose_objective_is_out_of_scope_says_nothing(market: Snapshot) -> None:
    only = market.restricted(objectives=np.array([o.id != "ETALS" for o in market.objectives]))
    assert latent_tensions(only)[0] == []


def test_too_many_latent_tensions_are_counted(stores: Any) -> None:
    store: Store = next(stores)
    side = 40
    facts: dict[str, list[Fact]] = {
        "actors": [Actor(id=f"{s}{i}", name=f"{s}{i}") for s in "AB" for i in range(side)],
        "objectives": [
            Objective(id="OA", name="a", bearers=tuple(f"A{i}" for i in range(side))),
            Objective(id="OB", name="b", bearers=tuple(f"B{i}" for i in range(side))),
        ],
        "objective_links": [ObjectiveLink(source_objective="OA", target_objective="OB", kind="contredit")],
    }
    store.commit(all_of(facts), author="tests", message="beaucoup")
    document = zones_conflict(store.snapshot(), ORDER_2)
    assert len(document["latent"]) == MAX_LATENT
    (cut,) = [n for n in document["notes"] if n["code"] == "latent_cut"]
    assert str(side * side) in cut["text"]


@pytest.fixture(scope="module")
def quarrel(stores: Any) -> Snapshot:
    """F for and G against O1; the rest says who could stand between."""
    store: Store = next(stores)
    actors = ["F", "G", "NEAR", "SILENT", "TORN", "ONESIDED"]
    facts: dict[str, list[Fact]] = {
        "actors": [Actor(id=i, name=i) for i in actors],
        "objectives": [Objective(id=o, name=o) for o in ("O1", "O2", "O3")],
        "projects": [Project(id="P", name="P")],
        "targets": [Target(project="P", objective="O1"), Target(project="P", objective="O3")],
        "participations": [Participation(actor="NEAR", project="P", posture="tiers_de_confiance")],
        "positions": [
            *(position("F", "O1", 3), position("F", "O2", 2), position("F", "O3", 1)),
            *(position("G", "O1", -4), position("G", "O2", 3), position("G", "O3", -1)),
            # agrees with both on O2; C = 2 with F and 2.5 with G, nothing against
            *(position("NEAR", "O1", 0), position("NEAR", "O2", 2)),
            # agrees with both on O2 (3 and 3.5), differs with G on O3 (1.5)
            *(position("SILENT", "O2", 4), position("SILENT", "O3", 2)),
            # has a sign on the pattern's objective
            *(position("TORN", "O1", 2), position("TORN", "O2", 1), position("TORN", "O3", -1)),
            # agrees with F alone
            position("ONESIDED", "O3", 1),
        ],
    }
    store.commit(all_of(facts), author="tests", message="dispute")
    return store.snapshot()


def test_third_parties_by_hand(quarrel: Snapshot) -> None:
    items = zones_conflict(quarrel, {**ORDER_2, "project": "P"})["items"]
    # all who match O1+ stand for it, TORN included
    (zone,) = [z for z in items if z["pattern"] == {"O1": 1}]
    assert zone["for"] == {"actors": ["F", "TORN"], "force": 5.0}
    assert zone["against"] == {"actors": ["G"], "force": 4.0}
    assert zone["intensity"] == 4.0
    assert zone["others"] == {"neutral": ["NEAR"], "mixed": [], "unknown": ["ONESIDED", "SILENT"]}
    assert zone["targets"] == {"carried": ["O1"], "opposed": []}
    by_name = {t["actor"]: t for t in zone["third_parties"]}
    assert set(by_name) == {"NEAR", "SILENT"}
    near, silent = by_name["NEAR"], by_name["SILENT"]
    assert (near["for"], near["against"], near["stance"], near["trusted"]) == (1.0, 1.0, "neutral", True)
    # with F and TORN: O2 (3 + 2.5) and O3 with F (1.5), against O3 of TORN (1.5); with G: 3.5 against 1.5
    assert silent["for"] == pytest.approx(7.0 / 8.5)
    assert silent["against"] == pytest.approx(3.5 / 5.0)
    assert (silent["stance"], silent["trusted"]) == ("unknown", False)
    ids = {(v.value.actor, v.value.objective): v.id for v in quarrel.records("positions")}  # type: ignore[attr-defined]
    assert set(near["records"]) == {ids[a, "O2"] for a in ("NEAR", "F", "G", "TORN")}
    assert set(zone["records"]) == {ids[a, "O1"] for a in ("F", "G", "TORN")}


def test_the_best_third_parties_are_listed_and_a_note_counts_the_others(stores: Any) -> None:
    store: Store = next(stores)
    many = [f"T{n:02}" for n in range(MAX_THIRD_PARTIES + 3)]
    facts: dict[str, list[Fact]] = {
        "actors": [Actor(id=i, name=i) for i in ("F", "G", *many)],
        "objectives": [Objective(id=o, name=o) for o in ("O1", "O2")],
        "positions": [
            *(position("F", "O1", 1), position("G", "O1", -1)),
            *(position(a, "O2", 1) for a in ("F", "G", *many)),
        ],
    }
    store.commit(all_of(facts), author="tests", message="beaucoup de tiers")
    document = zones_conflict(store.snapshot(), ORDER_2)
    (zone,) = document["items"]
    assert [t["actor"] for t in zone["third_parties"]] == many[:MAX_THIRD_PARTIES]
    (cut,) = [n for n in document["notes"] if n["code"] == "third_parties_cut"]
    assert str(len(many)) in cut["text"]


def test_targets_carried_and_opposed(quarrel: Snapshot) -> None:
    (zone,) = [
        z
        for z in zones_conflict(quarrel, {**ORDER_2, "project": "P"})["items"]
        if z["pattern"] == {"O1": 1, "O3": 1}
    ]
    assert zone["targets"] == {"carried": ["O1", "O3"], "opposed": []}
    together = zones_convergence(quarrel, {**ORDER_2, "project": "P"})["items"]
    for found in together:
        assert found["targets"]["carried"] == [o for o in ("O1", "O3") if found["pattern"].get(o) == 1]
        assert found["targets"]["opposed"] == [o for o in ("O1", "O3") if found["pattern"].get(o) == -1]
    assert any(found["targets"]["opposed"] for found in together)


def test_a_zone_explains_itself_in_both_languages(quarrel: Snapshot) -> None:
    for lang, between in (("fr", "«"), ("en", "'O1'")):
        zone = zones_conflict(quarrel, ORDER_2, lang)["items"][0]
        assert between in zone["because"]
        for actor in (*zone["for"]["actors"], *zone["against"]["actors"]):
            assert actor in zone["because"]
