"""Documents as CSV: one line an item, lists joined by a semicolon, nested objects as JSON, undefined numbers empty."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidCall
from queries.mactor import mactor
from queries.pairs import convergences
from queries.tables import MACTOR_TABLES, csv_text, flat
from queries.zones_conflict import zones_conflict
from queries.zones_convergence import zones_convergence
from tests.queries.matrices import Make


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_one_line_an_item(make: Make) -> None:
    snapshot = make([[3, 1], [2, None], [None, 2]])
    document = convergences(snapshot, {"order": 2})
    head, *lines = rows(csv_text(document))
    assert head == ["a", "b", "c", "d", "net", "reading", "shared", "objectives"]
    assert [line[:7] for line in lines] == [
        ["A0", "A1", "2.5", "0.0", "2.5", "convergent", "1"],
        ["A0", "A2", "1.5", "0.0", "1.5", "convergent", "1"],
    ]
    assert json.loads(lines[0][7]) == document["items"][0]["objectives"]


def test_lists_and_objects(make: Make) -> None:
    document = zones_convergence(make([[3, -1], [2, -2]]), {"order": 2})
    head, line = rows(csv_text(document))
    cells = dict(zip(head, line, strict=True))
    assert cells["actors"] == "A0;A1"
    assert json.loads(cells["pattern"]) == {"O0": 1, "O1": -1}
    assert cells["records"] == "P1;P2;P3;P4"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-1.5, "-1.5"),
        ("", ""),
        ([], ""),
        (["a", "b"], "a;b"),
        ([None, 1], ";1"),
        ({"é": None}, '{"é": null}'),
        ([{"a": 1}], '[{"a": 1}]'),
        ([[1], [2]], "[[1], [2]]"),
        ('dit « "oui" », puis\nnon', 'dit « "oui" », puis\nnon'),
    ],
)
def test_cells(value: Any, cell: str) -> None:
    # a second column, so that an empty cell is not an empty line
    assert rows(csv_text({"items": [{"x": value, "y": 1}]}))[1] == [cell, "1"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_spreadsheet_runs_nothing(start: str) -> None:
    document = {"items": [{"x": f"{start}cmd", "y": [f"{start}cmd", "b"]}]}
    assert rows(csv_text(document))[1] == [f"'{start}cmd", f"'{start}cmd;b"]


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), min_size=1))
def test_any_text_comes_back(texts: list[str]) -> None:
    found = rows(csv_text({"items": [{"x": text} for text in texts]}).replace("\r", "·"))
    assert [row[0].lstrip("'") for row in found[1:]] == [t.replace("\r", "·").lstrip("'") for t in texts]


def test_no_items(make: Make) -> None:
    assert flat(convergences(make([]), {"order": 2})) == ([], [])
    assert flat(zones_conflict(make([[1]]), {"order": 2})) == ([], [])


@pytest.mark.parametrize("table", MACTOR_TABLES)
def test_tables_of_mactor(make: Make, table: str) -> None:
    document = mactor(make([[3, None], [-2, 1]], [[None, 2], [None, None]]))
    head, lines = flat(document, table)
    assert all(len(line) == len(head) for line in lines)
    if table == "actors":
        assert head == [
            *("actor", "influence", "dependence", "ri", "qi", "ambivalence1", "ambivalence2", "ambivalence3")
        ]
        assert lines[0][:5] == ["A0", 2, 0, 2.0, 2.0]
    elif table.startswith("mobilisation"):
        assert head == ["objective", "for", "against"]
        assert [line[0] for line in lines] == ["O0", "O1"]
    else:
        columns = document["objectives"] if table.startswith("mao") else document["actors"]
        assert head == ["actor", *columns]
        assert lines == [[a, *row] for a, row in zip(document["actors"], document[table], strict=True)]
    # an unknown stays empty, a stated zero is written
    if table == "mdi":
        assert rows(csv_text(document, table))[2] == ["A1", "", "0"]


@pytest.mark.parametrize("table", MACTOR_TABLES)
def test_tables_where_order_3_is_undefined(make: Make, table: str) -> None:
    head, *lines = rows(csv_text(mactor(make([[3], [2]])), table))
    assert head
    if table[-1] == "3":
        assert lines == []
    else:
        assert lines


@pytest.mark.parametrize("table", [None, "", "ri", "mao4"])
def test_mactor_needs_a_table(make: Make, table: str | None) -> None:
    with pytest.raises(InvalidCall) as refused:
        csv_text(mactor(make([[1]])), table)
    (fault,) = refused.value.faults
    assert fault.parameter == "table"
    assert "mobilisation3" in fault.fr
