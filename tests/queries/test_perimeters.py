"""Travel-to-work areas by their definition, by hand and against a naive restatement."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import Changes, Store
from graph.errors import InvalidCall
from graph.model import Flow, Territory
from queries.envelope import zone_id
from queries.kernels.travel_to_work import Limits, areas
from queries.registry import ANALYSES, run
from tests.queries.neighbours import commuting

Flows = dict[tuple[int, int], int]
BRITISH = Limits(3_500, 25_000, 2 / 3, 0.75)


def found(flows: Flows, count: int, limits: Limits, outside: int = 0) -> tuple[list[set[int]], list[int]]:
    """Areas and what is left; ``outside`` more workers leave each zone for elsewhere."""
    held = list(flows.items())
    columns = [np.array([pair[k] for pair, _ in held], dtype=np.int64) for k in (0, 1)]
    residents = np.array(
        [outside + sum(q for (a, _), q in held if a == z) for z in range(count)], dtype=float
    )
    jobs = np.array([sum(q for (_, b), q in held if b == z) for z in range(count)], dtype=float)
    made, lost = areas(*columns, np.array([q for _, q in held], dtype=np.float64), residents, jobs, limits)
    return [set(area.zones) for area in made], lost


@pytest.mark.parametrize(
    ("size", "containment", "valid"),
    [
        # the minimum of one is enough with the target of the other (Coombes and Bond 2008)
        (3_500, 0.75, True),
        (25_000, 2 / 3, True),
        (3_499, 1.0, False),
        (1_000_000, 0.66, False),
        # the minimum of both is not
        (3_500, 2 / 3, False),
        (14_250, 0.70, False),
        # half way in size, the factor is 1 − (1 − 8/9)/2 = 17/18: 8/9 · 18/17 · 3/4 = 0.7059 of containment
        (14_250, 0.7058, False),
        (14_250, 0.7060, True),
    ],
)
def test_size_and_self_containment_trade_off(size: float, containment: float, valid: bool) -> None:
    # as many jobs as residents: both shares are the containment
    assert (BRITISH.validity(size, size, size * containment) >= BRITISH.threshold - 1e-12) is valid


def test_the_smaller_share_counts() -> None:
    assert BRITISH.validity(30_000, 60_000, 30_000) == pytest.approx(0.5 / 0.75)
    assert BRITISH.validity(60_000, 30_000, 30_000) == pytest.approx(0.5 / 0.75)
    assert BRITISH.validity(0, 30_000, 0) == 0
    assert Limits(10, 10, 0.5, 0.6).validity(9, 9, 9) < 0


PAIRS: Flows = {
    (0, 0): 60,
    (0, 1): 40,
    (1, 0): 40,
    (1, 1): 60,
    (2, 2): 60,
    (2, 3): 40,
    (3, 2): 40,
    (3, 3): 60,
    (1, 2): 5,
}


def test_two_pairs_of_towns_by_hand() -> None:
    limits = Limits(150, 200, 0.667, 0.75)
    # alone each town holds 60 % of its own and has 100 workers; together 200/205 and more
    assert found(PAIRS, 4, limits) == ([{0, 1}, {2, 3}], [])
    # asked to be larger than any pair, they make one
    assert found(PAIRS, 4, Limits(300, 400, 0.667, 0.75)) == ([{0, 1, 2, 3}], [])
    # content with what they are, they stay
    assert found(PAIRS, 4, Limits(50, 60, 0.5, 0.5)) == ([{0}, {1}, {2}, {3}], [])


def test_what_nothing_could_hold_is_left_apart() -> None:
    alone = {**PAIRS, (4, 4): 3}
    assert found(alone, 5, Limits(150, 200, 0.667, 0.75)) == ([{0, 1}, {2, 3}], [4])
    assert found(PAIRS, 4, Limits(10_000, 10_000, 0.667, 0.75)) == ([], [0, 1, 2, 3])


def test_a_zone_may_follow_another_into_an_area() -> None:
    # 0 works in 1 alone, 1 in 2: first 0 and 1 make an area, too small; dissolved, 1 goes to 2 and 0 follows
    flows = {(0, 1): 10, (1, 1): 12, (1, 2): 6, (2, 2): 500}
    assert found(flows, 3, Limits(100, 100, 0.667, 0.75)) == ([{0, 1, 2}], [])


@st.composite
def networks(draw: st.DrawFn, complete: bool = False) -> tuple[Flows, int, Limits]:
    count = draw(st.integers(1, 7))
    quantity = st.integers(1 if complete else 0, 40)
    flows = {(a, b): draw(quantity) for a in range(count) for b in range(count)}
    flows = {
        pair: q for pair, q in flows.items() if q and (complete or draw(st.booleans()) or pair[0] == pair[1])
    }
    low = draw(st.integers(0, 150))
    least, wished = sorted([draw(st.integers(1, 19)), draw(st.integers(1, 19))])
    return flows, count, Limits(low, low + draw(st.integers(1, 100)), least / 20, wished / 20)


def naive(flows: Flows, count: int, limits: Limits) -> tuple[list[set[int]], list[int]]:
    """The definition, everything counted again at each step, in fractions."""
    residents = [sum(q for (a, _), q in flows.items() if a == z) for z in range(count)]
    jobs = [sum(q for (_, b), q in flows.items() if b == z) for z in range(count)]
    least = Fraction(limits.min_containment).limit_denominator(20)
    wished = Fraction(limits.target_containment).limit_denominator(20)

    def between(left: set[int], right: set[int]) -> int:
        return sum(q for (a, b), q in flows.items() if a in left and b in right)

    def validity(zones: set[int]) -> Fraction:
        r, j, inner = sum(residents[z] for z in zones), sum(jobs[z] for z in zones), between(zones, zones)
        contained = min(Fraction(inner, r), Fraction(inner, j)) if r and j else Fraction(0)
        lack = max(
            Fraction(0), Fraction(int(limits.target_size) - r, int(limits.target_size - limits.min_size))
        )
        size = 1 - (1 - least / wished) * lack
        share = min(contained, wished) / wished
        merit = min(size, share) if size <= 0 else size * share
        if r < limits.min_size and merit >= least / wished:
            return least / wished * Fraction(r, int(limits.min_size))
        return merit

    groups = {z: {z} for z in range(count)}
    lost: list[int] = []
    while groups:
        worst = min(groups, key=lambda g: (validity(groups[g]), g))
        if validity(groups[worst]) >= least / wished:
            break
        homeless = sorted(groups.pop(worst))
        while homeless:
            choices = {}
            for z in homeless:
                ties = {}
                for g, zones in sorted(groups.items()):
                    out, back = between({z}, zones), between(zones, {z})
                    r, j = sum(residents[y] for y in zones), sum(jobs[y] for y in zones)
                    tie = Fraction(out**2, residents[z] * j) if out else Fraction(0)
                    tie += Fraction(back**2, r * jobs[z]) if back else Fraction(0)
                    ties[g] = tie
                if ties and max(ties.values()) > 0:
                    choices[z] = min(ties, key=lambda g: (-ties[g], g))
            if not choices:
                break
            for z, g in choices.items():
                groups[g].add(z)
            homeless = [z for z in homeless if z not in choices]
        lost += homeless
    return [groups[g] for g in sorted(groups)], sorted(lost)


@settings(deadline=None)
@given(networks())
def test_areas_are_those_of_the_definition(drawn: Any) -> None:
    flows, count, limits = drawn
    made, lost = found(flows, count, limits)
    assert (made, lost) == naive(flows, count, limits)
    # nobody is left out, nobody is twice
    assert sorted([z for zones in made for z in zones] + lost) == list(range(count))
    for zones in made:
        residents = sum(q for (a, _), q in flows.items() if a in zones)
        jobs = sum(q for (_, b), q in flows.items() if b in zones)
        inner = sum(q for (a, b), q in flows.items() if a in zones and b in zones)
        assert residents >= limits.min_size - 1e-9
        if residents and jobs:
            assert min(inner / residents, inner / jobs) >= limits.min_containment - 1e-9


@settings(deadline=None)
@given(networks(complete=True))
def test_where_all_are_tied_and_large_enough_together_none_is_left_out(drawn: Any) -> None:
    flows, count, limits = drawn
    if sum(flows.values()) >= limits.target_size:
        assert found(flows, count, limits)[1] == []


@settings(deadline=None)
@given(networks(), st.randoms(use_true_random=False))
def test_order_of_the_flows_does_not_matter(drawn: Any, chance: random.Random) -> None:
    flows, count, limits = drawn
    mixed = list(flows.items())
    chance.shuffle(mixed)
    assert found(dict(mixed), count, limits) == found(flows, count, limits)


def test_those_who_leave_count_in_the_size_and_against_the_containment() -> None:
    limits = Limits(150, 200, 0.667, 0.75)
    assert found(PAIRS, 4, limits, outside=20) == ([{0, 1}, {2, 3}], [])
    # 200 of 400 stay: no area holds enough of its own
    assert found(PAIRS, 4, limits, outside=100)[0] == []


LIMITS = {"min_size": 150, "target_size": 200}


def ask(store: Store, **given: object) -> Any:
    return run(store, ANALYSES["perimeters"], {**LIMITS, **given})


def towns(stores: Any, flows: list[Flow]) -> Store:
    store: Store = next(stores)
    store.commit(
        Changes(
            puts={
                "territories": [
                    Territory(id="D", name="D", type="departement"),
                    Territory(id="E1", name="E1", type="epci", parents=("D",)),
                    Territory(id="E2", name="E2", type="epci", parents=("D",)),
                    *(
                        Territory(id=f"C{k}", name=f"C{k}", type="commune", parents=(parent,))
                        for k, parent in enumerate(("E1", "E1", "E1", "E2"))
                    ),
                    Territory(id="X", name="X", type="commune"),
                ],
                "flows": flows,
            }
        ),
        author="tests",
        message="navettes",
    )
    return store


COMPLETE = [commuting(f"C{a}", f"C{b}", q) for (a, b), q in PAIRS.items()]


def test_the_document_beside_administrative_perimeters(stores: Any) -> None:
    store = towns(stores, COMPLETE)
    document = ask(store)
    first, second = document["items"]
    # 205 begin in C0 and C1 and 200 stay; 205 end in C2 and C3
    assert first == {
        "id": zone_id("perimeter", ["C0", "C1"], {}),
        "territories": ["C0", "C1"],
        "self_containment": {"supply": 200 / 205, "demand": 1.0},
        "size": 205.0,
        "administrative": ["D", "E1"],
    }
    assert second["territories"] == ["C2", "C3"]
    assert second["self_containment"] == {"supply": 1.0, "demand": 200 / 205}
    assert second["administrative"] == ["D", "E1", "E2"]
    # {C0, C1} against E1 = {C0, C1, C2}: 2/3; {C2, C3} against E2 = {C3}: 1/2, as against D, by id the last
    assert [(c["administrative"], c["overlap"]) for c in document["comparison"]] == [
        ("E1", 2 / 3),
        ("E2", 0.5),
    ]
    assert document["unassigned"] == []
    # on EPCI: 360 people in E1, of whom 40 work in E2
    (whole,) = ask(store, level="epci", target_size=400)["items"]
    assert whole["territories"] == ["E1", "E2"]


def test_a_scope_keeps_what_leaves_it_in_the_sizes(stores: Any) -> None:
    store = towns(stores, [*COMPLETE, commuting("C0", "X", 100)])
    # 505 begin in the département and 405 of them end there; alone, C0 and C1 would hold 200 of 305
    (area,) = ask(store, territory="D")["items"]
    assert area["territories"] == ["C0", "C1", "C2", "C3"]
    assert (area["size"], area["self_containment"]) == (505.0, {"supply": 405 / 505, "demand": 1.0})


@pytest.mark.parametrize(
    ("flows", "asked", "parameter", "said"),
    [
        (
            [Flow(origin="C0", destination="C1", kind="commuting", quantity=100.0, truncated=True)],
            {},
            "kind",
            "petits flux",
        ),
        ([commuting("C0", "C1", 100)], {}, "kind", "flux interne"),
        (COMPLETE, {"min_size": 300}, "min_size", "target_size"),
        (COMPLETE, {"min_containment": 0.8}, "min_containment", "target_containment"),
        (COMPLETE, {"min_containment": "beaucoup"}, "min_containment", "un nombre"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_the_reason(
    stores: Any, flows: list[Flow], asked: dict[str, object], parameter: str, said: str
) -> None:
    store = towns(stores, flows)
    with pytest.raises(InvalidCall) as refused:
        ask(store, **asked)
    assert [f.parameter for f in refused.value.faults] == [parameter]
    assert said in str(refused.value)
    assert refused.value.status == 422


def test_territories_that_overlap_cannot_make_up_areas(stores: Any) -> None:
    store = towns(stores, COMPLETE)
    store.commit(
        Changes(
            puts={
                "territories": [
                    Territory(id="P", name="P", type="epci"),
                    Territory(id="C0", name="C0", type="commune", parents=("E1", "P")),
                ]
            }
        ),
        author="tests",
        message="recouvrement",
    )
    with pytest.raises(InvalidCall, match="recouvrent"):
        ask(store, level="epci")


def test_missing_internal_flows_are_said(stores: Any) -> None:
    store = towns(stores, [f for f in COMPLETE if (f.origin, f.destination) != ("C3", "C3")])
    assert [n["code"] for n in ask(store, min_size=50, target_size=60)["notes"]] == ["missing_self_flows"]
