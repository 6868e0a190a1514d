"""Words of the page around a map, in French and in English."""

from __future__ import annotations

from typing import Any

_FR: dict[str, Any] = {
    "map": "Carte",
    "table": "Tableau",
    "search": "Chercher",
    "threshold": "Seuil",
    "view": "Vue",
    "theme": "Clair / sombre",
    "projector": "Projeter",
    "png": "Image PNG (× 2)",
    "order": "Ordre",
    "unweighted": "Ordre 3 indisponible : aucune influence connue, personne n'a de force.",
    "list": "Liste",
    "export": "Exporter",
    "print": "Imprimer",
    "actors": "Acteurs de la carte",
    "faces": "Face de la carte",
    "legend": "Légende",
    "explanation": "Explication",
    "close": "Fermer",
    "records": "Relevés",
    "keys": "↑ ↓ choisir · Entrée expliquer · / chercher · + − zoom · 0 tout voir · T tableau · Échap",
    "pins": " · P épingler",
    "nothing": "Rien à dessiner dans ce périmètre.",
    "script": {
        "lang": "fr",
        "links": "{n} liens sur {m}",
        "confidence": "confiance",
        "rater": "selon",
        "on": "sur",
        "none": "Aucun lien connu avec les acteurs nommés.",
        "pinned": "Épinglé",
    },
}

_EN: dict[str, Any] = {
    "map": "Map",
    "table": "Table",
    "search": "Search",
    "threshold": "Threshold",
    "view": "View",
    "theme": "Light / dark",
    "projector": "Project",
    "png": "PNG picture (× 2)",
    "order": "Order",
    "unweighted": "Order 3 unavailable: no influence is known, nobody has any force.",
    "list": "List",
    "export": "Export",
    "print": "Print",
    "actors": "Actors of the map",
    "faces": "Face of the map",
    "legend": "Legend",
    "explanation": "Explanation",
    "close": "Close",
    "records": "Records",
    "keys": "↑ ↓ choose · Enter explain · / search · + − zoom · 0 fit · T table · Esc",
    "pins": " · P pin",
    "nothing": "Nothing to draw in this scope.",
    "script": {
        "lang": "en",
        "links": "{n} of {m} links",
        "confidence": "confidence",
        "rater": "according to",
        "on": "on",
        "none": "No known link with the actors named.",
        "pinned": "Pinned",
    },
}


def words(lang: str) -> dict[str, Any]:
    """The words of a language, French by default."""
    return _EN if lang == "en" else _FR
