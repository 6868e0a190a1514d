"""The flows of one territory, as ``GET /api/v1/territories/{id}/flows``: fast however many the others have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from fastapi import APIRouter

from api.routers import one_entity
from graph.model import Document
from graph.neighbourhood import Exchange, FlowTotal, TerritoryFlows
from graph.stores import Store
from queries.envelope import DEFAULT_LIMIT, MAX_LIMIT
from queries.parameters import Parameter, Value, shown

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

    def told(id_: str, level: str, values: Mapping[str, Value]) -> Document:
        found = store.territory_flows(
            id_,
            level=level,
            kind=cast("str | None", values["kind"]),
            year=cast("int | None", values["year"]),
            limit=cast(int, values["limit"]),
        )
        return document(found, shown(values))

    return one_entity.route(
        store,
        "/territories/{id}/flows",
        told,
        name="flows of a territory",
        summary="What leaves a territory, reaches it and stays within it, asked of the store without the rest.",
        parameters=PARAMETERS,
        item=SCHEMA,
        beside={
            "territory": one_entity.record(dict.fromkeys(("id", "name", "type"), one_entity.TEXT_OR_NULL)),
            "totals": {"type": "array", "items": one_entity.record(TOTAL)},
        },
    )


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
