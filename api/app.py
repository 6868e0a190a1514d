"""The HTTP application over one store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse

from api import problems, version
from api.routers import analyses, pages
from graph.stores import Store

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No third party, nothing inline."""

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}

COMPRESSED_FROM = 1_000
"""Bytes below which an answer is sent as it is."""


def create_app(store: Store) -> FastAPI:
    """The application; the store stays its caller's to close.

    Served on loopback only, to the person at the machine, who sees what pilots see.
    """
    app = FastAPI(
        title="Agencements",
        version=version(),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        answer = await call_next(request)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer

    @app.get("/health", tags=["operation"], summary="The process answers.")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready", tags=["operation"], summary="The store answers.")
    def ready() -> JSONResponse:
        return JSONResponse({"status": "ok", "revision": store.head()})

    problems.install(app)
    app.include_router(analyses.router(store))
    app.include_router(pages.router(store))
    return app
