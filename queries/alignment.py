"""Alignment of actors with a project: who carries its targets, who opposes them, who is still to be heard."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from graph.scope import targets
from graph.snapshot import Snapshot
from queries.envelope import Document, envelope, note, plain
from queries.zones_convergence import records_of

ALLY, OPPONENT, ARBITRABLE, NEUTRAL, UNKNOWN = "ally", "opponent", "arbitrable", "neutral", "unknown"
READINGS = (ALLY, OPPONENT, ARBITRABLE, NEUTRAL, UNKNOWN)
FULL = 4
"""Greatest absolute position: a score of ±1 is every known target fully carried or opposed."""


def alignment(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Score, coverage and reading of every actor against a project's targets.

    With K_i the targets where i has an effective position, ``score_i = Σ_K w·P/(4·Σ_K w)`` and ``coverage_i = Σ_K w/Σw``.
    *ally*: supports at least one target, opposes none; *opponent*: the reverse; *arbitrable*: both; *neutral*: stated
    zeros only; *unknown*: K empty. *Orphans* are targets nobody supports.

    Args:
        snapshot: the scope, not cut by the project: all its actors answer.
        params: ``project``.
        lang: of the notes.
    """
    weights = {o: w for o, w in targets(snapshot, params["project"]).items() if o in snapshot.objectives}
    cols = [snapshot.objectives.index[o] for o in weights]
    w = np.array(list(weights.values()), dtype=np.float64)
    values, known = snapshot.positions.dense()
    values, known = values[:, cols], known[:, cols]
    items = [_item(snapshot, i, cols, values[i], known[i], w) for i in range(len(snapshot.actors))]
    items.sort(key=lambda item: (item["score"] is None, -(item["score"] or 0.0), item["actor"]))
    aimed = [
        {
            "id": objective,
            "weight": plain(weight),
            "for": _named(snapshot, known[:, k] & (values[:, k] > 0)),
            "against": _named(snapshot, known[:, k] & (values[:, k] < 0)),
            "neutral": _named(snapshot, known[:, k] & (values[:, k] == 0)),
            "unknown": _named(snapshot, ~known[:, k]),
        }
        for k, (objective, weight) in enumerate(weights.items())
    ]
    notes = []
    if not weights:
        notes.append(
            note(
                "no_targets",
                "Ce projet n'a aucune cible dans ce périmètre : ajoutez-en dans la feuille « cibles ».",
                "This project has no target in this scope: add some in the sheet 'cibles'.",
                lang,
            )
        )
    return envelope(
        snapshot,
        params,
        items,
        beside={"targets": aimed, "orphans": [t["id"] for t in aimed if not t["for"]]},
        notes=notes,
        lang=lang,
    )


def _item(
    snapshot: Snapshot,
    place: int,
    cols: list[int],
    values: np.ndarray[Any, np.dtype[np.int64]],
    known: np.ndarray[Any, np.dtype[np.bool_]],
    weights: np.ndarray[Any, np.dtype[np.float64]],
) -> Document:
    said = math.fsum(weights[known])
    whole = math.fsum(weights)
    score = math.fsum(weights[known] * values[known]) / (FULL * said) if said else None
    return {
        "actor": snapshot.actors.ids[place],
        "reading": _reading(values[known].tolist()),
        "score": None if score is None else plain(score),
        "coverage": plain(said / whole) if whole else None,
        "records": records_of(snapshot, [place], [cols[k] for k in np.flatnonzero(known)]),
    }


def _reading(values: list[int]) -> str:
    supports, opposes = any(v > 0 for v in values), any(v < 0 for v in values)
    if not values:
        return UNKNOWN
    if supports and opposes:
        return ARBITRABLE
    return ALLY if supports else OPPONENT if opposes else NEUTRAL


def _named(snapshot: Snapshot, mask: np.ndarray[Any, np.dtype[np.bool_]]) -> list[str]:
    return [snapshot.actors.ids[i] for i in np.flatnonzero(mask)]
