"""What the routes about one entity share: asked of the store without the rest, answered as JSON or CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from api.access import reader_of
from api.routers.answers import answer, asked, form, matched, tag_of
from api.schemas import described, envelope_schema, problems_of
from graph.model import Document
from graph.stores import Store
from queries.parameters import Parameter, Value

Told = Callable[[str, str, Mapping[str, Value]], Document]
"""The document about an id, at a reader's level, for the parameters of the request."""

TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}


def route(
    store: Store,
    path: str,
    told: Told,
    *,
    name: str,
    summary: str,
    parameters: Sequence[Parameter],
    item: Mapping[str, Any],
    beside: Mapping[str, Any],
) -> APIRouter:
    """A route about one entity over a store.

    Args:
        store: where it is asked.
        path: with ``{id}``.
        told: answers it.
        name: of the route.
        summary: what it is for.
        parameters: what it understands.
        item: schema of each field of an item.
        beside: schema of what the document says beside its items, its coverage and the lists that were cut.
    """
    schema = envelope_schema(record(item))
    schema["properties"] = {
        **schema["properties"],
        "coverage": {"type": "object"},
        **beside,
        "cut": {"type": "array", "items": {"type": "string"}},
    }

    def endpoint(request: Request, id: str) -> Response:
        values = asked(request, parameters)
        shape = form(request)
        level = reader_of(request).level
        tag = tag_of(request, store, level)
        if (known := matched(request, tag)) is not None:
            return known
        return answer(told(id, level, values), shape, tag, list(item))

    routes = APIRouter(prefix="/api/v1", tags=["records"])
    routes.add_api_route(
        path,
        endpoint,
        methods=["GET"],
        name=name,
        summary=summary,
        responses=problems_of(401, 404, 422, 503),
        openapi_extra=described(parameters, schema, csv=True),
    )
    return routes


def record(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object that has all these fields."""
    return {"type": "object", "properties": dict(fields), "required": list(fields)}
