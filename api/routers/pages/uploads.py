"""Files sent to the page "Importer", between their dry run and their application: few, small enough, soon removed."""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graph.errors import NotFound, TooLarge
from ingest.issues import Note

MEGABYTE = 1_000_000
MAX_BYTES = 100 * MEGABYTE
"""Most bytes of one sending, unless the operator says otherwise."""
MAX_FILES = 40
"""Most files of one sending: a folder of CSV files has one per table."""
KEPT = 4
"""Sendings kept; the oldest goes when another comes."""
SECONDS = 3600.0
"""How long a sending may wait."""

_UNSAFE = re.compile(r"[^\w.\- ]+")


@dataclass(frozen=True)
class Upload:
    """One sending: where it is, since when, and what is said with its dry run."""

    path: Path
    folder: Path
    since: float
    notes: tuple[Note, ...]


class Uploads:
    """The sendings of one process, under one temporary folder removed with it.

    Args:
        most: bytes of one sending at most.
        clock: seconds that only go forward.
    """

    def __init__(self, most: int = MAX_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._clock = clock
        self._root: Path | None = None
        self._held: dict[str, Upload] = {}
        self._lock = threading.Lock()

    def keep(self, files: Sequence[tuple[str, BinaryIO]], name: str = "", notes: Sequence[Note] = ()) -> str:
        """Write files down and give the token they are known by.

        Args:
            files: name as sent, content.
            name: what to call them together, when they are several.
            notes: what is known of them, said with their dry run.

        Raises:
            TooLarge: more than :data:`MAX_FILES` files, or more bytes than accepted.
        """
        if len(files) > MAX_FILES:
            raise TooLarge(
                f"{len(files)} fichiers : {MAX_FILES} au plus par envoi.",
                f"{len(files)} files: {MAX_FILES} at most at once.",
            )
        token = secrets.token_urlsafe(16)
        folder = self._folder() / token
        within = folder / safe(name) if name else folder
        within.mkdir(parents=True)
        left = self.most
        try:
            for sent, content in files:
                written = _write(within / safe(sent), content, left)
                if written > left:
                    raise self.too_large()
                left -= written
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        path = within / safe(files[0][0]) if len(files) == 1 and not name else within
        with self._lock:
            self._held[token] = Upload(path, folder, self._clock(), tuple(notes))
            late = [t for t, u in self._held.items() if self._clock() - u.since > SECONDS]
            late += [t for t in self._held if t not in late][: max(0, len(self._held) - len(late) - KEPT)]
            gone = [self._held.pop(t) for t in late]
        for upload in gone:
            shutil.rmtree(upload.folder, ignore_errors=True)
        return token

    def of(self, token: str) -> Upload:
        """A sending.

        Raises:
            NotFound: it was applied, given up, or waited too long.
        """
        with self._lock:
            upload = self._held.get(token)
        if upload is None or self._clock() - upload.since > SECONDS:
            self.drop(token)
            raise NotFound(
                "Ce fichier n'est plus en attente : envoyez-le de nouveau.",
                "This file is no longer waiting: send it again.",
            )
        return upload

    def drop(self, token: str) -> None:
        """Forget a sending and remove its files."""
        with self._lock:
            upload = self._held.pop(token, None)
        if upload is not None:
            shutil.rmtree(upload.folder, ignore_errors=True)

    def too_large(self) -> TooLarge:
        """The refusal of a sending beyond the limit."""
        most = self.most // MEGABYTE
        return TooLarge(
            f"Plus de {most} Mo : importez ce fichier par la commande « agencements import ».",
            f"More than {most} MB: import this file with the command 'agencements import'.",
        )

    def _folder(self) -> Path:
        with self._lock:
            if self._root is None:
                self._root = Path(tempfile.mkdtemp(prefix="agencements-"))
                weakref.finalize(self, shutil.rmtree, self._root, ignore_errors=True)
            return self._root


def safe(name: str) -> str:
    """A name for a file of ours, from what a browser says: no folder, nothing odd, its extension kept."""
    last = re.split(r"[/\\]", name)[-1]
    plain = _UNSAFE.sub("_", last).strip(". ")
    stem, dot, extension = plain.rpartition(".")
    return f"{stem[:80]}{dot}{extension[:12]}" if dot and stem else plain[:80] or "fichier"


def _write(path: Path, content: BinaryIO, most: int) -> int:
    """Write a file down, stopping soon after so many bytes; returns how many were written."""
    written = 0
    with path.open("xb") as file:
        while written <= most and (block := content.read(1 << 20)):
            written += len(block)
            file.write(block)
    return written
