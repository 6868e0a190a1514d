"""The empty workbook: every sheet with its columns, drop-down lists, and a sheet that explains the scales."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from graph.model import SHEETS, TABLES, FieldSpec, Kind, Table
from graph.vocabulary import Vocabulary, shipped
from ingest.writers.xlsx import HEAD, HEAD_FILL, WIDTH

README = "LISEZ-MOI"
LISTS = "listes"
ROWS = 5_000
"""Rows that get a drop-down list."""

YES = "oui_non"

_SCALES = (
    ("Échelle des positions (feuille « positions », colonne « valeur »)", None),
    ("+1 à +4", "pour : l'objectif sert l'acteur · −1 à −4 : contre"),
    ("1", "ce qui est en jeu : ses façons de faire (processus opératoires)"),
    ("2", "ses projets"),
    ("3", "sa mission"),
    ("4", "son existence même"),
    ("0", "neutre, et il l'a dit. Une ligne absente veut dire « inconnu », ce n'est jamais la même chose."),
    ("Échelle des influences (feuille « influences », colonne « niveau »)", None),
    ("0", "aucune influence"),
    ("1 à 4", "peut mettre en cause les façons de faire, les projets, la mission, l'existence de l'autre"),
    ("Règles de saisie", None),
    (
        "Identifiants",
        "de 1 à 64 lettres sans accent, chiffres, « _ », « . », « : » ou « - » ; ils ne changent jamais",
    ),
    ("Listes", "plusieurs valeurs dans une cellule : séparées par « ; »"),
    ("Dates", "AAAA-MM-JJ ou JJ/MM/AAAA ; le jour où c'est devenu vrai (l'entretien, la délibération)"),
    ("Confiance", "de 0 à 1 ; sous 0,5 la carte affiche « ? »"),
    ("Évaluateur", "qui a jugé : identifiant d'un acteur ou texte libre ; vide = la cartographie elle-même"),
    ("Visibilité", "public, partenaires ou pilotes (par défaut : pilotes)"),
    (
        "Cellule vide",
        "laisse le dépôt comme il est · « - » efface · colonne « supprimer » = oui retire la ligne",
    ),
    (
        "Feuilles",
        "aucune n'est obligatoire ; les colonnes obligatoires sont marquées d'un astérisque ci-dessous",
    ),
)


def write_template(path: Path) -> None:
    """Write the template."""
    vocabulary = shipped()
    book = Workbook()
    lists = _lists(book, vocabulary)
    for table in SHEETS.values():
        _sheet(book, table, lists)
    readme = book.active
    assert readme is not None
    _readme(readme)
    book.move_sheet(LISTS, len(book.sheetnames))
    book.save(path)


def _lists(book: Workbook, vocabulary: Vocabulary) -> dict[str, str]:
    """The sheet of codes; by list, the range that a drop-down refers to."""
    sheet: Any = book.create_sheet(LISTS)
    ranges: dict[str, str] = {}
    columns = {name: list(vocabulary[name].codes) for name in vocabulary.names} | {YES: ["oui", "non"]}
    for place, (name, codes) in enumerate(columns.items(), start=1):
        letter = get_column_letter(place)
        _head(sheet.cell(1, place, name))
        for row, code in enumerate(codes, start=2):
            sheet.cell(row, place, code)
        sheet.column_dimensions[letter].width = WIDTH
        ranges[name] = f"{quote_sheetname(LISTS)}!${letter}$2:${letter}${len(codes) + 1}"
    return ranges


def _sheet(book: Workbook, table: Table, lists: dict[str, str]) -> None:
    sheet: Any = book.create_sheet(table.sheet)
    sheet.freeze_panes = "A2"
    for place, spec in enumerate(table.fields, start=1):
        letter = get_column_letter(place)
        cell = sheet.cell(1, place, spec.fr)
        _head(cell)
        cell.comment = Comment(explained(spec), "Agencements", width=320, height=90)
        sheet.column_dimensions[letter].width = max(WIDTH, len(spec.fr) + 4)
        rule = _validation(spec, lists)
        if rule is not None:
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{ROWS + 1}")


def explained(spec: FieldSpec) -> str:
    """What a column holds, in French, for people."""
    kinds = {
        Kind.ID: "identifiant",
        Kind.TEXT: "texte",
        Kind.LONG: "texte long",
        Kind.CODE: "un code de la liste",
        Kind.CODES: "codes de la liste, séparés par « ; »",
        Kind.INTEGER: "nombre entier",
        Kind.NUMBER: "nombre",
        Kind.DATE: "date",
        Kind.FLAG: "oui ou non",
        Kind.REF: f"identifiant de la feuille « {_sheet_of(spec)} »",
        Kind.REFS: f"identifiants de la feuille « {_sheet_of(spec)} », séparés par « ; »",
        Kind.TEXTS: "textes séparés par « ; »",
    }
    text = kinds[spec.kind]
    if spec.low is not None and spec.high is not None:
        text += f", de {spec.low:g} à {spec.high:g}"
    elif spec.low is not None:
        text += ", plus grand que 0" if 0 < spec.low < 1 else f", au moins {spec.low:g}"
    if spec.past:
        text += ", pas dans le futur"
    return text + (" (obligatoire)" if spec.required else "")


def _sheet_of(spec: FieldSpec) -> str:
    return TABLES[spec.ref].sheet if spec.ref else ""


def _validation(spec: FieldSpec, lists: dict[str, str]) -> DataValidation | None:
    if spec.kind is Kind.CODE and spec.codes is not None:
        return DataValidation(
            type="list", formula1=lists[spec.codes], allow_blank=True, showErrorMessage=False
        )
    if spec.kind is Kind.FLAG:
        return DataValidation(type="list", formula1=lists[YES], allow_blank=True, showErrorMessage=False)
    if spec.kind is Kind.INTEGER and spec.low is not None and spec.high is not None:
        return DataValidation(
            type="whole",
            operator="between",
            formula1=f"{spec.low:g}",
            formula2=f"{spec.high:g}",
            allow_blank=True,
        )
    return None


def _readme(sheet: Any) -> None:
    sheet.title = README
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 110
    row = 1
    sheet.cell(row, 1, "Agencements : modèle de classeur").font = Font(bold=True, size=16)
    row += 2
    for left, right in _SCALES:
        sheet.cell(row, 1, left).font = HEAD if right is None else Font(bold=False)
        if right is not None:
            sheet.cell(row, 2, right).alignment = Alignment(wrap_text=True, vertical="top")
        row += 1
    row += 1
    sheet.cell(row, 1, "Feuille").font = HEAD
    sheet.cell(row, 2, "Colonnes (* obligatoire)").font = HEAD
    for table in SHEETS.values():
        row += 1
        sheet.cell(row, 1, table.sheet)
        names = ", ".join(f"{spec.fr}*" if spec.required else spec.fr for spec in table.fields)
        sheet.cell(row, 2, names).alignment = Alignment(wrap_text=True, vertical="top")


def _head(cell: Any) -> None:
    cell.font = HEAD
    cell.fill = HEAD_FILL
