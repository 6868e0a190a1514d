"""Values that work on the example territory, for the description of the API: what to type in the place of each name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.model import TABLES

READ = {
    "actors": "mairie",
    "participations": "A1",
    "stakes": "e-alimentation",
    "objectives": "o-marche",
    "objective_links": "L1",
    "positions": "P1",
    "influences": "I1",
    "projects": "p-alim",
    "targets": "T1",
    "contributions": "C1",
    "territories": "c-bourg",
    "flows": "F1",
    "indicators": "N1",
    "thresholds": "S1",
    "resources": "R1",
    "tensions": "tn-attente",
    "arbitrations": "ar-marche",
    "concessions": "G1",
    "narratives": "r-amap",
    "beacons": "b-cooperation-1",
    "aliases": "X1",
    "vocabulary": "V1",
    "pacts": "pa-voisines",
    "experiments": "x-beignet",
}
"""A record of each table."""

CREATED: dict[str, dict[str, Any]] = {
    "actors": {"id": "lycee", "name": "Le lycée agricole", "family": "service", "skills": ["formation"]},
    "participations": {"actor": "amap", "project": "p-alim", "since": "2024-03-12", "family": "beneficiaire"},
    "stakes": {"id": "e-eau", "name": "Partager l'eau"},
    "objectives": {"id": "o-eau", "name": "Garder l'eau dans les sols", "bearers": ["mairie"]},
    "objective_links": {
        "source_objective": "o-archipel",
        "target_objective": "o-marche",
        "kind": "contredit",
    },
    "positions": {
        "actor": "mairie",
        "objective": "o-archipel",
        "value": 2,
        "valid_from": "2024-03-12",
        "source": "Compte rendu de la réunion du 12 mars 2024",
    },
    "influences": {
        "source_actor": "amap",
        "target_actor": "mairie",
        "value": 1,
        "valid_from": "2024-03-12",
    },
    "projects": {"id": "p-eau", "name": "Retenir la pluie", "status": "en_cours"},
    "targets": {"project": "p-alim", "objective": "o-apaiser", "weight": 1},
    "contributions": {
        "actor": "amap",
        "project": "p-alim",
        "kind": "local",
        "start": "2024-03-12",
    },
    "territories": {"id": "t-vallee", "name": "La vallée", "lat": 48.1, "lon": -1.7},
    "flows": {
        "origin": "c-bourg",
        "destination": "c-plaine",
        "kind": "food",
        "quantity": 12,
        "unit": "tonnes",
        "year": 2024,
    },
    "indicators": {"territory": "c-bourg", "indicator": "Haies", "year": 2024, "value": 12.5, "unit": "km"},
    "thresholds": {"indicator": "Haies", "dimension": "biodiversité", "floor": 20},
    "resources": {"actor": "mairie", "resource": "salle de réunion", "direction": "offre"},
    "tensions": {"id": "tn-eau", "title": "Irriguer ou garder", "actors": ["mairie", "amap"]},
    "arbitrations": {
        "id": "ar-attente",
        "tension": "tn-attente",
        "date": "2024-03-12",
        "decision": "Un premier immeuble isolé, puis un bilan commun.",
    },
    "concessions": {"arbitration": "ar-marche", "actor": "communaute", "gives": "Une place au marché"},
    "narratives": {
        "id": "r-eau",
        "date": "2024-03-12",
        "kind": "recit",
        "title": "La mare revenue",
        "text": "Depuis deux hivers, l'eau reste.",
    },
    "beacons": {"id": "b-locale-1", "label": "Décider près de chez soi", "stake": "engagement"},
    "aliases": {"table": "actors", "old": "hotel-de-ville", "target": "mairie"},
    "vocabulary": {"list": "type_flux", "code": "semences", "label_fr": "semences", "depends": "destination"},
    "pacts": {"id": "pa-eau", "title": "Pacte de l'eau", "parties": ["t-epci", "t-voisine"]},
    "experiments": {"id": "x-eau", "question": "Et si chaque toit gardait sa pluie ?"},
}
"""A record of each table that the example territory does not hold."""

REPLACED: dict[str, dict[str, Any]] = {
    "actors": {"id": "mairie", "name": "La mairie"},
    "participations": {"actor": "mairie", "project": "d-transition", "since": "2018-09-03"},
    "stakes": {"id": "e-alimentation", "name": "Bien-vivre alimentaire"},
    "objectives": {"id": "o-marche", "name": "Animer le centre par un marché"},
    "objective_links": {"source_objective": "o-marche", "target_objective": "o-gamme", "kind": "contredit"},
    "positions": {"actor": "mairie", "objective": "o-marche", "value": 3, "valid_from": "2018-11-15"},
    "influences": {
        "source_actor": "mairie",
        "target_actor": "voirie",
        "value": 3,
        "valid_from": "2018-11-15",
    },
    "projects": {"id": "p-alim", "name": "Bien-vivre alimentaire"},
    "targets": {"project": "p-alim", "objective": "o-cantine"},
    "contributions": {"actor": "mediatheque", "project": "a-marche", "kind": "local", "start": "2019-09-02"},
    "territories": {"id": "c-bourg", "name": "Commune du bourg-centre"},
    "flows": {
        "origin": "c-plaine",
        "destination": "c-plaine",
        "kind": "food",
        "unit": "tonnes",
        "year": 2022,
        "source": "quantité composée, supposée",
    },
    "indicators": {
        "territory": "t-epci",
        "indicator": "Produits locaux à la cantine",
        "year": 2019,
        "value": 18.0,
    },
    "thresholds": {"indicator": "Produits locaux à la cantine", "dimension": "alimentation"},
    "resources": {
        "actor": "mediatheque",
        "resource": "salle de distribution",
        "direction": "offre",
        "territory": "c-bourg",
    },
    "tensions": {"id": "tn-attente", "title": "Désaccord ancien sur la dépense d'isolation"},
    "arbitrations": {
        "id": "ar-marche",
        "tension": "tn-marche",
        "date": "2020-10-08",
        "decision": "Un an de paniers sans œufs ni fromages, puis un bilan.",
    },
    "concessions": {"arbitration": "ar-marche", "actor": "amap"},
    "narratives": {"id": "r-amap", "date": "2019-10-03", "kind": "recit", "title": "Le marché vu par l'AMAP"},
    "beacons": {"id": "b-cooperation-1", "label": "S'entendre sans se ressembler"},
    "aliases": {"table": "territories", "old": "c-ancien-hameau", "target": "c-coteau"},
    "vocabulary": {
        "list": "type_flux",
        "code": "benevolat",
        "label_fr": "heures bénévoles",
        "depends": "destination",
    },
    "pacts": {
        "id": "pa-voisines",
        "title": "Pacte des deux communautés (projet)",
        "parties": ["t-epci", "t-voisine"],
    },
    "experiments": {
        "id": "x-beignet",
        "question": "Et si deux communautés voisines lisaient ensemble leurs planchers et leurs plafonds ?",
    },
}
"""Each record of :data:`READ` anew, with what is required of it."""

CHANGED = {"visibility": "partenaires"}
"""What may be changed of any record."""

QUERY: dict[str, Any] = {
    "project": "p-alim",
    "stake": "e-alimentation",
    "territory": "c-bourg",
    "as_of": "2024-06-30",
    "at_revision": 1,
}
"""By parameter of a query, whatever asks."""

PARTS: dict[str, Any] = {
    "/api/v1/revisions/{number}": 1,
    "/api/v1/revisions/{number}/undo": 1,
    "/api/v1/reference/territories/{code}": "35238",
    "/api/v1/maps/{kind}": "convergence",
}
"""By path, its part that is no id of a record."""

OWN: dict[tuple[str, str], Any] = {
    ("/api/v1/evolution", "from"): "2018-12-31",
    ("/api/v1/evolution", "to"): "2024-06-30",
    ("/api/v1/interdependencies", "kind"): "food",
    ("/api/v1/perimeters", "kind"): "food",
    ("/api/v1/reference/territories", "q"): "Rennes",
    ("/api/v1/negotiation", "territory"): ["t-epci", "t-voisine"],
}
"""By path and parameter, where what asks matters; without these it does not answer."""


def illustrated(document: Mapping[str, Any]) -> None:
    """Put examples in an OpenAPI document, in place."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for parameter in operation.get("parameters", ()):
                found = parameter_example(path, parameter)
                if found is not None:
                    parameter["example"] = found
            body = body_example(path, method)
            if body is not None:
                operation["requestBody"]["content"]["application/json"]["example"] = body


