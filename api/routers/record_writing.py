"""Every table by its name, written by pilots, each edit under the version it was based on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.access import Reader, pilot_of
from api.record_json import record_document, record_from
from api.routers.answers import MESSAGE, base_version, caching, json_response, message_of, sent
from api.routers.records import absent, speakable
from api.schemas import described, problems_of, ref, written
from graph.errors import Fault, InvalidCall
from graph.model import TABLES, Table
from graph.stores import Changes, Put, Retract, Store
from graph.stores.backend import Version
from graph.stores.references import redirected
from graph.stores.store import utc_now

Pilot = Annotated[Reader, Depends(pilot_of)]
Body = Annotated[dict[str, Any], Depends(sent)]

REFUSALS = (400, 401, 403, 404, 409, 413, 415, 422, 503)

RETRACTED: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "revision": {"type": "integer"}},
    "required": ["id", "revision"],
}


def router(store: Store) -> APIRouter:
    """The routes over a store."""
    routes = APIRouter(prefix="/api/v1", tags=["records"])
    for table in TABLES.values():
        _add(routes, store, table)
    return routes


def _add(routes: APIRouter, store: Store, table: Table) -> None:
    acts: tuple[tuple[str, str, Callable[..., Response], str | None, int], ...] = (
        ("POST", "", _creation(store, table), written(table), 201),
        ("PUT", "/{id}", _edition(store, table, whole=True), written(table), 200),
        ("PATCH", "/{id}", _edition(store, table, whole=False), written(table, whole=False), 200),
        ("DELETE", "/{id}", _retraction(store, table), None, 200),
    )
    for method, path, endpoint, body, status in acts:
        routes.add_api_route(
            f"/{table.name}{path}",
            endpoint,
            methods=[method],
            status_code=status,
            name=f"{method.lower()} {table.name}",
            summary=f"{method.capitalize()} a record of {table.name}; for pilots.",
            responses=problems_of(*REFUSALS, *(() if method == "POST" else (428,))),
            openapi_extra=described(
                (MESSAGE,),
                RETRACTED if method == "DELETE" else ref(table.name),
                body=None if body is None else ref(body),
                status=status,
                if_match=method != "POST",
            ),
        )


def _creation(store: Store, table: Table) -> Callable[[Request, Pilot, Body], Response]:
    def create(request: Request, reader: Pilot, body: Body) -> Response:
        message = message_of(request, f"{table.sheet} : création")
        value = record_from(table, body, store.vocabulary(), utc_now().date())
        outcome = store.commit(
            Changes({table.name: [Put(value, 0)]}), author=reader.name, message=message, origin="api"
        )
        if outcome.revision is None:
            aliased = {ref: store.aliases(ref) for ref in {str(s.ref) for s in table.fields if s.ref}}
            for ref, to in aliased.items():
                value = redirected(table, value, ref, to)
            (found,) = store.find(table.name, [table.key(value)]).values()
            return _written(table, found, 200)
        ((_, id_),) = store.touched(outcome.revision)
        return _written(table, store.get(table.name, id_), 201)

    return create


def _written(table: Table, version: Version, status: int) -> Response:
    headers = {**caching(f'"{version.version}"'), "Location": f"/api/v1/{table.name}/{version.id}"}
    return json_response(record_document(table, version), status, headers)


def _stored(store: Store, table: Table, id_: str) -> Version:
    if not speakable(id_):
        raise absent(table, id_)
    return store.get(table.name, id_)


def _edition(store: Store, table: Table, *, whole: bool) -> Callable[[Request, str, Pilot, Body], Response]:
    def edit(request: Request, id: str, reader: Pilot, body: Body) -> Response:
        stored = _stored(store, table, id)
        base = base_version(request, stored.version)
        message = message_of(request, f"{table.sheet} : modification de {stored.id}")
        before = None if whole else stored.value
        if body.get("id", stored.id) not in (id, stored.id):
            raise InvalidCall([_unchangeable("id", body["id"])])
        complete = {**body, "id": stored.id}
        value = record_from(table, complete, store.vocabulary(), utc_now().date(), before)
        if table.key(value) != table.key(stored.value):
            changed = [n for n in table.key_fields if getattr(value, n) != getattr(stored.value, n)]
            raise InvalidCall([_unchangeable(name, getattr(value, name)) for name in changed])
        store.commit(
            Changes({table.name: [Put(value, base)]}), author=reader.name, message=message, origin="api"
        )
        return _written(table, store.get(table.name, stored.id), 200)

    return edit


def _unchangeable(name: str, value: object) -> Fault:
    return Fault(
        name,
        str(value)[:80],
        f"« {name} » fait partie de ce qui désigne la fiche : retirez-la et créez-en une autre.",
        f"'{name}' is part of what names the record: retract it and create another.",
    )


def _retraction(store: Store, table: Table) -> Callable[[Request, str, Pilot], Response]:
    def retract(request: Request, id: str, reader: Pilot) -> Response:
        stored = _stored(store, table, id)
        base = base_version(request, stored.version)
        message = message_of(request, f"{table.sheet} : retrait de {stored.id}")
        outcome = store.commit(
            Changes(retracts=[Retract(table.name, stored.id, base)]),
            author=reader.name,
            message=message,
            origin="api",
        )
        return json_response({"id": stored.id, "revision": outcome.revision})

    return retract
