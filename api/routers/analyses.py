"""Every analysis of the registry, as ``GET /api/v1/<path>``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from api.access import reader_of
from api.documents import documents_of
from api.problems import language
from api.routers.answers import XLSX, caching, etag_at, form, matched, sheet
from api.schemas import FORMATS, described, envelope_schema, problems_of
from graph.stores import Store
from queries.registry import ANALYSES, Analysis
from queries.tables import MACTOR_TABLES, csv_text, flat

ACCEPTED = ("format", "lang", "table")
"""Parameters of the answer itself, beside the analysis's own."""

MORE = {"xlsx": XLSX}
"""Formats beside JSON and CSV, and their media types."""


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
            responses=problems_of(401, 404, 413, 422, 503),
            openapi_extra=_described(analysis),
        )
    return routes


def _endpoint(store: Store, analysis: Analysis) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        typed = request.query_params
        given = {name: typed.getlist(name) for name in typed if name not in ACCEPTED}
        shape = form(request, (*FORMATS, *MORE))
        lang = language(request)
        table = request.query_params.get("table")
        level = reader_of(request).level
        revision = store.head()
        tag = etag_at(revision, level, analysis.path, given, shape, lang, table)
        if (known := matched(request, tag)) is not None:
            return known
        documents = documents_of(request)
        if shape == "csv":
            document = documents.document(analysis, given, level, lang, revision)
            return Response(
                csv_text(document, table), media_type="text/csv; charset=utf-8", headers=caching(tag)
            )
        if shape == "xlsx":
            names, rows = flat(documents.document(analysis, given, level, lang, revision), table)
            return Response(sheet(analysis.command, names, rows), media_type=XLSX, headers=caching(tag))
        text = documents.text(analysis, given, level, lang, revision)
        return Response(text, media_type="application/json", headers=caching(tag))

    return answer


def _described(analysis: Analysis) -> dict[str, Any]:
    document = envelope_schema({"type": "object"}) if analysis.pages else {"type": "object"}
    operation = described(analysis.parameters, document, csv=True, more=MORE)
    if not analysis.pages:
        operation["parameters"].append(
            {
                "name": "table",
                "in": "query",
                "required": False,
                "description": "which table, as CSV or XLSX",
                "schema": {"type": "string", "enum": list(MACTOR_TABLES)},
            }
        )
    return operation
