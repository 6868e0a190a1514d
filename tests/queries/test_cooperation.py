"""Zones of cooperation and frustration, by trying every partition, and on published signed networks."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph.model import Actor, Resource
from graph.stores import Changes
from queries.envelope import zone_id
from queries.kernels.clustering import MAX_PROVEN, correlation_clustering, cost_of, frustration
from queries.kernels.partition_program import Effort
from queries.kernels.triangles import packed
from queries.pairs import pairs_of
from queries.zones_cooperation import zones_cooperation
from tests.queries import slow_mactor, slow_zones
from tests.queries.matrices import Make, cartographies, changes
from tests.queries.signed_networks import HIGHLAND_TRIBES, PETERSEN, nets

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def net_matrices(draw: st.DrawFn, most: int = 7, halves: bool = True) -> NDArray[np.float64]:
    n = draw(st.integers(1, most))
    upper = draw(st.lists(st.integers(-6, 6), min_size=n * (n - 1) // 2, max_size=n * (n - 1) // 2))
    net = np.zeros((n, n))
    net[np.triu_indices(n, 1)] = upper
    return (net + net.T) / (2 if halves else 1)


@quick
@given(net_matrices(), st.integers(0, 3))
def test_no_partition_costs_less(net: NDArray[np.float64], seed: int) -> None:
    costs = {
        tuple(labels): slow_zones.cost(net.tolist(), labels) for labels in slow_zones.partitions(len(net))
    }
    least = min(costs.values())
    best = correlation_clustering(net, seed=seed)
    assert best.optimal is True
    assert best.cost == best.lower_bound == least == costs[tuple(best.labels.tolist())]
    equals = [p for p, c in costs.items() if c == least and slow_zones.held_together(net.tolist(), p)]
    assert best.unique is (len(equals) == 1)
    for labels in itertools.islice(costs, 20):
        assert cost_of(net, np.array(labels)) == costs[labels]


@quick
@given(net_matrices(), st.integers(0, 3))
def test_no_two_camps_cost_less(net: NDArray[np.float64], seed: int) -> None:
    camps = [(0, *rest) for rest in itertools.product((0, 1), repeat=len(net) - 1)]
    costs = {labels: slow_zones.cost(net.tolist(), labels) for labels in camps}
    best = frustration(net, seed=seed)
    assert best.optimal is True
    assert best.cost == min(costs.values()) == costs[tuple(best.labels.tolist())]
    assert best.cost >= correlation_clustering(net).cost


@quick
@given(net_matrices(most=6), st.booleans())
def test_no_partition_costs_less_than_the_packed_triangles(net: NDArray[np.float64], camps: bool) -> None:
    packing = packed(net, camps=camps)
    n = len(net)
    tried = (
        [(0, *rest) for rest in itertools.product((0, 1), repeat=n - 1)]
        if camps
        else slow_zones.partitions(n)
    )
    assert packing.bound <= min(slow_zones.cost(net.tolist(), labels) for labels in tried)
    for (i, j, k), negative in zip(packing.corners.tolist(), packing.negative.tolist(), strict=True):
        assert net[j, k] < 0
        assert [bool(net[i, j] < 0), bool(net[i, k] < 0)] == [negative, negative]
        assert camps or not negative
    # none is left out that shares no weight with those taken
    taken = {frozenset(pair) for c in packing.corners.tolist() for pair in itertools.combinations(c, 2)}
    for triple in itertools.combinations(range(n), 3):
        ties = list(itertools.combinations(triple, 2))
        if sum(net[i, j] < 0 for i, j in ties) == 1 and all(net[i, j] != 0 for i, j in ties):
            assert any(frozenset(tie) in taken for tie in ties)


@quick
@given(net_matrices(most=6), st.sampled_from([0.37, 1.0 / 3.0, 7.123456789]))
def test_nets_that_are_not_halves(net: NDArray[np.float64], scale: float) -> None:
    # order 3: real nets, no rounding of bounds
    least = min(float(slow_zones.cost(net.tolist(), p)) for p in slow_zones.partitions(len(net)))
    best = correlation_clustering(net * scale)
    assert best.optimal is True
    assert best.cost == pytest.approx(least * scale)
    assert best.lower_bound == pytest.approx(best.cost)


@quick
@given(cartographies(max_actors=6, min_actors=1))
def test_the_document_says_the_best_partition(make: Make, drawn: Any) -> None:
    positions, _ = drawn
    snapshot = make(positions)
    a = slow_mactor.valued(positions, None, 2)
    assert a is not None
    n = len(positions)
    c, d = slow_mactor.agreement(a, 1), slow_mactor.agreement(a, -1)
    net = [[c[i][j] - d[i][j] for j in range(n)] for i in range(n)]
    costs = {tuple(p): slow_zones.cost(net, p) for p in slow_zones.partitions(n)}
    document = zones_cooperation(snapshot, {"order": 2})
    groups = [z["actors"] for z in document["items"]] + [[i] for i in document["ungrouped"]]
    assert sorted(i for group in groups for i in group) == list(snapshot.actors.ids)
    assert document["ungrouped"] == sorted(document["ungrouped"])
    labels = [next(k for k, g in enumerate(groups) if f"A{i}" in g) for i in range(n)]
    assert document["cost"] == document["lower_bound"] == min(costs.values()) == slow_zones.cost(net, labels)
    assert document["optimal"] is True
    equals = [p for p, x in costs.items() if x == document["cost"] and slow_zones.held_together(net, p)]
    assert document["unique"] is (len(equals) == 1)
    two = min(x for p, x in costs.items() if max(p) <= 1)
    assert document["frustration"] == {"two_camps": two, "optimal": True}
    for zone in document["items"]:
        assert zone["id"] == zone_id("cooperation", zone["actors"], {})
        places = [int(actor[1]) for actor in zone["actors"]]
        assert len(places) >= 2
        inside = list(itertools.combinations(places, 2))
        assert zone["convergent_pairs"] == sum(c[i][j] > 0 and d[i][j] == 0 for i, j in inside)
        assert zone["to_arbitrate"] == [
            {
                "a": f"A{i}",
                "b": f"A{j}",
                "objectives": [f"O{o}" for o in range(len(a[0])) if a[i][o] * a[j][o] < 0],
            }
            for i, j in inside
            if d[i][j] > 0
        ]
    order = [(-z["convergent_pairs"], z["actors"]) for z in document["items"]]
    assert order == sorted(order)


def test_highland_tribes_two_camps() -> None:
    net = nets(HIGHLAND_TRIBES)
    assert np.count_nonzero(net) == 2 * 58
    assert np.count_nonzero(net < 0) == 2 * 29
    best = frustration(net)
    assert (best.cost, best.optimal) == (7.0, True)
    assert cost_of(net, best.labels) == 7.0


def test_highland_tribes_three_clusters() -> None:
    net = nets(HIGHLAND_TRIBES)
    best = correlation_clustering(net)
    assert best.optimal
    assert best.labels.max() + 1 == 3
    # a triangle with one negative tie costs at least 1 in any partition: no shared tie, no shared cost
    used: set[tuple[int, int]] = set()
    bound = 0
    for triple in itertools.combinations(range(len(net)), 3):
        ties = list(itertools.combinations(triple, 2))
        signs = sorted(net[i, j] for i, j in ties)
        if signs == [-1.0, 1.0, 1.0] and used.isdisjoint(ties):
            used.update(ties)
            bound += 1
    assert bound <= best.cost == 2.0


def test_petersen_all_negative() -> None:
    net = nets(PETERSEN)
    assert frustration(net).cost == 15 - 12
    assert correlation_clustering(net).cost == 0
    assert sorted(correlation_clustering(net).labels.tolist()) == list(range(10))


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 9])
def test_everybody_against_everybody(n: int) -> None:
    # in two camps of n/2 and n − n/2, those of a camp are at odds
    half, rest = n // 2, n - n // 2
    best = frustration(np.ones((n, n)) * -1)
    assert best.cost == half * (half - 1) / 2 + rest * (rest - 1) / 2


def test_when_counts_run_out_the_partition_says_so() -> None:
    rng = np.random.default_rng(7)
    n = 36
    net = np.triu(rng.integers(-4, 5, (n, n)), 1).astype(np.float64)
    net += net.T
    best = correlation_clustering(net)
    assert best.optimal is False
    assert best.unique is None
    assert 0 < best.lower_bound < best.cost == cost_of(net, best.labels)
    again = correlation_clustering(net)
    assert (again.cost, again.lower_bound) == (best.cost, best.lower_bound)
    assert np.array_equal(again.labels, best.labels)


def test_beyond_sixty_actors_no_proof_is_attempted(make: Make) -> None:
    n = MAX_PROVEN + 2
    actors = [f"B{i:02}" for i in range(n)]
    rng = random.Random(3)
    positions = [[rng.randint(-4, 4) if rng.random() < 0.5 else None for _ in range(8)] for _ in range(n)]
    document = zones_cooperation(make(positions, actors=actors), {"order": 2})
    assert document["optimal"] is False
    assert document["unique"] is None
    assert 0 < document["lower_bound"] <= document["cost"]
    assert "not_proven" in [n["code"] for n in document["notes"]]


def test_families_and_resources_held_and_lacking(stores: Any) -> None:
    store = next(stores)
    drawn = changes([[3], [2], [4], [-4]])
    people = [
        Actor(id="A0", name="A", family="operateur", skills=("Maraîchage",)),
        Actor(id="A1", name="B", family="beneficiaire_indirect"),
        Actor(id="A2", name="C", family="elu"),
        Actor(id="A3", name="D", family="service"),
    ]
    resources = [
        Resource(actor="A0", resource="Local", direction="offre"),
        Resource(actor="A1", resource="local", direction="besoin"),
        Resource(actor="A1", resource="Camion", direction="besoin"),
        Resource(actor="A2", resource="maraichage", direction="besoin"),
        Resource(actor="A3", resource="Camion", direction="offre"),
    ]
    store.commit(
        Changes(puts={**drawn.puts, "actors": people, "resources": resources}),
        author="tests",
        message="familles",
    )
    document = zones_cooperation(store.snapshot(), {"order": 2})
    (zone,) = document["items"]
    assert zone["actors"] == ["A0", "A1", "A2"]
    assert document["ungrouped"] == ["A3"]
    assert zone["families"] == {
        "held": {"beneficiaire_indirect": ["A1"], "elu": ["A2"], "operateur": ["A0"]},
        "missing": ["service", "accompagnement"],
    }
    # what a member needs and another holds is not lacking; the camion is offered outside the zone
    assert zone["resources"] == {"held": ["Local", "Maraîchage"], "needed": ["Camion"]}
    assert zone["records"] == ["P1", "P2", "P3"]


def test_ties_within_rounding_weigh_nothing(make: Make) -> None:
    snapshot = make([[1, -3], [1, 3], [2, None]], [[None, 3, 1], [3, None, 1], [1, 1, None]])
    for order in (1, 2, 3):
        pairs = pairs_of(snapshot, order)
        assert np.array_equal(pairs.net, pairs.net.T)
        assert (pairs.net[0, 1] == 0) == (abs(pairs.c[0, 1] - pairs.d[0, 1]) < 1e-12)


def test_exact_lifts_the_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Effort, "interactive", classmethod(lambda cls: cls(nodes=1, work=1, cuts=400)))
    rng = np.random.default_rng(1)
    net = np.triu(rng.integers(-4, 5, (16, 16)), 1).astype(np.float64)
    net += net.T
    page, proof = correlation_clustering(net), correlation_clustering(net, exact=True)
    assert page.optimal is False
    assert proof.optimal is True
    assert page.lower_bound <= proof.cost <= page.cost
    assert proof.unique in (True, False)
    # no single move improves what is proven best
    for i in range(16):
        for target in range(17):
            moved = proof.labels.copy()
            moved[i] = target
            assert cost_of(net, moved) >= proof.cost
