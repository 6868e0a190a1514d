"""``GET /actors/{id}/neighbourhood``: what the sheets of the small store say around an actor, at the reader's level."""

from __future__ import annotations

from fastapi.testclient import TestClient

API = "/api/v1/actors"


def test_around_an_actor(client: TestClient) -> None:
    """Read by hand from the sheets in ``conftest``: two other actors have positions on what the AMAP wants."""
    body = client.get(f"{API}/amap/neighbourhood").json()
    assert body["actor"] == {
        "id": "amap",
        "name": "L'AMAP",
        "family": "beneficiaire",
        "involvement": None,
    }
    assert body["coverage"] == {
        "positions": {"stated": 2, "contested": 0, "possible": 3},
        "influences": {"stated": 0},
    }
    assert [(i["kind"], i["id"], i["value"], i["c"], i["d"], i["records"]) for i in body["items"]] == [
        ("position", "panier", 4, None, None, ["P2"]),
        ("position", "prix", 3, None, None, ["P7"]),
        ("shared", "producteurs", None, 6.0, 0.0, ["P5", "P6"]),
        ("shared", "marche", None, 0.0, 3.0, ["P4"]),
    ]
    assert (body["items"][2]["agreeing"], body["items"][3]["opposed"]) == (["panier", "prix"], ["panier"])
    assert (body["params"], body["cut"], body["next"]) == ({"radius": 2, "limit": 50}, [], None)


def test_a_narrower_question_and_its_csv(client: TestClient) -> None:
    assert {i["kind"] for i in client.get(f"{API}/amap/neighbourhood?radius=1").json()["items"]} == {
        "position"
    }
    cut = client.get(f"{API}/amap/neighbourhood?limit=1").json()
    assert cut["cut"] == ["positions", "shared"]
    assert len(cut["items"]) == 2
    lines = client.get(f"{API}/amap/neighbourhood?limit=1&format=csv").text.splitlines()
    assert lines[0] == ",".join(cut["items"][0])
    assert len(lines) == 3
    before = client.get(f"{API}/amap/neighbourhood?as_of=2024-03-11&format=csv").text
    assert before.splitlines() == [lines[0]]


def test_it_is_not_sent_twice(client: TestClient) -> None:
    tag = client.get(f"{API}/amap/neighbourhood").headers["etag"]
    again = client.get(f"{API}/amap/neighbourhood", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_refusals(client: TestClient) -> None:
    for path, status, code in (
        ("lune/neighbourhood", 404, "not_found"),
        ("amap/neighbourhood?radius=3", 422, "invalid_parameters"),
        ("amap/neighbourhood?limit=0", 422, "invalid_parameters"),
        ("amap/neighbourhood?at_revision=1", 422, "invalid_parameters"),
    ):
        answer = client.get(f"{API}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
