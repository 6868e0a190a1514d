"""How statements reach the server, and the state of the store that is read before any of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import neo4j


class Channel(Protocol):
    """How statements reach the server: inside one transaction, or each in its own while an import is staged."""

    def ask(self, file: str, name: str, **parameters: Any) -> Iterable[neo4j.Record]:
        """Run a reading statement."""

    def tell(self, file: str, name: str, **parameters: Any) -> list[neo4j.Record]:
        """Run a writing statement."""


@dataclass
class Head:
    """The state of the store: what its ``:Head`` node holds, and the counters as the latest revision left them.

    Attributes:
        revision: the latest revision that shows.
        projected: the revision that the plain graph shows.
        pending: a revision wholly written that the head has not moved to yet.
        importing: mark of the staged import under way, or left by one that died.
        anchors: greatest number given to an anchor.
        raters: greatest integer given to a rater.
        series: greatest integer given to what many flows share.
        last: by table, the greatest counter given to a record.
        believed: by table, how many records are believed.
    """

    revision: int
    projected: int
    pending: int | None
    importing: str | None
    anchors: int = 0
    raters: int = 0
    series: int = 0
    last: dict[str, int] = field(default_factory=dict)
    believed: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[neo4j.Record]) -> Head:
        """From the answer to the statement ``head`` or ``enter``."""
        (row,) = rows
        counters = json.loads(row["counters"] or "{}")
        return cls(row["revision"], row["projected"], row["pending"], row["importing"], **counters)

    @property
    def counters(self) -> str:
        """What the next revision remembers of it."""
        kept = {name: getattr(self, name) for name in ("anchors", "raters", "series", "last", "believed")}
        return json.dumps(kept, sort_keys=True)
