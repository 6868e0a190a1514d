"""What changed between two days at one revision: the distance travelled, what was learned, what was lost."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from graph.effective import settle_all
from graph.errors import Fault, InvalidCall
from graph.judgements import Judgements
from graph.model import Pact, Participation
from graph.plurals import agreed
from graph.scope import below, descendants, holds
from graph.snapshot import Snapshot
from queries.between.pacts import state
from queries.envelope import Document, Page, by_counter, envelope, note, plain
from queries.kernels import pairs as kernel
from queries.pairs import MAX_DENSE
from queries.zones_convergence import zones_convergence

MOVED, LEARNED, LOST = "moved", "learned", "lost"
KINDS = ("position", "pair", "zone", "involvement", "pact")
ORDER = 2
"""Pairs and zones are read on positions: forces of two days are not comparable."""

Made = Callable[[], Document]


def evolution(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Positions, readings of pairs, zones of convergence, involvements and pacts that differ between two days.

    *moved*: a value became another, the only distance travelled; *learned*: unknown before; *lost*: unknown after
    (ended, or contested since). A pair moved when its reading differs on the positions known on both days; otherwise
    what was learned or lost changed it. A zone is compared by its own actors and objectives: its number is its strength
    ``Σ|P_io|`` while every cell has the zone's sign, ``null`` on a day when one has not. A pact moves from ``draft`` to
    ``signed``, then to ``to_review``. Both days are read at one revision, so that a correction is not a change:
    corrections belong to the difference between revisions.

    Args:
        snapshot: the scope, of which every statement is kept whatever its day.
        params: ``from`` and ``to``, days; ``project`` narrows involvements; ``territory`` pacts, to those of its parties.
        lang: of the notes.

    Raises:
        InvalidCall: ``from`` comes after ``to``.
    """
    start, stop = date.fromisoformat(params["from"]), date.fromisoformat(params["to"])
    if start > stop:
        raise InvalidCall(
            [
                Fault(
                    "to",
                    params["to"],
                    f"« from » ({start}) vient après « to » ({stop}) : inversez les deux dates.",
                    f"'from' ({start}) comes after 'to' ({stop}): swap the two dates.",
                )
            ]
        )
    before, after = read_on(snapshot, start), read_on(snapshot, stop)
    places, counts, distance = _positions(before, after)
    notes = [_counted(counts, distance, start, stop, lang)]
    if len(snapshot.actors) <= MAX_DENSE:
        places += _pairs(before, after)
        zones, exact = _zones(before, after, lang)
        places += zones
        if not exact:
            notes.append(
                note(
                    "zones_not_exhausted",
                    "Les zones comparées sont les plus fortes de chaque date ; d'autres peuvent avoir changé.",
                    "The zones compared are the strongest of each date; others may have changed.",
                    lang,
                )
            )
    else:
        notes.append(
            note(
                "positions_only",
                f"{len(snapshot.actors)} acteurs : paires et zones ne sont comparées que jusqu'à {MAX_DENSE}.",
                f"{len(snapshot.actors)} actors: pairs and zones are compared up to {MAX_DENSE} only.",
                lang,
            )
        )
    places += _involvements(snapshot, params, start, stop)
    places += _pacts(snapshot, params, start, stop)
    return envelope(snapshot, params, Page(places, lambda made: made()), notes=notes, lang=lang)


def read_on(snapshot: Snapshot, day: date) -> Snapshot:
    """The same actors and objectives, with the positions and influences of another day at the same revision."""

    def settled(held: Judgements) -> Judgements:
        return dataclasses.replace(held, effective=settle_all(held.statements, day), as_of=day)

    return dataclasses.replace(
        snapshot, as_of=day, positions=settled(snapshot.positions), influences=settled(snapshot.influences)
    )


def changed_positions(before: Snapshot, after: Snapshot) -> list[tuple[int, int, int | None, int | None]]:
    """Place of the actor, place of the objective, value before and after, of every position that differs."""
    one, other = before.positions.stated, after.positions.stated
    keys = np.union1d(one.pair, other.pair)
    old, had = _looked_up(keys, one.pair, one.value)
    new, has = _looked_up(keys, other.pair, other.value)
    found = np.flatnonzero((had != has) | (old != new))
    return [
        (
            int(keys[k] >> 32),
            int(keys[k] & 0xFFFFFFFF),
            int(old[k]) if had[k] else None,
            int(new[k]) if has[k] else None,
        )
        for k in found
    ]


