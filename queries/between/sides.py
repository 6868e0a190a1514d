"""Two territories facing each other: what lies in each, who is there, and who is on both sides."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from typing import cast

from graph.errors import Fault, InvalidCall
from graph.model import Contribution, Participation, Resource
from graph.scope import below, holds
from graph.snapshot import Snapshot
from queries.between import wordings
from queries.envelope import Document, by_counter


@dataclass(frozen=True)
class Sides:
    """Two territories of a snapshot.

    Attributes:
        snapshot: the scope.
        territories: the two, as asked.
        lang: of the sentences.
    """

    snapshot: Snapshot
    territories: tuple[str, str]
    lang: str

    @functools.cached_property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """The territories just above each one."""
        return {t.id: t.parents for t in self.snapshot.territories}

    @functools.cached_property
    def inside(self) -> tuple[set[str], set[str]]:
        """Each territory with all that lies below it."""
        first, second = (below(self.parents, t) for t in self.territories)
        return first, second

    def name(self, territory: str) -> str:
        """Name of a territory."""
        return self.snapshot.territories.name(territory)

    @property
    def names(self) -> tuple[str, str]:
        """Names of the two."""
        first, second = (self.name(t) for t in self.territories)
        return first, second

    def side_of(self, territory: str | None) -> int | None:
        """0 or 1 for what lies in one of the two alone, ``None`` for both or neither."""
        first, second = (territory in side for side in self.inside)
        return None if first == second else 0 if first else 1

    @functools.cached_property
    def actors(self) -> tuple[list[int], list[int]]:
        """Places of the actors located in each territory alone."""
        found: tuple[list[int], list[int]] = ([], [])
        for place, actor in enumerate(self.snapshot.actors):
            side = self.side_of(actor.territory)
            if side is not None:
                found[side].append(place)
        return found

    @functools.cached_property
    def presences(self) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
        """By actor, how it is present in each territory: what is said of it, and the record that says so.

        The record of a location is empty: it is the actor itself.
        """
        found: dict[str, tuple[dict[str, str], dict[str, str]]] = defaultdict(lambda: ({}, {}))
        snapshot = self.snapshot
        projects = {p.id: p for p in snapshot.projects}

        def present(actor: str, territory: str | None, how: str, record: str) -> None:
            for side, inside in enumerate(self.inside):
                if territory in inside and actor in snapshot.actors:
                    found[actor][side].setdefault(how, record)

        for actor in snapshot.actors:
            present(actor.id, actor.territory, wordings.seat(self.lang), "")
        for version in snapshot.records("participations"):
            part = cast(Participation, version.value)
            project = projects.get(part.project)
            if project is not None and holds(part.since, part.until, snapshot.day):
                present(
                    part.actor, project.territory, wordings.in_project(project.name, self.lang), version.id
                )
        for version in snapshot.records("contributions"):
            given = cast(Contribution, version.value)
            project = projects.get(given.project)
            if project is not None:
                present(
                    given.actor, project.territory, wordings.in_project(project.name, self.lang), version.id
                )
        for version in snapshot.records("resources"):
            held = cast(Resource, version.value)
            present(held.actor, held.territory, wordings.with_resource(held.resource, self.lang), version.id)
        return dict(found)

    def shared(self) -> list[Document]:
        """Actors present on both sides, by their seat, a project, a contribution or a resource."""
        return [
            {
                "actor": actor,
                "because": wordings.shared(
                    self.snapshot.actors.name(actor), self.names, (list(first), list(second)), self.lang
                ),
                "records": by_counter(r for r in (*first.values(), *second.values()) if r),
            }
            for actor, (first, second) in sorted(self.presences.items())
            if first and second
        ]


def facing(snapshot: Snapshot, territories: list[str], lang: str) -> Sides:
    """Two territories that may negotiate.

    Raises:
        InvalidCall: not two different ones, or one lies in the other.
    """
    if len(territories) != 2:
        raise _refused(
            territories,
            "« territory » : deux territoires différents sont attendus (--territory A --territory B).",
            "'territory': two different territories are expected (--territory A --territory B).",
        )
    sides = Sides(snapshot, (territories[0], territories[1]), lang)
    first, second = sides.inside
    if territories[0] in second or territories[1] in first:
        names = " · ".join(sides.names)
        raise _refused(
            territories,
            f"« territory » : l'un de ces territoires est dans l'autre ({names}) ; choisissez deux voisins.",
            f"'territory': one of these territories lies in the other ({names}); choose two neighbours.",
        )
    return sides


def _refused(territories: list[str], fr: str, en: str) -> InvalidCall:
    return InvalidCall([Fault("territory", ", ".join(territories), fr, en)])
