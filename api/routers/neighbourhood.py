"""The surroundings of one actor, as ``GET /api/v1/actors/{id}/neighbourhood``: fast however large the cartography."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, cast

from fastapi import APIRouter

from api.routers import one_entity
from graph.model import Document
from graph.neighbourhood import Neighbourhood, Tie
from graph.stores import Store
from queries.envelope import DEFAULT_LIMIT, MAX_LIMIT, by_counter
from queries.parameters import Parameter, Value, shown

RADIUS = Parameter(
    "radius",
    "int",
    "1 : ce qui touche l'acteur ; 2 : aussi ceux qui ont une position sur les mêmes objectifs",
    "1: what touches the actor; 2: also those who have a position on the same objectives",
    default=2,
    low=1,
    high=2,
)
LIMIT = Parameter(
    "limit",
    "int",
    "nombre de résultats de chaque sorte",
    "number of results of each kind",
    default=DEFAULT_LIMIT,
    low=1,
    high=MAX_LIMIT,
)
AS_OF = Parameter("as_of", "date", "la date de lecture", "the day read at")
PARAMETERS = (RADIUS, LIMIT, AS_OF)

SCHEMA: dict[str, Any] = {
    "kind": {"type": "string", "enum": ["position", "given", "received", "participation", "shared"]},
    "id": {"type": "string", "description": "Objective, other actor, or project."},
    "name": {"type": "string"},
    "value": {"type": ["integer", "null"], "description": "Effective value; null when contested."},
    "contested": {"type": "boolean"},
    "confidence": {"type": ["number", "null"]},
    "family": {"type": ["string", "null"]},
    "involvement": {"type": ["string", "null"]},
    "posture": {"type": ["string", "null"]},
    "since": {"type": ["string", "null"]},
    "until": {"type": ["string", "null"]},
    "agreeing": {"type": "array", "items": {"type": "string"}},
    "opposed": {"type": "array", "items": {"type": "string"}},
    "neutral": {"type": "array", "items": {"type": "string"}},
    "c": {"type": ["number", "null"], "description": "Convergence of order 2."},
    "d": {"type": ["number", "null"], "description": "Divergence of order 2."},
    "records": {"type": "array", "items": {"type": "string"}},
}


def router(store: Store) -> APIRouter:
    """The route over a store."""

    def told(id_: str, level: str, values: Mapping[str, Value]) -> Document:
        found = store.neighbourhood(
            id_,
            level=level,
            as_of=cast("date | None", values["as_of"]),
            radius=cast(int, values["radius"]),
            limit=cast(int, values["limit"]),
        )
        return document(found, shown(values))

    actor = dict.fromkeys(("id", "name", "family", "involvement"), one_entity.TEXT_OR_NULL)
    return one_entity.route(
        store,
        "/actors/{id}/neighbourhood",
        told,
        name="neighbourhood of an actor",
        summary="What is believed around an actor, asked of the store without reading the rest.",
        parameters=PARAMETERS,
        item=SCHEMA,
        beside={"actor": one_entity.record(actor)},
    )


def document(found: Neighbourhood, params: Document) -> Document:
    """The JSON of a neighbourhood: one list of items, the same fields in each."""
    actor = found.actor
    return {
        "params": params,
        "revision": found.revision,
        "as_of": None if found.as_of is None else found.as_of.isoformat(),
        "coverage": {
            "positions": {
                "stated": found.stated,
                "contested": found.contested,
                "possible": found.objectives,
            },
            "influences": {"stated": found.influences},
        },
        "notes": [],
        "actor": {
            "id": actor.id,
            "name": actor.name,
            "family": actor.family,
            "involvement": actor.involvement,
        },
        "cut": list(found.cut),
        "items": list(_items(found)),
        "next": None,
    }


def _items(found: Neighbourhood) -> Iterator[Document]:
    for kind, ties in (("position", found.positions), ("given", found.given), ("received", found.received)):
        for tie in ties:
            yield _item(kind, tie.id, tie.name, tie.records, **_judged(tie))
    for taking in found.participations:
        part = taking.value
        yield _item(
            "participation",
            part.project,
            taking.name,
            (taking.record,),
            family=part.family,
            involvement=part.involvement,
            posture=part.posture,
            since=None if part.since is None else part.since.isoformat(),
            until=None if part.until is None else part.until.isoformat(),
        )
    for other in found.shared:
        yield _item(
            "shared",
            other.id,
            other.name,
            other.records,
            agreeing=list(other.agreeing),
            opposed=list(other.opposed),
            neutral=list(other.neutral),
            c=other.c,
            d=other.d,
        )


def _judged(tie: Tie) -> Document:
    return {"value": tie.value, "contested": tie.value is None, "confidence": tie.confidence}


def _item(kind: str, id_: str, name: str, records: tuple[str, ...], **said: Any) -> Document:
    empty: Document = {
        field: [] if schema["type"] == "array" else False if schema["type"] == "boolean" else None
        for field, schema in SCHEMA.items()
    }
    return {**empty, "kind": kind, "id": id_, "name": name, **said, "records": by_counter(records)}
