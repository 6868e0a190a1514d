"""Erasing a person's data reaches every version, every earlier revision, and the file itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import neo4j
import pytest

from graph import Retract, Store
from graph.errors import InvalidValue, NotFound, UndoRefused
from graph.model import Alias, Flow, Indicator, Narrative, Participation, Project, Tension, Territory
from tests.contract.build import (
    actor,
    day,
    everything,
    influence,
    objective,
    position,
    retract,
    told,
    value,
    write,
)

NAME, OLD_NAME, ID = "Odile Quesnoy", "Odile Ferrand", "PERS-7"

FACTS = (
    actor("A1"),
    actor(ID, name=OLD_NAME, person=True, lawful_basis="consentement"),
    objective("O1", bearers=("A1", ID), description=f"voulu par {OLD_NAME.upper()}"),
    Project(id="J1", name="projet", pilot=ID),
    Tension(id="T1", title="tension", actors=("A1", ID)),
    Participation(actor=ID, project="J1"),
    Narrative(id="N1", date=day(0), kind="recit", title=f"{OLD_NAME} raconte", text="…", author=OLD_NAME),
    Alias(table="actors", old="PERS-0", id=ID),
    position("A1", "O1", 3, source=f"entretien avec {OLD_NAME}", comment=f"{OLD_NAME} en doute"),
    position("A1", "O1", 1, rater=ID),
    position(ID, "O1", 4),
    influence(ID, "A1", 2),
    influence("A1", ID, 1),
)


@pytest.fixture
def erased(store: Store) -> Store:
    write(store, *FACTS, author=OLD_NAME, message=f"saisie de {OLD_NAME}")
    write(store, actor(ID, name=NAME, person=True))
    write(store, position(ID, "O1", -4, on=1), position("A1", "O1", 2, rater=NAME, on=2), author="pilote")
    retract(store, "positions:P3")
    number, reached, todo = store.erase_subject(ID)
    assert number == 5
    assert reached == 15
    assert any("sauvegardes" in fr for fr, _ in todo)
    return store


def test_nothing_left_in_any_version_or_revision(erased: Store, reopen: Callable[[], Store]) -> None:
    for store in (erased, reopen()):
        text = json.dumps(everything(store), default=str)
        for word in (NAME, OLD_NAME, OLD_NAME.upper(), ID, "PERS-0"):
            assert word not in text
        for revision in (1, 2, 3, 4, 5):
            assert ID not in json.dumps(told(store.snapshot(at_revision=revision)), default=str)
            assert store.snapshot(at_revision=revision).actors.ids == ("A1",)


def test_what_is_about_others_stays(erased: Store) -> None:
    snapshot = erased.snapshot()
    assert snapshot.positions.records(0, 0) == ("P1", "P2", "P5")
    assert value(erased) == 2
    assert snapshot.objectives["O1"].bearers == ("A1",)
    assert snapshot.projects["J1"].pilot is None
    assert erased.get("tensions", "T1").value.actors == ("A1",)
    assert erased.get("narratives", "N1").value.author == "[effacé]"
    assert erased.count("participations") == erased.count("influences") == erased.count("aliases") == 0
    assert [v.value.rater for v in erased.versions("positions")] == [None, "efface-5", "efface-5-3"]


def test_the_revision_keeps_only_date_and_counts(erased: Store) -> None:
    revision = erased.revision(5)
    assert (revision.origin, revision.author, revision.erased) == ("erasure", "", 15)
    assert revision.moment == "2026-06-15T09:00:00+00:00"
    assert erased.revision(1).author == "[effacé]"
    assert OLD_NAME not in erased.revision(1).message
    for number in range(1, 6):
        assert ID not in json.dumps(erased.touched(number))


def test_earlier_revisions_say_erased_since(erased: Store) -> None:
    assert [erased.snapshot(at_revision=n).erased_since for n in range(1, 6)] == [5, 5, 5, 5, None]
    write(erased, actor("A2"))
    assert erased.snapshot().erased_since is None


def test_another_process_forgets_what_it_had_read(store: Store, reopen: Callable[[], Store]) -> None:
    write(store, *FACTS)
    write(store, actor("A2"))
    other = reopen()
    assert ID in other.snapshot(at_revision=1).actors
    assert ID in other.snapshot(as_of=day(3)).actors
    store.erase_subject(ID)
    for when in ({"at_revision": 1}, {"at_revision": 2, "as_of": day(3)}, {}):
        snapshot = other.snapshot(**when)
        assert ID not in snapshot.actors
        assert snapshot.erased_since == (3 if when else None)


def test_erasure_is_final(erased: Store) -> None:
    with pytest.raises(UndoRefused):
        erased.undo(5, author="pilote")
    erased.undo(4, author="pilote")
    assert ID not in json.dumps(everything(erased), default=str)


def test_a_rater_that_went_with_a_person_may_speak_again(store: Store, reopen: Callable[[], Store]) -> None:
    other = reopen()
    write(store, actor("A1"), actor(ID, name=NAME, person=True), objective("O1"))
    write(store, position(ID, "O1", 3, rater="enquête"))
    # what the other program remembers of raters is from before the erasure
    assert len(other.snapshot().positions.statements) == 1
    store.erase_subject(ID)
    write(other, position("A1", "O1", 1, rater="enquête"))
    found = [v.value for v in reopen().versions("positions") if v.value.actor == "A1"]
    assert [(v.rater, v.value) for v in found] == [("enquête", 1)]
    assert told(other.snapshot()) == told(reopen().snapshot())


def test_a_rater_named_in_free_text(store: Store) -> None:
    write(store, actor("A1"), objective("O1"), position("A1", "O1", 3, rater=NAME))
    write(store, position("A1", "O1", 1, rater=NAME))
    number, reached, _ = store.erase_subject(NAME)
    assert (number, reached) == (3, 1)
    assert value(store) == 1
    assert [v.value.rater for v in store.history("positions", "P1")] == ["efface-3"] * 2
    assert NAME not in json.dumps(everything(store), default=str)


def test_what_two_names_of_a_person_said_on_one_day_stays_two_opinions(store: Store) -> None:
    write(store, actor("A1"), actor(ID, name=NAME, person=True), objective("O1"))
    write(store, position("A1", "O1", 3, rater=ID), position("A1", "O1", 1, rater=NAME))
    store.erase_subject(ID)
    assert store.snapshot().positions.records(0, 0) == ("P1", "P2")
    assert value(store) == 1


def between(source: str, quantity: float) -> Flow:
    return Flow(origin="T1", destination="T2", kind="skills", quantity=quantity, source=source)


def test_what_a_flow_and_an_indicator_say(place: Any) -> None:
    """Sources that differ by the spelling of a name alone stay the sources of two flows."""
    store = place.fresh()
    told = [f"entretien avec {name}" for name in (NAME, NAME.upper(), OLD_NAME)]
    indicator = Indicator(territory="T1", indicator="haies", year=2020, value=3, source=told[0])
    places = [Territory(id=id_, name=id_) for id_ in ("T1", "T2")]
    write(store, actor(ID, name=OLD_NAME, person=True), *places, between("INSEE", 9), indicator)
    write(store, actor(ID, name=NAME, person=True), *(between(text, n) for n, text in enumerate(told)))
    write(store, between(told[0], 5), retracts=[Retract("flows", "F4")])
    assert len(store.snapshot().flows.sources) == 3
    store.erase_subject(ID)
    for reader in (store, place.again()):
        held = json.dumps(everything(reader), default=str, ensure_ascii=False).lower()
        for word in (NAME, OLD_NAME, ID):
            assert word.lower() not in held
        flows = reader.snapshot().flows
        assert sorted(flows.quantity.tolist()) == [1, 5, 9]
        assert flows.sources == ("INSEE", "entretien avec [effacé-4-3]", "entretien avec [effacé-4]")
        assert [v.value.quantity for v in reader.history("flows", "F2")] == [0, 5]
        assert reader.history("flows", "F4")[0].value.source == "entretien avec [effacé-4-2]"
        assert [v.value.source for v in reader.versions("indicators")] == ["entretien avec [effacé]"]
    store.check()
    if place.kind == "sqlite":
        path = Path(place.url.removeprefix("sqlite:///"))
        for file in path.parent.glob(f"{path.name}*"):
            assert NAME.encode() not in file.read_bytes()
    else:
        graph = json.dumps(whole_graph(place.url), default=str, ensure_ascii=False).lower()
        assert "entretien" in graph
        for word in (NAME, OLD_NAME):
            assert word.lower() not in graph


def whole_graph(url: str) -> list[dict[str, Any]]:
    """Every property of every node and relationship, as whoever has the server's password reads them."""
    parts = urlsplit(url)
    auth = (unquote(parts.username or ""), unquote(parts.password or ""))
    with neo4j.GraphDatabase.driver(f"bolt://{parts.hostname}:{parts.port}", auth=auth) as driver:
        asked = (
            "MATCH (n) RETURN properties(n) AS held UNION ALL MATCH ()-[r]->() RETURN properties(r) AS held"
        )
        return [record["held"] for record in driver.execute_query(asked).records]


