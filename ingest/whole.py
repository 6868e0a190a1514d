"""What only a whole file can get wrong: hierarchies that run in a circle, records taken back while others need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph.model import TABLES, FieldSpec
from graph.stores import Put, Retract, Store
from graph.stores.references import TREES, ends, pointing
from graph.versions import Version
from ingest.about import key_of
from ingest.cells import Said
from ingest.issues import Issue
from ingest.mapping import Draft

LISTED = 20
"""Dependents that a message names before it only counts them."""


def circles(
    store: Store,
    entities: Mapping[str, Sequence[Draft]],
    puts: Mapping[str, Sequence[Put]],
    refused: Mapping[str, Sequence[Draft]],
) -> Iterator[Issue]:
    """An error for each row of the file that stands under itself.

    Args:
        store: where the rest of the hierarchy is.
        entities: rows of the file, by table.
        puts: what would be written.
        refused: rows that cannot be written for another error.
    """
    for name, field in TREES.items():
        saying = {
            draft.given["id"]: draft.given[field]
            for draft in refused.get(name, ())
            if not draft.retract and {"id", field} <= draft.given.keys()
        }
        if name not in puts and not saying:
            continue
        parents: dict[str, tuple[str, ...]] = {}
        written = [put.value for put in puts.get(name, ())]
        for value in (*(version.value for version in store.versions(name)), *written):
            held = getattr(value, field)
            parents[TABLES[name].key(value)[0]] = _several(held)
        parents |= {id_: _several(held) for id_, held in saying.items()}
        rows = {draft.given.get("id"): draft for draft in entities.get(name, ())}
        for id_ in dict.fromkeys((*(TABLES[name].key(value)[0] for value in written), *saying)):
            if id_ in rows and _under(parents, id_):
                yield rows[id_].issue(
                    "circle",
                    "cette fiche se trouve sous elle-même : la hiérarchie tourne en rond, corrigez un parent.",
                    "this record stands under itself: the hierarchy runs in a circle, correct a parent.",
                    TABLES[name].field[field],
                    "; ".join(parents[id_]),
                )


def _several(held: Any) -> tuple[str, ...]:
    if isinstance(held, tuple):
        return held
    return () if held is None or held is Said.CLEAR else (held,)


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
    refused: Mapping[str, Sequence[Draft]],
) -> Iterator[Issue]:
    """An error for each entity taken back while records that stay point to it.

    Args:
        store: where they stand.
        retracted: rows that take an entity back, by table.
        retracts: everything the file takes back.
        puts: everything it writes: a record given other ends no longer needs the old ones.
        refused: rows that cannot be written for an error; once mended, they do as much.
    """
    gone = {f"{retract.table}:{retract.id}" for retract in retracts}
    for name, rows in retracted.items():
        for draft, version in rows:
            held = [item for item in store.dependents(name, [version.id]) if item not in gone]
            still = [item for item in held if not _released(store, item, name, version.id, puts, refused)]
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


def _released(
    store: Store,
    item: str,
    target: str,
    id_: str,
    puts: Mapping[str, Sequence[Put]],
    refused: Mapping[str, Sequence[Draft]],
) -> bool:
    """Whether the file gives a dependent other ends."""
    name, _, record = item.partition(":")
    table = TABLES[name]
    old = store.lookup(name, [record]).get(record)
    if old is None:
        return False
    key = table.key(old.value)
    return any(
        table.key(put.value) == key
        and not any(spec.ref == target and end == id_ for spec, end in ends(table, put.value))
        for put in puts.get(name, ())
    ) or any(
        key_of(table, draft) == key
        and not any(
            spec.ref == target and id_ in _several(_said(draft, old, spec)) for spec in pointing(table)
        )
        for draft in refused.get(name, ())
    )


def _said(draft: Draft, old: Version, spec: FieldSpec) -> Any:
    """What a row that cannot be written says of an end; one that cannot be read may be any other."""
    return None if spec.name in draft.wrong else draft.given.get(spec.name, getattr(old.value, spec.name))
