"""The HTTP contract: documents, problems, caching, headers (design §6, contracts)."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import CSP, create_app
from graph import Changes, open_store
from graph.model import Actor, Objective, Position
from queries.registry import ANALYSES
from tests.api.conftest import NEEDED, Command, options


@pytest.mark.parametrize("path", list(ANALYSES))
def test_http_answers_what_the_command_answers(client: TestClient, command: Command, path: str) -> None:
    answer = client.get(f"/api/v1/{path}", params=NEEDED.get(path, {}))
    assert answer.status_code == 200
    printed = command("analyse", ANALYSES[path].command, "--json", *options(path)).stdout
    assert answer.json() == json.loads(printed)


def test_a_second_call_answers_304_until_something_is_written(
    client: TestClient, command: Command, tmp_path: object
) -> None:
    first = client.get("/api/v1/convergences")
    tag = first.headers["etag"]
    again = client.get("/api/v1/convergences", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/v1/convergences?order=1", headers={"If-None-Match": tag}).status_code == 200
    command("merge", "producteurs", "marche")
    assert client.get("/api/v1/convergences", headers={"If-None-Match": tag}).status_code == 200


def test_csv_has_a_line_per_item(client: TestClient) -> None:
    answer = client.get("/api/v1/convergences?format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines()[0] == "a,b,c,d,net,reading,shared,objectives"
    assert len(answer.text.splitlines()) == 1 + len(client.get("/api/v1/convergences").json()["items"])


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/convergences?order=9", 422, "invalid_parameters"),
        ("/api/v1/convergences?nimporte=9", 422, "invalid_parameters"),
        ("/api/v1/convergences?project=lune", 422, "unknown_filter"),
        ("/api/v1/convergences?cursor=lune", 422, "unknown_filter"),
        ("/api/v1/convergences?at_revision=99", 404, "not_found"),
        ("/api/v1/convergences?format=pdf", 422, "invalid_parameters"),
        ("/api/v1/mactor?format=csv", 422, "invalid_parameters"),
        ("/api/v1/alignment", 422, "invalid_parameters"),
        ("/api/v1/convergences?order=1&order=2", 422, "invalid_parameters"),
        ("/api/v1/doughnut?territory=lune&territory=mars", 422, "unknown_filter"),
        ("/api/v1/lune", 404, "not_found"),
        ("/cartes/lune", 404, "not_found"),
    ],
)
def test_every_refusal_is_a_problem_document_in_french(
    client: TestClient, path: str, status: int, code: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"/problems/{code.replace('_', '-')}"
    assert body["detail"]


def test_pages_are_guarded_by_a_strict_policy(client: TestClient) -> None:
    for path in ("/", "/zones", "/cartes/convergences", "/cartes/conflits", "/cartes/acteurs", "/historique"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-security-policy"] == CSP
        assert " style=" not in answer.text
        assert " onclick=" not in answer.text


def test_pages_carry_the_scope_from_one_to_the_next(client: TestClient) -> None:
    page = client.get("/zones?project=alim&as_of=2024-04-01").text
    assert 'href="/cartes/conflits?project=alim&amp;as_of=2024-04-01"' in page


def test_a_record_opens_its_history(client: TestClient) -> None:
    page = client.get("/fiches/P1").text
    assert "mairie" in page
    assert client.get("/fiches/P999").status_code == 404


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ok", "revision": 1}


def test_the_openapi_document_describes_every_analysis(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for analysis in ANALYSES.values():
        described = {p["name"] for p in paths[f"/api/v1/{analysis.path}"]["get"]["parameters"]}
        assert {p.name for p in analysis.parameters} <= described


def test_a_map_of_many_actors_opens_on_zones_that_unfold(tmp_path: Path) -> None:
    signs = {0: (1, 1, -1), 1: (-1, 1, 1)}
    positions = [
        Position(actor=f"a{i}", objective=f"o{o}", value=3 * sign, valid_from=date(2024, 1, 1))
        for i in range(160)
        for o, sign in enumerate(signs[i % 2])
    ]
    with open_store(f"sqlite:///{tmp_path / 'many.db'}") as store:
        store.commit(
            Changes(
                {
                    "actors": [Actor(id=f"a{i}", name=f"Acteur {i}") for i in range(160)],
                    "objectives": [Objective(id=f"o{o}", name=f"Objectif {o}") for o in range(3)],
                    "positions": positions,
                }
            ),
            author="pilote",
            message="",
        )
        with TestClient(create_app(store)) as client:
            folded = client.get("/cartes/convergences").text
            zones = re.findall(r"/cartes/convergences\?zone=([0-9a-f]{12})", folded)
            assert len(zones) >= 1
            unfolded = client.get(f"/cartes/convergences?zone={zones[0]}").text
            assert "Tout replier" in unfolded
            assert "Acteur 0" in unfolded
            assert client.get("/cartes/convergences?zone=000000000000").status_code == 422
