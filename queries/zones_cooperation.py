"""Zones of cooperation: the partition of the actors that disagrees least with their nets, and what each group holds."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, cast

import numpy as np

from graph.model import Resource
from graph.snapshot import Snapshot
from graph.vocabulary import FAMILIES, family_group, fold
from queries import sentences
from queries.envelope import Document, envelope, note, plain, zone_id
from queries.kernels.clustering import correlation_clustering, frustration
from queries.kernels.pairs import CONVERGENT
from queries.pairs import Pairs, order_notes, pairs_of
from queries.zones_convergence import records_of


def zones_cooperation(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Groups of at least two actors of the best partition, the number of groups being free.

    Minimised is ``Σ|negative net| inside + Σ positive net across`` with net = C − D (correlation clustering: Bansal,
    Blum & Chawla 2004; structural balance: Davis 1967). Two-camp frustration (line index of balance, Harary 1959) is a
    number apart. Cooperating is not being aligned: each zone lists what is to be arbitrated inside it.

    Args:
        snapshot: the scope.
        params: ``order`` (1, 2, 3), ``limit``, ``exact`` (lifts the fixed counts of cuts and nodes), ``seed``.
        lang: of the sentences.
    """
    pairs = pairs_of(snapshot, params["order"])
    lifted, seed = bool(params.get("exact")), int(params.get("seed", 0))
    best = correlation_clustering(pairs.net, exact=lifted, seed=seed)
    camps = frustration(pairs.net, exact=lifted, seed=seed)
    groups: dict[int, list[int]] = {}
    for place, label in enumerate(best.labels.tolist()):
        groups.setdefault(label, []).append(place)
    zones = [members for members in groups.values() if len(members) > 1]
    items = sorted(
        (_item(snapshot, pairs, members, lang) for members in zones),
        key=lambda item: (-item["convergent_pairs"], item["actors"]),
    )
    alone = sorted(snapshot.actors.ids[members[0]] for members in groups.values() if len(members) == 1)
    notes = order_notes(snapshot, params["order"], lang)
    if not best.optimal:
        notes.append(
            note(
                "not_proven",
                "La meilleure partition trouvée ; qu'aucune ne coûte moins n'est pas prouvé "
                f"(écart d'au plus {sentences.number(best.cost - best.lower_bound)}). « exact=1 » lève la limite.",
                "The best partition found; that none costs less is not proven "
                f"(gap at most {sentences.number(best.cost - best.lower_bound, 'en')}). 'exact=1' lifts the limit.",
                lang,
            )
        )
    return envelope(
        snapshot,
        params,
        items,
        beside={
            "cost": plain(best.cost),
            "lower_bound": plain(best.lower_bound),
            "optimal": best.optimal,
            "unique": best.unique,
            "ungrouped": alone,
            "frustration": {"two_camps": plain(camps.cost), "optimal": camps.optimal},
        },
        notes=notes,
        lang=lang,
    )


def _item(snapshot: Snapshot, pairs: Pairs, members: list[int], lang: str) -> Document:
    actors = [snapshot.actors.ids[i] for i in members]
    inside = list(itertools.combinations(members, 2))
    convergent = sum(pairs.reading(i, j) == CONVERGENT for i, j in inside)
    arbitrate = [
        {
            "a": snapshot.actors.ids[i],
            "b": snapshot.actors.ids[j],
            "objectives": [
                snapshot.objectives.ids[o] for o in np.flatnonzero(pairs.values[i] * pairs.values[j] < 0)
            ],
        }
        for i, j in inside
        if pairs.d[i, j] > 0
    ]
    held = _families(snapshot, actors)
    missing = [family for family in FAMILIES if family not in {family_group(f) for f in held}]
    signed = (pairs.values[members] != 0).sum(axis=0)
    return {
        "id": zone_id("cooperation", actors, {}),
        "actors": actors,
        "convergent_pairs": convergent,
        "to_arbitrate": arbitrate,
        "families": {"held": held, "missing": missing},
        "resources": _resources(snapshot, actors),
        "because": sentences.cooperation(
            [snapshot.actors.name(a) for a in actors],
            convergent,
            len(arbitrate),
            [snapshot.vocabulary.label("famille", family, lang) for family in missing],
            lang,
        ),
        "records": records_of(snapshot, members, [int(o) for o in np.flatnonzero(signed >= 2)]),
    }


def _families(snapshot: Snapshot, actors: Iterable[str]) -> dict[str, list[str]]:
    """By family, the members that belong to it; those of unknown family are in none."""
    held: dict[str, list[str]] = {}
    for actor in actors:
        family = snapshot.actors[actor].family
        if family is not None:
            held.setdefault(family, []).append(actor)
    return dict(sorted(held.items()))


def _resources(snapshot: Snapshot, actors: list[str]) -> dict[str, list[str]]:
    """Competences and offers the members hold, and their needs that none of these meets."""
    held: dict[str, str] = {}
    needed: dict[str, str] = {}
    for actor in actors:
        for skill in snapshot.actors[actor].skills:
            held.setdefault(fold(skill), skill)
    for version in snapshot.records("resources"):
        resource = cast(Resource, version.value)
        if resource.actor in actors:
            side = held if resource.direction == "offre" else needed
            side.setdefault(fold(resource.resource), resource.resource)
    lacking = {word: text for word, text in needed.items() if word not in held}
    return {"held": sorted(held.values()), "needed": sorted(lacking.values())}
