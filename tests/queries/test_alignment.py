"""Alignment against a restatement in plain Python; scopes, dates and revisions of any analysis."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Changes, Store
from graph.errors import AgencementsError, InvalidCall, NotFound, UnknownFilter
from graph.model import Alias, Project, Target
from queries.alignment import alignment
from queries.registry import ANALYSES, run
from tests.queries.matrices import changes
from tests.queries.neighbours import neighbours
from tests.queries.questions import base
from tests.queries.territory import all_of, all_tables, position, town

value = st.one_of(st.none(), st.integers(-4, 4))
weight = st.one_of(st.none(), st.integers(1, 9).map(lambda k: k / 2))


@st.composite
def projects(draw: st.DrawFn) -> tuple[list[list[int | None]], list[tuple[int, float | None]]]:
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    positions = draw(st.lists(st.lists(value, min_size=m, max_size=m), min_size=n, max_size=n))
    aims = draw(st.lists(st.tuples(st.integers(0, m - 1), weight), unique_by=lambda t: t[0], max_size=m))
    return positions, aims


def reading(said: list[int]) -> str:
    if not said:
        return "unknown"
    plus, minus = [v for v in said if v > 0], [v for v in said if v < 0]
    if plus and minus:
        return "arbitrable"
    return "ally" if plus else "opponent" if minus else "neutral"


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(projects())
def test_alignment_is_what_design_says(stores: Any, drawn: Any) -> None:
    positions, aims = drawn
    store: Store = next(stores)
    said = changes(positions)
    aimed = [Target(project="P", objective=f"O{o}", weight=w) for o, w in aims]
    store.commit(
        Changes(puts={**said.puts, "projects": [Project(id="P", name="P")], "targets": aimed}),
        author="tests",
        message="projet",
    )
    snapshot = store.snapshot()
    document = alignment(snapshot, {"project": "P"})
    weights = {o: Fraction(1 if w is None else w) for o, w in aims}
    seen = []
    for item in document["items"]:
        row = positions[int(item["actor"][1])]
        known = {o: w for o, w in weights.items() if row[o] is not None}
        assert item["reading"] == reading([row[o] for o in known])
        if known:
            score = sum(w * row[o] for o, w in known.items()) / (4 * sum(known.values()))
            assert item["score"] == pytest.approx(float(score))
            assert -1 <= item["score"] <= 1
        else:
            assert item["score"] is None
        if weights:
            assert item["coverage"] == pytest.approx(float(sum(known.values()) / sum(weights.values())))
        else:
            assert item["coverage"] is None
        assert len(item["records"]) == len(known)
        seen.append(item["actor"])
    assert sorted(seen) == list(snapshot.actors.ids)
    rank = [(i["score"] is None, -(i["score"] or 0), i["actor"]) for i in document["items"]]
    assert rank == sorted(rank)
    assert [t["id"] for t in document["targets"]] == [f"O{o}" for o in sorted(weights)]
    for target in document["targets"]:
        o = int(target["id"][1])
        column = {f"A{i}": row[o] for i, row in enumerate(positions)}
        assert target["weight"] == float(weights[o])
        assert target["for"] == [a for a, v in column.items() if v is not None and v > 0]
        assert target["against"] == [a for a, v in column.items() if v is not None and v < 0]
        assert target["neutral"] == [a for a, v in column.items() if v == 0]
        assert target["unknown"] == [a for a, v in column.items() if v is None]
    supported = {o for o in weights for row in positions if (row[o] or 0) > 0}
    assert document["orphans"] == [f"O{o}" for o in sorted(weights) if o not in supported]
    assert ("no_targets" in [n["code"] for n in document["notes"]]) is (not weights)


@pytest.fixture(scope="module")
def store(stores: Any) -> Store:
    """The town, then a year of changes."""
    found: Store = next(stores)
    found.commit(all_of(town()), author="tests", message="la ville")
    later = [
        position("MAIRIE", "BIO", -2, valid_from=date(2026, 2, 1)),
        position("PROD", "BIO", 4, valid_from=date(2026, 2, 1)),
    ]
    found.commit(Changes(puts={"positions": later}), author="tests", message="février")
    return found


def ask(store: Store, path: str, **given: object) -> Any:
    return run(store, ANALYSES[path], given)


def aligned(store: Store, **given: object) -> dict[str, str]:
    return {i["actor"]: i["reading"] for i in ask(store, "alignment", **given)["items"]}


def test_the_project_is_a_question_not_a_filter(store: Store) -> None:
    everybody = {"AMAP", "LOIN", "MAIRIE", "MARCHE", "PROD"}
    assert set(aligned(store, project="PAT")) == everybody
    assert set(aligned(store, project="PAT", territory="V")) == {"AMAP", "MAIRIE", "MARCHE"}
    # the family on the actor itself: its part in the project is not read
    assert set(aligned(store, project="PAT", family="operateur")) == {"LOIN", "MARCHE", "PROD"}
    # as a filter it takes participants of that day, of actions below too
    assert ask(store, "mactor", project="PAT")["actors"] == ["AMAP", "MAIRIE", "MARCHE"]


def test_targets_are_own_ones_else_those_below(store: Store) -> None:
    def weights(project: str) -> dict[str, float]:
        return {t["id"]: t["weight"] for t in ask(store, "alignment", project=project)["targets"]}

    assert weights("PAT") == {"BIO": 2.0, "PANIERS": 1.0}
    assert weights("HALLE") == {"BIO": 0.5, "ETALS": 3.0}
    assert weights("DEM") == {"BIO": 2.5, "ETALS": 3.0, "PANIERS": 1.0}
    assert weights("VIDE") == {}


def test_readings_by_hand(store: Store) -> None:
    assert aligned(store, project="PAT", at_revision=1) == {
        "AMAP": "ally",
        "MAIRIE": "ally",
        "PROD": "ally",
        "MARCHE": "neutral",
        "LOIN": "opponent",
    }
    amap = ask(store, "alignment", project="PAT", at_revision=1)["items"][1]
    # AMAP: (2·2 + 1·4)/(4·3) on both targets; MAIRIE: 3/4 on BIO alone, hence before it
    assert (amap["actor"], amap["score"], amap["coverage"]) == ("AMAP", 8 / 12, 1.0)


def test_dates_and_revisions(store: Store) -> None:
    latest = ask(store, "alignment", project="PAT")
    january = ask(store, "alignment", project="PAT", as_of="2026-01-31")
    before = ask(store, "alignment", project="PAT", at_revision="1")
    assert (latest["revision"], latest["as_of"]) == (2, None)
    assert (january["revision"], january["as_of"]) == (2, "2026-01-31")
    assert (before["revision"], before["as_of"]) == (1, None)
    assert january["params"]["as_of"] == "2026-01-31"
    assert before["params"]["at_revision"] == 1
    # in January nobody knew better: both readings agree
    assert january["items"] == before["items"] != latest["items"]
    assert aligned(store, project="PAT")["MAIRIE"] == "opponent"
    nothing = ask(store, "alignment", project="PAT", as_of="2025-12-31")
    assert {i["reading"] for i in nothing["items"]} == {"unknown"}
    assert nothing["coverage"]["positions"]["stated"] == 0
    with pytest.raises(NotFound):
        ask(store, "alignment", project="PAT", at_revision=3)


def test_participations_hold_on_their_days(store: Store) -> None:
    actors = ask(store, "mactor", project="PAT", as_of="2025-03-01")["actors"]
    assert actors == ["AMAP", "LOIN", "MAIRIE", "MARCHE"]
    assert "LOIN" not in ask(store, "mactor", project="PAT", as_of="2025-06-01")["actors"]


def test_scope_filters_intersect(store: Store) -> None:
    def scope(**given: object) -> tuple[list[str], list[str]]:
        found = ask(store, "mactor", **given)
        return found["actors"], found["objectives"]

    everybody = ["AMAP", "LOIN", "MAIRIE", "MARCHE", "PROD"]
    everything = ["BIO", "ETALS", "PANIERS", "VELO"]
    assert scope() == (everybody, everything)
    assert scope(stake="E1") == (everybody, ["BIO", "ETALS", "PANIERS"])
    assert scope(stake="E2") == (everybody, ["ETALS", "PANIERS"])
    assert scope(territory="D") == (["AMAP", "MAIRIE", "MARCHE"], everything)
    assert scope(territory="V", stake="E3", family="service") == (["MAIRIE"], ["VELO"])
    # in the project AMAP is an operator
    assert scope(project="PAT", family="operateur") == (["AMAP", "MARCHE"], ["BIO", "PANIERS"])
    assert scope(project="PAT", family="Opérateur professionnel") == scope(project="PAT", family="operateur")
    assert scope(project="PAT", stake="E2", territory="W") == ([], ["PANIERS"])
    # without participations: who is positioned on its targets (those below)
    assert scope(project="DEM")[0] == ["AMAP", "MAIRIE", "MARCHE"]
    assert scope(project="VIDE") == ([], [])


@pytest.mark.parametrize("path", sorted(ANALYSES))
@pytest.mark.parametrize(
    "given", [{"project": "X"}, {"stake": "X"}, {"territory": "X"}, {"family": "extraterrestre"}]
)
def test_a_filter_that_names_nothing_known_is_refused(store: Store, path: str, given: dict[str, str]) -> None:
    with pytest.raises(UnknownFilter) as refused:
        ask(store, path, **{**base(path), **given})
    assert isinstance(refused.value, AgencementsError)
    assert refused.value.code == "unknown_filter"
    assert next(iter(given.values())) in str(refused.value)


def test_alignment_without_a_project_is_refused(store: Store) -> None:
    with pytest.raises(InvalidCall) as refused:
        ask(store, "alignment")
    assert [f.parameter for f in refused.value.faults] == ["project"]


def test_old_ids_lead_to_those_of_today(stores: Any) -> None:
    found: Store = next(stores)
    tables = all_tables(town(), neighbours())
    tables["aliases"] = [
        Alias(table="territories", old="ANCIENNE", id="V"),
        Alias(table="projects", old="PROJET0", id="PAT"),
        Alias(table="actors", old="MAIRIE0", id="MAIRIE"),
    ]
    found.commit(Changes(puts=tables), author="tests", message="fusions")

    def same(path: str, old: dict[str, object], new: dict[str, object]) -> None:
        assert run(found, ANALYSES[path], old) == run(found, ANALYSES[path], new)

    same("mactor", {"territory": "ANCIENNE"}, {"territory": "V"})
    same("alignment", {"project": "PROJET0"}, {"project": "PAT"})
    same("convergences", {"actor": "MAIRIE0"}, {"actor": "MAIRIE"})
    same("doughnut", {"territory": ["ANCIENNE", "V"]}, {"territory": ["V"]})
    same("negotiation", {"territory": ["W", "ANCIENNE"]}, {"territory": ["W", "V"]})
    # what pilots alone know leads nobody else anywhere
    with pytest.raises(UnknownFilter, match="ANCIENNE"):
        run(found, ANALYSES["mactor"], {"territory": "ANCIENNE"}, level="public")
