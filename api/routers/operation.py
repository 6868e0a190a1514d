"""What supervisors ask: whether the process answers, whether its store does, and how much it works."""

from __future__ import annotations

import anyio
import anyio.to_thread
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from api.logs import Metrics
from graph.errors import StoreAway, StoreError
from graph.stores import Store

READY_WITHIN = 4.0
"""Seconds given to the store; a supervisor has its answer within five."""

ASKED_AT_ONCE = 4
"""Threads of these questions, kept apart: they answer also when all the others wait for the store."""

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def router(store: Store, metrics: Metrics) -> APIRouter:
    """The routes over a store."""
    routes = APIRouter(tags=["operation"])
    limiters: list[anyio.CapacityLimiter] = []

    async def head() -> int:
        if not limiters:
            limiters.append(anyio.CapacityLimiter(ASKED_AT_ONCE))
        with anyio.move_on_after(READY_WITHIN):
            return await anyio.to_thread.run_sync(store.head, abandon_on_cancel=True, limiter=limiters[0])
        raise StoreAway(
            "Le dépôt ne répond pas : vérifiez qu'il est démarré.",
            "The store does not answer: check that it is running.",
        )

    @routes.get("/health", summary="The process answers.")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get("/ready", summary="The store answers.")
    async def ready() -> dict[str, str | int]:
        return {"status": "ok", "revision": await head()}

    @routes.get("/metrics", summary="Counts for Prometheus.", response_class=PlainTextResponse)
    async def metrics_text() -> PlainTextResponse:
        try:
            revision = await head()
        except StoreError:
            revision = None  # the counts are wanted then more than ever
        return PlainTextResponse(metrics.text(revision), media_type=PROMETHEUS)

    return routes
