"""What records point to: ends that must exist, aliases, dependents, trees."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Iterable, Iterator
from typing import Any, cast

import numpy as np

from graph.errors import DanglingReference, DependentsExist, InvalidValue
from graph.model import TABLES, Alias, Fact, FieldSpec, Kind, Table
from graph.stores.backend import Reader

TREES = {"stakes": "parent", "projects": "parent", "territories": "parents"}
"""Tables whose records stand under others of the same table, and the field that says so."""

FEW = 500
"""Ids asked for one by one; beyond, all the ids of the table are read."""

LISTED = 20
"""How many dependents a refusal names before it only counts them."""


@functools.cache
def pointing(table: Table) -> tuple[FieldSpec, ...]:
    """Fields of a table that point to an entity."""
    return tuple(spec for spec in table.fields if spec.kind in (Kind.REF, Kind.REFS))


def ends(table: Table, value: Fact) -> Iterator[tuple[FieldSpec, str]]:
    """Every (field, id) that a record points to."""
    for spec in pointing(table):
        held = getattr(value, spec.name)
        if held is not None:
            for id_ in held if spec.many else (held,):
                yield spec, id_


def pointed_at(table: Table, value: Fact, target: str, id_: str) -> bool:
    """Whether a record points to this id of table ``target``."""
    return any(spec.ref == target and end == id_ for spec, end in ends(table, value))


def redirected(table: Table, value: Fact, target: str, to: dict[str, str]) -> Fact:
    """The record with its ends of table ``target`` replaced where ``to`` says so."""
    changes: dict[str, Any] = {}
    for spec in pointing(table):
        held = getattr(value, spec.name)
        if spec.ref != target or held is None:
            continue
        if spec.many:
            if any(id_ in to for id_ in held):
                changes[spec.name] = tuple(dict.fromkeys(to.get(id_, id_) for id_ in held))
        elif held in to:
            changes[spec.name] = to[held]
    return dataclasses.replace(value, **changes) if changes else value


class Known:
    """Ids that exist while a revision is written, and aliases, each table read once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._ids: dict[str, set[str]] = {}
        self._present: dict[str, set[str]] = {}
        self._aliases: dict[str, dict[str, str]] | None = None

    def ids(self, table: str) -> set[str]:
        """Ids of an entity table."""
        if table not in self._ids:
            self._ids[table] = self._reader.ids(table)
        return self._ids[table]

    def forget(self, table: str) -> None:
        """Read again next time: the table was written."""
        self._ids.pop(table, None)
        self._present.pop(table, None)
        if table == "aliases":
            self._aliases = None

    def aliases(self, table: str) -> dict[str, str]:
        """Old id → id for a table; chains are followed."""
        if self._aliases is None:
            self._aliases = {}
            for version in self._reader.scan("aliases"):
                alias = cast(Alias, version.value)
                self._aliases.setdefault(alias.table, {})[alias.old] = alias.id
            for found in self._aliases.values():
                for old in list(found):
                    seen = {old}
                    while found[old] in found and found[old] not in seen:
                        seen.add(found[old])
                        found[old] = found[found[old]]
        return self._aliases.get(table, {})

    def resolved(self, table: Table, values: list[Fact]) -> list[Fact]:
        """The records with old ids replaced by those they are aliases of."""
        for target in {str(spec.ref) for spec in pointing(table)}:
            old = self.aliases(target)
            if old:
                values = [redirected(table, value, target, old) for value in values]
        return values

    def expect(self, table: Table, values: Iterable[Fact]) -> None:
        """Learn at once whether what some records point to exists: few ids are asked for, not all of them."""
        asked: dict[str, set[str]] = {}
        for spec in pointing(table):
            target = str(spec.ref)
            if target not in self._ids:
                wanted = asked.setdefault(target, set())
                for value in values:
                    held = getattr(value, spec.name)
                    if held:
                        wanted.update(held if spec.many else (held,))
        few: dict[str, set[str]] = {}
        for target, wanted in asked.items():
            fresh = wanted - self._present.setdefault(target, set())
            if len(fresh) > FEW:
                self.ids(target)
            elif fresh:
                few[target] = fresh
        if few:
            for target, found in self._reader.present(few).items():
                self._present[target] |= found

    def has(self, table: str, id_: str) -> bool:
        """Whether an entity exists."""
        if table in self._ids:
            return id_ in self._ids[table]
        return id_ in self._present.get(table, ()) or id_ in self.ids(table)

    def refuse_missing(self, table: Table, values: list[Fact]) -> None:
        """Refuse the first record that points to what does not exist.

        Raises:
            DanglingReference: naming the sheet, the column and the id.
        """
        self.expect(table, values)
        absent = False
        for spec in pointing(table):
            held = set(map(operator.attrgetter(spec.name), values)) - {None, ()}
            ids = set().union(*held) if spec.many else held
            absent = absent or not all(self.has(str(spec.ref), id_) for id_ in ids)
        if absent:
            for value in values:
                faults = self.missing(table, value)
                if faults:
                    raise dangling(table, faults)

    def missing(self, table: Table, value: Fact) -> list[tuple[FieldSpec, str]]:
        """Ends that do not exist."""
        found = []
        for spec in pointing(table):
            held = getattr(value, spec.name)
            if not held:
                continue
            target = str(spec.ref)
            ids = held if spec.many else (held,)
            found += [(spec, id_) for id_ in ids if not self.has(target, id_)]
        return found


