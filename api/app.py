"""The HTTP application over one store."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from api import problems, version
from api.access import Access
from api.documents import Documents
from api.door import CSP, Door
from api.logs import Metrics
from api.routers import (
    additions,
    analyses,
    docs,
    entrance,
    exports,
    imports,
    maps,
    neighbourhood,
    operation,
    pages,
    record_writing,
    records,
    reference,
    revisions,
    territory_flows,
)
from api.routers.pages.charts import Drawings
from api.routers.pages.uploads import MEGABYTE
from api.samples import illustrated
from api.schemas import components
from api.uploads import Uploads
from graph.stores import Store
from ingest.opendata import Reference
from ingest.opendata import reference as shipped_reference

__all__ = ["CSP", "THREADS", "create_app"]

COMPRESSED_FROM = 1_000
"""Bytes below which an answer is sent as it is."""

THREADS = 40
"""Requests worked on at once; the others wait their turn, none is refused."""

UPLOAD_MEGABYTES = 100


def create_app(
    store: Store,
    access: Access | None = None,
    *,
    upload_megabytes: int = UPLOAD_MEGABYTES,
    territories: Callable[[], Reference] = shipped_reference,
) -> FastAPI:
    """The application; the store stays its caller's to close.

    Args:
        store: what is served.
        access: how readers are told apart; by default everybody is the person at the machine, a pilot.
        upload_megabytes: most that an imported file may weigh.
        territories: gives the official territories; read at the first question about them.
    """
    doorkeeper = access or Access()
    most = upload_megabytes * MEGABYTE
    metrics = Metrics()
    uploads = Uploads(store)
    drawings = Drawings(store)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield
        uploads.close()

    app = FastAPI(
        title="Agencements",
        version=version(),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=lifespan,
    )
    app.state.documents = Documents(store)
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM)
    app.add_middleware(
        Door,
        access=doorkeeper,
        metrics=metrics,
        uploads={"/api/v1/imports": most, "/importer": most},
    )
    problems.install(app)
    app.include_router(operation.router(store, metrics))
    app.include_router(analyses.router(store))
    app.include_router(revisions.router(store))
    app.include_router(exports.router(store))
    app.include_router(maps.router(store, drawings))
    app.include_router(imports.router(uploads))
    app.include_router(additions.router(uploads, territories))
    app.include_router(neighbourhood.router(store))
    app.include_router(territory_flows.router(store))
    app.include_router(records.router(store))
    app.include_router(record_writing.router(store))
    app.include_router(reference.router(store, territories))
    app.include_router(docs.router(app))
    app.include_router(entrance.router(doorkeeper))
    app.include_router(pages.router(store, drawings, territories, most))
    app.openapi = _described(app.openapi)  # type: ignore[method-assign]
    return app


def _described(of_routes: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """The description of the routes with the schemas they refer to, examples, and how readers are known."""

    @functools.cache
    def openapi() -> dict[str, Any]:
        document = of_routes()
        parts = document.setdefault("components", {})
        parts["schemas"] = {**components(), **parts.get("schemas", {})}
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}, {}]
        illustrated(document)
        return document

    return openapi
