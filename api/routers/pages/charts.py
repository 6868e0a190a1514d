"""Maps and zones."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.routers.pages.faces import FACES, VIEW, exports, shown_as
from api.routers.pages.frame import PAGE_PARAMETERS, Reading, asked, page_router
from graph.errors import Fault, InvalidCall, NotFound
from graph.snapshot import Snapshot
from graph.stores import Store
from queries.latent import by_contradiction
from queries.mactor import forces
from queries.parameters import Parameter, resolved, shown
from queries.registry import PILOTS, view
from queries.zones_convergence import distinct
from viz import KINDS, MapSpec, build, foldable, pins, render_body
from viz.flow_choice import HEAT, asked_flows, choices
from viz.flow_choice import PARAMETERS as FLOW_PARAMETERS
from viz.kinds import DATED, FLOWING, PINNED, QUESTIONS
from viz.maps.convergence import ORDERS
from viz.renderer import SCRIPTS

PERIOD = (
    Parameter("from", "date", "la première date", "the first date"),
    Parameter("to", "date", "la seconde date", "the second date"),
)
"""The two days that a map compares; by default the first and the last day stated."""
ZONE = Parameter("zone", "str", "la zone à déplier", "the zone to unfold")
PINS = Parameter("pins", "str", "les acteurs épinglés et leur place", "actors pinned and their places")
KEPT_MAPS = 32
"""Maps kept laid out, the latest."""
RECORD_URL = "/fiches/{id}"


def router(store: Store, drawings: Drawings) -> APIRouter:
    """Zones over a store, and its maps."""
    routes = page_router()

    @routes.get("/zones", response_class=HTMLResponse)
    def zones(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        found = {name: reading.answer(f"zones/{name}") for name in ("convergence", "cooperation", "conflict")}
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
        page = drawings.of(request, kind)
        reading, spec = page.reading, page.specs[0]
        order = cast(int, resolved(PAGE_PARAMETERS, reading.given)["order"])
        return reading.page(
            "chart",
            spec=spec,
            body=render_body(
                spec,
                also=page.specs[1:],
                record_url=RECORD_URL,
                exports=exports(reading, spec),
                pinning=page.kind in PINNED,
                actions=_actions(reading, page),
                orders=_orders(reading, page.snapshot, order) if page.kind == "convergence" else (),
            ),
            scripts=SCRIPTS,
            foldable=foldable(spec),
            unfolded=reading.own["zone"] is not None,
            period=shown(reading.own) if page.kind in DATED else None,
            choosing=_choosing(reading, page) if page.kind in FLOWING else [],
        )

    @routes.get("/cartes/{kind}/{face}", response_class=Response)
    def face(request: Request, kind: str, face: str) -> Response:
        if face not in FACES:
            known = ", ".join(FACES)
            raise NotFound(
                f"Export inconnu : « {face} » ; connus : {known}.",
                f"Unknown export: '{face}'; known: {known}.",
            )
        page = drawings.of(request, kind, *VIEW)
        return shown_as(face, page.reading, kind, page.specs)

    return routes


def _actions(reading: Reading, page: Drawn) -> tuple[tuple[str, str], ...]:
    """What a reader of an empty map may do: see flows without places, else widen the scope, else import if a pilot."""
    if page.kind == "flows" and page.specs[0].tables[0].rows:
        own = {p.name: reading.own[p.name] for p in FLOW_PARAMETERS if p is not HEAT}
        return (
            (
                reading.t("Interdépendances", "Interdependences"),
                reading.link("/cartes/interdependances", **own),
            ),
            (reading.t("Matrice", "Matrix"), reading.link("/territoires/matrice", **own)),
        )
    if set(reading.kept) - {"order"}:
        return ((reading.t("Voir tout le territoire", "See the whole territory"), reading.request.url.path),)
    if reading.level == PILOTS:
        return ((reading.t("Importer un classeur", "Import a workbook"), reading.link("/importer")),)
    return ()


def _orders(reading: Reading, snapshot: Snapshot, order: int) -> tuple[dict[str, Any], ...]:
    """The orders of a map, the third closed while nobody has any force."""
    weighted = forces(snapshot) is not None
    names = ORDERS["en" if reading.lang == "en" else "fr"]
    return tuple(
        {
            "order": n,
            "name": names[n],
            "href": reading.here(order=n) if n < 3 or weighted else None,
            "current": n == order,
        }
        for n in (1, 2, 3)
    )


def _choosing(reading: Reading, page: Drawn) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Selectors of a map of flows, with what is chosen; shades are those of territories on their outlines alone."""
    return [
        (name, label, [(code, text, str(reading.own[name] or "") == code) for code, text in options])
        for name, label, options in choices(page.snapshot, reading.lang)
        if options and (name != "heat" or page.kind == "flows")
    ]


@dataclass(frozen=True)
class Drawn:
    """A map laid out for a reader.

    Attributes:
        kind: a key of :data:`viz.KINDS`.
        reading: the page being read.
        snapshot: what it shows.
        specs: every size, order or zone; the first is what it opens on.
    """

    kind: str
    reading: Reading
    snapshot: Snapshot
    specs: tuple[MapSpec, ...]


class Drawings:
    """Maps of one store, the latest kept laid out until the next revision: nobody erased stays on one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, tuple[MapSpec, ...]] = {}
        self._head = -1
        self._lock = threading.Lock()

    def of(self, request: Request, page: str, *more: Parameter) -> Drawn:
        """The map a reader asks for.

        Args:
            request: the question.
            page: name of the kind in addresses.
            more: parameters of the address that the layout does not depend on.

        Raises:
            NotFound: no such kind.
            InvalidCall: parameters that cannot be read.
        """
        pages = {name: kind for kind, name in KINDS.items()}
        if page not in pages:
            known = ", ".join(pages)
            raise NotFound(
                f"Carte inconnue : « {page} » ; connues : {known}.", f"Unknown map: '{page}'; known: {known}."
            )
        kind = pages[page]
        own = (ZONE, PINS, *(PERIOD if kind in DATED else FLOW_PARAMETERS if kind in FLOWING else ()))
        # before reading: what an earlier revision shows depends on what is hidden or erased since
        head = self._store.head()
        reading = asked(self._store, request, *own, *more)
        snapshot = _read(reading, kind)
        pinned = cast("str | None", reading.own["pins"])
        drawn_by = shown({p.name: reading.own[p.name] for p in own})
        key = json.dumps([reading.level, kind, reading.lang, reading.given, drawn_by], sort_keys=True)
        with self._lock:
            if head > self._head:
                self._kept, self._head = {}, head
            specs = self._kept.get(key) if head == self._head else None
        if specs is None:
            order = cast(int, resolved(PAGE_PARAMETERS, reading.given)["order"])
            specs = build(
                kind,
                snapshot,
                lang=reading.lang,
                order=order,
                unfold=cast("str | None", reading.own["zone"]),
                asked=reading.given.get("project"),
                dates=_period(reading) if kind in DATED else None,
                pins=None if pinned is None else pins.read(pinned),
                flowing=asked_flows(reading.own, reading.given.get("territory")) if kind in FLOWING else None,
            )
            with self._lock:
                if head == self._head:
                    self._kept[key] = specs
                while len(self._kept) > KEPT_MAPS:
                    self._kept.pop(next(iter(self._kept)))
        return Drawn(kind, reading, snapshot, specs)


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
