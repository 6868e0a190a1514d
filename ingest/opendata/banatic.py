"""Who holds which competence: BANATIC, as published by Territoires en Transitions (DGCL, Licence Ouverte).

The base knows 90 codes of competence and the source labels 41 of them; a crosswalk leads to the codes of 2025.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ingest.opendata.sources import Sources

FILES = (
    "groupements_banatic_2021.csv",
    "siren_competence_2021.csv",
    "competence_labels_2021.csv",
    "crosswalk_2021_2025.csv",
)
IN_THE_CODE = frozenset({"CC", "CA", "CU", "METRO", "EPT"})
"""Kinds of groups that the official geographic code already lists."""


def competences(sources: Sources) -> dict[str, Any]:
    """The document of competences.

    Raises:
        FileRefused: a file is absent or lacks a column.
    """
    groups = sources.rows("groupements_banatic_2021.csv", "siren", "libelle", "nature", "population")
    held: dict[str, set[str]] = defaultdict(set)
    for row in sources.rows("siren_competence_2021.csv", "siren", "competence_code"):
        held[row["siren"]].add(row["competence_code"])
    later: dict[str, list[str]] = defaultdict(list)
    for row in sources.rows("crosswalk_2021_2025.csv", "code_2021", "code_2025"):
        if row["code_2025"].isdigit():
            later[row["code_2021"]].append(row["code_2025"])
    return {
        "groups": sorted(
            [row["siren"], row["libelle"], row["nature"], _whole(row["population"]), row["departement_code"]]
            for row in groups
            if row["nature"] not in IN_THE_CODE
        ),
        "held": {siren: sorted(held[siren]) for siren in sorted(held)},
        "labels": {
            row["code"]: row["nom"]
            for row in sorted(
                sources.rows("competence_labels_2021.csv", "code", "nom"), key=lambda row: row["code"]
            )
        },
        "later": {code: sorted(later[code]) for code in sorted(later)},
    }


def _whole(text: str) -> int | None:
    digits = text.replace(" ", "").replace("\u202f", "").replace("\xa0", "")
    return int(digits) if digits.isdigit() else None
