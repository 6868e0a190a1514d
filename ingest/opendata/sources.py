"""Raw files as their publishers lay them out, found in the folders given and read with suspicion."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from graph.errors import FileRefused
from graph.plurals import agreed

DEEP = 3
"""Levels of folders searched below each folder given."""


class Sources:
    """The files of some folders, known by their names.

    Args:
        folders: searched in order, with their folders; the first file of a name counts.

    Raises:
        FileRefused: one of them is no folder.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._found: dict[str, Path] = {}
        for folder in folders:
            if not folder.is_dir():
                raise FileRefused(
                    f"{folder} : ce n'est pas un dossier.",
                    f"{folder}: this is no folder.",
                )
            for path in _files(folder, DEEP):
                self._found.setdefault(path.name, path)

    def has(self, *names: str) -> bool:
        """Whether all these files are there."""
        return all(name in self._found for name in names)

    def path(self, name: str) -> Path:
        """Where a file is.

        Raises:
            FileRefused: it is in none of the folders.
        """
        if name not in self._found:
            raise FileRefused(
                f"{name} : absent des dossiers donnés. Les fichiers attendus : docs/territories.md.",
                f"{name}: in none of the folders given. The files expected: docs/territories.md.",
            )
        return self._found[name]

    def json(self, name: str) -> Any:
        """The document of a JSON file.

        Raises:
            FileRefused: absent, or no JSON.
        """
        try:
            return json.loads(self.path(name).read_text(encoding="utf-8-sig"))
        except ValueError as fault:
            raise FileRefused(f"{name} : ce n'est pas du JSON.", f"{name}: this is no JSON.") from fault

    def rows(self, name: str, *columns: str) -> list[dict[str, str]]:
        """The rows of a CSV file with a header.

        Args:
            name: of the file.
            columns: that it must have.

        Raises:
            FileRefused: absent, not text, or without one of the columns.
        """
        reader = csv.DictReader(io.StringIO(self.text(name)))
        lacking = [column for column in columns if column not in (reader.fieldnames or ())]
        if lacking:
            raise FileRefused(
                f"{name} : {agreed(len(lacking), 'colonne(s) absente(s)')} : {', '.join(lacking)}.",
                f"{name}: {agreed(len(lacking), 'column(s)', 'en')} missing: {', '.join(lacking)}.",
            )
        return list(reader)

    def table(self, name: str) -> list[list[str]]:
        """The cells of a CSV file, whatever stands in its first lines.

        Raises:
            FileRefused: absent, or not text.
        """
        return list(csv.reader(io.StringIO(self.text(name))))

    def text(self, name: str) -> str:
        """The text of a file, UTF-8 or cp1252.

        Raises:
            FileRefused: absent, or not text.
        """
        content = self.path(name).read_bytes()
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise FileRefused(f"{name} : ce n'est pas du texte.", f"{name}: this is no text.")


def _files(folder: Path, deep: int) -> Iterator[Path]:
    entries = sorted(folder.iterdir())
    yield from (entry for entry in entries if entry.is_file())
    if deep:
        for entry in entries:
            if entry.is_dir() and not entry.name.startswith("."):
                yield from _files(entry, deep - 1)
