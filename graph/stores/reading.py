"""Snapshots: a state seen by one kind of reader at one day."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import cast

import numpy as np
from numpy.typing import NDArray

from graph.columns import Statements
from graph.effective import settle_all
from graph.flows import Flows
from graph.judgements import Judgements
from graph.model import TABLES, Actor, Alias, Objective
from graph.snapshot import Entities, Snapshot
from graph.stores.backend import Version
from graph.stores.state import State, ends_of, order, vocabulary_with
from graph.stores.visibility import PILOTS, open_to, rank, reader_tables, redacted


def snapshot_for_pilots(state: State, as_of: date | None, erased_since: int | None) -> Snapshot:
    """Everything believed, at a day."""
    actors: Entities[Actor] = state.model("actors")
    objectives: Entities[Objective] = state.model("objectives")
    sizes = {"actors": len(actors), "objectives": len(objectives)}
    judged = {}
    for name, statements in state.statements.items():
        rows, cols = ends_of(name)
        effective = state.effective[name] if as_of is None else settle_all(statements, as_of)
        judged[name] = Judgements(
            TABLES[name].letter, (sizes[rows], sizes[cols]), effective, statements, as_of
        )
    return Snapshot(
        state.revision,
        as_of,
        state.recorded_on,
        PILOTS,
        actors,
        objectives,
        judged["positions"],
        judged["influences"],
        state.vocabulary,
        state.table,
        state.flows,
        erased_since,
    )


class Eyes:
    """What a reader below pilot sees of a state, given what is believed today."""

    def __init__(self, state: State, today: State, level: str) -> None:
        self.state = state
        self.today = today
        self.level = level

    @functools.cached_property
    def visible(self) -> dict[str, frozenset[str]]:
        """By entity table, the ids the reader may see."""
        found: dict[str, frozenset[str]] = {}
        seen_today = None if self.state is self.today else Eyes(self.today, self.today, self.level).visible
        for table in reader_tables():
            now = {version.id: version for version in self.today.table(table.name)}
            own = frozenset(
                version.id for version in self.state.table(table.name) if open_to(version, self.level, now)
            )
            # an entity's own end (a tension's project) may lie in a table that comes before, never in its own
            complete = {t.name: found.get(t.name, frozenset()) for t in reader_tables()} | {table.name: own}
            found[table.name] = frozenset(
                version.id
                for version in self.state.table(table.name)
                if version.id in own
                and _ends_visible(table.name, version, complete)
                and (seen_today is None or version.id in seen_today[table.name])
            )
        return found

    def table(self, name: str) -> tuple[Version, ...]:
        """Visible versions of a table, as this reader sees them."""
        return self._tables(name)

    def statements(self, name: str) -> tuple[Statements, NDArray[np.bool_], NDArray[np.bool_]]:
        """Visible statements in places of all ids, and masks of the visible rows and columns."""
        old = self.state.statements[name]
        rows, cols = (self._mask(table) for table in ends_of(name))
        shown = old.visibility <= rank(self.level)
        if self.state is not self.today:
            now = self.today.statements[name]
            shown &= self._open_today(now.record, now.visibility, old.record)
        if len(old):
            shown &= rows[old.row] & cols[old.col]
        return old.take(shown), rows, cols

    @functools.cache  # noqa: B019 - eyes live as long as the snapshot that holds them
    def flows(self) -> Flows:
        """Visible flows in places of the visible territories."""
        old = self.state.flows()
        seen = self._seen("territories", self.state.table("territories"))
        shown = old.visibility <= rank(self.level)
        if self.state is not self.today:
            now = self.today.flows()
            shown &= self._open_today(now.record, now.visibility, old.record)
        places = np.where(seen, np.cumsum(seen) - 1, -1)
        return old.take(shown).renumbered(places).compact()

    def _mask(self, table: str) -> NDArray[np.bool_]:
        return self._seen(table, self.state.entities[table])

    def _seen(self, table: str, versions: tuple[Version, ...]) -> NDArray[np.bool_]:
        seen = self.visible[table]
        return np.array([v.id in seen for v in versions], dtype=np.bool_)

    def _open_today(
        self, now: NDArray[np.int64], visibility: NDArray[np.uint8], old: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which old records are still believed, and open to the reader, by counters and visibilities of today."""
        open_now = np.sort(now[visibility <= rank(self.level)])
        if len(open_now) == 0:
            return np.zeros(len(old), dtype=np.bool_)
        place = np.minimum(np.searchsorted(open_now, old), len(open_now) - 1)
        return cast("NDArray[np.bool_]", open_now[place] == old)

    @functools.cached_property
    def _tables(self) -> Callable[[str], tuple[Version, ...]]:
        @functools.cache
        def read(name: str) -> tuple[Version, ...]:
            table = TABLES[name]
            now = {version.id: version for version in self.today.table(name)}
            kept: list[Version] = []
            for version in self.state.table(name):
                if table.entity and version.id not in self.visible[name]:
                    continue
                if not table.entity and not open_to(version, self.level, now):
                    continue
                value = redacted(table, version.value, self.visible)
                if value is not None:
                    kept.append(dataclasses.replace(version, value=value))
            return tuple(_leading_somewhere(kept, self.visible) if name == "aliases" else kept)

        return read


