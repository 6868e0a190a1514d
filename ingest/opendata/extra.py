"""Files without a known licence: read when a user has them, put in the user's own folder, never shipped.

Membership of SCoT, PETR and regional parks comes from Docurba (BANATIC and SUDOCUH), points of EPT and of overseas
territories from the ANCT's lists of centroids.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ingest.opendata.cog import department_id, region_id
from ingest.opendata.sources import Sources

DOCURBA = ("groupements_2026.csv", "memberships_2026.csv")
CENTROIDS = ("centroids_epci-ept.csv", "centroids_dep.csv", "centroids_reg.csv")
TYPES = {"PETR": "petr", "PNR": "pnr"}
"""Kinds of groups with a type of their own; those competent for a SCoT are typed so, the others are syndicats."""


def perimeters(sources: Sources, known: set[str]) -> dict[str, Any]:
    """Groups beside the official code, with their members.

    Args:
        sources: where Docurba's files are.
        known: ids of the official code, which are not repeated.

    Raises:
        FileRefused: a file is absent or lacks a column.
    """
    members: dict[str, set[str]] = defaultdict(set)
    for row in sources.rows("memberships_2026.csv", "group_siren", "member_code"):
        members[row["group_siren"]].add(row["member_code"])
    groups = [
        [
            row["siren"],
            row["name"],
            TYPES.get(row["type"], "scot" if row["skill_SCoT"] == "1" else "syndicat"),
            sorted(members[row["siren"]] & known),
        ]
        for row in sources.rows("groupements_2026.csv", "siren", "type", "name", "skill_SCoT")
        if row["siren"] not in known
    ]
    return {"groups": sorted(groups)}


def centroids(sources: Sources) -> dict[str, list[float]]:
    """``[lat, lon]`` of EPCI, EPT, départements and régions as the ANCT lists them.

    Raises:
        FileRefused: a file is absent or lacks a column.
    """
    found: dict[str, list[float]] = {}
    for row in sources.rows("centroids_epci-ept.csv", "siren_epci", "siren_ept", "lon", "lat"):
        found[row["siren_ept"] or row["siren_epci"]] = _point(row)
    for row in sources.rows("centroids_dep.csv", "insee_dep", "lon", "lat"):
        found[department_id(row["insee_dep"])] = _point(row)
    for row in sources.rows("centroids_reg.csv", "insee_reg", "lon", "lat"):
        found[region_id(row["insee_reg"])] = _point(row)
    return dict(sorted(found.items()))


def _point(row: dict[str, str]) -> list[float]:
    return [float(row["lat"]), float(row["lon"])]
