"""Parameters read the same from a command line, a query string or Python; every fault at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidCall
from queries.parameters import Parameter, resolved, shown
from queries.registry import ANALYSES, DATES, SCOPE

INT = Parameter("n", "int", "un nombre", "a number", default=5, low=1, high=9)
TEXT = Parameter("t", "str", "un texte", "a text", choices=("a", "b"))
FLAG = Parameter("exact_one", "flag", "oui", "yes", default=False)
PART = Parameter("part", "number", "une part", "a share", default=0.5, low=0, high=1)
MANY = Parameter("places", "str", "des lieux", "places", many=True)
DAY = Parameter("day", "date", "un jour", "a day")
NEEDED = Parameter("p", "str", "le projet", "the project", required=True)


@pytest.mark.parametrize(
    ("parameter", "typed", "expected"),
    [
        (INT, "1", 1),
        (INT, 9, 9),
        (INT, " 3 ", 3),
        (TEXT, "b", "b"),
        (FLAG, "1", True),
        (FLAG, "0", False),
        (FLAG, True, True),
        (FLAG, False, False),
        (DAY, "2026-02-28", date(2026, 2, 28)),
        (DAY, date(2026, 1, 1), date(2026, 1, 1)),
        (PART, "0.25", 0.25),
        (PART, 1.0, 1.0),
        (INT, ["4"], 4),
        (MANY, "a", ("a",)),
        (MANY, ["b", "a", "b"], ("b", "a")),
    ],
)
def test_what_is_typed_is_read(parameter: Parameter, typed: object, expected: object) -> None:
    found = parameter.read(typed)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("parameter", "typed"),
    [
        (INT, "0"),
        (INT, "10"),
        (INT, "deux"),
        (INT, "1.5"),
        (INT, "1e3"),
        (TEXT, "c"),
        (TEXT, "A"),
        (FLAG, "oui"),
        (FLAG, "2"),
        (DAY, "28/02/2026"),
        (DAY, "2026-02-30"),
        (DAY, ""),
        (PART, "1.01"),
        (PART, "nan"),
        (PART, "inf"),
        (PART, "moitié"),
    ],
)
def test_what_cannot_be_read_is_named(parameter: Parameter, typed: object) -> None:
    with pytest.raises(InvalidCall) as refused:
        parameter.read(typed)
    (fault,) = refused.value.faults
    assert (fault.parameter, fault.value) == (parameter.name, str(typed))
    assert parameter.name in fault.fr
    assert parameter.name in fault.en
    assert "attendu" in fault.fr
    assert "expected" in fault.en


def test_every_fault_at_once() -> None:
    given_ = {"n": "12", "t": "z", "unknown": "?", "day": "demain"}
    with pytest.raises(InvalidCall) as refused:
        resolved([INT, TEXT, DAY, NEEDED], given_)
    assert [f.parameter for f in refused.value.faults] == ["unknown", "n", "t", "day", "p"]


def test_a_long_value_is_not_repeated_whole() -> None:
    with pytest.raises(InvalidCall) as refused:
        resolved([INT], {"n": "9" * 5000, "m": "x" * 5000})
    assert all(len(f.value) <= 80 and len(f.fr) < 300 for f in refused.value.faults)


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_typed_is_the_default(nothing: object) -> None:
    assert resolved([INT, TEXT], {"n": nothing}) == {"n": 5, "t": None}
    with pytest.raises(InvalidCall):
        resolved([NEEDED], {"p": nothing})


def test_what_a_document_shows() -> None:
    values: dict[str, Any] = {"a": None, "n": 0, "f": False, "day": date(2026, 1, 2), "cursor": "bjU"}
    assert shown(values) == {"n": 0, "f": False, "day": "2026-01-02"}


def test_options_have_dashes() -> None:
    assert FLAG.option == "--exact-one"
    assert [p.option for p in DATES] == ["--as-of", "--at-revision"]


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parameter in (INT, FLAG, DAY, TEXT):
        try:
            value = parameter.read(text)
        except InvalidCall:
            continue
        assert isinstance(value, int | bool | date | str)


@pytest.mark.parametrize("path", sorted(ANALYSES))
def test_every_analysis_takes_scope_and_dates_once(path: str) -> None:
    analysis = ANALYSES[path]
    names = [p.name for p in analysis.parameters]
    assert len(names) == len(set(names))
    assert {p.name for p in (*SCOPE, *DATES)} <= set(names)
    assert analysis.fr
    assert analysis.en
    limits = [p for p in analysis.parameters if p.name == "limit"]
    assert analysis.pages is bool(limits)
    for limit in limits:
        assert (limit.default, limit.high) == (50, 50 if path.startswith("zones/") else 1000)


def test_what_may_not_be_repeated_is_refused_when_it_is() -> None:
    with pytest.raises(InvalidCall) as refused:
        resolved([INT, TEXT, MANY], {"n": ["1", "2"], "t": "a", "places": ["a", "b"]})
    (fault,) = refused.value.faults
    assert (fault.parameter, fault.value) == ("n", "1, 2")
    assert shown(resolved([INT, MANY], {"places": ["a", "b"]})) == {"n": 5, "places": ["a", "b"]}
    assert resolved([MANY], {"places": []}) == {"places": None}
