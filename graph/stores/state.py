"""What is believed at a revision, read once, kept, and patched after a write instead of read again."""

from __future__ import annotations

import bisect
import dataclasses
import functools
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from graph.columns import OPEN, Statements, statements_from
from graph.effective import Effective, settle_all
from graph.flows import Flows, FlowTable, flows_from
from graph.ids import record_counter
from graph.model import TABLES, Table, Term
from graph.snapshot import Entities
from graph.stores.backend import Raw, Reader, Version
from graph.stores.references import pointing
from graph.stores.uncollected import uncollected
from graph.stores.visibility import rank
from graph.vocabulary import Vocabulary, shipped

REFRESH_LIMIT = 5_000
"""Above this many records touched since, everything is read again: patching would cost more."""

Loader = Callable[[str, int], tuple[Version, ...]]
FlowLoader = Callable[[int], FlowTable]


@dataclasses.dataclass(frozen=True)
class State:
    """Everything believed at one revision, for pilots.

    Attributes:
        revision: the revision.
        recorded_on: the day it was written; ``date.min`` for an empty store.
        entities: believed versions of actors and objectives, sorted by id.
        statements: positions and influences, in places of the sorted ids.
        effective: their effective values at the latest.
        raters: sorted, the cartography (``""``) first.
        others: the other tables read so far.
        load: reads another table at a revision.
        load_flows: reads the flows at a revision, as columns.
        models: actors and objectives as a snapshot shows them, kept from one revision to the next.
        kept_flows: the flows, once they were asked for, as the only item.
    """

    revision: int
    recorded_on: date
    entities: dict[str, tuple[Version, ...]]
    statements: dict[str, Statements]
    effective: dict[str, Effective]
    raters: dict[str, tuple[str, ...]]
    others: dict[str, tuple[Version, ...]]
    load: Loader
    load_flows: FlowLoader
    models: dict[str, Entities[Any]] = dataclasses.field(default_factory=dict)
    kept_flows: list[Flows] = dataclasses.field(default_factory=list)

    def model(self, name: str) -> Entities[Any]:
        """Actors or objectives as a snapshot shows them, made once."""
        if name not in self.models:
            self.models[name] = Entities([version.value for version in self.entities[name]])
        return self.models[name]

    def table(self, name: str) -> tuple[Version, ...]:
        """Believed versions of a table, in order of id or counter."""
        if name in self.entities:
            return self.entities[name]
        if name not in self.others:
            self.others[name] = self.load(name, self.revision)
        return self.others[name]

    def flows(self) -> Flows:
        """Believed flows in places of the territories' sorted ids, read when first asked for."""
        if not self.kept_flows:
            places = {version.id: place for place, version in enumerate(self.table("territories"))}
            self.kept_flows.append(self.load_flows(self.revision).placed(places))
        return self.kept_flows[0]

    @functools.cached_property
    def vocabulary(self) -> Vocabulary:
        """Shipped lists and the pilot's terms."""
        return vocabulary_with(self.table("vocabulary"))


def vocabulary_with(terms: Iterable[Version]) -> Vocabulary:
    """Shipped lists and some of the pilot's terms."""
    found = [cast(Term, version.value) for version in terms]
    return shipped().extended(found) if found else shipped()


def ends_of(name: str) -> tuple[str, str]:
    """Tables of the rows and of the columns of a table of statements."""
    first, second = pointing(TABLES[name])[:2]
    return str(first.ref), str(second.ref)


def order(table: Table, version: Version) -> tuple[int, str]:
    """Sort key of the records of a table: by counter, or by id (code point) for entities."""
    counter = None if table.entity else record_counter(table.letter, version.id)
    return (counter or 0, version.id)


