"""Documents about official territories, alike on the command line, over HTTP and on pages."""

from __future__ import annotations

from typing import Any

from graph import competences
from graph.errors import Fault, InvalidCall, NotFound
from graph.vocabulary import shipped
from ingest.opendata import Place, Reference
from ingest.opendata.search import LIMIT, Match, searching
from viz.outlines import outlines

LISTED = 20
"""Territories proposed when a name means several."""


def one(reference: Reference, text: str, lang: str) -> Match:
    """The one territory that a text names.

    Args:
        reference: what is known.
        text: a code, old or of today, or a name.
        lang: of the labels of types.

    Raises:
        InvalidCall: it names several, listed to choose from.
        NotFound: it names none; the nearest are proposed.
    """
    found = searching(reference).find(text, LISTED)
    if len(found) == 1:
        return found[0]
    if found:
        proposed = " · ".join(_proposed(match, lang, reference) for match in found)
        more = "…" if len(found) == LISTED else "."
        raise InvalidCall(
            [
                Fault(
                    "territory",
                    text[:80],
                    f"« {text} » désigne plusieurs territoires ; donnez le code : {proposed}{more}",
                    f"'{text}' names several territories; give the code: {proposed}{more}",
                )
            ]
        )
    near = searching(reference).nearest(text)
    proposed = " · ".join(_proposed(match, lang) for match in near)
    raise NotFound(
        f"Territoire inconnu : « {text} »." + (f" Vouliez-vous dire : {proposed} ?" if near else ""),
        f"Unknown territory: '{text}'." + (f" Did you mean: {proposed}?" if near else ""),
    )


def _proposed(match: Match, lang: str, reference: Reference | None = None) -> str:
    """A territory to choose; among homonyms, with the département it is in."""
    place = match.place
    kind = shipped().label("type_territoire", place.type, lang)
    head = f"{match.former} → {place.code}" if match.former else place.code
    above = [] if reference is None else [reference.places[id_] for id_ in reference.ancestors(place.code)]
    where = next((f", {o.name}" for o in above if o.type == "departement" and o.name != place.name), "")
    return f"{head} {place.name} ({kind}{where})"


def listing(reference: Reference, text: str, limit: int = LIMIT) -> dict[str, Any]:
    """The territories that a text may mean; the nearest ones, said so, when it means none."""
    found = searching(reference).find(text, limit)
    near = [] if found else searching(reference).nearest(text, limit)
    return {
        "q": text,
        "year": reference.year,
        "nearest": bool(near),
        "items": [
            {
                **brief(match.place),
                "population": match.place.population,
                "former": match.former,
                "within": [reference.places[id_].name for id_ in reference.ancestors(match.place.code)],
            }
            for match in found or near
        ],
    }


def brief(place: Place) -> dict[str, Any]:
    """What names a territory."""
    return {"code": place.code, "name": place.name, "type": place.type, "form": place.form}


def details(reference: Reference, place: Place, *, asked: str, lang: str = "fr") -> dict[str, Any]:
    """Everything the reference knows of a territory, and what it does not know.

    Args:
        reference: what is known.
        place: the territory.
        asked: the code or name it was asked by.
        lang: of labels and sentences.
    """
    places, point = reference.places, reference.point(place.code)
    outlined = place.code in outlines()
    held = reference.competences(place.code)
    labels = competences.labels()
    above, below = reference.ancestors(place.code), reference.children(place.code)
    return {
        "asked": asked,
        **brief(place),
        "year": reference.year,
        "siren": place.siren,
        "population": place.population,
        "parents": [brief(places[id_]) for id_ in place.parents],
        "within": [brief(places[id_]) for id_ in above],
        "members": [{**brief(places[id_]), "population": places[id_].population} for id_ in sorted(below)],
        "competences": [
            {
                "code": code,
                "label": competences.label(code, lang) if code in labels else None,
                "codes_2025": reference.competence_later.get(code, []),
            }
            for code in held
        ],
        "old_codes": [
            {"code": old, "name": name, "since": None} for old, name in reference.old_codes(place.code)
        ],
        "point": None if point is None else {"lat": point[0], "lon": point[1]},
        "outline": outlined,
        "missing": [
            english if lang == "en" else french
            for french, english in _missing(reference, place, point is None, not outlined, not held)
        ],
        "sources": [entry.attribution for entry in reference.sources]
        + ([outlines().attribution] if outlined and point is None else []),
    }


def _missing(
    reference: Reference, place: Place, pointless: bool, outlineless: bool, without: bool
) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    if place.population is None:
        said.append(("population inconnue", "population not known"))
    if pointless:
        said.append(("point inconnu", "point not known"))
    if outlineless:
        said.append(("contour inconnu", "outline not known"))
    if without and place.type in ("epci", "ept", "petr", "syndicat", "autre"):
        said.append(("compétences inconnues", "competences not known"))
    if place.type in ("petr", "syndicat", "autre") and not reference.children(place.code):
        said.append(
            (
                "membres inconnus : la source n'en donne pas la liste",
                "members not known: the source does not list them",
            )
        )
    if place.type in ("commune", "epci") and not any(
        entry.file.startswith("perimeters") for entry in reference.sources
    ):
        said.append(
            (
                "PETR, SCoT et parc : appartenance inconnue (agencements data build --docurba l'ajoute)",
                "PETR, SCoT and park: membership not known (agencements data build --docurba adds it)",
            )
        )
    if reference.old_codes(place.code):
        said.append(("date des anciens codes inconnue", "date of the old codes not known"))
    return said
