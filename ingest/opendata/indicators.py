"""Indicators: values by département and région (ITDD), definitions of Territoires en Transitions.

ITDD files are sheets kept as CSV: a block of régions, a block of départements, each with two rows of titles, a row of
years, and values among which ``nd`` and ``nc`` mean that there is none.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from graph.vocabulary import fold
from ingest.opendata.cog import department_id, region_id
from ingest.opendata.files import entry_of, unpacked
from ingest.opendata.sources import Sources

ITDD = ("itdd_Social.csv", "itdd_Economie.csv", "itdd_Environnement.csv", "itdd_Gouvernance.csv")
DEFINITIONS = "indicateur-definitions.csv"
KEPT = (
    "identifiantReferentiel",
    "titre",
    "unite",
    "categories",
    "thematiques",
    "description",
    "borneMin",
    "borneMax",
    "exprCible",
    "exprSeuil",
    "libelleCibleSeuil",
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNIT = re.compile(r"\s*\(([^()]*)\)\s*$")
_BLOCKS = {"REGIONS": region_id, "DEPARTEMENTS": department_id}
FEWEST = 2
"""Characters of an INSEE code of région or département written without its zero: ``1.0`` is ``01``."""


def itdd(sources: Sources) -> dict[str, Any]:
    """The values by département and région: ``[territory, indicator, year, value]``, and each indicator's unit.

    Raises:
        FileRefused: a file is absent.
    """
    units: dict[str, str] = {}
    values: list[list[Any]] = []
    for name in ITDD:
        if sources.has(name):
            _sheet(sources.table(name), units, values)
    return {"units": dict(sorted(units.items())), "values": sorted(values)}


def _sheet(lines: list[list[str]], units: dict[str, str], values: list[list[Any]]) -> None:
    territory = None
    titles: list[str] = []
    above: list[str] = []
    heads: list[tuple[str, int] | None] = []
    for cells in lines:
        second = cells[1].strip() if len(cells) > 1 else ""
        if second in _BLOCKS:
            territory, titles, above, heads = _BLOCKS[second], [], [], []
        elif territory is None:
            continue
        elif second == "Année":
            heads = _heads(above, titles, cells, units)
        elif not heads:
            above, titles = titles, cells
        else:
            code = cells[0].strip().removesuffix(".0")
            if not second or not code[:1].isdigit():
                continue
            for head, cell in zip(heads, cells, strict=False):
                number = _number(cell)
                if head is not None and number is not None:
                    values.append([territory(code.zfill(FEWEST)), *head, number])


def _heads(
    above: list[str], titles: list[str], years: list[str], units: dict[str, str]
) -> list[tuple[str, int] | None]:
    heads: list[tuple[str, int] | None] = []
    group = title = ""
    for place, cell in enumerate(years):
        over = above[place].strip() if place < len(above) else ""
        own = titles[place].strip() if place < len(titles) else ""
        if own:
            group = over or (group if own.startswith(("en ", "par ")) else "")
            title = f"{group} {own}".strip()
        year = _YEAR.search(cell)
        if not title or year is None:
            heads.append(None)
            continue
        unit = _UNIT.search(title)
        name = " ".join(_UNIT.sub("", title).rstrip("- ").split())
        units[name] = unit[1] if unit else ""
        heads.append((name, int(year[0])))
    return heads


def _number(cell: str) -> float | None:
    try:
        return round(float(cell.replace(",", ".")), 6)
    except ValueError:
        return None


def defined(sources: Sources) -> list[dict[str, str]]:
    """What the indicators of Territoires en Transitions measure, empty cells left out.

    Raises:
        FileRefused: the file is absent or lacks a column.
    """
    rows = sources.rows(DEFINITIONS, *KEPT)
    return [{name: row[name] for name in KEPT if row[name]} for row in rows]


def definitions(folder: Path, text: str) -> list[dict[str, str]]:
    """The indicators whose id or title holds a text, in any case and accents.

    Args:
        folder: of built files.
        text: looked for.
    """
    entry = entry_of("definitions", folder)
    wanted = fold(text)
    found: list[dict[str, str]] = [] if entry is None else unpacked(folder / entry.file)
    return [
        item
        for item in found
        if wanted in fold(item["titre"])
        or text.strip().casefold() == item["identifiantReferentiel"].casefold()
    ]
