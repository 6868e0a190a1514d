"""Territories: the list, the card of each, the experiments and the pacts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import PAGE, Reading, asked, page_router
from api.routers.pages.words import Part, day, record_url, reference
from graph import competences
from graph.errors import AgencementsError, NotFound
from graph.model import Experiment, Indicator, Narrative, Pact, Territory
from graph.plurals import agreed
from graph.scope import below
from graph.stores import Store
from graph.vocabulary import fold
from queries.doughnut import doughnut
from queries.parameters import Parameter
from queries.sentences import number
from viz.charts.doughnut_words import figure, told
from viz.flow_view import flow_view, percent
from viz.outlines import outlines

ROWS = 100
"""Territories of one page."""
MOST_NAMED = 60
"""Territories and actors named on a card; beyond, how many there are."""
MOST_PARTNERS = 5
"""Territories named for what one depends on, and for what depends on it."""
SEARCH = Parameter("q", "str", "un nom ou un code", "a name or a code")


def router(store: Store) -> APIRouter:
    """The pages over a store."""
    routes = page_router()

    @routes.get("/territoires", response_class=HTMLResponse)
    def territories(request: Request) -> HTMLResponse:
        reading = asked(store, request, SEARCH, PAGE)
        wanted = fold(str(reading.own["q"] or ""))
        found = [t for t in reading.whole.territories if wanted in fold(f"{t.name} {t.id}")]
        found.sort(key=lambda t: (-(t.population or 0), t.name, t.id))
        page, pages = cast(int, reading.own["page"]), max(1, -(-len(found) // ROWS))
        if page > pages:
            raise NotFound(
                f"Le tableau a {agreed(pages, 'page(s)')}.",
                f"The table has {agreed(pages, 'page(s)', 'en')}.",
            )
        return reading.page(
            "territories",
            rows=_rows(reading, found[(page - 1) * ROWS : page * ROWS]),
            total=len(found),
            known=len(reading.whole.territories),
            q=reading.own["q"] or "",
            pages=pages,
        )

    @routes.get("/territoires/{id_}", response_class=HTMLResponse)
    def territory(request: Request, id_: str) -> HTMLResponse:
        reading = asked(store, request)
        if id_ not in reading.whole.territories:
            raise NotFound(f"Territoire inconnu : « {id_} ».", f"Unknown territory: '{id_}'.")
        return reading.page("territory", **_card(reading, reading.whole.territories[id_]))

    @routes.get("/experiences", response_class=HTMLResponse)
    def experiments(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        return reading.page("experiments", experiments=_experiments(reading, reading.given.get("territory")))

    @routes.get("/pactes", response_class=HTMLResponse)
    def pacts(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        return reading.page("pacts", pacts=_pacts(reading, reading.given.get("territory")))

    return routes


def _rows(reading: Reading, found: list[Territory]) -> list[dict[str, Any]]:
    actors = Counter(actor.territory for actor in reading.snapshot.actors)
    values = Counter(cast(Indicator, v.value).territory for v in reading.whole.records("indicators"))
    words = reading.whole.vocabulary
    return [
        {
            "id": t.id,
            "name": t.name,
            "type": words.label("type_territoire", t.type, reading.lang) if t.type else "",
            "population": t.population,
            "parents": [reference(reading, "territories", p) for p in t.parents],
            "actors": actors[t.id],
            "values": values[t.id],
        }
        for t in found
    ]


def _card(reading: Reading, territory: Territory) -> dict[str, Any]:
    whole = reading.whole
    inside = below({t.id: t.parents for t in whole.territories}, territory.id)
    children = [t for t in whole.territories if territory.id in t.parents]
    here = [a for a in reading.snapshot.actors if a.territory in inside]
    known = outlines().rings(territory.id) is not None
    place = reading.t("contour", "outline") if known else reading.t("point", "point")
    if not known and (territory.lat is None or territory.lon is None):
        place = reading.t("inconnu", "unknown")
    return {
        "territory": territory,
        "kind": whole.vocabulary.label("type_territoire", territory.type, reading.lang)
        if territory.type
        else "",
        "place": place,
        "parents": [reference(reading, "territories", p) for p in territory.parents],
        "children": [reference(reading, "territories", t.id) for t in children[:MOST_NAMED]],
        "more_children": len(children) - MOST_NAMED,
        "competences": [(code, competences.label(code, reading.lang)) for code in territory.competences],
        "values": _values(reading, territory.id),
        "flows": _flows(reading, territory),
        "actors": [reference(reading, "actors", a.id) for a in here[:MOST_NAMED]],
        "more_actors": len(here) - MOST_NAMED,
        "experiments": _experiments(reading, territory.id),
        "pacts": _pacts(reading, territory.id),
    }


def _values(reading: Reading, territory: str) -> list[dict[str, Any]]:
    """The latest value of each indicator, against its floor or ceiling; thresholds without a value are not listed here."""
    document = doughnut(reading.whole, {"territory": [territory]}, reading.lang)
    return [
        {
            "indicator": item["indicator"],
            "dimension": item["dimension"],
            "told": told(item, reading.lang),
            "figure": figure(item, reading.lang) if item["ratio"] is not None else "",
            "status": item["status"],
            "records": item["records"],
        }
        for item in document["items"]
        if item["value"] is not None
    ]


def _flows(reading: Reading, territory: Territory) -> list[dict[str, Any]]:
    """What each kind of flow says of a territory, where some flow touches it or what lies in it."""
    snapshot, lang = reading.whole, reading.lang
    index = snapshot.territories.index[territory.id]
    found: list[dict[str, Any]] = []
    for code, kind in enumerate(snapshot.flows.kinds):
        mine = snapshot.flows.kind == code
        touched = bool(
            ((snapshot.flows.origin[mine] == index) | (snapshot.flows.destination[mine] == index)).any()
        )
        level = None if touched else territory.type
        label = snapshot.vocabulary.label("type_flux", kind, lang)
        if not touched and level is None:
            continue
        try:
            view = flow_view(snapshot, {"kind": kind, "level": level}, lang)
        except AgencementsError as refused:
            found.append({"label": label, "refused": refused.message(lang)})
            continue
        row = next((row for row in view.document["territories"] if row["id"] == territory.id), None)
        if row is None:
            continue
        on = view.pairs(MOST_PARTNERS, by="share", dependent=territory.id)
        by = view.pairs(MOST_PARTNERS, on=territory.id)
        found.append(
            {
                "label": label,
                "refused": "",
                "provenance": view.provenance,
                "dependence": percent(view.dependence[territory.id], lang),
                "autonomy": percent(row["autonomy"], lang),
                "vulnerability": percent(row["vulnerability"], lang),
                "on": [_partner(reading, i, i["on"], i["share"]) for i in on],
                "by": [_partner(reading, i, i["dependent"], i["share"]) for i in by],
                "notes": view.notes(),
                "map": reading.link("/cartes/flux", kind=kind, scale=level)
                + (f"#acteur={territory.id}" if view.count else ""),
            }
        )
    return found


def _partner(reading: Reading, item: dict[str, Any], other: str, share: float) -> dict[str, Any]:
    return {
        "who": reference(reading, "territories", other),
        "quantity": number(item["quantity"], reading.lang),
        "share": percent(share, reading.lang),
        "records": item["records"][:12],
    }


def _experiments(reading: Reading, territory: str | None) -> list[dict[str, Any]]:
    """The experiments of a territory and of what lies in it; all of them without one."""
    inside = _inside(reading, territory)
    found = []
    for version in reading.whole.records("experiments"):
        said = cast(Experiment, version.value)
        if inside is not None and said.territory not in inside:
            continue
        parts = [
            (reading.t("Hypothèse", "Hypothesis"), said.hypothesis),
            (reading.t("Premier pas", "First step"), said.first_step),
            (reading.t("Test", "Test"), said.test),
            (reading.t("Résultat", "Outcome"), said.outcome),
            (reading.t("Reprise ailleurs", "Reuse elsewhere"), said.reuse),
        ]
        found.append(
            {
                "id": said.id,
                "question": said.question,
                "href": record_url(reading, "experiments", said.id),
                "parts": [(name, text) for name, text in parts if text],
                "lacking": [name.lower() for name, text in parts[:4] if not text],
                "territory": None
                if said.territory is None
                else reference(reading, "territories", said.territory),
            }
        )
    return sorted(found, key=lambda one: (bool(one["lacking"]), str(one["id"])))


def _pacts(reading: Reading, territory: str | None) -> list[dict[str, Any]]:
    """The pacts that a territory, or one in it, is a party to; all of them without one. Those to review first."""
    inside = _inside(reading, territory)
    found = []
    told_of: dict[str, list[Part]] = defaultdict(list)
    for version in reading.whole.records("narratives"):
        for id_ in cast(Narrative, version.value).pacts:
            told_of[id_].append(reference(reading, "narratives", version.id))
    for version in reading.whole.records("pacts"):
        said = cast(Pact, version.value)
        if inside is not None and not inside & set(said.parties):
            continue
        due = said.review_on is not None and said.review_on <= reading.whole.day
        found.append(
            {
                "id": said.id,
                "title": said.title,
                "href": record_url(reading, "pacts", said.id),
                "parties": [reference(reading, "territories", p) for p in said.parties],
                "articles": said.articles,
                "counterparts": said.counterparts,
                "told": told_of[said.id],
                "signed": None if said.signed_on is None else day(reading, said.signed_on),
                "review": None if said.review_on is None else day(reading, said.review_on),
                "due": due,
                "order": (not due, said.review_on is None, said.review_on, said.id),
            }
        )
    return sorted(
        found, key=lambda one: (one["order"][0], one["order"][1], str(one["order"][2]), one["order"][3])
    )


def _inside(reading: Reading, territory: str | None) -> set[str] | None:
    if territory is None:
        return None
    return below({t.id: t.parents for t in reading.whole.territories}, territory)