def read_state(reader: Reader, at_revision: int | None, load: Loader, load_flows: FlowLoader) -> State:
    """Read everything that analyses of positions and influences need."""
    head = reader.head()
    revision = head if at_revision is None else at_revision
    then = None if revision == head else revision
    written = reader.revision(revision)
    with uncollected():
        entities = {
            name: tuple(sorted(reader.scan(name, then), key=lambda v: v.id))
            for name in ("actors", "objectives")
        }
    places = {name: {v.id: i for i, v in enumerate(rows)} for name, rows in entities.items()}
    statements: dict[str, Statements] = {}
    raters: dict[str, tuple[str, ...]] = {}
    for name in ("positions", "influences"):
        row_table, col_table = ends_of(name)
        raw = reader.statements(name, then)
        statements[name], raters[name] = placed(raw, places[row_table], places[col_table])
    return State(
        revision,
        date.min if written is None else datetime.fromisoformat(written.moment).date(),
        entities,
        statements,
        {name: settle_all(rows, None) for name, rows in statements.items()},
        raters,
        {},
        load,
        load_flows,
    )


def placed(raw: Raw, rows: dict[str, int], cols: dict[str, int]) -> tuple[Statements, tuple[str, ...]]:
    """Statements renumbered from a store's own integers to places of sorted ids and sorted raters."""
    used = sorted({"", *raw.raters})
    rater_place = {text: place for place, text in enumerate(used)}
    to_row = np.array([rows.get(id_, -1) for id_ in raw.row_ids], dtype=np.int64)
    to_col = np.array([cols.get(id_, -1) for id_ in raw.col_ids], dtype=np.int64)
    to_rater = np.array([rater_place[text] for text in raw.raters], dtype=np.int32)
    old = raw.statements
    if len(old) == 0:
        return old, tuple(used)
    pair = to_row[old.row] << 32 | to_col[old.col]
    renumbered = dataclasses.replace(old, pair=pair, rater=to_rater[old.rater])
    return renumbered.sorted(), tuple(used)


def refreshed(state: State, reader: Reader) -> State | None:
    """The state at the head, made from an earlier one by reading only what was touched since.

    Returns:
        ``None`` when too much was touched, or data were erased: then everything is read again.
    """
    head = reader.head()
    touched = reader.touched_since(state.revision, REFRESH_LIMIT)
    written = reader.revision(head)
    if touched is None or written is None:
        return None
    by_table: dict[str, list[str]] = {}
    for table, record in touched:
        by_table.setdefault(table, []).append(record)
    entities = {
        name: _patched(TABLES[name], rows, reader, by_table.get(name, ()))
        for name, rows in state.entities.items()
    }
    others = {
        name: _patched(TABLES[name], rows, reader, by_table.get(name, ()))
        for name, rows in state.others.items()
    }
    statements, effective = dict(state.statements), dict(state.effective)
    for name in statements:
        row_table, col_table = ends_of(name)
        maps = [_moved(state.entities[t], entities[t]) for t in (row_table, col_table)]
        if maps[0] is not None or maps[1] is not None:
            statements[name] = _renumbered(statements[name], maps[0], maps[1])
            effective[name] = settle_all(statements[name], None)
        if name in by_table:
            said = _said(
                TABLES[name],
                state.raters[name],
                reader,
                by_table[name],
                entities[row_table],
                entities[col_table],
            )
            if said is None:
                return None
            pairs, fresh = said
            statements[name] = statements[name].spliced(pairs, fresh)
            effective[name] = effective[name].spliced(pairs, settle_all(fresh, None))
    return State(
        head,
        datetime.fromisoformat(written.moment).date(),
        entities,
        statements,
        effective,
        state.raters,
        others,
        state.load,
        state.load_flows,
        {name: made for name, made in state.models.items() if entities[name] is state.entities[name]},
        _flows_now(state, others, reader, by_table.get("flows", ())),
    )


def _flows_now(
    state: State, others: dict[str, tuple[Version, ...]], reader: Reader, touched: Sequence[str]
) -> list[Flows]:
    """The flows kept by an earlier state, after what was touched since; nothing when none were kept."""
    if not state.kept_flows:
        return []
    flows, territories = state.kept_flows[0], others["territories"]
    places = _moved(state.others["territories"], territories)
    if places is not None:
        flows = flows.renumbered(places)
    if touched:
        believed = reader.by_id("flows", list(touched)).values()
        fresh = flows_from(believed, {version.id: place for place, version in enumerate(territories)})
        flows = flows.patched([record_counter("F", id_) or 0 for id_ in touched], fresh)
    return [flows]


