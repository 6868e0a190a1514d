"""The pages people look at, over one store."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.staticfiles import StaticFiles

from api.routers.pages import (
    actors,
    charts,
    dashboard,
    grids,
    history,
    imports,
    objectives,
    records,
    tables,
    tensions,
)
from api.routers.pages.frame import HERE
from graph.stores import Store
from viz.renderer import STATIC

__all__ = ["router"]


def router(store: Store) -> APIRouter:
    """The pages over a store, with the files they load."""
    routes = APIRouter(include_in_schema=False)
    routes.mount("/static/map", StaticFiles(directory=STATIC), name="map-static")
    routes.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for part in (dashboard, actors, objectives, grids, tables, records, tensions, charts, history, imports):
        routes.include_router(part.router(store))
    return routes
