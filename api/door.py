"""The door every request goes through: who asks, how much may be sent, headers, a line of log, a count."""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.access import SAFE_METHODS, Access, Reader, Unauthenticated
from api.logs import Metrics, access_log
from api.routers.pages.frame import refusal
from api.routers.pages.uploads import MEGABYTE
from graph.errors import AgencementsError, TooLarge

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

MAX_BODY = MEGABYTE
"""Bytes of a request, imports apart."""

NO_ROUTE = "none"
CLIENT_LEFT = 499
"""What is logged when nobody was left to answer."""


class Door:
    """ASGI middleware, outermost.

    Args:
        app: what it guards.
        access: how readers are told apart.
        metrics: where requests are counted.
        uploads: path → most bytes of a request there; elsewhere :data:`MAX_BODY`.
    """

    def __init__(self, app: ASGIApp, access: Access, metrics: Metrics, uploads: dict[str, int]) -> None:
        self.app = app
        self.access = access
        self.metrics = metrics
        self.uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = _Visit(self, scope, receive, send)
        await visit.run()


class _Visit:
    """One request being answered."""

    def __init__(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        self.door = door
        self.scope = scope
        self._receive = receive
        self._send = send
        self.number = secrets.token_hex(6)
        self.status = 0
        self.received = 0
        self.limit = door.uploads.get(scope["path"], MAX_BODY)
        self.reader: Reader | None = None

    async def run(self) -> None:
        began = time.perf_counter()
        self.door.metrics.began()
        try:
            await self._guarded()
        except Exception as wrong:
            access_log.error(
                "%s", type(wrong).__name__, exc_info=wrong, extra={"request": self.number, **self._told()}
            )
            if self.status:
                raise  # half an answer left: the connection must break, or it would pass for whole
            await self._answer(problems.unexpected(self._request(), self.number))
        finally:
            self._count(time.perf_counter() - began)

    async def _guarded(self) -> None:
        headers = Headers(scope=self.scope)
        try:
            self.reader = self.door.access.reader(self.scope["method"], self.scope["path"], headers)
            declared = headers.get("content-length", "0")
            if declared.isdigit() and int(declared) > self.limit:
                raise self._too_large()
        except AgencementsError as wrong:
            await self._answer(self._refused(wrong, headers))
            return
        state: dict[str, Any] = self.scope.setdefault("state", {})
        state["reader"] = self.reader
        try:
            await self.door.app(self.scope, self._received, self._sent)
        except TooLarge as wrong:
            await self._answer(self._refused(wrong, headers))

    def _refused(self, wrong: AgencementsError, headers: Headers) -> Response:
        """Who reads pages is sent to the entrance, or told on a page; programs are told what is wrong."""
        page = "text/html" in headers.get("accept", "") and not self.scope["path"].startswith("/api/")
        if isinstance(wrong, Unauthenticated) and page and self.scope["method"] in SAFE_METHODS:
            return RedirectResponse("/acces", 303)
        if page:
            return refusal(self._request(), wrong)
        return problems.refused(self._request(), wrong)

    def _count(self, seconds: float) -> None:
        status = self.status or CLIENT_LEFT
        route = getattr(self.scope.get("route"), "path", NO_ROUTE)
        self.door.metrics.ended(self._method(), route, status, seconds)
        access_log.log(
            logging.ERROR if status >= 500 else logging.INFO,
            "request",
            extra={
                **self._told(),
                "status": status,
                "milliseconds": round(seconds * 1000, 1),
                "reader": None if self.reader is None else self.reader.name,
                "request": self.number,
            },
        )

    def _told(self) -> dict[str, str]:
        return {"method": self._method(), "path": self.scope["path"]}

    def _method(self) -> str:
        known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        return self.scope["method"] if self.scope["method"] in known else "other"

    def _request(self) -> Request:
        return Request(self.scope)

    async def _answer(self, answer: Response) -> None:
        if not self.status:
            await answer(self.scope, self._receive, self._sent)

    async def _received(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self.received += len(message.get("body", b""))
            if self.received > self.limit:
                raise self._too_large()
        return message

    async def _sent(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-Id"] = self.number
        await self._send(message)

    def _too_large(self) -> TooLarge:
        most = self.limit / MEGABYTE
        return TooLarge(
            f"Envoi trop grand : au plus {most:g} Mo ici.", f"Too much was sent: at most {most:g} MB here."
        )
