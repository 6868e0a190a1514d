"""How a field of the model is described once, for stores, files, screens and checks alike.

Each dataclass of the model declares its fields with :func:`column`; the description (:class:`FieldSpec`)
is the single source from which workbooks, stores, validation and documents are derived.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from enum import Enum
from typing import Any

MAX_NAME = 1_000
"""Longest name or label accepted, in characters: longer ones cannot be shown on any map."""

MAX_TEXT = 20_000
"""Longest free text (account, description, comment) accepted, in characters."""


class Kind(Enum):
    """The kind of value a field holds."""

    ID = "id"
    TEXT = "text"
    LONG = "long"
    CODE = "code"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"
    REF = "ref"
    REFS = "refs"
    TEXTS = "texts"
    CODES = "codes"


@dataclass(frozen=True)
class FieldSpec:
    """One field of a table.

    Attributes:
        name: name in the code and in JSON.
        fr: column header of the workbook.
        kind: what it holds.
        required: a row without it is refused.
        key: part of the natural key of a relation.
        ref: table that a ``REF`` or ``REFS`` points to.
        codes: vocabulary list of a ``CODE`` or ``CODES``.
        low: least value of a number (inclusive).
        high: greatest value of a number (inclusive).
        past: a date that may not lie in the future (observed facts).
        end: the record is hidden when what this field points to is hidden.
        personal: free text or name that an erasure must reach.
        pilots: shown to pilots only (source, comment, rater).
    """

    name: str
    fr: str
    kind: Kind
    required: bool = False
    key: bool = False
    ref: str | None = None
    codes: str | None = None
    low: float | None = None
    high: float | None = None
    past: bool = False
    end: bool = False
    personal: bool = False
    pilots: bool = False

    @functools.cached_property
    def many(self) -> bool:
        """Whether a cell holds a list separated by ``;``."""
        return self.kind in (Kind.REFS, Kind.TEXTS, Kind.CODES)


def column(
    kind: Kind,
    fr: str,
    *,
    default: Any = dataclasses.MISSING,
    required: bool = False,
    key: bool = False,
    ref: str | None = None,
    codes: str | None = None,
    low: float | None = None,
    high: float | None = None,
    past: bool = False,
    end: bool = False,
    personal: bool = False,
    pilots: bool = False,
) -> Any:
    """Declare a dataclass field with its :class:`FieldSpec` (see there for the arguments).

    Optional fields default to ``None``, lists to an empty tuple, flags to ``False``.
    """
    spec = FieldSpec("", fr, kind, required, key, ref, codes, low, high, past, end, personal, pilots)
    metadata = {"spec": spec}
    if required and default is dataclasses.MISSING:
        return dataclasses.field(metadata=metadata)
    if default is dataclasses.MISSING:
        default = () if spec.many else False if kind is Kind.FLAG else None
    return dataclasses.field(default=default, metadata=metadata)


def specs_of(model: type) -> tuple[FieldSpec, ...]:
    """Descriptions of the fields of a model dataclass, in order, named."""
    return tuple(
        dataclasses.replace(f.metadata["spec"], name=f.name)
        for f in dataclasses.fields(model)
        if "spec" in f.metadata
    )
