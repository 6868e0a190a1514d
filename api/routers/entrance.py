"""Where a browser hands over its token: pages cannot send the header that programs send."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access import COOKIE, Access
from api.problems import language
from api.routers.pages.frame import environment

KEPT_SECONDS = 30 * 24 * 3600
"""How long a browser keeps its token; revoked, it is refused at once all the same."""

MISTYPED = 401


def router(access: Access) -> APIRouter:
    """The routes of the entrance."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/acces")
    def entrance(request: Request) -> HTMLResponse:
        return _page(request, refused=False)

    @routes.post("/acces")
    def enter(request: Request, token: Annotated[str, Form()] = "") -> Response:
        if access.tokens is None or access.tokens.reader(token.strip()) is None:
            return _page(request, refused=True)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE,
            token.strip(),
            max_age=KEPT_SECONDS,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    @routes.post("/acces/quitter")
    def leave() -> Response:
        answer = RedirectResponse("/acces", 303)
        answer.delete_cookie(COOKIE)
        return answer

    return routes


def _page(request: Request, *, refused: bool) -> HTMLResponse:
    html = environment().get_template("entrance.html.j2").render(lang=language(request), refused=refused)
    return HTMLResponse(html, MISTYPED if refused else 200)
