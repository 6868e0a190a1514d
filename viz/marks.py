"""How actors and statements are marked on every map: shape, fill, size, stamp, coverage, records, legend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import cast

from graph.model import Actor, Influence, Position
from graph.snapshot import Snapshot
from queries.mactor import forces
from queries.sentences import number
from viz.spec import Fill, LegendEntry, Profile, Record, Shape

SHAPES: dict[str, tuple[Shape, float]] = {
    "service": ("square", 0.90),
    "operateur": ("hexagon", 1.02),
    "accompagnement": ("diamond", 1.25),
    "beneficiaire": ("dot", 1.0),
    "beneficiaire_indirect": ("dot", 1.0),
}
"""Shape of a family and what evens out the area it seems to have."""
OTHER_SHAPE: tuple[Shape, float] = ("triangle", 0.98)

FILLS: dict[str, Fill] = {"implique": "solid", "impacte": "hollow", "concerne": "dashed"}

MONTHS = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août"),
        *("septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
}


def said(fr: str, en: str, lang: str) -> str:
    """The wording in a language."""
    return en if lang == "en" else fr


def signed(value: int) -> str:
    """``+3``, ``−2`` with a true minus, ``0``."""
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "0"


def shape_of(actor: Actor) -> tuple[Shape, float]:
    """Shape by family, with its correction of size."""
    return SHAPES.get(actor.family or "", OTHER_SHAPE)


def fill_of(actor: Actor) -> Fill:
    """Fill by involvement; faint when it is unknown."""
    return FILLS.get(actor.involvement or "", "faint")


def describes(snapshot: Snapshot, actor: Actor, lang: str) -> str:
    """Family and involvement in words."""
    family = snapshot.vocabulary.label("famille", actor.family, lang) or said(
        "famille inconnue", "unknown family", lang
    )
    involvement = snapshot.vocabulary.label("implication", actor.involvement, lang) or said(
        "implication inconnue", "unknown involvement", lang
    )
    return f"{family}, {involvement}"


def weights(snapshot: Snapshot) -> list[float]:
    """Force R of each actor, or where nobody has any, the sum of the absolute values of its positions."""
    found = forces(snapshot)
    if found is not None:
        return [float(f) for f in found]
    values, _ = snapshot.positions.dense()
    return [float(v) for v in abs(values).sum(axis=1)]


def radii(snapshot: Snapshot, profile: Profile) -> list[float]:
    """Radius of each actor by √R, from the smallest to the greatest; the middle where R is undefined."""
    low, high = profile.radius
    found = forces(snapshot)
    if found is None:
        return [(low + high) / 2] * len(snapshot.actors)
    roots = [float(f) ** 0.5 for f in found]
    top = max(roots, default=0.0)
    return [low + (high - low) * root / top if top > 0 else (low + high) / 2 for root in roots]


def heaviest(ids: Iterable[str], weight: Mapping[str, float], most: int) -> list[str]:
    """The ``most`` heaviest ids, those of equal weight by id."""
    return sorted(ids, key=lambda id_: (-weight[id_], id_))[:most]


def stamp(snapshot: Snapshot, lang: str) -> str:
    """Day and revision: ``au 14 novembre 2026 · révision 142``, with the kind of view below pilot."""
    view = {
        "public": said("vue publique", "public view", lang),
        "partenaires": said("vue partenaires", "partners' view", lang),
    }.get(snapshot.level)
    number_of = said(f"révision {snapshot.revision}", f"revision {snapshot.revision}", lang)
    parts = [number_of] if view is None else [number_of, view]
    day = snapshot.day
    if day == date.min:
        return " · ".join(parts)
    month = MONTHS["en" if lang == "en" else "fr"][day.month - 1]
    first = "1er" if day.day == 1 and lang != "en" else str(day.day)
    written = said(f"au {first} {month} {day.year}", f"{first} {month} {day.year}", lang)
    return " · ".join([written, *parts])


def coverage(snapshot: Snapshot, lang: str) -> str:
    """How much is known of positions and influences."""
    known = snapshot.coverage
    parts = [
        said(
            f"Positions connues : {known.positions} sur {known.possible_positions}",
            f"Known positions: {known.positions} of {known.possible_positions}",
            lang,
        )
    ]
    if known.contested:
        parts.append(
            said(f"contestées, à part : {known.contested}", f"contested, apart: {known.contested}", lang)
        )
    parts.append(
        said(
            f"influences connues : {known.influences} sur {known.possible_influences}",
            f"known influences: {known.influences} of {known.possible_influences}",
            lang,
        )
    )
    return " · ".join(parts)


def records_of(snapshot: Snapshot, wanted: Iterable[str]) -> tuple[Record, ...]:
    """The statements of these ids as the panel shows them, in order of id."""
    ids = set(wanted)
    found: list[Record] = []
    for table, letter in (("positions", "P"), ("influences", "I")):
        if not any(id_.startswith(letter) for id_ in ids):
            continue
        found.extend(
            _record(snapshot, version.id, cast("Position | Influence", version.value))
            for version in snapshot.records(table)
            if version.id in ids
        )
    return tuple(found)


def _record(snapshot: Snapshot, id_: str, said_by: Position | Influence) -> Record:
    if isinstance(said_by, Position):
        subject, target = snapshot.actors.name(said_by.actor), snapshot.objectives.name(said_by.objective)
    else:
        subject, target = (
            snapshot.actors.name(said_by.source_actor),
            snapshot.actors.name(said_by.target_actor),
        )
    return Record(
        id=id_,
        value=said_by.value,
        subject=subject,
        object=target,
        date=said_by.valid_from.isoformat(),
        source=said_by.source or "",
        confidence=said_by.confidence,
        rater="" if said_by.rater is None else snapshot.actors.name(said_by.rater),
    )


def actor_legend(snapshot: Snapshot, ids: Sequence[str], profile: Profile, lang: str) -> list[LegendEntry]:
    """Families and involvements present among some actors."""
    actors = [snapshot.actors[id_] for id_ in ids]
    entries = []
    for family, (shape, _) in SHAPES.items():
        if any(actor.family == family for actor in actors):
            entries.append(LegendEntry(f"shape-{shape}", snapshot.vocabulary.label("famille", family, lang)))
    others = sorted({actor.family or "" for actor in actors} - set(SHAPES))
    if others:
        names = [
            snapshot.vocabulary.label("famille", family, lang)
            or said("famille inconnue", "unknown family", lang)
            for family in others
        ]
        entries.append(LegendEntry(f"shape-{OTHER_SHAPE[0]}", ", ".join(names)))
    for involvement, fill in FILLS.items():
        if any(actor.involvement == involvement for actor in actors):
            label = snapshot.vocabulary.label("implication", involvement, lang)
            entries.append(LegendEntry(f"fill-{fill}", label))
    if any(actor.involvement not in FILLS for actor in actors):
        entries.append(LegendEntry("fill-faint", said("implication inconnue", "unknown involvement", lang)))
    if len({round(r, 3) for r in radii(snapshot, profile)}) > 1:
        entries.append(
            LegendEntry("size", said("taille : force dans le jeu", "size: force in the game", lang))
        )
    return entries


def strength(value: float, lang: str) -> str:
    """A C or a D for people."""
    return number(value, lang)
