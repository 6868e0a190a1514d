"""What a record must satisfy by itself, whichever way it comes in."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from graph.errors import InvalidValue
from graph.ids import check_entity_id
from graph.model import Fact, FieldSpec, Kind, Table
from graph.model.fields import MAX_NAME, MAX_TEXT
from graph.vocabulary import Vocabulary

Check = Callable[[Any, Vocabulary, date], None]

NUMBERS = (Kind.INTEGER, Kind.NUMBER)

EMPTY: frozenset[object] = frozenset((None, ()))
"""What a field that says nothing holds."""


class FieldRefused(InvalidValue):
    """A field that breaks the model.

    Attributes:
        spec: the field.
        value: what it said, at most 80 characters.
        why_fr: what is wrong with it, in French; ``why_en`` in English.
    """

    def __init__(self, table: Table, spec: FieldSpec, value: object, fr: str, en: str) -> None:
        self.spec = spec
        self.value = str(value)[:80]
        self.why_fr, self.why_en = fr, en
        super().__init__(
            f"{table.sheet}, colonne « {spec.fr} » : « {self.value} » — {fr}",
            f"{table.name}, field '{spec.name}': '{self.value}' — {en}",
        )


def refuse(table: Table, spec: FieldSpec, value: object, fr: str, en: str) -> FieldRefused:
    """The error for a field's value, naming the sheet and the column."""
    return FieldRefused(table, spec, value, fr, en)


def _text(table: Table, spec: FieldSpec, most: int) -> Check:
    def check(value: Any, _vocabulary: Vocabulary, _today: date) -> None:
        for text in value if spec.many else (value,):
            if not text.strip() or len(text) > most:
                raise refuse(table, spec, text, f"de 1 à {most} caractères.", f"1 to {most} characters.")
            if "\x00" in text:
                raise refuse(table, spec, text, "caractère nul interdit.", "NUL character not allowed.")

    return check


def _id(table: Table, spec: FieldSpec) -> Check:
    def check(value: Any, _vocabulary: Vocabulary, _today: date) -> None:
        check_entity_id(value, f"{table.sheet}, colonne « {spec.fr} » : identifiant")

    return check


def _code(table: Table, spec: FieldSpec) -> Check:
    def check(value: Any, vocabulary: Vocabulary, _today: date) -> None:
        words = vocabulary[str(spec.codes)]
        for code in value if spec.many else (value,):
            if code not in words.codes:
                known = ", ".join(words.codes)
                raise refuse(table, spec, code, f"attendu : {known}.", f"expected: {known}.")

    return check


def _number(table: Table, spec: FieldSpec) -> Check:
    low = -math.inf if spec.low is None else spec.low
    high = math.inf if spec.high is None else spec.high
    integer = spec.kind is Kind.INTEGER

    def check(value: Any, _vocabulary: Vocabulary, _today: date) -> None:
        right = type(value) is int if integer else isinstance(value, int | float)
        if not right or not low <= value <= high or not math.isfinite(value):
            kind_fr, kind_en = ("un entier", "an integer") if integer else ("un nombre", "a number")
            bounds_fr = "" if spec.low is None else f" d'au moins {spec.low:g}"
            bounds_en = "" if spec.low is None else f" of at least {spec.low:g}"
            if spec.high is not None:
                bounds_fr, bounds_en = (
                    f" de {spec.low:g} à {spec.high:g}",
                    f" from {spec.low:g} to {spec.high:g}",
                )
            raise refuse(
                table, spec, value, f"attendu : {kind_fr}{bounds_fr}.", f"expected: {kind_en}{bounds_en}."
            )

    return check


def _date(table: Table, spec: FieldSpec) -> Check:
    def check(value: Any, _vocabulary: Vocabulary, today: date) -> None:
        if spec.past and value > today:
            raise refuse(
                table,
                spec,
                value.isoformat(),
                "un fait observé ne peut être daté dans le futur.",
                "an observed fact may not be dated in the future.",
            )

    return check


