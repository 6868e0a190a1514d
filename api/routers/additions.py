"""Official territories in: a dry run like that of a file, applied by the same route; for pilots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api import official
from api.access import pilot_of
from api.problems import language
from api.routers.answers import asked, json_response, sent
from api.schemas import described, problems_of
from api.uploads import Uploads
from graph.errors import Fault, InvalidCall, NotFound
from ingest.document import DryRun
from ingest.opendata import Reference
from ingest.opendata.adding import addition

Body = Annotated[dict[str, Any], Depends(sent)]

MOST = 100
"""Territories of one asking; each comes with all it stands in."""

FLAGS = {
    "members": "Everything in them too, down to communes.",
    "indicators": "The indicators of sustainable development of départements and régions (2005 to 2014).",
    "update": "Say again what the store says otherwise; by default it is left as stored, and told.",
}
ASKED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "territories": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "maxItems": MOST,
            "description": "Codes (INSEE, SIREN, D75, R11), old codes, or names.",
        },
        **{name: {"type": "boolean", "default": False, "description": text} for name, text in FLAGS.items()},
    },
    "required": ["territories"],
    "additionalProperties": False,
}


def router(uploads: Uploads, reference: Callable[[], Reference]) -> APIRouter:
    """The route over the files kept and the official territories.

    Args:
        uploads: where what is to be added waits for its application.
        reference: gives the official territories; read at the first question.
    """
    routes = APIRouter(prefix="/api/v1/imports", tags=["files"], dependencies=[Depends(pilot_of)])
    document = {"type": "object", "title": "dry run", "required": list(DryRun.model_fields)}

    @routes.post(
        "/territories",
        status_code=201,
        summary="Say what adding official territories would change; nothing is written.",
        responses=problems_of(400, 401, 403, 413, 415, 422, 503),
        openapi_extra=described((), document, body=ASKED, status=201),
    )
    def dry(request: Request, body: Body) -> Response:
        asked(request, ())
        lang, known = language(request), reference()
        codes, flags = _read(known, body, lang)
        found = addition(known, codes, uploads.store, **flags)
        plan = uploads.dry_run_of(f"reference-{known.year}", found.files, found.notes())
        made = plan.document(lang).model_dump()
        return json_response(made, 201, {"Location": f"/api/v1/imports/{made['id']}"})

    return routes


def _read(known: Reference, body: dict[str, Any], lang: str) -> tuple[list[str], dict[str, bool]]:
    """Codes and flags of a body.

    Raises:
        InvalidCall: what it does not say well, all at once.
    """
    faults = []
    for name in body:
        if name not in ASKED["properties"]:
            shown = name[:80].encode("utf-8", "replace").decode()
            faults.append(Fault(shown, "", f"champ inconnu : « {shown} ».", f"unknown field: '{shown}'."))
    faults += [
        Fault(name, "", f"« {name} » : true ou false.", f"'{name}': true or false.")
        for name in FLAGS
        if not isinstance(body.get(name, False), bool)
    ]
    asked_for = body.get("territories")
    codes: list[str] = []
    if (
        not isinstance(asked_for, list)
        or not 1 <= len(asked_for) <= MOST
        or not all(isinstance(text, str) and text.strip() for text in asked_for)
    ):
        faults.append(
            Fault(
                "territories",
                "",
                f"« territories » : une liste de 1 à {MOST} codes ou noms.",
                f"'territories': a list of 1 to {MOST} codes or names.",
            )
        )
        asked_for = []
    for text in asked_for:
        try:
            match = official.one(known, text, lang)
            codes.append(match.former or match.place.code)
        except InvalidCall as wrong:
            faults += [Fault("territories", fault.value, fault.fr, fault.en) for fault in wrong.faults]
        except NotFound as wrong:
            faults.append(Fault("territories", text[:80], wrong.fr, wrong.en))
    if faults:
        raise InvalidCall(faults)
    return codes, {name: body.get(name, False) for name in FLAGS}
