"""The tables: one entry per sheet of the workbook, in the order of the sheets."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.ids import record_id
from graph.model import entities, relations
from graph.model.entities import Fact
from graph.model.fields import FieldSpec, Kind, specs_of

Document = dict[str, Any]
"""A record as JSON-ready values: dates as ISO text, lists as lists."""


@dataclass(frozen=True)
class Table:
    """A kind of record.

    Attributes:
        name: name in the code, in JSON and in paths.
        sheet: name of the sheet in a workbook.
        model: its dataclass.
        letter: first letter of its records' ids; empty for entities, whose id is the pilot's.
        fields: its fields, in the order of the sheet's columns, ``visibility`` last.
    """

    name: str
    sheet: str
    model: type[Fact]
    letter: str = ""

    @property
    def entity(self) -> bool:
        """Whether records are known by the pilot's own id."""
        return self.letter == ""

    @functools.cached_property
    def fields(self) -> tuple[FieldSpec, ...]:
        """Descriptions of the fields, ``visibility`` last."""
        specs = specs_of(self.model)
        return tuple(s for s in specs if s.name != "visibility") + tuple(
            s for s in specs if s.name == "visibility"
        )

    @functools.cached_property
    def field(self) -> dict[str, FieldSpec]:
        """Descriptions by name."""
        return {spec.name: spec for spec in self.fields}

    @functools.cached_property
    def key_fields(self) -> tuple[str, ...]:
        """Names of the fields of the natural key: ``("id",)`` for entities."""
        return ("id",) if self.entity else tuple(spec.name for spec in self.fields if spec.key)

    @functools.cached_property
    def required(self) -> frozenset[str]:
        """Names of the fields that no record lacks."""
        return frozenset(spec.name for spec in self.fields if spec.required)

    @functools.cached_property
    def statement(self) -> bool:
        """Whether records are dated judgements by raters (positions, influences)."""
        return "rater" in self.field

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """Names that a record's document may have."""
        return frozenset((*self.field, "attributes"))

    @functools.cached_property
    def readers(self) -> dict[str, Callable[[Any], Any]]:
        """For the fields whose JSON is not their value, what reads it."""
        found: dict[str, Callable[[Any], Any]] = {"attributes": _attributes}
        for spec in self.fields:
            if spec.kind is Kind.DATE:
                found[spec.name] = date.fromisoformat
            elif spec.many:
                found[spec.name] = tuple
            elif spec.kind is Kind.NUMBER:
                found[spec.name] = float
        return found

    def key(self, value: Fact) -> tuple[Any, ...]:
        """Natural key of a record: what makes two rows speak of the same thing."""
        found = self._key(value)
        return found if isinstance(found, tuple) else (found,)

    def keys(self, values: Iterable[Fact]) -> list[tuple[Any, ...]]:
        """Natural keys of some records."""
        found = list(map(self._key, values))
        return found if len(self.key_fields) > 1 else [(key,) for key in found]

    @functools.cached_property
    def _key(self) -> Callable[[Fact], Any]:
        return operator.attrgetter(*self.key_fields)

    def record_id(self, value: Fact, counter: int) -> str:
        """Id of a record: the pilot's for entities, letter and counter otherwise."""
        return str(getattr(value, "id")) if self.entity else record_id(self.letter, counter)  # noqa: B009


_ALL = (
    Table("actors", "acteurs", entities.Actor),
    Table("participations", "participations", relations.Participation, "A"),
    Table("stakes", "enjeux", entities.Stake),
    Table("objectives", "objectifs", entities.Objective),
    Table("objective_links", "liens_objectifs", relations.ObjectiveLink, "L"),
    Table("positions", "positions", relations.Position, "P"),
    Table("influences", "influences", relations.Influence, "I"),
    Table("projects", "projets", entities.Project),
    Table("targets", "cibles", relations.Target, "T"),
    Table("contributions", "contributions", relations.Contribution, "C"),
    Table("territories", "territoires", entities.Territory),
    Table("flows", "flux", relations.Flow, "F"),
    Table("indicators", "indicateurs", relations.Indicator, "N"),
    Table("thresholds", "seuils", relations.Threshold, "S"),
    Table("resources", "ressources", relations.Resource, "R"),
    Table("tensions", "tensions", entities.Tension),
    Table("arbitrations", "arbitrages", entities.Arbitration),
    Table("concessions", "concessions", relations.Concession, "G"),
    Table("narratives", "recits", entities.Narrative),
    Table("beacons", "balises", entities.Beacon),
    Table("aliases", "alias", relations.Alias, "X"),
    Table("vocabulary", "vocabulaire", relations.Term, "V"),
    Table("pacts", "pactes", entities.Pact),
    Table("experiments", "experiences", entities.Experiment),
)

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
"""Every table by name, in the order of the sheets."""

SHEETS: dict[str, Table] = {table.sheet: table for table in _ALL}
"""Every table by the French name of its sheet."""

TABLE_OF: dict[type[Fact], Table] = {table.model: table for table in _ALL}
"""The table of a dataclass."""

WRITE_ORDER: tuple[str, ...] = (
    "vocabulary",
    *(name for name, table in TABLES.items() if table.entity),
    "aliases",
    *(name for name, table in TABLES.items() if not table.entity and name not in ("vocabulary", "aliases")),
)
"""Names of the tables in the order of writing: codes, then what has an id, then what refers to it."""


def to_document(value: Fact) -> Document:
    """Render a record as JSON-ready values, empty fields left out.

    ``visibility`` is always present; ``attributes`` is an object when there are any.
    """
    document: Document = {}
    for spec in TABLE_OF[type(value)].fields:
        item = getattr(value, spec.name)
        if item is None or item == () or item is False:
            continue
        document[spec.name] = (
            item.isoformat() if isinstance(item, date) else list(item) if isinstance(item, tuple) else item
        )
    if value.attributes:
        document["attributes"] = dict(value.attributes)
    return document


def from_document(table: Table, document: Document) -> Fact:
    """Read back what :func:`to_document` wrote; unknown names are refused.

    Raises:
        KeyError: the document has a name that the table lacks.
    """
    # an empty field stays out of a document, and few of those that are there are not their JSON: the rest is not touched
    readers = table.readers
    read = {
        name: readers[name](document[name])
        for name in readers.keys() & document.keys()
        if document[name] is not None
    }
    if not document.keys() <= table.names:
        raise KeyError(next(name for name in document if name not in table.names))
    return table.model(**(document | read if read else document))


def _attributes(item: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(k), str(v)) for k, v in item.items()))


def replace(value: Fact, **changes: Any) -> Fact:
    """Copy of a record with some fields changed."""
    return dataclasses.replace(value, **changes)
