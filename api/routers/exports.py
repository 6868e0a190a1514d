"""Everything a reader may see, in one file for another tool."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from api.access import reader_of
from api.routers.answers import asked, caching, form, matched, tag_of
from api.schemas import one_of, problems_of
from graph.stores import Store
from ingest import Stamp, export
from queries.registry import DATES, view
from viz.outlines import outlines

MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "geojson": "application/geo+json",
}
"""Formats, the first one by default, and their media types."""


def router(store: Store) -> APIRouter:
    """The route over a store."""
    routes = APIRouter(prefix="/api/v1", tags=["files"])
    binary: dict[str, Any] = {
        media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()
    }
    binary[MEDIA["geojson"]] = {"schema": {"type": "object"}}
    described: dict[str, Any] = {
        "parameters": [one_of("format", tuple(MEDIA)), one_of("lang", ("fr", "en"))],
        "responses": {
            "200": {"description": "The file.", "content": binary},
            "304": {"description": "Unchanged."},
        },
    }
    described["parameters"] += [
        {
            "name": "at_revision",
            "in": "query",
            "required": False,
            "description": "the revision to export",
            "schema": {"type": "integer", "minimum": 0},
        }
    ]

    @routes.get(
        "/export",
        summary="The whole store, as this reader sees it: a workbook or a graph.",
        response_class=Response,
        responses=problems_of(401, 404, 422, 503),
        openapi_extra=described,
    )
    def exported(request: Request) -> Response:
        shape = form(request, tuple(MEDIA))
        values = asked(request, [parameter for parameter in DATES if parameter.name == "at_revision"])
        level = reader_of(request).level
        tag = tag_of(request, store, level)
        if (known := matched(request, tag)) is not None:
            return known
        snapshot = view(store, values, level=level)
        moment = store.revision(snapshot.revision).moment if snapshot.revision else ""
        folder = tempfile.TemporaryDirectory(prefix="agencements-export-")
        name = f"agencements-{snapshot.revision}.{shape}"
        try:
            drawn = outlines()
            export(
                snapshot,
                Path(folder.name) / name,
                Stamp(snapshot.revision, moment),
                shapes=drawn.polygons,
                credit=drawn.attribution,
            )
        except BaseException:
            folder.cleanup()
            raise
        return FileResponse(
            Path(folder.name) / name,
            media_type=MEDIA[shape],
            filename=name,
            headers=caching(tag),
            background=BackgroundTask(folder.cleanup),
        )

    return routes
