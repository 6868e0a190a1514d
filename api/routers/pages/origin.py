"""Writes come from our own pages only: what a browser says of where a form was sent from."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from api.access import Forbidden


def require_same_origin(request: Request) -> None:
    """Refuse a form that another site could have sent; unlike an API client, a page always says its origin.

    Raises:
        Forbidden: the ``Origin`` header is absent, or is not this address.
    """
    sent = urlsplit(request.headers.get("origin", ""))
    if sent.scheme not in ("http", "https") or sent.netloc != request.headers.get("host"):
        raise Forbidden(
            "Cette action doit être demandée depuis une page de ce site : rouvrez la page, puis recommencez.",
            "This must be asked from a page of this site: open the page again, then try again.",
        )