def dangling(table: Table, faults: Iterable[tuple[FieldSpec, str]]) -> DanglingReference:
    """The error for ends that do not exist."""
    spec, id_ = next(iter(faults))
    sheet = TABLES[str(spec.ref)].sheet
    return DanglingReference(
        f"{table.sheet}, colonne « {spec.fr} » : « {id_} » n'existe pas dans « {sheet} ».",
        f"{table.name}, field '{spec.name}': '{id_}' does not exist in '{spec.ref}'.",
    )


def dependents(reader: Reader, target: str, gone: set[str]) -> list[str]:
    """Ids of the believed records, aliases included, that point to these ids of a table, as ``table:id``."""
    found: list[str] = []
    for table in TABLES.values():
        if not any(spec.ref == target for spec in pointing(table)):
            continue
        if table.statement:
            raw = reader.statements(table.name)
            rows = {place for place, id_ in enumerate(raw.row_ids) if id_ in gone and _rows(table) == target}
            cols = {place for place, id_ in enumerate(raw.col_ids) if id_ in gone and _cols(table) == target}
            if not rows and not cols:
                continue
            for row, col, record in zip(
                raw.statements.row.tolist(),
                raw.statements.col.tolist(),
                raw.statements.record.tolist(),
                strict=True,
            ):
                if row in rows or col in cols:
                    found.append(f"{table.name}:{table.letter}{record}")
            continue
        if table.name == "flows":
            found += _flows_to(reader, gone)
            continue
        found.extend(
            f"{table.name}:{version.id}"
            for version in reader.scan(table.name)
            if any(spec.ref == target and id_ in gone for spec, id_ in ends(table, version.value))
        )
    aliases = ((version.id, cast(Alias, version.value)) for version in reader.scan("aliases"))
    found.extend(f"aliases:{id_}" for id_, alias in aliases if alias.table == target and alias.id in gone)
    return found


def _flows_to(reader: Reader, gone: set[str]) -> list[str]:
    """Believed flows with an end among these territories, in order of counter."""
    raw = reader.flows()
    of = np.array([id_ in gone for id_ in raw.territories], dtype=np.bool_)
    if not of.any():
        return []
    tied = of[raw.flows.origin] | of[raw.flows.destination]
    return [f"flows:F{counter}" for counter in np.sort(raw.flows.record[tied]).tolist()]


def _rows(table: Table) -> str:
    return str(pointing(table)[0].ref)


def _cols(table: Table) -> str:
    return str(pointing(table)[1].ref)


def refuse_dependents(reader: Reader, target: str, gone: set[str]) -> None:
    """Refuse to leave relations without an end.

    Raises:
        DependentsExist: with the list.
    """
    held = dependents(reader, target, gone)
    if held:
        shown = ", ".join(held[:LISTED]) + (f" et {len(held) - LISTED} autres" if len(held) > LISTED else "")
        raise DependentsExist(
            f"{TABLES[target].sheet} : {', '.join(sorted(gone)[:LISTED])} est encore lié à {shown}. "
            "Retirez d'abord ces enregistrements, ou fusionnez.",
            f"{target}: {', '.join(sorted(gone)[:LISTED])} is still tied to {shown}. "
            "Retract those records first, or merge.",
            held,
        )


def refuse_cycles(reader: Reader, table: str) -> None:
    """Refuse a tree that bites its tail.

    Raises:
        InvalidValue: naming the ids on the cycle.
    """
    field = TREES[table]
    parents: dict[str, tuple[str, ...]] = {}
    for version in reader.scan(table):
        held = getattr(version.value, field)
        parents[version.id] = held if isinstance(held, tuple) else (held,) if held else ()
    done: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            id_, leaving = stack.pop()
            if leaving:
                path.pop(id_, None)
                done.add(id_)
                continue
            if id_ in path:
                loop = " → ".join([*list(path)[list(path).index(id_) :], id_])
                raise InvalidValue(
                    f"{TABLES[table].sheet} : la hiérarchie tourne en rond ({loop}).",
                    f"{table}: the hierarchy runs in a circle ({loop}).",
                )
            if id_ in done:
                continue
            path[id_] = None
            stack.append((id_, True))
            stack.extend((parent, False) for parent in parents.get(id_, ()))
