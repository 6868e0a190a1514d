"""Ids of entities and of records.

An entity's id is the pilot's own: ``[A-Za-z0-9_.:-]{1,64}``, unique per kind, never reused. A record's id is
a letter for its table and a counter given in the order of the file (``P7`` is the seventh position).
"""

from __future__ import annotations

import re

from graph.errors import InvalidValue

ENTITY_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def check_entity_id(value: str, what: str = "identifiant") -> str:
    """Return ``value`` if it is a well-formed id.

    Raises:
        InvalidValue: the id is empty, too long or has a character outside ``A-Z a-z 0-9 _ . : -``.
    """
    if ENTITY_ID.fullmatch(value) is None:
        raise InvalidValue(
            f"{what} « {value} » : de 1 à 64 lettres sans accent, chiffres, « _ », « . », « : » ou « - ».",
            f"{what} '{value}': 1 to 64 unaccented letters, digits, '_', '.', ':' or '-'.",
        )
    return value


def record_id(letter: str, counter: int) -> str:
    """Id of a record from its table's letter and its counter: ``record_id("P", 7) == "P7"``."""
    return f"{letter}{counter}"


def record_counter(letter: str, value: str) -> int | None:
    """Counter of a record id of the table with this letter, ``None`` if the id is not one of its."""
    digits = value[len(letter) :]
    return int(digits) if value.startswith(letter) and digits.isascii() and digits.isdigit() else None
