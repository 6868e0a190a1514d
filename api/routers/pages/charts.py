"""Maps and zones."""

from __future__ import annotations

import json
import threading
from datetime import date
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import PAGE_PARAMETERS, Reading, asked, page_router
from graph.errors import Fault, InvalidCall, NotFound
from graph.snapshot import Snapshot
from graph.stores import Store
from queries.latent import by_contradiction
from queries.parameters import Parameter, resolved, shown
from queries.registry import ANALYSES, run, view
from queries.zones_convergence import distinct
from viz import KINDS, MapSpec, build, foldable, render_body
from viz.kinds import DATED, QUESTIONS
from viz.renderer import SCRIPTS

PERIOD = (
    Parameter("from", "date", "la première date", "the first date"),
    Parameter("to", "date", "la seconde date", "the second date"),
)
"""The two days that a map compares; by default the first and the last day stated."""
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
        dated = pages[kind] in DATED
        reading = asked(store, request, ZONE, *(PERIOD if dated else ()))
        snapshot, lang = _read(reading, pages[kind]), reading.lang
        own = shown(reading.own)
        zone = own.get("zone")
        key = json.dumps([snapshot.revision, reading.level, kind, lang, reading.given, own], sort_keys=True)
        with lock:
            specs = drawn.get(key)
        if specs is None:
            order = cast(int, resolved(PAGE_PARAMETERS, reading.given)["order"])
            specs = build(
                pages[kind],
                snapshot,
                lang=lang,
                orders=(order,),
                unfold=zone,
                asked=reading.given.get("project"),
                dates=_period(reading) if dated else None,
            )
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
            period=own if dated else None,
        )

    return routes


def _read(reading: Reading, kind: str) -> Snapshot:
    """The snapshot a map reads: where the project is the question, its scope is not cut by it."""
    if kind not in QUESTIONS:
        return reading.snapshot
    scope = {name: value for name, value in reading.given.items() if name != "project"}
    return view(reading.store, resolved(PAGE_PARAMETERS, scope), level=reading.level)


def _period(reading: Reading) -> tuple[date, date] | None:
    """The two days asked for; ``None`` when neither is.

    Raises:
        InvalidCall: one of them only, or the second before the first.
    """
    start, stop = (cast("date | None", reading.own[p.name]) for p in PERIOD)
    if start is None and stop is None:
        return None
    if start is None or stop is None or start > stop:
        raise InvalidCall(
            [
                Fault(
                    "from",
                    "" if start is None else start.isoformat(),
                    "Donnez les deux dates, la première avant la seconde.",
                    "Give both dates, the first before the second.",
                )
            ]
        )
    return start, stop