def _looked_up(
    keys: NDArray[np.int64], held: NDArray[np.int64], values: NDArray[np.int8]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Value of each key (0 where it is not held) and mask of the keys held; all sorted."""
    found = np.zeros(len(keys), dtype=np.int64)
    known = np.isin(keys, held, assume_unique=True)
    found[known] = values
    return found, known


def change_of(before: object, after: object) -> str:
    """How a value changed, ``None`` standing for unknown."""
    return LEARNED if before is None else LOST if after is None else MOVED


def _item(
    kind: str, ids: Iterable[str], before: object, after: object, change: str, records: Iterable[str]
) -> Document:
    return {
        "kind": kind,
        "ids": list(ids),
        "before": before,
        "after": after,
        "change": change,
        "records": by_counter(records),
    }


def _positions(before: Snapshot, after: Snapshot) -> tuple[list[Made], dict[str, int], int]:
    """Positions that differ, the farthest first; counts by change; distance travelled."""
    ids, objectives = before.actors.ids, before.objectives.ids
    counts = dict.fromkeys((MOVED, LEARNED, LOST), 0)
    changes = changed_positions(before, after)
    for _, _, old, new in changes:
        counts[change_of(old, new)] += 1
    distance = sum(abs(new - old) for _, _, old, new in changes if old is not None and new is not None)

    def made(i: int, o: int, old: int | None, new: int | None) -> Document:
        records = [*before.positions.records(i, o), *after.positions.records(i, o)]
        return _item("position", (ids[i], objectives[o]), old, new, change_of(old, new), records)

    changes.sort(key=lambda c: (c[2] is None or c[3] is None, -abs((c[3] or 0) - (c[2] or 0)), c[0], c[1]))
    return [partial(made, *change) for change in changes], counts, distance


def _counted(counts: Mapping[str, int], distance: int, start: date, stop: date, lang: str) -> Document:
    return note(
        "distance",
        f"Du {start:%d/%m/%Y} au {stop:%d/%m/%Y} : {agreed(counts[MOVED], 'position(s) déplacée(s)')}, distance "
        f"parcourue {distance} ; {agreed(counts[LEARNED], 'apprise(s)')} et {agreed(counts[LOST], 'perdue(s)')}, "
        "qui ne sont pas du chemin parcouru.",
        f"From {start} to {stop}: {agreed(counts[MOVED], 'position(s)', 'en')} moved, distance travelled {distance}; "
        f"{counts[LEARNED]} learned and {counts[LOST]} lost, which are no distance travelled.",
        lang,
    )


def codes(values: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.int8]:
    """How every pair reads, as places in :data:`queries.kernels.pairs.READINGS`.

    Args:
        values: n × m positions, 0 where unknown.
        known: n × m.
    """
    sums = kernel.signed_sums(values)
    c, d = sums.convergence(), sums.divergence()
    places = {reading: place for place, reading in enumerate(kernel.READINGS)}
    found = np.full(c.shape, places[kernel.CONFLICTUAL], dtype=np.int8)
    found[c - d > kernel.EQUAL * (c + d)] = places[kernel.TO_ARBITRATE]
    found[d == 0] = places[kernel.CONVERGENT]
    found[(c == 0) & (d == 0)] = places[kernel.NEUTRAL]
    found[kernel.shared_counts(known) == 0] = places[kernel.UNKNOWN]
    return found


def changed_pairs(before: Snapshot, after: Snapshot) -> list[tuple[int, int, str, str, str]]:
    """Places of two actors, reading before, reading after and change, of every pair whose reading differs."""
    (old, had), (new, has) = before.positions.dense(), after.positions.dense()
    first, last = codes(old, had), codes(new, has)
    both = had & has
    moved = codes(np.where(both, old, 0), both) != codes(np.where(both, new, 0), both)
    came = ((~had & has).astype(np.float64) @ has.T.astype(np.float64)) > 0
    unknown = kernel.READINGS.index(kernel.UNKNOWN)
    found = []
    for i, j in zip(*(side.tolist() for side in np.nonzero(np.triu(first != last, 1))), strict=True):
        if first[i, j] == unknown:
            change = LEARNED
        elif last[i, j] == unknown:
            change = LOST
        elif moved[i, j]:
            change = MOVED
        else:
            change = LEARNED if came[i, j] or came[j, i] else LOST
        found.append((i, j, kernel.READINGS[first[i, j]], kernel.READINGS[last[i, j]], change))
    return found


def _pairs(before: Snapshot, after: Snapshot) -> list[Made]:
    known = [snapshot.positions.dense()[1] for snapshot in (before, after)]
    ids = before.actors.ids

    def made(i: int, j: int, old: str, new: str, change: str) -> Document:
        records = [
            record
            for snapshot, mask in zip((before, after), known, strict=True)
            for o in np.flatnonzero(mask[i] & mask[j]).tolist()
            for place in (i, j)
            for record in snapshot.positions.records(place, o)
        ]
        return _item("pair", (ids[i], ids[j]), old, new, change, records)

    return [partial(made, *change) for change in changed_pairs(before, after)]


def _zones(before: Snapshot, after: Snapshot, lang: str) -> tuple[list[Made], bool]:
    """Zones found on either day whose strength differs, and whether the search was exhausted on both."""
    params = {"order": ORDER, "limit": 50}
    documents = [zones_convergence(snapshot, params, lang) for snapshot in (before, after)]
    zones = {zone["id"]: zone for document in documents for zone in document["items"]}
    (old, had), (new, has) = before.positions.dense(), after.positions.dense()
    found: list[tuple[float, str, Document]] = []
    for id_, zone in zones.items():
        rows = [before.actors.index[a] for a in zone["actors"]]
        cols = [before.objectives.index[o] for o in zone["pattern"]]
        signs = np.array(list(zone["pattern"].values()))
        cells = np.ix_(rows, cols)
        fits_old, fits_new = old[cells] * signs > 0, new[cells] * signs > 0
        first = plain(math.fsum(np.abs(old[cells]).ravel())) if fits_old.all() else None
        last = plain(math.fsum(np.abs(new[cells]).ravel())) if fits_new.all() else None
        if first == last:
            continue
        change = MOVED
        if first is None and not had[cells][~fits_old].any():
            change = LEARNED
        elif last is None and not has[cells][~fits_new].any():
            change = LOST
        records = [
            record
            for snapshot in (before, after)
            for i in rows
            for o in cols
            for record in snapshot.positions.records(i, o)
        ]
        item = _item("zone", (id_, *zone["actors"]), first, last, change, records)
        found.append((-abs((last or 0.0) - (first or 0.0)), id_, item))
    found.sort(key=lambda entry: entry[:2])
    exact = all(document["exact"] for document in documents)
    return [partial(dict, item) for _, _, item in found], exact


def _involvements(snapshot: Snapshot, params: Mapping[str, Any], start: date, stop: date) -> list[Made]:
    """Involvement of actors in projects, which participations date; an actor's own is what it is by default.

    Who left a project is outside its scope: their participation still counts, unless the scope also narrows actors.
    """
    project = params.get("project")
    inside = None if project is None else descendants(snapshot.projects, project)
    narrowed = any(params.get(name) is not None for name in ("territory", "family"))
    told: dict[tuple[str, str], list[tuple[str, Participation]]] = {}
    for version in snapshot.records("participations"):
        part = cast(Participation, version.value)
        in_scope = part.actor in snapshot.actors or (project is not None and not narrowed)
        if in_scope and (inside is None or part.project in inside):
            told.setdefault((part.actor, part.project), []).append((version.id, part))
    found: list[Made] = []
    for ids, parts in sorted(told.items()):
        default = snapshot.actors[ids[0]].involvement if ids[0] in snapshot.actors else None
        (old, first), (new, last) = (_involved(parts, day, default) for day in (start, stop))
        if old != new:
            item = _item("involvement", ids, old, new, change_of(old, new), {*first, *last})
            found.append(partial(dict, item))
    return found


def _involved(
    parts: list[tuple[str, Participation]], day: date, default: str | None
) -> tuple[str | None, list[str]]:
    """Involvement on a day, by the latest participation that holds, and that participation's id."""
    holding = [(id_, part) for id_, part in parts if holds(part.since, part.until, day)]
    if not holding:
        return None, []
    id_, part = max(holding, key=lambda told: (told[1].since or date.min, told[0]))
    return part.involvement or default, [id_]


def _pacts(snapshot: Snapshot, params: Mapping[str, Any], start: date, stop: date) -> list[Made]:
    """Pacts signed, or come up for review, between two days."""
    territory = params.get("territory")
    inside = None if territory is None else below({t.id: t.parents for t in snapshot.territories}, territory)
    found: list[Made] = []
    for version in snapshot.records("pacts"):
        pact = cast(Pact, version.value)
        old, new = state(pact, start), state(pact, stop)
        if old != new and (inside is None or any(party in inside for party in pact.parties)):
            found.append(partial(dict, _item("pact", (pact.id, *pact.parties), old, new, MOVED, ())))
    return found
