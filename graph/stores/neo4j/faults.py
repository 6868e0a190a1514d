"""What the Neo4j driver reports, as errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import (
    AuthConfigurationError,
    AuthError,
    ConfigurationError,
    DriverError,
    Forbidden,
    IncompleteCommit,
    Neo4jError,
)

from graph.errors import (
    StoreAbsent,
    StoreAway,
    StoreCredentials,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    StoreTooNew,
)

MEMORY = ("MemoryPoolOutOfMemoryError", "OutOfMemoryError", "TransactionOutOfMemoryError")
"""Last words of the codes by which the server says that a transaction is too large for its memory."""

TIMED_OUT = (
    "LockAcquisitionTimeout",
    "LockClientStopped",
    "DeadlockDetected",
    "TransactionTimedOut",
    "TransactionTimedOutClientConfiguration",
    "Terminated",
)
"""Last words of the codes by which the server says that somebody else held a lock too long."""

READ_ONLY = ("ForbiddenOnReadOnlyDatabase", "WriteOnReadOnlyAccessDatabase", "ReadOnly")

AWAY = (
    "DatabaseUnavailable",
    "DatabaseNotFound",
    "GeneralReadOnlyReplica",
    "NotALeader",
    "ReplicationFailure",
)


def last_word(fault: Neo4jError) -> str:
    """``DeadlockDetected`` of ``Neo.TransientError.Transaction.DeadlockDetected``."""
    return (fault.code or "").rsplit(".", 1)[-1]


def absent(address: str) -> StoreAbsent:
    """The server answers but holds no store."""
    return StoreAbsent(
        f"Aucun dépôt à « {address} ». Importez d'abord un classeur : agencements import FICHIER --apply.",
        f"No store at '{address}'. Import a workbook first: agencements import FILE --apply.",
    )


def foreign(address: str) -> StoreError:
    """The database holds somebody else's graph."""
    return StoreError(
        f"« {address} » contient déjà un autre graphe : indiquez une base vide.",
        f"'{address}' already holds another graph: name an empty database.",
    )


def too_new(address: str, found: int, known: int) -> StoreTooNew:
    """The database was migrated by a newer version."""
    return StoreTooNew(
        f"« {address} » vient d'une version plus récente (schéma {found}, connu : {known}). "
        "Mettez Agencements à jour.",
        f"'{address}' comes from a newer version (schema {found}, known: {known}). Upgrade Agencements.",
    )


def locked(address: str) -> StoreLocked:
    """Another program is writing, or took over."""
    return StoreLocked(
        f"« {address} » est en cours d'écriture par un autre programme. Attendez sa fin puis réessayez.",
        f"'{address}' is being written by another program. Wait for it, then try again.",
    )


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Turn what the driver raises inside into errors of ours.

    Raises:
        StoreAway, StoreCredentials, StoreLocked, StoreReadOnly, StoreFull, StoreError: by kind of fault.
    """
    try:
        yield
    except (AuthError, AuthConfigurationError, Forbidden) as fault:
        raise StoreCredentials(
            f"« {address} » refuse l'utilisateur ou le mot de passe. Vérifiez l'adresse, ou "
            "AGENCEMENTS_NEO4J_USER et AGENCEMENTS_NEO4J_PASSWORD.",
            f"'{address}' refuses the user or the password. Check the address, or "
            "AGENCEMENTS_NEO4J_USER and AGENCEMENTS_NEO4J_PASSWORD.",
        ) from fault
    except IncompleteCommit as fault:
        raise StoreAway(
            f"« {address} » s'est interrompu pendant l'enregistrement : regardez la dernière révision "
            "avant de recommencer.",
            f"'{address}' stopped while saving: look at the latest revision before trying again.",
        ) from fault
    except Neo4jError as fault:
        raise _reported(fault, address) from fault
    except (ConfigurationError, ValueError) as fault:
        if isinstance(fault, ValueError) and not _from_driver(fault):
            raise
        raise StoreError(
            f"« {address} » : adresse ou réglage refusé par le pilote Neo4j ({fault}).",
            f"'{address}': address or setting refused by the Neo4j driver ({fault}).",
        ) from fault
    except (DriverError, OSError) as fault:
        raise away(address) from fault


def away(address: str) -> StoreAway:
    """Nobody answers at the address."""
    return StoreAway(
        f"« {address} » ne répond pas. Vérifiez que Neo4j est démarré et que l'adresse est la bonne.",
        f"'{address}' does not answer. Check that Neo4j is running and that the address is right.",
    )


def _from_driver(fault: ValueError) -> bool:
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__", "").startswith("neo4j")


def _reported(fault: Neo4jError, address: str) -> StoreError:
    word = last_word(fault)
    if ".Security." in (fault.code or ""):
        return StoreCredentials(
            f"« {address} » refuse cet utilisateur ({word}).", f"'{address}' refuses this user ({word})."
        )
    if word in MEMORY:
        return StoreFull(
            f"« {address} » manque de mémoire pour cette écriture ; rien n'a été écrit. Augmentez "
            "server.memory.heap.max_size.",
            f"'{address}' lacks memory for this write; nothing was written. Raise server.memory.heap.max_size.",
        )
    if word in TIMED_OUT:
        return locked(address)
    if word in READ_ONLY:
        return StoreReadOnly(
            f"« {address} » est en lecture seule. Écrivez sur le serveur principal.",
            f"'{address}' is read-only. Write to the leading server.",
        )
    if word in AWAY:
        return away(address)
    return StoreError(
        f"« {address} » : {fault.code} {fault.message}.", f"'{address}': {fault.code} {fault.message}."
    )
