"""Formats of other tools, each turned into the sheets of a workbook so that one set of rules applies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from ingest.foreign.files import graph_file, is_kumu, kumu_json, kumu_workbook
from ingest.foreign.geojson import geojson, is_geojson
from ingest.foreign.mactor import matrices, matrix_table
from ingest.foreign.polis import is_polis, polis
from ingest.headers import sheet_table
from ingest.readers.sheets import Sheet, Source


def translated(
    path: Path,
    source: Source,
    zero: Literal["unknown", "neutral"] | None,
    ask: Callable[[], None],
    stored: Callable[[str, str], bool],
) -> list[Sheet]:
    """The sheets of a file, whatever the tool it comes from.

    Args:
        path: the file.
        source: the file, opened.
        zero: what 0 means in a MACTOR matrix, if the pilot said.
        ask: called when that is needed and was not said.
        stored: whether the store has an id in a table.

    Raises:
        FileRefused: the file is of no format read here.
    """
    if source.kind == "json" and is_geojson(path):
        return geojson(path, source)
    if source.kind == "json":
        return kumu_json(path, source)
    if source.kind in ("gexf", "graphml"):
        return graph_file(path, source)
    if is_polis(source):
        return polis(source)
    if any(matrix_table(sheet) for sheet in source.sheets):
        tables = {table.name for sheet in source.sheets if (table := sheet_table(sheet.name)) is not None}
        return matrices(source, zero, ask, stored, lambda table: table in tables)
    if is_kumu(source) and not any(sheet_table(sheet.name) for sheet in source.sheets):
        return kumu_workbook(source)
    return list(source.sheets)
