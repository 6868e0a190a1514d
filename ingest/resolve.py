"""Ids that rows name: known in the store or the file, aliases followed, the nearest proposed when unknown."""

from __future__ import annotations

import dataclasses
import difflib
import operator
from collections.abc import Sequence
from typing import Any

from graph.model import TABLES, Fact, FieldSpec, Kind, Table
from graph.stores import Store
from ingest.mapping import Draft
from ingest.opendata.hints import official

SUGGESTED = 200
"""Unknown ids for which a nearest one is searched: enough for people, bounded for a hopeless file."""

SEARCHED = 5_000
"""Most ids compared for one suggestion."""


class Ids:
    """Which ids exist, as the store and the file together say."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stored: dict[str, set[str]] = {}
        self._aliases: dict[str, dict[str, str]] = {}
        self._named: dict[str, set[str]] = {}
        self._gone: dict[str, set[str]] = {}
        self._untold: set[str] = set()
        self._suggested = 0

    def stored(self, table: str) -> set[str]:
        """Ids of a table in the store."""
        if table not in self._stored:
            self._stored[table] = self._store.ids(table)
        return self._stored[table]

    def aliases(self, table: str) -> dict[str, str]:
        """Old id → id of a table, the file's own included."""
        if table not in self._aliases:
            self._aliases[table] = self._store.aliases(table)
        return self._aliases[table]

    def add_alias(self, table: str, old: str, new: str) -> None:
        """An alias that the file or a choice adds."""
        known = self.aliases(table)
        known[old] = known.get(new, new)
        for earlier, target in known.items():
            if target == old:
                known[earlier] = known[old]

    def name(self, table: str, id_: str) -> None:
        """An id that a row of the file has (even when the row has errors, not to report each use of it)."""
        self._named.setdefault(table, set()).add(id_)

    def named(self, table: str) -> set[str]:
        """Ids that rows of the file have."""
        return self._named.setdefault(table, set())

    def forget(self, table: str, id_: str) -> None:
        """An id whose record the file takes back."""
        self._gone.setdefault(table, set()).add(id_)

    def untold(self, table: str) -> None:
        """The file has records of a table without their ids: which ones it adds cannot be told."""
        self._untold.add(table)

    @property
    def some_gone(self) -> bool:
        """Whether the file takes entities back."""
        return bool(self._gone)

    def known(self, table: str, id_: str) -> bool:
        """Whether an id exists once the file is applied."""
        if id_ in self._gone.get(table, ()):
            return False
        return id_ in self.stored(table) or id_ in self._named.get(table, ())

    def absent(self, table: str, id_: str) -> bool:
        """Whether it is certain that an id does not exist once the file is applied."""
        return table not in self._untold and not self.known(table, id_)

    def may_alias(self, table: Table) -> bool:
        """Whether rows of a table may name aliases at all."""
        targets = {str(spec.ref) for spec in pointing(table)} | ({"actors"} if table.statement else set())
        return any(self.aliases(target) for target in targets)

    def resolve(self, draft: Draft) -> None:
        """Replace the aliases a row names by the ids they stand for."""
        for spec in pointing(draft.origin.table):
            value = draft.given.get(spec.name)
            if value is None:
                continue
            aliases = self.aliases(str(spec.ref))
            if not aliases:
                continue
            if isinstance(value, str) and value in aliases:
                draft.given[spec.name] = aliases[value]
                draft.renamed |= spec.key
            elif isinstance(value, tuple) and not aliases.keys().isdisjoint(value):
                draft.given[spec.name] = tuple(dict.fromkeys(aliases.get(id_, id_) for id_ in value))
        rater = draft.given.get("rater")
        if isinstance(rater, str) and rater in self.aliases("actors"):
            draft.given["rater"] = self.aliases("actors")[rater]
            draft.renamed = True

    def all_known(self, table: Table, values: Sequence[Fact]) -> bool:
        """Whether every end of some records exists; each end is looked up once."""
        for spec in pointing(table):
            held = set(map(operator.attrgetter(spec.name), values)) - {None, ()}
            ids = set().union(*held) if spec.many else held
            if not all(self.known(str(spec.ref), id_) for id_ in ids):
                return False
        return True

    def missing(self, table: Table, value: object) -> list[tuple[FieldSpec, str]]:
        """Ends of a record, or of what is known of one, that do not exist; none where that cannot be told."""
        found: list[tuple[FieldSpec, str]] = []
        for spec in pointing(table):
            held: Any = getattr(value, spec.name)
            ids = (held if spec.many else (held,)) if held else ()
            found += [(spec, id_) for id_ in ids if self.absent(str(spec.ref), id_)]
        return found

    def nearest(self, table: str, id_: str) -> str | None:
        """The known id nearest to an unknown one."""
        self._suggested += 1
        if self._suggested > SUGGESTED:
            return None
        everything = self.stored(table) | self._named.get(table, set())
        among = sorted(everything)
        if len(among) > SEARCHED:
            among = [other for other in among if other[:2].casefold() == id_[:2].casefold()][:SEARCHED]
        folded = {other.casefold(): other for other in reversed(among)}
        close = difflib.get_close_matches(id_.casefold(), list(folded), n=1, cutoff=0.6)
        return folded[close[0]] if close else None


_POINTING = {
    name: tuple(spec for spec in table.fields if spec.kind in (Kind.REF, Kind.REFS))
    for name, table in TABLES.items()
}


def pointing(table: Table) -> tuple[FieldSpec, ...]:
    """Fields of a table that point to an entity."""
    return _POINTING[table.name]


def unknown_reference(draft: Draft, spec: FieldSpec, id_: str, near: str | None) -> Any:
    """The error for an end that does not exist; of an official territory, it says which and how to add it."""
    sheet = TABLES[str(spec.ref)].sheet
    says = official(id_) if spec.ref == "territories" else None
    if says is None:
        says = (
            f"Vouliez-vous dire « {near} » ?" if near else "Ajoutez-le, ou corrigez l'identifiant.",
            f"Did you mean '{near}'?" if near else "Add it, or correct the id.",
        )
    return dataclasses.replace(
        draft.issue(
            "unknown_reference",
            f"n'existe ni dans la feuille « {sheet} » du fichier ni dans le dépôt. {says[0]}",
            f"exists neither in the sheet '{sheet}' of the file nor in the store. {says[1]}",
            spec,
            id_,
            (f"un identifiant de « {sheet} »", f"an id of '{spec.ref}'"),
        )
    )
