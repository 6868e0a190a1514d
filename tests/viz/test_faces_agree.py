"""Each map's table holds what is drawn: every mark and every link has its row, with the same records."""

from __future__ import annotations

import re

import pytest

from tests.viz.conftest import Compose, with_more
from tests.viz.test_flows import facts
from viz.kinds import FLOWING, KINDS, build
from viz.spec import MapSpec, Row

SIZES = ("grand", "etroit")
"""The widest and the narrowest: what is drawn differs by the room there is."""
LISTED_ONLY = frozenset({"evolution"})
"""Kinds that draw every actor as a ground for what changed: an actor of whom nothing changed has no row."""

OWN_ROW = frozenset({"territories", "influence"})
"""Kinds whose table has a row for each mark: being named in another's, as what it lies in, is not enough."""


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_table_holds_what_is_drawn(kind: str, compose: Compose, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viz.kinds.PROFILES", SIZES)
    snapshot = compose(25, facts() if kind in FLOWING else with_more())
    specs = build(kind, snapshot, asked="P")
    assert {spec.profile.name for spec in specs} == set(SIZES)
    for spec in specs:
        agree(kind, spec)


def agree(kind: str, spec: MapSpec) -> None:
    """Every mark and every link has its row, and every record its place."""
    rows = [row for table in spec.tables for row in table.rows]
    names = {mark.id: mark.name for mark in (*spec.nodes, *spec.boxes)}
    assert spec.nodes
    tied = {id_ for link in spec.links for id_ in (link.a, link.b)}
    for node in spec.nodes:
        if kind not in LISTED_ONLY or node.id in tied:
            assert any(own(row, node.name) if kind in OWN_ROW else says(row, node.name) for row in rows), node
    for link in spec.links:
        found = [row for row in rows if says(row, names[link.a]) and says(row, names[link.b])]
        assert any(set(link.records) <= set(row.records) for row in found), link
    known = {record for row in rows for record in row.records}
    assert {record for link in spec.links for record in link.records} <= known
    assert {record.id for record in spec.records} >= {r for link in spec.links for r in link.records}


def own(row: Row, name: str) -> bool:
    """Whether this is the row of this name."""
    return row.cells[0].text == name


def says(row: Row, name: str) -> bool:
    """Whether a cell is this name, or lists it."""
    return any(name in re.split(", | et ", cell.text) or name == cell.text for cell in row.cells)
