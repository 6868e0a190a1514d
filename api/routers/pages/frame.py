"""What every page shares: who reads what of the store, addresses that keep the scope, templates, refusals."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.access import reader_of
from api.documents import documents_of
from api.problems import language, title
from graph.errors import AgencementsError, InvalidCall, NotFound
from graph.model import TABLES, Document
from graph.plurals import agreed
from graph.snapshot import Snapshot
from graph.stores import Store
from queries.parameters import Parameter, Value, resolved, shown
from queries.registry import ANALYSES, DATES, ORDER, PILOTS, SCOPE, view
from viz import KINDS
from viz.marks import stamp

HERE = Path(__file__).resolve().parents[2]

PAGE_PARAMETERS = (*SCOPE, *DATES, ORDER)
"""The scope bar: carried from page to page."""

PAGE = Parameter(
    "page", "int", "la page du tableau", "the page of the table", default=1, low=1, high=1_000_000
)

MAP_NAMES = {
    "acteurs": ("Acteurs", "Actors"),
    "convergences": ("Convergences", "Convergences"),
    "conflits": ("Conflits", "Conflicts"),
    "influence": ("Influence", "Influence"),
    "projet": ("Projet", "Project"),
    "territoires": ("Territoires", "Territories"),
    "evolution": ("Évolution", "Evolution"),
    "zones": ("Carte des zones", "Map of zones"),
    "flux": ("Flux", "Flows"),
    "interdependances": ("Interdépendances", "Interdependences"),
}
"""Names of maps in the navigation, by their address."""

MOST_LISTED = 500
"""Territories of the scope bar beyond which communes without an actor are left out."""

FIGURE_NAMES = {"/territoires/matrice": ("Matrice", "Matrix"), "/territoires/donut": ("Donut", "Doughnut")}
"""Names of charts in the navigation, by their address."""

NAMED_BY = ("name", "title", "label", "question")
"""Fields that name an entity for people, the first one it has."""


@functools.cache
def environment() -> Environment:
    """The templates, autoescaped."""
    made = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["agreed"] = agreed
    return made


@dataclass(frozen=True)
class Reading:
    """One page being read.

    Attributes:
        store: where it is read.
        request: the question.
        lang: ``fr`` or ``en``.
        level: what the reader may see.
        snapshot: in the scope and at the dates of the address.
        given: scope, dates and order as typed, those that are set.
        own: the page's own parameters, resolved.
    """

    store: Store
    request: Request
    lang: str
    level: str
    snapshot: Snapshot
    given: Mapping[str, str]
    own: Mapping[str, Value]

    @functools.cached_property
    def whole(self) -> Snapshot:
        """The same day and revision, without a scope."""
        dates = {p.name: self.given.get(p.name) for p in DATES}
        return view(self.store, resolved(DATES, dates), level=self.level)

    def answer(self, path: str) -> Document:
        """The document of an analysis in this scope and at these dates."""
        return documents_of(self.request).document(ANALYSES[path], self.given, self.level, self.lang)

    @functools.cached_property
    def kept(self) -> dict[str, Any]:
        """What the scope bar says, carried along."""
        found = shown(resolved(PAGE_PARAMETERS, self.given))
        if not self.given.get("order"):
            found.pop("order")
        return found

    def t(self, fr: str, en: str) -> str:
        """The wording in the reader's language."""
        return en if self.lang == "en" else fr

    def link(self, path: str, **more: Any) -> str:
        """An address that keeps scope, dates and language; parameters that are ``None`` are left out."""
        query = {**self.kept, **{k: v for k, v in more.items() if v is not None}}
        if self.lang == "en":
            query["lang"] = "en"
        return f"{path}?{urlencode(query, doseq=True)}" if query else path

    def here(self, **more: Any) -> str:
        """This page's address with some of its own parameters changed."""
        own = {name: value for name, value in shown(self.own).items() if self.request.query_params.get(name)}
        return self.link(self.request.url.path, **{**own, **more})

    @functools.cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """By entity table, the name of each id for people; the id itself where there is no name."""
        found = {}
        for table in TABLES.values():
            if table.entity:
                named = next((field for field in NAMED_BY if field in table.field), "id")
                found[table.name] = {
                    v.id: str(getattr(v.value, named)) for v in self.whole.records(table.name)
                }
        return found

    @property
    def data_pages(self) -> list[tuple[str, str]]:
        """What the section of data holds, as (address, name)."""
        found = [
            ("/acteurs", self.t("Acteurs", "Actors")),
            ("/objectifs", self.t("Objectifs", "Objectives")),
            ("/positions", "Positions"),
            ("/influences", "Influences"),
            ("/territoires", self.t("Territoires", "Territories")),
            ("/recits", self.t("Récits", "Narratives")),
            ("/donnees", self.t("Autres tables", "Other tables")),
        ]
        return [*found, ("/importer", self.t("Importer", "Import"))] if self.level == PILOTS else found

    def only_pilots(self) -> None:
        """Hide a page from whoever is not a pilot.

        Raises:
            NotFound: the reader is below.
        """
        if self.level != PILOTS:
            raise NotFound("Cette adresse n'existe pas.", "There is nothing at this address.")

    def page(self, template: str, *, status: int = 200, **content: Any) -> HTMLResponse:
        """Render a template."""
        whole = self.whole
        html = (
            environment()
            .get_template(f"{template}.html.j2")
            .render(
                r=self,
                t=self.t,
                link=self.link,
                here=self.here,
                lang=self.lang,
                pilots=self.level == PILOTS,
                path=self.request.url.path,
                kept=self.kept,
                carried=self.link(""),
                data_pages=self.data_pages,
                held=[
                    (name, one)
                    for name, value in shown(self.own).items()
                    if self.request.query_params.get(name) and name != "page"
                    for one in (value if isinstance(value, list | tuple) else [value])
                ],
                maps=[(page, self.t(*MAP_NAMES.get(page, (page, page)))) for page in KINDS.values()],
                figures=[(address, self.t(*name)) for address, name in FIGURE_NAMES.items()],
                snapshot=self.snapshot,
                label=lambda list_, code: self.snapshot.vocabulary.label(list_, code, self.lang),
                choices={
                    "project": [(p.id, p.name) for p in whole.projects],
                    "stake": [(s.id, s.name) for s in whole.stakes],
                    "territory": _territories(whole, self.given.get("territory")),
                    "family": [(w.code, w.label(self.lang)) for w in whole.vocabulary["famille"].words],
                },
                stamp=stamp(self.snapshot, self.lang),
                **content,
            )
        )
        return HTMLResponse(html, status)