def _leading_somewhere(aliases: Iterable[Version], visible: Mapping[str, frozenset[str]]) -> list[Version]:
    """Old ids that lead, perhaps one by another, to what the reader may see."""
    left = list(aliases)
    known: set[tuple[str, str]] = set()
    kept: list[Version] = []
    while True:
        fresh = [v for v in left if _leads(cast(Alias, v.value), known, visible)]
        if not fresh:
            return sorted(kept, key=lambda version: order(TABLES["aliases"], version))
        kept += fresh
        left = [version for version in left if version not in fresh]
        known |= {(alias.table, alias.old) for alias in (cast(Alias, v.value) for v in fresh)}


def _leads(alias: Alias, known: set[tuple[str, str]], visible: Mapping[str, frozenset[str]]) -> bool:
    return alias.id in visible[alias.table] or (alias.table, alias.id) in known


def _ends_visible(name: str, version: Version, visible: Mapping[str, frozenset[str]]) -> bool:
    for spec in TABLES[name].fields:
        held = getattr(version.value, spec.name)
        if spec.end and held is not None and held not in visible[str(spec.ref)]:
            return False
    return True


def snapshot_for(
    state: State, today: State, as_of: date | None, level: str, erased_since: int | None
) -> Snapshot:
    """What a reader of a level may see: hidden records are absent from everything, coverage included.

    Args:
        state: what was believed at the revision read.
        today: what is believed at the head, by which visibility is judged.
        as_of: the day of reading.
        level: ``public``, ``partenaires`` or ``pilotes``.
        erased_since: a later revision that erased data.
    """
    if level == PILOTS:
        return snapshot_for_pilots(state, as_of, erased_since)
    eyes = Eyes(state, today, level)
    everyone = snapshot_for_pilots(state, as_of, erased_since)
    judged: dict[str, Judgements] = {}
    masks: dict[str, NDArray[np.bool_]] = {}
    for name in ("positions", "influences"):
        shown, rows, cols = eyes.statements(name)
        whole: Judgements = getattr(everyone, name)
        seen = Judgements(whole.letter, whole.shape, settle_all(shown, as_of), shown, as_of)
        judged[name] = seen.restricted(rows, cols)
        masks.update(zip(ends_of(name), (rows, cols), strict=True))
    return dataclasses.replace(
        everyone,
        level=level,
        actors=Entities([cast(Actor, v.value) for v in eyes.table("actors")]),
        objectives=Entities([cast(Objective, v.value) for v in eyes.table("objectives")]),
        positions=judged["positions"],
        influences=judged["influences"],
        vocabulary=vocabulary_with(eyes.table("vocabulary")),
        tables=eyes.table,
        flow_columns=eyes.flows,
    )
