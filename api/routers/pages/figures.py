"""Charts about territories: the doughnut, the matrix of interdependences."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.routers.pages.faces import cells, download, heads
from api.routers.pages.frame import Reading, asked, page_router
from graph.errors import NotFound
from graph.model import Indicator
from graph.scope import known_in
from graph.snapshot import Snapshot
from graph.stores import Store
from ingest import csv_of
from queries.doughnut import doughnut
from queries.parameters import Parameter
from queries.registry import YEAR
from viz.charts import Chart, matrix, render_chart_body, render_chart_svg
from viz.charts import doughnut as rings
from viz.flow_choice import HEAT, PARAMETERS, asked_flows, choices
from viz.kinds import PROFILES

TERRITORIES = Parameter("territory", "str", "les territoires", "the territories", many=True)
SIZE = Parameter("size", "str", "la taille du dessin", "the size", default=PROFILES[0], choices=PROFILES)
FLOWS = tuple(p for p in PARAMETERS if p is not HEAT)
FACES = {"svg": "image/svg+xml", "csv": "text/csv; charset=utf-8"}
"""Other faces of a chart by the end of their address, and their media types."""
RECORD_URL = "/fiches/{id}"


def router(store: Store) -> APIRouter:
    """The charts over a store."""
    routes = page_router()

    @routes.get("/territoires/donut", response_class=HTMLResponse)
    def rings_page(request: Request) -> HTMLResponse:
        reading = asked(store, request, TERRITORIES, YEAR, SIZE)
        chosen = _chosen(reading)
        chart = _doughnut(reading, chosen)
        measured = _measured(reading.whole)
        return reading.page(
            "doughnut",
            body=_body(reading, chart, {"territory": list(chosen), "year": reading.own["year"]}),
            known=[
                (id_, reading.whole.territories.name(id_), id_ in chosen)
                for id_ in sorted(measured, key=lambda id_: (reading.whole.territories.name(id_), id_))
            ],
            years=sorted(
                {cast(Indicator, v.value).year for v in reading.whole.records("indicators")}, reverse=True
            ),
            year=reading.own["year"],
        )

    @routes.get("/territoires/donut/{face}", response_class=Response)
    def rings_face(request: Request, face: str) -> Response:
        _known(face)
        reading = asked(store, request, TERRITORIES, YEAR, SIZE)
        return _faced(reading, _doughnut(reading, _chosen(reading)), face)

    @routes.get("/territoires/matrice", response_class=HTMLResponse)
    def matrix_page(request: Request) -> HTMLResponse:
        reading = asked(store, request, *FLOWS, SIZE)
        own = {p.name: reading.own[p.name] for p in FLOWS}
        return reading.page(
            "matrix",
            body=_body(reading, _matrix(reading), own),
            choosing=[
                (name, label, [(code, text, str(own[name] or "") == code) for code, text in options])
                for name, label, options in choices(reading.whole, reading.lang)
                if options and name in own
            ],
        )

    @routes.get("/territoires/matrice/{face}", response_class=Response)
    def matrix_face(request: Request, face: str) -> Response:
        _known(face)
        reading = asked(store, request, *FLOWS, SIZE)
        return _faced(reading, _matrix(reading), face)

    return routes


def _known(face: str) -> None:
    if face not in FACES:
        known = ", ".join(FACES)
        raise NotFound(
            f"Export inconnu : « {face} » ; connus : {known}.",
            f"Unknown export: '{face}'; known: {known}.",
        )


def _matrix(reading: Reading) -> Chart:
    wanted = asked_flows(reading.own, reading.given.get("territory"))
    del wanted["heat"]
    return matrix.build(reading.whole, asked=wanted, profile=str(reading.own["size"]), lang=reading.lang)


def _measured(snapshot: Snapshot) -> Counter[str]:
    """How many values each territory has."""
    return Counter(
        said.territory
        for version in snapshot.records("indicators")
        if (said := cast(Indicator, version.value)).territory in snapshot.territories
    )


def _chosen(reading: Reading) -> tuple[str, ...]:
    """The territories asked for; by default those with most values, as many as stand in a row.

    Raises:
        UnknownFilter: one that the reader does not know.
    """
    given = cast("tuple[str, ...] | None", reading.own["territory"])
    if given:
        for id_ in given:
            known_in(reading.whole, "territory", id_)
        return given
    most = sorted(_measured(reading.whole).items(), key=lambda counted: (-counted[1], counted[0]))
    return tuple(id_ for id_, _ in most[: rings.ACROSS])


def _doughnut(reading: Reading, chosen: tuple[str, ...]) -> Chart:
    params: dict[str, Any] = {"territory": list(chosen), "year": reading.own["year"]}
    document = doughnut(reading.whole, params, reading.lang)
    return rings.build(reading.whole, document, profile=str(reading.own["size"]), lang=reading.lang)


def _body(reading: Reading, chart: Chart, own: Mapping[str, Any]) -> Callable[[str], str]:
    """The chart once what chooses it is given."""
    path = reading.request.url.path
    exports = [
        ("SVG", reading.link(f"{path}/svg", **own)),
        (
            reading.t("SVG pour projeter", "SVG to project"),
            reading.link(f"{path}/svg", **own, size="projecteur"),
        ),
        ("CSV", reading.link(f"{path}/csv", **own)),
    ]
    return functools.partial(
        render_chart_body,
        chart,
        record_url=reading.link(RECORD_URL).replace("%7B", "{").replace("%7D", "}"),
        exports=exports,
        scripted=True,
    )


def _faced(reading: Reading, chart: Chart, face: str) -> Response:
    name = f"{chart.kind}-revision-{reading.whole.revision}.{face}"
    if face == "svg":
        return download(render_chart_svg(chart), FACES[face], name)
    table = chart.tables[0]
    return download(csv_of(heads(reading, table), map(cells, table.rows)), FACES[face], name)
