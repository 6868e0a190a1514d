"""What a doughnut says in words: its keys, its legend, its years and sources, its tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from graph.snapshot import Snapshot
from queries.doughnut import ECOLOGICAL, NO_THRESHOLD, NO_VALUE, OK, OVER, SHORT, SOCIAL
from queries.envelope import Document
from queries.sentences import number, quoted
from viz.marks import said
from viz.spec import Cell, LegendEntry, Row, Table

CAP = 3.0
"""Times the ceiling at which an overshoot reaches the edge; beyond, the printed figure alone tells."""
GAP = 0.03
"""Between two wedges, in radians."""


@dataclass(frozen=True)
class Sector:
    """What one key stands for, the same on every doughnut: its place among those of its side."""

    key: str
    indicator: str
    dimension: str
    side: str
    start: float
    stop: float

    @property
    def name(self) -> str:
        """Dimension and indicator."""
        return f"{self.dimension} · {self.indicator}" if self.dimension else self.indicator


def sectors_of(items: Sequence[Document]) -> list[Sector]:
    """Every indicator's wedge: those of a side share its whole turn, dimension by dimension."""
    side: dict[tuple[str, str], str] = {}
    for item in items:
        key = (item["dimension"], item["indicator"])
        # an indicator without a threshold has no side: it stands with the social ones
        side[key] = item["side"] or side.get(key, "") or SOCIAL
    found = []
    for which in (SOCIAL, ECOLOGICAL):
        keys = sorted(key for key, of in side.items() if of == which)
        for place, (dimension, indicator) in enumerate(keys):
            turn = 2 * math.pi / len(keys)
            letter = str(place + 1) if which == SOCIAL else _letters(place)
            gap = min(GAP, turn / 4)
            start, stop = place * turn + gap / 2, (place + 1) * turn - gap / 2
            found.append(Sector(letter, indicator, dimension, which, start, stop))
    return found


