"""Every other table, page by page."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.actors import paged
from api.routers.pages.frame import PAGE, Reading, asked, page_router
from api.routers.pages.words import display, head, record_url, table_name
from graph.errors import NotFound
from graph.model import SHEETS, TABLES, Fact, Table
from graph.stores import Store

ROWS = 100
"""Records of one page."""

OWN_PAGES = {"actors": "/acteurs", "objectives": "/objectifs", "tensions": "/tensions"}
"""Tables that have a page of their own beside this one."""


def router(store: Store) -> APIRouter:
    """The list of tables and the table of each."""
    routes = page_router()

    @routes.get("/donnees", response_class=HTMLResponse)
    def tables(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        return reading.page(
            "tables",
            tables=[
                (
                    table_name(reading, table),
                    reading.link(f"/donnees/{table.sheet}"),
                    len(rows_of(reading, table)),
                )
                for table in TABLES.values()
            ],
        )

    @routes.get("/donnees/{sheet}", response_class=HTMLResponse)
    def table(request: Request, sheet: str) -> HTMLResponse:
        reading = asked(store, request, PAGE)
        if sheet not in SHEETS:
            known = ", ".join(SHEETS)
            raise NotFound(
                f"Table inconnue : « {sheet} » ; connues : {known}.",
                f"Unknown table: '{sheet}'; known: {known}.",
            )
        found = SHEETS[sheet]
        rows = rows_of(reading, found)
        shown, pages = paged(rows, cast(int, reading.own["page"]), ROWS)
        specs = [spec for spec in found.fields if spec.name != "id"]
        return reading.page(
            "table",
            name=table_name(reading, found),
            heads=[head(reading, spec) for spec in specs],
            rows=[
                {
                    "id": version.id,
                    "href": record_url(reading, found.name, version.id),
                    "cells": [display(reading, found, s, getattr(version.value, s.name)) for s in specs],
                }
                for version in shown
            ],
            total=len(rows),
            pages=pages,
            own=OWN_PAGES.get(found.name),
        )

    return routes


def rows_of(reading: Reading, table: Table) -> list[Any]:
    """Records of a table whose actors and objectives are in the scope."""
    versions = reading.snapshot.records(table.name)
    inside: dict[str | None, Container[str]] = {
        "actors": reading.snapshot.actors,
        "objectives": reading.snapshot.objectives,
    }
    ends = [(s.name, inside[s.ref]) for s in table.fields if s.ref in inside and not s.many and s.end]
    if table.name in inside:
        ends.append(("id", inside[table.name]))

    def within(value: Fact) -> bool:
        return all(getattr(value, name) in known for name, known in ends)

    return [version for version in versions if within(version.value)]
