"""What an unknown id of a territory is, when it is an official code: said in the error, with what to do."""

from __future__ import annotations

import re

from ingest.opendata.reference import reference

_LIKE_A_CODE = re.compile(r"[DdRr]?\d[\dABab]\d{0,7}")
"""Texts worth loading the reference for: ``75056``, ``2A004``, ``200054781``, ``D75``, ``75``."""


def official(id_: str) -> tuple[str, str] | None:
    """(French, English) sentence about an id that the reference knows, ``None`` for any other.

    Args:
        id_: that neither the file nor the store knows.
    """
    if _LIKE_A_CODE.fullmatch(id_) is None:
        return None
    known = reference()
    place = known.place(id_)
    zero = known.places.get(f"0{id_}")
    if place is None and zero is not None:
        return (
            f"Un tableur a ôté le zéro de « {zero.code} » ({zero.name}) : mettez la colonne au format texte.",
            f"A spreadsheet dropped the zero of '{zero.code}' ({zero.name}): make the column text.",
        )
    if place is None:
        prefixed = [code for code in (f"D{id_}", f"R{id_}") if code in known.places]
        if not prefixed:
            return None
        names = " · ".join(f"{code} {known.places[code].name}" for code in prefixed)
        return (
            f"Les départements et régions ont un préfixe : {names}.",
            f"Départements and régions have a prefix: {names}.",
        )
    if place.code == id_.strip():
        return (
            f"C'est le code officiel de « {place.name} » : agencements territories add {place.code} l'ajoute, puis recommencez.",
            f"It is the official code of '{place.name}': agencements territories add {place.code} adds it; then try again.",
        )
    return (
        f"C'est un ancien code ou un autre numéro de « {place.name} » ({place.code}) : agencements territories add "
        f"{place.code} l'ajoute avec ses anciens codes, puis recommencez.",
        f"It is an old code or another number of '{place.name}' ({place.code}): agencements territories add "
        f"{place.code} adds it with its old codes; then try again.",
    )
