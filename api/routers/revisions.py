"""What was written, taking it back, and merging two actors."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request, Response

from api.access import Reader, pilot_of, reader_of
from api.routers.answers import answer, asked, caching, form, json_response, matched, sent, tag_of
from api.schemas import described, problems_of
from graph.errors import Fault, InvalidCall, NotFound, UnknownFilter
from graph.model import Document
from graph.stores import Store
from graph.stores.backend import Revision
from graph.vocabulary import VISIBILITIES
from queries.difference import difference
from queries.registry import PAGE

Pilot = Annotated[Reader, Depends(pilot_of)]
Body = Annotated[dict[str, Any], Depends(sent)]

PILOTS = VISIBILITIES[-1]
FOR_ALL = ("number", "moment")
"""What everybody may know of a revision: what ``at_revision`` can be, and when. How much it touched would tell
of hidden records."""

MOST_DIGITS = 9

REVISION: dict[str, Any] = {
    "type": "object",
    "title": "revision",
    "properties": {
        "number": {"type": "integer"},
        "moment": {"type": "string"},
        "author": {"type": "string"},
        "message": {"type": "string"},
        "origin": {"type": "string"},
        "file_hash": {"type": ["string", "null"]},
        "touched": {"type": "integer"},
        "undoes": {"type": ["integer", "null"]},
        "erased": {"type": ["integer", "null"]},
        "changes": {"type": "array", "items": {"type": "object"}},
    },
    "required": list(FOR_ALL),
}
WRITTEN: dict[str, Any] = {
    "type": "object",
    "properties": {"revision": {"type": ["integer", "null"]}, "touched": {"type": "integer"}},
    "required": ["revision", "touched"],
}
MERGED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "revision": {"type": "integer"},
        "kept": {"type": "string"},
        "gone": {"type": "string"},
        "retracted": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["revision", "kept", "gone", "retracted"],
}
MERGE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "gone": {"type": "string", "description": "The actor that becomes an old id of this one."}
    },
    "required": ["gone"],
    "additionalProperties": False,
}


def router(store: Store) -> APIRouter:
    """The routes over a store."""
    routes = APIRouter(prefix="/api/v1", tags=["revisions"])
    listed = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": REVISION},
            "next": {"type": ["string", "null"]},
        },
        "required": ["items", "next"],
    }

    @routes.get(
        "/revisions",
        summary="The revisions, newest first.",
        responses=problems_of(401, 422, 503),
        openapi_extra=described(PAGE, listed, csv=True),
    )
    def revisions(request: Request) -> Response:
        values = asked(request, PAGE)
        shape = form(request)
        level = reader_of(request).level
        before = _before(values["cursor"])
        tag = tag_of(request, store, level)
        if (known := matched(request, tag)) is not None:
            return known
        limit = cast(int, values["limit"])
        found = store.revisions(before=before, limit=limit + 1)
        more = str(found[limit - 1].number) if len(found) > limit else None
        items = [_shown(revision, level) for revision in found[:limit]]
        return answer({"items": items, "next": more}, shape, tag, FOR_ALL)

    @routes.get(
        "/revisions/{number}",
        summary="One revision; for pilots, with what it changed.",
        responses=problems_of(401, 404, 422, 503),
        openapi_extra=described((), REVISION, csv=True),
    )
    def revision(request: Request, number: str) -> Response:
        asked(request, ())
        shape = form(request)
        level = reader_of(request).level
        found = store.revision(_number(number))
        tag = tag_of(request, store, level)
        if (known := matched(request, tag)) is not None:
            return known
        document = _shown(found, level)
        if level == PILOTS:
            document["changes"] = difference(store, found.number - 1, found.number)["items"]
        if shape == "csv":
            return answer({"items": [document]}, shape, tag)
        return json_response(document, headers=caching(tag))

    @routes.post(
        "/revisions/{number}/undo",
        summary="Restore what a revision touched, as a new revision; for pilots.",
        responses=problems_of(401, 403, 404, 409, 422, 503),
        openapi_extra=described((), WRITTEN),
    )
    def undo(request: Request, number: str, reader: Pilot) -> Response:
        asked(request, ())
        outcome = store.undo(_number(number), author=reader.name)
        return json_response({"revision": outcome.revision, "touched": outcome.touched})

    @routes.post(
        "/actors/{id}/merge",
        summary="Merge another actor into this one; for pilots.",
        responses=problems_of(400, 401, 403, 404, 409, 413, 415, 422, 503),
        openapi_extra=described((), MERGED, body=MERGE),
    )
    def merge(request: Request, id: str, reader: Pilot, body: Body) -> Response:
        asked(request, ())
        gone = body.get("gone")
        if list(body) != ["gone"] or not isinstance(gone, str):
            fault = Fault(
                "gone",
                str(gone)[:80].encode("utf-8", "replace").decode(),
                "« gone » : l'identifiant de l'acteur à fondre, et rien d'autre.",
                "'gone': the id of the actor to merge, and nothing else.",
            )
            raise InvalidCall([fault])
        kept = _actor(store, id)
        merged = _actor(store, gone)
        outcome, retracted = store.merge(kept, merged, author=reader.name)
        return json_response(
            {"revision": outcome.revision, "kept": kept, "gone": merged, "retracted": retracted}
        )

    return routes


def _shown(revision: Revision, level: str) -> Document:
    document = asdict(revision)
    return document if level == PILOTS else {name: document[name] for name in FOR_ALL}


def _before(cursor: object) -> int | None:
    if cursor is None:
        return None
    text = str(cursor)
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise UnknownFilter(
            f"Curseur inconnu : « {text[:40]} ». Reprenez celui du champ « next ».",
            f"Unknown cursor: '{text[:40]}'. Use the one given in 'next'.",
        )
    return int(text)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise NotFound(f"La révision {text[:40]} n'existe pas.", f"There is no revision {text[:40]}.")
    return int(text)


def _actor(store: Store, id_: str) -> str:
    """Id of a believed actor; one that no store could hold is not asked for."""
    if len(id_) > 64 or not id_.isprintable():
        raise NotFound(f"acteurs : « {id_[:40]!a} » n'existe pas.", f"actors: '{id_[:40]!a}' does not exist.")
    return store.get("actors", id_).id
