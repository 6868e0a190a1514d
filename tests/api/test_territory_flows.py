"""``GET /territories/{id}/flows``: what the sheet of flows says of one territory, at the reader's level."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from graph import open_store
from tests.api.conftest import Command

API = "/api/v1/territories"
FLOWS = """origine,destination,type,quantite,unite,annee,source,tronquee,visibilite
ville,voisine,commuting,120,actifs,2020,INSEE,,public
ville,voisine,food,,,,,,public
voisine,ville,commuting,40,actifs,2020,INSEE,oui,public
voisine,ville,food,9,tonnes,,,,pilotes
ville,ville,commuting,300,actifs,2020,INSEE,,public
"""


@pytest.fixture
def sheets(sheets: Path) -> Path:
    """The sheets of ``conftest`` and one of flows."""
    (sheets / "flux.csv").write_text(FLOWS, encoding="utf-8")
    return sheets


@pytest.fixture
def client(command: Command) -> Iterator[TestClient]:
    """Over a store of its own: what the other tests share has no flow."""
    with open_store(command.url, create=False) as store, TestClient(create_app(store)) as found:
        yield found


def test_the_flows_of_a_territory(client: TestClient) -> None:
    """Read by hand from the sheet above: commuters depend on where they go, food on where it comes from."""
    body = client.get(f"{API}/ville/flows").json()
    assert body["territory"] == {"id": "ville", "name": "Ville", "type": "commune"}
    assert body["coverage"] == {"flows": {"stated": 5, "unknown": 1}}
    said = ("direction", "id", "kind", "quantity", "truncated", "dependent", "records")
    assert [tuple(item[name] for name in said) for item in body["items"]] == [
        ("leaving", "voisine", "commuting", 120, False, "ville", ["F1"]),
        ("leaving", "voisine", "food", None, False, "voisine", ["F2"]),
        ("arriving", "voisine", "commuting", 40, True, "voisine", ["F3"]),
        ("arriving", "voisine", "food", 9, False, "ville", ["F4"]),
        ("within", "ville", "commuting", 300, False, None, ["F5"]),
    ]
    assert [(t["direction"], t["kind"], t["flows"], t["unknown"], t["quantity"]) for t in body["totals"]] == [
        ("leaving", "commuting", 1, 0, 120),
        ("leaving", "food", 1, 1, None),
        ("arriving", "commuting", 1, 0, 40),
        ("arriving", "food", 1, 0, 9),
        ("within", "commuting", 1, 0, 300),
    ]
    assert (body["cut"], body["next"], body["params"]["limit"]) == ([], None, 50)


def test_a_narrower_question_and_its_csv(client: TestClient, command: Command) -> None:
    body = client.get(f"{API}/ville/flows?kind=commuting&year=2020&limit=1").json()
    assert [item["records"] for item in body["items"]] == [["F1"], ["F3"], ["F5"]]
    none = client.get(f"{API}/ville/flows?year=1999").json()
    assert (none["items"], none["totals"]) == ([], [])
    lines = client.get(f"{API}/ville/flows?kind=food&format=csv").text.splitlines()
    assert lines[0] == ",".join(body["items"][0])
    assert len(lines) == 3
    tag = client.get(f"{API}/ville/flows").headers["etag"]
    again = client.get(f"{API}/ville/flows", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_refusals(client: TestClient) -> None:
    for path, status in (
        ("lune/flows", 404),
        ("ville/flows?limit=0", 422),
        ("ville/flows?kind=magie", 422),
        ("ville/flows?year=20", 422),
        ("ville/flows?as_of=2020-01-01", 422),
    ):
        assert client.get(f"{API}/{path}").status_code == status, path
