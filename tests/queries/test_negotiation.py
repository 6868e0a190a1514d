"""The negotiation sheet of the town and its neighbour, worked by hand, and against a plain restatement."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import Changes, Store
from graph.errors import InvalidCall, UnknownFilter
from graph.model import (
    Actor,
    Fact,
    Flow,
    Objective,
    Pact,
    Participation,
    Position,
    Project,
    Resource,
    Tension,
    Territory,
)
from queries.between.pacts import state
from queries.registry import ANALYSES, run
from tests.queries.matrices import DAY
from tests.queries.neighbours import commuting, neighbours
from tests.queries.territory import all_of, all_tables, position, town


def ask(store: Store, *territories: str, **given: object) -> Any:
    return run(store, ANALYSES["negotiation"], {"territory": list(territories) or ["V", "W"], **given})


Tables = dict[str, list[Fact]]


@pytest.fixture
def told(stores: Any) -> Callable[..., Any]:
    """The sheet of V and W where more is known."""

    def made(more: Tables | None = None, *, lang: str = "fr", **given: object) -> Any:
        store: Store = next(stores)
        store.commit(all_of(town(), neighbours(), more or {}), author="tests", message="voisines")
        question = {"territory": ["V", "W"], **given}
        return run(store, ANALYSES["negotiation"], question, lang=lang)

    return made


def of_kind(document: Any, kind: str) -> list[Any]:
    return [i for i in document["items"] if i["kind"] == kind]


def test_dependencies_both_ways(told: Callable[..., Any]) -> None:
    items = of_kind(told(), "dependency")
    # food: W gives 12 t to V, all that V is known to receive; commuting: 50 of 100 leave W for V, 30 of 100 V for W;
    # skills from V to W: stated, how much is unknown, so last
    assert [i["ids"] for i in items] == [
        ["V", "W", "food"],
        ["W", "V", "commuting"],
        ["V", "W", "commuting"],
        ["W", "V", "skills"],
    ]
    assert "12 tonnes" in items[0]["because"]
    assert "100 % de ses flux relevés" in items[0]["because"]
    assert "50 personnes, en 2020, 50 % de ses flux." in items[1]["because"]
    assert "sans quantité connue" in items[3]["because"]
    assert [i["records"] for i in items] == [["F7"], ["F4"], ["F2"], ["F8"]]


def test_sources_that_tell_the_same_flow_are_told_apart(told: Callable[..., Any]) -> None:
    more: Tables = {
        "flows": [
            Flow(
                origin="V",
                destination="W",
                kind="commuting",
                quantity=33.0,
                unit="personnes",
                year=2020,
                source="enquête",
            )
        ]
    }
    items = [i for i in of_kind(told(more), "dependency") if i["ids"] == ["V", "W", "commuting"]]
    assert [i["records"] for i in items] == [["F9"], ["F2"]]
    assert "source enquête" in items[0]["because"]


def test_a_truncated_source_gives_shares_of_recorded_flows(stores: Any) -> None:
    store: Store = next(stores)
    facts = neighbours()
    facts["flows"] = [
        dataclasses.replace(f, truncated=True)  # type: ignore[call-arg]
        for f in facts["flows"]
    ]
    store.commit(all_of(town(), facts), author="tests", message="tronquée")
    assert all(
        "de ses flux relevés" in i["because"] or "sans quantité" in i["because"]
        for i in of_kind(ask(store), "dependency")
    )


def test_convergences_and_conflicts_by_hand(told: Callable[..., Any]) -> None:
    quarrel: Tables = {"positions": [position("PROD", "VELO", -3)]}
    document = told(quarrel)
    # AMAP 4 and PROD 2 for baskets; MARCHE 3 and PROD 1 for stalls
    assert [i["ids"] for i in of_kind(document, "convergence")] == [
        ["PANIERS", "AMAP", "PROD"],
        ["ETALS", "MARCHE", "PROD"],
    ]
    # the mayor wants bicycles (1), the producers do not (3); LOIN, who wants them too, is on neither side
    (conflict,) = of_kind(document, "conflict")
    assert conflict["ids"] == ["VELO", "MAIRIE", "PROD"]
    assert "pour, Ville (Mairie, force 1)" in conflict["because"]
    assert [(t["a"], t["b"], t["objectives"]) for t in document["latent"]] == [
        ("AMAP", "PROD", ["PANIERS", "ETALS"]),
        ("MARCHE", "PROD", ["ETALS", "PANIERS"]),
    ]
    assert document["latent"][0]["records"][0][0] == "L"


def test_a_recorded_tension_between_both_is_a_conflict(told: Callable[..., Any]) -> None:
    more: Tables = {
        "tensions": [
            Tension(id="T1", title="L'eau", actors=("MAIRIE", "PROD"), status="ouverte"),
            Tension(id="T2", title="Entre soi", actors=("MAIRIE", "AMAP")),
        ]
    }
    (conflict,) = of_kind(told(more), "conflict")
    assert conflict["ids"] == ["T1", "MAIRIE", "PROD"]
    assert "(ouverte)" in conflict["because"]


def test_offers_meet_needs_whatever_the_spelling(told: Callable[..., Any]) -> None:
    document = told(
        {"resources": [Resource(actor="PROD", resource="  CUISINE-CENTRALE ", direction="offre")]}
    )
    assert [(i["ids"], i["records"]) for i in of_kind(document, "complementarity")] == [
        (["MAIRIE", "PROD"], ["R1", "R2"]),
        # what LOIN, located nowhere, needs is needed in V
        (["PROD", "LOIN"], ["R3", "R4"]),
    ]
    skilled = {
        "actors": [Actor(id="CUISTOT", name="Cuistot", territory="V", skills=("Cuisine centrale",))],
    }
    assert of_kind(told(skilled), "complementarity")[0]["ids"] == ["CUISTOT", "MAIRIE", "PROD"]


def test_competences_that_one_holds_alone(stores: Any) -> None:
    store: Store = next(stores)
    facts = all_tables(town(), neighbours())
    held = {"V": ("1505", "9999"), "W": ("9999", "Épicerie"), "D": ("Épicerie",)}
    facts["territories"] = [
        dataclasses.replace(t, competences=held.get(t.id, ()))  # type: ignore[attr-defined,call-arg]
        for t in facts["territories"]
    ]
    store.commit(Changes(puts=facts), author="tests", message="compétences")
    document = ask(store)
    first, second = of_kind(document, "complementarity")[-2:]
    assert first["ids"] == ["V", "W", "1505"]
    # the label of BANATIC; an unlabelled code shows itself
    assert "Assainissement collectif" in first["because"]
    assert second["ids"] == ["W", "V", "Épicerie"]
    scales = {s["subject"]: s["levels"] for s in document["scales"] if s["kind"] == "competence"}
    assert scales == {"1505": {"commune": ["V"]}, "Épicerie": {"commune": ["W"], "departement": ["D"]}}
    assert document["notes"] == []


def test_unknown_competences_are_not_compared(stores: Any) -> None:
    store: Store = next(stores)
    facts = all_tables(town(), neighbours())
    facts["territories"] = [
        dataclasses.replace(t, competences=("1505",) if t.id == "V" else ())  # type: ignore[attr-defined,call-arg]
        for t in facts["territories"]
    ]
    store.commit(Changes(puts=facts), author="tests", message="compétences")
    document = ask(store)
    # none recorded for W is no sign that it holds none
    assert [i["ids"][0] for i in of_kind(document, "complementarity")] == ["MAIRIE", "PROD"]
    (note,) = document["notes"]
    assert (note["code"], "Voisine" in note["text"], "Ville" in note["text"]) == (
        "unknown_competences",
        True,
        False,
    )


def test_what_two_territories_share_is_on_neither_side(stores: Any) -> None:
    store: Store = next(stores)
    store.commit(
        Changes(
            puts={
                "territories": [
                    Territory(id="P", name="P", type="pnr"),
                    Territory(id="Q", name="Q", type="pnr"),
                    Territory(id="A", name="A", type="commune", parents=("P",)),
                    Territory(id="B", name="B", type="commune", parents=("P", "Q")),
                    Territory(id="C", name="C", type="commune", parents=("Q",)),
                ],
                "actors": [Actor(id=f"X{t}", name=f"X{t}", territory=t) for t in "ABC"],
                "objectives": [Objective(id="O", name="O")],
                "positions": [position("XA", "O", 2), position("XB", "O", 2), position("XC", "O", -1)],
                # to B, people of A stay in P; from C to B, people of C stay in Q
                "flows": [commuting("A", "B", 6), commuting("A", "C", 4), commuting("C", "B", 5)],
            }
        ),
        author="tests",
        message="parcs",
    )
    document = ask(store, "P", "Q")
    (dependency,) = of_kind(document, "dependency")
    assert (dependency["ids"], dependency["records"]) == (["P", "Q", "commuting"], ["F2"])
    assert "4 personnes, en 2020, 40 % de ses flux." in dependency["because"]
    (conflict,) = of_kind(document, "conflict")
    assert conflict["ids"] == ["O", "XA", "XC"]
    assert of_kind(document, "convergence") == []
    assert [a["actor"] for a in document["shared"]] == ["XB"]


def test_the_scale_of_a_subject_is_that_of_those_who_hold_it(told: Callable[..., Any]) -> None:
    above: Tables = {
        "actors": [Actor(id="CD", name="Conseil départemental", territory="D")],
        "positions": [position("CD", "PANIERS", 2)],
    }
    scales = {s["subject"]: s for s in told(above)["scales"]}
    assert scales["PANIERS"]["levels"] == {"commune": ["V", "W"], "departement": ["D"]}
    assert scales["ETALS"]["levels"] == {"commune": ["V", "W"]}
    assert scales["PANIERS"]["records"] == ["P1", "P2", "P11"]


def test_actors_on_both_sides_and_why(told: Callable[..., Any]) -> None:
    more: Tables = {
        "projects": [
            Project(id="PV", name="Ici", territory="V"),
            Project(id="PW", name="Là", territory="W"),
        ],
        "participations": [
            Participation(actor="LOIN", project="PV"),
            Participation(actor="LOIN", project="PW"),
            Participation(actor="PROD", project="PV"),
            Participation(actor="AMAP", project="PW", until=date(2026, 1, 1)),
        ],
    }
    shared = told(more)["shared"]
    # PROD sits in W and takes part in V; AMAP has left
    assert [(s["actor"], s["records"]) for s in shared] == [
        ("LOIN", ["A5", "A6", "R4"]),
        ("PROD", ["A7", "R3"]),
    ]
    assert "siège" in shared[1]["because"]
    assert "Ici" in shared[1]["because"]


def test_third_parties_agree_with_both(told: Callable[..., Any]) -> None:
    more: Tables = {
        "actors": [
            Actor(id="TIERS", name="Tiers"),
            Actor(id="CONTRE", name="Contre"),
        ],
        "positions": [
            position("TIERS", "PANIERS", 2),
            position("TIERS", "BIO", 1),
            position("CONTRE", "PANIERS", -2),
        ],
        "participations": [Participation(actor="TIERS", project="VIDE", posture="tiers_de_confiance")],
    }
    (third,) = told(more)["third_parties"]
    # with V: AMAP on both, MAIRIE on BIO, nothing against; with W: PROD on baskets
    assert (third["actor"], third["agreement"], third["trusted"]) == ("TIERS", {"V": 1.0, "W": 1.0}, True)
    assert {"P11", "P12"} < set(third["records"])


def test_pacts_and_their_state(told: Callable[..., Any]) -> None:
    more: Tables = {
        "pacts": [
            Pact(id="A", title="Projet", parties=("V", "W", "X")),
            Pact(id="B", title="Ailleurs", parties=("V", "X")),
        ]
    }
    assert [(p["id"], p["status"]) for p in told(more)["pacts"]] == [("A", "draft"), ("PACTE", "signed")]
    assert [p["status"] for p in told(as_of="2027-02-10")["pacts"]] == ["to_review"]
    assert [p["status"] for p in told(as_of="2026-02-09")["pacts"]] == ["draft"]


@pytest.mark.parametrize(
    ("signed", "review", "day", "expected"),
    [
        (None, date(2026, 1, 1), date(2026, 2, 1), "draft"),
        (date(2026, 2, 1), None, date(2026, 2, 1), "signed"),
        (date(2026, 2, 1), None, date(2026, 1, 31), "draft"),
        (date(2026, 2, 1), date(2026, 3, 1), date(2026, 2, 28), "signed"),
        (date(2026, 2, 1), date(2026, 3, 1), date(2026, 3, 1), "to_review"),
    ],
)
def test_state_of_a_pact(signed: date | None, review: date | None, day: date, expected: str) -> None:
    assert state(Pact(id="P", title="P", parties=("V",), signed_on=signed, review_on=review), day) == expected


@pytest.mark.parametrize(
    "territories", [["V"], ["V", "V"], ["V", "W", "X"], ["V", "D"], ["D", "V"]], ids=" ".join
)
def test_two_different_territories_apart_are_needed(told: Callable[..., Any], territories: list[str]) -> None:
    with pytest.raises(InvalidCall) as refused:
        told(territory=territories)
    assert [f.parameter for f in refused.value.faults] == ["territory"]


def test_territories_must_exist(told: Callable[..., Any]) -> None:
    with pytest.raises(UnknownFilter, match="lune"):
        told(territory=["V", "lune"])


def test_the_order_of_the_two_is_that_asked(told: Callable[..., Any]) -> None:
    one, other = told(territory=["V", "W"]), told(territory=["W", "V"])
    assert one["params"]["territory"] == ["V", "W"]
    assert sorted(sorted(i["ids"]) for i in one["items"]) == sorted(sorted(i["ids"]) for i in other["items"])


def test_sentences_in_english(told: Callable[..., Any]) -> None:
    said = [i["because"] for i in told(lang="en")["items"]]
    assert said[0] == "'Ville' depends on 'Voisine' (food): 12 tonnes, in 2020, 100% of its recorded flows."


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(-4, 4)),
        max_size=14,
        unique_by=lambda t: t[:2],
    ),
    st.lists(st.sampled_from(["V", "W", "Q", "V1"]), min_size=6, max_size=6),
)
def test_common_ground_is_what_the_definition_says(stores: Any, said: Any, where: list[str]) -> None:
    """Every pair across with the same sign is in one convergence, every pair with opposite ones in one conflict."""
    store: Store = next(stores)
    store.commit(
        Changes(
            puts={
                "territories": [
                    Territory(id="V", name="V"),
                    Territory(id="V1", name="V1", parents=("V",)),
                    Territory(id="W", name="W"),
                    Territory(id="Q", name="Q"),
                ],
                "actors": [Actor(id=f"A{i}", name=f"A{i}", territory=t) for i, t in enumerate(where)],
                "objectives": [Objective(id=f"O{o}", name=f"O{o}") for o in range(3)],
                "positions": [
                    Position(actor=f"A{i}", objective=f"O{o}", value=v, valid_from=DAY) for i, o, v in said
                ],
            }
        ),
        author="tests",
        message="positions",
    )
    value = {(i, o): v for i, o, v in said}
    mine = [i for i, t in enumerate(where) if t in ("V", "V1")]
    theirs = [i for i, t in enumerate(where) if t == "W"]
    expected: dict[str, set[tuple[str, str, str]]] = {"convergence": set(), "conflict": set()}
    for i in mine:
        for j in theirs:
            for o in range(3):
                product = value.get((i, o), 0) * value.get((j, o), 0)
                if product:
                    kind = "convergence" if product > 0 else "conflict"
                    expected[kind].add((f"O{o}", f"A{i}", f"A{j}"))
    document = ask(store)
    for kind, pairs in expected.items():
        found = set()
        for item in of_kind(document, kind):
            objective, *actors = item["ids"]
            signs = {a: value[(int(a[1]), int(objective[1]))] > 0 for a in actors}
            found |= {
                (objective, f"A{i}", f"A{j}")
                for i in mine
                for j in theirs
                if {f"A{i}", f"A{j}"} <= set(actors)
                and (signs[f"A{i}"] == signs[f"A{j}"]) is (kind == "convergence")
            }
            assert len(item["records"]) == len(actors)
        assert found == pairs
