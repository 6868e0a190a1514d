"""Functional perimeters: areas that hold most of their own flows, beside the administrative ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graph.errors import Fault, InvalidCall
from graph.plurals import agreed
from graph.snapshot import Snapshot
from queries.chosen_flows import Chosen, chosen_flows
from queries.envelope import Document, envelope, note, plain, zone_id
from queries.kernels.flows import Sums, sums
from queries.kernels.travel_to_work import Area, Limits, areas
from queries.nesting import Perimeters, level_notes, perimeters

MIN_SIZE, TARGET_SIZE = 3_500, 25_000
"""Workers living in an area, least and aimed at (Coombes and Bond 2008)."""
MIN_CONTAINMENT, TARGET_CONTAINMENT = 0.667, 0.75
"""Self-containment of an area, least and aimed at (the same)."""


def functional(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Travel-to-work areas made of the territories of a level (see :mod:`queries.kernels.travel_to_work`).

    ``self_containment``: ``supply``, the share of the flows beginning in the area that end in it; ``demand``, the share
    of those ending in it that begin in it. ``size``: the flows that begin in it. Flows that leave the scope count in both
    sizes. ``administrative``: the territories above those of the area; ``comparison``: of these, for each area the one
    that shares most with it, ``overlap`` being territories in common over territories in either (P. Jaccard, 1901).
    ``unassigned``: territories tied to no area that could hold them.

    Args:
        snapshot: what the reader may see.
        params: those of :func:`queries.interdependencies.interdependencies`, ``min_size``, ``target_size``,
            ``min_containment`` and ``target_containment``.
        lang: of the notes.

    Raises:
        UnknownFilter: a filter that names nothing known.
        InvalidCall: several kinds, units or sources to choose from; a source that leaves small flows out; no internal
            flow recorded; territories of the level that overlap; a minimum above its target.
    """
    limits = _limits(params)
    chosen = chosen_flows(
        snapshot, params.get("kind"), params.get("unit"), params.get("year"), params.get("source")
    )
    asked = perimeters(snapshot, chosen, params.get("level"), params.get("territory"))
    told = sums(
        chosen.flows.origin, chosen.flows.destination, chosen.flows.quantity, asked.held, asked.inside
    )
    _possible(chosen, asked, told)
    zones = np.flatnonzero(asked.inside & ((told.total > 0) | (told.received > 0)))
    number = np.full(asked.held.count, -1, dtype=np.int64)
    number[zones] = np.arange(len(zones))
    kept = (number[told.row] >= 0) & (number[told.col] >= 0)
    found, lost = areas(
        number[told.row[kept]],
        number[told.col[kept]],
        told.quantity[kept],
        told.total[zones],
        told.received[zones],
        limits,
    )
    ids = [snapshot.territories.ids[place] for place in asked.places[zones].tolist()]
    above = _Above(snapshot, ids)
    items = sorted((_item(area, ids, above) for area in found), key=lambda i: (-i["size"], i["territories"]))
    notes = [*chosen.notes(lang), *level_notes(snapshot, chosen, asked, lang)]
    if lost:
        notes.append(
            note(
                "unassigned",
                agreed(
                    len(lost),
                    "territoire(s) trop petit(s) ou trop ouvert(s) et sans lien avec un périmètre : laissé(s) à part.",
                ),
                agreed(
                    len(lost),
                    "(territory|territories) too small or too open, and tied to no area: left apart.",
                    "en",
                ),
                lang,
            )
        )
    silent = int((~told.recorded[zones]).sum())
    if silent:
        notes.append(
            note(
                "missing_self_flows",
                agreed(
                    silent,
                    "territoire(s) sans flux interne relevé : (son|leur) autocontention est au moins celle qui est dite.",
                ),
                f"{agreed(silent, '(territory|territories)', 'en')} without a recorded internal flow: self-containment is at "
                "least what is said.",
                lang,
            )
        )
    return envelope(
        snapshot,
        {**params, **({} if chosen.kind is None else {"kind": chosen.kind})},
        items,
        beside={
            "unit": chosen.unit,
            "year": chosen.year,
            "unassigned": [ids[zone] for zone in lost],
            "comparison": [above.nearest(item) for item in items],
        },
        notes=notes,
        lang=lang,
    )


