"""The chronicle: accounts, events, signals and the days of pacts, the latest first."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import PAGE, Reading, asked, page_router
from api.routers.pages.words import day, entity_url, reference
from graph.errors import NotFound
from graph.model import Narrative
from graph.plurals import agreed
from graph.stores import Store
from queries.chronicle import chronicle
from queries.envelope import Document

ROWS = 100
"""Items of one page."""

PACTS = {
    "pact_signed": ("Pacte signé", "Pact signed"),
    "pact_to_review": ("Pacte à revoir", "Pact to review"),
}

ABOUT = ("actors", "projects", "tensions", "territories", "pacts")


def router(store: Store) -> APIRouter:
    """The page over a store."""
    routes = page_router()

    @routes.get("/recits", response_class=HTMLResponse)
    def told(request: Request) -> HTMLResponse:
        reading = asked(store, request, PAGE)
        items = chronicle(reading.snapshot, reading.given, reading.lang)["items"]
        page, pages = cast(int, reading.own["page"]), max(1, -(-len(items) // ROWS))
        if page > pages:
            raise NotFound(
                f"Le tableau a {agreed(pages, 'page(s)')}.",
                f"The table has {agreed(pages, 'page(s)', 'en')}.",
            )
        texts = {v.id: cast(Narrative, v.value) for v in reading.whole.records("narratives")}
        return reading.page(
            "chronicle",
            items=[_item(reading, item, texts) for item in items[(page - 1) * ROWS : page * ROWS]],
            total=len(items),
            pages=pages,
        )

    return routes


def _item(reading: Reading, item: Document, texts: dict[str, Narrative]) -> dict[str, Any]:
    pact = PACTS.get(item["kind"])
    story = None if pact else texts[item["id"]]
    return {
        "title": item["title"],
        "href": entity_url(reading, "pacts" if pact else "narratives", item["id"]),
        "kind": reading.t(*pact)
        if pact
        else reading.whole.vocabulary.label("nature_recit", item["kind"], reading.lang),
        "day": day(reading, date.fromisoformat(item["date"])),
        "date": item["date"],
        "text": item["because"] if story is None else story.text or "",
        "author": "" if story is None else story.author or "",
        "about": [reference(reading, table, id_) for table in ABOUT for id_ in item["about"][table]],
        "contradicts": [reference(reading, "narratives", id_) for id_ in item["about"]["contradicts"]],
    }
