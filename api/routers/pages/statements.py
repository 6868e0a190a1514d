"""Positions and influences as people read them: the effective value of a pair and every statement behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from api.routers.pages.frame import Reading
from api.routers.pages.words import Part, day, record_url, reference
from graph.judgements import Judgements
from graph.model import Influence, Position
from graph.stores.state import ends_of
from graph.versions import Version
from viz.marks import signed

LOW_CONFIDENCE = 0.5
"""Below, a value is marked with a question mark."""

PAGES = {"positions": "/positions", "influences": "/influences"}
ENDS = {"positions": ("actor", "objective"), "influences": ("source_actor", "target_actor")}


@dataclass(frozen=True)
class Stated:
    """One statement.

    Attributes:
        id: of the record.
        href: where its history is read.
        text: the value, signed for a position.
        value: the value.
        day: the day it became true.
        until: the day it ended, if it did.
        rater: who judged, if that may be read.
        source: where it was said, if that may be read.
        confidence: 0..1, if stated.
        comment: if there is one.
        retained: the pilot settled on it.
        current: it is its rater's current one.
    """

    id: str
    href: str
    text: str
    value: int
    day: str
    until: str | None
    rater: Part | None
    source: str | None
    confidence: float | None
    comment: str | None
    retained: bool
    current: bool


@dataclass(frozen=True)
class Pair:
    """A pair with its effective value.

    Attributes:
        row: the actor who takes position or weighs.
        col: the objective or the actor weighed on.
        href: the pair's own page.
        text: the effective value; empty when unknown or contested.
        value: the same as a number.
        contested: raters have opposite signs.
        differing: raters have opposite signs or are at least 2 apart.
        doubtful: confidence below :data:`LOW_CONFIDENCE`.
        statements: the latest first.
    """

    row: Part
    col: Part
    href: str
    text: str
    value: int | None
    contested: bool
    differing: bool
    doubtful: bool
    statements: tuple[Stated, ...]


def judgements(reading: Reading, table: str) -> Judgements:
    """Effective values of a table without the scope."""
    whole = reading.whole
    return whole.positions if table == "positions" else whole.influences


def pairs(reading: Reading, table: str, *, row: str | None = None, col: str | None = None) -> list[Pair]:
    """The pairs of an actor, of an objective, or one pair, the strongest values first.

    Args:
        reading: the page being read; its scope does not cut them.
        table: ``positions`` or ``influences``.
        row: keep those of this actor.
        col: keep those about this objective or actor.
    """
    first, second = ENDS[table]
    groups: dict[tuple[str, str], list[Version]] = defaultdict(list)
    for version in reading.whole.records(table):
        ends = (getattr(version.value, first), getattr(version.value, second))
        if row in (None, ends[0]) and col in (None, ends[1]):
            groups[ends].append(version)
    found = [_pair(reading, table, ends, versions) for ends, versions in groups.items()]
    return sorted(found, key=lambda p: (p.value is None, -(p.value or 0), p.col.text, p.row.text))


def _pair(reading: Reading, table: str, ends: tuple[str, str], versions: Iterable[Version]) -> Pair:
    known = judgements(reading, table)
    rows, cols = ends_of(table)
    entities = {"actors": reading.whole.actors, "objectives": reading.whole.objectives}
    place = (cast(Any, entities[rows]).index[ends[0]], cast(Any, entities[cols]).index[ends[1]])
    value, confidence = known.at(*place), known.confidence_at(*place)
    current = set(known.records(*place))
    statements = [_stated(reading, table, version, version.id in current) for version in versions]
    dated = sorted(
        zip((cast(Position, v.value).valid_from for v in versions), statements, strict=True),
        key=lambda pair: (pair[0], pair[1].id),
        reverse=True,
    )
    contested = value is None and known.differing(*place)
    return Pair(
        row=reference(reading, rows, ends[0]),
        col=reference(reading, cols, ends[1]),
        href=reading.link(f"{PAGES[table]}/{ends[0]}/{ends[1]}"),
        text=value_text(table, value),
        value=value,
        contested=contested,
        differing=known.differing(*place),
        doubtful=confidence is not None and confidence < LOW_CONFIDENCE,
        statements=tuple(statement for _, statement in dated),
    )


def value_text(table: str, value: int | None) -> str:
    """A value as it is printed: signed for a position, plain for an influence, empty when there is none."""
    if value is None:
        return ""
    return signed(value) if table == "positions" else str(value)


def _stated(reading: Reading, table: str, version: Version, current: bool) -> Stated:
    said = cast("Position | Influence", version.value)
    rater = said.rater
    return Stated(
        id=version.id,
        href=record_url(reading, table, version.id),
        text=value_text(table, said.value),
        value=said.value,
        day=day(reading, said.valid_from),
        until=None if said.valid_to is None else day(reading, said.valid_to),
        rater=None
        if rater is None
        else reference(reading, "actors", rater)
        if rater in reading.names["actors"]
        else Part(rater),
        source=said.source,
        confidence=said.confidence,
        comment=said.comment,
        retained=said.retained,
        current=current,
    )
