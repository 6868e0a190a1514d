"""Tensions: what is being worked on, what was decided, who gave what for what."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import Reading, asked, page_router
from api.routers.pages.words import Part, day, entity_url, record_url, reference
from graph.model import Arbitration, Concession, Narrative, Tension
from graph.stores import Store


def router(store: Store) -> APIRouter:
    """The tensions in columns."""
    routes = page_router()

    @routes.get("/tensions", response_class=HTMLResponse)
    def tensions(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        cards = in_scope(reading)
        words = reading.snapshot.vocabulary["statut_tension"].words
        columns = [(w.label(reading.lang), [c for c in cards if c["status"] == w.code]) for w in words]
        loose = [c for c in cards if c["status"] not in {w.code for w in words}]
        if loose:
            columns.append((reading.t("Sans statut", "No status"), loose))
        return reading.page("tensions", columns=columns, total=len(cards))

    return routes


def in_scope(reading: Reading) -> list[dict[str, Any]]:
    """Every tension that touches an actor or an objective in scope, or names none, with what was decided."""
    snapshot = reading.snapshot
    decisions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    traded = _concessions(reading)
    for version in snapshot.records("arbitrations"):
        ruling = cast(Arbitration, version.value)
        decisions[ruling.tension].append(
            {
                "id": version.id,
                "href": record_url(reading, "arbitrations", version.id),
                "date": ruling.date,
                "day": day(reading, ruling.date),
                "decision": ruling.decision,
                "review_on": ruling.review_on,
                "review": None if ruling.review_on is None else day(reading, ruling.review_on),
                "due": ruling.review_on is not None and ruling.review_on <= snapshot.day,
                "concessions": traded[version.id],
            }
        )
    told: dict[str, list[Part]] = defaultdict(list)
    for version in snapshot.records("narratives"):
        story = cast(Narrative, version.value)
        for id_ in story.tensions:
            told[id_].append(reference(reading, "narratives", story.id))
    cards = []
    for version in snapshot.records("tensions"):
        tension = cast(Tension, version.value)
        named = [*(a in snapshot.actors for a in tension.actors)]
        named += [o in snapshot.objectives for o in tension.objectives]
        if named and not any(named):
            continue
        cards.append(
            {
                "id": tension.id,
                "title": tension.title,
                "href": entity_url(reading, "tensions", tension.id),
                "status": tension.status,
                "since": None if tension.since is None else day(reading, tension.since),
                "project": None
                if tension.project is None
                else reference(reading, "projects", tension.project),
                "actors": [reference(reading, "actors", a) for a in tension.actors],
                "objectives": [reference(reading, "objectives", o) for o in tension.objectives],
                "decisions": sorted(decisions[tension.id], key=lambda d: (d["date"], d["id"]), reverse=True),
                "told": told[tension.id],
            }
        )
    return cards


def _concessions(reading: Reading) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for version in reading.snapshot.records("concessions"):
        given = cast(Concession, version.value)
        found[given.arbitration].append(
            {
                "id": version.id,
                "href": record_url(reading, "concessions", version.id),
                "actor": reference(reading, "actors", given.actor),
                "gives": given.gives,
                "receives": given.receives,
            }
        )
    return found
