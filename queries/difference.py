"""What changed between two revisions: corrections included, for pilots."""

from __future__ import annotations

from typing import Any

from graph.errors import InvalidValue
from graph.model import TABLES, to_document
from graph.stores import Store
from graph.versions import Version

Document = dict[str, Any]


def difference(store: Store, start: int, stop: int) -> Document:
    """Records created, changed or retracted between two revisions, each with the fields that differ.

    Args:
        store: where to read.
        start: the earlier revision (0: the empty store).
        stop: the later one.

    Raises:
        NotFound: there is no such revision.
        InvalidValue: ``start`` comes after ``stop``.
    """
    if start > stop:
        raise InvalidValue(
            f"La révision {start} vient après la révision {stop} : inversez-les.",
            f"Revision {start} comes after revision {stop}: swap them.",
        )
    for number in (start, stop):
        if number:
            store.revision(number)
    touched: dict[tuple[str, str], None] = {}
    for number in range(start + 1, stop + 1):
        touched.update(dict.fromkeys(store.touched(number)))
    items = []
    for table, record in sorted(
        touched, key=lambda pair: (list(TABLES).index(pair[0]), len(pair[1]), pair[1])
    ):
        versions = store.history(table, record)
        before, after = _at(versions, start), _at(versions, stop)
        item = _item(table, record, before, after)
        if item is not None:
            items.append(item)
    return {"from": start, "to": stop, "items": items}


def _at(versions: list[Version], revision: int) -> Version | None:
    return next(
        (v for v in versions if v.revision <= revision and (v.closed is None or v.closed > revision)), None
    )


def _item(table: str, record: str, before: Version | None, after: Version | None) -> Document | None:
    old = None if before is None else to_document(before.value)
    new = None if after is None else to_document(after.value)
    if old == new:
        return None
    if old is None or new is None:
        return {
            "table": table,
            "record": record,
            "change": "created" if old is None else "retracted",
            "before": old,
            "after": new,
        }
    names = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    return {
        "table": table,
        "record": record,
        "change": "changed",
        "before": {name: old.get(name) for name in names},
        "after": {name: new.get(name) for name in names},
    }
