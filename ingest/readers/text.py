"""CSV files as people have them: whatever encoding and separator, said rather than guessed in silence."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.errors import FileRefused
from ingest.issues import Note
from ingest.readers.containers import CHUNK
from ingest.readers.sheets import MAX_BLANK, Cell, Line, Sheet, blank, too_many_blank

SEPARATORS = {";": ("point-virgule", "semicolon"), ",": ("virgule", "comma"), "\t": ("tabulation", "tab")}
"""Separators told apart, with their names."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 avec BOM", "UTF-8 with BOM"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16", "UTF-16"),
)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True)
class Dialect:
    """How a text file is written.

    Attributes:
        encoding: a codec's name.
        separator: one of :data:`SEPARATORS`.
        notes: what is worth saying of it.
    """

    encoding: str
    separator: str
    notes: tuple[Note, ...]


def csv_sheet(path: Path, file: str, notes: list[Note]) -> Sheet:
    """One CSV file as a sheet named like it.

    Args:
        path: the file.
        file: what to call it in messages.
        notes: where to say how it is written.

    Raises:
        FileRefused: not text.
    """
    dialect = dialect_of(path, file)
    notes.extend(dialect.notes)
    return Sheet(
        file,
        path.stem,
        lambda sheet: _lines(path, sheet, dialect),
        raw=lambda: _rows(path, file, dialect),
    )


def dialect_of(path: Path, file: str) -> Dialect:
    """Find the encoding (the whole file is tried) and the separator (counted in the header).

    Raises:
        FileRefused: the bytes are not text in UTF-8, UTF-16 or cp1252.
    """
    encoding, fr, en = _encoding(path, file)
    notes = []
    if encoding != "utf-8":
        notes.append(
            Note("encoding", f"{file} : encodage {fr}, accepté.", f"{file}: encoding {en}, accepted.")
        )
    with path.open(encoding=encoding, newline="") as stream:
        header = next((line for line in stream if line.strip()), "")
    bare = _QUOTED.sub("", header)
    separator = max(SEPARATORS, key=bare.count)
    if separator != "," and bare.count(separator):
        name_fr, name_en = SEPARATORS[separator]
        notes.append(
            Note(
                "separator",
                f"{file} : séparateur {name_fr}, accepté.",
                f"{file}: separator {name_en}, accepted.",
            )
        )
    return Dialect(encoding, separator, tuple(notes))


def _encoding(path: Path, file: str) -> tuple[str, str, str]:
    with path.open("rb") as stream:
        head = stream.read(CHUNK)
    for mark, encoding, fr, en in _BOMS:
        if head.startswith(mark):
            return _tried(path, file, encoding, fr, en)
    # text in UTF-16 without its mark: one byte of two is zero
    if head[1::2].count(0) > len(head) // 4:
        return _tried(path, file, "utf-16-le", "UTF-16", "UTF-16")
    if head[0::2].count(0) > len(head) // 4:
        return _tried(path, file, "utf-16-be", "UTF-16", "UTF-16")
    if b"\x00" in head:
        raise not_text(file)
    if _decodes(path, "utf-8"):
        return "utf-8", "UTF-8", "UTF-8"
    return _tried(path, file, "cp1252", "cp1252 (Windows)", "cp1252 (Windows)")


def _tried(path: Path, file: str, encoding: str, fr: str, en: str) -> tuple[str, str, str]:
    if not _decodes(path, encoding):
        raise not_text(file)
    return encoding, fr, en


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as stream:
            while piece := stream.read(CHUNK):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def not_text(file: str) -> FileRefused:
    """The refusal of bytes that are no text."""
    return FileRefused(
        f"{file} : le contenu n'est ni un classeur ni un texte lisible (UTF-8, UTF-16 ou Windows). "
        "Enregistrez-le en .xlsx, .ods ou CSV UTF-8.",
        f"{file}: the content is neither a workbook nor readable text (UTF-8, UTF-16 or Windows). "
        "Save it as .xlsx, .ods or UTF-8 CSV.",
    )


def _lines(path: Path, sheet: Sheet, dialect: Dialect) -> Iterator[Line]:
    gap = 0
    for number, row in enumerate(_rows(path, sheet.file, dialect), start=1):
        cells: dict[int, Cell] = {p: text for p, text in enumerate(row) if not blank(text)}
        if cells:
            gap = 0
            yield Line(number, cells)
            continue
        gap += 1
        if gap > MAX_BLANK:
            sheet.faults.append(too_many_blank(sheet.file, sheet.name, number - gap + 1))
            return


def _rows(path: Path, file: str, dialect: Dialect) -> Iterator[list[str]]:
    try:
        with path.open(encoding=dialect.encoding, newline="") as stream:
            # strict: an open quote at the end means that the file was cut
            rows = csv.reader(stream, delimiter=dialect.separator, strict=True)
            yield from rows
    except csv.Error as fault:
        raise FileRefused(
            f"{file}, vers la ligne {rows.line_num} : guillemets mal fermés ou cellule démesurée ; le fichier est "
            "peut-être tronqué. Corrigez la ligne, ou enregistrez-le à nouveau en CSV.",
            f"{file}, near line {rows.line_num}: unbalanced quotes or an oversized cell; the file may be "
            "truncated. Correct the line, or save it as CSV again.",
        ) from fault
