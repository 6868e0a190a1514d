"""Versions of records and the revisions that wrote them."""

from __future__ import annotations

from dataclasses import dataclass

from graph.model import Fact


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one record.

    Attributes:
        id: the pilot's id of an entity, letter and counter of a relation or statement.
        version: 1, 2, … of this record.
        revision: the revision that wrote it.
        value: what it says.
        closed: the revision that superseded or retracted it; ``None`` while believed.
    """

    id: str
    version: int
    revision: int
    value: Fact
    closed: int | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One act of writing.

    Attributes:
        number: 1, 2, … without gaps.
        moment: UTC, ISO 8601, to the second.
        author: who wrote (not the rater).
        message: why.
        origin: ``import``, ``form``, ``api``, ``command``, ``undo``, ``merge`` or ``erasure``.
        file_hash: SHA-256 of the imported file, if any.
        touched: how many records it wrote or closed.
        undoes: the revision it undid, if any.
        erased: how many records an erasure reached, if it is one.
    """

    number: int
    moment: str
    author: str
    message: str
    origin: str
    file_hash: str | None = None
    touched: int = 0
    undoes: int | None = None
    erased: int | None = None
