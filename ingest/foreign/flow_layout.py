"""Files of flows, told by their headers: INSEE's own, a table of origins and destinations, a matrix.

INSEE publishes the flows of the census as ``CODGEO;LIBGEO;DCLT;L_DCLT;NBFLUX_Cyy_ACTOCC15P`` (residence → place of work),
the same with ``DCRAN`` and ``NBFLUX_Cyy_POP01P`` (who lives in CODGEO lived in DCRAN a year before), and with ``DCETUF``
and ``NBFLUX_Cyy_SCOL02P`` (residence → place of study).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import Literal

from graph.errors import FileRefused
from graph.vocabulary import fold
from ingest.cells import text_of
from ingest.foreign.files import is_kumu
from ingest.foreign.mactor import matrix_table
from ingest.foreign.polis import is_polis
from ingest.headers import sheet_table, silent
from ingest.issues import Issue
from ingest.readers.sheets import Line, Sheet, Source

MOST_HEADS = 2_000
"""Widest matrix read, in columns: beyond it is a file of millions of cells that say nothing, and a table is asked for."""

LOOKED_AT = 50
"""Rows looked at to tell a matrix from any other table."""

_START = ("origine", "origin", "depart")
_STOP = ("destination", "dest", "arrivee")
_IDS = ("", "id", "code", "insee", "siren")
_NAMES = ("nom", "name", "libelle", "label")


def _words(ends: tuple[str, ...], beside: tuple[str, ...]) -> frozenset[str]:
    """Every header that names an end with one of these words before or after it, or none."""
    pairs = [(end, word) for end in ends for word in beside]
    return frozenset(" ".join(part for part in p if part) for pair in pairs for p in (pair, pair[::-1]))


_ORIGIN = _words(_START, _IDS) | {"de", "from", "i"}
_DESTINATION = _words(_STOP, _IDS) | {"vers", "to", "j"}
_ORIGIN_LABEL = _words(_START, _NAMES)
_DESTINATION_LABEL = _words(_STOP, _NAMES)
_QUANTITY = re.compile(
    r"(quantites?|quantity|nb ?flux|flux|flow|flows|effectifs?|nombre|valeur|value|volume|fij|commuters)\b.*"
)
_BESIDE: dict[str, tuple[str, ...]] = {
    "kind": ("type", "kind", "nature"),
    "unit": ("unite", "unit"),
    "year": ("annee", "year", "millesime"),
    "source": ("source",),
    "truncated": ("tronquee", "truncated"),
    "visibility": ("visibilite", "visibility"),
}
_INSEE = re.compile(r"nbflux c(\d{2}) (\w+)")
_YEAR = re.compile(r"(?<!\d)(1[89]|20)\d{2}(?!\d)")
_CORNER = frozenset(
    [
        "",
        "od",
        "o d",
        "origine destination",
        "origin destination",
        "de vers",
        "from to",
        "id",
        "code",
        "territoire",
    ]
)


@dataclass(frozen=True)
class Layout:
    """Where a file of flows says what.

    Attributes:
        form: ``insee``, ``table`` or ``matrix``.
        origin: column of the origin's id.
        destination: column of the destination's id.
        quantity: columns of quantities; more than one cannot be read.
        labels: columns of the names of origin and destination, where there are any.
        beside: by field of a flow, the column that says it.
        said: by field of a flow, what the layout itself says.
        headers: by column, as the file spells them.
        header_row: number of the row of headers.
    """

    form: Literal["insee", "table", "matrix"]
    origin: int = 0
    destination: int = 0
    quantity: tuple[int, ...] = ()
    labels: tuple[int | None, int | None] = (None, None)
    beside: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    headers: dict[int, str] = field(default_factory=dict)
    header_row: int = 1


@dataclass(frozen=True)
class _Census:
    """What the flows of the census are by the column that holds their other end."""

    kind: str
    unit: str
    reversed: bool


_CENSUS = {
    "dclt": _Census("commuting", "actifs occupés", False),
    "dcetuf": _Census("study", "élèves et étudiants", False),
    "dcran": _Census("residential_migration", "habitants", True),
}


def flow_sheets(source: Source) -> list[tuple[Sheet, Layout]]:
    """Take the sheets of flows out of a file, with their layouts; what remains is of another kind.

    A sheet named ``flux`` is a sheet of the workbook unless it is laid out as INSEE does.

    Raises:
        FileRefused: a matrix too wide.
    """
    if is_polis(source) or is_kumu(source):
        return []
    found: list[tuple[Sheet, Layout]] = []
    for sheet in source.sheets:
        layout = insee_layout(sheet)
        named = sheet_table(sheet.name) is not None or silent(sheet.name) or matrix_table(sheet) is not None
        if layout is None and not named:
            layout = plain_layout(sheet)
        if layout is not None:
            found.append((sheet, layout))
    taken = [sheet for sheet, _ in found]
    source.sheets = [sheet for sheet in source.sheets if not any(sheet is other for other in taken)]
    return found


def several_quantities(sheet: Sheet, layout: Layout) -> Issue | None:
    """The error for two years or two units in one file without a column that tells them apart."""
    if layout.form == "matrix" or len(layout.quantity) == 1:
        return None
    names = ", ".join(layout.headers[place] for place in layout.quantity)
    return Issue(
        "several_quantities",
        f"plusieurs colonnes de quantités ({names}) : deux années ou deux unités sont mêlées. Gardez-en une, ou donnez "
        "une ligne par année ou unité, avec les colonnes « annee » et « unite ».",
        f"several columns of quantities ({names}): two years or two units are mixed. Keep one, or give one row a year "
        "or unit, with columns 'annee' and 'unite'.",
        sheet.file,
        sheet.name,
        layout.header_row,
        layout.headers[layout.quantity[1]],
    )


def insee_layout(sheet: Sheet) -> Layout | None:
    """The layout of a file of INSEE's flows; ``None`` for any other sheet."""
    header = _header(sheet)
    if header is None:
        return None
    headers = {place: text_of(cell) for place, cell in header.cells.items()}
    places = {fold(text): place for place, text in headers.items()}
    other = next((word for word in _CENSUS if word in places), None)
    counted = {place: found for place, text in headers.items() if (found := _INSEE.fullmatch(fold(text)))}
    if "codgeo" not in places or other is None or not counted:
        return None
    census = _CENSUS[other]
    years = sorted({_full_year(found[1]) for found in counted.values()})
    ends, labels = (places["codgeo"], places[other]), (places.get("libgeo"), places.get(f"l {other}"))
    if census.reversed:
        ends, labels = (ends[1], ends[0]), (labels[1], labels[0])
    return Layout(
        "insee",
        *ends,
        tuple(sorted(counted)),
        labels,
        {},
        {
            "kind": census.kind,
            "unit": census.unit,
            "year": str(years[0]),
            "source": f"Insee, recensement de la population {years[0]}",
            "visibility": "public",
        },
        headers,
        header.number,
    )


