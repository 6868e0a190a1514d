"""Imports, exports, revisions, undo and merging over HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from fastapi.testclient import TestClient

from api.access import Access, Tokens
from api.app import create_app
from api.uploads import KEPT, KEPT_SECONDS, Uploads, safe_name
from graph import open_store
from graph.errors import NotFound
from tests.api.conftest import Command

API = "/api/v1"
CHANGE = "acteur,objectif,valeur,date\nmairie,place,1,2024-05-01\namap,place,2,2024-05-01\n"


def send(client: TestClient, text: str, name: str = "positions.csv", **fields: str) -> Any:
    return client.post(f"{API}/imports", files={"file": (name, text.encode(), "text/csv")}, data=fields)


def head(client: TestClient) -> int:
    return int(client.get("/ready").json()["revision"])


def test_a_dry_run_then_its_application_as_one_revision(client: TestClient, command: Command) -> None:
    dry = send(client, CHANGE)
    assert dry.status_code == 201
    document = dry.json()
    assert document["status"] == "ready"
    assert document["counts"]["positions"] == {"create": 2, "change": 0, "same": 0, "conflict": 0}
    assert head(client) == 1
    assert client.get(dry.headers["location"]).json() == document
    file = command.folder / "positions.csv"
    file.write_text(CHANGE, encoding="utf-8")
    assert json.loads(command("import", str(file), "--json").stdout) == document
    done = client.post(f"{dry.headers['location']}/apply", json={"choices": {}, "message": "Entretiens"})
    assert (done.status_code, done.json()["revision"], done.json()["touched"]) == (200, 2, 2)
    revision = client.get(f"{API}/revisions/2").json()
    assert (revision["message"], revision["origin"], len(revision["file_hash"])) == (
        "Entretiens",
        "import",
        64,
    )
    assert [c["change"] for c in revision["changes"]] == ["created", "created"]
    assert client.post(f"{dry.headers['location']}/apply", json={}).status_code == 404
    again = send(client, CHANGE)
    assert client.post(f"{again.headers['location']}/apply", json={}).json()["revision"] is None
    assert head(client) == 2


def test_a_blocked_file_lists_its_errors_and_cannot_be_applied(client: TestClient) -> None:
    dry = send(client, "acteur,objectif,valeur\nmairi,place,2\nmairie,place,6\n")
    assert (dry.status_code, dry.json()["status"]) == (201, "blocked")
    assert {e["column"] for e in dry.json()["errors"]} == {"acteur", "valeur"}
    refused = client.post(f"{dry.headers['location']}/apply", json={})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_value")
    assert head(client) == 1


def test_a_file_read_before_somebody_wrote_is_read_again(client: TestClient) -> None:
    dry = send(client, CHANGE)
    client.post(f"{API}/actors", json={"id": "lycee", "name": "Le lycée"})
    late = client.post(f"{dry.headers['location']}/apply", json={})
    assert (late.status_code, late.json()["code"]) == (409, "stale_record")
    assert head(client) == 2
    assert client.delete(dry.headers["location"]).status_code == 200
    assert client.delete(dry.headers["location"]).status_code == 404


def test_choices_are_given_with_the_file_or_with_the_application(client: TestClient) -> None:
    twin = "id,nom\nmairie2,La mairie\n"
    dry = send(client, twin, "acteurs.csv")
    (duplicate,) = dry.json()["duplicates"]
    key = f"merge:{duplicate['sheet']}:{duplicate['row']}"
    done = client.post(f"{dry.headers['location']}/apply", json={"choices": {key: duplicate["candidate"]}})
    assert done.status_code == 200
    assert client.get(f"{API}/actors/mairie2").json()["id"] == "mairie"
    other = send(client, "id,nom\nmairie3,La mairie\n", "acteurs.csv", choices=json.dumps({key: "mairie"}))
    assert other.json()["duplicates"] == []


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"date": "hier"}, ["date"]),
        ({"choices": "[1]"}, ["choices"]),
        ({"choices": "{"}, ["choices"]),
        ({"choices": '{"a": 1}', "date": "1"}, ["date", "choices"]),
        ({"lune": "1"}, ["lune"]),
    ],
)
def test_wrong_fields_are_told_at_once(client: TestClient, fields: dict[str, str], wrong: list[str]) -> None:
    answer = send(client, CHANGE, **fields)
    assert (answer.status_code, [e["parameter"] for e in answer.json()["errors"]]) == (422, wrong)


def test_what_is_not_a_form_or_not_a_known_file_is_refused(client: TestClient) -> None:
    assert client.post(f"{API}/imports", json={}).status_code == 422
    broken = client.post(f"{API}/imports", content=b"x", headers={"Content-Type": "multipart/form-data"})
    assert broken.status_code == 400
    cut = client.post(
        f"{API}/imports", content=b"--x", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert cut.status_code == 422
    assert client.post(f"{API}/imports", data={"file": "texte"}).status_code == 422
    assert send(client, "\x00\x01", "image.png").status_code == 422
    assert send(client, "PK\x03\x04", "classeur.xlsx").status_code == 422
    for body in (
        {"choices": []},
        {"choices": {"zero": "lune"}},
        {"lune": 1},
        {"message": 3},
        {"message": "\n"},
    ):
        dry = send(client, CHANGE)
        assert client.post(f"{dry.headers['location']}/apply", json=body).status_code == 422, body


def test_a_file_beyond_the_limit_is_413(command: Command) -> None:
    with open_store(command.url) as store, TestClient(create_app(store, upload_megabytes=2)) as client:
        assert send(client, "x" * 2_000_100).status_code == 413
        assert send(client, CHANGE + "\n" * 1_500_000).status_code == 201


def test_names_from_elsewhere_stay_in_their_folder() -> None:
    for name, kept in (
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\positions.csv", "positions.csv"),
        ("..", "fichier"),
        ("", "fichier"),
        (".csv", "csv"),
        ("a\x00b\n.xlsx", "a_b_.xlsx"),
        ("x" * 300 + ".ods", "x" * 100 + ".ods"),
        ("été 2024.csv", "été 2024.csv"),
    ):
        assert safe_name(name) == kept


def test_few_files_are_kept_and_not_for_long(command: Command) -> None:
    now = [0.0]
    with open_store(command.url) as store:
        uploads = Uploads(store, clock=lambda: now[0])
        plans = []
        for number in range(KEPT + 2):
            text = f"acteur,objectif,valeur,date\nmairie,place,1,2024-05-{number + 1:02}\n"
            plans.append(uploads.dry_run("positions.csv", io.BytesIO(text.encode()), None, {}).document().id)
        root = uploads._root
        assert root is not None
        assert len(list(root.iterdir())) == KEPT
        with pytest.raises(NotFound):
            uploads.again(plans[0])
        now[0] = KEPT_SECONDS + 1
        with pytest.raises(NotFound):
            uploads.again(plans[-1])
        assert list(root.iterdir()) == []
        uploads.close()
        assert not root.exists()


@pytest.mark.parametrize("shape", ["xlsx", "ods", "graphml", "gexf"])
def test_exports_open_in_other_tools(client: TestClient, tmp_path: Path, shape: str) -> None:
    answer = client.get(f"{API}/export?format={shape}")
    assert answer.status_code == 200
    assert f'filename="agencements-1.{shape}"' in answer.headers["content-disposition"]
    path = tmp_path / f"export.{shape}"
    path.write_bytes(answer.content)
    if shape in ("xlsx", "ods"):
        back = client.post(f"{API}/imports", files={"file": (path.name, answer.content)})
        assert all(c["create"] + c["change"] + c["conflict"] == 0 for c in back.json()["counts"].values())
    else:
        graph = (nx.read_graphml if shape == "graphml" else nx.read_gexf)(path)
        assert sum(d["kind"] == "position" for _, _, d in graph.edges(data=True)) == 7
    tag = answer.headers["etag"]
    assert client.get(f"{API}/export?format={shape}", headers={"If-None-Match": tag}).status_code == 304
    for query in ("format=pdf", "at_revision=-1", "as_of=2024-01-01"):
        assert client.get(f"{API}/export?{query}").status_code == 422
    assert client.get(f"{API}/export?at_revision=9").status_code == 404


def test_revisions_are_paged_newest_first(client: TestClient) -> None:
    for number in range(4):
        client.post(f"{API}/actors", json={"id": f"a{number}", "name": "x"})
    first = client.get(f"{API}/revisions?limit=2").json()
    assert ([r["number"] for r in first["items"]], first["next"]) == ([5, 4], "4")
    rest = client.get(f"{API}/revisions?cursor=4").json()
    assert ([r["number"] for r in rest["items"]], rest["next"]) == ([3, 2, 1], None)
    assert client.get(f"{API}/revisions?cursor=lune").status_code == 422
    assert client.get(f"{API}/revisions?format=csv").text.count("\n") == 6
    for number in ("0", "99", "-1", "9" * 30, "x", "²"):
        assert client.get(f"{API}/revisions/{number}").status_code == 404, number
        assert client.post(f"{API}/revisions/{number}/undo").status_code == 404, number


def test_undo_restores_or_tells_what_changed_since(client: TestClient) -> None:
    client.patch(f"{API}/actors/amap", json={"name": "x"}, headers={"If-Match": '"1"'})
    assert client.post(f"{API}/revisions/2/undo").json() == {"revision": 3, "touched": 1}
    assert client.get(f"{API}/actors/amap").json()["name"] == "L'AMAP"
    client.patch(f"{API}/actors/amap", json={"name": "y"}, headers={"If-Match": '"3"'})
    client.patch(f"{API}/actors/amap", json={"name": "z"}, headers={"If-Match": '"4"'})
    refused = client.post(f"{API}/revisions/4/undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "undo")
    assert refused.json()["touched"] == ["actors:amap"]


def test_merging_leaves_an_old_id(client: TestClient) -> None:
    done = client.post(f"{API}/actors/producteurs/merge", json={"gone": "marche"})
    assert done.json()["revision"] == 2
    assert client.get(f"{API}/actors/marche").json()["id"] == "producteurs"
    assert client.post(f"{API}/actors/amap/merge", json={"gone": "amap"}).status_code == 422
    for body in ({}, {"gone": 1}, {"gone": "mairie", "x": 1}):
        assert client.post(f"{API}/actors/amap/merge", json=body).status_code == 422, body
    for kept, gone in (("lune", "amap"), ("amap", "lune"), ("%00", "amap"), ("amap", "\x00")):
        assert client.post(f"{API}/actors/{kept}/merge", json={"gone": gone}).status_code == 404


@pytest.mark.parametrize("role", ["analyst", "screen"])
def test_other_roles_write_nothing_and_see_no_history(command: Command, role: str) -> None:
    secret = command("token", "add", "--role", role, "--name", "x").stdout.strip()
    access = Access(Tokens(command.folder / "agencements-tokens.json"))
    with open_store(command.url) as store, TestClient(create_app(store, access)) as client:
        client.headers["Authorization"] = f"Bearer {secret}"
        calls: list[Callable[[], Any]] = [
            lambda: client.post(f"{API}/actors", json={"id": "a", "name": "x"}),
            lambda: client.put(f"{API}/actors/amap", json={"name": "x"}, headers={"If-Match": '"1"'}),
            lambda: client.patch(f"{API}/actors/amap", json={"name": "x"}, headers={"If-Match": '"1"'}),
            lambda: client.delete(f"{API}/actors/amap", headers={"If-Match": '"1"'}),
            lambda: client.post(f"{API}/revisions/1/undo"),
            lambda: client.post(f"{API}/actors/amap/merge", json={"gone": "mairie"}),
            lambda: send(client, CHANGE),
            lambda: client.get(f"{API}/imports/x"),
            lambda: client.post(f"{API}/imports/x/apply", json={}),
            lambda: client.delete(f"{API}/imports/x"),
            lambda: client.get(f"{API}/actors/amap/history"),
        ]
        for call in calls:
            answer = call()
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert head(client) == 1
        assert client.get(f"{API}/revisions").json()["items"] == [
            {"number": 1, "moment": store.revision(1).moment}
        ]
        assert list(client.get(f"{API}/revisions/1").json()) == ["number", "moment"]
