"""One record of any table, with every version it had."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import Reading, asked, page_router
from api.routers.pages.words import fields, table_name
from graph.errors import NotFound
from graph.model import SHEETS, TABLES, Table
from graph.stores import Store
from queries.registry import PILOTS


def router(store: Store) -> APIRouter:
    """Records over a store."""
    routes = page_router()

    @routes.get("/fiches/{record}", response_class=HTMLResponse)
    def relation(request: Request, record: str) -> HTMLResponse:
        reading = asked(store, request)
        for table in TABLES.values():
            if not table.entity and record.startswith(table.letter):
                return shown(reading, table, record)
        raise _unknown(record)

    @routes.get("/donnees/{sheet}/{record}", response_class=HTMLResponse)
    def entity(request: Request, sheet: str, record: str) -> HTMLResponse:
        reading = asked(store, request)
        if sheet not in SHEETS:
            raise _unknown(record)
        return shown(reading, SHEETS[sheet], record)

    return routes


def shown(reading: Reading, table: Table, record: str) -> HTMLResponse:
    """A record: to pilots with its versions, to others as they see it.

    Raises:
        NotFound: it does not exist, or is hidden from the reader.
    """
    believed = {version.id: version for version in reading.whole.records(table.name)}.get(record)
    versions = versions_of(reading, table, record)
    if believed is None and not versions:
        raise _unknown(record)
    return reading.page(
        "record",
        record=record,
        table=table,
        sheet=table_name(reading, table),
        name=reading.names.get(table.name, {}).get(record),
        current=None if believed is None or versions else fields(reading, believed.value),
        versions=versions,
    )


def versions_of(reading: Reading, table: Table, record: str) -> list[dict[str, object]]:
    """Every version of a record, the latest first, with the revision that wrote it; nothing below pilots."""
    if reading.level != PILOTS:
        return []
    return [
        {
            "version": version,
            "revision": reading.store.revision(version.revision),
            "fields": fields(reading, version.value),
        }
        for version in reversed(reading.store.history(table.name, record))
    ]


def _unknown(record: str) -> NotFound:
    return NotFound(f"Fiche inconnue : « {record} ».", f"Unknown record: '{record}'.")
