"""The immutable, sorted, columnar read model that analyses run on, the same whichever store it came from."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar, cast

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from graph.effective import Effective
from graph.flows import Flows
from graph.judgements import Judgements
from graph.model import Actor, Alias, Fact, Objective, Project, Stake, Territory, to_document
from graph.versions import Version
from graph.vocabulary import Vocabulary

E = TypeVar("E", bound=Fact)


class Entities(Generic[E]):
    """Entities of one kind, sorted by id (code point)."""

    def __init__(self, items: Sequence[E]) -> None:
        self.items: tuple[E, ...] = tuple(items)
        self.ids: tuple[str, ...] = tuple(cast(Any, item).id for item in self.items)

    @functools.cached_property
    def index(self) -> dict[str, int]:
        """Place of each id."""
        return {id_: place for place, id_ in enumerate(self.ids)}

    def __len__(self) -> int:
        """Number of entities."""
        return len(self.items)

    def __iter__(self) -> Iterator[E]:
        """The entities in order of id."""
        return iter(self.items)

    def __contains__(self, id_: object) -> bool:
        """Whether an id is among them."""
        return id_ in self.index

    def __getitem__(self, id_: str) -> E:
        """The entity of an id.

        Raises:
            KeyError: no such id here.
        """
        return self.items[self.index[id_]]

    def name(self, id_: str) -> str:
        """Name of an id for people; the id itself when it is not here."""
        place = self.index.get(id_)
        return id_ if place is None else str(cast(Any, self.items[place]).name)

    def where(self, keep: NDArray[np.bool_]) -> Entities[E]:
        """The entities under a mask."""
        return Entities([item for item, kept in zip(self.items, keep, strict=True) if kept])


@dataclass(frozen=True)
class Coverage:
    """How much is known: never to be left out beside a number.

    Attributes:
        positions: pairs actor × objective with an effective value (stated zeros included).
        contested: pairs whose raters have opposite signs.
        possible_positions: actors × objectives.
        influences: ordered pairs of different actors with an effective value.
        possible_influences: n·(n − 1).
    """

    positions: int
    contested: int
    possible_positions: int
    influences: int
    possible_influences: int

    def document(self) -> dict[str, Any]:
        """The ``coverage`` object of the contracts."""
        return {
            "positions": {
                "stated": self.positions,
                "contested": self.contested,
                "possible": self.possible_positions,
            },
            "influences": {"stated": self.influences, "possible": self.possible_influences},
        }


@dataclass(frozen=True)
class Snapshot:
    """What one kind of reader believes at a revision and a day.

    Attributes:
        revision: the revision read.
        as_of: the day read at, ``None`` for the latest.
        recorded_on: the day the revision was written; ``date.min`` for an empty store.
        level: ``public``, ``partenaires`` or ``pilotes``: hidden records are absent.
        actors: sorted by id; in a project's scope with their family and involvement there.
        objectives: sorted by id.
        positions: actors × objectives.
        influences: actors × actors.
        vocabulary: shipped lists and the visible terms of the pilot.
        tables: visible believed versions of the other tables, read when first asked for.
        flow_columns: visible believed flows, read when first asked for.
        erased_since: a later revision that erased a person's data, hence also from what is read here.
    """

    revision: int
    as_of: date | None
    recorded_on: date
    level: str
    actors: Entities[Actor]
    objectives: Entities[Objective]
    positions: Judgements
    influences: Judgements
    vocabulary: Vocabulary
    tables: Callable[[str], tuple[Version, ...]]
    flow_columns: Callable[[], Flows]
    erased_since: int | None = None

    @property
    def day(self) -> date:
        """The day at which dated relations are read: ``as_of``, else the day of the revision.

        Never the clock's: what "the latest" says moves only by a write.
        """
        return self.as_of or self.recorded_on

    def records(self, table: str) -> tuple[Version, ...]:
        """Visible believed versions of a table, in order of id or counter; a scope does not cut them."""
        return self.tables(table)

    def alias(self, table: str, old: str) -> str | None:
        """The id that an old id of a table leads to, by the aliases the reader may see."""
        known = {
            a.old: a.id for a in (cast(Alias, v.value) for v in self.tables("aliases")) if a.table == table
        }
        found, met = known.get(old), {old}
        while found in known and found not in met:
            met.add(found)
            found = known[found]
        return found

    @functools.cached_property
    def stakes(self) -> Entities[Stake]:
        """Spheres of stakes, sorted by id."""
        return Entities([cast(Stake, v.value) for v in self.tables("stakes")])

    @functools.cached_property
    def projects(self) -> Entities[Project]:
        """Projects, sorted by id."""
        return Entities([cast(Project, v.value) for v in self.tables("projects")])

    @functools.cached_property
    def territories(self) -> Entities[Territory]:
        """Territories, sorted by id."""
        return Entities([cast(Territory, v.value) for v in self.tables("territories")])

    @functools.cached_property
    def flows(self) -> Flows:
        """Flows between territories, in places of ``territories``; a scope does not cut them."""
        return self.flow_columns()

    @functools.cached_property
    def coverage(self) -> Coverage:
        """Coverage of positions and influences in this scope."""
        n, m = self.positions.shape
        off_diagonal = int(np.count_nonzero(self.influences.row != self.influences.col))
        return Coverage(
            len(self.positions.stated), len(self.positions.contested), n * m, off_diagonal, n * (n - 1)
        )

    def restricted(
        self,
        actors: NDArray[np.bool_] | None = None,
        objectives: NDArray[np.bool_] | None = None,
        roles: Mapping[str, Actor] | None = None,
    ) -> Snapshot:
        """The part about some actors and some objectives.

        Args:
            actors: mask over ``actors``, ``None`` for all.
            objectives: mask over ``objectives``, ``None`` for all.
            roles: actors to put in place of those of the same id (family and involvement in a project).
        """
        rows = np.ones(len(self.actors), dtype=np.bool_) if actors is None else actors
        cols = np.ones(len(self.objectives), dtype=np.bool_) if objectives is None else objectives
        kept = self.actors.where(rows)
        if roles:
            kept = Entities([roles.get(actor.id, actor) for actor in kept])
        return dataclasses.replace(
            self,
            actors=kept,
            objectives=self.objectives.where(cols),
            positions=self.positions.restricted(rows, cols),
            influences=self.influences.restricted(rows, rows),
        )

    def with_positions(self, moves: Mapping[tuple[str, str], int | None]) -> Snapshot:
        """The snapshot as it would be if some effective positions were different; writes nothing.

        Args:
            moves: (actor, objective) → value −4..4, or ``None`` for unknown.
        """
        keys = sorted(
            (self.actors.index[a] << 32 | self.objectives.index[o], value) for (a, o), value in moves.items()
        )
        pairs = np.array([pair for pair, _ in keys], dtype=np.int64)
        known = [(pair, value) for pair, value in keys if value is not None]
        fresh = Effective(
            np.array([pair for pair, _ in known], dtype=np.int64),
            np.array([value for _, value in known], dtype=np.int8),
            np.zeros(len(known), dtype=np.bool_),
            np.full(len(known), np.nan),
        )
        moved = dataclasses.replace(self.positions, effective=self.positions.effective.spliced(pairs, fresh))
        return dataclasses.replace(self, positions=moved)

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """The effective graph for networkx: actors, objectives, stakes, projects and what ties them.

        Node keys are ``kind:id``; every edge has ``kind`` and its value. A new graph at each call.
        """
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(revision=self.revision)
        for kind, items in (
            ("actor", self.actors),
            ("objective", self.objectives),
            ("stake", self.stakes),
            ("project", self.projects),
        ):
            for item in cast("Entities[Fact]", items):
                document = {k: v for k, v in to_document(item).items() if isinstance(v, str | int | float)}
                graph.add_node(f"{kind}:{document['id']}", kind=kind, **document)
        actors, objectives = self.actors.ids, self.objectives.ids
        for row, col, value in zip(
            self.positions.row, self.positions.col, self.positions.stated.value, strict=True
        ):
            graph.add_edge(
                f"actor:{actors[row]}", f"objective:{objectives[col]}", kind="position", value=int(value)
            )
        for row, col, value in zip(
            self.influences.row, self.influences.col, self.influences.stated.value, strict=True
        ):
            graph.add_edge(f"actor:{actors[row]}", f"actor:{actors[col]}", kind="influence", value=int(value))
        for objective in self.objectives:
            if objective.stake in self.stakes:
                graph.add_edge(f"objective:{objective.id}", f"stake:{objective.stake}", kind="part_of")
        for version in self.tables("targets"):
            target = cast(Any, version.value)
            if target.objective in self.objectives and target.project in self.projects:
                weight = 1.0 if target.weight is None else target.weight
                graph.add_edge(
                    f"project:{target.project}", f"objective:{target.objective}", kind="target", value=weight
                )
        return graph
