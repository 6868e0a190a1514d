"""The chronicle: accounts and the days of pacts, against a small history written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from graph import Changes, Store
from graph.model import Actor, Narrative, Pact, Project, Territory
from queries.registry import ANALYSES, run

TOLD = Changes(
    puts={
        "territories": [
            Territory(id="D", name="Département"),
            Territory(id="V", name="Ville", parents=("D",)),
            Territory(id="W", name="Voisine"),
        ],
        "actors": [Actor(id="A", name="AMAP", territory="V"), Actor(id="B", name="Mairie", territory="W")],
        "projects": [Project(id="P", name="Projet"), Project(id="PA", name="Action", parent="P")],
        "narratives": [
            Narrative(id="n1", date=date(2025, 1, 10), kind="recit", title="Vu d'ici", actors=("A",)),
            Narrative(
                id="n2",
                date=date(2025, 1, 12),
                kind="recit",
                title="Vu d'en face",
                actors=("B",),
                contradicts=("n1",),
            ),
            Narrative(id="n3", date=date(2025, 6, 1), kind="evenement", title="Signature", pacts=("p1",)),
            Narrative(id="n4", date=date(2025, 2, 1), kind="indice", title="Un bruit"),
            Narrative(id="n5", date=date(2025, 3, 1), kind="indice", title="Un essai", projects=("PA",)),
        ],
        "pacts": [
            Pact(
                id="p1",
                title="Eau",
                parties=("V", "W"),
                signed_on=date(2025, 6, 1),
                review_on=date(2025, 9, 1),
            ),
            Pact(
                id="p2", title="Bois", parties=("W",), signed_on=date(2025, 4, 1), review_on=date(2030, 1, 1)
            ),
            Pact(id="p3", title="Jamais", parties=("V",), review_on=date(2025, 5, 1)),
        ],
    }
)


def asked(stores: Iterator[Store], **params: Any) -> list[dict[str, Any]]:
    store = next(stores)
    store.commit(TOLD, author="tests", message="chronique")
    items: list[dict[str, Any]] = run(store, ANALYSES["chronicle"], params)["items"]
    return items


def test_accounts_and_pacts_in_order_of_time(stores: Iterator[Store]) -> None:
    items = asked(stores)
    assert [(item["date"], item["kind"], item["id"]) for item in items] == [
        ("2025-09-01", "pact_to_review", "p1"),
        ("2025-06-01", "evenement", "n3"),
        ("2025-06-01", "pact_signed", "p1"),
        ("2025-04-01", "pact_signed", "p2"),
        ("2025-03-01", "indice", "n5"),
        ("2025-02-01", "indice", "n4"),
        ("2025-01-12", "recit", "n2"),
        ("2025-01-10", "recit", "n1"),
    ]
    by_id = {(item["kind"], item["id"]): item for item in items}
    # a contradiction is told on both sides
    assert by_id["recit", "n1"]["about"]["contradicts"] == ["n2"]
    assert by_id["recit", "n2"]["about"]["contradicts"] == ["n1"]
    assert by_id["evenement", "n3"]["about"]["pacts"] == ["p1"]
    assert by_id["pact_signed", "p1"]["about"]["territories"] == ["V", "W"]
    assert "Vu d'en face" in by_id["recit", "n1"]["because"]
    assert "signature le 01/06/2025" in by_id["pact_signed", "p1"]["because"]


def test_a_day_hides_what_came_after(stores: Iterator[Store]) -> None:
    assert [item["id"] for item in asked(stores, as_of="2025-05-31")] == ["p2", "n5", "n4", "n2", "n1"]


def test_a_scope_keeps_what_names_it_or_nothing(stores: Iterator[Store]) -> None:
    # in the département: its actor, its pact and the account of it, and what names nobody
    assert [item["id"] for item in asked(stores, territory="D")] == ["p1", "n3", "p1", "n4", "n1"]


def test_a_project_keeps_its_actions(stores: Iterator[Store]) -> None:
    assert [i["id"] for i in asked(stores, project="P") if not i["kind"].startswith("pact")] == [
        "n3",
        "n5",
        "n4",
    ]
