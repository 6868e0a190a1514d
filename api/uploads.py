"""Files sent to be imported: kept between the dry run and its application, few of them and not for long."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from graph.errors import NotFound, StaleRecord, StoreFull
from graph.stores import Outcome, Store
from ingest import Plan, dry_run
from ingest.issues import Note

KEPT = 8
"""Files kept; the oldest goes when another comes."""

KEPT_SECONDS = 3600.0
LONGEST_NAME = 100


@dataclass(frozen=True)
class Kept:
    """A file waiting to be applied.

    Attributes:
        id: of its dry run.
        folder: that holds it alone.
        path: the file.
        base_revision: head of the store when it was read.
        day: date of statements without one.
        choices: answers given with the dry run.
        notes: said with each dry run.
        since: monotonic seconds.
    """

    id: str
    folder: Path
    path: Path
    base_revision: int
    day: date | None
    choices: Mapping[str, str]
    notes: tuple[Note, ...]
    since: float


class Uploads:
    """The files of one application, in a folder of its own, removed on closing.

    Args:
        store: what they are to be imported into.
        clock: monotonic seconds.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._root: Path | None = None

    def dry_run(self, name: str, content: BinaryIO, day: date | None, choices: Mapping[str, str]) -> Plan:
        """Keep a file and say what it would do.

        Args:
            name: as its sender calls it.
            content: read from where it stands.
            day: date of statements without one.
            choices: the pilot's answers.

        Raises:
            FileRefused: it cannot be read as what it claims to be.
            InvalidValue: a choice or the date means nothing.
            StoreFull: no room for it.
        """

        def put(folder: Path) -> Path:
            path = folder / safe_name(name)
            with path.open("wb") as stream:
                shutil.copyfileobj(content, stream)
            return path

        return self._tried(put, day, choices, ())

    def dry_run_of(self, name: str, files: Mapping[str, bytes], notes: Sequence[Note]) -> Plan:
        """Keep a folder of files of our own and say what it would do.

        Args:
            name: of the folder.
            files: content by name.
            notes: what is known of them, said with each dry run.

        Raises:
            StoreFull: no room for it.
        """

        def put(folder: Path) -> Path:
            path = folder / safe_name(name)
            path.mkdir()
            for file, content in files.items():
                (path / file).write_bytes(content)
            return path

        return self._tried(put, None, {}, tuple(notes))

    def _tried(
        self,
        put: Callable[[Path], Path],
        day: date | None,
        choices: Mapping[str, str],
        notes: tuple[Note, ...],
    ) -> Plan:
        folder = Path(tempfile.mkdtemp(dir=self._folder()))
        try:
            try:
                path = put(folder)
            except OSError as fault:
                raise StoreFull(
                    f"Le fichier reçu ne peut pas être gardé ici ({fault.strerror}).",
                    f"The file cannot be kept here ({fault.strerror}).",
                ) from fault
            plan = dry_run(path, self.store, day=day, choices=choices)
            plan.report.extend(notes)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        document = plan.document()
        kept = Kept(document.id, folder, path, plan.base_revision, day, dict(choices), notes, self._clock())
        with self._lock:
            self._forget(document.id)
            self._kept[document.id] = kept
            while len(self._kept) > KEPT:
                self._forget(next(iter(self._kept)))
            self._forget_old()
        return plan

    def again(self, id_: str) -> Plan:
        """The dry run of a kept file, against the store as it is now.

        Raises:
            NotFound: it is not kept (any more).
        """
        kept = self._of(id_)
        plan = dry_run(kept.path, self.store, day=kept.day, choices=kept.choices)
        plan.report.extend(kept.notes)
        return plan

    def apply(self, id_: str, choices: Mapping[str, str], *, author: str, message: str | None) -> Outcome:
        """Write what a dry run said, as one revision or nothing.

        Args:
            id_: of the dry run.
            choices: the pilot's answers, added to those given with it.
            author: who imports.
            message: why.

        Raises:
            NotFound: it is not kept (any more).
            StaleRecord: something was written since the dry run: what it said may not hold any more.
            InvalidValue: the plan is blocked, or waits for an answer.
        """
        kept = self._of(id_)
        plan = dry_run(kept.path, self.store, day=kept.day, choices={**kept.choices, **choices})
        if plan.base_revision != kept.base_revision:
            raise StaleRecord(
                "La cartographie a changé depuis l'essai à blanc : envoyez le fichier à nouveau et relisez ce qu'il "
                "changerait.",
                "The cartography changed since the dry run: send the file again and read what it would change.",
            )
        outcome = plan.apply(self.store, author=author, message=message)
        with self._lock:
            self._forget(id_)
        return outcome

    def remove(self, id_: str) -> None:
        """Forget a file.

        Raises:
            NotFound: it is not kept (any more).
        """
        self._of(id_)
        with self._lock:
            self._forget(id_)

    def close(self) -> None:
        """Forget them all."""
        with self._lock:
            self._kept.clear()
            if self._root is not None:
                shutil.rmtree(self._root, ignore_errors=True)
                self._root = None

    def _folder(self) -> Path:
        with self._lock:
            if self._root is None:
                self._root = Path(tempfile.mkdtemp(prefix="agencements-imports-"))
            return self._root

    def _of(self, id_: str) -> Kept:
        with self._lock:
            self._forget_old()
            if id_ in self._kept:
                return self._kept[id_]
        raise NotFound(
            "Cet essai à blanc n'est plus gardé : envoyez le fichier à nouveau.",
            "This dry run is not kept any more: send the file again.",
        )

    def _forget(self, id_: str) -> None:
        kept = self._kept.pop(id_, None)
        if kept is not None:
            shutil.rmtree(kept.folder, ignore_errors=True)

    def _forget_old(self) -> None:
        limit = self._clock() - KEPT_SECONDS
        for id_ in [kept.id for kept in self._kept.values() if kept.since < limit]:
            self._forget(id_)


def safe_name(name: str) -> str:
    """A sender's name as a name in a folder: its last part, letters, digits and a few signs."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c if c.isalnum() or c in "-_. " else "_" for c in last).strip(". ")
    stem, dot, suffix = kept.rpartition(".")
    return (
        f"{(stem or 'fichier')[:LONGEST_NAME]}{dot}{suffix[:10]}"
        if dot
        else (kept[:LONGEST_NAME] or "fichier")
    )
