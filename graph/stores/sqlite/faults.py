"""What SQLite reports, as errors that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import (
    StoreAbsent,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    StoreTooNew,
)


def absent(path: str) -> StoreAbsent:
    """There is no database at this path."""
    return StoreAbsent(
        f"Aucun dépôt à « {path} ». Importez d'abord un classeur : agencements import FICHIER --apply.",
        f"No store at '{path}'. Import a workbook first: agencements import FILE --apply.",
    )


def too_new(path: str, found: int, known: int) -> StoreTooNew:
    """The database was migrated by a newer version."""
    return StoreTooNew(
        f"« {path} » vient d'une version plus récente (schéma {found}, connu : {known}). "
        "Mettez Agencements à jour.",
        f"'{path}' comes from a newer version (schema {found}, known: {known}). Upgrade Agencements.",
    )


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Turn what SQLite raises inside into errors of ours.

    Raises:
        StoreLocked, StoreReadOnly, StoreFull, StoreError: by SQLite's own code.
    """
    try:
        yield
    except sqlite3.Error as fault:
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        raise _error(code, path, str(fault)) from fault


def _error(code: int, path: str, detail: str) -> StoreError:
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(
            f"« {path} » est en cours d'écriture par un autre programme. Fermez-le ou réessayez.",
            f"'{path}' is being written by another program. Close it or try again.",
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return StoreReadOnly(
            f"« {path} » est en lecture seule. Vérifiez les droits du fichier et de son dossier.",
            f"'{path}' is read-only. Check the permissions of the file and its folder.",
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(
            f"Plus de place pour « {path} ». Libérez de l'espace ; rien n'a été écrit.",
            f"No room left for '{path}'. Free some space; nothing was written.",
        )
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StoreError(
            f"« {path} » n'est pas une base d'Agencements, ou elle est abîmée. "
            "Choisissez un autre fichier ou restaurez une sauvegarde.",
            f"'{path}' is not an Agencements database, or it is damaged. Choose another file or restore a backup.",
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreError(
            f"« {path} » ne peut être ouvert. Vérifiez que le dossier existe et vous est accessible.",
            f"'{path}' cannot be opened. Check that the folder exists and that you may use it.",
        )
    return StoreError(f"« {path} » : {detail}.", f"'{path}': {detail}.")
