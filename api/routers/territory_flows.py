"""The flows of one territory, as ``GET /api/v1/territories/{id}/flows``: fast however many the others have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from fastapi import APIRouter, Request, Response

from api.access import reader_of
from api.routers.answers import answer, asked, form, matched, tag_of
from api.schemas import described, envelope_schema, problems_of
from graph.model import Document
from graph.neighbourhood import Exchange, FlowTotal, TerritoryFlows
from graph.stores import Store
from queries.envelope import DEFAULT_LIMIT, MAX_LIMIT
from queries.parameters import Parameter, shown

KIND = Parameter("kind", "str", "le seul type de flux", "the only kind of flow")
YEAR = Parameter("year", "int", "la seule année", "the only year", low=1800, high=2200)
LIMIT = Parameter(
    "limit",
    "int",
    "nombre de flux dans chaque sens",
    "number of flows in each direction",
    default=DEFAULT_LIMIT,
    low=1,
    high=MAX_LIMIT,
)
PARAMETERS = (KIND, YEAR, LIMIT)

SAID: dict[str, Any] = {
    "direction": {"type": "string", "enum": ["leaving", "arriving", "within"]},
    "kind": {"type": "string"},
    "unit": {"type": ["string", "null"]},
    "year": {"type": ["integer", "null"]},
    "source": {"type": ["string", "null"]},
    "quantity": {"type": ["number", "null"], "description": "Null when unknown."},
    "truncated": {"type": "boolean", "description": "The source leaves small flows out."},
}
"""What an item and a total both say."""

SCHEMA: dict[str, Any] = {
    **SAID,
    "id": {"type": "string", "description": "Of the other territory."},
    "name": {"type": "string"},
    "dependent": {
        "type": ["string", "null"],
        "description": "Id of the territory that depends on the other.",
    },
    "confidence": {"type": ["number", "null"]},
    "records": {"type": "array", "items": {"type": "string"}},
}

TOTAL: dict[str, Any] = {**SAID, "flows": {"type": "integer"}, "unknown": {"type": "integer"}}


def router(store: Store) -> APIRouter:
    """The route over a store."""
    routes = APIRouter(prefix="/api/v1", tags=["records"])
    routes.add_api_route(
        "/territories/{id}/flows",
        _endpoint(store),
        methods=["GET"],
        name="flows of a territory",
        summary="What leaves a territory, reaches it and stays within it, asked of the store without the rest.",
        responses=problems_of(401, 404, 422, 503),
        openapi_extra=described(PARAMETERS, _schema(), csv=True),
    )
    return routes


def _schema() -> dict[str, Any]:
    schema = envelope_schema({"type": "object", "properties": SCHEMA, "required": list(SCHEMA)})
    territory = {n: {"type": ["string", "null"]} for n in ("id", "name", "type")}
    total = {"type": "object", "properties": TOTAL, "required": list(TOTAL)}
    schema["properties"] = {
        **schema["properties"],
        "coverage": {"type": "object"},
        "territory": {"type": "object", "properties": territory, "required": list(territory)},
        "totals": {"type": "array", "items": total},
        "cut": {"type": "array", "items": {"type": "string"}},
    }
    return schema


def _endpoint(store: Store) -> Callable[[Request, str], Response]:
    def flows(request: Request, id: str) -> Response:
        values = asked(request, PARAMETERS)
        shape = form(request)
        level = reader_of(request).level
        tag = tag_of(request, store, level)
        if (known := matched(request, tag)) is not None:
            return known
        found = store.territory_flows(
            id,
            level=level,
            kind=cast("str | None", values["kind"]),
            year=cast("int | None", values["year"]),
            limit=cast(int, values["limit"]),
        )
        return answer(document(found, shown(values)), shape, tag, list(SCHEMA))

    return flows


def document(found: TerritoryFlows, params: Document) -> Document:
    """The JSON of a territory's flows: one list of items, the same fields in each, and what they add up to."""
    territory = found.territory
    flows = sum(total.flows for total in found.totals)
    return {
        "params": params,
        "revision": found.revision,
        "as_of": None,
        "coverage": {
            "flows": {"stated": flows, "unknown": sum(total.unknown for total in found.totals)},
        },
        "notes": [],
        "territory": {"id": territory.id, "name": territory.name, "type": territory.type},
        "totals": [_total(total) for total in found.totals],
        "cut": list(found.cut),
        "items": list(_items(found)),
        "next": None,
    }


def _total(total: FlowTotal) -> Document:
    return {name: getattr(total, name) for name in TOTAL}


def _items(found: TerritoryFlows) -> Iterator[Document]:
    for direction, some in (
        ("leaving", found.leaving),
        ("arriving", found.arriving),
        ("within", found.within),
    ):
        for exchange in some:
            yield _item(direction, exchange)


def _item(direction: str, exchange: Exchange) -> Document:
    flow = exchange.value
    return {
        "direction": direction,
        **{name: getattr(flow, name) for name in SAID if name != "direction"},
        "id": exchange.id,
        "name": exchange.name,
        "dependent": exchange.dependent,
        "confidence": flow.confidence,
        "records": [exchange.record],
    }
