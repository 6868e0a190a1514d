"""Where the actors of two territories agree and where they do not, objective by objective."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from graph.model import Tension
from queries.between import wordings
from queries.between.sides import Sides
from queries.envelope import Document, plain
from queries.kernels import pairs as pair_kernel
from queries.latent import latent_tensions
from queries.pairs import MAX_DENSE
from queries.zones_conflict import trusted_parties
from queries.zones_convergence import records_of

Places = list[int]


def common_ground(sides: Sides) -> list[Document]:
    """Convergences, then conflicts: on one objective, actors of one territory facing those of the other.

    A convergence: some of each with the same sign (joint opposition converges too), the greatest sum of ``|P|`` first. A
    conflict: some of one with a sign and some of the other with the opposite one, the greatest of the smaller force first.
    Recorded tensions between actors of both come last.
    """
    values, _ = sides.snapshot.positions.dense()
    agreed: list[tuple[float, Document]] = []
    opposed: list[tuple[float, Document]] = []
    for o in range(values.shape[1]):
        with_sign = {sign: [_of_sign(values[:, o], side, sign) for side in sides.actors] for sign in (1, -1)}
        for sign, (mine, theirs) in with_sign.items():
            if mine and theirs:
                agreed.append(_agreement(sides, values, o, sign, mine, theirs))
        for favour, against in (
            (with_sign[1][0], with_sign[-1][1]),
            (with_sign[1][1], with_sign[-1][0]),
        ):
            if favour and against:
                opposed.append(_opposition(sides, values, o, favour, against))
    return [
        *(item for _, item in sorted(agreed, key=lambda told: (-told[0], told[1]["ids"]))),
        *(item for _, item in sorted(opposed, key=lambda told: (-told[0], told[1]["ids"]))),
        *_tensions(sides),
    ]


def _of_sign(column: NDArray[np.int64], places: Places, sign: int) -> Places:
    return [i for i in places if column[i] * sign > 0]


def _force(values: NDArray[np.int64], o: int, places: Places) -> float:
    return float(np.abs(values[places, o]).sum())


def _told(sides: Sides, places: Places) -> list[str]:
    return [sides.snapshot.actors.items[i].name for i in places]


def _agreement(
    sides: Sides, values: NDArray[np.int64], o: int, sign: int, mine: Places, theirs: Places
) -> tuple[float, Document]:
    snapshot = sides.snapshot
    both = [*mine, *theirs]
    return _force(values, o, both), {
        "kind": "convergence",
        "ids": [snapshot.objectives.ids[o], *(snapshot.actors.ids[i] for i in both)],
        "because": wordings.agreement(
            snapshot.objectives.items[o].name,
            sides.names,
            (_told(sides, mine), _told(sides, theirs)),
            sign,
            sides.lang,
        ),
        "records": records_of(snapshot, both, [o]),
    }


def _opposition(
    sides: Sides, values: NDArray[np.int64], o: int, favour: Places, against: Places
) -> tuple[float, Document]:
    snapshot = sides.snapshot
    forces = (_force(values, o, favour), _force(values, o, against))
    names = sides.names if favour[0] in set(sides.actors[0]) else sides.names[::-1]
    return min(forces), {
        "kind": "conflict",
        "ids": [snapshot.objectives.ids[o], *(snapshot.actors.ids[i] for i in (*favour, *against))],
        "because": wordings.opposition(
            snapshot.objectives.items[o].name,
            (names[0], names[1]),
            (_told(sides, favour), _told(sides, against)),
            forces,
            sides.lang,
        ),
        "records": records_of(snapshot, [*favour, *against], [o]),
    }


def _tensions(sides: Sides) -> list[Document]:
    """Recorded tensions that hold actors of both territories."""
    located = [{sides.snapshot.actors.ids[i] for i in side} for side in sides.actors]
    found = []
    for version in sides.snapshot.records("tensions"):
        tension = cast(Tension, version.value)
        mine, theirs = ([a for a in tension.actors if a in side] for side in located)
        if mine and theirs:
            name = sides.snapshot.actors.name
            found.append(
                {
                    "kind": "conflict",
                    "ids": [tension.id, *mine, *theirs],
                    "because": wordings.tension(
                        tension.title,
                        sides.names,
                        ([name(a) for a in mine], [name(a) for a in theirs]),
                        sides.snapshot.vocabulary.label("statut_tension", tension.status, sides.lang),
                        sides.lang,
                    ),
                    "records": [],
                }
            )
    return sorted(found, key=lambda item: cast(Any, item["ids"]))


def latent(sides: Sides) -> list[Document]:
    """Latent tensions between an actor of one territory and an actor of the other."""
    kept = np.zeros(len(sides.snapshot.actors), dtype=np.bool_)
    kept[[*sides.actors[0], *sides.actors[1]]] = True
    first = {sides.snapshot.actors.ids[i] for i in sides.actors[0]}
    items, _ = latent_tensions(sides.snapshot.restricted(actors=kept), sides.lang)
    return [item for item in items if (item["a"] in first) != (item["b"] in first)]


def third_parties(sides: Sides) -> list[Document]:
    """Actors located in neither territory, who agree with each side more than they differ (ΣC > ΣD), with its C/(C + D)."""
    mine, theirs = sides.actors
    snapshot = sides.snapshot
    if not mine or not theirs or len(snapshot.actors) > MAX_DENSE:
        return []
    values, _ = snapshot.positions.dense()
    present = {a for a, held in sides.presences.items() if all(held)}
    trusted = trusted_parties(snapshot)
    told = [pair_kernel.side_sums(values, side) for side in (mine, theirs)]
    found = []
    for i, actor in enumerate(snapshot.actors):
        if actor.id in present or i in set(mine) | set(theirs):
            continue
        c, d = ([float(getattr(sums, name)[i]) for sums in told] for name in ("convergence", "divergence"))
        if any(not c[k] - d[k] > pair_kernel.EQUAL * (c[k] + d[k]) for k in (0, 1)):
            continue
        shares = [c[k] / (c[k] + d[k]) for k in (0, 1)]
        shared = np.flatnonzero((values[i] != 0) & (values[[*mine, *theirs]] != 0).any(axis=0)).tolist()
        others = [k for k in (*mine, *theirs) if (values[k][shared] != 0).any()]
        found.append(
            {
                "actor": actor.id,
                "agreement": {t: plain(s) for t, s in zip(sides.territories, shares, strict=True)},
                "trusted": actor.id in trusted,
                "because": wordings.third_party(
                    actor.name, sides.names, (shares[0], shares[1]), actor.id in trusted, sides.lang
                ),
                "records": records_of(snapshot, [i, *others], shared),
            }
        )
    return sorted(found, key=lambda t: (-min(t["agreement"].values()), t["actor"]))
