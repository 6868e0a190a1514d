"""The MACTOR document against the formulas, written a second time with fractions."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import TooLarge
from graph.model import Actor
from graph.stores import Changes
from queries.kernels import mactor as kernel
from queries.mactor import mactor
from tests.queries import slow_mactor as slow
from tests.queries.matrices import Make, actor_ids, cartographies, objective_ids

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def close(found: Any, expected: Any) -> None:
    """Equal to the fractions, within the rounding of one double; null exactly where undefined."""
    if expected is None:
        assert found is None
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            close(one, other)
    elif isinstance(expected, Fraction):
        assert found == pytest.approx(float(expected), rel=1e-12, abs=1e-12)
    else:
        assert found == expected


@quick
@given(cartographies())
def test_every_matrix_is_what_the_formulas_say(make: Make, drawn: Any) -> None:
    positions, stated = drawn
    n, m = len(positions), len(positions[0])
    found = mactor(make(positions, stated))
    direct = slow.influences(stated)
    total, reach = slow.mdii(direct), slow.mmdii(direct)
    force = slow.strength(total)
    assert found["actors"] == actor_ids(n)
    assert found["objectives"] == objective_ids(m)
    assert found["mdi"] == [[0 if i == j else stated[i][j] for j in range(n)] for i in range(n)]
    assert found["mdii"] == total
    assert found["mmdii"] == reach
    assert found["influence"] == slow.influence(total)
    assert found["dependence"] == slow.dependence(total)
    close(found["ri"], force)
    close(found["qi"], slow.strength(reach))
    for order in (1, 2, 3):
        a = slow.valued(positions, force, order)
        names = (f"mao{order}", f"caa{order}", f"daa{order}", f"ambivalence{order}")
        if a is None:
            assert [found[name] for name in names] == [None] * 4
            assert found["convergence_degree"][str(order)] is None
            assert found["mobilisation"][str(order)] is None
            continue
        unknown = [[value is None for value in row] for row in positions]
        close(
            found[names[0]],
            [[None if unknown[i][o] else a[i][o] for o in range(m)] for i in range(n)],
        )
        caa, daa = slow.agreement(a, 1), slow.agreement(a, -1)
        close(found[names[1]], caa)
        close(found[names[2]], daa)
        close(found[names[3]], slow.ambivalence(caa, daa))
        close(found["convergence_degree"][str(order)], slow.degree(caa, daa))
        mobilised = found["mobilisation"][str(order)]
        close(mobilised["actors"], [sum((abs(Fraction(x)) for x in row), Fraction(0)) for row in a])
        for o, objective in enumerate(mobilised["objectives"]):
            column = [Fraction(row[o]) for row in a]
            assert set(objective) == {"id", "for", "against"}
            close(objective["for"], sum((x for x in column if x > 0), Fraction(0)))
            close(objective["against"], sum((-x for x in column if x < 0), Fraction(0)))
    tied = {k for i in range(n) for j in range(n) if i != j and stated[i][j] is not None for k in (i, j)}
    assert found["unweighted"] == [f"A{i}" for i in range(n) if i not in tied]
    assert found["coverage"] == {
        "positions": {
            "stated": sum(value is not None for row in positions for value in row),
            "contested": 0,
            "possible": n * m,
        },
        "influences": {
            "stated": sum(stated[i][j] is not None for i in range(n) for j in range(n) if i != j),
            "possible": n * (n - 1),
        },
    }
    json.dumps(found, allow_nan=False)


@quick
@given(cartographies())
def test_identities_of_the_method(make: Make, drawn: Any) -> None:
    positions, stated = drawn
    n = len(positions)
    found = mactor(make(positions, stated))
    assert sum(found["influence"]) == sum(found["dependence"])
    for name in ("ri", "qi"):
        if found[name] is not None:
            assert sum(found[name]) == pytest.approx(n)
            assert min(found[name]) >= 0
    for order in (1, 2, 3):
        if found[f"caa{order}"] is None:
            continue
        for name in (f"caa{order}", f"daa{order}"):
            matrix = found[name]
            assert all(matrix[i][j] == matrix[j][i] for i in range(n) for j in range(n))
            assert all(matrix[i][i] == 0 for i in range(n))
        for value in found[f"ambivalence{order}"]:
            assert value is None or -1e-12 <= value <= 1
    for i in range(n):
        for j in range(n):
            assert found["mdii"][i][j] >= found["mmdii"][i][j] >= (found["mdi"][i][j] or 0)
            assert found["caa1"][i][j] + found["daa1"][i][j] <= len(found["objectives"])


@quick
@given(cartographies(min_actors=2), st.randoms(use_true_random=False))
def test_names_and_order_change_no_digit(make: Make, drawn: Any, shuffler: random.Random) -> None:
    positions, stated = drawn
    n, m = len(positions), len(positions[0])
    rows, cols = list(range(n)), list(range(m))
    shuffler.shuffle(rows)
    shuffler.shuffle(cols)
    one = mactor(make(positions, stated))
    other = mactor(
        make(
            [[positions[i][o] for o in cols] for i in rows],
            [[stated[i][j] for j in rows] for i in rows],
            [f"z{k}" for k in range(n)],
            [f"y{k}" for k in range(m)],
        )
    )
    for name in ("ri", "qi", "influence", "dependence", "ambivalence1", "ambivalence2", "ambivalence3"):
        assert other[name] == (None if one[name] is None else [one[name][i] for i in rows])
    for name in ("mdi", "mdii", "mmdii", "caa1", "daa1", "caa2", "daa2", "caa3", "daa3"):
        expected = None if one[name] is None else [[one[name][i][j] for j in rows] for i in rows]
        assert other[name] == expected
    for name in ("mao1", "mao2", "mao3"):
        expected = None if one[name] is None else [[one[name][i][o] for o in cols] for i in rows]
        assert other[name] == expected
    assert other["convergence_degree"] == one["convergence_degree"]


@quick
@given(cartographies())
def test_turning_every_sign_changes_neither_agreement_nor_force(make: Make, drawn: Any) -> None:
    positions, stated = drawn
    turned = [[None if value is None else -value for value in row] for row in positions]
    one, other = mactor(make(positions, stated)), mactor(make(turned, stated))
    for name in ("ri", "caa1", "daa1", "caa2", "daa2", "caa3", "daa3", "ambivalence2"):
        assert one[name] == other[name]


def test_the_retroaction_is_removed_once(make: Make) -> None:
    # two actors who hold each other equally: removed twice, neither would have any force
    found = mactor(make([[1], [1]], [[None, 3], [3, None]]))
    assert found["mdii"] == [[3, 3], [3, 3]]
    assert found["ri"] == [1.0, 1.0]
    assert found["qi"] == [1.0, 1.0]


def test_without_influences_orders_1_and_2_still_answer(make: Make) -> None:
    found = mactor(make([[2, -1], [3, 4]]))
    assert found["mdi"] == [[0, None], [None, 0]]
    assert found["mdii"] == [[0, 0], [0, 0]]
    assert found["ri"] is found["qi"] is found["mao3"] is found["caa3"] is found["ambivalence3"] is None
    assert found["convergence_degree"] == {"1": 0.5, "2": 0.5, "3": None}
    assert found["mobilisation"]["3"] is None
    assert found["unweighted"] == ["A0", "A1"]


def test_a_stated_zero_is_not_an_unknown(make: Make) -> None:
    found = mactor(make([[0, None], [None, 0]], [[None, 0], [None, None]]))
    assert found["mdi"] == [[0, 0], [None, 0]]
    assert found["mao2"] == [[0, None], [None, 0]]
    assert found["ri"] is None
    assert found["unweighted"] == []
    assert found["ambivalence2"] == [None, None]
    assert found["convergence_degree"] == {"1": None, "2": None, "3": None}


def test_an_empty_scope_answers(make: Make) -> None:
    found = mactor(make([]))
    assert found["actors"] == found["objectives"] == found["mdi"] == found["caa2"] == []
    assert found["ri"] is None
    json.dumps(found, allow_nan=False)


def test_beyond_500_actors_the_answer_names_the_other_way(stores: Any) -> None:
    store = next(stores)
    store.commit(
        Changes(puts={"actors": [Actor(id=f"A{i:03}", name=f"Acteur {i}") for i in range(500)]}),
        author="tests",
        message="500",
    )
    assert len(mactor(store.snapshot())["actors"]) == 500
    store.commit(Changes(puts={"actors": [Actor(id="A500", name="Un de plus")]}), author="tests", message="1")
    with pytest.raises(TooLarge, match="/convergences"):
        mactor(store.snapshot())


@pytest.mark.parametrize("each", [3, 12])
def test_few_influences_among_many_actors_give_the_same_paths(each: int) -> None:
    """Counted here path by path, from the definition; above and below the share where whole matrices are multiplied."""
    n = kernel.SPARSE_FROM + 20
    drawn = random.Random(each)
    direct = np.zeros((n, n), dtype=np.int64)
    for i in range(n):
        for j in drawn.sample(range(n), each):
            direct[i, j] = drawn.randint(1, 4) if i != j else 0
    expected, strongest = direct.copy(), direct.copy()
    for i, k in np.argwhere(direct):
        for (j,) in np.argwhere(direct[k]):
            path = min(direct[i, k], direct[k, j])
            expected[i, j] += path
            strongest[i, j] = max(strongest[i, j], path)
    np.fill_diagonal(strongest, 0)
    total, best = kernel.with_strongest_path(direct)
    assert np.array_equal(total, expected)
    assert np.array_equal(best, strongest)
