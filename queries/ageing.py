"""Positions that nobody confirmed or changed for some months: whom to see again first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from graph.plurals import agreed
from graph.snapshot import Snapshot
from queries.envelope import Document, Page, envelope, note

MONTHS = 6
"""A position older than this is to be checked, unless another age is asked for."""


def ageing(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Positions whose latest current statement is more than ``months`` calendar months old, the oldest first.

    Ages are counted to the day read: ``as_of``, else the day of the revision, never the clock's. ``months`` of an item is
    the number of whole months elapsed. Contested positions age too.

    Args:
        snapshot: the scope.
        params: ``months``.
        lang: of the notes.
    """
    held, day = snapshot.positions, snapshot.day
    statements = held.statements.take(held.is_current)
    # statements stand in order of pair
    begins = np.flatnonzero(np.diff(statements.pair, prepend=-1))
    newest = np.maximum.reduceat(statements.valid_from, begins) if len(begins) else statements.valid_from
    limit = params["months"]
    aged = [begun for begun in np.unique(newest).tolist() if older(date.fromordinal(begun), day, limit)]
    found = np.flatnonzero(np.isin(newest, aged))
    found = found[np.argsort(newest[found], kind="stable")]
    old = list(zip(newest[found].tolist(), statements.pair[begins[found]].tolist(), strict=True))

    def made(place: tuple[int, int]) -> Document:
        begun, pair = place
        i, o = pair >> 32, pair & 0xFFFFFFFF
        since = date.fromordinal(begun)
        return {
            "actor": snapshot.actors.ids[i],
            "objective": snapshot.objectives.ids[o],
            "date": since.isoformat(),
            "months": elapsed(since, day),
            "records": list(held.records(i, o)),
        }

    notes = [
        note(
            "aged",
            f"{agreed(len(old), 'position(s)')} de plus de {limit} mois, sur {agreed(len(begins), 'déclarée(s)')}.",
            f"{agreed(len(old), 'position(s)', 'en')} more than {agreed(limit, 'month(s)', 'en')} old, of {len(begins)} stated.",
            lang,
        )
    ]
    return envelope(snapshot, params, Page(old, made), notes=notes, lang=lang)


def elapsed(since: date, day: date) -> int:
    """Whole calendar months from a day to another: 31 January to 28 February is none, to 1 March one."""
    months = 12 * (day.year - since.year) + day.month - since.month
    return months - (day.day < since.day)


def older(since: date, day: date, months: int) -> bool:
    """Whether more than so many calendar months have passed: the very day of the anniversary is not more."""
    whole = elapsed(since, day)
    return whole > months or (whole == months and day.day != since.day)
