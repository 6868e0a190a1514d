"""Errors over HTTP: RFC 9457 problem documents, made from the one error tree."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from graph.errors import AgencementsError, DependentsExist, InvalidCall, StaleRecord, UndoRefused

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"
"""Seconds before asking a store again that is away."""


def language(request: Request) -> str:
    """``en`` when asked for by ``lang``, else French."""
    return "en" if request.query_params.get("lang") == "en" else "fr"


def problem(status: int, code: str, title: str, detail: str, **more: Any) -> JSONResponse:
    """A problem document."""
    body = {
        "type": f"/problems/{code.replace('_', '-')}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [],
        **more,
    }
    return JSONResponse(body, status, media_type=MEDIA_TYPE)


TITLES = {
    400: ("Demande mal formée", "Malformed request"),
    401: ("Jeton nécessaire", "Token needed"),
    403: ("Réservé", "Not allowed"),
    404: ("Introuvable", "Not found"),
    405: ("Méthode non permise", "Method not allowed"),
    409: ("Conflit", "Conflict"),
    410: ("Effacé", "Erased"),
    413: ("Trop grand", "Too large"),
    415: ("Type de contenu non accepté", "Content type not accepted"),
    422: ("Demande invalide", "Invalid request"),
    428: ("Version nécessaire", "Version needed"),
    500: ("Erreur interne", "Internal error"),
    503: ("Dépôt indisponible", "Store unavailable"),
}


def title(status: int, lang: str) -> str:
    """The short name of a status, for people."""
    fr, en = TITLES.get(status, ("Erreur", "Error"))
    return en if lang == "en" else fr


def refused(request: Request, wrong: Exception) -> JSONResponse:
    """The problem document of an error of the tree."""
    assert isinstance(wrong, AgencementsError)
    lang = language(request)
    more: dict[str, Any] = {}
    if isinstance(wrong, InvalidCall):
        more["errors"] = [
            {"parameter": f.parameter, "value": f.value, "message": f.en if lang == "en" else f.fr}
            for f in wrong.faults
        ]
    if isinstance(wrong, StaleRecord):
        more["conflicts"] = [asdict(conflict) for conflict in wrong.conflicts]
    if isinstance(wrong, DependentsExist):
        more["dependents"] = list(wrong.dependents)
    if isinstance(wrong, UndoRefused):
        more["touched"] = list(wrong.touched)
    answer = problem(wrong.status, wrong.code, title(wrong.status, lang), wrong.message(lang), **more)
    if wrong.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="agencements"'
    if wrong.status == 503:
        answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def unexpected(request: Request, number: str) -> JSONResponse:
    """The problem document of an error of ours; the log has the rest under the same number."""
    lang = language(request)
    detail = (
        f"Something went wrong on our side; the operator's log tells it under {number}."
        if lang == "en"
        else f"Une erreur est survenue de notre côté ; le journal de l'exploitant la décrit sous {number}."
    )
    return problem(500, "internal", title(500, lang), detail)


def install(app: FastAPI) -> None:
    """Answer every error of the tree, and every refused request, as a problem document."""

    def unrouted(request: Request, wrong: Exception) -> JSONResponse:
        assert isinstance(wrong, HTTPException)
        lang = language(request)
        names = {400: "malformed", 404: "not_found", 405: "method_not_allowed"}
        texts = {
            400: ("La demande est mal formée : elle ne peut pas être lue.", "The request is malformed."),
            404: ("Cette adresse n'existe pas.", "There is nothing at this address."),
            405: ("Cette adresse n'accepte pas cette méthode.", "This address does not accept this method."),
        }
        fr, en = texts.get(wrong.status_code, (str(wrong.detail), str(wrong.detail)))
        code = names.get(wrong.status_code, "http")
        answer = problem(wrong.status_code, code, title(wrong.status_code, lang), en if lang == "en" else fr)
        answer.headers.update(wrong.headers or {})
        return answer

    def unread(request: Request, wrong: Exception) -> JSONResponse:
        assert isinstance(wrong, RequestValidationError)
        lang = language(request)
        errors = [
            {"parameter": ".".join(str(part) for part in e["loc"][1:]), "value": "", "message": e["msg"]}
            for e in wrong.errors()
        ]
        detail = "The request cannot be read." if lang == "en" else "La demande ne peut pas être lue."
        return problem(422, "invalid_parameters", title(422, lang), detail, errors=errors)

    app.add_exception_handler(AgencementsError, refused)
    app.add_exception_handler(HTTPException, unrouted)
    app.add_exception_handler(RequestValidationError, unread)