def plain_layout(sheet: Sheet) -> Layout | None:
    """The layout of a table of origins and destinations, or of a matrix; ``None`` for any other sheet.

    Raises:
        FileRefused: a matrix wider than :data:`MOST_HEADS`.
    """
    header = _header(sheet)
    if header is None:
        return None
    headers = {place: text_of(cell) for place, cell in header.cells.items()}
    words = {place: fold(text) for place, text in headers.items()}
    origin = next((place for place, word in words.items() if word in _ORIGIN), None)
    destination = next((place for place, word in words.items() if word in _DESTINATION), None)
    if origin is None or destination is None:
        return _matrix(sheet, headers, words, header.number)
    quantities = tuple(place for place, word in words.items() if _QUANTITY.fullmatch(word))
    if not quantities:
        return None
    beside = {
        name: place
        for name, accepted in _BESIDE.items()
        if (place := next((p for p, word in words.items() if word in accepted), None)) is not None
    }
    year = _YEAR.search(headers[quantities[0]])
    return Layout(
        "table",
        origin,
        destination,
        quantities,
        (
            next((p for p, word in words.items() if word in _ORIGIN_LABEL), None),
            next((p for p, word in words.items() if word in _DESTINATION_LABEL), None),
        ),
        beside,
        {"year": year[0]} if year and "year" not in beside else {},
        headers,
        header.number,
    )


def _matrix(sheet: Sheet, headers: dict[int, str], words: dict[int, str], row: int) -> Layout | None:
    heads = {place: text for place, text in headers.items() if place}
    if len(heads) < 2 or words.get(0, "") not in _CORNER:
        return None
    first = [line for line in itertools.islice(sheet.lines(), 1, 1 + LOOKED_AT) if 0 in line.cells]
    known = set(heads.values())
    shared = sum(text_of(line.cells[0]) in known for line in first)
    if not first or shared * 2 < len(first):
        return None
    if len(heads) > MOST_HEADS:
        raise FileRefused(
            f"{sheet.file} : matrice de {len(heads)} colonnes, le plus est {MOST_HEADS}. Donnez plutôt une ligne par "
            "flux : « origine », « destination », « quantite ».",
            f"{sheet.file}: matrix of {len(heads)} columns, the most is {MOST_HEADS}. Give one row a flow instead: "
            "'origine', 'destination', 'quantite'.",
        )
    return Layout("matrix", quantity=tuple(heads), headers=headers, header_row=row)


def _header(sheet: Sheet) -> Line | None:
    return next(sheet.lines(), None)


def _full_year(two: str) -> int:
    return (1900 if int(two) >= 60 else 2000) + int(two)
