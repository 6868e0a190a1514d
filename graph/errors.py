"""The one error tree of the project.

Every error carries a stable ``code`` (used in problem documents), a French message that says what was wrong,
where, and what to do, and its English translation. ``exit_code`` follows the command contract: 1 when the
data are wrong, 2 when the call is wrong (file, option, filter, store away or locked).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class AgencementsError(Exception):
    """Root of the tree.

    Args:
        fr: what was wrong and what to do, for people, in French.
        en: the same in English.
    """

    code = "error"
    status = 422
    exit_code = 2

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr)
        self.fr = fr
        self.en = en

    def message(self, lang: str = "fr") -> str:
        """The sentence in the language asked for (``fr`` unless ``en``)."""
        return self.en if lang == "en" else self.fr


class InvalidValue(AgencementsError):
    """A value that the model refuses: wrong scale, unknown code, malformed id, impossible date."""

    code = "invalid_value"
    exit_code = 1


class UnknownFilter(AgencementsError):
    """A scope or filter that names nothing known (HTTP 422)."""

    code = "unknown_filter"


class NotFound(AgencementsError):
    """An entity, statement or revision that does not exist or is hidden from the reader (HTTP 404)."""

    code = "not_found"
    status = 404


class Erased(AgencementsError):
    """A record that was erased at a person's request (HTTP 410)."""

    code = "erased"
    status = 410


@dataclass(frozen=True)
class Conflict:
    """One stale record: the version the writer started from and the values now at odds.

    Attributes:
        record: id of the record.
        base: version the write was based on.
        theirs: what is stored now.
        yours: what was to be written.
    """

    record: str
    base: int
    theirs: object
    yours: object


class StaleRecord(AgencementsError):
    """Somebody else changed the record since it was read (HTTP 409)."""

    code = "stale_record"
    status = 409
    exit_code = 1

    def __init__(self, fr: str, en: str, conflicts: Sequence[Conflict] = ()) -> None:
        super().__init__(fr, en)
        self.conflicts = tuple(conflicts)


class DependentsExist(AgencementsError):
    """Deleting an entity that still has relations (HTTP 409); ``dependents`` lists their ids."""

    code = "dependents"
    status = 409
    exit_code = 1

    def __init__(self, fr: str, en: str, dependents: Sequence[str] = ()) -> None:
        super().__init__(fr, en)
        self.dependents = tuple(dependents)


class UndoRefused(AgencementsError):
    """An undo that would overwrite later changes (HTTP 409); ``touched`` lists the records changed since."""

    code = "undo"
    status = 409
    exit_code = 1

    def __init__(self, fr: str, en: str, touched: Sequence[str] = ()) -> None:
        super().__init__(fr, en)
        self.touched = tuple(touched)


class ReusedId(InvalidValue):
    """An id that belonged to a retracted entity or to an alias; ids are never reused."""

    code = "reused_id"


class DanglingReference(InvalidValue):
    """A relation whose end does not exist."""

    code = "unknown_reference"


class TooLarge(AgencementsError):
    """A question or a file beyond the stated limit (HTTP 413)."""

    code = "too_large"
    status = 413


class FileRefused(AgencementsError):
    """A file that cannot be read as what it claims to be."""

    code = "file_refused"


class VocabularyError(AgencementsError):
    """The vocabulary data are inconsistent (duplicate code, missing label)."""

    code = "vocabulary"


class StoreError(AgencementsError):
    """The store itself: absent, locked, read-only, full, of a newer version, or away (HTTP 503)."""

    code = "store"
    status = 503


class StoreAbsent(StoreError):
    """No store at this address."""

    code = "store_absent"


class StoreLocked(StoreError):
    """Another process is writing and did not finish in time."""

    code = "store_locked"


class StoreReadOnly(StoreError):
    """The database cannot be written (permissions)."""

    code = "store_read_only"


class StoreFull(StoreError):
    """No room left where the database lives."""

    code = "store_full"


class StoreTooNew(StoreError):
    """The database was written by a newer version of the software."""

    code = "store_too_new"


class StoreAway(StoreError):
    """The server does not answer, or stopped in the middle."""

    code = "store_away"


class StoreCredentials(StoreError):
    """The server refuses the user or password."""

    code = "store_credentials"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a call: the parameter, what it said, and why it is refused, in both languages."""

    parameter: str
    value: str
    fr: str
    en: str


class InvalidCall(AgencementsError):
    """Parameters that cannot be understood, all of them at once (HTTP 422)."""

    code = "invalid_parameters"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(f.fr for f in faults), " ".join(f.en for f in faults))
        self.faults = tuple(faults)
