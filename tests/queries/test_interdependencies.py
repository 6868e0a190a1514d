"""Interdependencies against their definition restated in fractions, in SQL, and by hand."""

from __future__ import annotations

from typing import Any

import pytest

from graph import Changes, Store
from graph.errors import InvalidCall, UnknownFilter
from graph.model import Flow, Term, Territory
from queries.interdependencies import MAX_RECORDS
from queries.registry import ANALYSES, run
from tests.queries.neighbours import commuting, neighbours
from tests.queries.territory import all_of, town


def ask(store: Store, **given: object) -> Any:
    return run(store, ANALYSES["interdependencies"], {"limit": 1000, **given})


@pytest.fixture(scope="module")
def store(stores: Any) -> Store:
    found: Store = next(stores)
    found.commit(all_of(town(), neighbours()), author="tests", message="voisines")
    return found


def codes(document: Any) -> list[str]:
    return [n["code"] for n in document["notes"]]


def test_by_hand(store: Store) -> None:
    # V: 60 stay, 30 go to W, 10 to X; W: 50 stay, 50 go to V
    document = ask(store, kind="domicile-travail")
    assert (document["unit"], document["year"], document["dependent"]) == ("personnes", 2020, "origin")
    assert [(i["dependent"], i["on"], i["quantity"], i["share"]) for i in document["items"]] == [
        ("W", "V", 50, 0.5),
        ("V", "W", 30, 0.3),
        ("V", "X", 10, 0.1),
    ]
    first, second, third = document["items"]
    assert first["asymmetry"] == pytest.approx(0.2)
    assert second["asymmetry"] == pytest.approx(-0.2)
    assert first["reciprocity"] == second["reciprocity"] == 60 / 80
    assert third["reciprocity"] == 0
    v, w, x = document["territories"]
    assert (v["autonomy"], v["hhi"], v["outside"]) == (0.6, 0.75**2 + 0.25**2, 0)
    assert v["vulnerability"] == pytest.approx(0.4 * 0.625)
    assert (w["autonomy"], w["hhi"]) == (0.5, 1)
    assert x == {"id": "X", "autonomy": None, "hhi": None, "vulnerability": None, "outside": None}
    assert document["balances"] == [
        # V depends most on W, which is less depended upon (30) than V is (50): V is a centre
        {"id": "V", "depends": 40, "depended_on": 50, "balance": 10, "dominant": None},
        {"id": "W", "depends": 50, "depended_on": 30, "balance": -20, "dominant": "V"},
        {"id": "X", "depends": 0, "depended_on": 10, "balance": 10, "dominant": None},
    ]
    # in the département lies V alone: what it sends elsewhere is outside
    inside = ask(store, kind="commuting", territory="D")
    assert inside["items"] == []
    assert inside["territories"] == [{**v, "outside": 0.4}]
    assert ask(store, kind="commuting", year=2015)["items"][0]["quantity"] == 40
    assert codes(ask(store, kind="commuting", year=2015)) == ["missing_self_flows"]
    assert codes(ask(store, kind="commuting", year=1999)) == ["no_flows"]


def test_the_latest_year_is_read_and_the_others_are_said(store: Store) -> None:
    # 2015 and 2020 are recorded (tests/queries/neighbours.py)
    (told,) = [n for n in ask(store, kind="commuting")["notes"] if n["code"] == "latest_year"]
    assert "2020 ; aussi relevés : 2015 (" in told["text"].replace("\u00a0", " ").replace("\u202f", " ")
    for year in (2015, 2020):
        assert "latest_year" not in codes(ask(store, kind="commuting", year=year))


def test_a_level_adds_up_what_lies_below(store: Store) -> None:
    document = ask(store, kind="commuting", year=2020, level="departement")
    assert document["items"] == []
    assert [(t["id"], t["autonomy"], t["outside"]) for t in document["territories"]] == [("D", 0.6, 0.4)]
    # W and X lie in no département, each stands for itself
    assert document["territories"][0]["hhi"] == 0.75**2 + 0.25**2
    assert codes(document) == ["unplaced"]
    # what lies outside of a scope is not to be tied to anything
    assert codes(ask(store, kind="commuting", year=2020, level="departement", territory="D")) == []
    assert codes(ask(store, kind="commuting", year=2020, level="region")) == ["no_territories", "unplaced"]


def test_a_flow_without_a_quantity_is_no_zero(store: Store) -> None:
    document = ask(store, kind="skills")
    assert document["items"] == []
    assert codes(document) == ["no_flows", "unknown_quantities"]
    # skills: the destination depends; how much is unknown
    assert [(t["id"], t["autonomy"], t["hhi"]) for t in document["territories"]] == [("W", None, None)]


def some(stores: Any, *flows: Flow, **tables: Any) -> Store:
    store: Store = next(stores)
    places = sorted({end for flow in flows for end in (flow.origin, flow.destination)} | {"ALL"})
    store.commit(
        Changes(
            puts={
                "territories": [
                    Territory(id=p, name=p, type="commune", parents=() if p == "ALL" else ("ALL",))
                    if p != "ALL"
                    else Territory(id=p, name=p, type="region")
                    for p in places
                ],
                "flows": list(flows),
                **tables,
            }
        ),
        author="tests",
        message="flux",
    )
    return store


def test_an_unknown_quantity_makes_totals_unknown(stores: Any) -> None:
    store = some(
        stores,
        commuting("A", "A", 5),
        commuting("A", "B", 5),
        commuting("A", "C", None),
        commuting("B", "B", 1),
    )
    document = ask(store)
    a, b = (next(t for t in document["territories"] if t["id"] == id_) for id_ in ("A", "B"))
    assert (a["autonomy"], a["hhi"], a["vulnerability"]) == (None, None, None)
    assert b["autonomy"] == 1
    assert codes(document) == ["unknown_quantities"]


