"""The page "Importer": a file, what it would change, then one revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.access import reader_of
from api.routers.pages.frame import Reading, asked, page_router
from api.routers.pages.history import change
from api.routers.pages.origin import require_same_origin
from api.routers.pages.uploads import MAX_FILES, MEGABYTE, Upload, Uploads
from api.routers.pages.words import reference, table_name
from graph.errors import AgencementsError, FileRefused, InvalidValue, StaleRecord
from graph.model import TABLES
from graph.plurals import agreed
from graph.stores import Store
from ingest import Plan, dry_run

SHOWN = 300
"""Changes shown; the counts stay exact. Every error that was kept is shown."""
MAX_FIELDS = 5_000
"""Most answers of one form."""
CHOICE = "choice:"
MAX_MESSAGE = 500


@dataclass(frozen=True)
class Answer:
    """What a form of the dry run says.

    Attributes:
        day: the date of statements without one.
        choices: by key of the dry run.
        message: why.
        base: the revision the reader's dry run was made at.
        apply: write it.
    """

    day: date | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    message: str | None = None
    base: str = ""
    apply: bool = False


def router(store: Store, uploads: Uploads) -> APIRouter:
    """Imports into a store, for pilots.

    Args:
        store: what is imported into.
        uploads: where files wait between their dry run and their application.
    """
    routes = page_router()

    @routes.get("/importer", response_class=HTMLResponse)
    def choose(request: Request) -> HTMLResponse:
        reading = asked(store, request)
        reading.only_pilots()
        return _form(reading, uploads.most, None)

    @routes.post("/importer", response_class=HTMLResponse)
    async def send(request: Request) -> Response:
        reading = await run_in_threadpool(asked, store, request)
        _guard(reading, uploads)
        async with request.form(max_files=MAX_FILES + 1, max_fields=MAX_FIELDS) as form:
            files = [
                (item.filename, item.file)
                for item in form.getlist("file")
                if isinstance(item, UploadFile) and item.filename
            ]
            if not files:
                return _form(
                    reading,
                    uploads.most,
                    InvalidValue("Choisissez d'abord un fichier.", "Choose a file first."),
                )
            try:
                token = await run_in_threadpool(uploads.keep, files)
            except FileExistsError:
                return _form(
                    reading,
                    uploads.most,
                    InvalidValue(
                        "Deux fichiers ont le même nom : renommez-en un.",
                        "Two files have the same name: rename one.",
                    ),
                )
        return RedirectResponse(reading.link(f"/importer/{token}"), 303)

    @routes.get("/importer/{token}", response_class=HTMLResponse)
    def tried(request: Request, token: str) -> Response:
        reading = asked(store, request)
        reading.only_pilots()
        return _tried(reading, uploads, token, Answer())

    @routes.post("/importer/{token}", response_class=HTMLResponse)
    async def answered(request: Request, token: str) -> Response:
        reading = await run_in_threadpool(asked, store, request)
        _guard(reading, uploads)
        async with request.form(max_files=0, max_fields=MAX_FIELDS) as form:
            if form.get("action") == "drop":
                uploads.drop(token)
                return RedirectResponse(reading.link("/importer"), 303)
            try:
                answer = _answer(form)
            except InvalidValue as wrong:
                return await run_in_threadpool(_tried, reading, uploads, token, Answer(), wrong)
        return await run_in_threadpool(_tried, reading, uploads, token, answer)

    return routes


def _guard(reading: Reading, uploads: Uploads) -> None:
    """Pilots only, from our own pages, of a stated and accepted length.

    Raises:
        NotFound, Forbidden, TooLarge: it is not so.
    """
    reading.only_pilots()
    require_same_origin(reading.request)
    length = reading.request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > uploads.most:
        raise uploads.too_large()


def _answer(form: FormData) -> Answer:
    def text(name: str) -> str:
        value = form.get(name)
        return value if isinstance(value, str) else ""

    typed = text("day")
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise InvalidValue(
            f"Date des avis : « {typed} » n'est pas une date.", f"Date of statements: '{typed}' is no date."
        ) from None
    return Answer(
        day=day,
        choices={
            key.removeprefix(CHOICE): value
            for key, value in form.items()
            if key.startswith(CHOICE) and isinstance(value, str) and value
        },
        message=text("message").strip()[:MAX_MESSAGE] or None,
        base=text("base"),
        apply=text("action") == "apply",
    )


def _tried(
    reading: Reading,
    uploads: Uploads,
    token: str,
    answer: Answer,
    refused: AgencementsError | None = None,
) -> Response:
    upload = uploads.of(token)
    try:
        plan = _plan(reading.store, upload, answer)
    except FileRefused as wrong:
        uploads.drop(token)
        return _form(reading, uploads.most, wrong)
    except InvalidValue as wrong:
        refused, answer = wrong, Answer(message=answer.message)
        plan = _plan(reading.store, upload, answer)
    if answer.apply and refused is None and plan.status == "ready":
        if answer.base != str(plan.base_revision):
            refused = StaleRecord(
                "Le dépôt a changé depuis cet essai : voici ce que le fichier changerait maintenant.",
                "The store changed since this dry run: here is what the file would change now.",
            )
        else:
            try:
                outcome = plan.apply(
                    reading.store, author=reader_of(reading.request).name, message=answer.message
                )
            except StaleRecord as wrong:
                refused, plan = wrong, _plan(reading.store, upload, answer)
            else:
                uploads.drop(token)
                number = outcome.revision
                return RedirectResponse(
                    reading.link("/historique" if number is None else f"/historique/{number}"), 303
                )
    return _shown(reading, token, plan, answer, refused)


def _plan(store: Store, upload: Upload, answer: Answer) -> Plan:
    plan = dry_run(upload.path, store, day=answer.day, choices=answer.choices)
    plan.report.extend(upload.notes)
    return plan


def _form(reading: Reading, most: int, refused: AgencementsError | None) -> HTMLResponse:
    return reading.page(
        "import",
        status=200 if refused is None else refused.status,
        refused=None if refused is None else refused.message(reading.lang),
        most=most // MEGABYTE,
    )


def _shown(
    reading: Reading, token: str, plan: Plan, answer: Answer, refused: AgencementsError | None
) -> HTMLResponse:
    document = plan.document(reading.lang)
    conflicts = [item for item in document.changes if item.action == "conflict"]
    changes = [item for item in document.changes if item.action != "conflict"]
    merges = [
        {
            "key": f"merge:{twin.sheet}:{twin.row}",
            "candidate": twin.candidate,
            "name": reference(reading, "actors", twin.candidate),
            "sheet": twin.sheet,
            "row": twin.row,
            "because": twin.because,
        }
        for twin in document.duplicates
    ]
    asking = {f"conflict:{c.table}:{c.record}" for c in conflicts} | {str(m["key"]) for m in merges}
    asking |= {choice.key for choice in document.choices}
    return reading.page(
        "dry_run",
        status=200 if refused is None else refused.status,
        token=token,
        document=document,
        file=plan.name,
        counts=[(table_name(reading, TABLES[name]), count) for name, count in document.counts.items()],
        changes=[_change(reading, item) for item in changes[:SHOWN]],
        conflicts=[
            {**_change(reading, item), "key": f"conflict:{item.table}:{item.record}"} for item in conflicts
        ],
        merges=merges,
        given={key: value for key, value in answer.choices.items() if key not in asking},
        chosen=answer.choices,
        day=None if answer.day is None else answer.day.isoformat(),
        message=answer.message or "",
        refused=None if refused is None else refused.message(reading.lang),
        reason=_reason(reading, plan),
        **_choice_words(reading),
    )


def _choice_words(reading: Reading) -> dict[str, dict[str, str]]:
    """What the dry run asks, and what each answer means, in people's words."""
    kinds = reading.snapshot.vocabulary["type_flux"].words
    return {
        "questions": {
            "truncated": reading.t(
                "La source laisse-t-elle de côté les petits flux ?", "Does the source leave small flows out?"
            ),
            "kind": reading.t("De quel type sont ces flux ?", "What kind of flows are these?"),
        },
        "meanings": {
            "unknown": reading.t("0 veut dire : position inconnue", "0 means: unknown position"),
            "neutral": reading.t("0 veut dire : neutralité déclarée", "0 means: stated neutrality"),
            "yes": reading.t("Oui : les sommes sont des minimums", "Yes: sums are lower bounds"),
            "no": reading.t("Non : la source est complète", "No: the source is complete"),
            **{word.code: reading.t(word.fr, word.en) for word in kinds},
        },
    }


def _change(reading: Reading, item: Any) -> dict[str, Any]:
    return {**change(reading, item.model_dump()), "row": item.row, "file": item.file}


def _reason(reading: Reading, plan: Plan) -> str | None:
    """Why the plan cannot be applied now, if it cannot."""
    if plan.status == "blocked":
        n = plan.report.total
        return reading.t(
            f"{agreed(n, 'erreur(s)')} à corriger dans le fichier, puis à renvoyer.",
            agreed(n, "error(s) to correct in the file, then send it again.", "en"),
        )
    if plan.status == "choices":
        return reading.t(
            "Une réponse est attendue : choisissez, puis « Vérifier ».",
            "An answer is needed: choose, then 'Check'.",
        )
    if not plan.changes_total:
        return reading.t("Ce fichier ne change rien.", "This file changes nothing.")
    return None
