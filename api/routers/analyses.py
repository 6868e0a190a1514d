"""Every analysis of the registry, as ``GET /api/v1/<path>``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from api import version
from api.access import reader_of
from api.problems import language
from graph.errors import Fault, InvalidCall
from graph.stores import Store
from queries.parameters import Parameter
from queries.registry import ANALYSES, Analysis, run
from queries.tables import csv_text

FORMATS = ("json", "csv")
ACCEPTED = ("format", "lang", "table")
"""Parameters of the answer itself, beside the analysis's own."""


def router(store: Store) -> APIRouter:
    """The routes over a store."""
    routes = APIRouter(prefix="/api/v1", tags=["analyses"])
    for analysis in ANALYSES.values():
        routes.add_api_route(
            f"/{analysis.path}",
            _endpoint(store, analysis),
            methods=["GET"],
            name=analysis.command,
            summary=analysis.en,
            description=f"{analysis.fr}.",
            openapi_extra={"parameters": [_described(p) for p in analysis.parameters] + _formats(analysis)},
        )
    return routes


def _endpoint(store: Store, analysis: Analysis) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        given = {name: value for name, value in request.query_params.items() if name not in ACCEPTED}
        shape = request.query_params.get("format", "json")
        if shape not in FORMATS:
            raise InvalidCall(
                [
                    Fault(
                        "format",
                        shape[:80],
                        f"« format » : attendu {' ou '.join(FORMATS)}.",
                        f"'format': expected {' or '.join(FORMATS)}.",
                    )
                ]
            )
        lang = language(request)
        table = request.query_params.get("table")
        level = reader_of(request).level
        tag = etag(store, level, analysis.path, given, shape, lang, table)
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=caching(tag))
        document = run(store, analysis, given, level=level, lang=lang)
        if shape == "csv":
            return Response(
                csv_text(document, table), media_type="text/csv; charset=utf-8", headers=caching(tag)
            )
        body = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return Response(body, media_type="application/json", headers=caching(tag))

    return answer


def etag(store: Store, level: str, *parts: Any) -> str:
    """Hash of the revision (an erasure is one), the reader's level, the question, its form, and the version."""
    text = json.dumps([store.head(), level, version(), *parts], sort_keys=True, ensure_ascii=False)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def caching(tag: str) -> dict[str, str]:
    """Headers of an answer that is kept by its reader alone, who asks again each time."""
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Authorization"}


def _described(parameter: Parameter) -> dict[str, Any]:
    types = {"int": "integer", "flag": "integer", "str": "string", "date": "string"}
    schema: dict[str, Any] = {"type": types[parameter.kind]}
    if parameter.kind == "date":
        schema["format"] = "date"
    if parameter.kind == "flag":
        schema["enum"] = [0, 1]
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.low is not None:
        schema["minimum"] = parameter.low
    if parameter.high is not None:
        schema["maximum"] = parameter.high
    if parameter.default is not None:
        schema["default"] = bool(parameter.default) + 0 if parameter.kind == "flag" else parameter.default
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.en,
        "schema": schema,
    }


def _formats(analysis: Analysis) -> list[dict[str, Any]]:
    found = [
        {
            "name": "format",
            "in": "query",
            "schema": {"type": "string", "enum": list(FORMATS), "default": "json"},
        },
        {"name": "lang", "in": "query", "schema": {"type": "string", "enum": ["fr", "en"], "default": "fr"}},
    ]
    if not analysis.pages:
        found.append({"name": "table", "in": "query", "schema": {"type": "string"}})
    return found
