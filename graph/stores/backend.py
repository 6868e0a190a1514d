"""What an adapter must do: keep versions of records, atomically, and read them back.

The rules of the domain (validation, references, conflicts, undo, merging, erasure) are written once in
:class:`graph.stores.store.Store` on top of this protocol, so that both stores obey them alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from graph.columns import Statements
from graph.flows import FlowTable
from graph.versions import Revision, Version

__all__ = ["Backend", "Finding", "Key", "Raw", "Reader", "Revision", "Version", "Writing"]

T = TypeVar("T")
Key = tuple[Any, ...]

COLUMNAR = ("positions", "influences", "flows")
"""Tables that grow to millions: what a revision did to them is read as columns."""


@dataclass(frozen=True)
class Raw:
    """Believed statements of one table with the ids that their integers stand for.

    Attributes:
        statements: rows and columns are places in ``row_ids`` and ``col_ids``, raters in ``raters``.
        row_ids: ids, in any order; every id that a statement uses.
        col_ids: likewise for columns.
        raters: texts, the first ``""`` for the cartography itself; in any order after it.
    """

    statements: Statements
    row_ids: Sequence[str]
    col_ids: Sequence[str]
    raters: Sequence[str]


@dataclass(frozen=True)
class Finding:
    """One broken invariant found by ``check``; ``record`` names it where there is one."""

    code: str
    record: str
    fr: str
    en: str


class Reader(Protocol):
    """A consistent view of the store: nothing written after it began shows."""

    def head(self) -> int:
        """Number of the latest revision; 0 for an empty store."""

    def revision(self, number: int) -> Revision | None:
        """A revision by number."""

    def revisions(self, before: int | None, limit: int) -> list[Revision]:
        """The latest revisions with a number below ``before``, newest first."""

    def ids(self, table: str) -> set[str]:
        """Ids of all believed records of an entity table (ids only: must be fast)."""

    def count(self, table: str) -> int:
        """How many records of a table are believed."""

    def by_key(self, table: str, keys: Sequence[Key]) -> dict[Key, Version]:
        """Believed versions by natural key (see ``Table.key``); absent keys are left out."""

    def past(self, table: str, keys: Sequence[Key]) -> dict[Key, list[Version]]:
        """Closed versions by natural key, oldest first; keys without any are left out."""

    def past_of(self, table: str, pairs: Sequence[tuple[str, str]]) -> list[Version]:
        """Closed statements about these (row id, column id) pairs."""

    def by_id(self, table: str, ids: Sequence[str]) -> dict[str, Version]:
        """Believed versions by record id; absent ids are left out."""

    def present(self, wanted: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        """Which of these ids, by entity table, are those of believed records."""

    def ever(self, table: str, ids: Sequence[str]) -> dict[str, int]:
        """Greatest version ever given to these record ids, believed or not; unknown ids are left out."""

    def scan(self, table: str, at_revision: int | None = None) -> Iterator[Version]:
        """Believed versions of a table (as they were at a revision), in order of id or counter."""

    def scan_all(self, table: str) -> Iterator[Version]:
        """Every version of a table, closed ones included, in any order."""

    def history(self, table: str, record: str) -> list[Version]:
        """Every version of a record, oldest first."""

    def histories(self, table: str, records: Sequence[str]) -> dict[str, list[Version]]:
        """Every version of each of these records, oldest first; those without any are left out."""

    def touched(self, revision: int, *, columnar: bool = True) -> list[tuple[str, str]]:
        """(table, record id) of everything a revision wrote or closed; unless ``columnar``, without those tables."""

    def written_since(self, table: str, revision: int) -> NDArray[np.int64]:
        """Versions of a columnar table written or closed by a revision or a later one, in any order.

        Returns:
            A row a version: counter of its record, revision, and the one that closed it (0: believed).
        """

    def touched_since(self, revision: int, limit: int) -> list[tuple[str, str]] | None:
        """(table, record id) touched after a revision; ``None`` when there are more than ``limit``, or data were erased."""

    def statements(self, table: str, at_revision: int | None = None) -> Raw:
        """All believed statements of ``positions`` or ``influences`` (as they were at a revision)."""

    def around(self, table: str, ids: Sequence[str], end: int) -> Raw:
        """Believed statements whose row (``end`` 0) or column (1) is one of these ids; at the head only.

        Must be fast whatever the table holds beside them. In any order.
        """

    def starting(self, table: str, first: str) -> list[Version]:
        """Believed records of ``participations``, ``contributions`` or ``resources`` of an actor, by counter."""

    def flows(self, at_revision: int | None = None, *, closed: bool = False) -> FlowTable:
        """All believed flows as columns (as they were at a revision); or every closed version of flows."""

    def flows_of(self, territory: str) -> FlowTable:
        """Believed flows that leave or reach a territory; at the head only.

        Must be fast whatever the table holds beside them.
        """

    def statements_of(self, table: str, pairs: Sequence[tuple[str, str]]) -> list[Version]:
        """Believed statements about these (row id, column id) pairs."""


class Writing(Reader, Protocol):
    """The one writer: what it does shows to itself at once and to others when it is committed."""

    def last_counter(self, table: str) -> int:
        """Greatest counter ever given to a record of this table."""

    def put(self, table: str, versions: Sequence[Version]) -> None:
        """Store versions: version 1 is new, a later one closes the believed version of that id, if any.

        The revision of each is the number being written (``head() + 1``); a chunk holds distinct ids.
        """

    def put_flows(self, some: FlowTable) -> None:
        """Store flows that are new, numbered by their column ``record``, as :meth:`put` would."""

    def close(self, table: str, ids: Sequence[str]) -> None:
        """Retract: the believed versions of these ids are closed by the revision being written."""

    def add_revision(self, revision: Revision) -> None:
        """Record the revision and make it the head; called once, last, and only if something changed."""

    def purge(self, table: str, ids: Sequence[str]) -> None:
        """Erasure: delete every version of these records."""

    def rewrite(self, table: str, versions: Sequence[Version]) -> None:
        """Erasure: replace the values of these very versions (id and version name them), nothing else."""

    def rewrite_revisions(self, revisions: Sequence[Revision]) -> None:
        """Erasure: replace author and message of these revisions."""


class Backend(Protocol):
    """A store's storage."""

    @property
    def address(self) -> str:
        """The address, without any password."""

    def read(self, work: Callable[[Reader], T]) -> T:
        """Run ``work`` on a consistent view and return what it returns.

        ``work`` may be run again after a passing fault, so it must start from nothing each time.
        """

    def write(self, work: Callable[[Writing], T], *, expected: int = 0) -> T:
        """Run ``work`` as the only writer; commit when it returns, leave no trace when it raises.

        Args:
            work: may be run again after a passing fault, so it must start from nothing each time.
            expected: about how many records it will write; a large number may be staged.
        """

    def forget(self) -> list[tuple[str, str]]:
        """After an erasure, remove the traces that the files still hold.

        Returns:
            What the operator must still do, as (French, English) sentences.
        """

    def check(self) -> Iterable[Finding]:
        """Broken invariants of the storage itself (integrity, projection against history)."""

    def close(self) -> None:
        """Release connections; the object is not used afterwards."""
