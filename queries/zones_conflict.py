"""Zones of conflict: a pattern, all who match it, all who match its inverse, and who could stand between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from graph.model import Participation
from graph.scope import holds
from graph.snapshot import Snapshot
from queries import sentences
from queries.envelope import MAX_ZONES, Document, envelope, note, plain, zone_id
from queries.kernels import pairs as pair_kernel
from queries.kernels import patterns
from queries.latent import latent_tensions
from queries.pairs import order_notes
from queries.project_targets import carried_and_opposed, project_targets
from queries.valued import Valued, valued
from queries.zones_convergence import records_of

TRUSTED = "tiers_de_confiance"

MAX_THIRD_PARTIES = 50
"""Possible third parties listed for one zone, the best first; a note says when there are more."""


def zones_conflict(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Oppositions closed under adding objectives, the most intense first; latent tensions stand apart.

    Intensity is the smaller of the two forces ``Σ|A_io|``. The first objective of a pattern (by id) has sign +.

    Args:
        snapshot: the scope.
        params: ``order`` (1, 2, 3), ``limit`` (at most 50), ``project`` for the targets carried and opposed.
        lang: of the sentences.
    """
    held = valued(snapshot, params["order"])
    found = patterns.oppositions(held.values, limit=MAX_ZONES)
    aimed = project_targets(snapshot, params.get("project"))
    trusted = trusted_parties(snapshot)
    zones = cast("tuple[patterns.Opposition, ...]", found.zones)
    made = [_item(snapshot, held, zone, aimed, trusted, lang) for zone in zones]
    items = sorted(
        (item for item, _ in made),
        key=lambda item: (
            -item["intensity"],
            item["for"]["actors"],
            item["against"]["actors"],
            sorted(item["pattern"].items()),
        ),
    )
    latent, total = latent_tensions(snapshot, lang)
    notes = order_notes(snapshot, params["order"], lang)
    parties = max((count for _, count in made), default=0)
    if parties > MAX_THIRD_PARTIES:
        notes.append(
            note(
                "third_parties_cut",
                f"Jusqu'à {parties} tiers possibles par zone, dont les {MAX_THIRD_PARTIES} meilleurs sont listés.",
                f"Up to {parties} possible third parties a zone, the best {MAX_THIRD_PARTIES} of them listed.",
                lang,
            )
        )
    if total > len(latent):
        notes.append(
            note(
                "latent_cut",
                f"{total} tensions latentes, dont {len(latent)} listées : restreignez le périmètre.",
                f"{total} latent tensions, {len(latent)} of them listed: narrow the scope.",
                lang,
            )
        )
    return envelope(
        snapshot,
        params,
        items,
        beside={"exact": found.exact, "missed_at_most": found.missed_at_most, "latent": latent},
        notes=notes,
        lang=lang,
    )


def trusted_parties(snapshot: Snapshot) -> frozenset[str]:
    """Actors that a pilot recorded as a trusted third party on the snapshot's day."""
    found = set()
    for version in snapshot.records("participations"):
        part = cast(Participation, version.value)
        if part.posture == TRUSTED and holds(part.since, part.until, snapshot.day):
            found.add(part.actor)
    return frozenset(found)


def _item(
    snapshot: Snapshot,
    held: Valued,
    zone: patterns.Opposition,
    aimed: frozenset[str],
    trusted: frozenset[str],
    lang: str,
) -> tuple[Document, int]:
    """One zone, and how many possible third parties it has."""
    ids = snapshot.actors.ids
    cols = [o for o, _ in zone.pattern]
    pattern = {snapshot.objectives.ids[o]: sign for o, sign in zone.pattern}
    favour, against = [ids[i] for i in zone.favour], [ids[i] for i in zone.against]
    force_for, force_against = (
        math.fsum(abs(float(held.values[i, o])) for i in side for o in cols)
        for side in (zone.favour, zone.against)
    )
    sides = set(zone.favour) | set(zone.against)
    others = _others(snapshot, held, cols, sides)
    count, parties = _third_parties(snapshot, held, zone, others, trusted)
    item = {
        "id": zone_id("conflict", [*favour, *against], pattern),
        "pattern": pattern,
        "for": {"actors": favour, "force": plain(force_for)},
        "against": {"actors": against, "force": plain(force_against)},
        "intensity": plain(min(force_for, force_against)),
        "others": {stance: [ids[i] for i in places] for stance, places in others.items()},
        "third_parties": parties,
        "targets": carried_and_opposed(pattern, aimed),
        "because": sentences.opposition(
            [snapshot.actors.name(a) for a in favour],
            [snapshot.actors.name(a) for a in against],
            [(snapshot.objectives.name(o), sign) for o, sign in pattern.items()],
            force_for,
            force_against,
            lang,
        ),
        "records": records_of(snapshot, sorted(sides), cols),
    }
    return item, count


def _others(snapshot: Snapshot, held: Valued, cols: list[int], sides: set[int]) -> dict[str, list[int]]:
    """Actors on neither side: neutral (stated zeros only), mixed (some sign, not the pattern's), unknown."""
    found: dict[str, list[int]] = {"neutral": [], "mixed": [], "unknown": []}
    signed = np.any(held.integers[:, cols] != 0, axis=1)
    known = np.any(held.known[:, cols], axis=1)
    for i in range(len(snapshot.actors)):
        if i not in sides:
            found["mixed" if signed[i] else "neutral" if known[i] else "unknown"].append(i)
    return found


def _third_parties(
    snapshot: Snapshot,
    held: Valued,
    zone: patterns.Opposition,
    others: Mapping[str, list[int]],
    trusted: frozenset[str],
) -> tuple[int, list[Document]]:
    """Actors without a side who agree more than they differ with each side on everything else: how many, the best."""
    candidates = sorted((i, stance) for stance in ("neutral", "unknown") for i in others[stance])
    if not candidates:
        return 0, []
    elsewhere = np.ones(held.integers.shape[1], dtype=np.bool_)
    elsewhere[[o for o, _ in zone.pattern]] = False
    rest = np.where(elsewhere, held.integers, 0)
    with_each = [pair_kernel.side_sums(rest, side, held.weights) for side in (zone.favour, zone.against)]
    found: list[tuple[int, str, float, float]] = []
    for i, stance in candidates:
        shares = []
        for sums in with_each:
            c, d = float(sums.convergence[i]), float(sums.divergence[i])
            if c - d > pair_kernel.EQUAL * (c + d):
                shares.append(c / (c + d))
        if len(shares) == len(with_each):
            found.append((i, stance, shares[0], shares[1]))
    ids = snapshot.actors.ids
    found.sort(key=lambda t: (-min(t[2], t[3]), ids[t[0]]))
    sides = (*zone.favour, *zone.against)
    return len(found), [
        {
            "actor": ids[i],
            "stance": stance,
            "for": for_,
            "against": against,
            "trusted": ids[i] in trusted,
            "records": _shared_records(snapshot, rest, i, sides),
        }
        for i, stance, for_, against in found[:MAX_THIRD_PARTIES]
    ]


def _shared_records(
    snapshot: Snapshot, rest: NDArray[np.int64], actor: int, sides: tuple[int, ...]
) -> list[str]:
    """Statements behind an actor's agreement with both sides: its own and theirs on what they share."""
    mine = rest[actor] != 0
    shared = [int(o) for o in np.flatnonzero(mine & (rest[list(sides)] != 0).any(axis=0))]
    others = [i for i in sides if (rest[i][shared] != 0).any()]
    return records_of(snapshot, [actor, *others], shared)
