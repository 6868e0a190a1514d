"""The pages people look at, over one store."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.staticfiles import StaticFiles

from api.routers.pages import (
    actors,
    charts,
    chronicle,
    dashboard,
    figures,
    grids,
    history,
    imports,
    negotiations,
    objectives,
    official,
    records,
    tables,
    tensions,
    territories,
)
from api.routers.pages.frame import HERE
from api.routers.pages.uploads import Uploads
from graph.stores import Store
from ingest.opendata import Reference
from viz.renderer import STATIC

__all__ = ["router"]


def router(
    store: Store, drawings: charts.Drawings, reference: Callable[[], Reference], most: int
) -> APIRouter:
    """The pages over a store, with the files they load.

    Args:
        store: what is read and written.
        drawings: its maps.
        reference: gives the official territories.
        most: bytes of one sending of files at most.
    """
    uploads = Uploads(most)
    routes = APIRouter(include_in_schema=False)
    routes.mount("/static/map", StaticFiles(directory=STATIC), name="map-static")
    routes.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for part in (
        dashboard,
        actors,
        objectives,
        grids,
        tables,
        records,
        tensions,
        chronicle,
        figures,
        negotiations,
        territories,
        history,
    ):
        routes.include_router(part.router(store))
    routes.include_router(charts.router(store, drawings))
    routes.include_router(imports.router(store, uploads))
    routes.include_router(official.router(store, reference, uploads))
    return routes
