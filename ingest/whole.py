"""What only a whole file can get wrong: hierarchies that run in a circle, records taken back while others need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graph.model import TABLES
from graph.stores import Put, Retract, Store
from graph.stores.references import TREES, ends
from graph.versions import Version
from ingest.issues import Issue
from ingest.mapping import Draft

LISTED = 20
"""Dependents that a message names before it only counts them."""


def circles(
    store: Store, entities: Mapping[str, Sequence[Draft]], puts: Mapping[str, Sequence[Put]]
) -> Iterator[Issue]:
    """An error for each row of the file that stands under itself.

    Args:
        store: where the rest of the hierarchy is.
        entities: rows of the file, by table.
        puts: what would be written.
    """
    for name, field in TREES.items():
        if name not in puts:
            continue
        parents: dict[str, tuple[str, ...]] = {}
        written = [put.value for put in puts[name]]
        for value in (*(version.value for version in store.versions(name)), *written):
            held = getattr(value, field)
            parents[TABLES[name].key(value)[0]] = held if isinstance(held, tuple) else (held,) if held else ()
        rows = {draft.given.get("id"): draft for draft in entities.get(name, ())}
        for value in written:
            id_ = TABLES[name].key(value)[0]
            if id_ in rows and _under(parents, id_):
                yield rows[id_].issue(
                    "circle",
                    "cette fiche se trouve sous elle-même : la hiérarchie tourne en rond, corrigez un parent.",
                    "this record stands under itself: the hierarchy runs in a circle, correct a parent.",
                    TABLES[name].field[field],
                    "; ".join(parents[id_]),
                )


def _under(parents: Mapping[str, tuple[str, ...]], start: str) -> bool:
    seen: set[str] = set()
    queue = list(parents.get(start, ()))
    while queue:
        id_ = queue.pop()
        if id_ == start:
            return True
        if id_ not in seen:
            seen.add(id_)
            queue.extend(parents.get(id_, ()))
    return False


def still_needed(
    store: Store,
    retracted: Mapping[str, Sequence[tuple[Draft, Version]]],
    retracts: Sequence[Retract],
    puts: Mapping[str, Sequence[Put]],
) -> Iterator[Issue]:
    """An error for each entity taken back while records that stay point to it.

    Args:
        store: where they stand.
        retracted: rows that take an entity back, by table.
        retracts: everything the file takes back.
        puts: everything it writes: a record given other ends no longer needs the old ones.
    """
    gone = {f"{retract.table}:{retract.id}" for retract in retracts}
    for name, rows in retracted.items():
        for draft, version in rows:
            held = [item for item in store.dependents(name, [version.id]) if item not in gone]
            still = [item for item in held if not _released(store, item, name, version.id, puts)]
            if still:
                shown = ", ".join(still[:LISTED])
                rest = len(still) - LISTED
                more_fr, more_en = (f" et {rest} autres", f" and {rest} others") if rest > 0 else ("", "")
                yield draft.issue(
                    "dependents",
                    f"encore lié à {shown}{more_fr} : retirez d'abord ces enregistrements, ou fusionnez.",
                    f"still tied to {shown}{more_en}: retract those records first, or merge.",
                    TABLES[name].field["id"],
                    version.id,
                )


def _released(store: Store, item: str, target: str, id_: str, puts: Mapping[str, Sequence[Put]]) -> bool:
    """Whether the file gives a dependent other ends."""
    name, _, record = item.partition(":")
    table = TABLES[name]
    old = store.lookup(name, [record]).get(record)
    if old is None or name not in puts:
        return False
    key = table.key(old.value)
    return any(
        table.key(put.value) == key
        and not any(spec.ref == target and end == id_ for spec, end in ends(table, put.value))
        for put in puts[name]
    )