def needed(path: str, parameter: Mapping[str, Any]) -> bool:
    """Whether the example territory answers only when this is said."""
    return bool(parameter.get("required")) or (path, parameter["name"]) in OWN


def parameter_example(path: str, parameter: Mapping[str, Any]) -> Any:
    """A value of a parameter; ``None`` where none is told."""
    name = parameter["name"]
    if parameter["in"] == "path":
        return PARTS.get(path, READ.get(_table(path)))
    if (path, name) in OWN:
        return OWN[path, name]
    if parameter["in"] != "query" or name not in QUERY:
        return None
    found = QUERY[name]
    return [found] if parameter["schema"].get("type") == "array" else found


def body_example(path: str, method: str) -> dict[str, Any] | None:
    """The JSON to send."""
    if path == "/api/v1/actors/{id}/merge":
        return {"gone": "voirie"}
    if path == "/api/v1/imports/territories":
        return {"territories": ["200054781"], "members": False}
    if path == "/api/v1/imports/{id}/apply":
        return {"message": "Réunion du 12 mars"}
    table = _table(path)
    if table not in TABLES or path.count("/") > 4:
        return None
    return {"post": CREATED[table], "put": REPLACED[table], "patch": CHANGED}.get(method)


def _table(path: str) -> str:
    return path.removeprefix("/api/v1/").partition("/")[0]
