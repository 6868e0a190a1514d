"""Maps and zones."""

from __future__ import annotations

import json
import threading
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import PAGE_PARAMETERS, asked, page_router
from graph.errors import NotFound
from graph.stores import Store
from queries.latent import by_contradiction
from queries.parameters import Parameter, resolved
from queries.registry import ANALYSES, run
from queries.zones_convergence import distinct
from viz import KINDS, MapSpec, build, foldable, render_body
from viz.renderer import SCRIPTS

ZONE = Parameter("zone", "str", "la zone à déplier", "the zone to unfold")
KEPT_MAPS = 32
"""Maps kept laid out, the latest."""
RECORD_URL = "/fiches/{id}"


def router(store: Store) -> APIRouter:
    """Zones and maps over a store."""
    routes = page_router()
    drawn: dict[str, tuple[MapSpec, ...]] = {}
    lock = threading.Lock()

    @routes.get("/zones", response_class=HTMLResponse)
    def zones(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        found = {
            name: run(store, ANALYSES[f"zones/{name}"], reading.given, level=reading.level, lang=reading.lang)
            for name in ("convergence", "cooperation", "conflict")
        }
        return reading.page(
            "zones",
            convergence_items=distinct(found["convergence"]["items"]),
            latent=by_contradiction(reading.snapshot, reading.lang),
            convergence=found["convergence"],
            cooperation=found["cooperation"],
            conflict=found["conflict"],
        )

    @routes.get("/cartes/{kind}", response_class=HTMLResponse)
    def chart(request: Request, kind: str) -> HTMLResponse:
        pages = {page: name for name, page in KINDS.items()}
        if kind not in pages:
            known = ", ".join(pages)
            raise NotFound(
                f"Carte inconnue : « {kind} » ; connues : {known}.", f"Unknown map: '{kind}'; known: {known}."
            )
        reading = asked(store, request, ZONE)
        snapshot, lang = reading.snapshot, reading.lang
        zone = cast("str | None", reading.own["zone"])
        key = json.dumps([snapshot.revision, reading.level, kind, lang, reading.given, zone], sort_keys=True)
        with lock:
            specs = drawn.get(key)
        if specs is None:
            order = cast(int, resolved(PAGE_PARAMETERS, reading.given)["order"])
            specs = build(pages[kind], snapshot, lang=lang, orders=(order,), unfold=zone)
            with lock:
                drawn[key] = specs
                while len(drawn) > KEPT_MAPS:
                    drawn.pop(next(iter(drawn)))
        return reading.page(
            "chart",
            spec=specs[0],
            body=render_body(specs[0], also=specs[1:], record_url=RECORD_URL),
            scripts=SCRIPTS,
            foldable=foldable(specs[0]),
            unfolded=zone is not None,
        )

    return routes
