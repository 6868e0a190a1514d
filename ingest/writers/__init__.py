"""Exports: the same tables as a workbook, a folder of CSV files, or a graph for other tools."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from graph.errors import FileRefused
from graph.snapshot import Snapshot
from ingest.readers.sheets import Stamp
from ingest.writers.folder import write_folder
from ingest.writers.geojson import Shapes, no_shapes, write_geojson
from ingest.writers.network import write_gexf, write_graphml
from ingest.writers.ods import write_ods
from ingest.writers.template import write_template
from ingest.writers.xlsx import write_xlsx

__all__ = ["SUFFIXES", "empty_workbook", "export"]

Writer = Callable[[Snapshot, Path, Stamp], None]

SUFFIXES: dict[str, Writer] = {
    ".xlsx": write_xlsx,
    ".ods": write_ods,
    ".graphml": lambda snapshot, path, _stamp: write_graphml(snapshot, path),
    ".gexf": lambda snapshot, path, _stamp: write_gexf(snapshot, path),
}
"""Writers of one file by suffix; a path without suffix is a folder of CSV files."""


GEOJSON = ".geojson"


def export(
    snapshot: Snapshot, path: Path, stamp: Stamp, *, shapes: Shapes = no_shapes, credit: str = ""
) -> None:
    """Write everything a reader may see, so that importing it back changes nothing.

    Args:
        snapshot: what is read; its level decides what is there.
        path: ``.xlsx``, ``.ods``, ``.graphml``, ``.gexf``, ``.geojson`` (territories alone), or a folder (no suffix)
            for CSV files.
        stamp: the revision exported: an import compares with it.
        shapes: outlines of territories, for GeoJSON.
        credit: whom they are owed to.

    Raises:
        FileRefused: unknown suffix, or the place cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix == GEOJSON:
        _whole(path, lambda target: write_geojson(snapshot, target, stamp, shapes, credit))
        return
    if suffix and suffix not in SUFFIXES:
        known = ", ".join((*SUFFIXES, GEOJSON))
        raise FileRefused(
            f"{path.name} : format d'export inconnu. Attendu : {known}, ou un dossier (sans extension) pour des CSV.",
            f"{path.name}: unknown export format. Expected: {known}, or a folder (no suffix) for CSV files.",
        )
    if suffix:
        _whole(path, lambda target: SUFFIXES[suffix](snapshot, target, stamp))
    else:
        _written(path, lambda: write_folder(snapshot, path, stamp))


def empty_workbook(path: Path) -> None:
    """Write the empty workbook: every sheet, drop-down lists, the scales explained.

    Raises:
        FileRefused: not ``.xlsx``, or the place cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise FileRefused(
            f"{path.name} : le modèle est un classeur .xlsx (LibreOffice et Excel l'ouvrent).",
            f"{path.name}: the template is an .xlsx workbook (LibreOffice and Excel open it).",
        )
    _whole(path, write_template)


def _whole(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside, then put in place: an interrupted export leaves no half file."""

    def work() -> None:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".export-", suffix=path.suffix)
        os.close(handle)
        temporary = Path(name)
        try:
            write(temporary)
            # mkstemp makes private files; an export has the rights any new file has
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    _written(path, work)


def _written(path: Path, work: Callable[[], None]) -> None:
    try:
        work()
    except OSError as fault:
        raise FileRefused(
            f"{path} : impossible d'écrire ici ({fault.strerror}). Choisissez un autre dossier.",
            f"{path}: cannot write here ({fault.strerror}). Choose another folder.",
        ) from fault
