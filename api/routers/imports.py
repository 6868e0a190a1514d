"""Files in: a dry run, then its application as one revision or nothing; for pilots."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.access import Reader, pilot_of
from api.problems import language
from api.routers.answers import Malformed, asked, json_response, kept_message, sent
from api.schemas import described, problems_of
from api.uploads import Uploads
from graph.errors import Fault, InvalidCall
from ingest.document import DryRun

Pilot = Annotated[Reader, Depends(pilot_of)]
Body = Annotated[dict[str, Any], Depends(sent)]

FIELDS = ("file", "date", "choices")
APPLY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "choices": {"type": "object", "additionalProperties": {"type": "string"}},
        "message": {"type": "string"},
    },
    "additionalProperties": False,
}
APPLIED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "revision": {"type": ["integer", "null"]},
        "touched": {"type": "integer"},
        "counts": {"type": "object"},
    },
    "required": ["revision", "touched", "counts"],
}
SENT: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "date": {"type": "string", "format": "date", "description": "Of statements without one."},
                    "choices": {"type": "string", "description": "A JSON object of answers."},
                },
                "required": ["file"],
            }
        }
    },
}


async def form_of(request: Request) -> AsyncIterator[FormData]:
    """The form of a request, its files closed at the end.

    Raises:
        Malformed: it is not one.
    """
    try:
        found = await request.form(max_files=1, max_fields=len(FIELDS))
    except HTTPException:
        raise Malformed(
            "Un formulaire est attendu (multipart/form-data), avec un fichier « file ».",
            "A form is expected (multipart/form-data), with a file 'file'.",
        ) from None
    try:
        yield found
    finally:
        await found.close()


Form = Annotated[FormData, Depends(form_of)]


def router(uploads: Uploads) -> APIRouter:
    """The routes over the files kept."""
    routes = APIRouter(prefix="/api/v1/imports", tags=["files"], dependencies=[Depends(pilot_of)])
    document = {"type": "object", "title": "dry run", "required": list(DryRun.model_fields)}

    @routes.post(
        "",
        status_code=201,
        summary="Say what a file would change; nothing is written.",
        responses=problems_of(400, 401, 403, 413, 422, 503),
        openapi_extra={**described((), document, status=201), "requestBody": SENT},
    )
    async def dry(request: Request, form: Form) -> Response:
        asked(request, ())
        faults = [_unknown(name) for name in form if name not in FIELDS]
        file = form.get("file")
        if not isinstance(file, UploadFile):
            faults.append(
                Fault("file", "", "« file » : le fichier à importer.", "'file': the file to import.")
            )
        day = _day(form.get("date"), faults)
        choices = _choices(_read(form.get("choices")), faults)
        if faults or not isinstance(file, UploadFile):
            raise InvalidCall(faults)
        plan = await run_in_threadpool(uploads.dry_run, file.filename or "", file.file, day, choices)
        found = plan.document(language(request)).model_dump()
        return json_response(found, 201, {"Location": f"/api/v1/imports/{found['id']}"})

    @routes.get(
        "/{id}",
        summary="The dry run again, against the store as it is now.",
        responses=problems_of(401, 403, 404, 422, 503),
        openapi_extra=described((), document),
    )
    def again(request: Request, id: str) -> Response:
        asked(request, ())
        return json_response(uploads.again(id).document(language(request)).model_dump())

    @routes.post(
        "/{id}/apply",
        summary="Write what the dry run said, as one revision or nothing.",
        responses=problems_of(400, 401, 403, 404, 409, 413, 415, 422, 503),
        openapi_extra=described((), APPLIED, body=APPLY),
    )
    def apply(request: Request, id: str, reader: Pilot, body: Body) -> Response:
        faults = [_unknown(name) for name in body if name not in APPLY["properties"]]
        choices = _choices(body.get("choices"), faults)
        said = body.get("message")
        if said is not None and not isinstance(said, str):
            faults.append(
                Fault("message", "", "« message » : attendu : du texte.", "'message': expected: text.")
            )
        if faults:
            raise InvalidCall(faults)
        asked(request, ())
        message = None if said is None else kept_message(said)
        outcome = uploads.apply(id, choices, author=reader.name, message=message)
        counts = {name: vars(count) for name, count in outcome.counts.items()}
        return json_response({"revision": outcome.revision, "touched": outcome.touched, "counts": counts})

    @routes.delete(
        "/{id}",
        summary="Forget a file that was sent.",
        responses=problems_of(401, 403, 404, 422, 503),
        openapi_extra=described((), {"type": "object"}),
    )
    def remove(request: Request, id: str) -> Response:
        asked(request, ())
        uploads.remove(id)
        return json_response({"id": id})

    return routes


def _unknown(name: str) -> Fault:
    shown = name[:80].encode("utf-8", "replace").decode()
    return Fault(shown, "", f"champ inconnu : « {shown} ».", f"unknown field: '{shown}'.")


def _day(text: object, faults: list[Fault]) -> date | None:
    if text is None or text == "":
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        shown = str(text)[:80]
        faults.append(Fault("date", shown, "« date » : attendu AAAA-MM-JJ.", "'date': expected YYYY-MM-DD."))
        return None


def _read(text: object) -> object:
    if text is None or text == "":
        return None
    try:
        return json.loads(str(text))
    except (ValueError, RecursionError):
        return text


def _choices(given: object, faults: list[Fault]) -> Mapping[str, str]:
    if given is None:
        return {}
    if isinstance(given, dict) and all(isinstance(value, str) for value in given.values()):
        return given
    faults.append(
        Fault(
            "choices",
            str(given)[:80].encode("utf-8", "replace").decode(),
            "« choices » : attendu un objet JSON, clé → réponse.",
            "'choices': expected a JSON object, key → answer.",
        )
    )
    return {}
