"""The official geographic code: communes, EPCI, EPT, départements and régions of a year, in columns.

Source: Etalab's *découpage administratif* (INSEE, DGCL; Licence Ouverte). The populations are INSEE's *populations
municipales* of the communes; those of every wider perimeter are sums over its communes, so that all levels have one
vintage.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from graph.errors import FileRefused
from ingest.opendata.sources import Sources

FILES = ("communes.json", "epci.json", "ept.json", "departements.json", "regions.json")


def department_id(code: str) -> str:
    """Id of a département: ``D`` and its INSEE code, for "75" is also a région and the start of communes."""
    return f"D{code}"


def region_id(code: str) -> str:
    """Id of a région: ``R`` and its INSEE code."""
    return f"R{code}"


def cog(sources: Sources, year: int) -> tuple[dict[str, Any], list[str]]:
    """The document of the official geographic code.

    Args:
        sources: where the files are.
        year: of the code.

    Returns:
        The document, and what the sources contradict themselves on, in sentences.

    Raises:
        FileRefused: a file is absent or is not what it claims to be.
    """
    try:
        return _cog(sources, year)
    except (KeyError, TypeError, AttributeError) as fault:
        raise FileRefused(
            f"Découpage administratif : les fichiers n'ont pas la forme attendue ({fault}).",
            f"Administrative division: the files do not have the expected shape ({fault}).",
        ) from fault


def _cog(sources: Sources, year: int) -> tuple[dict[str, Any], list[str]]:
    rows = sorted(sources.json("communes.json"), key=lambda row: (row["code"], row["type"]))
    current = [row for row in rows if row["type"] == "commune-actuelle"]
    known = {row["code"] for row in current}
    said: list[str] = []
    wider = {kind: _groups(sources.json(f"{kind}.json")) for kind in ("epci", "ept")}
    of: dict[str, dict[str, str]] = {kind: {} for kind in wider}
    for kind, groups in wider.items():
        for siren, group in groups.items():
            for code in group["members"]:
                if code not in known:
                    said.append(f"{siren} : le membre {code} n'est pas une commune actuelle.")
                elif of[kind].setdefault(code, siren) != siren:
                    said.append(f"{code} : membre de deux {kind.upper()}, {of[kind][code]} et {siren}.")
    document = {
        "year": year,
        "communes": {
            "code": [row["code"] for row in current],
            "name": [row["nom"] for row in current],
            "department": [row["departement"] for row in current],
            "epci": [of["epci"].get(row["code"]) for row in current],
            "ept": [of["ept"].get(row["code"]) for row in current],
            "population": [row.get("population") for row in current],
            "siren": [row.get("siren") for row in current],
        },
        "districts": [
            [row["code"], row["nom"], row["commune"], row.get("population")]
            for row in rows
            if row["type"] == "arrondissement-municipal"
        ],
        "epci": [[siren, group["name"], group["kind"]] for siren, group in wider["epci"].items()],
        "ept": [[siren, group["name"]] for siren, group in wider["ept"].items()],
        "departments": sorted(
            [row["code"], row["nom"], row["region"]] for row in sources.json("departements.json")
        ),
        "regions": sorted([row["code"], row["nom"]] for row in sources.json("regions.json")),
        "former": _former(rows, current, known, said),
    }
    return document, said


def _groups(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        row["code"]: {
            "name": row["nom"],
            "kind": row["type"],
            "members": [member["code"] for member in row["membres"]],
        }
        for row in sorted(rows, key=lambda row: row["code"])
    }


def _former(
    rows: list[dict[str, Any]], current: list[dict[str, Any]], known: set[str], said: list[str]
) -> list[list[str | None]]:
    """[old code, code of today, name it had or ``None``] of every commune that is one no more.

    Where the list of old codes and the commune that an old one is now a part of (déléguée, associée) differ, the
    latter counts: it is of today.
    """
    parts = {
        row["code"]: (row["chefLieu"], row["nom"])
        for row in rows
        if row["type"] in ("commune-deleguee", "commune-associee")
    }
    now: dict[str, set[str]] = defaultdict(set)
    for row in current:
        for old in row.get("anciensCodes") or ():
            now[old].add(row["code"])
    for old, (head, _) in parts.items():
        if head in known and now.get(old, {head}) != {head}:
            said.append(
                f"{old} : ancien code de {', '.join(sorted(now[old]))}, mais partie de {head}, retenu."
            )
        if head in known:
            now[old] = {head}
    found: list[list[str | None]] = []
    for old in sorted(now):
        if old in known:
            continue
        if len(now[old]) > 1:
            said.append(
                f"{old} : ancien code de plusieurs communes ({', '.join(sorted(now[old]))}), laissé de côté."
            )
            continue
        found.append([old, next(iter(now[old])), parts[old][1] if old in parts else None])
    return found
