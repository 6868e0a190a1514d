"""What flows of a file share beside their ends and quantity: read once for all the rows that say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.vocabulary import Vocabulary
from ingest.cell_errors import CellError
from ingest.cells import flag

SERIES = 10_000
"""Most different combinations of kind, unit, year and source in one file."""


@dataclass(frozen=True)
class Series:
    """What many flows share.

    ``""`` and 0 where nothing is said; ``truncated`` is then ``None``.
    """

    kind: str
    unit: str
    year: int
    source: str
    truncated: bool | None
    visibility: str


@dataclass(frozen=True)
class Wrong:
    """One thing that is said and cannot be read.

    Attributes:
        name: the field of a flow.
        text: as it is said.
        fault: what is wrong.
        of_row: whether rows say it themselves, not the whole file.
    """

    name: str
    text: str
    fault: CellError
    of_row: bool


class SeriesReader:
    """Reads what rows say beside their ends and quantity.

    Args:
        beside: the fields that columns of the file tell, in their order.
        said: what is said of the whole file, by field; a cell goes first.
        vocabulary: the codes in force.
        series: the places of those read, filled.
    """

    def __init__(
        self,
        beside: tuple[str, ...],
        said: Mapping[str, str],
        vocabulary: Vocabulary,
        series: dict[Series, int],
    ) -> None:
        self._beside = beside
        self._said = said
        self._vocabulary = vocabulary
        self._series = series
        self._known: dict[tuple[str, ...], int | tuple[Wrong, ...]] = {}

    def place(self, texts: tuple[str, ...]) -> tuple[int | None, tuple[Wrong, ...]]:
        """Place of the series of a row, or what is wrong with it, in this row at least.

        Args:
            texts: its cells in the columns ``beside``.
        """
        known = self._known.get(texts)
        if known is None:
            known = self._known[texts] = self._read(texts)
            return (known, ()) if isinstance(known, int) else (None, known)
        if isinstance(known, int):
            return known, ()
        # said of the whole file, it is wrong once; in cells, wherever it stands
        return None, tuple(wrong for wrong in known if wrong.of_row)

    def _read(self, texts: tuple[str, ...]) -> int | tuple[Wrong, ...]:
        own = {name: text.strip() for name, text in zip(self._beside, texts, strict=True) if text.strip()}
        says = {**self._said, **own}
        wrong: list[Wrong] = []

        def read(name: str, reader: Callable[[str], Any], nothing: Any) -> Any:
            text = says.get(name)
            if not text:
                return nothing
            try:
                return reader(text)
            except CellError as fault:
                wrong.append(Wrong(name, text, fault, name in own))
                return nothing

        made = Series(
            read("kind", lambda text: self._code("type_flux", text), ""),
            says.get("unit", ""),
            read("year", _year, 0),
            says.get("source", ""),
            read("truncated", flag, None),
            read("visibility", lambda text: self._code("visibilite", text), ""),
        )
        if wrong:
            return tuple(wrong)
        if made not in self._series and len(self._series) >= SERIES:
            return (Wrong("source", made.source, _too_many(), of_row=True),)
        return self._series.setdefault(made, len(self._series))

    def _code(self, list_: str, text: str) -> str:
        words = self._vocabulary[list_]
        code = words.find(text)
        if code is None:
            near, known = words.nearest(text), ", ".join(words.codes)
            raise CellError(
                "unknown_code",
                ("", ""),
                "code inconnu."
                + (f" Vouliez-vous dire « {near} » ?" if near else "")
                + f" Connus : {known}.",
                "unknown code." + (f" Did you mean '{near}'?" if near else "") + f" Known: {known}.",
            )
        return code


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1800 <= int(text) <= 2200):
        raise CellError(
            "out_of_range",
            ("", ""),
            "année attendue, de 1800 à 2200.",
            "a year is expected, from 1800 to 2200.",
        )
    return int(text)


def _too_many() -> CellError:
    return CellError(
        "out_of_range",
        ("", ""),
        f"plus de {SERIES} combinaisons de type, unité, année et source : une source par fichier, pas par ligne.",
        f"more than {SERIES} combinations of kind, unit, year and source: one source a file, not a row.",
    )