def test_export_subject_hands_out_everything_first(store: Store) -> None:
    write(store, *FACTS)
    retract(store, "positions:P3")
    document = store.export_subject(ID)
    assert document["subject"] == ID
    held = {(name, row["id"]) for name, rows in document["tables"].items() for row in rows}
    assert held >= {("actors", ID), ("positions", "P1"), ("positions", "P3"), ("influences", "I1")}
    closed = {row["id"]: row["closed"] for row in document["tables"]["positions"]}
    assert closed["P3"] == 2
    json.dumps(document)


def test_organisations_and_strangers_are_refused(store: Store) -> None:
    write(store, *FACTS)
    before = everything(store)
    for act in (store.erase_subject, store.export_subject):
        with pytest.raises(InvalidValue):
            act("A1")
        with pytest.raises(NotFound):
            act("personne")
    assert everything(store) == before


def test_the_text_is_gone_from_the_file(sqlite_place: Any) -> None:
    store = sqlite_place.fresh()
    path = Path(sqlite_place.url.removeprefix("sqlite:///"))
    write(store, *FACTS, author=OLD_NAME)
    write(store, actor(ID, name=NAME, person=True))
    for n in range(30):
        write(store, position("A1", "O1", n % 4, on=n, comment=f"{NAME} le {n}"))
    assert any(NAME.encode() in file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    store.erase_subject(ID)
    store.check()
    for file in path.parent.glob(f"{path.name}*"):
        held = file.read_bytes()
        for word in (NAME, OLD_NAME, ID, "PERS-0"):
            assert word.encode() not in held, (file.name, word)
