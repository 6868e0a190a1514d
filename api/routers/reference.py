"""Official territories that come with the project: search, and everything known of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from fastapi import APIRouter, Request, Response

from api import official
from api.access import reader_of
from api.problems import language
from api.routers.answers import answer, asked, form, matched, tag_of
from api.schemas import described, problems_of
from graph.errors import Fault, InvalidCall
from graph.stores import Store
from ingest.opendata import Reference
from ingest.opendata.search import LIMIT
from queries.parameters import Parameter

QUERY = Parameter("q", "str", "code, nom ou partie d'un nom", "code, name or part of a name")
MOST = Parameter("limit", "int", "réponses au plus", "most answers", default=LIMIT, low=1, high=100)

_TEXT = {"type": "string"}
_PLACE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {**_TEXT, "example": "200054781"},
        "name": {**_TEXT, "example": "Métropole du Grand Paris"},
        "type": {**_TEXT, "example": "epci"},
        "form": {"type": ["string", "null"], "example": "METRO"},
        "population": {"type": ["integer", "null"], "example": 7142540},
    },
}
FLAT = ("code", "name", "type", "form", "year", "siren", "population")


def router(store: Store, reference: Callable[[], Reference]) -> APIRouter:
    """The routes over a reference; the store tells only whether an answer is still the same."""
    routes = APIRouter(prefix="/api/v1/reference", tags=["reference"])
    found = {
        "type": "object",
        "properties": {
            "q": _TEXT,
            "year": {"type": "integer"},
            "nearest": {"type": "boolean", "description": "nothing is named so; these are the nearest"},
            "items": {"type": "array", "items": _PLACE},
        },
    }

    @routes.get(
        "/territories",
        summary="Official territories by code or name.",
        response_class=Response,
        responses=problems_of(401, 422, 503),
        openapi_extra=described((QUERY, MOST), found, csv=True),
    )
    def search(request: Request) -> Response:
        shape = form(request)
        values = asked(request, (QUERY, MOST))
        if not values["q"]:
            fault = Fault("q", "", "« q » : un code ou un nom.", "'q': a code or a name.")
            raise InvalidCall([fault])
        tag = tag_of(request, store, reader_of(request).level)
        if (same := matched(request, tag)) is not None:
            return same
        document = official.listing(reference(), str(values["q"]), cast(int, values["limit"]))
        return answer(document, shape, tag, (*_PLACE["properties"], "former", "within"))

    @routes.get(
        "/territories/{code}",
        summary="An official territory: nesting, population, competences, old codes, point, what is missing.",
        response_class=Response,
        responses=problems_of(401, 404, 422, 503),
        openapi_extra=described((), _PLACE, csv=True),
    )
    def one(request: Request, code: str) -> Response:
        shape = form(request)
        asked(request, ())
        lang = language(request)
        known = reference()
        place = known.place(code) or official.one(known, code, lang).place
        tag = tag_of(request, store, reader_of(request).level)
        if (same := matched(request, tag)) is not None:
            return same
        document = official.details(known, place, asked=code, lang=lang)
        if shape == "csv":
            flat = {name: document[name] for name in FLAT}
            point = document["point"] or {"lat": None, "lon": None}
            flat |= point | {"parents": [p["code"] for p in document["parents"]]}
            flat |= {"competences": [c["code"] for c in document["competences"]]}
            flat |= {"old_codes": [o["code"] for o in document["old_codes"]]}
            return answer({"items": [flat]}, shape, tag)
        return answer(document, shape, tag)

    return routes
