"""Convergences and divergences of pairs of actors (Godet & Bourse 1990), with the objectives and records behind them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import TooLarge, UnknownFilter
from graph.plurals import agreed
from graph.snapshot import Snapshot
from queries.envelope import Document, Page, by_counter, envelope, note, plain
from queries.kernels import pairs as kernel
from queries.large_pairs import strongest
from queries.mactor import unweighted
from queries.valued import valued

MAX_DENSE = 3_000
"""Actors up to which every pair is computed at once (72 MB a matrix)."""


@dataclass(frozen=True)
class Pairs:
    """Every pair of a scope at one order.

    Attributes:
        c: n × n convergence.
        d: n × n divergence.
        shared: n × n objectives with an effective position of both.
        weights: forces R at order 3, else ``None``.
        values: n × m positions at this order.
    """

    c: NDArray[np.float64]
    d: NDArray[np.float64]
    shared: NDArray[np.int64]
    weights: NDArray[np.float64] | None
    values: NDArray[np.float64]

    @functools.cached_property
    def net(self) -> NDArray[np.float64]:
        """``C − D``; 0 where the two are equal within rounding."""
        difference = self.c - self.d
        return np.where(np.abs(difference) <= kernel.EQUAL * (self.c + self.d), 0.0, difference)

    def reading(self, i: int, j: int) -> str:
        """How a pair reads."""
        weighted = self.weights is None or bool(self.weights[i] > 0 and self.weights[j] > 0)
        return kernel.reading(
            float(self.c[i, j]), float(self.d[i, j]), int(self.shared[i, j]), weighted=weighted
        )


def pairs_of(snapshot: Snapshot, order: int) -> Pairs:
    """All pairs at order 1 (signs), 2 (positions) or 3 (positions weighted by forces).

    Raises:
        UnknownFilter: order 3 while nobody has any force.
        TooLarge: too many actors in scope to hold every pair.
    """
    if len(snapshot.actors) > MAX_DENSE:
        raise TooLarge(
            f"{len(snapshot.actors)} acteurs dans ce périmètre : restreignez-le à {MAX_DENSE} au plus.",
            f"{len(snapshot.actors)} actors in scope: narrow it to {MAX_DENSE} at most.",
        )
    held = valued(snapshot, order)
    sums = kernel.signed_sums(held.integers)
    return Pairs(
        sums.convergence(held.weights),
        sums.divergence(held.weights),
        kernel.shared_counts(held.known),
        held.weights,
        held.values,
    )


def convergences(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Pairs with C > 0, the greatest C first.

    Args:
        snapshot: the scope.
        params: ``order`` (1, 2, 3), ``actor`` and ``reading`` to narrow.
        lang: of the notes.
    """
    return _listed(snapshot, params, lang, divergent=False)


def divergences(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Pairs with D > 0, the greatest D first; arguments as :func:`convergences`."""
    return _listed(snapshot, params, lang, divergent=True)


def order_notes(snapshot: Snapshot, order: int, lang: str) -> list[Document]:
    """At order 3, who has no force for lack of any influence record."""
    alone = unweighted(snapshot) if order == 3 else []
    if not alone:
        return []
    return [
        note(
            "unweighted",
            agreed(len(alone), "acteur(s) sans aucune influence connue : force nulle à l'ordre 3."),
            agreed(len(alone), "actor(s) without any known influence: no force at order 3.", "en"),
            lang,
        )
    ]


def _listed(snapshot: Snapshot, params: Mapping[str, Any], lang: str, *, divergent: bool) -> Document:
    actor = params.get("actor")
    if actor is not None and actor not in snapshot.actors:
        raise UnknownFilter(
            f"Filtre « acteur » : « {actor} » n'est pas connu dans ce périmètre.",
            f"Filter 'actor': '{actor}' is not known in this scope.",
        )
    if len(snapshot.actors) > MAX_DENSE:
        return _listed_large(snapshot, params, lang, divergent=divergent)
    pairs = pairs_of(snapshot, params["order"])
    main = pairs.d if divergent else pairs.c
    ids = snapshot.actors.ids
    rows, cols = np.nonzero(np.triu(main, 1) > 0)
    if actor is not None:
        wanted = snapshot.actors.index[actor]
        touching = (rows == wanted) | (cols == wanted)
        rows, cols = rows[touching], cols[touching]
    ranked = sorted(
        zip(rows.tolist(), cols.tolist(), strict=True), key=lambda p: (-main[p], ids[p[0]], ids[p[1]])
    )
    reading = params.get("reading")
    items = Page(
        [pair for pair in ranked if reading is None or pairs.reading(*pair) == reading],
        lambda pair: pair_item(snapshot, pairs, *pair),
    )
    notes = order_notes(snapshot, params["order"], lang)
    return envelope(snapshot, params, items, notes=notes, lang=lang)


def _listed_large(snapshot: Snapshot, params: Mapping[str, Any], lang: str, *, divergent: bool) -> Document:
    """The strongest pairs only; what a pair is made of does not depend on who else is in scope."""
    found = strongest(snapshot, params, divergent=divergent)
    named = np.zeros(len(snapshot.actors), dtype=np.bool_)
    named[[place for pair in found for place in pair]] = True
    part = snapshot.restricted(actors=named)
    pairs = pairs_of(part, params["order"])
    place = np.cumsum(named) - 1
    items = [pair_item(part, pairs, int(place[i]), int(place[j])) for i, j in found]
    cut = note(
        "strongest_only",
        f"{len(snapshot.actors)} acteurs : seules les {len(items)} paires les plus fortes sont données.",
        f"{len(snapshot.actors)} actors: only the {len(items)} strongest pairs are given.",
        lang,
    )
    return envelope(snapshot, params, items, notes=[cut], lang=lang)


def pair_item(snapshot: Snapshot, pairs: Pairs, i: int, j: int) -> Document:
    """One pair with the objectives that make it."""
    objectives = []
    for o in np.flatnonzero((pairs.values[i] != 0) & (pairs.values[j] != 0)):
        mean = (abs(float(pairs.values[i, o])) + abs(float(pairs.values[j, o]))) / 2
        same = pairs.values[i, o] * pairs.values[j, o] > 0
        objectives.append(
            {
                "id": snapshot.objectives.ids[o],
                "c": mean if same else 0.0,
                "d": 0.0 if same else mean,
                "records": by_counter(
                    [*snapshot.positions.records(i, int(o)), *snapshot.positions.records(j, int(o))]
                ),
            }
        )
    return {
        "a": snapshot.actors.ids[i],
        "b": snapshot.actors.ids[j],
        "c": plain(pairs.c[i, j]),
        "d": plain(pairs.d[i, j]),
        "net": plain(pairs.net[i, j]),
        "reading": pairs.reading(i, j),
        "shared": int(pairs.shared[i, j]),
        "objectives": objectives,
    }
