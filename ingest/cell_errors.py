"""What is wrong with a cell, in words for people."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.readers.sheets import Unreadable


class CellError(Exception):
    """A cell that cannot be read as its field.

    Attributes:
        code: stable name of the kind of error.
        expected_fr: what was expected, in French; ``expected_en`` in English.
        fr: what was wrong and what to do, in French; ``en`` in English.
        item: of a list, the item at fault; ``""`` for the whole cell.
    """

    def __init__(self, code: str, expected: tuple[str, str], fr: str, en: str) -> None:
        super().__init__(fr)
        self.code = code
        self.expected_fr, self.expected_en = expected
        self.fr = fr
        self.en = en
        self.item = ""


class ListErrors(Exception):
    """A cell of which several items cannot be read.

    Attributes:
        faults: one for each.
    """

    def __init__(self, faults: Sequence[CellError]) -> None:
        super().__init__(*faults)
        self.faults = tuple(faults)


def unreadable(cell: Unreadable) -> CellError:
    """The error for a cell that shows something but holds no value."""
    if cell.code == "formula_without_value":
        return CellError(
            cell.code,
            ("une valeur", "a value"),
            "formule sans valeur enregistrée : ouvrez le fichier dans votre tableur, laissez-le calculer, enregistrez ; "
            "ou collez les valeurs.",
            "formula without a stored value: open the file in your spreadsheet, let it compute, save; or paste values.",
        )
    return CellError(
        cell.code,
        ("une valeur", "a value"),
        "la cellule affiche une erreur de calcul : corrigez la formule ou saisissez la valeur.",
        "the cell shows a computation error: correct the formula or type the value.",
    )
