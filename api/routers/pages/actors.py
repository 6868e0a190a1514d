"""Actors: who is concerned, what they want, offer and need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import PAGE, Reading, asked, page_router
from api.routers.pages.records import versions_of
from api.routers.pages.statements import pairs
from api.routers.pages.words import Part, display, fields, head, record_url, table_name
from graph.errors import NotFound
from graph.model import TABLES, Actor, Fact, Kind
from graph.stores import Store
from graph.vocabulary import fold
from queries.mactor import forces
from queries.parameters import Parameter
from viz.marks import fill_of, shape_of
from viz.shapes import outline

COLUMNS = ("name", "family", "involvement", "force", "known")
SORT = Parameter(
    "sort",
    "str",
    "la colonne du tri, précédée de - pour décroître",
    "the column to sort by, - first to go down",
    default="name",
    choices=(*COLUMNS, *(f"-{name}" for name in COLUMNS)),
)
ROWS = 200
"""Actors of one page."""

ABOUT = ("participations", "contributions", "resources", "concessions", "tensions", "narratives")
"""Tables whose records about an actor are listed on its card."""


def router(store: Store) -> APIRouter:
    """The table of actors and their cards."""
    routes = page_router()

    @routes.get("/acteurs", response_class=HTMLResponse)
    def actors(request: Request) -> HTMLResponse:
        reading = asked(store, request, SORT, PAGE)
        rows = _sorted(reading, _rows(reading), cast(str, reading.own["sort"]))
        on_page, pages = paged(rows, cast(int, reading.own["page"]), ROWS)
        shown = [row | {"mark": mark(reading.snapshot.actors[row["id"]])} for row in on_page]
        heads = (
            ("name", reading.t("Acteur", "Actor")),
            ("family", reading.t("Famille", "Family")),
            ("involvement", reading.t("Implication", "Involvement")),
            ("force", reading.t("Force R", "Force R")),
            ("known", reading.t("Positions connues", "Positions known")),
        )
        return reading.page(
            "actors", rows=shown, total=len(rows), heads=heads, sort=reading.own["sort"], pages=pages
        )

    @routes.get("/acteurs/{id_}", response_class=HTMLResponse)
    def card(request: Request, id_: str) -> HTMLResponse:
        reading = asked(store, request)
        whole = reading.whole
        if id_ not in whole.actors:
            other = whole.alias("actors", id_)
            if other is None or other not in whole.actors:
                raise NotFound(f"Acteur inconnu : « {id_} ».", f"Unknown actor: '{id_}'.")
            id_ = other
        actor = whole.actors[id_]
        objectives = len(whole.objectives)
        positions = pairs(reading, "positions", row=id_)
        return reading.page(
            "actor",
            actor=actor,
            mark=mark(actor),
            identity=fields(reading, actor),
            objectives=objectives,
            positions=positions,
            unknown=objectives - sum(p.value is not None or p.contested for p in positions),
            bears=[
                Part(o.name, reading.link(f"/objectifs/{o.id}")) for o in whole.objectives if id_ in o.bearers
            ],
            given=pairs(reading, "influences", row=id_),
            received=pairs(reading, "influences", col=id_),
            about=about(reading, "actors", id_, ABOUT),
            history=versions_of(reading, TABLES["actors"], id_),
        )

    return routes


def paged(rows: Sequence[Any], page: int, size: int) -> tuple[Sequence[Any], int]:
    """The rows of one page and how many pages there are.

    Raises:
        NotFound: there is no such page.
    """
    pages = max(1, -(-len(rows) // size))
    if page > pages:
        raise NotFound(f"Page {page} : il n'y en a que {pages}.", f"Page {page}: there are only {pages}.")
    return rows[(page - 1) * size : page * size], pages


def mark(actor: Actor) -> dict[str, str]:
    """Shape of the family and fill of the involvement, as on the maps."""
    shape, scale = shape_of(actor)
    return {"path": outline(shape, 0, 0, 8 * scale), "fill": fill_of(actor)}


def _rows(reading: Reading) -> list[dict[str, Any]]:
    snapshot = reading.snapshot
    found = forces(snapshot)
    known = np.bincount(snapshot.positions.row, minlength=len(snapshot.actors))
    contested = np.bincount(snapshot.positions.contested.pair >> 32, minlength=len(snapshot.actors))
    words = snapshot.vocabulary
    return [
        {
            "id": actor.id,
            "name": actor.name,
            "folded": fold(actor.name),
            "family": words.label("famille", actor.family, reading.lang),
            "involvement": words.label("implication", actor.involvement, reading.lang),
            "force": None if found is None else float(found[place]),
            "known": int(known[place]),
            "contested": int(contested[place]),
        }
        for place, actor in enumerate(snapshot.actors)
    ]


def _sorted(reading: Reading, rows: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    """Rows in order of a column, then of the name; what is not said comes last both ways."""
    column, down = by.lstrip("-"), by.startswith("-")
    rows = sorted(rows, key=lambda row: (row["folded"], row["id"]))
    said = [row for row in rows if row[column] not in (None, "")]
    codes = {"family": "famille", "involvement": "implication"}
    if column in codes:
        order = [word.label(reading.lang) for word in reading.snapshot.vocabulary[codes[column]].words]
        said.sort(key=lambda row: order.index(row[column]) if row[column] in order else -1, reverse=down)
    elif column == "name":
        said.sort(key=lambda row: row["folded"], reverse=down)
    else:
        said.sort(key=lambda row: row[column], reverse=down)
    return said + [row for row in rows if row[column] in (None, "")]


def about(reading: Reading, table: str, id_: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """By table, the records that point to an entity.

    Args:
        reading: the page being read; its scope does not cut them.
        table: of the entity.
        id_: the entity.
        names: tables to look into.

    Returns:
        Tables with at least one record: ``name`` and ``records`` (``id``, ``href``, ``fields``).
    """
    found = []
    for name in names:
        specs = [s for s in TABLES[name].fields if s.ref == table and s.kind in (Kind.REF, Kind.REFS)]
        records = [
            {
                "id": version.id,
                "href": record_url(reading, name, version.id),
                "fields": _others(reading, name, version.value, id_),
            }
            for version in reading.whole.records(name)
            if any(_points(getattr(version.value, spec.name), id_) for spec in specs)
        ]
        if records:
            found.append({"name": table_name(reading, TABLES[name]), "records": records})
    return found


def _points(held: Any, id_: str) -> bool:
    return id_ in held if isinstance(held, tuple) else held == id_


def _others(reading: Reading, name: str, value: Fact, id_: str) -> list[tuple[str, list[Part]]]:
    """Fields of a record that say more than where it is listed: not its id, its visibility or that entity."""
    table = TABLES[name]
    return [
        (head(reading, spec), display(reading, table, spec, held))
        for spec in table.fields
        if spec.name not in ("id", "visibility")
        and (held := getattr(value, spec.name)) not in (None, (), False, id_, (id_,))
    ]
