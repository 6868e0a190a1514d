"""Revisions: who wrote what, when; what changed; taking one back."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access import reader_of
from api.routers.pages.actors import paged
from api.routers.pages.frame import PAGE, Reading, asked, page_router
from api.routers.pages.origin import require_same_origin
from api.routers.pages.words import Part, display, head, record_url, table_name
from graph.errors import AgencementsError, DependentsExist, UndoRefused
from graph.model import TABLES, Kind, Table
from graph.stores import Store
from graph.versions import Revision
from queries.difference import difference
from queries.parameters import Parameter

BEFORE = Parameter(
    "before", "int", "les révisions d'avant celle-ci", "the revisions before this one", low=1, high=1 << 31
)
SINCE = Parameter(
    "since", "int", "la révision à laquelle comparer", "the revision to compare with", low=0, high=1 << 31
)
SHOWN = 100
"""Revisions of one page."""
ROWS = 200
"""Changed records of one page."""

ORIGINS = {
    "import": ("import", "import"),
    "form": ("saisie", "form"),
    "api": ("API", "API"),
    "command": ("commande", "command"),
    "undo": ("annulation", "undo"),
    "merge": ("fusion", "merge"),
    "erasure": ("effacement", "erasure"),
}
"""Where a revision comes from, for people."""


def router(store: Store) -> APIRouter:
    """Revisions over a store, for pilots."""
    routes = page_router()

    @routes.get("/historique", response_class=HTMLResponse)
    def history(request: Request) -> HTMLResponse:
        reading = asked(store, request, BEFORE)
        reading.only_pilots()
        found = store.revisions(before=cast("int | None", reading.own["before"]), limit=SHOWN + 1)
        return reading.page(
            "history",
            revisions=[(r, origin(reading, r)) for r in found[:SHOWN]],
            older=found[SHOWN - 1].number if len(found) > SHOWN else None,
        )

    @routes.get("/historique/{number}", response_class=HTMLResponse)
    def revision(request: Request, number: int) -> HTMLResponse:
        return _revision(asked(store, request, PAGE, SINCE), number)

    @routes.post("/historique/{number}/annuler", response_class=HTMLResponse)
    def undo(request: Request, number: int) -> Response:
        reading = asked(store, request)
        reading.only_pilots()
        require_same_origin(request)
        try:
            outcome = store.undo(number, author=reader_of(request).name)
        except (UndoRefused, DependentsExist) as wrong:
            return _revision(asked(store, request, PAGE, SINCE), number, wrong)
        return RedirectResponse(reading.link(f"/historique/{outcome.revision or number}"), 303)

    return routes


def origin(reading: Reading, revision: Revision) -> str:
    """Where a revision comes from, for people."""
    return reading.t(*ORIGINS.get(revision.origin, (revision.origin, revision.origin)))


def _revision(reading: Reading, number: int, refused: AgencementsError | None = None) -> HTMLResponse:
    reading.only_pilots()
    store = reading.store
    found = store.revision(number)
    since = cast("int | None", reading.own["since"])
    start = number - 1 if since is None else since
    items = difference(store, start, number)["items"]
    shown, pages = paged(items, cast(int, reading.own["page"]), ROWS)
    at_fault = getattr(refused, "touched", ()) or getattr(refused, "dependents", ())
    return reading.page(
        "revision",
        status=200 if refused is None else refused.status,
        revision=found,
        origin=origin(reading, found),
        start=start,
        changes=[change(reading, item) for item in shown],
        total=len(items),
        pages=pages,
        head=store.head(),
        undone_by=_undone_by(store, number),
        refused=None if refused is None else refused.message(reading.lang),
        at_fault=[_fault(reading, text) for text in at_fault],
    )


def _undone_by(store: Store, number: int) -> int | None:
    """The latest of the following revisions that undid this one, if any."""
    later = store.revisions(limit=max(1, min(store.head() - number, SHOWN)))
    return next((r.number for r in later if r.undoes == number), None)


def _fault(reading: Reading, text: str) -> Part:
    table, _, record = text.partition(":")
    if table not in TABLES:
        return Part(text)
    return Part(f"{table_name(reading, TABLES[table])} {record}", record_url(reading, table, record))


def change(reading: Reading, item: dict[str, Any]) -> dict[str, Any]:
    """One changed record for people: ``sheet``, ``record``, ``what`` and each field before and after.

    Args:
        reading: the page being read.
        item: of :func:`queries.difference.difference`, or of a dry run.
    """
    table = TABLES[item["table"]]
    before, after = item["before"] or {}, item["after"] or {}
    return {
        "sheet": table_name(reading, table),
        "record": item["record"],
        "href": record_url(reading, table.name, item["record"]) if item["record"] else None,
        "fields": [
            (
                head(reading, table.field[name])
                if name in table.field
                else reading.t("Autres colonnes", "Other columns"),
                _said(reading, table, name, before.get(name)),
                _said(reading, table, name, after.get(name)),
            )
            for name in dict.fromkeys((*before, *after))
        ],
        "what": item.get("change") or item["action"],
    }


def _said(reading: Reading, table: Table, name: str, value: Any) -> list[Part]:
    """A field of a document for people."""
    if value is None:
        return []
    if name not in table.field:
        return [Part(" ; ".join(f"{k} : {v}" for k, v in value.items()))]
    spec = table.field[name]
    if spec.kind is Kind.DATE:
        value = date.fromisoformat(value)
    return display(reading, table, spec, tuple(value) if spec.many else value)
