"""What a file is, told by its content; its name may not say otherwise."""

from __future__ import annotations

import json
from pathlib import Path

from defusedxml.ElementTree import iterparse

from graph.errors import FileRefused
from ingest.readers.containers import CHUNK, opened, protected, reading
from ingest.readers.text import not_text

NAMES = {
    "xlsx": ("un classeur Excel (.xlsx)", "an Excel workbook (.xlsx)"),
    "ods": ("un classeur OpenDocument (.ods)", "an OpenDocument spreadsheet (.ods)"),
    "csv": ("un texte CSV (.csv)", "a CSV text (.csv)"),
    "json": ("un fichier JSON (.json)", "a JSON file (.json)"),
    "gexf": ("un graphe GEXF (.gexf)", "a GEXF graph (.gexf)"),
    "graphml": ("un graphe GraphML (.graphml)", "a GraphML graph (.graphml)"),
}
"""Kinds of file read, with their names."""

SUFFIXES = {
    ".xlsx": ("xlsx",),
    ".xlsm": ("xlsx",),
    ".xltx": ("xlsx",),
    ".xls": (),
    ".ods": ("ods",),
    ".ots": ("ods",),
    ".csv": ("csv",),
    ".tsv": ("csv",),
    ".txt": ("csv",),
    ".json": ("json",),
    ".geojson": ("json",),
    ".gexf": ("gexf",),
    ".graphml": ("graphml",),
    ".xml": ("gexf", "graphml"),
}
"""What each suffix promises; others promise nothing."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"SQLite format",
)


def kind_of(path: Path) -> str:
    """The kind of a file: a key of :data:`NAMES`.

    Raises:
        FileRefused: absent, empty, of no kind read here, protected, damaged, or not what its name says.
    """
    name = path.name
    try:
        with path.open("rb") as stream:
            head = stream.read(CHUNK)
    except OSError as fault:
        raise FileRefused(
            f"{name} : le fichier est absent ou illisible ({fault.strerror}).",
            f"{name}: the file is absent or unreadable ({fault.strerror}).",
        ) from fault
    if not head.strip():
        raise FileRefused(f"{name} : le fichier est vide.", f"{name}: the file is empty.")
    kind = _content(path, head)
    promised = SUFFIXES.get(path.suffix.lower(), (kind,))
    if kind not in promised:
        fr, en = NAMES[kind]
        raise FileRefused(
            f"{name} : le nom annonce « {path.suffix} » mais le contenu est {fr}. "
            "Renommez le fichier, ou enregistrez-le au format annoncé.",
            f"{name}: the name says '{path.suffix}' but the content is {en}. "
            "Rename the file, or save it in the format its name says.",
        )
    return kind


def _content(path: Path, head: bytes) -> str:
    name = path.name
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes()[: 1 << 24]:
            raise protected(name)
        raise FileRefused(
            f"{name} : ancien format Excel (.xls) ou document d'un autre logiciel. Enregistrez-le en .xlsx ou .ods.",
            f"{name}: old Excel format (.xls) or another program's document. Save it as .xlsx or .ods.",
        )
    if head.startswith(b"PK"):
        return _container(path)
    if head.startswith(_BINARY):
        raise not_text(name)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return _markup(path)
    if start[:1] in (b"{", b"["):
        try:
            json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            if start[:1] == b"{":
                raise FileRefused(
                    f"{name} : le JSON est mal formé ou tronqué.",
                    f"{name}: the JSON is malformed or truncated.",
                ) from None
            return "csv"
        return "json"
    return "csv"


def _container(path: Path) -> str:
    with opened(path) as container:
        names = set(container.namelist())
        if "[Content_Types].xml" in names and any(n.startswith("xl/") for n in names):
            return "xlsx"
        if "mimetype" in names and b"opendocument.spreadsheet" in container.read("mimetype")[:200]:
            return "ods"
    raise FileRefused(
        f"{path.name} : cette archive n'est pas un classeur. Si elle contient des CSV, décompressez-la et "
        "importez le dossier.",
        f"{path.name}: this archive is not a workbook. If it holds CSV files, unpack it and import the folder.",
    )


def _markup(path: Path) -> str:
    root = ""
    with reading(path.name), path.open("rb") as stream:
        for _event, element in iterparse(stream, events=("start",), forbid_dtd=True):
            root = element.tag.rpartition("}")[2].lower()
            break
    if root in ("gexf", "graphml"):
        return root
    raise FileRefused(
        f"{path.name} : ce document XML ou HTML (« {root} ») n'est pas d'un format lu ici (GEXF, GraphML). "
        "Enregistrez-le en .xlsx, .ods ou CSV.",
        f"{path.name}: this XML or HTML document ('{root}') is of no format read here (GEXF, GraphML). "
        "Save it as .xlsx, .ods or CSV.",
    )
