"""Every other table, page by page."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.routers.pages.actors import paged
from api.routers.pages.faces import FACES, download
from api.routers.pages.frame import PAGE, Reading, asked, page_router
from api.routers.pages.words import display, head, record_url, table_name
from graph.errors import NotFound
from graph.model import SHEETS, TABLES, Fact, Table
from graph.stores import Store
from ingest import csv_of, workbook
from ingest.escaping import harmless
from ingest.writers.tables import cell, headers
from queries.parameters import Parameter

ROWS = 100
"""Records of one page."""

FORMAT = Parameter(
    "format",
    "str",
    "csv ou xlsx au lieu de la page",
    "csv or xlsx in place of the page",
    choices=("csv", "xlsx"),
)

OWN_PAGES = {
    "actors": "/acteurs",
    "objectives": "/objectifs",
    "tensions": "/tensions",
    "territories": "/territoires",
    "pacts": "/pactes",
    "experiments": "/experiences",
    "narratives": "/recits",
}
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
    def table(request: Request, sheet: str) -> Response:
        reading = asked(store, request, PAGE, FORMAT)
        if sheet not in SHEETS:
            known = ", ".join(SHEETS)
            raise NotFound(
                f"Table inconnue : « {sheet} » ; connues : {known}.",
                f"Unknown table: '{sheet}'; known: {known}.",
            )
        found = SHEETS[sheet]
        rows = rows_of(reading, found)
        if reading.own["format"] is not None:
            return _file(reading, found, rows)
        shown, pages = paged(rows, cast(int, reading.own["page"]), ROWS)
        specs = [spec for spec in found.fields if spec.name != "id"]
        return reading.page(
            "table",
            name=table_name(reading, found),
            sheet=sheet,
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


def _file(reading: Reading, table: Table, versions: list[Any]) -> Response:
    """Every record of a table in the scope, in the columns of its sheet; the pilot's own columns are last."""
    own = sorted({name for version in versions for name, _ in version.value.attributes})
    lines = (
        [
            *(cell(version.value, spec) for spec in table.fields),
            *(harmless(held[name]) if name in held else None for name in own),
        ]
        for version in versions
        for held in [dict(version.value.attributes)]
    )
    form = str(reading.own["format"])
    heads = headers(table, own)
    content = csv_of(heads, lines) if form == "csv" else workbook([(table.sheet, heads, lines)])
    return download(content, FACES[form], f"{table.sheet}-revision-{reading.snapshot.revision}.{form}")


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
