"""The names that sheets and columns may bear: French ones from the model, English ones, and obvious words.

The French headers and the English field names come from the model itself; this module only adds the other words
that people write. Case, accents, spaces and underscores do not matter.
"""

from __future__ import annotations

import difflib
import functools
from dataclasses import dataclass

from graph.model import SHEETS, TABLES, FieldSpec, Table
from graph.vocabulary import fold

RETRACT = "supprimer"
"""Column that takes a record back when it says « oui »."""

ATTRIBUTE = "attribut : "
"""Prefix of the header of an attribute whose own name would be taken for a column of the model."""

_SHEET_WORDS = {
    "actors": ("acteur", "actor", "stakeholders", "parties prenantes"),
    "participations": ("participation",),
    "stakes": ("enjeu", "stake", "perimetres"),
    "objectives": ("objectif", "objective", "goals"),
    "objective_links": ("liens objectifs", "liens d'objectifs", "objective links", "links of objectives"),
    "positions": ("position",),
    "influences": ("influence",),
    "projects": ("projet", "project"),
    "targets": ("cible", "target"),
    "contributions": ("contribution",),
    "territories": ("territoire", "territory"),
    "flows": ("flow",),
    "indicators": ("indicateur", "indicator"),
    "thresholds": ("seuil", "threshold"),
    "resources": ("ressource", "resource"),
    "tensions": ("tension",),
    "arbitrations": ("arbitrage", "arbitration"),
    "concessions": ("concession",),
    "narratives": ("recit", "narrative", "stories"),
    "beacons": ("balise", "beacon"),
    "aliases": ("aliases",),
    "vocabulary": ("vocabulary",),
    "pacts": ("pacte", "pact"),
    "experiments": ("experience", "experiment"),
}

_WORDS: dict[str, tuple[str, ...]] = {
    "id": ("identifiant", "identifier", "code"),
    "name": ("name", "label", "libelle", "intitule"),
    "title": ("title", "intitule"),
    "actor": ("id acteur", "actor id"),
    "objective": ("id objectif", "objective id"),
    "value": ("value", "score", "note"),
    "valid_from": ("valid from", "depuis le", "date d'effet"),
    "valid_to": ("valid to", "until", "jusqu'au", "jusqu'a"),
    "until": ("jusqu'au", "jusqu'a"),
    "rater": ("rated by", "evalue par"),
    "lawful_basis": ("lawful basis",),
    "informed_on": ("informed on",),
    "keep_until": ("keep until", "retention"),
    "visibility": ("visibility",),
    "family": ("family",),
    "source_actor": ("from", "de l'acteur"),
    "target_actor": ("to", "vers l'acteur", "sur"),
    "source_objective": ("from", "de l'objectif"),
    "target_objective": ("to", "vers l'objectif"),
    "start": ("start date",),
    "stop": ("end", "end date"),
    "sdgs": ("sdg", "objectifs de developpement durable"),
    "bearers": ("bearer", "porteur"),
    "skills": ("skill", "competence"),
    "parents": ("parent",),
    "lat": ("latitude",),
    "lon": ("longitude", "lng"),
    "direction": ("direction", "sense"),
    "old": ("old", "old id", "ancien id"),
    "since": ("since",),
    "kind": ("kind", "type", "nature"),
    "label": ("label", "nom", "name"),
    "depends": ("depends", "dependent", "depends on"),
    "review_on": ("review on", "a revoir le"),
    "signed_on": ("signed on",),
    "first_step": ("first step",),
    "year": ("year",),
    "quantity": ("quantity",),
}

_PER_TABLE: dict[tuple[str, str], tuple[str, ...]] = {
    ("influences", "value"): ("level", "valeur", "value"),
    ("aliases", "id"): ("new", "nouveau", "nouvel id"),
    ("objectives", "stake"): ("stake", "perimetre"),
}

_RETRACT_WORDS = ("supprimer", "retirer", "delete", "retract")
_SILENT = ("lisez moi", "readme", "read me", "listes", "lists", "codes")


def sheet_table(name: str) -> Table | None:
    """The table that a sheet's name means, ``None`` when it means none."""
    return _sheets().get(fold(name))


def nearest_sheet(name: str) -> str | None:
    """The French name nearest to an unknown sheet's, ``None`` when nothing is near."""
    close = difflib.get_close_matches(fold(name), list(_sheets()), n=1, cutoff=0.75)
    return _sheets()[close[0]].sheet if close else None


def silent(name: str) -> bool:
    """Whether a sheet explains and holds no data."""
    return fold(name) in _SILENT


@functools.cache
def _sheets() -> dict[str, Table]:
    found = {fold(sheet): table for sheet, table in SHEETS.items()}
    for name, table in TABLES.items():
        for word in (name, *_SHEET_WORDS[name]):
            found.setdefault(fold(word), table)
    return found


@dataclass(frozen=True)
class Column:
    """What a header means.

    Attributes:
        place: place of the column, the first being 0.
        header: as the file writes it.
        spec: the model's field, ``None`` for an attribute or the retraction.
        retract: whether the column takes records back.
    """

    place: int
    header: str
    spec: FieldSpec | None = None
    retract: bool = False


@functools.cache
def spellings(table: Table) -> dict[str, FieldSpec | None]:
    """Every accepted header of a table, folded; ``None`` stands for the retraction."""
    found: dict[str, FieldSpec | None] = {fold(spec.fr): spec for spec in table.fields}
    for word in _RETRACT_WORDS:
        found.setdefault(fold(word), None)
    for spec in table.fields:
        found.setdefault(fold(spec.name), spec)
    for spec in table.fields:
        for word in (*_PER_TABLE.get((table.name, spec.name), ()), *_WORDS.get(spec.name, ())):
            found.setdefault(fold(word), spec)
    return found


def match(table: Table, headers: dict[int, str]) -> list[Column]:
    """What each header of a table means; unknown ones become attributes, blank ones are left out."""
    known = spellings(table)
    columns: list[Column] = []
    for place, header in sorted(headers.items()):
        word = fold(header)
        if not header.strip():
            continue
        if header.startswith(ATTRIBUTE):
            columns.append(Column(place, header.removeprefix(ATTRIBUTE)))
        elif word in known:
            columns.append(Column(place, header, known[word], known[word] is None))
        else:
            columns.append(Column(place, header))
    return columns


def attribute_header(table: Table, name: str) -> str:
    """The header under which an export writes an attribute, so that reading gives it back."""
    taken = fold(name) in spellings(table) or not fold(name) or name.startswith(ATTRIBUTE)
    return f"{ATTRIBUTE}{name}" if taken else name
