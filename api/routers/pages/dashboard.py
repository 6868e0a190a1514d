"""The dashboard: what changed, what needs the reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import Reading, asked, page_router
from api.routers.pages.tensions import in_scope
from api.routers.pages.words import day
from graph.snapshot import Snapshot
from graph.stores import Store
from queries.ageing import MONTHS, ageing
from queries.latent import by_contradiction
from queries.registry import PILOTS
from queries.zones_convergence import distinct

SHOWN = 5
"""Items of each list."""

ZONES_AT_ONCE = 4_000
"""Actors × objectives beyond which zones are worked out when asked for: the first page of a visit does not wait."""


def router(store: Store) -> APIRouter:
    """The dashboard over a store."""
    routes = page_router()

    @routes.get("/", response_class=HTMLResponse)
    def dashboard(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        snapshot, lang = reading.snapshot, reading.lang
        at_once = len(snapshot.actors) * len(snapshot.objectives) <= ZONES_AT_ONCE
        found = {
            name: reading.answer(f"zones/{name}")["items"] if at_once else []
            for name in ("convergence", "conflict")
        }
        old = ageing(snapshot, {"months": MONTHS}, lang)
        return reading.page(
            "dashboard",
            at_once=at_once,
            convergence=distinct(found["convergence"])[:SHOWN],
            conflict=found["conflict"][:SHOWN],
            latent=by_contradiction(snapshot, lang)[:SHOWN],
            coverage=snapshot.coverage,
            contested=contested(snapshot),
            ageing=len(old["items"]),
            months=MONTHS,
            oldest=[_position(reading, item) for item in old["items"][:SHOWN]],
            due=due(reading),
            revisions=store.revisions(limit=SHOWN) if reading.level == PILOTS else [],
        )

    return routes


def contested(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Pairs whose raters have opposite signs, to arbitrate."""
    found = []
    for pair in snapshot.positions.contested.pair.tolist():
        row, col = pair >> 32, pair & 0xFFFFFFFF
        actor, objective = snapshot.actors.items[row], snapshot.objectives.items[col]
        found.append(
            {
                "actor": actor,
                "objective": objective,
                "records": snapshot.positions.records(row, col),
            }
        )
    return found


def _position(reading: Reading, item: Mapping[str, Any]) -> dict[str, Any]:
    """A position that grew old, by names."""
    return {
        "href": reading.link(f"/positions/{item['actor']}/{item['objective']}"),
        "actor": reading.snapshot.actors.name(item["actor"]),
        "objective": reading.snapshot.objectives.name(item["objective"]),
        "date": day(reading, date.fromisoformat(item["date"])),
        "months": item["months"],
    }


def due(reading: Reading) -> list[dict[str, Any]]:
    """Arbitrations whose day of review has come and that none has followed, the longest due first."""
    found = [
        {"tension": card, "decision": card["decisions"][0]}
        for card in in_scope(reading)
        if card["decisions"] and card["decisions"][0]["due"]
    ]
    return sorted(found, key=lambda item: item["decision"]["review_on"])
