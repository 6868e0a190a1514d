"""Pairs: how each reads, what filters keep, and pages."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import InvalidCall, UnknownFilter
from queries.envelope import paged
from queries.kernels.pairs import READINGS, reading
from queries.pairs import convergences, divergences, pairs_of
from queries.registry import ANALYSES, run
from tests.queries import slow_mactor as slow
from tests.queries.matrices import Make, cartographies, changes

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ORDER_2 = {"order": 2}


@pytest.mark.parametrize(
    ("c", "d", "shared", "weighted", "expected"),
    [
        (3.0, 0.0, 1, True, "convergent"),
        (3.0, 1.0, 2, True, "to_arbitrate"),
        (2.0, 2.0, 2, True, "conflictual"),
        (1.0, 3.0, 2, True, "conflictual"),
        (0.0, 1.0, 1, True, "conflictual"),
        (0.0, 0.0, 1, True, "neutral"),
        (0.0, 0.0, 0, True, "unknown"),
        (0.0, 0.0, 0, False, "unknown"),
        (0.0, 0.0, 1, False, "unweighted"),
        # equal when |C − D| ≤ 1e-9·(C + D): on either side of the threshold
        (1.0 + 1.9e-9, 1.0, 2, True, "conflictual"),
        (1.0 + 2.2e-9, 1.0, 2, True, "to_arbitrate"),
        (1e6 + 1e-3, 1e6, 2, True, "conflictual"),
        (1e-6 + 1e-9, 1e-6, 2, True, "to_arbitrate"),
    ],
)
def test_the_readings(c: float, d: float, shared: int, weighted: bool, expected: str) -> None:
    assert reading(c, d, shared, weighted=weighted) == expected


def expected_reading(c: Any, d: Any, shared: int, weighted: bool) -> str:
    """Design §4, word for word."""
    if shared == 0:
        return "unknown"
    if not weighted:
        return "unweighted"
    if c == 0 and d == 0:
        return "neutral"
    if d == 0:
        return "convergent"
    return "to_arbitrate" if c > d else "conflictual"


def rank(key: str, pair: dict[str, Any]) -> tuple[float, str, str]:
    return -pair[key], pair["a"], pair["b"]


@quick
@given(cartographies(min_actors=2), st.integers(1, 3))
def test_every_pair_is_listed_once_with_what_makes_it(make: Make, drawn: Any, order: int) -> None:
    positions, stated = drawn
    snapshot = make(positions, stated)
    force = slow.strength(slow.mdii(slow.influences(stated)))
    a = slow.valued(positions, force, order)
    if a is None:
        with pytest.raises(UnknownFilter, match="Ordre 3"):
            convergences(snapshot, {"order": order})
        return
    n, m = len(positions), len(positions[0])
    caa, daa = slow.agreement(a, 1), slow.agreement(a, -1)
    pairs = pairs_of(snapshot, order)
    for run_one, main in ((convergences, caa), (divergences, daa)):
        items = list(run_one(snapshot, {"order": order})["items"])
        assert {(p["a"], p["b"]) for p in items} == {
            (f"A{i}", f"A{j}") for i in range(n) for j in range(i + 1, n) if main[i][j] > 0
        }
        key = "c" if run_one is convergences else "d"
        assert items == sorted(items, key=partial(rank, key))
        for pair in items:
            i, j = int(pair["a"][1]), int(pair["b"][1])
            assert pair["c"] == pytest.approx(float(caa[i][j]))
            assert pair["d"] == pytest.approx(float(daa[i][j]))
            assert pair["net"] == pytest.approx(float(caa[i][j] - daa[i][j]), abs=1e-9)
            assert sum(o["c"] for o in pair["objectives"]) == pytest.approx(pair["c"])
            assert sum(o["d"] for o in pair["objectives"]) == pytest.approx(pair["d"])
            told = [int(o["id"][1]) for o in pair["objectives"]]
            assert told == [o for o in range(m) if a[i][o] * a[j][o] != 0]
            for objective in pair["objectives"]:
                assert len(objective["records"]) == 2
                statements = {
                    record
                    for k in (i, j)
                    for record in snapshot.positions.records(k, int(objective["id"][1]))
                }
                assert set(objective["records"]) == statements
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            shared = sum(
                x is not None and y is not None for x, y in zip(positions[i], positions[j], strict=True)
            )
            weighted = order < 3 or (force is not None and force[i] > 0 and force[j] > 0)
            assert pairs.reading(i, j) == expected_reading(caa[i][j], daa[i][j], shared, weighted)


def test_order_3_says_who_has_no_force(make: Make) -> None:
    snapshot = make(
        [[2], [3], [-1], [1]],
        [[None, 2, None, None], [1, None, None, None], [None] * 4, [None] * 4],
    )
    document = convergences(snapshot, {"order": 3})
    assert [(p["a"], p["b"]) for p in document["items"]] == [("A0", "A1")]
    assert [n["code"] for n in document["notes"]] == ["unweighted"]
    assert document["notes"][0]["text"].startswith("2 acteurs ")
    assert convergences(snapshot, {"order": 3}, "en")["notes"][0]["text"].startswith("2 actors ")
    assert pairs_of(snapshot, 3).reading(0, 2) == "unweighted"
    assert convergences(snapshot, ORDER_2)["notes"] == []


def test_filters_by_actor_and_reading(make: Make) -> None:
    # A0 and A1 agree; A2 agrees more than it differs with both; A3 differs
    snapshot = make([[3, 2, None], [2, 2, None], [3, 3, 1], [-2, None, -1]])
    everything = list(divergences(snapshot, ORDER_2)["items"])
    assert {(p["a"], p["b"]) for p in everything} == {("A0", "A3"), ("A1", "A3"), ("A2", "A3")}
    of_a0 = list(convergences(snapshot, {**ORDER_2, "actor": "A0"})["items"])
    assert {(p["a"], p["b"]) for p in of_a0} == {("A0", "A1"), ("A0", "A2")}
    for one in READINGS:
        kept = list(divergences(snapshot, {**ORDER_2, "reading": one})["items"])
        assert kept == [p for p in everything if p["reading"] == one]
    with pytest.raises(UnknownFilter, match="A9"):
        convergences(snapshot, {**ORDER_2, "actor": "A9"})


@settings(deadline=None)
@given(st.integers(1, 7), st.integers(0, 12))
def test_pages_follow_each_other_and_stop(limit: int, count: int) -> None:
    document = {"items": [{"k": k} for k in range(count)], "next": None}
    seen, cursor, pages = [], None, 0
    while True:
        page = paged(document, limit, cursor)
        assert len(page["items"]) <= limit
        seen += page["items"]
        cursor = page["next"]
        pages += 1
        if cursor is None:
            break
    assert seen == document["items"]
    assert pages == max(1, -(-count // limit))


@pytest.mark.parametrize("cursor", ["x", "!!!", "bm8", "bi0x", "é", "n5"])
def test_a_cursor_of_another_make_is_refused(cursor: str) -> None:
    with pytest.raises(UnknownFilter, match="Curseur"):
        paged({"items": [], "next": None}, 5, cursor)


def test_pages_through_the_registry(stores: Any) -> None:
    store = next(stores)
    store.commit(changes([[1], [1], [2], [-1]]), author="tests", message="pages")
    analysis = ANALYSES["convergences"]
    first = run(store, analysis, {"limit": "2"})
    second = run(store, analysis, {"limit": "2", "cursor": first["next"]})
    assert [(p["a"], p["b"]) for p in first["items"] + second["items"]] == [
        ("A0", "A2"),
        ("A1", "A2"),
        ("A0", "A1"),
    ]
    assert second["next"] is None
    assert first["params"] == second["params"] == {"order": 2, "limit": 2}
    for wrong in ({"limit": "1001"}, {"limit": "0"}, {"order": "4"}, {"reading": "friendly"}):
        with pytest.raises(InvalidCall):
            run(store, analysis, wrong)
