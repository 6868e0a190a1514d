"""Built data files: compressed JSON, the same bytes from the same sources, listed in a manifest."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graph.errors import FileRefused

SHIPPED = Path(__file__).parent / "data"
"""The files that come with the project."""

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Entry:
    """One built file.

    Attributes:
        file: its name.
        title: what it holds, in French.
        year: vintage of the data.
        source: who publishes them.
        licence: under which they may be passed on; empty when none is known (never shipped).
        attribution: the line to show wherever the data are shown.
        sha256: of the file as written, in hexadecimal.
        bytes: its size.
    """

    file: str
    title: str
    year: int
    source: str
    licence: str
    attribution: str
    sha256: str = ""
    bytes: int = 0


def packed(document: Any) -> bytes:
    """A document as compressed JSON; no name nor moment in it, so the same document gives the same bytes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)


def unpacked(path: Path) -> Any:
    """The document of a built file.

    Raises:
        FileRefused: it is absent or damaged.
    """
    try:
        return json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError) as fault:
        raise FileRefused(
            f"{path.name} : donnée de référence absente ou endommagée. Réinstallez le logiciel, ou refaites-la avec "
            "agencements data build.",
            f"{path.name}: reference data absent or damaged. Install the software again, or rebuild it with "
            "agencements data build.",
        ) from fault


def write(folder: Path, entries: dict[Entry, Any]) -> list[Entry]:
    """Write documents and the manifest of a folder; entries already in the manifest for other files are kept.

    Args:
        folder: created when absent.
        entries: documents by what they are.

    Returns:
        The entries of the manifest, by name of file.

    Raises:
        FileRefused: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        listed = {entry.file: entry for entry in manifest(folder)}
        for entry, document in entries.items():
            content = packed(document)
            (folder / entry.file).write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            listed[entry.file] = Entry(**{**asdict(entry), "sha256": digest, "bytes": len(content)})
        kept = [listed[name] for name in sorted(listed)]
        text = json.dumps([asdict(entry) for entry in kept], ensure_ascii=False, indent=1) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")
    except OSError as fault:
        raise FileRefused(
            f"{folder} : impossible d'écrire ici ({fault.strerror}). Choisissez un autre dossier (--into).",
            f"{folder}: cannot write here ({fault.strerror}). Choose another folder (--into).",
        ) from fault
    return kept


def manifest(folder: Path = SHIPPED) -> list[Entry]:
    """What a folder of built files holds; empty when there is no manifest."""
    path = folder / MANIFEST
    if not path.exists():
        return []
    return [Entry(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def entry_of(stem: str, folder: Path = SHIPPED) -> Entry | None:
    """The latest vintage of a kind of file (``cog``, ``competences``…), ``None`` when the folder has none."""
    found = [entry for entry in manifest(folder) if entry.file.startswith(f"{stem}-")]
    return max(found, key=lambda entry: entry.year, default=None)