def test_a_truncated_source_says_so_and_gives_no_autonomy(stores: Any) -> None:
    flows = [
        Flow(origin=a, destination=b, kind="commuting", quantity=100.0, source="INSEE", truncated=True)
        for a, b in (("A", "A"), ("A", "B"), ("B", "A"))
    ]
    document = ask(some(stores, *flows))
    assert {(t["autonomy"], t["hhi"], t["vulnerability"]) for t in document["territories"]} == {
        (None, None, None)
    }
    assert [i["share"] for i in document["items"]] == [1, 0.5]
    assert codes(document) == ["truncated_source"]


@pytest.mark.parametrize(
    ("flows", "asked", "parameter", "listed"),
    [
        (
            [
                Flow(origin="A", destination="B", kind="water", quantity=1.0, unit="m3"),
                Flow(origin="A", destination="C", kind="water", quantity=1.0, unit="litres"),
            ],
            {},
            "unit",
            ("m3", "litres"),
        ),
        (
            [commuting("A", "B", 1), Flow(origin="A", destination="B", kind="water")],
            {},
            "kind",
            ("commuting", "water"),
        ),
        (
            [
                Flow(origin="A", destination="B", kind="water", quantity=1.0, source="régie"),
                Flow(origin="A", destination="B", kind="water", quantity=2.0),
            ],
            {},
            "source",
            ("régie", "« - »"),
        ),
    ],
)
def test_what_cannot_be_added_is_to_be_chosen(
    stores: Any, flows: list[Flow], asked: dict[str, str], parameter: str, listed: tuple[str, ...]
) -> None:
    store = some(stores, *flows)
    with pytest.raises(InvalidCall) as refused:
        ask(store, **asked)
    (fault,) = refused.value.faults
    assert fault.parameter == parameter
    for text in listed:
        assert text.replace("« - »", "«\u00a0-\u00a0»") in fault.fr
    chosen = "-" if parameter == "source" else listed[0]
    assert [i["quantity"] for i in ask(store, **{parameter: chosen})["items"]] == (
        [2] if parameter == "source" else [1]
    )


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"kind": "domicile-travial"}, "commuting"),
        ({"kind": "commuting", "unit": "chevaux"}, "personnes"),
        ({"kind": "commuting", "source": "radio"}, "-"),
        ({"kind": "commuting", "level": "epcii"}, "epci"),
        ({"kind": "commuting", "territory": "lune"}, "lune"),
    ],
)
def test_what_is_not_known_is_refused(store: Store, asked: dict[str, str], named: str) -> None:
    with pytest.raises(UnknownFilter) as refused:
        ask(store, **asked)
    assert named in str(refused.value)


def test_who_depends_may_be_the_pilots_own(stores: Any) -> None:
    terms = [Term(list="type_flux", code="sable", label_fr="sable", depends="destination")]
    store = some(stores, Flow(origin="A", destination="B", kind="sable", quantity=3.0), vocabulary=terms)
    document = ask(store)
    assert (document["dependent"], document["items"][0]["dependent"]) == ("destination", "B")


def test_nested_places_that_both_have_flows_are_said(stores: Any) -> None:
    store = some(stores, commuting("A", "B", 1), commuting("ALL", "B", 9))
    assert "mixed_levels" in codes(ask(store, level="region"))
    assert "mixed_levels" not in codes(ask(store))


def test_overlapping_perimeters_are_said(stores: Any) -> None:
    store: Store = next(stores)
    store.commit(
        Changes(
            puts={
                "territories": [
                    Territory(id="P", name="P", type="pnr"),
                    Territory(id="Q", name="Q", type="pnr"),
                    Territory(id="A", name="A", type="commune", parents=("P",)),
                    Territory(id="B", name="B", type="commune", parents=("P", "Q")),
                ],
                "flows": [commuting("A", "A", 4), commuting("A", "B", 6)],
            }
        ),
        author="tests",
        message="parcs",
    )
    document = ask(store, level="pnr")
    # both ends lie in P: nothing of it is a dependence on Q, which holds one of them too
    assert document["items"] == []
    assert document["territories"][0]["autonomy"] == 1
    assert codes(document) == ["overlapping"]


def test_many_records_are_bounded_and_said(stores: Any) -> None:
    count = MAX_RECORDS + 20
    store: Store = next(stores)
    store.commit(
        Changes(
            puts={
                "territories": [
                    Territory(id="T", name="T", type="epci"),
                    Territory(id="U", name="U", type="epci"),
                    *(
                        Territory(id=f"{p}{k}", name=f"{p}{k}", type="commune", parents=(parent,))
                        for p, parent in (("A", "T"), ("B", "U"))
                        for k in range(count)
                    ),
                ],
                "flows": [commuting(f"A{k}", f"B{k}", 1 + k) for k in range(count)],
            }
        ),
        author="tests",
        message="flux",
    )
    document = ask(store, level="epci")
    (item,) = document["items"]
    assert item["quantity"] == count * (count + 1) / 2
    # the greatest, in order of counter: the first twenty are the smallest
    assert item["records"] == [f"F{k}" for k in range(21, count + 1)]
    assert codes(document) == ["missing_self_flows", "records_cut"]


def test_a_page_does_not_cut_the_territories(store: Store) -> None:
    whole = ask(store, kind="commuting")
    page = run(store, ANALYSES["interdependencies"], {"kind": "commuting", "limit": 1})
    assert len(page["items"]) == 1
    assert page["next"] is not None
    assert page["territories"] == whole["territories"]
