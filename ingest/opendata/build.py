"""From the raw files of their publishers to the files shipped: ``agencements data build``."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.plurals import agreed
from ingest.opendata import banatic, cog, extra, indicators, polygons
from ingest.opendata.files import Entry, write
from ingest.opendata.sources import Sources

OPEN = "Licence Ouverte 2.0"
COG_YEAR = 2026
POLYGONS_YEAR = 2025
BANATIC_YEAR = 2021
ITDD_YEAR = 2014
DEFINITIONS_YEAR = 2026

COG = Entry(
    f"cog-{COG_YEAR}.json.gz",
    "code officiel géographique : communes, EPCI, EPT, départements, régions, anciens codes, populations",
    COG_YEAR,
    "INSEE, DGCL ; mis en forme par Etalab (@etalab/decoupage-administratif 6.0.0)",
    OPEN,
    "INSEE, DGCL 2026, Licence Ouverte 2.0",
)
COMPETENCES = Entry(
    f"competences-{BANATIC_YEAR}.json.gz",
    "compétences des groupements (BANATIC), libellés, correspondance avec les codes de 2025",
    BANATIC_YEAR,
    "DGCL, BANATIC ; mis en forme par Territoires en Transitions (ADEME)",
    f"{OPEN} (données), MIT (mise en forme)",
    "DGCL, BANATIC 2021, Licence Ouverte 2.0",
)
OUTLINES = Entry(
    f"outlines-{POLYGONS_YEAR}.json.gz",
    "contours simplifiés des EPCI par département, France métropolitaine",
    POLYGONS_YEAR,
    "IGN ADMIN EXPRESS ; simplifiés par l'ANCT (anct-carto/pvd)",
    OPEN,
    "IGN ADMIN EXPRESS 2025, ANCT, Licence Ouverte 2.0",
)
POINTS = Entry(
    f"points-{POLYGONS_YEAR}.json.gz",
    "centroïdes des EPCI, départements et régions, calculés à partir des contours",
    POLYGONS_YEAR,
    OUTLINES.source,
    OPEN,
    OUTLINES.attribution,
)
ITDD = Entry(
    f"itdd-{ITDD_YEAR}.json.gz",
    "indicateurs territoriaux de développement durable, régions et départements, 2005 à 2014",
    ITDD_YEAR,
    "INSEE, SOeS (ITDD) ; mis en forme par marysean/odd",
    "MIT (mise en forme), statistiques publiques de l'INSEE et du SDES",
    "INSEE, SDES (ITDD)",
)
DEFINITIONS = Entry(
    f"definitions-{DEFINITIONS_YEAR}.json.gz",
    "définitions d'indicateurs de Territoires en Transitions",
    DEFINITIONS_YEAR,
    "ADEME, Territoires en Transitions",
    "MIT",
    "ADEME, Territoires en Transitions (MIT)",
)
PERIMETERS = Entry(
    "perimeters-2026.json.gz",
    "SCoT, PETR et parcs : membres",
    2026,
    "Docurba (BANATIC, SUDOCUH)",
    "",
    "Docurba 2026",
)


@dataclass(frozen=True)
class Built:
    """What a build wrote.

    Attributes:
        entries: of the manifests.
        skipped: titles of the files whose sources were not there.
        said: contradictions of the sources and mismatches of vintages, in sentences.
    """

    entries: tuple[Entry, ...]
    skipped: tuple[str, ...]
    said: tuple[str, ...]


def build(
    folders: Sequence[Path],
    into: Path,
    outlines: Path | None = None,
    *,
    docurba: bool = False,
    centroids: bool = False,
) -> Built:
    """Build every file whose sources are in some folders.

    Args:
        folders: with the raw files, at most three levels down.
        into: where the files go.
        outlines: where outlines go; ``into`` by default.
        docurba: add the perimeters of Docurba, which have no known licence.
        centroids: complete the points by the ANCT's, which have no known licence.

    Raises:
        FileRefused: the official code is not there, a file is not what it claims to be, or nothing can be written.
    """
    sources = Sources(folders)
    document, said = cog.cog(sources, COG_YEAR)
    kept: dict[Entry, Any] = {COG: document}
    drawn: dict[Entry, Any] = {}
    skipped: list[str] = []
    wanted: list[tuple[Entry, tuple[str, ...]]] = [
        (COMPETENCES, banatic.FILES),
        (ITDD, indicators.ITDD),
        (DEFINITIONS, (indicators.DEFINITIONS,)),
    ]
    builders = {COMPETENCES: banatic.competences, ITDD: indicators.itdd, DEFINITIONS: indicators.defined}
    for entry, files in wanted:
        if sources.has(*files):
            kept[entry] = builders[entry](sources)
        else:
            skipped.append(entry.title)
    found: dict[str, list[float]] = {}
    if sources.has(polygons.FILE):
        drawn[OUTLINES] = polygons.pieces(sources, POLYGONS_YEAR)
        found = polygons.points(drawn[OUTLINES])
        said += mismatches(document, drawn[OUTLINES])
    else:
        skipped.append(OUTLINES.title)
    entry = POINTS
    if centroids:
        found = {**extra.centroids(sources), **found}
        entry = dataclasses.replace(
            POINTS,
            licence="",
            source=f"{POINTS.source} ; ANCT (centroïdes)",
            title=f"{POINTS.title}, complétés",
        )
    if found:
        kept[entry] = found
    if docurba:
        kept[PERIMETERS] = extra.perimeters(sources, ids(document))
    if outlines is None or outlines == into:
        return Built(tuple(write(into, {**kept, **drawn})), tuple(skipped), tuple(said))
    entries = [*write(into, kept), *(write(outlines, drawn) if drawn else [])]
    return Built(tuple(entries), tuple(skipped), tuple(said))


def ids(document: dict[str, Any]) -> set[str]:
    """Ids of every territory of the official code."""
    return {
        *document["communes"]["code"],
        *(row[0] for kind in ("districts", "epci", "ept") for row in document[kind]),
        *(cog.department_id(row[0]) for row in document["departments"]),
        *(cog.region_id(row[0]) for row in document["regions"]),
    }


def mismatches(document: dict[str, Any], drawn: dict[str, Any]) -> list[str]:
    """Where outlines and official code, of different years, do not speak of the same EPCI."""
    listed = {row[0]: row[1] for row in document["epci"]}
    overseas = {
        epci
        for epci, department in zip(
            document["communes"]["epci"], document["communes"]["department"], strict=True
        )
        if department in polygons.OVERSEAS
    }
    outlined = {piece[0] for piece in drawn["pieces"]} - {None}
    said = [
        f"{siren} ({listed[siren]}) : sans contour." for siren in sorted(set(listed) - outlined - overseas)
    ]
    said += [f"{siren} : contour d'un EPCI absent du code." for siren in sorted(outlined - set(listed))]
    if drawn["omitted"]:
        said.append(
            "Outre-mer : "
            + agreed(
                sum(drawn["omitted"].values()),
                "contour(s) laissé(s) de côté, car la source (le|les) dessine à ",
            )
            + "côté de la métropole."
        )
    return said
