"""The sheet on which two territories open a negotiation; every line opens its records."""

from __future__ import annotations

from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.routers.pages.frame import asked, page_router
from api.routers.pages.words import record_url
from graph.stores import Store
from queries.parameters import Parameter
from queries.registry import ANALYSES, run

PARTIES = Parameter("territory", "str", "les deux territoires", "the two territories", many=True)
KINDS = (
    ("dependency", "Dépendances mutuelles", "Mutual dependencies"),
    ("convergence", "Convergences de leurs acteurs", "Convergences of their actors"),
    ("conflict", "Conflits", "Conflicts"),
    ("complementarity", "Complémentarités", "Complementarities"),
)
"""Parts of the sheet, in order."""
BESIDE = (
    ("shared", "Acteurs présents des deux côtés", "Actors on both sides"),
    ("third_parties", "Tiers possibles", "Possible third parties"),
    ("latent", "Tensions que personne n'exprime", "Tensions nobody expresses"),
    ("scales", "À quelle échelle chaque sujet se tient", "At which scale each subject is held"),
)
"""What stands beside the items, in order."""
MOST = 1_000
"""Lines of a sheet."""


def router(store: Store) -> APIRouter:
    """The sheet over a store."""
    routes = page_router()

    @routes.get("/territoires/negociation", response_class=HTMLResponse)
    def sheet(request: Request) -> HTMLResponse:
        reading = asked(store, request, PARTIES)
        parties = list(cast("tuple[str, ...] | None", reading.own["territory"]) or ())
        document: dict[str, Any] | None = None
        if len(parties) > 1:
            given = {**reading.given, "territory": parties, "limit": MOST}
            given.pop("order", None)
            document = run(store, ANALYSES["negotiation"], given, level=reading.level, lang=reading.lang)
        names = reading.whole.territories
        return reading.page(
            "negotiation",
            parties=[(id_, names.name(id_)) for id_ in parties if id_ in names],
            chosen=[parties[k] if k < len(parties) else "" for k in (0, 1)],
            territories=sorted(((t.id, t.name) for t in names), key=lambda t: (t[1], t[0])),
            parts=[]
            if document is None
            else [
                (kind, reading.t(fr, en), [i for i in document["items"] if i["kind"] == kind])
                for kind, fr, en in KINDS
            ],
            beside=[]
            if document is None
            else [(name, reading.t(fr, en), document[name]) for name, fr, en in BESIDE],
            pacts=[]
            if document is None
            else [{**pact, "href": record_url(reading, "pacts", pact["id"])} for pact in document["pacts"]],
            notes=[] if document is None else [note["text"] for note in document["notes"]],
            opened=document is not None,
        )

    return routes
