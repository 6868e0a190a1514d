"""A workbook without a fault, and faults for it: what each writes in it, and the error that it must give."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.ingest.books import Sheets

Told = tuple[str, str, int | None, str, str]
"""Code, sheet, row, column and value of an error."""

SOUND: Sheets = {
    "vocabulaire": [
        ["liste", "code", "libelle_fr", "depend"],
        ["type_flux", "bois", "Bois", "origine"],
        ["famille", "artisan", "Artisan", None],
    ],
    "acteurs": [
        ["id", "nom", "famille", "territoire", "siren", "informe_le", "retirer"],
        ["mairie", "La mairie", "institution", "ville", "213105554", "2024-01-02", None],
        ["amap", "L'AMAP", "artisan", "ville", None, None, None],
    ],
    "enjeux": [["id", "nom", "parent"], ["e1", "Manger", None], ["e2", "Cuisiner", "e1"]],
    "objectifs": [
        ["id", "nom", "enjeu", "porteurs", "valeurs"],
        ["place", "Faire vivre la place", "e1", "mairie; amap", "ecologique"],
        ["panier", "Vendre en paniers", "e2", "amap", None],
    ],
    "territoires": [
        ["id", "nom", "type", "population", "parents"],
        ["ville", "La ville", "commune", 1000, "pays"],
        ["pays", "Le pays", "epci", 5000, None],
    ],
    "positions": [
        ["acteur", "objectif", "valeur", "date", "jusqua", "confiance", "evaluateur", "retenue"],
        ["mairie", "place", 3, "2024-03-01", "2025-03-01", 0.5, "pilote", None],
        ["amap", "panier", 4, "2024-03-01", None, None, "pilote", None],
        ["amap", "place", 1, None, None, None, "pilote", None],
    ],
    "influences": [["de", "vers", "niveau", "date"], ["mairie", "amap", 2, "2024-03-01"]],
    "liens_objectifs": [["de", "vers", "nature"], ["panier", "place", "sert"]],
    "tensions": [
        ["id", "titre", "acteurs", "objectifs", "depuis"],
        ["t1", "La place", "mairie", "place", None],
    ],
    "arbitrages": [["id", "tension", "date", "decision"], ["a1", "t1", "2024-05-01", "Le jeudi"]],
    "flux": [
        ["origine", "destination", "type", "quantite", "unite", "annee"],
        ["ville", "pays", "bois", 12, "t", 2022],
    ],
    "indicateurs": [["territoire", "indicateur", "annee", "valeur"], ["ville", "emploi", 2022, 12.5]],
    "seuils": [["indicateur", "dimension", "plancher", "plafond"], ["emploi", "travail", 10, 80]],
    "ressources": [
        ["acteur", "ressource", "sens", "quantite", "territoire"],
        ["amap", "légumes", "offre", 3, "ville"],
    ],
    "alias": [["table", "ancien", "id", "depuis"], ["acteurs", "hotel-de-ville", "mairie", None]],
}
"""A workbook without a fault, a row of which may be broken in any of its cells."""


class Fault(NamedTuple):
    """One thing wrong in :data:`SOUND`.

    Attributes:
        sheet: where.
        row: which row of the sheet, its header being 1.
        cells: what it writes there, by column.
        code: the error expected.
        column: its column.
        value: its value.
        needs: cells of the sheet on which the error stands, beside those it writes.
    """

    sheet: str
    row: int
    cells: dict[str, Any]
    code: str
    column: str
    value: str
    needs: tuple[str, ...] = ()

    @property
    def told(self) -> Told:
        """The error it must give."""
        return self.code, self.sheet, self.row, self.column, self.value


def _one(sheet: str, row: int, column: str, value: Any, code: str, *needs: str) -> Fault:
    return Fault(sheet, row, {column: value}, code, column, "" if value is None else str(value), needs)


FAULTS = [
    _one("vocabulaire", 2, "libelle_fr", None, "missing_value"),
    _one("vocabulaire", 2, "depend", "nord", "unknown_code"),
    _one("vocabulaire", 3, "libelle_fr", None, "missing_value"),
    _one("acteurs", 2, "nom", None, "missing_value"),
    _one("acteurs", 2, "famille", "nul", "unknown_code"),
    _one("acteurs", 2, "territoire", "nulle-part", "unknown_reference"),
    _one("acteurs", 2, "siren", "123", "siren"),
    _one("acteurs", 2, "informe_le", "2031-01-01", "future_date"),
    _one("acteurs", 3, "retirer", "bof", "not_a_flag"),
    _one("acteurs", 3, "territoire", "ailleurs", "unknown_reference"),
    _one("enjeux", 3, "nom", None, "missing_value"),
    _one("enjeux", 3, "parent", "e9", "unknown_reference"),
    _one("objectifs", 2, "enjeu", "e8", "unknown_reference"),
    Fault("objectifs", 2, {"porteurs": "mairie; x1"}, "unknown_reference", "porteurs", "x1"),
    Fault("objectifs", 2, {"valeurs": "zz; ecologique; yy"}, "unknown_code", "valeurs", "yy"),
    _one("objectifs", 3, "nom", None, "missing_value"),
    Fault("objectifs", 3, {"porteurs": "a b"}, "malformed_id", "porteurs", "a b"),
    _one("territoires", 2, "type", "planete", "unknown_code"),
    _one("territoires", 2, "population", "mille", "not_a_number"),
    _one("territoires", 3, "population", -4, "out_of_range"),
    _one("territoires", 3, "parents", "ville", "circle", "2:parents"),
    _one("positions", 2, "acteur", "mairi", "unknown_reference"),
    _one("positions", 2, "acteur", None, "missing_value"),
    _one("positions", 2, "objectif", "plage", "unknown_reference"),
    _one("positions", 2, "valeur", 9, "out_of_range"),
    _one("positions", 2, "valeur", None, "missing_value"),
    Fault("positions", 2, {"valeur": "-"}, "missing_value", "valeur", ""),
    _one("positions", 2, "date", "30/02/2024", "impossible_date"),
    _one("positions", 2, "jusqua", "2023-01-01", "invalid_value", "2:date"),
    _one("positions", 2, "confiance", "haute", "not_a_number"),
    _one("positions", 2, "retenue", "bof", "not_a_flag"),
    Fault(
        "positions",
        3,
        {"acteur": "mairie", "objectif": "place"},
        "duplicate_row",
        "acteur",
        "mairie · place · 2024-03-01 · pilote",
        ("2:acteur", "2:objectif", "2:date", "2:evaluateur", "3:date", "3:evaluateur"),
    ),
    _one("positions", 3, "valeur", 2.5, "not_an_integer"),
    _one("positions", 4, "valeur", "oui", "not_a_number"),
    _one("positions", 4, "objectif", "placette", "unknown_reference"),
    _one("influences", 2, "vers", "mairie", "invalid_value", "2:de"),
    _one("influences", 2, "niveau", 7, "out_of_range"),
    _one("influences", 2, "date", "demain", "not_a_date"),
    _one("liens_objectifs", 2, "vers", "panier", "invalid_value", "2:de"),
    _one("liens_objectifs", 2, "nature", "nuit", "unknown_code"),
    Fault("tensions", 2, {"acteurs": "x2; x3"}, "unknown_reference", "acteurs", "x3"),
    _one("tensions", 2, "titre", None, "missing_value"),
    _one("tensions", 2, "depuis", "hier", "not_a_date"),
    _one("arbitrages", 2, "tension", "t9", "unknown_reference"),
    _one("arbitrages", 2, "date", None, "missing_value"),
    _one("arbitrages", 2, "decision", None, "missing_value"),
    _one("flux", 2, "origine", "nord", "unknown_reference"),
    _one("flux", 2, "type", "air", "unknown_code"),
    _one("flux", 2, "quantite", -1, "out_of_range"),
    _one("flux", 2, "annee", 20, "out_of_range"),
    _one("indicateurs", 2, "territoire", "sud", "unknown_reference"),
    _one("indicateurs", 2, "annee", None, "missing_value"),
    _one("indicateurs", 2, "valeur", None, "missing_value"),
    Fault("seuils", 2, {"plancher": 90}, "invalid_value", "plancher", "90.0", ("2:plafond",)),
    _one("seuils", 2, "plafond", "haut", "not_a_number"),
    _one("seuils", 2, "dimension", None, "missing_value"),
    _one("ressources", 2, "sens", "don", "unknown_code"),
    _one("ressources", 2, "quantite", "peu", "not_a_number"),
    _one("ressources", 2, "territoire", "ouest", "unknown_reference"),
    _one("ressources", 2, "acteur", None, "missing_value"),
    _one("alias", 2, "id", "maire", "unknown_reference"),
    _one("alias", 2, "depuis", "2040-01-01", "future_date"),
]


def _touched(fault: Fault) -> set[tuple[str, str]]:
    return {(fault.sheet, f"{fault.row}:{column}") for column in fault.cells}


def together(faults: list[Fault]) -> list[Fault]:
    """Those of some faults that can stand side by side: each cell is written once, none undoes what another needs."""
    kept: list[Fault] = []
    for fault in faults:
        needed = {(fault.sheet, place) for place in fault.needs}
        if all(
            _touched(fault).isdisjoint(_touched(other) | {(other.sheet, place) for place in other.needs})
            and needed.isdisjoint(_touched(other))
            for other in kept
        ):
            kept.append(fault)
    return kept


def broken(faults: list[Fault]) -> dict[str, list[list[Any]]]:
    """The sound workbook with some faults."""
    sheets = {name: [list(row) for row in rows] for name, rows in SOUND.items()}
    for fault in faults:
        header = sheets[fault.sheet][0]
        for column, value in fault.cells.items():
            sheets[fault.sheet][fault.row - 1][header.index(column)] = value
    return sheets


def beside(faults: list[Fault]) -> set[Told]:
    """Errors that come with those of the faults: a list names each of its ends, a circle each of its rows."""
    also: set[Told] = set()
    for fault in faults:
        if fault.value == "yy":
            also.add(("unknown_code", "objectifs", 2, "valeurs", "zz"))
        if fault.value == "x3":
            also.add(("unknown_reference", "tensions", 2, "acteurs", "x2"))
        if fault.code == "circle":
            also.add(("circle", "territoires", 2, "parents", "pays"))
    return also
