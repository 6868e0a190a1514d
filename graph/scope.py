"""The scope of a question: project, stake, territory and family, which intersect."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np

from graph.errors import UnknownFilter
from graph.model import Actor, Participation, Project, Stake, Target
from graph.snapshot import Entities, Snapshot


@dataclass(frozen=True)
class Scope:
    """What a question is about; ``None`` leaves a side open.

    Attributes:
        project: its targets (else its descendants') and its participants, actions below included.
        stake: the objectives of its subtree.
        territory: the actors located in it or below.
        family: the actors of this family (in the project, when one is given).
    """

    project: str | None = None
    stake: str | None = None
    territory: str | None = None
    family: str | None = None

    def document(self) -> dict[str, str]:
        """The parameters that are set."""
        return {k: v for k, v in dataclasses.asdict(self).items() if v is not None}


def below(parents: Mapping[str, Iterable[str]], root: str) -> set[str]:
    """``root`` and everything under it, where ``parents`` gives the parents of each id."""
    children: dict[str, list[str]] = {}
    for child, above in parents.items():
        for parent in above:
            children.setdefault(parent, []).append(child)
    found, queue = {root}, [root]
    while queue:
        fresh = [c for c in children.get(queue.pop(), ()) if c not in found]
        found.update(fresh)
        queue.extend(fresh)
    return found


def descendants(entities: Entities[Stake] | Entities[Project], root: str) -> set[str]:
    """``root`` and everything under it in a tree of stakes or projects."""
    return below({e.id: [e.parent] if e.parent else [] for e in entities}, root)


def participations(snapshot: Snapshot, project: str) -> dict[str, Participation]:
    """Who takes part in a project or in an action below it on the snapshot's day, and how.

    Of several participations of an actor, the one in the project itself counts first, then the latest.
    """
    family = descendants(snapshot.projects, project)
    found: dict[str, Participation] = {}
    for version in snapshot.records("participations"):
        part = cast(Participation, version.value)
        if part.project not in family or not holds(part.since, part.until, snapshot.day):
            continue
        known = found.get(part.actor)
        if known is None or _rank(part, project) > _rank(known, project):
            found[part.actor] = part
    return found


def _rank(part: Participation, project: str) -> tuple[bool, date]:
    return part.project == project, part.since or date.min


def holds(since: date | None, until: date | None, day: date) -> bool:
    """Whether something dated [since, until) holds on a day."""
    return (since is None or since <= day) and (until is None or day < until)


def targets(snapshot: Snapshot, project: str) -> dict[str, float]:
    """Targets of a project with their weights: its own, else its descendants', weights summed."""
    rows = [cast(Target, version.value) for version in snapshot.records("targets")]
    own = {t.objective: 1.0 if t.weight is None else t.weight for t in rows if t.project == project}
    if own:
        return dict(sorted(own.items()))
    lower = descendants(snapshot.projects, project)
    weights: dict[str, float] = {}
    for target in rows:
        if target.project in lower:
            weights[target.objective] = weights.get(target.objective, 0.0) + (
                1.0 if target.weight is None else target.weight
            )
    return dict(sorted(weights.items()))


def scoped(snapshot: Snapshot, scope: Scope) -> Snapshot:
    """The slice of a snapshot that a scope asks about.

    Raises:
        UnknownFilter: the scope names a project, stake, territory or family that the reader does not know.
    """
    actors = np.ones(len(snapshot.actors), dtype=np.bool_)
    objectives = np.ones(len(snapshot.objectives), dtype=np.bool_)
    roles: dict[str, Actor] = {}
    if scope.project is not None:
        known_in(snapshot, "project", scope.project)
        wanted = targets(snapshot, scope.project)
        objectives &= np.array([o.id in wanted for o in snapshot.objectives], dtype=np.bool_)
        parts = participations(snapshot, scope.project)
        if parts:
            actors &= np.array([a.id in parts for a in snapshot.actors], dtype=np.bool_)
            roles = {
                actor.id: dataclasses.replace(
                    actor,
                    family=parts[actor.id].family or actor.family,
                    involvement=parts[actor.id].involvement or actor.involvement,
                )
                for actor in snapshot.actors
                if actor.id in parts
            }
        else:
            positioned = np.zeros(len(snapshot.actors), dtype=np.bool_)
            positioned[snapshot.positions.row[objectives[snapshot.positions.col]]] = True
            actors &= positioned
    if scope.stake is not None:
        known_in(snapshot, "stake", scope.stake)
        subtree = descendants(snapshot.stakes, scope.stake)
        objectives &= np.array([o.stake in subtree for o in snapshot.objectives], dtype=np.bool_)
    if scope.territory is not None:
        known_in(snapshot, "territory", scope.territory)
        inside = below({t.id: t.parents for t in snapshot.territories}, scope.territory)
        actors &= np.array([a.territory in inside for a in snapshot.actors], dtype=np.bool_)
    if scope.family is not None:
        families = snapshot.vocabulary["famille"]
        family = families.find(scope.family)
        if family is None:
            raise UnknownFilter(
                f"Famille inconnue : « {scope.family} » ; connues : {', '.join(families.codes)}.",
                f"Unknown family: '{scope.family}'; known: {', '.join(families.codes)}.",
            )
        actors &= np.array([roles.get(a.id, a).family == family for a in snapshot.actors], dtype=np.bool_)
    if actors.all() and objectives.all() and not roles:
        return snapshot
    return snapshot.restricted(actors, objectives, roles)


def known_in(snapshot: Snapshot, name: str, id_: str) -> None:
    """Make sure that a filter names something that the reader knows.

    Args:
        snapshot: of the reader.
        name: ``project``, ``stake`` or ``territory``.
        id_: what it names.

    Raises:
        UnknownFilter: there is none.
    """
    known: Mapping[str, tuple[str, Container[str]]] = {
        "project": ("projet", snapshot.projects),
        "stake": ("enjeu", snapshot.stakes),
        "territory": ("territoire", snapshot.territories),
    }
    fr, entities = known[name]
    if id_ not in entities:
        raise UnknownFilter(
            f"Filtre « {fr} » : « {id_} » n'est pas connu.", f"Filter '{name}': '{id_}' is not known."
        )
