"""What is kept from one transaction with the server to the next."""

from __future__ import annotations

from dataclasses import dataclass, field

REMEMBERED_BEYOND = 5_000
"""Records touched since ids were read, beyond which they are read again."""


@dataclass
class Remembered:
    """What one transaction read and the next need not ask for again.

    Attributes:
        ids: by table of entities, as they were at a revision: a large store is not asked for all of them at each write.
        raters: texts by integer, and what tells that they are still these: the greatest integer given, the last erasure.
    """

    ids: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)
    raters: tuple[tuple[int, int], dict[int, str]] = ((0, 0), {})
