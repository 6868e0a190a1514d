"""Revisions: who wrote what, when; what changed between two; taking one back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import asked, page_router
from graph.stores import Store


def router(store: Store) -> APIRouter:
    """Revisions over a store."""
    routes = page_router()

    @routes.get("/historique", response_class=HTMLResponse)
    def history(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        reading.only_pilots()
        return reading.page("history", revisions=store.revisions(limit=200))

    return routes