def _letters(place: int) -> str:
    """``A``, ``B``, then ``AA``."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def figure(item: Document, lang: str) -> str:
    """How far from its bound a value stands, in per cent of it; a word where there is no number."""
    if item["status"] == NO_VALUE:
        return said("inconnu", "unknown", lang)
    if item["status"] == NO_THRESHOLD:
        return said("sans seuil", "no threshold", lang)
    if item["ratio"] is None:
        return {OK: said("tenu", "met", lang), SHORT: said("sous le plancher", "short", lang)}.get(
            item["status"], said("au-delà", "over", lang)
        )
    far = round(100 * (item["ratio"] - 1))
    return f"+{far} %" if far > 0 else f"{number(far, lang)} %"


def _status(item: Document, lang: str) -> str:
    return {
        OK: said("tenu", "met", lang),
        SHORT: said("sous le plancher", "short of the floor", lang),
        OVER: said("au-delà du plafond", "over the ceiling", lang),
        NO_VALUE: said("valeur inconnue", "value unknown", lang),
        NO_THRESHOLD: said("aucun seuil", "no threshold", lang),
    }[item["status"]]


def told(item: Document, lang: str) -> str:
    """A value with its unit and year, and how it reads."""
    parts = [_status(item, lang)]
    if item["value"] is not None:
        year = said(f"en {item['year']}", f"in {item['year']}", lang)
        parts = [f"{number(item['value'], lang)} {item['unit']}".strip(), year, *parts]
    return ", ".join(parts)


def legend(items: Sequence[Document], lang: str) -> tuple[LegendEntry, ...]:
    """What is present on the drawing, and what it means."""
    present = {item["status"] for item in items}
    entries = [
        (
            "doughnut-floor",
            said(
                "cercles : plancher social dedans, plafond écologique dehors",
                "circles: social floor inside, ecological ceiling outside",
                lang,
            ),
            bool(items),
        ),
        (
            "doughnut-fails",
            said(
                "sous le plancher (vers le centre) ou au-delà du plafond (vers le dehors)",
                "short of the floor (inwards) or over the ceiling (outwards)",
                lang,
            ),
            bool(present & {SHORT, OVER}),
        ),
        ("doughnut-met", said("tenu", "met", lang), OK in present),
        ("doughnut-unknown", said("valeur inconnue", "value unknown", lang), NO_VALUE in present),
        ("doughnut-unbounded", said("aucun seuil", "no threshold", lang), NO_THRESHOLD in present),
    ]
    if any(item["status"] == OVER and (item["ratio"] or 0) > CAP for item in items):
        entries.append(
            (
                "",
                said(
                    f"le dessin s'arrête à {number(CAP, lang)} fois le plafond ; le chiffre dit le reste",
                    f"the drawing stops at {number(CAP, lang)} times the ceiling; the figure tells the rest",
                    lang,
                ),
                True,
            )
        )
    return tuple(LegendEntry(symbol, text) for symbol, text, there in entries if there)


def provenance(snapshot: Snapshot, items: Sequence[Document], lang: str) -> str:
    """Years and sources of the values; units stand beside each value."""
    years = sorted({item["year"] for item in items if item["year"] is not None})
    wanted = {record for item in items for record in item["records"]}
    sources = sorted(
        {
            str(getattr(version.value, "source", None) or said("source non dite", "source not said", lang))
            for version in snapshot.records("indicators")
            if version.id in wanted
        }
    )
    if not years:
        return said("Aucune valeur", "No value", lang)
    when = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
    units = sorted(
        {
            item["unit"] or said("unité non dite", "unit not said", lang)
            for item in items
            if item["value"] is not None
        }
    )
    return said(
        f"Valeurs de {when} · unités : {', '.join(units)} · sources : {quoted(sources)} · écarts en % du seuil",
        f"Values of {when} · units: {', '.join(units)} · sources: {quoted(sources, 'en')} · gaps in % of the threshold",
        lang,
    )


def summary(snapshot: Snapshot, items: Sequence[Document], territories: Sequence[str], lang: str) -> str:
    """How many fail and how many are unknown, territory by territory."""
    parts = []
    for territory in territories:
        statuses = [item["status"] for item in items if item["territory"] == territory]
        short, over, unknown = (statuses.count(s) for s in (SHORT, OVER, NO_VALUE))
        parts.append(
            said(
                f"{snapshot.territories.name(territory)} : {short} sous le plancher, {over} au-delà du plafond, "
                f"{unknown} sans valeur",
                f"{snapshot.territories.name(territory)}: {short} short, {over} over, {unknown} without a value",
                lang,
            )
        )
    return said("Donut. ", "Doughnut. ", lang) + " ; ".join(parts)


def table(snapshot: Snapshot, items: Sequence[Document], sectors: Sequence[Sector], lang: str) -> Table:
    """One row an indicator and territory, with the ids of the records behind it."""
    key = {(s.indicator, s.dimension): s for s in sectors}

    def amount(value: float | None) -> Cell:
        return Cell("") if value is None else Cell(number(value, lang), value)

    rows = []
    for item in items:
        sector = key[(item["indicator"], item["dimension"])]
        rows.append(
            Row(
                (
                    Cell(snapshot.territories.name(item["territory"])),
                    Cell(sector.key),
                    Cell(item["dimension"]),
                    Cell(item["indicator"]),
                    Cell(_side(item, lang)),
                    amount(item["value"]),
                    Cell(item["unit"]),
                    Cell("" if item["year"] is None else str(item["year"]), item["year"]),
                    amount(item["floor"]),
                    amount(item["ceiling"]),
                    Cell("" if item["ratio"] is None else figure(item, lang), item["ratio"]),
                    Cell(_status(item, lang)),
                ),
                tuple(item["records"]),
            )
        )
    columns = said(
        "Territoire|Clé|Dimension|Indicateur|Lu contre|Valeur|Unité|Année|Plancher|Plafond|Écart|Lecture",
        "Territory|Key|Dimension|Indicator|Read against|Value|Unit|Year|Floor|Ceiling|Gap|Reading",
        lang,
    )
    caption = said("Valeurs, planchers et plafonds", "Values, floors and ceilings", lang)
    return Table(caption, tuple(columns.split("|")), tuple(rows))


def _side(item: Document, lang: str) -> str:
    return {
        SOCIAL: said("plancher social", "social floor", lang),
        ECOLOGICAL: said("plafond écologique", "ecological ceiling", lang),
    }.get(item["side"], "")


def gaps(snapshot: Snapshot, document: Document, lang: str) -> tuple[Table, ...]:
    """What is missing, with who could fill it; nothing when nothing is."""
    rows = tuple(
        Row(
            (
                Cell(snapshot.territories.name(gap["territory"])),
                Cell(gap["dimension"]),
                Cell(gap["indicator"]),
                Cell(", ".join(snapshot.actors.name(a) for a in gap["actors"])),
                Cell(", ".join(gap["sources"])),
            ),
            tuple(gap["records"]),
        )
        for gap in document["gaps"]
    )
    if not rows:
        return ()
    columns = said(
        "Territoire|Dimension|Indicateur|Acteurs qui pourraient la donner|Sources ailleurs",
        "Territory|Dimension|Indicator|Actors who could give it|Sources elsewhere",
        lang,
    )
    caption = said(
        "Ce qui manque, et qui pourrait le combler", "What is missing, and who could fill it", lang
    )
    return (Table(caption, tuple(columns.split("|")), rows),)
