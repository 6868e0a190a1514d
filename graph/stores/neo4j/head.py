"""How statements reach the server, and the state of the store that is read before any of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import neo4j


class Channel(Protocol):
    """How statements reach the server: inside one transaction, or each in its own while an import is staged."""

    def ask(self, file: str, name: str, **parameters: Any) -> Iterable[neo4j.Record]:
        """Run a reading statement."""

    def tell(self, file: str, name: str, **parameters: Any) -> list[neo4j.Record]:
        """Run a writing statement."""


KEPT = ("anchors", "raters", "series", "erasures", "last", "believed")
"""What each revision remembers of the counters."""


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
        erasures: the latest revision that erased anything.
        written: the revision at the head, as its node holds it; empty for an empty store.
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
    erasures: int = 0
    written: Mapping[str, Any] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    believed: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[neo4j.Record]) -> Head:
        """From the answer to the statement ``head`` or ``enter``."""
        (row,) = rows
        written = row["written"] or {}
        counters = json.loads(written.get("counters") or "{}")
        return cls(
            row["revision"], row["projected"], row["pending"], row["importing"], written=written, **counters
        )

    @property
    def counters(self) -> str:
        """What the next revision remembers of it."""
        kept = {name: getattr(self, name) for name in KEPT}
        return json.dumps(kept, sort_keys=True)
