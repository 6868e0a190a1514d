"""What the routes of records share: forms of an answer, parameters, bodies, versions asked for."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request, Response

from api import version
from api.documents import compact
from api.geojson import MEDIA_TYPE as GEOJSON
from api.geojson import collection
from api.problems import language
from api.schemas import FORMATS
from graph.errors import AgencementsError, Fault, InvalidCall
from graph.model import Document
from graph.stores import Store
from ingest import workbook
from queries.parameters import Parameter, Value, resolved
from queries.tables import cell_text, csv_text, flat

FORM = ("format", "lang")
"""Parameters of the answer itself."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MAX_MESSAGE = 500
MESSAGE = Parameter("message", "str", "pourquoi : inscrit dans la révision", "why: kept with the revision")


class VersionNeeded(AgencementsError):
    """An edit that does not say which version it was based on (HTTP 428)."""

    code = "version_needed"
    status = 428


class Malformed(AgencementsError):
    """A body that is not JSON (HTTP 400)."""

    code = "malformed"
    status = 400


class NotJson(AgencementsError):
    """A body of another content type (HTTP 415)."""

    code = "content_type"
    status = 415


def asked(request: Request, parameters: Sequence[Parameter]) -> dict[str, Value]:
    """The parameters of a request, the form of the answer apart.

    Raises:
        InvalidCall: unknown names or unreadable values, all at once.
    """
    given = {name: value for name, value in request.query_params.items() if name not in FORM}
    return resolved(parameters, given)


def form(request: Request, accepted: Sequence[str] = FORMATS) -> str:
    """The format asked for; the first one accepted by default.

    Raises:
        InvalidCall: another one.
    """
    shape = request.query_params.get("format", accepted[0])
    if shape not in accepted:
        fault = Fault(
            "format",
            shape[:80],
            f"« format » : attendu {' ou '.join(accepted)}.",
            f"'format': expected {' or '.join(accepted)}.",
        )
        raise InvalidCall([fault])
    return shape


def etag(store: Store, level: str, *parts: Any) -> str:
    """The tag of an answer at the head of the store."""
    return etag_at(store.head(), level, *parts)


def etag_at(revision: int, level: str, *parts: Any) -> str:
    """Hash of the revision (an erasure is one), the reader's level, the question, its form, and the version."""
    text = json.dumps([revision, level, version(), *parts], sort_keys=True, ensure_ascii=False)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def caching(tag: str) -> dict[str, str]:
    """Headers of an answer that is kept by its reader alone, who asks again each time."""
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Authorization"}


def matched(request: Request, tag: str) -> Response | None:
    """The 304 of a reader that already has this."""
    known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    return Response(status_code=304, headers=caching(tag)) if tag in known or "*" in known else None


def tag_of(request: Request, store: Store, level: str) -> str:
    """ETag of a list: revision, level, path, parameters, format and language."""
    return etag(store, level, request.url.path, sorted(request.query_params.items()), language(request))


def plain_cell(value: Any) -> str | int | float | None:
    """A value as a cell of a workbook: numbers as they are, anything else as in CSV."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return cell_text(value)


def sheet(title: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of one table."""
    cells = [[plain_cell(value) for value in row] for row in rows]
    return workbook([(title, [cell_text(name) for name in names], cells)])


def answer(
    document: Document, shape: str, tag: str, columns: Sequence[str] = (), title: str = "table"
) -> Response:
    """A list in its format; ``columns`` are the heads of a table without any line."""
    if shape == "xlsx":
        names, rows = flat(document) if document["items"] else (list(columns), [])
        return Response(sheet(title, names, rows), media_type=XLSX, headers=caching(tag))
    if shape == "geojson":
        return json_response(collection(document["items"]), headers=caching(tag), media_type=GEOJSON)
    if shape == "csv":
        text = csv_text(document) if document["items"] else ",".join(columns) + "\n"
        return Response(text, media_type="text/csv; charset=utf-8", headers=caching(tag))
    return json_response(document, headers=caching(tag))


def json_response(
    document: Any,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """A document as compact JSON."""
    return Response(compact(document), status, media_type=media_type, headers=dict(headers or {}))


async def sent(request: Request) -> dict[str, Any]:
    """The JSON object of a body.

    Raises:
        NotJson: another content type.
        Malformed: not JSON, or not an object.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "application/merge-patch+json"):
        raise NotJson(
            "Le corps doit être du JSON (Content-Type: application/json).",
            "The body must be JSON (Content-Type: application/json).",
        )
    try:
        found = json.loads(await request.body(), parse_constant=_refused)
    except (ValueError, RecursionError):
        raise Malformed("Le corps n'est pas du JSON.", "The body is not JSON.") from None
    if not isinstance(found, dict):
        raise Malformed("Le corps doit être un objet JSON.", "The body must be a JSON object.")
    return found


def _refused(constant: str) -> float:
    raise ValueError(constant)


def base_version(request: Request, current: int) -> int:
    """The version that an edit says it was based on (``If-Match``); ``*`` is the current one.

    Raises:
        VersionNeeded: it does not say.
        InvalidCall: it says something else.
    """
    text = request.headers.get("if-match", "").strip()
    if not text:
        raise VersionNeeded(
            "Dites la version que vous avez lue : en-tête « If-Match », avec l'ETag de la fiche.",
            "Say which version you read: header 'If-Match', with the ETag of the record.",
        )
    if text == "*":
        return current
    found = re.fullmatch(r'"(\d{1,9})"', text, re.ASCII)
    if found is None:
        fault = Fault(
            "If-Match",
            text[:80],
            f'« If-Match » : l\'ETag de la fiche, par exemple "{current}".',
            f"'If-Match': the ETag of the record, for instance \"{current}\".",
        )
        raise InvalidCall([fault])
    return int(found[1])


def message_of(request: Request, otherwise: str) -> str:
    """Why it is written.

    Args:
        request: what is asked, perhaps with ``message``.
        otherwise: what is said when nobody said why.

    Raises:
        InvalidCall: unknown parameters, or too long a message.
    """
    said = asked(request, (MESSAGE,))["message"]
    return otherwise if said is None else kept_message(str(said))


def kept_message(text: str) -> str:
    """A message as a revision may keep it.

    Raises:
        InvalidCall: too long, or not printable.
    """
    if len(text) > MAX_MESSAGE or not text.isprintable():
        fault = Fault(
            "message",
            text[:80],
            f"« message » : au plus {MAX_MESSAGE} caractères imprimables.",
            f"'message': at most {MAX_MESSAGE} printable characters.",
        )
        raise InvalidCall([fault])
    return text
