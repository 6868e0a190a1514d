"""What every document has around its items: parameters, revision, coverage, notes, and a page at a time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

from graph.errors import UnknownFilter
from graph.plurals import agreed
from graph.snapshot import Snapshot
from queries.sentences import french

Document = dict[str, Any]

DEFAULT_LIMIT = 50
MAX_LIMIT = 1_000
MAX_ZONES = 50


T = TypeVar("T")


class Page(Sequence[Document], Generic[T]):
    """Items made only when they are looked at: of a million pairs, a page shows fifty.

    Args:
        places: what each item is made from, in order.
        make: makes one item.
    """

    def __init__(self, places: Sequence[T], make: Callable[[T], Document]) -> None:
        self._places = places
        self._make = make

    def __len__(self) -> int:
        """Number of items."""
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Document: ...
    @overload
    def __getitem__(self, index: slice) -> list[Document]: ...
    def __getitem__(self, index: int | slice) -> Document | list[Document]:
        """One item, or the items of a slice."""
        if isinstance(index, slice):
            return [self._make(place) for place in self._places[index]]
        return self._make(self._places[index])


def note(code: str, fr: str, en: str, lang: str) -> Document:
    """A remark on a result: a stable code and a sentence."""
    return {"code": code, "text": en if lang == "en" else french(fr)}


def common_notes(snapshot: Snapshot, lang: str) -> list[Document]:
    """Remarks that concern any analysis of a snapshot."""
    found = []
    contested = snapshot.coverage.contested
    if contested:
        found.append(
            note(
                "contested",
                agreed(
                    contested,
                    "position(s) contestée(s), à arbitrer : comptée(s) à part, sans valeur retenue.",
                ),
                agreed(
                    contested, "contested position(s) to arbitrate: counted apart, without a value.", "en"
                ),
                lang,
            )
        )
    if snapshot.erased_since is not None:
        found.append(
            note(
                "erased_since",
                f"Des données d'une personne ont été effacées à la révision {snapshot.erased_since}.",
                f"A person's data were erased at revision {snapshot.erased_since}.",
                lang,
            )
        )
    return found


def envelope(
    snapshot: Snapshot,
    params: Mapping[str, Any],
    items: Sequence[Document],
    *,
    beside: Mapping[str, Any] | None = None,
    notes: Iterable[Document] = (),
    lang: str = "fr",
) -> Document:
    """The document of an analysis, before it is cut into pages by :func:`paged`.

    Args:
        snapshot: what was read.
        params: resolved parameters.
        items: in order.
        beside: what stands beside the items.
        notes: remarks of the analysis itself.
        lang: of the sentences.
    """
    return {
        "params": dict(params),
        "revision": snapshot.revision,
        "as_of": None if snapshot.as_of is None else snapshot.as_of.isoformat(),
        "coverage": snapshot.coverage.document(),
        "notes": [*common_notes(snapshot, lang), *notes],
        **(beside or {}),
        "items": items,
        "next": None,
    }


def paged(document: Document, limit: int, after: str | None) -> Document:
    """One page of a document: at most ``limit`` items from the cursor on, and the next cursor.

    Raises:
        UnknownFilter: the cursor is not one of ours.
    """
    start = 0 if after is None else _place(after)
    items = document["items"]
    end = start + limit
    cursor = base64.urlsafe_b64encode(f"n{end}".encode()).decode().rstrip("=") if end < len(items) else None
    return {**document, "items": list(items[start:end]), "next": cursor}


def _place(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        if text[:1] == "n" and text[1:].isdigit():
            return int(text[1:])
    except (binascii.Error, ValueError):
        pass
    raise UnknownFilter(
        f"Curseur inconnu : « {cursor[:40]} ». Reprenez celui du champ « next ».",
        f"Unknown cursor: '{cursor[:40]}'. Use the one given in 'next'.",
    )


def zone_id(kind: str, actors: Iterable[str], pattern: Mapping[str, int]) -> str:
    """First 12 hex digits of SHA-256 over the canonical JSON of kind, sorted actors and pattern."""
    text = json.dumps(
        {"kind": kind, "actors": sorted(actors), "pattern": dict(pattern)},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def by_counter(records: Iterable[str]) -> list[str]:
    """Distinct record ids in order of letter, then counter."""
    return sorted(set(records), key=lambda id_: (id_[:1], len(id_), id_))


def plain(value: float) -> float:
    """A float without the sign of zero."""
    return float(value) + 0.0
