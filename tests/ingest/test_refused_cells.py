"""What a cell or a row may not say: each refusal names its place in French and changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from graph import Store
from ingest.issues import Issue
from tests.ingest.books import BASE, FORMATS, Sheets, held, load, plan, write

P = ["acteur", "objectif", "valeur", "date", "confiance"]


class Bad(NamedTuple):
    """A workbook with one fault.

    Attributes:
        name: of the case.
        sheets: beside the base ones.
        code: of the error expected.
        place: sheet, row, column and value that the message must name.
        says: what else it must say: what to do.
    """

    name: str
    sheets: Sheets
    code: str
    place: tuple[str, int, str, str]
    says: str


def _position(*cells: Any) -> Sheets:
    return {"positions": [P, ["mairie", "place", *cells]]}


CASES = [
    Bad(
        "value out of scale",
        _position(6),
        "out_of_range",
        ("positions", 2, "valeur", "6"),
        "hors de l'échelle ; attendu : -4..4",
    ),
    Bad(
        "value below the scale",
        {"influences": [["de", "vers", "niveau"], ["mairie", "amap", -1]]},
        "out_of_range",
        ("influences", 2, "niveau", "-1"),
        "attendu : 0..4",
    ),
    Bad(
        "confidence out of scale",
        _position(1, None, 1.5),
        "out_of_range",
        ("positions", 2, "confiance", "1.5"),
        "attendu : 0..1",
    ),
    Bad(
        "weight of zero",
        {
            "projets": [["id", "nom"], ["p", "Un projet"]],
            "cibles": [["projet", "objectif", "poids"], ["p", "place", 0]],
        },
        "out_of_range",
        ("cibles", 2, "poids", "0"),
        "un nombre > 0",
    ),
    Bad(
        "text in a number",
        _position("beaucoup"),
        "not_a_number",
        ("positions", 2, "valeur", "beaucoup"),
        "un nombre est attendu",
    ),
    Bad(
        "unit in a number",
        {"territoires": [["id", "nom", "population"], ["t", "Un lieu", "1200 hab."]]},
        "not_a_number",
        ("territoires", 2, "population", "1200 hab."),
        "sans texte ni unité",
    ),
    Bad(
        "half a point",
        _position(1.5),
        "not_an_integer",
        ("positions", 2, "valeur", "1.5"),
        "nombre entier attendu",
    ),
    Bad(
        "unknown code, nearest proposed",
        {"acteurs": [["id", "nom", "famille"], ["mairie", "La mairie", "servise"], ["amap", "L'AMAP", ""]]},
        "unknown_code",
        ("acteurs", 2, "famille", "servise"),
        "Vouliez-vous dire « service » ?",
    ),
    Bad(
        "unknown code, nothing near",
        {"acteurs": [["id", "nom", "famille"], ["mairie", "La mairie", "zzz"], ["amap", "L'AMAP", ""]]},
        "unknown_code",
        ("acteurs", 2, "famille", "zzz"),
        "attendu : operateur, service,",
    ),
    Bad(
        "unknown id, nearest proposed",
        {"positions": [P, ["mairi", "place", 1]]},
        "unknown_reference",
        ("positions", 2, "acteur", "mairi"),
        "Vouliez-vous dire « mairie » ?",
    ),
    Bad(
        "unknown id in a list",
        {
            "objectifs": [
                ["id", "nom", "porteurs"],
                ["place", "La place", "mairie; qqch"],
                ["panier", "P", ""],
            ]
        },
        "unknown_reference",
        ("objectifs", 2, "porteurs", "qqch"),
        "n'existe ni dans la feuille « acteurs » du fichier ni dans le dépôt",
    ),
    Bad(
        "malformed id",
        {"acteurs": [["id", "nom"], ["mairie", "La mairie"], ["amap", "L'AMAP"], ["la poste", "La Poste"]]},
        "malformed_id",
        ("acteurs", 4, "id", "la poste"),
        "sans espace",
    ),
    Bad(
        "accented id",
        {"acteurs": [["id", "nom"], ["mairie", "La mairie"], ["amap", "L'AMAP"], ["été", "Été"]]},
        "malformed_id",
        ("acteurs", 4, "id", "été"),
        "lettres sans accent",
    ),
    Bad(
        "id of 65 characters",
        {"acteurs": [["id", "nom"], ["mairie", "M"], ["amap", "A"], ["a" * 65, "Long"]]},
        "malformed_id",
        ("acteurs", 4, "id", "a" * 65),
        "de 1 à 64",
    ),
    Bad(
        "duplicate id",
        {"acteurs": [["id", "nom"], ["mairie", "La mairie"], ["amap", "L'AMAP"], ["mairie", "Encore"]]},
        "duplicate_id",
        ("acteurs", 4, "id", "mairie"),
        "la ligne 2 parle déjà de la même chose : gardez une seule ligne",
    ),
    Bad(
        "two rows for one dated statement",
        {"positions": [P, ["mairie", "place", 1, "2024-03-12"], ["mairie", "place", 2, "12/03/2024"]]},
        "duplicate_row",
        ("positions", 3, "acteur", "mairie · place · 2024-03-12"),
        "la ligne 2 parle déjà de la même chose",
    ),
    Bad(
        "two rows for one undated statement",
        {"positions": [P, ["mairie", "place", 1], ["mairie", "place", 1]]},
        "duplicate_row",
        ("positions", 3, "acteur", "mairie · place"),
        "gardez une seule ligne",
    ),
    Bad(
        "two rows for one link",
        {
            "liens_objectifs": [
                ["de", "vers", "nature"],
                ["place", "panier", "sert"],
                ["place", "panier", "sert"],
            ]
        },
        "duplicate_row",
        ("liens_objectifs", 3, "de", "place · panier · sert"),
        "gardez une seule ligne",
    ),
    Bad(
        "impossible date",
        _position(1, "2024-02-30"),
        "impossible_date",
        ("positions", 2, "date", "2024-02-30"),
        "cette date n'existe pas au calendrier",
    ),
    Bad(
        "month 13",
        _position(1, "01/13/2024"),
        "impossible_date",
        ("positions", 2, "date", "01/13/2024"),
        "AAAA-MM-JJ ou JJ/MM/AAAA",
    ),
    Bad(
        "two-digit year",
        _position(1, "12/03/24"),
        "two_digit_year",
        ("positions", 2, "date", "12/03/24"),
        "écrivez-la en entier",
    ),
    Bad(
        "no date at all",
        _position(1, "au printemps"),
        "not_a_date",
        ("positions", 2, "date", "au printemps"),
        "date attendue (AAAA-MM-JJ ou JJ/MM/AAAA)",
    ),
    Bad(
        "a number for a date",
        _position(1, 2024),
        "not_a_date",
        ("positions", 2, "date", "2024"),
        "date attendue",
    ),
    Bad(
        "future date",
        _position(1, "2026-06-16"),
        "future_date",
        ("positions", 2, "date", "2026-06-16"),
        "ne peut être daté après aujourd'hui",
    ),
    Bad(
        "future date as a cell",
        _position(1, date(2031, 1, 1)),
        "future_date",
        ("positions", 2, "date", "2031-01-01"),
        "date dans le futur",
    ),
    Bad(
        "name over 1,000 characters",
        {"acteurs": [["id", "nom"], ["mairie", "x" * 1001], ["amap", "L'AMAP"]]},
        "too_long",
        ("acteurs", 2, "nom", "x" * 119 + "…"),
        "1001 caractères, le plus est 1000 : raccourcissez",
    ),
    Bad(
        "long text over 20,000 characters",
        {"objectifs": [["id", "nom", "description"], ["place", "P", "é" * 20_001], ["panier", "P2", ""]]},
        "too_long",
        ("objectifs", 2, "description", "é" * 119 + "…"),
        "20001 caractères, le plus est 20000",
    ),
    Bad(
        "empty required cell",
        {"acteurs": [["id", "nom", "type"], ["mairie", "La mairie", ""], ["amap", "", "asso"]]},
        "missing_value",
        ("acteurs", 3, "nom", ""),
        "cellule obligatoire vide",
    ),
    Bad(
        "empty end of a relation",
        {"positions": [P, ["mairie", "", 1]]},
        "missing_value",
        ("positions", 2, "objectif", ""),
        "remplissez-la, ou supprimez la ligne",
    ),
    Bad(
        "computation error",
        _position("#REF!"),
        "error_value",
        ("positions", 2, "valeur", "#REF!"),
        "corrigez la formule ou saisissez la valeur",
    ),
    Bad(
        "wrong SIREN",
        {"acteurs": [["id", "nom", "siren"], ["mairie", "La mairie", "123456789"], ["amap", "L'AMAP", ""]]},
        "siren",
        ("acteurs", 2, "siren", "123456789"),
        "annuaire-entreprises.data.gouv.fr",
    ),
    Bad(
        "neither yes nor no",
        {
            "acteurs": [
                ["id", "nom", "personne"],
                ["mairie", "La mairie", "peut-être"],
                ["amap", "L'AMAP", ""],
            ]
        },
        "not_a_flag",
        ("acteurs", 2, "personne", "peut-être"),
        "attendu : oui ou non",
    ),
    Bad(
        "influence on oneself",
        {"influences": [["de", "vers", "niveau"], ["amap", "amap", 1]]},
        "invalid_value",
        ("influences", 2, "vers", "amap"),
        "pas d'influence sur lui-même",
    ),
    Bad(
        "objective tied to itself",
        {"liens_objectifs": [["de", "vers", "nature"], ["place", "place", "sert"]]},
        "invalid_value",
        ("liens_objectifs", 2, "vers", "place"),
        "n'est pas lié à lui-même",
    ),
    Bad(
        "floor above the ceiling",
        {"seuils": [["indicateur", "dimension", "plancher", "plafond"], ["eau", "d", 5, 4]]},
        "invalid_value",
        ("seuils", 2, "plancher", "5.0"),
        "au-dessus du plafond",
    ),
    Bad(
        "hierarchy in a circle",
        {"enjeux": [["id", "nom", "parent"], ["a", "A", "b"], ["b", "B", "a"]]},
        "circle",
        ("enjeux", 2, "parent", "b"),
        "tourne en rond",
    ),
    Bad(
        "alias to nothing",
        {"alias": [["table", "ancien", "id"], ["acteurs", "vieux", "personne-ici"]]},
        "unknown_reference",
        ("alias", 2, "id", "personne-ici"),
        "n'existe ni dans la feuille « acteurs »",
    ),
    Bad(
        "alias of a living record",
        {"alias": [["table", "ancien", "id"], ["acteurs", "deja", "mairie"]]},
        "reused_id",
        ("alias", 2, "ancien", "deja"),
        "fusionnez les deux fiches",
    ),
    Bad(
        "alias of no table",
        {"alias": [["table", "ancien", "id"], ["positions", "x", "mairie"]]},
        "unknown_table",
        ("alias", 2, "table", "positions"),
        "attendu : acteurs, enjeux",
    ),
    Bad(
        "term of a closed list",
        {"vocabulaire": [["liste", "code", "libelle_fr"], ["implication", "neuf", "Neuf"]]},
        "closed_list",
        ("vocabulaire", 2, "liste", "implication"),
        "cette liste est fixe",
    ),
    Bad(
        "flow kind that does not say who depends",
        {"vocabulaire": [["liste", "code", "libelle_fr"], ["type_flux", "wood", "Bois"]]},
        "vocabulary",
        ("vocabulaire", 2, "depend", ""),
        "doit dire qui dépend (colonne « depend » : origine ou destination)",
    ),
    Bad(
        "term of an unknown list",
        {"vocabulaire": [["liste", "code", "libelle_fr"], ["couleurs", "neuf", "Neuf"]]},
        "unknown_list",
        ("vocabulaire", 2, "liste", "couleurs"),
        "liste inconnue",
    ),
]


def message_places(issue: Issue, file: str, case: Bad) -> None:
    """The French sentence names file, sheet, row, column and value, and says what to do."""
    sheet, row, column, value = case.place
    where = f"{file}, feuille « {sheet} », ligne {row}, colonne « {column} » : "
    assert issue.message().startswith(where + (f"« {value}" if value else ""))
    assert case.says in issue.message()
    english = issue.message("en")
    assert english.startswith(f"{file}, sheet '{sheet}', row {row}, column '{column}': ")
    assert english != issue.message()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_refused_with_its_place(store: Store, tmp_path: Path, case: Bad, kind: str) -> None:
    load(store, write(tmp_path, {"acteurs": [["id", "nom"], ["deja", "Déjà là"]]}, name="avant"))
    before = held(store)
    path = write(tmp_path, {**BASE, **case.sheets}, kind)
    made = plan(store, path)
    first = made.report.issues[0]
    assert first.code == case.code
    file = f"{case.place[0]}.csv" if kind == "csv" else path.name
    message_places(first, file, case)
    assert made.status == "blocked"
    with pytest.raises(Exception, match="rien n'est importé"):
        made.apply(store, author="pilote")
    assert held(store) == before


def test_thresholds_of_length_are_accepted(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "acteurs": [["id", "nom"], ["a" * 64, "x" * 1000]],
            "objectifs": [["id", "nom", "description"], ["o", "O", "y" * 20_000]],
        },
    )
    load(store, path)
    assert held(store)["actors"]["a" * 64]["name"] == "x" * 1000


def test_a_reference_is_looked_up_in_the_file_then_in_the_store(store: Store, tmp_path: Path) -> None:
    load(store, write(tmp_path, BASE))
    load(store, write(tmp_path, {"positions": [P, ["mairie", "place", 2]]}, name="seul"))
    assert held(store)["positions"]["P1"]["value"] == 2
