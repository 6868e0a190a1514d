"""The page "Territoires": find an official territory, read what is known of it, add it to the store."""

from __future__ import annotations

import io
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from api import official
from api.routers.pages.frame import Reading, asked, page_router
from api.routers.pages.origin import require_same_origin
from api.routers.pages.uploads import Uploads
from graph.stores import Store
from ingest.opendata import Reference
from ingest.opendata.adding import addition
from queries.parameters import Parameter

PATH = "/territoires-officiels"
QUERY = Parameter("q", "str", "code ou nom", "code or name")
MEMBERS_SHOWN = 60


def router(store: Store, reference: Callable[[], Reference], uploads: Uploads) -> APIRouter:
    """The page over a reference; what is to be added goes to the page "Importer" as any file.

    Args:
        store: what is added to.
        reference: gives what is known; read at the first question.
        uploads: where the files wait for their dry run.
    """
    routes = page_router()

    @routes.get(PATH, response_class=HTMLResponse)
    def find(request: Request) -> HTMLResponse:
        reading = asked(store, request, QUERY)
        return _page(reading, reference(), str(reading.own["q"] or ""))

    @routes.post(PATH + "/{code}")
    async def add(request: Request, code: str) -> Response:
        reading = await run_in_threadpool(asked, store, request)
        reading.only_pilots()
        require_same_origin(request)
        async with request.form(max_files=0, max_fields=3) as form:
            members, indicators = "members" in form, "indicators" in form
        place = official.one(reference(), code, reading.lang).place

        def keep() -> str:
            found = addition(reference(), [place.code], store, members=members, indicators=indicators)
            return uploads.keep(
                [(name, io.BytesIO(content)) for name, content in found.files.items()],
                place.name,
                found.notes(),
            )

        token = await run_in_threadpool(keep)
        return RedirectResponse(reading.link(f"/importer/{token}"), 303)

    return routes


def _page(reading: Reading, reference: Reference, text: str) -> HTMLResponse:
    listing = official.listing(reference, text) if text else None
    items = listing["items"] if listing else []
    details = None
    if listing and len(items) == 1 and not listing["nearest"]:
        place = reference.places[items[0]["code"]]
        details = official.details(reference, place, asked=text, lang=reading.lang)
    return reading.page(
        "official",
        q=text,
        listing=listing,
        items=[] if details else items,
        details=details,
        stored=details is not None and details["code"] in reading.names["territories"],
        shown=MEMBERS_SHOWN,
        address=PATH,
    )
