"""Objectives: which stakes, which objectives, who is for and against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.actors import about
from api.routers.pages.frame import Reading, asked, page_router
from api.routers.pages.records import versions_of
from api.routers.pages.statements import pairs
from api.routers.pages.words import Part, fields, reference
from graph.errors import NotFound
from graph.model import TABLES, Objective, Stake
from graph.snapshot import Snapshot
from graph.stores import Store
from graph.vocabulary import fold

ABOUT = ("objective_links", "targets", "tensions")
"""Tables whose records about an objective are listed on its page."""


@dataclass(frozen=True)
class Count:
    """How many actors stand where about an objective.

    Attributes:
        pour: for.
        neutral: stated neutrality.
        against: against.
        contested: raters of opposite signs, no effective value.
        unknown: no statement.
    """

    pour: int
    neutral: int
    against: int
    contested: int
    unknown: int

    @property
    def total(self) -> int:
        """All the actors."""
        return self.pour + self.neutral + self.against + self.contested + self.unknown


def router(store: Store) -> APIRouter:
    """The tree of objectives and the page of each."""
    routes = page_router()

    @routes.get("/objectifs", response_class=HTMLResponse)
    def objectives(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        branches, loose = _tree(reading)
        return reading.page("objectives", branches=branches, loose=loose)

    @routes.get("/objectifs/{id_}", response_class=HTMLResponse)
    def objective(request: Request, id_: str) -> HTMLResponse:
        reading = asked(store, request)
        whole = reading.whole
        if id_ not in whole.objectives:
            other = whole.alias("objectives", id_)
            if other is None or other not in whole.objectives:
                raise NotFound(f"Objectif inconnu : « {id_} ».", f"Unknown objective: '{id_}'.")
            id_ = other
        found = pairs(reading, "positions", col=id_)
        sides = {
            "pour": [p for p in found if p.value is not None and p.value > 0],
            "contre": [p for p in found if p.value is not None and p.value < 0][::-1],
            "neutre": [p for p in found if p.value == 0],
            "contested": [p for p in found if p.value is None],
        }
        return reading.page(
            "objective",
            objective=whole.objectives[id_],
            identity=fields(reading, whole.objectives[id_]),
            count=counts(whole)[id_],
            sides=sides,
            about=about(reading, "objectives", id_, ABOUT),
            history=versions_of(reading, TABLES["objectives"], id_),
        )

    return routes


def counts(snapshot: Snapshot) -> Mapping[str, Count]:
    """By objective, how many actors of a snapshot stand where."""
    held, size = snapshot.positions, len(snapshot.objectives)

    def tally(mask: Any) -> list[int]:
        return [int(n) for n in np.bincount(held.col[mask], minlength=size)]

    values = held.stated.value
    pour, neutral, against = tally(values > 0), tally(values == 0), tally(values < 0)
    contested = [int(n) for n in np.bincount(held.contested.pair & 0xFFFFFFFF, minlength=size)]
    n = len(snapshot.actors)
    return {
        id_: Count(
            pour[k],
            neutral[k],
            against[k],
            contested[k],
            n - pour[k] - neutral[k] - against[k] - contested[k],
        )
        for k, id_ in enumerate(snapshot.objectives.ids)
    }


def _tree(reading: Reading) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Stakes with their objectives in scope, nested, and the objectives without a stake; empty branches are cut."""
    snapshot = reading.snapshot
    counted = counts(snapshot)
    leaves: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for item in sorted(snapshot.objectives, key=lambda o: fold(o.name)):
        leaves[item.stake if item.stake in snapshot.stakes else None].append(
            _leaf(reading, item, counted[item.id])
        )
    children: dict[str | None, list[Stake]] = defaultdict(list)
    for stake in sorted(snapshot.stakes, key=lambda s: fold(s.name)):
        children[stake.parent if stake.parent in snapshot.stakes else None].append(stake)

    def branch(stake: Stake) -> dict[str, Any] | None:
        below = [found for child in children[stake.id] if (found := branch(child)) is not None]
        if not below and not leaves[stake.id]:
            return None
        return {"id": stake.id, "name": stake.name, "objectives": leaves[stake.id], "below": below}

    roots = [found for stake in children[None] if (found := branch(stake)) is not None]
    return roots, leaves[None]


def _leaf(reading: Reading, item: Objective, count: Count) -> dict[str, Any]:
    return {
        "id": item.id,
        "name": item.name,
        "count": count,
        "bearers": [
            reference(reading, "actors", bearer) if bearer in reading.names["actors"] else Part(bearer)
            for bearer in item.bearers
        ],
    }
