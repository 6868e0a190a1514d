"""One neighbourhood of a large graph, read from the store without the rest of it.

The adapter selects the statements around an actor (in SQL, in Cypher); who may see them and what they amount to is
decided here, by the same rules as for a snapshot.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

import numpy as np

from graph.effective import settle_all
from graph.judgements import Judgements
from graph.model import TABLES, Actor, Participation
from graph.neighbourhood import Neighbourhood, Sharing, Taking, Tie
from graph.scope import holds
from graph.stores.backend import Reader
from graph.stores.sight import MOST, Sight, bounds
from graph.stores.state import ends_of, placed
from graph.stores.visibility import rank, shows

T = TypeVar("T")

ROWS, COLS = 0, 1
"""Which end of a statement is meant."""

WALK = 200
"""Other actors looked at together: few of them are hidden, so that one step is mostly enough."""

RADII = (1, 2)


def neighbourhood(
    reader: Reader, actor_id: str, *, level: str, as_of: date | None, radius: int, limit: int
) -> Neighbourhood:
    """What is believed around an actor.

    Args:
        reader: a consistent view of the store.
        actor_id: the actor; an alias is resolved.
        level: of the reader.
        as_of: the day of reading; ``None``: at the latest.
        radius: 1, what touches the actor; 2, those who have positions on the same objectives too.
        limit: most items of a list.

    Raises:
        NotFound: no such actor, or hidden from this reader.
        InvalidValue: radius or limit out of bounds.
    """
    bounds("radius", radius, RADII[0], RADII[-1])
    bounds("limit", limit, 1, MOST)
    return _Around(reader, actor_id, level, as_of, limit).read(radius)


@dataclass(frozen=True)
class _Said:
    """Statements between some given entities and others, as one reader sees them.

    Attributes:
        judged: rows and columns are places among sorted ids.
        end: which end the given entities are.
        others: ids of the other end, sorted.
        facts: the visible ones by id, where they were looked up.
    """

    judged: Judgements
    end: int
    others: Sequence[str]
    facts: dict[str, Any]

    def ties(self) -> list[tuple[tuple[bool, int, str], int]]:
        """Places of the effective entries with what they are sorted by."""
        effective = self.judged.effective
        other = effective.pair & 0xFFFFFFFF if self.end == ROWS else effective.pair >> 32
        keyed = [
            ((contested, -abs(value), self.others[place]), entry)
            for entry, (contested, value, place) in enumerate(
                zip(effective.contested.tolist(), effective.value.tolist(), other.tolist(), strict=True)
            )
        ]
        return sorted(keyed)

    def tie(self, entry: tuple[tuple[bool, int, str], int]) -> Tie:
        """One effective entry in words."""
        (contested, _, id_), place = entry
        effective = self.judged.effective
        row, col = divmod(int(effective.pair[place]), 1 << 32)
        return Tie(
            id_,
            self.facts[id_].name,
            None if contested else int(effective.value[place]),
            None if contested else self.judged.confidence_at(row, col),
            self.judged.records(row, col),
        )


class _Around:
    """One reading."""

    def __init__(self, reader: Reader, actor_id: str, level: str, as_of: date | None, limit: int) -> None:
        self.reader = reader
        self.level = level
        self.as_of = as_of
        self.limit = limit
        self.cut: list[str] = []
        self.sight = Sight(reader, level)
        self.actor = cast(Actor, self.sight.entity("actors", actor_id, "Acteur inconnu", "Unknown actor"))

    def read(self, radius: int) -> Neighbourhood:
        """All of it."""
        own = self._said("positions", [self.actor.id], ROWS)
        given = self._said("influences", [self.actor.id], ROWS)
        received = self._said("influences", [self.actor.id], COLS)
        return Neighbourhood(
            actor=self.actor,
            revision=self.reader.head(),
            as_of=self.as_of,
            objectives=sum(shows(version.value, self.level) for version in self.reader.scan("objectives")),
            stated=len(own.judged.stated),
            contested=len(own.judged.contested),
            influences=len(given.judged.stated) + len(received.judged.stated),
            positions=tuple(map(own.tie, self._kept("positions", own.ties()))),
            given=tuple(map(given.tie, self._kept("given", given.ties()))),
            received=tuple(map(received.tie, self._kept("received", received.ties()))),
            participations=tuple(self._kept("participations", self._takings())),
            shared=() if radius == RADII[0] else tuple(self._kept("shared", self._sharing(own))),
            cut=tuple(self.cut),
        )

    def _kept(self, name: str, items: list[T]) -> list[T]:
        if len(items) > self.limit:
            self.cut.append(name)
        return items[: self.limit]

    def _said(self, table: str, given: Iterable[str], end: int, *, look: bool = True) -> _Said:
        """Visible statements about some visible entities; unless ``look``, the other end may be hidden."""
        near = sorted(given)
        raw = self.reader.around(table, near, end)
        statements = raw.statements.take(raw.statements.visibility <= rank(self.level))
        numbers, ids = (statements.col, raw.col_ids) if end == ROWS else (statements.row, raw.row_ids)
        met = [ids[number] for number in np.unique(numbers).tolist()]
        facts = self.sight.visible(ends_of(table)[1 - end], met) if look else {}
        others = sorted(facts if look else met)
        if len(others) < len(met):
            open_to = np.array([id_ in facts for id_ in ids], dtype=np.bool_)
            statements = statements.take(open_to[numbers])
        places = [{id_: place for place, id_ in enumerate(some)} for some in (near, others)]
        rows, cols = places if end == ROWS else reversed(places)
        statements, _ = placed(dataclasses.replace(raw, statements=statements), rows, cols)
        judged = Judgements(
            TABLES[table].letter,
            (len(rows), len(cols)),
            settle_all(statements, self.as_of),
            statements,
            self.as_of,
        )
        return _Said(judged, end, others, facts)

    def _takings(self) -> list[Taking]:
        written = self.reader.revision(self.reader.head())
        latest = date.min if written is None else datetime.fromisoformat(written.moment).date()
        table = TABLES["participations"]
        held: list[tuple[str, Participation]] = []
        for version in self.reader.starting(table.name, self.actor.id):
            value = cast(Participation, version.value)
            seen = self.sight.seen(table, value) if shows(value, self.level) else None
            if seen is not None and holds(value.since, value.until, self.as_of or latest):
                held.append((version.id, cast(Participation, seen)))
        projects = self.reader.by_id("projects", sorted({value.project for _, value in held}))
        found = [
            Taking(id_, str(cast(Any, projects[value.project].value).name), value) for id_, value in held
        ]
        return sorted(found, key=lambda t: (t.value.project, t.value.since or date.min))

    def _sharing(self, own: _Said) -> list[Sharing]:
        """Others on the same objectives: at most one more than the limit, which tells that there are more."""
        mine = dict(zip(own.judged.col.tolist(), own.judged.stated.value.tolist(), strict=True))
        said = self._said("positions", [own.others[place] for place in mine], COLS, look=False)
        judged = said.judged
        value = np.array([mine[place] for place in sorted(mine)], dtype=np.int64)[judged.col]
        theirs = judged.stated.value.astype(np.int64)
        count = np.bincount(judged.row, minlength=len(said.others))
        found: list[Sharing] = []
        order = np.lexsort((np.arange(len(count)), -count))
        order = order[count[order] > 0]
        bounds = np.searchsorted(judged.row, np.arange(len(count) + 1))
        objectives = sorted(own.others[place] for place in mine)
        for start in range(0, len(order), WALK):
            places = order[start : start + WALK].tolist()
            seen = self.sight.visible("actors", [said.others[place] for place in places])
            for place in places:
                id_ = said.others[place]
                if id_ == self.actor.id or id_ not in seen:
                    continue
                part = slice(int(bounds[place]), int(bounds[place + 1]))
                cols = judged.col[part].tolist()
                signs = np.sign(value[part] * theirs[part])
                weight = np.abs(value[part]) + np.abs(theirs[part])
                agreeing, opposed, neutral = (
                    tuple(
                        objectives[col] for col, sign in zip(cols, signs.tolist(), strict=True) if sign == s
                    )
                    for s in (1, -1, 0)
                )
                records = [record for col in cols for record in judged.records(place, col)]
                found.append(
                    Sharing(
                        id_,
                        seen[id_].name,
                        agreeing,
                        opposed,
                        neutral,
                        float(weight[signs > 0].sum()) / 2,
                        float(weight[signs < 0].sum()) / 2,
                        tuple(sorted(records, key=lambda r: (len(r), r))),
                    )
                )
                if len(found) > self.limit:
                    return found
        return found
