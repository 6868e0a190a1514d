"""Every field of every table comes back as it was written, and both stores hold the very same."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from graph import Retract, Store
from graph.model import TABLES, WRITE_ORDER, Fact, Kind, Table
from graph.vocabulary import shipped
from tests.contract.build import (
    SMALL,
    actor,
    changes,
    everything,
    influence,
    objective,
    position,
    told,
    write,
)

TEXT = "L’été « œuf » \\ ' \" — ñ 🌱\tß\n٣"
FREE = {
    "aliases": {"table": "territories", "old": "old", "id": "territories-1"},
    "vocabulary": {"list": "famille"},
}
"""Texts that name something: they cannot be just anything."""


def full(table: Table, number: int) -> Fact:
    """A record with every field set; ``number`` tells records of a table apart."""
    values: dict[str, Any] = {"attributes": (("En-tête é", TEXT), ("autre", "1"))}
    for spec in table.fields:
        if spec.kind is Kind.ID:
            held: Any = f"{table.name}-{number}"
        elif spec.kind in (Kind.TEXT, Kind.LONG):
            held = f"{TEXT} {number}"
        elif spec.kind is Kind.TEXTS:
            held = (TEXT, "autre; texte")
        elif spec.kind is Kind.CODE:
            held = shipped()[str(spec.codes)].codes[number % len(shipped()[str(spec.codes)].codes)]
        elif spec.kind is Kind.CODES:
            held = tuple(shipped()[str(spec.codes)].codes[:2])
        elif spec.kind is Kind.INTEGER:
            held = 3 if spec.high is not None and spec.high < 10 else 2000 + number
        elif spec.kind is Kind.NUMBER:
            held = 0.1 + 0.2 if spec.high == 1 else 1 / 3 + number
        elif spec.kind is Kind.DATE:
            held = date(2026, 2, 3) if spec.name == "valid_to" else date(2026, 2, 1)
        elif spec.kind is Kind.FLAG:
            held = True
        elif spec.kind is Kind.REF:
            held = f"{spec.ref}-1"
        else:
            held = (f"{spec.ref}-2", f"{spec.ref}-1")
        values[spec.name] = held
    values |= FREE.get(table.name, {})
    if spec_of_tree := {"stakes": "parent", "projects": "parent", "territories": "parents"}.get(table.name):
        values[spec_of_tree] = () if spec_of_tree == "parents" else None
    if table.name == "influences":
        values["target_actor"] = "actors-2"
    if table.name == "objective_links":
        values["target_objective"] = "objectives-2"
    if table.name == "thresholds":
        values |= {"floor": 0.25, "ceiling": 1 / 3}
    return table.model(**values)


ENTITIES = {name: [full(table, 1), full(table, 2)] for name, table in TABLES.items() if table.entity}
RELATIONS = {name: [full(table, 1)] for name, table in TABLES.items() if not table.entity}
RELATIONS["vocabulary"] = [dataclasses.replace(RELATIONS["vocabulary"][0], code="chorale")]  # type: ignore[call-arg]
ALL = {name: (ENTITIES | RELATIONS)[name] for name in WRITE_ORDER}


def test_every_field_comes_back(store: Store, reopen: Any) -> None:
    write(store, *(fact for facts in ALL.values() for fact in facts))
    again = reopen()
    for name, facts in ALL.items():
        assert [version.value for version in again.versions(name)] == facts
        keys = [TABLES[name].key(fact) for fact in facts]
        assert [version.value for version in again.find(name, keys).values()] == facts
    assert write(again, *(fact for facts in ALL.values() for fact in facts)).revision is None


def test_nothing_but_what_is_required_comes_back_empty(store: Store) -> None:
    write(store, *(fact for facts in ENTITIES.values() for fact in facts))
    bare: list[Fact] = []
    for name, table in TABLES.items():
        required = {spec.name for spec in table.fields if spec.required}
        fact = full(table, 3)
        if name == "vocabulary":
            fact = dataclasses.replace(fact, code="chorale")  # type: ignore[call-arg]
        bare.append(table.model(**{field: getattr(fact, field) for field in required}))
    write(store, *bare)
    for fact, name in zip(bare, TABLES, strict=True):
        (found,) = store.find(name, [TABLES[name].key(fact)]).values()
        assert found.value == fact


def test_a_term_of_the_same_revision_is_in_force(store: Store) -> None:
    (term,) = RELATIONS["vocabulary"]
    write(store, term, actor("A1", family="chorale"))
    assert store.snapshot().actors["A1"].family == "chorale"
    assert "chorale" in store.vocabulary()["famille"].codes


def lived(store: Store) -> None:
    """Some of everything that can be done to a store."""
    write(store, *(fact for facts in ALL.values() for fact in facts), message=TEXT)
    write(store, *SMALL)
    write(
        store, position("A1", "O1", -3, rater="Éole"), position("A1", "O1", 1, on=4), actor("A1", name="Né")
    )
    write(store, position("A2", "O1", 4), influence("A3", "A1", 1), retracts=[Retract("positions", "P4")])
    store.undo(4, author="pilote")
    store.merge("A1", "A3", author="pilote")
    write(store, actor("p1", name="Odile Quesnoy", person=True), objective("O0", description="Odile Quesnoy"))
    write(store, position("p1", "O1", 2), position("A2", "O2", 2, rater="p1"))
    store.erase_subject("p1")
    store.undo(6, author="pilote")


@pytest.mark.neo4j
def test_the_same_acts_give_the_same_store(sqlite_place: Any, neo4j_place: Any) -> None:
    file, server = sqlite_place.fresh(), neo4j_place.fresh()
    for store in (file, server):
        lived(store)
    one, other = everything(file), everything(server)
    for name in one:
        assert one[name] == other[name], name
    for revision in range(file.head() + 1):
        assert file.touched(revision) == server.touched(revision)
        for level in ("public", "partenaires", "pilotes"):
            for as_of in (None, date(2026, 1, 3)):
                when = {"at_revision": revision, "as_of": as_of, "level": level}
                assert told(file.snapshot(**when)) == told(server.snapshot(**when)), when


def test_the_same_imports_into_two_empty_stores_give_the_same_ids(make_store: Any) -> None:
    held = []
    for _ in range(2):
        store = make_store()
        store.commit(changes(*SMALL), author="pilote", message="essai")
        held.append(everything(store))
    assert held[0] == held[1]
