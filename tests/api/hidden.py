"""Two stores that a reader must not be able to tell apart: one with marked secrets, one where they do not exist.

Every table gets visible records, and hidden ones of each way of being hidden, made from the description of the tables so
that a table added later is covered. What a reader may see is worked out here again, record by record, from the rules
of the design (own visibility, ends, person, judged on the last day), not with the store's code.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from graph import Changes, Retract, Store
from graph.model import TABLE_OF, TABLES, Alias, Fact, FieldSpec, Kind, Table
from graph.stores.references import pointing
from graph.vocabulary import shipped

LEVELS = ("public", "partenaires", "pilotes")
MARK = {"partenaires": "zqpar", "pilotes": "zqpil"}
"""What every text of a hidden record begins with, by the level that it is for."""

FORMER, GONE, MOVED = "zqpil-former", "zqpil-gone", "zqpil-moved"
"""Public once; hidden, taken back, and moved into a hidden project since."""

PERSON = "zqpar-person"
SEEN = "vu"
DAY = date(2024, 1, 15)
FAR = 2_000
"""Days ahead of dates that may lie in the future."""

VISIBLE = 4
"""Visible entities of each table: enough that no pair of them is needed twice."""

REVISIONS = 7
TYPED: dict[tuple[str, str], Any] = {
    ("vocabulary", "list"): "type_flux",
    ("vocabulary", "depends"): "origine",
    ("aliases", "table"): "actors",
    ("thresholds", "direction"): "haut",
    ("flows", "kind"): "commuting",
    ("flows", "unit"): "personnes",
    ("indicators", "indicator"): "Indicateur",
    ("thresholds", "indicator"): "Indicateur",
    ("positions", "valid_to"): None,
    ("influences", "valid_to"): None,
}
"""Fields that cannot say just anything, or that must meet for a leak to change a number."""

SEEN_YEAR = 2021


def name_of(table: str, tag: str | int) -> str:
    """Id of a visible entity by its number, of a hidden one by its mark."""
    plain = table.replace("_", "-")
    return f"{plain}-{tag}" if isinstance(tag, int) else f"{tag}-{plain}"


class Maker:
    """Makes records of any table, their ends taken in turn so that no natural key comes twice."""

    def __init__(self) -> None:
        self._turns = {name: self._ends(table) for name, table in TABLES.items()}
        self._count = itertools.count(1)

    def made(self, table: Table, tag: str, visibility: str, **said: Any) -> Fact:
        """A record whose every text is ``tag`` and the name of its field, what is ``said`` apart."""
        apart = tag if tag.startswith(MARK["pilotes"]) else f"{MARK['pilotes']}-{tag}"
        fields: dict[str, Any] = {"attributes": ((f"{apart}-colonne", f"{apart}-{table.name}-cell"),)}
        for spec in table.fields:
            fields[spec.name] = self._value(table, spec, apart if spec.pilots else tag)
        return table.model(**(fields | next(self._turns[table.name]) | {"visibility": visibility} | said))

    def _ends(self, table: Table) -> Iterator[dict[str, Any]]:
        ends = [s for s in pointing(table) if s.end]
        numbers = list(itertools.product(range(VISIBLE), repeat=len(ends)))
        if len(ends) == 2:
            numbers = [(n, (n + step) % VISIBLE) for step in range(VISIBLE) for n in range(VISIBLE)]
            if ends[0].ref == ends[1].ref:
                numbers = numbers[VISIBLE:]  # nothing is tied to itself
        for chosen in itertools.cycle(numbers):
            yield {s.name: name_of(str(s.ref), n) for s, n in zip(ends, chosen, strict=True)}

    def _value(self, table: Table, spec: FieldSpec, tag: str) -> Any:
        if (table.name, spec.name) in TYPED:
            return TYPED[table.name, spec.name]
        if spec.codes:
            codes = shipped()[spec.codes].codes[:1]
            return codes if spec.many else codes[0]
        if spec.name == "year":
            return SEEN_YEAR if tag == SEEN else SEEN_YEAR + next(self._count) % 100
        if spec.kind is Kind.ID:
            return name_of(table.name, tag)
        if spec.kind in (Kind.TEXT, Kind.LONG, Kind.TEXTS):
            text = f"{tag}-{table.name}-{spec.name}"
            return (text,) if spec.many else text
        if spec.kind is Kind.DATE:
            later = 0 if spec.past or spec.required else FAR
            return DAY + timedelta(days=later + (next(self._count) if spec.key else 0))
        if spec.kind is Kind.REFS:
            return (name_of(str(spec.ref), 0),) if spec.required else ()
        return {Kind.INTEGER: 1, Kind.NUMBER: 1.0, Kind.FLAG: False}.get(spec.kind)


@dataclasses.dataclass(frozen=True)
class World:
    """What is written, in order.

    Attributes:
        revisions: the records of each revision.
        retracts: what each takes back, as records.
        hidden: records hidden today though nothing in them says so: moved, taken back or hidden since.
    """

    revisions: Sequence[Sequence[Fact]]
    retracts: Mapping[int, Sequence[Fact]]
    hidden: frozenset[tuple[Any, ...]]


def world() -> World:
    """Every table with everything that can be hidden in it."""
    maker = Maker()
    entities = [table for table in TABLES.values() if table.entity]
    relations = [table for table in TABLES.values() if not table.entity]
    first: list[Fact] = []
    for table in entities:
        first += [maker.made(table, SEEN, "public", **_seen(table, n)) for n in range(VISIBLE)]
        for level in LEVELS[1:]:
            tag = MARK[level]
            first.append(maker.made(table, tag, level))
            first.append(maker.made(table, f"{tag}-more", level))
            for spec in pointing(table):
                if spec.end:
                    said = {spec.name: name_of(str(spec.ref), tag)}
                    first.append(maker.made(table, f"{tag}-by-{spec.name}", "public", **said))
        first += [maker.made(table, tag, "public") for tag in (FORMER, GONE)]
    first.append(maker.made(TABLES["actors"], PERSON, "public", id=PERSON, person=True))
    first.append(maker.made(TABLES["tensions"], MOVED, "public", id=MOVED, project="projects-0"))
    seen = [
        maker.made(table, SEEN, "public", **_related(table, n))
        for table in relations
        for n in range(2 * VISIBLE if table.statement else VISIBLE)
    ]
    partners = [fact for table in relations for fact in _hidden(maker, table, "partenaires")]
    former = [
        fact
        for table in relations
        for fact in (
            maker.made(table, FORMER, "public", **_worse(table)),
            maker.made(table, GONE, "public", **_worse(table)),
            *_pointing(maker, table, FORMER),
        )
    ]
    pilots = [fact for table in relations for fact in _hidden(maker, table, "pilotes")]
    closing: list[Fact] = [
        dataclasses.replace(fact, visibility="pilotes")
        for fact in (*first, *former)
        if FORMER in repr(fact) and not any(_points(fact, FORMER))
    ]
    moved = next(fact for fact in first if getattr(fact, "id", "") == MOVED)
    closing.append(dataclasses.replace(moved, project=name_of("projects", MARK["pilotes"])))
    gone = [fact for fact in (*first, *former) if GONE in repr(fact)]
    hidden = frozenset(key_of(fact) for fact in (*closing, *gone))
    return World([first, seen, partners, former, pilots, closing, []], {7: gone}, hidden)


def _seen(table: Table, number: int) -> dict[str, Any]:
    """What makes a visible entity worth looking at: its place in a tree, and hidden neighbours it may not tell of."""
    said: dict[str, Any] = {"id": name_of(table.name, number)}
    for spec in pointing(table):
        own = [name_of(str(spec.ref), 0)] if spec.ref != table.name or number else []
        strangers = [name_of(str(spec.ref), MARK[level]) for level in LEVELS[1:]]
        if spec.many:
            said[spec.name] = tuple(own + strangers)
        elif not spec.end:
            said[spec.name] = (own + strangers)[-1 if number == 1 else 0]
    if table.name == "territories":
        said |= {"type": "commune", "lat": 48.1 + number, "lon": 2.5}
    return said


SAID = {"positions": (3, -2, 1, 0, 2, 4, -1, -3), "influences": (1, 2, 3, 4, 0, 2, 1, 3)}
"""Visible values."""


def _related(table: Table, number: int) -> dict[str, Any]:
    if table.name == "aliases":
        return {"old": f"vieux-{number}", "id": f"actors-{number}"}
    if table.name == "vocabulary":
        return {"code": f"vu{number}"}
    if table.name == "resources" and number == 1:
        return {"territory": name_of("territories", MARK["pilotes"])}
    if table.name == "flows" and number == 0:
        return {"origin": "territories-1", "destination": "territories-1"}
    if table.name == "thresholds":
        return {"dimension": f"Dimension {number}"}
    return {"value": SAID[table.name][number]} if table.statement else {}


def _worse(table: Table) -> dict[str, Any]:
    """What would change a result if it were seen."""
    if table.name == "aliases":
        return {"id": "actors-0"}
    if table.name == "positions":
        return {"actor": "actors-0", "objective": "objectives-0", "value": -4}
    if table.name == "influences":
        return {"source_actor": "actors-0", "target_actor": "actors-1", "value": 4}
    return {}


def _hidden(maker: Maker, table: Table, level: str) -> Iterator[Fact]:
    tag = MARK[level]
    yield maker.made(table, tag, level, **_worse(table))
    yield from _pointing(maker, table, tag)
    if table.name == "vocabulary":
        yield maker.made(table, f"{tag}-famille", level, list="famille", depends=None)
    if level == "partenaires" and table.statement:
        first = pointing(table)[0].name
        yield maker.made(table, PERSON, "public", **_worse(table) | {first: PERSON})


def _pointing(maker: Maker, table: Table, tag: str) -> Iterator[Fact]:
    """Public by themselves, hidden by one of their ends."""
    for spec in pointing(table):
        if spec.end:
            said = {spec.name: name_of(str(spec.ref), tag)}
            yield maker.made(table, f"{tag}-by-{spec.name}", "public", **_worse(table) | said)
    if table.name == "aliases":
        yield maker.made(table, f"{tag}-alias", "public", id=name_of("actors", tag))


def _points(fact: Fact, tag: str) -> Iterator[bool]:
    for spec in pointing(TABLE_OF[type(fact)]):
        held = getattr(fact, spec.name)
        yield any(tag in id_ for id_ in (held if spec.many else (held or "",)))
    yield isinstance(fact, Alias) and tag in fact.id


# what a reader may see, worked out again


def key_of(fact: Fact) -> tuple[Any, ...]:
    """Table and natural key."""
    table = TABLE_OF[type(fact)]
    return (table.name, *table.key(fact))


def rank(fact: Fact, hidden: frozenset[tuple[Any, ...]]) -> int:
    """The least level (0 public … 2 pilots) that sees a record today."""
    if key_of(fact) in hidden:
        return 2
    ends = [getattr(fact, s.name) for s in TABLE_OF[type(fact)].fields if s.end]
    if isinstance(fact, Alias):
        ends = [fact.id]
    own = LEVELS.index(fact.visibility)
    if getattr(fact, "person", False):
        own = max(own, 1)
    return max([own, *(_rank_of_id(id_) for id_ in ends if id_)])


def _rank_of_id(id_: str) -> int:
    return 2 if id_.startswith(MARK["pilotes"]) else 1 if id_.startswith(MARK["partenaires"]) else 0


def redacted(fact: Fact, level: int) -> Fact:
    """A visible record without what is for others in it."""
    changes: dict[str, Any] = {"attributes": ()}
    for spec in TABLE_OF[type(fact)].fields:
        held = getattr(fact, spec.name)
        if spec.pilots:
            # who judged is not told, but that somebody else did is: another name, that nobody is shown
            other = spec.name == "rater" and held is not None
            changes[spec.name] = held.replace(MARK["pilotes"], "somebody") if other else None
        elif spec.many and spec.ref:
            changes[spec.name] = tuple(id_ for id_ in held if _rank_of_id(id_) <= level)
        elif spec.ref and held and _rank_of_id(held) > level:
            changes[spec.name] = None
    return dataclasses.replace(fact, **changes)


def write(store: Store, whole: World, level: str | None = None) -> None:
    """Write it all, or only what a level may see, in as many revisions.

    A visible stake changes with each revision, so that both ways write the same ones.
    """
    place = None if level is None else LEVELS.index(level)
    for number, facts in enumerate(whole.revisions, start=1):
        kept = [f for f in facts if place is None or rank(f, whole.hidden) <= place]
        if place is not None:
            kept = [redacted(fact, place) for fact in kept]
        puts: dict[str, list[Fact]] = {}
        for fact in kept:
            puts.setdefault(TABLE_OF[type(fact)].name, []).append(fact)
        stakes = TABLES["stakes"].model
        puts["stakes"] = [
            *puts.get("stakes", ()),
            stakes(id="relu", name=f"Relu {number} fois", visibility="public"),
        ]
        gone = () if place is not None else _retracts(store, whole.retracts.get(number, ()))
        mark = "" if place is not None else "zqpil-"
        store.commit(Changes(puts, gone), author=f"{mark}author", message=f"{mark}message {number}")
    assert store.head() == REVISIONS


def _retracts(store: Store, facts: Sequence[Fact]) -> list[Retract]:
    found = []
    for fact in facts:
        table = TABLE_OF[type(fact)]
        (version,) = store.find(table.name, [table.key(fact)]).values()
        found.append(Retract(table.name, version.id))
    return found


def marks(whole: World) -> frozenset[str]:
    """Every marked text that was written, the revisions' own included."""
    found: set[str] = {"zqpil-author", "zqpil-message"}
    for fact in (f for facts in whole.revisions for f in facts):
        texts: list[Any] = [fact.attributes[0][0], fact.attributes[0][1]] if fact.attributes else []
        for spec in TABLE_OF[type(fact)].fields:
            held = getattr(fact, spec.name)
            texts += held if isinstance(held, tuple) else [held]
        found |= {t for t in texts if isinstance(t, str) and t.startswith(tuple(MARK.values()))}
    return frozenset(found)
