"""The dashboard: what changed, what needs the reader."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import asked, page_router
from graph.snapshot import Snapshot
from graph.stores import Store
from queries.latent import by_contradiction
from queries.registry import ANALYSES, run
from queries.zones_convergence import distinct

SHOWN = 5
"""Items of each list."""


def router(store: Store) -> APIRouter:
    """The dashboard over a store."""
    routes = page_router()

    @routes.get("/", response_class=HTMLResponse)
    def dashboard(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        snapshot, lang = reading.snapshot, reading.lang
        found = {
            name: run(store, ANALYSES[f"zones/{name}"], reading.given, level=reading.level, lang=lang)
            for name in ("convergence", "conflict")
        }
        return reading.page(
            "dashboard",
            convergence=distinct(found["convergence"]["items"])[:SHOWN],
            conflict=found["conflict"]["items"][:SHOWN],
            latent=by_contradiction(snapshot, lang)[:SHOWN],
            coverage=snapshot.coverage,
            contested=contested(snapshot),
            revisions=store.revisions(limit=SHOWN),
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
