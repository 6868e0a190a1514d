"""What a file got wrong, and what was accepted in it: sentences that name the place and say what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

LISTED = 1_000
"""Errors and changes kept in full; beyond, only counted (contracts: the totals stay exact)."""

SHOWN = 120
"""Longest value repeated in a message, in characters."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong, with its place.

    Attributes:
        code: stable name of the kind of error.
        fr: what was wrong and what to do, in French.
        en: the same in English.
        file: name of the file.
        sheet: name of the sheet as the file spells it.
        row: row number as people see it; ``None`` when the whole sheet is at fault.
        column: header of the column.
        value: the cell as read.
        expected_fr: what was expected, in French.
        expected_en: the same in English.
    """

    code: str
    fr: str
    en: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    expected_fr: str = ""
    expected_en: str = ""

    def message(self, lang: str = "fr") -> str:
        """The sentence, place first."""
        english = lang == "en"
        parts = [self.file]
        if self.sheet:
            parts.append(f"sheet '{self.sheet}'" if english else f"feuille « {self.sheet} »")
        if self.row is not None:
            parts.append(f"row {self.row}" if english else f"ligne {self.row}")
        if self.column:
            parts.append(f"column '{self.column}'" if english else f"colonne « {self.column} »")
        where = ", ".join(part for part in parts if part)
        shown = self.value if len(self.value) <= SHOWN else self.value[: SHOWN - 1] + "…"
        what = (f"'{shown}' — " if english else f"« {shown} » — ") if shown else ""
        separator = ": " if english else " : "
        return f"{where}{separator if where else ''}{what}{self.en if english else self.fr}"


@dataclass(frozen=True, slots=True)
class Note:
    """Something accepted as it came, said so that nobody is surprised."""

    code: str
    fr: str
    en: str

    def text(self, lang: str = "fr") -> str:
        """The sentence in the language asked for."""
        return self.en if lang == "en" else self.fr


@dataclass
class Report:
    """Errors, exactly counted, the first :data:`LISTED` kept, and notes, each once, in order."""

    total: int = 0
    issues: list[Issue] = field(default_factory=list)
    _notes: dict[Note, None] = field(default_factory=dict)

    def error(self, issue: Issue) -> None:
        """Count an error and keep it while there is room."""
        self.total += 1
        if len(self.issues) < LISTED:
            self.issues.append(issue)

    def sort(self, sheets: Iterable[str]) -> None:
        """Put the errors in the order of the file: by sheet, what is said of the whole of one first, then by row."""
        places = {sheet: place for place, sheet in enumerate(sheets)}
        self.issues.sort(key=lambda issue: (places.get(issue.sheet, len(places)), issue.row or 0))

    def note(self, note: Note) -> None:
        """Keep a note unless it was already said."""
        self._notes.setdefault(note)

    def extend(self, notes: Iterable[Note]) -> None:
        """Keep several notes."""
        for note in notes:
            self.note(note)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes, in the order they came."""
        return tuple(self._notes)