def _territories(whole: Snapshot, chosen: str | None) -> list[tuple[str, str]]:
    """The territories of the scope bar; of very many, communes where no actor is are left out (the address takes any)."""
    everywhere = whole.territories
    if len(everywhere) <= MOST_LISTED:
        return [(t.id, t.name) for t in everywhere]
    held = {actor.territory for actor in whole.actors} | {chosen}
    return [(t.id, t.name) for t in everywhere if t.type != "commune" or t.id in held]


def asked(store: Store, request: Request, *own: Parameter) -> Reading:
    """Who reads what: the level of the reader, the scope and dates of the address.

    Args:
        store: where to read.
        request: the question.
        own: parameters of this page beside scope, dates and order.

    Raises:
        InvalidCall: parameters that cannot be read, all at once.
        UnknownFilter: a filter that names nothing known.
        NotFound: no such revision.
    """
    many = {p.name for p in own if p.many}
    typed = {
        name: [one for one in request.query_params.getlist(name) if one] if name in many else value
        for name, value in request.query_params.items()
        if name != "lang" and value
    }
    taken = {p.name for p in own}
    values = resolved((*(p for p in PAGE_PARAMETERS if p.name not in taken), *own), typed)
    level = reader_of(request).level
    return Reading(
        store,
        request,
        language(request),
        level,
        view(store, {k: v for k, v in values.items() if k not in taken}, level=level),
        {name: str(value) for name, value in typed.items() if name not in taken},
        {name: value for name, value in values.items() if name in taken},
    )


class PageRoute(APIRoute):
    """A page's refusals are pages for whoever reads pages, problem documents for anything else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler: what it refuses is said on a page when the reader asks for HTML."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except AgencementsError as wrong:
                if "text/html" not in request.headers.get("accept", ""):
                    raise
                return refusal(request, wrong)

        return handled


def refusal(request: Request, wrong: AgencementsError) -> HTMLResponse:
    """What was refused, why and where to go on."""
    lang = language(request)
    faults = wrong.faults if isinstance(wrong, InvalidCall) else ()
    html = (
        environment()
        .get_template("refused.html.j2")
        .render(
            lang=lang,
            title=title(wrong.status, lang),
            sentences=[f.en if lang == "en" else f.fr for f in faults] or [wrong.message(lang)],
            touched=list(getattr(wrong, "touched", ())),
        )
    )
    return HTMLResponse(html, wrong.status)


def page_router() -> APIRouter:
    """Routes of pages, outside the documented API."""
    return APIRouter(include_in_schema=False, route_class=PageRoute)
