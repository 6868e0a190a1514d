"""Quantities of files of flows, as people and statistical offices write them."""

from __future__ import annotations

from ingest.cell_errors import CellError

_EXPECTED = ("un nombre, au moins 0, sans unité", "a number, at least 0, without a unit")


def number_of(text: str) -> float:
    """A quantity: decimals after a point or a comma, spaces between thousands; empty is unknown, hence NaN.

    Raises:
        CellError: negative, or no number.
    """
    bare = "".join(text.split()).replace("\u2212", "-")
    if not bare:
        return float("nan")
    try:
        value = float(bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare)
    except ValueError:
        value = float("nan")
    if value != value or value in (float("inf"), float("-inf")):
        raise CellError(
            "not_a_number",
            _EXPECTED,
            "ce n'est pas un nombre : gardez le nombre seul, et mettez l'unité dans une colonne « unite ».",
            "this is no number: keep the number alone, and put the unit in a column 'unite'.",
        )
    if value < 0:
        raise CellError(
            "out_of_range",
            _EXPECTED,
            "un flux ne peut être négatif : inversez origine et destination, ou corrigez le signe.",
            "a flow cannot be negative: swap origin and destination, or correct the sign.",
        )
    return value
