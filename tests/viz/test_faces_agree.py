"""Each map's table holds what is drawn: every mark and every link has its row, with the same records."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest

from graph import Changes
from tests.viz.conftest import Compose, with_more
from tests.viz.test_flows import facts
from viz.kinds import KINDS
from viz.maps import (
    actors,
    conflict,
    convergence,
    evolution,
    flows,
    influence,
    interdependence,
    project,
    territories,
    zones,
)
from viz.spec import MapSpec, Row

BUILDS: dict[str, tuple[Callable[..., MapSpec], Callable[[], Changes]]] = {
    "actors": (actors.build, with_more),
    "convergence": (convergence.build, with_more),
    "conflict": (conflict.build, with_more),
    "zones": (zones.build, with_more),
    "influence": (influence.build, with_more),
    "project": (partial(project.build, project="P"), with_more),
    "territories": (territories.build, with_more),
    "evolution": (evolution.build, with_more),
    "flows": (flows.build, facts),
    "interdependence": (interdependence.build, facts),
}
LISTED_ONLY = frozenset({"evolution"})
"""Kinds that draw every actor as a ground for what changed: an actor of whom nothing changed has no row."""


def test_every_kind_is_here() -> None:
    assert set(BUILDS) == set(KINDS)


@pytest.mark.parametrize("profile", ["grand", "etroit"])
@pytest.mark.parametrize("kind", list(BUILDS))
def test_the_table_holds_what_is_drawn(kind: str, profile: str, compose: Compose) -> None:
    build, given = BUILDS[kind]
    spec = build(compose(25, given()), profile=profile)
    rows = [row for table in spec.tables for row in table.rows]
    names = {mark.id: mark.name for mark in (*spec.nodes, *spec.boxes)}
    assert spec.nodes
    tied = {id_ for link in spec.links for id_ in (link.a, link.b)}
    for node in spec.nodes:
        if kind not in LISTED_ONLY or node.id in tied:
            assert any(says(row, node.name) for row in rows), node
    for link in spec.links:
        found = [row for row in rows if says(row, names[link.a]) and says(row, names[link.b])]
        assert any(set(link.records) <= set(row.records) for row in found), link
    known = {record for row in rows for record in row.records}
    assert {record for link in spec.links for record in link.records} <= known
    assert {record.id for record in spec.records} >= {r for link in spec.links for r in link.records}


def says(row: Row, name: str) -> bool:
    """Whether a cell is this name, or lists it."""
    return any(name in re.split(", | et ", cell.text) or name == cell.text for cell in row.cells)