@functools.cache
def checks(table: Table) -> tuple[tuple[FieldSpec, Check], ...]:
    """The checks of a table's fields, compiled once."""
    found: list[tuple[FieldSpec, Check]] = []
    for spec in table.fields:
        if spec.kind in (Kind.TEXT, Kind.TEXTS):
            found.append((spec, _text(table, spec, MAX_NAME)))
        elif spec.kind is Kind.LONG:
            found.append((spec, _text(table, spec, MAX_TEXT)))
        elif spec.kind is Kind.ID:
            # what a field points to must exist, which says more than being well formed
            found.append((spec, _id(table, spec)))
        elif spec.kind in (Kind.CODE, Kind.CODES):
            found.append((spec, _code(table, spec)))
        elif spec.kind in NUMBERS:
            found.append((spec, _number(table, spec)))
        elif spec.kind is Kind.DATE:
            found.append((spec, _date(table, spec)))
    return tuple(found)


def validate_all(table: Table, values: Sequence[Fact], vocabulary: Vocabulary, today: date) -> None:
    """Refuse the first of some records that breaks the model.

    Millions of statements share few values: each column is looked at once, by distinct value. Only when one is refused
    are the records gone through in order, so that the refusal is that of :func:`validate`.

    Raises:
        InvalidValue: naming the sheet, the column and the value.
    """
    try:
        alike = _columns_pass(table, values, vocabulary, today)
    except InvalidValue:
        alike = False
    if not alike:
        for value in values:
            validate(table, value, vocabulary, today)


def _columns_pass(table: Table, values: Sequence[Fact], vocabulary: Vocabulary, today: date) -> bool:
    """Whether every column is fit; raises as its check does, and says no where distinct values do not tell."""
    for spec, check in checks(table):
        column = list(map(operator.attrgetter(spec.name), values))
        distinct = set(column)
        # 1, 1.0 and True are one value of a set
        if spec.kind is Kind.INTEGER and len({*map(type, column)} - {type(None)}) > 1:
            return False
        empty = distinct & EMPTY
        if empty and spec.required:
            return False
        for item in distinct - empty:
            check(item, vocabulary, today)
    if table.name in COHERENT:
        for value in values:
            for wrong in incoherences(table, value):
                raise wrong
    return True


def validate(table: Table, value: Fact, vocabulary: Vocabulary, today: date) -> None:
    """Refuse a record that breaks the model.

    Args:
        table: its table.
        value: the record.
        vocabulary: the codes in force.
        today: the day of writing; observed facts may not lie after it.

    Raises:
        InvalidValue: naming the sheet, the column and the value.
    """
    for wrong in refusals(table, value, vocabulary, today):
        raise wrong


def refusals(table: Table, value: Fact, vocabulary: Vocabulary, today: date) -> Iterator[FieldRefused]:
    """Everything in which a record breaks the model, as :func:`validate` would refuse it.

    Raises:
        InvalidValue: an id is malformed.
    """
    for spec, check in checks(table):
        item = getattr(value, spec.name)
        if item is None or item == ():
            if spec.required:
                yield refuse(table, spec, "", "valeur obligatoire.", "a value is required.")
            continue
        try:
            check(item, vocabulary, today)
        except FieldRefused as wrong:
            yield wrong
    if table.name in COHERENT:
        yield from incoherences(table, value)


COHERENT = ("positions", "influences", "thresholds", "objective_links")
"""Tables whose fields must also agree with one another."""


def incoherences(table: Table, value: Any) -> Iterator[FieldRefused]:
    """What fields of a record contradict one another.

    Args:
        table: one of :data:`COHERENT`.
        value: the record, or what is known of one, a field that is not known being ``None``.
    """
    if (
        table.statement
        and None not in (value.valid_from, value.valid_to)
        and value.valid_to <= value.valid_from
    ):
        yield refuse(
            table, table.field["valid_to"], value.valid_to, "doit suivre la date.", "must follow the date."
        )
    if table.name == "influences" and value.source_actor and value.source_actor == value.target_actor:
        yield refuse(
            table,
            table.field["target_actor"],
            value.target_actor,
            "un acteur n'exerce pas d'influence sur lui-même (diagonale nulle).",
            "an actor has no influence on itself (zero diagonal).",
        )
    if (
        table.name == "thresholds"
        and None not in (value.floor, value.ceiling)
        and value.floor > value.ceiling
    ):
        yield refuse(
            table,
            table.field["floor"],
            value.floor,
            f"plancher au-dessus du plafond ({value.ceiling:g}).",
            f"floor above the ceiling ({value.ceiling:g}).",
        )
    if (
        table.name == "objective_links"
        and value.source_objective
        and value.source_objective == value.target_objective
    ):
        yield refuse(
            table,
            table.field["target_objective"],
            value.target_objective,
            "un objectif n'est pas lié à lui-même.",
            "an objective is not linked to itself.",
        )
