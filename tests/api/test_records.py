"""Every table over HTTP: read, written, refused (design §6)."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from graph.model import TABLES

API = "/api/v1"


def put(client: TestClient, path: str, body: dict[str, Any], tag: str, method: str = "PUT") -> Any:
    return client.request(method, f"{API}/{path}", json=body, headers={"If-Match": tag})


@pytest.mark.parametrize("table", list(TABLES))
def test_every_table_is_listed_as_json_and_csv(client: TestClient, table: str) -> None:
    document = client.get(f"{API}/{table}").json()
    assert list(document) == ["params", "revision", "as_of", "coverage", "notes", "items", "next"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{API}/{table}?format=csv").text)))
    assert len(rows) == len(document["items"])
    for item, row in zip(document["items"], rows, strict=True):
        assert list(item) == list(row)


def test_a_record_says_every_field_and_its_version(client: TestClient) -> None:
    answer = client.get(f"{API}/positions/P1")
    assert answer.json() == {
        "id": "P1",
        "version": 1,
        "revision": 1,
        "actor": "mairie",
        "objective": "place",
        "value": 3,
        "valid_from": "2024-03-12",
        "valid_to": None,
        "source": None,
        "confidence": None,
        "rater": None,
        "retained": False,
        "comment": None,
        "visibility": "public",
        "attributes": {},
    }
    assert answer.headers["etag"] == '"1"'
    again = client.get(f"{API}/positions/P1", headers={"If-None-Match": '"1"'})
    assert (again.status_code, again.content) == (304, b"")


def test_lists_are_paged_to_the_last_record(client: TestClient) -> None:
    whole = [i["id"] for i in client.get(f"{API}/positions").json()["items"]]
    found: list[str] = []
    query = "limit=3"
    while True:
        page = client.get(f"{API}/positions?{query}").json()
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query = f"limit=3&cursor={page['next']}"
    assert found == whole == [f"P{n}" for n in range(1, 8)]


def test_lists_are_cut_by_what_records_point_to(client: TestClient) -> None:
    def ids(query: str) -> list[str]:
        return [item["id"] for item in client.get(f"{API}/{query}").json()["items"]]

    assert ids("positions?actor=marche") == ["P3", "P4"]
    assert ids("positions?actor=marche&objective=panier") == ["P4"]
    assert ids("objectives?bearers=marche") == ["place"]
    assert ids("actors?family=operateur") == ["marche", "producteurs"]
    for query in ("positions?actor=lune", "actors?family=lune"):
        assert client.get(f"{API}/{query}").json()["code"] == "unknown_filter"


def test_positions_carry_the_effective_value_of_their_pair(client: TestClient) -> None:
    def said() -> list[tuple[int, bool, int | None, bool]]:
        items = client.get(f"{API}/positions?actor=mairie").json()["items"]
        return [(i["value"], i["current"], i["effective"], i["contested"]) for i in items]

    assert said() == [(3, True, 3, False)]
    one = {"actor": "mairie", "objective": "place", "valid_from": "2024-05-01"}
    client.post(f"{API}/positions", json={**one, "value": 1})
    assert said() == [(3, False, 1, False), (1, True, 1, False)]
    client.post(f"{API}/positions", json={**one, "value": -2, "rater": "amap"})
    assert said() == [(3, False, None, True), (1, True, None, True), (-2, True, None, True)]
    then = client.get(f"{API}/positions?actor=mairie&as_of=2024-04-01").json()["items"]
    assert [(i["current"], i["effective"]) for i in then] == [(True, 3), (False, 3), (False, 3)]


def test_a_record_is_created_changed_and_retracted(client: TestClient) -> None:
    made = client.post(f"{API}/actors?message=Rencontre", json={"id": "lycee", "name": "Le lycée"})
    assert made.status_code == 201
    assert made.headers["location"] == f"{API}/actors/lycee"
    assert (made.json()["version"], made.json()["revision"]) == (1, 2)
    changed = put(client, "actors/lycee", {"family": "service"}, made.headers["etag"], "PATCH")
    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["family"], changed.headers["etag"]) == (
        "Le lycée",
        "service",
        '"2"',
    )
    whole = put(client, "actors/lycee", {"name": "Lycée"}, '"2"')
    assert (whole.json()["name"], whole.json()["family"]) == ("Lycée", None)
    cleared = put(client, "actors/lycee", {"family": "elu"}, '"3"', "PATCH")
    cleared = put(client, "actors/lycee", {"family": None}, cleared.headers["etag"], "PATCH")
    assert cleared.json()["family"] is None
    history = client.get(f"{API}/actors/lycee/history").json()["items"]
    assert [(v["version"], v["closed"], v["family"], v["author"]) for v in history] == [
        (1, 3, None, "pilote"),
        (2, 4, "service", "pilote"),
        (3, 5, None, "pilote"),
        (4, 6, "elu", "pilote"),
        (5, None, None, "pilote"),
    ]
    gone = client.delete(f"{API}/actors/lycee", headers={"If-Match": '"5"'})
    assert gone.json() == {"id": "lycee", "revision": 7}
    assert client.get(f"{API}/actors/lycee").status_code == 404
    assert client.get(f"{API}/actors/lycee?at_revision=6").status_code == 200
    assert len(client.get(f"{API}/actors/lycee/history").json()["items"]) == 5


def test_what_was_read_can_be_sent_back(client: TestClient) -> None:
    for table in TABLES:
        for item in client.get(f"{API}/{table}").json()["items"]:
            if item["id"] is None:
                continue
            read = client.get(f"{API}/{table}/{item['id']}")
            same = put(client, f"{table}/{item['id']}", read.json(), read.headers["etag"])
            assert (same.status_code, same.json()) == (200, read.json())
    assert client.get("/ready").json()["revision"] == 1


def test_an_edit_needs_the_version_it_was_based_on(client: TestClient) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        answer = client.request(method, f"{API}/actors/amap", json={"name": "x"})
        assert (answer.status_code, answer.json()["code"]) == (428, "version_needed")
    assert put(client, "actors/amap", {"name": "x"}, "W/1").status_code == 422
    assert put(client, "actors/amap", {"name": "x"}, '"1"').status_code == 200
    stale = put(client, "actors/amap", {"name": "y"}, '"1"')
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_record")
    (conflict,) = stale.json()["conflicts"]
    assert (conflict["record"], conflict["base"]) == ("amap", 1)
    assert (conflict["theirs"]["name"], conflict["yours"]["name"]) == ("x", "y")
    late = client.delete(f"{API}/actors/amap", headers={"If-Match": '"1"'})
    assert late.status_code == 409
    assert put(client, "actors/amap", {"name": "z"}, "*").json()["name"] == "z"


def test_creating_what_exists_is_a_conflict_and_saying_it_again_is_nothing(client: TestClient) -> None:
    same = {"actor": "mairie", "objective": "place", "valid_from": "2024-03-12", "visibility": "public"}
    again = client.post(f"{API}/positions", json={**same, "value": 3})
    assert (again.status_code, again.json()["id"], again.json()["version"]) == (200, "P1", 1)
    other = client.post(f"{API}/positions", json={**same, "value": 2})
    assert (other.status_code, other.json()["code"]) == (409, "stale_record")
    rated = client.post(f"{API}/positions", json={**same, "value": 2, "rater": "amap"})
    assert rated.status_code == 201
    assert client.post(f"{API}/actors", json={"id": "amap", "name": "Autre"}).status_code == 409


def test_an_entity_still_needed_stays(client: TestClient) -> None:
    answer = client.delete(f"{API}/objectives/panier", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (409, "dependents")
    assert "positions:P2" in answer.json()["dependents"]


def test_all_that_is_wrong_is_told_at_once(client: TestClient) -> None:
    body = {
        "actor": 3,
        "objective": "place",
        "value": "3",
        "valid_from": "12/03/2024",
        "lune": 1,
        "retained": "oui",
        "attributes": {"a": 1},
    }
    answer = client.post(f"{API}/positions", json=body)
    assert answer.status_code == 422
    assert [e["parameter"] for e in answer.json()["errors"]] == [
        "actor",
        "value",
        "valid_from",
        "lune",
        "retained",
        "attributes",
    ]
    answer = client.post(f"{API}/positions", json={"actor": "amap"})
    assert [e["parameter"] for e in answer.json()["errors"]] == ["objective", "value", "valid_from"]
    body = {"actor": "amap", "objective": "prix", "value": 5, "confidence": 2, "valid_from": "2999-01-01"}
    answer = client.post(f"{API}/positions", json=body)
    assert sorted(e["parameter"] for e in answer.json()["errors"]) == ["confidence", "valid_from", "value"]


@pytest.mark.parametrize(
    ("table", "body"),
    [
        ("actors", {"id": "é", "name": "x"}),
        ("actors", {"id": "x" * 65, "name": "x"}),
        ("actors", {"id": "a", "name": "\ud800"}),
        ("actors", {"id": "a", "name": "\x00"}),
        ("actors", {"id": "a", "name": "x" * 1001}),
        ("actors", {"id": "a", "name": "x", "skills": "cuisine"}),
        ("actors", {"id": "a", "name": "x", "family": "lune"}),
        ("actors", {"id": "a", "name": "x", "visibility": "tous"}),
        ("actors", {"id": "a", "name": "x", "territory": "nulle-part"}),
        ("actors", {"id": "a", "name": "x", "\ud800": "x"}),
        ("positions", {"actor": "lune", "objective": "prix", "value": 1, "valid_from": "2024-01-01"}),
        ("positions", {"actor": "amap", "objective": "prix", "value": 10**30, "valid_from": "2024-01-01"}),
        ("positions", {"actor": "amap", "objective": "prix", "value": True, "valid_from": "2024-01-01"}),
        ("positions", {"actor": "amap", "objective": "prix", "value": 1, "valid_from": "20240101"}),
        ("stakes", {"id": "s", "name": "x", "parent": "s"}),
        ("vocabulary", {"list": "lune", "code": "a", "label_fr": "x"}),
        ("vocabulary", {"list": "visibilite", "code": "a", "label_fr": "x"}),
        ("aliases", {"table": "lune", "old": "a", "target": "amap"}),
        (
            "influences",
            {"source_actor": "amap", "target_actor": "amap", "value": 1, "valid_from": "2024-01-01"},
        ),
    ],
)
def test_bad_values_are_422_and_write_nothing(client: TestClient, table: str, body: dict[str, Any]) -> None:
    answer = client.post(
        f"{API}/{table}", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]
    assert client.get("/ready").json()["revision"] == 1


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b"\xff\xfe\x00", "application/json", 400),
        (b"[" * 200_000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b'{"id": "' + b"x" * 1_000_001 + b'"}', "application/json", 413),
    ],
)
def test_bodies_that_cannot_be_read(client: TestClient, content: bytes, kind: str, status: int) -> None:
    answer = client.post(f"{API}/actors", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_body_of_unknown_length_is_cut_off_too(client: TestClient) -> None:
    def pieces() -> Any:
        for _ in range(20):
            yield b" " * 100_000

    answer = client.post(f"{API}/actors", content=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "actors/lune",
        "positions/P99",
        "positions/P" + "9" * 400,
        "positions/P1x",
        "positions/1",
        "actors/" + "x" * 500,
        "actors/%00",
        "actors/%ed%a0%80",
        "actors/a%20b",
        "positions/P²",
    ],
)
def test_absent_records_are_404_everywhere(client: TestClient, path: str) -> None:
    assert client.get(f"{API}/{path}").status_code == 404
    assert client.get(f"{API}/{path}/history").status_code == 404
    for method in ("PUT", "PATCH", "DELETE"):
        assert put(client, path, {"name": "x"}, '"1"', method).status_code == 404


def test_the_key_of_a_record_does_not_change(client: TestClient) -> None:
    answer = put(client, "positions/P1", {"objective": "prix"}, '"1"', "PATCH")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "objective")
    answer = put(client, "actors/amap", {"id": "autre", "name": "x"}, '"1"')
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "id")


def test_an_old_id_answers_with_the_actor_it_became(client: TestClient) -> None:
    client.post(f"{API}/aliases", json={"table": "actors", "old": "ancien", "target": "amap"})
    assert client.get(f"{API}/actors/ancien").json()["id"] == "amap"
    assert client.get(f"{API}/aliases/X1").json()["target"] == "amap"
    said = {
        "actor": "ancien",
        "objective": "prix",
        "value": 3,
        "valid_from": "2024-03-12",
        "visibility": "public",
    }
    again = client.post(f"{API}/positions", json=said)
    assert (again.status_code, again.json()["actor"]) == (200, "amap")


def test_the_vocabulary_lists_shipped_codes_and_terms(client: TestClient) -> None:
    term = {"list": "type_flux", "code": "velos", "label_fr": "vélos", "depends": "origine"}
    made = client.post(f"{API}/vocabulary", json=term)
    assert made.status_code == 201
    items = client.get(f"{API}/vocabulary").json()["items"]
    codes = {(i["list"], i["code"]): i for i in items}
    assert codes["type_flux", "velos"]["id"] == "V1"
    assert codes["type_flux", "commuting"]["id"] is None
    assert codes["visibilite", "public"]["closed"] is True
    assert codes["type_flux", "food"]["depends"] == "destination"


def test_only_json_objects_of_known_shape_are_formats(client: TestClient) -> None:
    for path in (
        "actors?format=xml",
        "actors/amap?format=xml",
        "actors?nimporte=1",
        "actors?limit=1001",
        "vocabulary?x=1",
    ):
        assert client.get(f"{API}/{path}").status_code == 422, path
