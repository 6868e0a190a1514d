"""What one reader may see of single records, asked for without the rest of the graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from graph.errors import InvalidValue, NotFound
from graph.model import TABLES, Alias, Fact, Table
from graph.stores.backend import Reader
from graph.stores.references import ends, pointing
from graph.stores.visibility import PILOTS, redacted, shows

MOST = 1_000
"""Greatest limit of a list."""


def bounds(name: str, value: int, low: int, high: int) -> None:
    """Refuse a number that is out of bounds.

    Raises:
        InvalidValue: naming it.
    """
    if not low <= value <= high:
        raise InvalidValue(
            f"« {name} » : {value} ; attendu de {low} à {high}.",
            f"'{name}': {value}; expected {low} to {high}.",
        )


class Sight:
    """Single records as a reader of a level sees them; hidden ones are absent.

    Args:
        reader: a consistent view of the store.
        level: ``public``, ``partenaires`` or ``pilotes``.
    """

    def __init__(self, reader: Reader, level: str) -> None:
        self.reader = reader
        self.level = level

    def visible(self, table: str, ids: Sequence[str]) -> dict[str, Any]:
        """Of these entities, those the reader may see."""
        found = self.reader.by_id(table, ids)
        return {id_: version.value for id_, version in found.items() if shows(version.value, self.level)}

    def seen(self, table: Table, value: Fact) -> Fact | None:
        """A record as the reader sees it, ``None`` when one of its ends is hidden."""
        if self.level == PILOTS:
            return value
        held: dict[str, list[str]] = {str(spec.ref): [] for spec in pointing(table)}
        for spec, id_ in ends(table, value):
            held[str(spec.ref)].append(id_)
        return redacted(
            table, value, {name: frozenset(self.visible(name, ids)) for name, ids in held.items()}
        )

    def entity(self, table: str, id_: str, fr: str, en: str) -> Fact:
        """An entity, an alias resolved.

        Args:
            table: of entities.
            id_: as it was asked for.
            fr: what is said in French when there is none.
            en: the same in English.

        Raises:
            NotFound: no such entity, or hidden from this reader.
        """
        found = self.visible(table, [id_])
        if not found:
            aliases = {
                alias.old: alias.id
                for alias in (cast(Alias, version.value) for version in self.reader.scan("aliases"))
                if alias.table == table and shows(alias, self.level)
            }
            target, met = id_, {id_}
            while target in aliases and aliases[target] not in met:
                target = aliases[target]
                met.add(target)
            found = self.visible(table, [target])
        for value in found.values():
            seen = self.seen(TABLES[table], value)
            if seen is not None:
                return seen
        raise NotFound(f"{fr} : « {id_[:80]} ».", f"{en}: '{id_[:80]}'.")
