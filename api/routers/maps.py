"""Every map as ``GET /api/v1/maps/<kind>``: the file, the picture, the tables, the graph."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.access import reader_of
from api.geojson import MEDIA_TYPE as GEOJSON
from api.geojson import collection
from api.record_json import record_document
from api.routers.answers import caching, form, json_response, matched, tag_of
from api.routers.pages.charts import PERIOD, PINS, ZONE, Drawings
from api.routers.pages.faces import FACES, VIEW, cells, heads, shown_as
from api.routers.pages.frame import PAGE_PARAMETERS, Reading
from api.schemas import JSON, described, one_of, problems_of
from graph.errors import NotFound
from graph.model import TABLES
from graph.snapshot import Snapshot
from graph.stores import Store
from queries.parameters import Parameter
from viz import KINDS, MapSpec, render_html
from viz.flow_choice import PARAMETERS as FLOW_PARAMETERS
from viz.graph import gexf, graphml
from viz.maps.territories import actors_in

GRAPHS = {"graphml": (graphml, "application/graphml+xml"), "gexf": (gexf, "application/gexf+xml")}
MEDIA = {
    "html": "text/html",
    "svg": FACES["svg"],
    "json": JSON,
    "csv": "text/csv",
    "xlsx": FACES["xlsx"],
    **{name: media for name, (_, media) in GRAPHS.items()},
    "geojson": GEOJSON,
}
"""Formats, the first one by default, and their media types."""

PLACED = frozenset({"territories"})
"""Kinds of map that are also answered as GeoJSON."""

FORMAT = Parameter("format", "str", "le format", "the format", default="html", choices=tuple(MEDIA))
DOCUMENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("kind", "title", "question", "stamp", "coverage")},
        "revision": {"type": "integer"},
        "notes": {"type": "array", "items": {"type": "string"}},
        "tables": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "caption": {"type": "string"},
                    "columns": {"type": "array", "items": {"type": "string"}},
                    "rows": {"type": "array", "items": {"type": "array"}},
                },
                "required": ["caption", "columns", "rows"],
            },
        },
    },
    "required": ["kind", "title", "question", "stamp", "coverage", "revision", "notes", "tables"],
}


def router(store: Store, drawings: Drawings) -> APIRouter:
    """The routes over a store and its maps."""
    routes = APIRouter(prefix="/api/v1", tags=["maps"])
    operation = described((*PAGE_PARAMETERS, ZONE, PINS, *PERIOD, *FLOW_PARAMETERS, *VIEW), None)
    operation["parameters"].insert(0, one_of("format", tuple(MEDIA)))
    operation["parameters"].insert(
        0,
        {
            "name": "kind",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "enum": list(KINDS)},
            "example": "convergence",
        },
    )
    content: dict[str, Any] = {media: {"schema": {"type": "string"}} for media in MEDIA.values()}
    content[JSON] = {"schema": DOCUMENT}
    operation["responses"] = {
        "200": {"description": "The map.", "content": content},
        "304": {"description": "Unchanged since the ETag in If-None-Match."},
    }

    @routes.get(
        "/maps/{kind}",
        summary="A map: one file that works without network, a picture, its tables, or its graph.",
        response_class=Response,
        responses=problems_of(401, 404, 422, 503),
        openapi_extra=operation,
    )
    def drawn(request: Request, kind: str) -> Response:
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise NotFound(
                f"Carte inconnue : « {kind[:40]} » ; connues : {known}.",
                f"Unknown map: '{kind[:40]}'; known: {known}.",
            )
        shape = form(request, tuple(name for name in MEDIA if name != "geojson" or kind in PLACED))
        tag = tag_of(request, store, reader_of(request).level)
        if (known_already := matched(request, tag)) is not None:
            return known_already
        found = drawings.of(request, KINDS[kind], *VIEW, FORMAT)
        answer = (
            json_response(_places(found.snapshot), media_type=GEOJSON)
            if shape == "geojson"
            else _shaped(shape, found.reading, kind, found.specs)
        )
        answer.headers.update(caching(tag))
        return answer

    return routes


def _shaped(shape: str, reading: Reading, kind: str, specs: tuple[MapSpec, ...]) -> Response:
    if shape == "json":
        return json_response(_document(reading, kind, specs[0]))
    name = f"{KINDS[kind]}-revision-{reading.snapshot.revision}.{shape}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if shape == "html":
        # to be kept: its own policy allows what it holds, that of our pages would not
        return HTMLResponse(render_html(specs[0], also=specs[1:]), headers=headers)
    if shape in GRAPHS:
        write, media = GRAPHS[shape]
        return Response(write(specs[0]), media_type=media, headers=headers)
    return shown_as(shape, reading, KINDS[kind], specs)


def _places(snapshot: Snapshot) -> dict[str, Any]:
    """The territories of the scope, each with its number of actors."""
    counts = actors_in(snapshot)
    table = TABLES["territories"]
    return collection(
        {**record_document(table, version), "actors": counts[version.id]}
        for version in snapshot.records(table.name)
        if version.id in counts
    )


def _document(reading: Reading, kind: str, spec: MapSpec) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": spec.title,
        "question": spec.question,
        "stamp": spec.stamp,
        "coverage": spec.coverage,
        "revision": reading.snapshot.revision,
        "notes": list(spec.notes),
        "tables": [
            {
                "caption": table.caption,
                "columns": heads(reading, table),
                "rows": [cells(row) for row in table.rows],
            }
            for table in spec.tables
        ],
    }