def _patched(
    table: Table, rows: tuple[Version, ...], reader: Reader, touched: Sequence[str]
) -> tuple[Version, ...]:
    if not touched:
        return rows
    gone = set(touched)
    kept = [version for version in rows if version.id not in gone]
    fresh = reader.by_id(table.name, list(touched)).values()
    return tuple(sorted([*kept, *fresh], key=lambda v: order(table, v)))


def _moved(before: tuple[Version, ...], after: tuple[Version, ...]) -> NDArray[np.int64] | None:
    if before is after or (
        len(before) == len(after) and all(a.id == b.id for a, b in zip(before, after, strict=True))
    ):
        return None
    places = {version.id: place for place, version in enumerate(after)}
    return np.array([places.get(version.id, -1) for version in before], dtype=np.int64)


def _renumbered(
    old: Statements, rows: NDArray[np.int64] | None, cols: NDArray[np.int64] | None
) -> Statements:
    row = old.row if rows is None else rows[old.row]
    col = old.col if cols is None else cols[old.col]
    kept = (row >= 0) & (col >= 0)
    pair = row << 32 | col
    return (
        dataclasses.replace(old, pair=pair).take(kept)
        if not kept.all()
        else dataclasses.replace(old, pair=pair)
    )


def _said(
    table: Table,
    raters: tuple[str, ...],
    reader: Reader,
    touched: Sequence[str],
    rows: tuple[Version, ...],
    cols: tuple[Version, ...],
) -> tuple[NDArray[np.int64], Statements] | None:
    """Pairs that some statements are about, and all that is believed about them now."""
    row_field, col_field = (spec.name for spec in pointing(table)[:2])
    believed = reader.by_id(table.name, list(touched))
    said = [believed.get(id_) or next(iter(reader.history(table.name, id_)), None) for id_ in touched]
    if None in said:
        return None
    about = sorted({_ends(version.value, row_field, col_field) for version in said if version is not None})
    places = {pair: (_place(rows, pair[0]), _place(cols, pair[1])) for pair in about}
    present = [pair for pair in about if min(places[pair]) >= 0]
    pairs = np.array(sorted(places[pair][0] << 32 | places[pair][1] for pair in present), dtype=np.int64)
    fresh = reader.statements_of(table.name, present)
    known = {text: place for place, text in enumerate(raters)}
    if any((cast(Any, version.value).rater or "") not in known for version in fresh):
        return None
    return pairs, _columns(table, fresh, rows, cols, known)


def _ends(value: Any, row_field: str, col_field: str) -> tuple[str, str]:
    return getattr(value, row_field), getattr(value, col_field)


def _place(versions: tuple[Version, ...], id_: str) -> int:
    place = bisect.bisect_left(versions, id_, key=lambda version: version.id)
    return place if place < len(versions) and versions[place].id == id_ else -1


def _columns(
    table: Table,
    versions: Iterable[Version],
    row_versions: tuple[Version, ...],
    col_versions: tuple[Version, ...],
    raters: dict[str, int],
) -> Statements:
    row_field, col_field = (spec.name for spec in pointing(table)[:2])
    rows = [(version, cast(Any, version.value)) for version in versions]
    return statements_from(
        [_place(row_versions, getattr(value, row_field)) for _, value in rows],
        [_place(col_versions, getattr(value, col_field)) for _, value in rows],
        [raters[value.rater or ""] for _, value in rows],
        [value.valid_from.toordinal() for _, value in rows],
        [OPEN if value.valid_to is None else value.valid_to.toordinal() for _, value in rows],
        [value.value for _, value in rows],
        [np.nan if value.confidence is None else value.confidence for _, value in rows],
        [value.retained for _, value in rows],
        [rank(value.visibility) for _, value in rows],
        [record_counter(table.letter, version.id) or 0 for version, _ in rows],
        [version.revision for version, _ in rows],
    )
