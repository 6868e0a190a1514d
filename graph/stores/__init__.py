"""Stores: one set of rules, two adapters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from graph.errors import StoreError
from graph.stores.backend import Backend
from graph.stores.changes import Changes, Count, NewFlows, Outcome, Put, Retract
from graph.stores.store import Store, utc_now

NEO4J_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
"""Schemes that the official driver understands, passed on as given."""


def open_store(
    url: str,
    *,
    create: bool = True,
    user: str | None = None,
    password: str | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Store:
    """Open a store by its address.

    Args:
        url: ``sqlite:///relative.db``, ``sqlite:////absolute.db``, or ``neo4j://user:password@host:7687``
            (user and password percent-encoded; also ``bolt://``, ``neo4j+s://``…).
        create: create an embedded database that does not exist.
        user: fills what a Neo4j address lacks.
        password: likewise.
        now: the clock.

    Raises:
        StoreError: the address is not understood, or the store is absent, locked, away or too new.
    """
    parts = urlsplit(url)
    backend: Backend
    if parts.scheme == "sqlite":
        from graph.stores.sqlite.backend import SqliteBackend

        path = url.removeprefix("sqlite:///")
        if path == url or not path:
            raise _not_understood(url)
        backend = SqliteBackend(unquote(path), create=create)
    elif parts.scheme in NEO4J_SCHEMES:
        from graph.stores.neo4j.backend import Neo4jBackend

        host = f"{parts.hostname or '127.0.0.1'}:{parts.port or 7687}"
        backend = Neo4jBackend(
            f"{parts.scheme}://{host}",
            unquote(parts.username) if parts.username else user or "neo4j",
            unquote(parts.password) if parts.password else password or "",
            create=create,
        )
    else:
        raise _not_understood(url)
    return Store(backend, now)


def _not_understood(url: str) -> StoreError:
    shown = url.split("@")[-1]
    return StoreError(
        f"Adresse de dépôt non comprise : « {shown} ». Attendu : sqlite:///chemin.db ou neo4j://hôte:7687.",
        f"Store address not understood: '{shown}'. Expected: sqlite:///path.db or neo4j://host:7687.",
    )


__all__ = ["Changes", "Count", "NewFlows", "Outcome", "Put", "Retract", "Store", "open_store"]
