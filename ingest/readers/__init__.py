"""Readers: a workbook, a folder of CSV files or one CSV file, each as sheets read line by line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from graph.errors import FileRefused
from graph.vocabulary import fold
from ingest.issues import Note
from ingest.readers.containers import CHUNK
from ingest.readers.detect import kind_of
from ingest.readers.ods import open_ods
from ingest.readers.sheets import Sheet, Source, Stamp
from ingest.readers.text import csv_sheet
from ingest.readers.xlsx import open_xlsx

STAMP_SHEET = "_export"
"""Hidden sheet of an export that says which revision it shows."""

STAMP_FILE = "agencements.json"
"""The same in a folder of CSV files."""


def open_source(path: Path) -> Source:
    """Open a workbook, a folder of CSV files, or one CSV file.

    Formats that are not tables (JSON, GEXF, GraphML) come back without sheets, for their own readers.

    Raises:
        FileRefused: it cannot be read as what it claims to be.
    """
    if path.is_dir():
        return _folder(path)
    kind = kind_of(path)
    if kind == "xlsx":
        return _stamped(open_xlsx(path))
    if kind == "ods":
        return _stamped(open_ods(path))
    if kind == "csv":
        notes: list[Note] = []
        return Source(path.name, kind, [csv_sheet(path, path.name, notes)], notes)
    return Source(path.name, kind, [])


def _stamped(source: Source) -> Source:
    """Take the stamp's sheet away from the others."""
    sheets = [sheet for sheet in source.sheets if sheet.name != STAMP_SHEET]
    found: dict[str, object] = {}
    for sheet in source.sheets:
        if sheet.name == STAMP_SHEET:
            found.update({str(line.cells.get(0)): line.cells.get(1) for line in sheet.lines()})
    return replace(source, sheets=sheets, stamp=_stamp(found))


def _stamp(found: dict[str, object]) -> Stamp | None:
    revision, moment = found.get("revision"), found.get("moment")
    if isinstance(revision, int | float) and isinstance(moment, str):
        return Stamp(int(revision), moment)
    return None


def _folder(path: Path) -> Source:
    notes: list[Note] = []
    sheets: list[Sheet] = []
    stamp = None
    for entry in sorted(path.iterdir(), key=lambda e: e.name):
        if entry.name.startswith("."):
            continue
        if entry.name == STAMP_FILE:
            try:
                found = json.loads(entry.read_text(encoding="utf-8"))
            except ValueError:
                found = None
            stamp = _stamp(found) if isinstance(found, dict) else None
        elif entry.is_file() and entry.suffix.lower() in (".csv", ".tsv"):
            if entry.stat().st_size and kind_of(entry) == "csv":
                sheets.append(csv_sheet(entry, entry.name, notes))
        elif fold(entry.stem) not in ("lisez moi", "readme"):
            notes.append(
                Note(
                    "ignored_file",
                    f"{entry.name} : ignoré (ce n'est pas un CSV).",
                    f"{entry.name}: left aside (not a CSV file).",
                )
            )
    if not sheets:
        raise FileRefused(
            f"{path.name} : le dossier ne contient aucun fichier CSV.",
            f"{path.name}: the folder holds no CSV file.",
        )
    return Source(path.name, "folder", sheets, notes, stamp)


def content_hash(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of a folder's files, in hexadecimal."""
    digest = hashlib.sha256()
    if path.is_dir():
        for entry in sorted((e for e in path.iterdir() if e.is_file()), key=lambda e: e.name):
            digest.update(f"{entry.name}\0{entry.stat().st_size}\0".encode())
            for piece in _pieces(entry):
                digest.update(piece)
    else:
        for piece in _pieces(path):
            digest.update(piece)
    return digest.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece
