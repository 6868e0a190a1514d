"""Reading at a date and settling raters, against a slow reading of the rules."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.columns import OPEN, Statements, statements_from
from graph.effective import Opinion, current, settle, settle_all

DAY = date(2026, 1, 1)

COLUMNS = [f.name for f in fields(Statements) if f.name != "record"]
"""Those that say what a row of the data says: ``build`` numbers records in the order that it is given."""

rows = st.lists(
    st.tuples(
        st.integers(0, 2),  # row
        st.integers(0, 2),  # col
        st.integers(0, 3),  # rater
        st.integers(0, 9),  # valid_from
        st.one_of(st.none(), st.integers(1, 6)),  # duration
        st.integers(-4, 4),  # value
        st.one_of(st.none(), st.sampled_from([0.2, 0.5, 1.0])),  # confidence
        st.booleans(),  # retained
    ),
    max_size=25,
    unique_by=lambda r: r[:4],
)


def build(data: list[tuple]) -> Statements:
    start = DAY.toordinal()
    return statements_from(
        [r[0] for r in data],
        [r[1] for r in data],
        [r[2] for r in data],
        [start + r[3] for r in data],
        [OPEN if r[4] is None else start + r[3] + r[4] for r in data],
        [r[5] for r in data],
        [np.nan if r[6] is None else r[6] for r in data],
        [r[7] for r in data],
        [2] * len(data),
        range(1, len(data) + 1),
        [1] * len(data),
    )


def slowly(
    data: list[tuple], as_of: date | None
) -> dict[tuple[int, int], tuple[int | None, bool, float | None]]:
    """The rules read aloud: per rater the latest begun, dropped when past its end; then settle."""
    day = 10**6 if as_of is None else (as_of - DAY).days
    by_rater: dict[tuple[int, int, int], tuple[int, tuple]] = {}
    for place, r in enumerate(data):
        if r[3] <= day and r[3] >= by_rater.get(r[:3], (0, (0, 0, 0, -1)))[1][3]:
            by_rater[r[:3]] = (place, r)
    held: dict[tuple[int, int], list[tuple[int, tuple]]] = {}
    for (row, col, _), (place, r) in by_rater.items():
        ended = r[4] is not None and (as_of is None or r[3] + r[4] <= day)
        if not ended:
            held.setdefault((row, col), []).append((place, r))
    found = {}
    for key, stated in held.items():
        retained = [x for x in stated if x[1][7]]
        confidences = [r[6] for _, r in stated if r[6] is not None]
        least = min(confidences) if confidences else None
        if retained:
            _, r = max(retained, key=lambda x: (x[1][3], x[0]))
            found[key] = (r[5], False, r[6])
            continue
        values = sorted(r[5] for _, r in stated)
        if values[0] < 0 < values[-1]:
            found[key] = (None, True, least)
            continue
        size = len(values)
        middle = [values[size // 2]] if size % 2 else [values[size // 2 - 1], values[size // 2]]
        found[key] = (min(middle, key=abs), False, least)
    return found


@given(rows, st.one_of(st.none(), st.integers(-1, 16)))
def test_settled_values_follow_the_rules(data: list[tuple], offset: int | None) -> None:
    as_of = None if offset is None else DAY + timedelta(days=offset)
    statements = build(data)
    effective = settle_all(statements, as_of)
    got = {
        (int(pair) >> 32, int(pair) & 0xFFFFFFFF): (
            None if contested else int(value),
            bool(contested),
            None if np.isnan(confidence) else float(confidence),
        )
        for pair, value, contested, confidence in zip(
            effective.pair, effective.value, effective.contested, effective.confidence, strict=True
        )
    }
    assert got == slowly(data, as_of)


@given(rows, st.data())
def test_splicing_equals_settling_everything_again(data: list[tuple], draw: st.DataObject) -> None:
    statements = build(data)
    pairs = np.unique(statements.pair)
    chosen = np.array(
        sorted(draw.draw(st.sets(st.sampled_from(pairs.tolist())) if len(pairs) else st.just(set())))
    )
    chosen = chosen.astype(np.int64)
    inside = np.isin(statements.pair, chosen)
    changed = statements.take(inside)
    keep = np.array([draw.draw(st.booleans()) for _ in range(len(changed))], dtype=bool)
    fresh = changed.take(keep)
    spliced = statements.spliced(chosen, fresh)
    whole = np.ones(len(statements), dtype=bool)
    whole[np.flatnonzero(inside)[~keep]] = False
    expected = statements.take(whole)
    assert np.array_equal(spliced.record, expected.record)
    effective = settle_all(statements, None).spliced(chosen, settle_all(fresh, None))
    again = settle_all(expected, None)
    assert np.array_equal(effective.pair, again.pair)
    assert np.array_equal(effective.value, again.value)
    assert np.array_equal(effective.contested, again.contested)


@given(rows, st.lists(rows, max_size=6), st.integers(0, 8), st.data())
def test_splicing_again_and_again_equals_building_at_once(
    data: list[tuple], later: list[list[tuple]], most: int, draw: st.DataObject
) -> None:
    """Whatever is read between two splices, and however many pairs are kept apart before columns are put together."""
    believed: dict[tuple[int, int], list[tuple]] = {}
    for row in data:
        believed.setdefault((row[0], row[1]), []).append(row)
    statements = build(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.columns.PATCHED", most)
        for some in later:
            gone = draw.draw(st.sets(st.sampled_from(sorted(believed)))) if believed else set()
            fresh: dict[tuple[int, int], list[tuple]] = {pair: [] for pair in gone}
            for row in some:
                fresh.setdefault((row[0], row[1]), []).append(row)
            believed |= fresh
            pairs = np.array(sorted(a << 32 | b for a, b in fresh), dtype=np.int64)
            before = statements
            statements = statements.spliced(pairs, build([row for said in fresh.values() for row in said]))
            for name in draw.draw(st.sets(st.sampled_from(COLUMNS))):
                getattr(draw.draw(st.sampled_from([before, statements])), name)
            expected = build([row for said in believed.values() for row in said])
            statements.seal()
            if draw.draw(st.booleans()):
                assert len(statements) == len(expected)
    expected = build([row for said in believed.values() for row in said])
    for name in COLUMNS:
        assert np.array_equal(getattr(statements, name), getattr(expected, name), equal_nan=True), name
        assert not later or not getattr(statements, name).flags.writeable
    with pytest.raises(AttributeError):
        _ = statements.anything  # type: ignore[attr-defined]


def opinion(value: int, retained: bool = False, day: int = 0, revision: int = 1, record: int = 1) -> Opinion:
    return Opinion(value, retained, day, revision, record, None)


def test_of_two_middle_values_the_one_nearer_zero() -> None:
    assert settle([opinion(1), opinion(4)]).value == 1
    assert settle([opinion(-1), opinion(-4)]).value == -1
    assert settle([opinion(0), opinion(3)]).value == 0


def test_opposite_signs_are_contested_unless_the_pilot_retained_one() -> None:
    assert settle([opinion(-1), opinion(2), opinion(2)]).contested
    settled = settle([opinion(-1), opinion(2, retained=True)])
    assert (settled.value, settled.contested) == (2, False)


def test_of_two_retained_the_latest_day_then_the_latest_revision() -> None:
    assert settle([opinion(1, True, day=1), opinion(-2, True, day=2)]).value == -2
    assert settle([opinion(1, True, 1, revision=3), opinion(-2, True, 1, revision=2)]).value == 1


def test_no_statement_is_unknown_and_never_zero() -> None:
    settled = settle([])
    assert (settled.value, settled.contested, settled.confidence) == (None, False, None)


def test_past_its_end_the_older_statement_does_not_come_back() -> None:
    start = DAY.toordinal()
    statements = statements_from(
        [0, 0], [0, 0], [0, 0], [start, start + 10], [OPEN, start + 20], [3, -1], [np.nan] * 2,
        [False] * 2, [0, 0], [1, 2], [1, 1],
    )  # fmt: skip
    assert current(statements, DAY + timedelta(days=5)).tolist() == [True, False]
    assert current(statements, DAY + timedelta(days=15)).tolist() == [False, True]
    assert current(statements, DAY + timedelta(days=20)).tolist() == [False, False]
    assert current(statements, None).tolist() == [False, False]
