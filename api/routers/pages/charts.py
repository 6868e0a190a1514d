"""The pages people look at: dashboard, maps, zones, history of a record, revisions."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.problems import language
from graph.errors import NotFound
from graph.model import TABLES, to_document
from graph.snapshot import Snapshot
from graph.stores import Store
from queries.latent import by_contradiction
from queries.parameters import Parameter, resolved, shown
from queries.registry import ANALYSES, DATES, ORDER, SCOPE, run, view
from queries.zones_convergence import distinct
from viz import KINDS, MapSpec, build, foldable, render_body
from viz.marks import stamp
from viz.renderer import SCRIPTS, STATIC

HERE = Path(__file__).resolve().parent.parent
SHOWN = 5
"""Zones on the dashboard."""

ZONE = Parameter("zone", "str", "la zone à déplier", "the zone to unfold")
PAGE_PARAMETERS = (*SCOPE, *DATES, ORDER, ZONE)
KEPT_MAPS = 32
"""Maps kept laid out, the latest."""
RECORD_URL = "/fiches/{id}"


@functools.cache
def environment() -> Environment:
    """The templates, autoescaped."""
    return Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def router(store: Store) -> APIRouter:
    """The pages over a store."""
    routes = APIRouter(include_in_schema=False)
    drawn: dict[str, tuple[MapSpec, ...]] = {}
    lock = threading.Lock()
    routes.mount("/static/map", StaticFiles(directory=STATIC), name="map-static")
    routes.mount("/static", StaticFiles(directory=HERE / "static"), name="static")

    @routes.get("/", response_class=HTMLResponse)
    def dashboard(request: Request) -> HTMLResponse:
        asked, snapshot, lang = _asked(store, request)
        found = {
            name: run(store, ANALYSES[f"zones/{name}"], asked, lang=lang)
            for name in ("convergence", "conflict")
        }
        return _page(
            store,
            request,
            snapshot,
            "dashboard",
            convergence=distinct(found["convergence"]["items"])[:SHOWN],
            conflict=found["conflict"]["items"][:SHOWN],
            latent=by_contradiction(snapshot, lang)[:SHOWN],
            coverage=snapshot.coverage,
            contested=_contested(snapshot),
            revisions=store.revisions(limit=SHOWN),
        )

    @routes.get("/zones", response_class=HTMLResponse)
    def zones(request: Request) -> HTMLResponse:
        asked, snapshot, lang = _asked(store, request)
        found = {
            name: run(store, ANALYSES[f"zones/{name}"], asked, lang=lang)
            for name in ("convergence", "cooperation", "conflict")
        }
        return _page(
            store,
            request,
            snapshot,
            "zones",
            convergence_items=distinct(found["convergence"]["items"]),
            latent=by_contradiction(snapshot, lang),
            **found,
        )

    @routes.get("/cartes/{kind}", response_class=HTMLResponse)
    def chart(request: Request, kind: str) -> HTMLResponse:
        pages = {page: name for name, page in KINDS.items()}
        if kind not in pages:
            known = ", ".join(pages)
            raise NotFound(
                f"Carte inconnue : « {kind} » ; connues : {known}.", f"Unknown map: '{kind}'; known: {known}."
            )
        asked, snapshot, lang = _asked(store, request)
        key = json.dumps([snapshot.revision, kind, lang, asked], sort_keys=True)
        with lock:
            specs = drawn.get(key)
        if specs is None:
            order = cast(int, resolved(PAGE_PARAMETERS, asked)["order"])
            specs = build(pages[kind], snapshot, lang=lang, orders=(order,), unfold=asked.get("zone"))
            with lock:
                drawn[key] = specs
                while len(drawn) > KEPT_MAPS:
                    drawn.pop(next(iter(drawn)))
        body = render_body(specs[0], also=specs[1:], record_url=RECORD_URL)
        return _page(
            store,
            request,
            snapshot,
            "chart",
            spec=specs[0],
            body=body,
            scripts=SCRIPTS,
            foldable=foldable(specs[0]),
            unfolded="zone" in asked,
        )

    @routes.get("/fiches/{record}", response_class=HTMLResponse)
    def record(request: Request, record: str) -> HTMLResponse:
        _, snapshot, _ = _asked(store, request)
        for table in TABLES.values():
            if not table.entity and record.startswith(table.letter):
                versions = store.history(table.name, record)
                if versions:
                    said = [
                        (
                            v,
                            store.revision(v.revision),
                            {
                                table.field[k].fr: t
                                for k, t in to_document(v.value).items()
                                if k in table.field
                            },
                        )
                        for v in reversed(versions)
                    ]
                    return _page(
                        store, request, snapshot, "record", record=record, sheet=table.sheet, versions=said
                    )
        raise NotFound(f"Fiche inconnue : « {record} ».", f"Unknown record: '{record}'.")

    @routes.get("/historique", response_class=HTMLResponse)
    def history(request: Request) -> HTMLResponse:
        _, snapshot, _ = _asked(store, request)
        return _page(store, request, snapshot, "history", revisions=store.revisions(limit=200))

    return routes


def _asked(store: Store, request: Request) -> tuple[dict[str, str], Snapshot, str]:
    """Scope and dates of the address, and the snapshot they ask about."""
    asked = {name: value for name, value in request.query_params.items() if name != "lang" and value}
    return asked, view(store, resolved(PAGE_PARAMETERS, asked)), language(request)


def _contested(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Pairs whose raters have opposite signs, to arbitrate."""
    found = []
    for pair in snapshot.positions.contested.pair.tolist():
        row, col = pair >> 32, pair & 0xFFFFFFFF
        found.append(
            {
                "actor": snapshot.actors.items[row].name,
                "objective": snapshot.objectives.items[col].name,
                "records": snapshot.positions.records(row, col),
            }
        )
    return found


def _page(store: Store, request: Request, snapshot: Snapshot, name: str, **content: Any) -> HTMLResponse:
    lang = language(request)
    whole = store.snapshot()
    given = {k: v for k, v in request.query_params.items() if k != "lang"}
    kept = shown(resolved(PAGE_PARAMETERS, given))
    if not given.get("order"):
        kept.pop("order")
    kept.pop("zone", None)
    html = (
        environment()
        .get_template(f"{name}.html.j2")
        .render(
            lang=lang,
            path=request.url.path,
            kept=kept,
            carried=_carried(kept, lang),
            kinds=KINDS,
            snapshot=snapshot,
            choices={
                "project": [(p.id, p.name) for p in whole.projects],
                "stake": [(s.id, s.name) for s in whole.stakes],
                "territory": [(t.id, t.name) for t in whole.territories],
                "family": [(w.code, w.label(lang)) for w in whole.vocabulary["famille"].words],
            },
            stamp=stamp(snapshot, lang),
            **content,
        )
    )
    return HTMLResponse(html)


def _carried(kept: Mapping[str, Any], lang: str) -> str:
    """Scope and dates as the end of an address, so that every view is a link."""
    query = urlencode({**kept, **({"lang": "en"} if lang == "en" else {})})
    return f"?{query}" if query else ""
