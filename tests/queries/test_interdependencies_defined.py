"""Interdependencies against a slow computation from the definitions, and their properties."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Changes, Store
from graph.model import Flow, Territory
from queries.kernels import flows as kernel
from queries.registry import ANALYSES, run
from tests.queries.slow_flows import added_in_sql, holders, restated


def ask(store: Store, **given: object) -> Any:
    return run(store, ANALYSES["interdependencies"], {"limit": 1000, **given})


@st.composite
def nested(
    draw: st.DrawFn, overlapping: bool
) -> tuple[dict[str, list[str]], list[str], list[tuple[str, str, int]]]:
    """Places ``P…`` under perimeters ``T…``, some in none, and what they owe each other."""
    perimeters = [f"T{k}" for k in range(draw(st.integers(1, 4)))]
    places = [f"P{k}" for k in range(draw(st.integers(1, 6)))]
    above = st.lists(st.sampled_from(perimeters), max_size=3 if overlapping else 1, unique=True)
    parents = {p: draw(above) for p in places} | {t: [] for t in perimeters}
    ends = st.sampled_from([*places, *perimeters])
    flows = draw(st.lists(st.tuples(ends, ends, st.integers(0, 50)), max_size=25, unique_by=lambda f: f[:2]))
    return parents, perimeters, flows


def added(
    parents: dict[str, list[str]], perimeters: list[str], flows: list[tuple[str, str, int]]
) -> tuple[kernel.Sums, kernel.Members]:
    places = sorted(parents)
    index = {place: k for k, place in enumerate(places)}
    held = kernel.members(
        [[index[p] for p in parents[place]] for place in places], [index[t] for t in perimeters]
    )
    columns = [np.array([index[f[k]] for f in flows], dtype=np.int64) for k in (0, 1)]
    return kernel.sums(*columns, np.array([f[2] for f in flows], dtype=np.float64), held), held


@settings(deadline=None)
@given(st.booleans().flatmap(lambda several: nested(several)))
def test_sums_are_those_of_the_definition(drawn: Any) -> None:
    parents, perimeters, flows = drawn
    found, _ = added(parents, perimeters, flows)
    expected = restated(flows, parents, perimeters, set(perimeters))
    pairs = {
        (perimeters[i], perimeters[j]): q
        for i, j, q in zip(found.row.tolist(), found.col.tolist(), found.quantity.tolist(), strict=True)
        if i != j
    }
    assert pairs == {pair: item["quantity"] for pair, item in expected["items"].items()}
    for k, t in enumerate(perimeters):
        said = expected["territories"][t]
        assert found.total[k] == expected["total"][t]
        assert found.received[k] == expected["received"][t]
        assert found.total[k] - found.inner[k] == said["depends"]
        assert found.received[k] - found.inner[k] == said["depended_on"]
        assert bool(found.recorded[k]) is (said["autonomy"] is not None or _self_of_zero(t, drawn))
        if said["outside"] is not None:
            assert found.outside[k] / found.total[k] == pytest.approx(float(said["outside"]))
        if said["hhi"] is not None:
            assert found.squares[k] / found.elsewhere[k] ** 2 == pytest.approx(float(said["hhi"]))


def _self_of_zero(t: str, drawn: Any) -> bool:
    """Whether only flows of 0 are recorded inside a territory that has no other flow."""
    parents, perimeters, flows = drawn
    held = holders(parents, perimeters)
    inner = [q for a, b, q in flows if t in held[a] and t in held[b]]
    return bool(inner) and sum(q for a, _, q in flows if t in held[a]) == 0


@settings(deadline=None)
@given(nested(False))
def test_totals_are_conserved_and_shares_sum_to_one(drawn: Any) -> None:
    parents, perimeters, flows = drawn
    found, held = added(parents, perimeters, flows)
    in_sql = added_in_sql(flows, holders(parents, perimeters))
    assert {
        (perimeters[i], perimeters[j]): q
        for i, j, q in zip(found.row.tolist(), found.col.tolist(), found.quantity.tolist(), strict=True)
    } == {pair: q for pair, q in in_sql.items() if q}
    placed = sum(q for a, _, q in flows if held.placed[sorted(parents).index(a)])
    assert found.quantity.sum() + found.outside.sum() == placed
    for k in range(len(perimeters)):
        if found.total[k]:
            shares = found.quantity[found.row == k] / found.total[k]
            assert shares.sum() + found.outside[k] / found.total[k] == pytest.approx(1, rel=1e-12)


def same(one: Any, other: Any) -> None:
    """Every column of two sums is equal."""
    for name in (
        "row",
        "col",
        "quantity",
        "total",
        "received",
        "outside",
        "squares",
        "elsewhere",
        "recorded",
    ):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@settings(deadline=None)
@given(nested(True), st.randoms(use_true_random=False))
def test_order_of_the_flows_does_not_matter(drawn: Any, chance: random.Random) -> None:
    parents, perimeters, flows = drawn
    mixed = list(flows)
    chance.shuffle(mixed)
    (one, _), (other, _) = added(parents, perimeters, flows), added(parents, perimeters, mixed)
    same(one, other)


def test_pairs_beyond_one_table_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    parents = {f"P{k}": [f"T{k % 7}"] for k in range(40)} | {f"T{k}": [] for k in range(7)}
    flows = [
        (f"P{chance.randrange(40)}", f"P{chance.randrange(40)}", chance.randrange(9)) for _ in range(300)
    ]
    perimeters = [f"T{k}" for k in range(7)]
    one, _ = added(parents, perimeters, flows)
    monkeypatch.setattr(kernel, "MAX_CELLS", 4)
    other, _ = added(parents, perimeters, flows)
    same(one, other)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nested(True), st.booleans())
def test_the_document_says_what_the_definition_says(stores: Any, drawn: Any, scoped: bool) -> None:
    parents, perimeters, flows = drawn
    store: Store = next(stores)
    everything = [Territory(id="ALL", name="ALL", type="region")] if scoped else []
    inside = set(perimeters[:2]) if scoped else set(perimeters)
    store.commit(
        Changes(
            puts={
                "territories": [
                    *everything,
                    *(
                        Territory(
                            id=id_,
                            name=id_,
                            type="epci" if id_ in perimeters else "commune",
                            parents=(*above, *(["ALL"] if scoped and id_ in inside else [])),
                        )
                        for id_, above in parents.items()
                    ),
                ],
                # food: the destination depends
                "flows": [Flow(origin=b, destination=a, kind="food", quantity=float(q)) for a, b, q in flows],
            }
        ),
        author="tests",
        message="flux",
    )
    document = ask(store, kind="alimentation", level="EPCI", **({"territory": "ALL"} if scoped else {}))
    expected = restated(flows, parents, perimeters, inside)
    assert document["dependent"] == "destination"
    assert document["params"]["kind"] == "food"
    found = {(i["dependent"], i["on"]): i for i in document["items"]}
    assert set(found) == set(expected["items"])
    held = holders(parents, perimeters)
    by_record = {v.id: v.value for v in store.snapshot().records("flows")}
    for (i, j), item in found.items():
        for name, value in expected["items"][i, j].items():
            assert item[name] == pytest.approx(float(value)), name
        told = [by_record[r] for r in item["records"]]
        assert sum(f.quantity for f in told) == item["quantity"]
        assert all(i in held[f.destination] and j in held[f.origin] for f in told)
    ranked = [(-i["share"], i["dependent"], i["on"]) for i in document["items"]]
    assert ranked == sorted(ranked)
    shown = {t["id"]: t for t in document["territories"]}
    touched = {t for t in inside if expected["total"][t] or expected["received"][t]}
    assert set(shown) == touched
    for id_, told_of in shown.items():
        for name in ("autonomy", "hhi", "vulnerability", "outside"):
            value = expected["territories"][id_][name]
            assert told_of[name] == (None if value is None else pytest.approx(float(value))), name
    for balance in document["balances"]:
        said = expected["territories"][balance["id"]]
        assert balance["balance"] == said["depended_on"] - said["depends"]