def _limits(params: Mapping[str, Any]) -> Limits:
    found = Limits(
        params["min_size"],
        params["target_size"],
        params["min_containment"],
        params["target_containment"],
    )
    faults = [
        Fault(
            name,
            str(params[name]),
            f"« {name} » ({params[name]}) est au-dessus de « {target} » ({params[target]}).",
            f"'{name}' ({params[name]}) is above '{target}' ({params[target]}).",
        )
        for name, target in (("min_size", "target_size"), ("min_containment", "target_containment"))
        if params[name] > params[target]
    ]
    if faults:
        raise InvalidCall(faults)
    return found


def _possible(chosen: Chosen, asked: Perimeters, told: Sums) -> None:
    """Refuse what self-containment cannot be computed on."""
    if not len(chosen.flows):
        return
    refused = None
    if chosen.truncated:
        refused = (
            "kind",
            "La source ne donne pas les petits flux : l'autocontention serait surestimée. Importez une source complète, ou "
            "choisissez-en une avec « source ».",
            "The source leaves small flows out: self-containment would be overestimated. Import a complete source, or "
            "choose one with 'source'.",
        )
    elif len(asked.held.several):
        refused = (
            "level",
            "Des territoires de ce niveau se recouvrent : ils ne peuvent pas composer des périmètres. Demandez un autre "
            "niveau.",
            "Territories of this level overlap: they cannot make up areas. Ask another level.",
        )
    elif asked.held.count and not told.recorded.any():
        refused = (
            "kind",
            "Aucun flux interne n'est relevé (d'un territoire vers lui-même) : l'autocontention est inconnue.",
            "No internal flow (from a territory to itself) is recorded: self-containment is unknown.",
        )
    if refused is not None:
        raise InvalidCall([Fault(refused[0], "", refused[1], refused[2])])


class _Above:
    """Administrative territories above those that make up areas."""

    def __init__(self, snapshot: Snapshot, ids: Sequence[str]) -> None:
        self.snapshot = snapshot
        self.held: dict[str, set[str]] = {id_: self._of(id_) for id_ in ids}
        self.whole: dict[str, set[str]] = {}
        for id_, above in self.held.items():
            for territory in above:
                self.whole.setdefault(territory, set()).add(id_)

    def _of(self, id_: str) -> set[str]:
        found: set[str] = set()
        queue = [id_]
        while queue:
            for parent in self.snapshot.territories[queue.pop()].parents:
                if parent in self.snapshot.territories and parent not in found:
                    found.add(parent)
                    queue.append(parent)
        return found

    def of(self, ids: Sequence[str]) -> list[str]:
        """Territories above any of some."""
        return sorted(set().union(*(self.held[id_] for id_ in ids)))

    def nearest(self, item: Document) -> Document:
        """The administrative territory that shares most with an area."""
        mine = set(item["territories"])
        shares = [(len(mine & self.whole[a]) / len(mine | self.whole[a]), a) for a in item["administrative"]]
        overlap, best = max(shares, key=lambda pair: (pair[0], pair[1]), default=(None, None))
        return {"id": item["id"], "administrative": best, "overlap": overlap}


def _item(area: Area, ids: Sequence[str], above: _Above) -> Document:
    territories = [ids[zone] for zone in area.zones]
    return {
        "id": zone_id("perimeter", territories, {}),
        "territories": territories,
        "self_containment": {
            "supply": plain(area.inner / area.residents) if area.residents else None,
            "demand": plain(area.inner / area.jobs) if area.jobs else None,
        },
        "size": plain(area.residents),
        "administrative": above.of(territories),
    }
