"""Fields and values of any table as people read them, references as links."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from api.routers.pages.frame import Reading
from graph.model import TABLE_OF, TABLES, Fact, FieldSpec, Kind, Table
from viz.marks import signed

SHEET_NAMES = {
    "actors": ("Acteurs", "Actors"),
    "participations": ("Participations", "Participations"),
    "stakes": ("Enjeux", "Stakes"),
    "objectives": ("Objectifs", "Objectives"),
    "objective_links": ("Liens d'objectifs", "Links between objectives"),
    "positions": ("Positions", "Positions"),
    "influences": ("Influences", "Influences"),
    "projects": ("Projets", "Projects"),
    "targets": ("Cibles", "Targets"),
    "contributions": ("Contributions", "Contributions"),
    "territories": ("Territoires", "Territories"),
    "flows": ("Flux", "Flows"),
    "indicators": ("Indicateurs", "Indicators"),
    "thresholds": ("Seuils", "Thresholds"),
    "resources": ("Ressources", "Resources"),
    "tensions": ("Tensions", "Tensions"),
    "arbitrations": ("Arbitrages", "Arbitrations"),
    "concessions": ("Concessions", "Concessions"),
    "narratives": ("Récits et indices", "Narratives and signals"),
    "beacons": ("Balises", "Beacons"),
    "aliases": ("Alias", "Aliases"),
    "vocabulary": ("Vocabulaire", "Vocabulary"),
    "pacts": ("Pactes", "Pacts"),
    "experiments": ("Expériences", "Experiments"),
}
"""Names of the tables for people."""

_ACCENTED = {
    "annee": "année",
    "base_legale": "base légale",
    "competences": "compétences",
    "conserver_jusqua": "à conserver jusqu'au",
    "debut": "début",
    "decision": "décision",
    "depend": "dépend",
    "depuis": "depuis",
    "evaluateur": "évaluateur",
    "hypothese": "hypothèse",
    "informe_le": "informé le",
    "jusqua": "jusqu'au",
    "libelle": "libellé",
    "libelle_en": "libellé anglais",
    "libelle_fr": "libellé français",
    "numero": "numéro",
    "odd": "ODD",
    "quantite": "quantité",
    "recoit": "reçoit",
    "resultat": "résultat",
    "signe_le": "signé le",
    "unite": "unité",
    "visibilite": "visibilité",
}


class Part(NamedTuple):
    """A piece of a value: its text, and where it leads if anywhere."""

    text: str
    href: str | None = None


def table_name(reading: Reading, table: Table) -> str:
    """A table's name for people."""
    return reading.t(*SHEET_NAMES[table.name])


def head(reading: Reading, spec: FieldSpec) -> str:
    """A field's name for people."""
    text = reading.t(_ACCENTED.get(spec.fr, spec.fr), spec.name).replace("_", " ")
    return text[:1].upper() + text[1:]


def day(reading: Reading, value: date) -> str:
    """A day, ``14/11/2026`` in French and ISO in English."""
    return reading.t(value.strftime("%d/%m/%Y"), value.isoformat())


def entity_url(reading: Reading, table: str, id_: str) -> str:
    """Where an entity is read."""
    own = {"actors": "/acteurs", "objectives": "/objectifs", "territories": "/territoires"}.get(table)
    return reading.link(f"{own}/{id_}" if own else f"/donnees/{TABLES[table].sheet}/{id_}")


def record_url(reading: Reading, table: str, id_: str) -> str:
    """Where any record is read with its history."""
    return entity_url(reading, table, id_) if TABLES[table].entity else reading.link(f"/fiches/{id_}")


def reference(reading: Reading, table: str, id_: str) -> Part:
    """An entity by its name, as a link when it is there to be read."""
    name = reading.names[table].get(id_)
    return Part(id_) if name is None else Part(name, entity_url(reading, table, id_))


def display(reading: Reading, table: Table, spec: FieldSpec, value: Any) -> list[Part]:
    """A field's value in pieces; nothing when it is empty."""
    if value is None or value == () or value is False:
        return []
    if spec.many:
        return [_one(reading, table, spec, item) for item in value]
    return [_one(reading, table, spec, value)]


def _one(reading: Reading, table: Table, spec: FieldSpec, value: Any) -> Part:
    if spec.ref is not None:
        return reference(reading, spec.ref, value)
    if spec.name == "rater" and value in reading.names["actors"]:
        return reference(reading, "actors", value)
    if spec.codes is not None:
        return Part(reading.snapshot.vocabulary.label(spec.codes, value, reading.lang))
    if spec.kind is Kind.DATE:
        return Part(day(reading, value))
    if spec.kind is Kind.FLAG:
        return Part(reading.t("oui", "yes"))
    if table.name == "positions" and spec.name == "value":
        return Part(signed(value))
    if isinstance(value, int | float):
        text = f"{value:.10g}".replace("-", "−")
        return Part(reading.t(text.replace(".", ","), text))
    return Part(str(value))


def fields(reading: Reading, value: Fact) -> list[tuple[str, list[Part]]]:
    """Every field of a record that says something, with its name; columns of the file kept as they came."""
    table = TABLE_OF[type(value)]
    found = [
        (head(reading, spec), display(reading, table, spec, getattr(value, spec.name)))
        for spec in table.fields
    ]
    return [(name, parts) for name, parts in found if parts] + [
        (name, [Part(text)]) for name, text in value.attributes
    ]
