"""Who is let in, as whom, and how tokens are kept (design §9)."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.access import LOOPBACK_HOSTS, Access, Tokens
from api.app import create_app
from api.settings import InvalidSetting, settings
from graph import open_store
from tests.api.conftest import Command

ROLES = {"pilot": "pilotes", "analyst": "partenaires", "screen": "public"}


@pytest.fixture
def secrets(command: Command) -> dict[str, str]:
    return {
        role: command("token", "add", "--role", role, "--name", f"le {role}").stdout.strip() for role in ROLES
    }


@pytest.fixture
def door(command: Command, secrets: dict[str, str]) -> Iterator[TestClient]:
    """A store served beyond loopback."""
    tokens = Tokens(command.folder / "agencements-tokens.json")
    with (
        open_store(command.url, create=False) as store,
        TestClient(create_app(store, Access(tokens, required=True))) as found,
    ):
        yield found


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_only_hashes_are_kept_in_a_private_file(command: Command, secrets: dict[str, str]) -> None:
    path = command.folder / "agencements-tokens.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text(encoding="utf-8")
    kept = {t["role"]: t["sha256"] for t in json.loads(text)["tokens"]}
    assert kept == {role: hashlib.sha256(s.encode()).hexdigest() for role, s in secrets.items()}
    assert not any(secret in text for secret in secrets.values())
    assert len({len(secret) >= 43 for secret in secrets.values()}) == 1


def test_listing_tells_names_and_roles_only(command: Command, secrets: dict[str, str]) -> None:
    for printed in (command("token", "list"), command("token", "list", "--json")):
        assert "le analyst" in printed.stdout
        for secret in secrets.values():
            assert secret not in printed.stdout
            assert hashlib.sha256(secret.encode()).hexdigest() not in printed.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "--role", "roi", "--name", "x"),
        ("add", "--role", "pilot", "--name", " "),
        ("add", "--role", "pilot", "--name", "a\nb"),
        ("revoke", "personne"),
    ],
)
def test_wrong_token_commands_are_refused(bare: Command, arguments: tuple[str, ...]) -> None:
    assert bare("token", *arguments, code=1).stderr.strip()


def test_a_name_is_given_once(command: Command, secrets: dict[str, str]) -> None:
    assert "existe déjà" in command("token", "add", "--role", "pilot", "--name", "le pilot", code=1).stderr


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer nimporte"},
        {"Authorization": "Basic cGlsb3RlOnBpbG90ZQ=="},
        {"Authorization": "Bearer pilote"},
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/v1/convergences",
        "/api/v1/openapi.json",
        "/metrics",
        "/static/grid.js",
        "/lune",
        "/cartes/conflits",
    ],
)
def test_without_a_known_token_everything_is_401(
    door: TestClient, path: str, headers: dict[str, str]
) -> None:
    answer = door.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "unauthenticated"


def test_supervisors_need_no_token(door: TestClient) -> None:
    assert door.get("/health").status_code == 200
    assert door.get("/ready").status_code == 200


def test_what_a_screen_may_not_see_is_not_in_its_files(door: TestClient, secrets: dict[str, str]) -> None:
    asked = {"headers": bearer(secrets["screen"]), "params": {"format": "csv"}}
    text = door.get("/donnees/positions", **asked).text
    assert len(text.splitlines()) == 1 + 6
    assert "producteurs,panier" not in text


def test_each_role_reads_at_its_level(door: TestClient, secrets: dict[str, str]) -> None:
    stated = {
        role: door.get("/api/v1/convergences", headers=bearer(secret)).json()["coverage"]["positions"][
            "stated"
        ]
        for role, secret in secrets.items()
    }
    assert stated == {"pilot": 7, "analyst": 6, "screen": 6}


def test_the_etag_of_one_level_is_not_that_of_another(door: TestClient, secrets: dict[str, str]) -> None:
    tags = {
        door.get("/api/v1/convergences", headers=bearer(secret)).headers["etag"]
        for secret in secrets.values()
    }
    assert len(tags) == 3
    pilots = door.get("/api/v1/convergences", headers=bearer(secrets["pilot"]))
    again = {**bearer(secrets["screen"]), "If-None-Match": pilots.headers["etag"]}
    assert door.get("/api/v1/convergences", headers=again).status_code == 200
    assert "Authorization" in pilots.headers["vary"]


def test_a_revoked_token_is_refused_at_once_and_the_last_one_opens_nothing(
    door: TestClient, command: Command, secrets: dict[str, str]
) -> None:
    assert door.get("/api/v1/convergences", headers=bearer(secrets["analyst"])).status_code == 200
    for role in ROLES:
        command("token", "revoke", f"le {role}")
        assert door.get("/api/v1/convergences", headers=bearer(secrets[role])).status_code == 401
    assert door.get("/api/v1/convergences").status_code == 401


def test_a_broken_file_of_tokens_lets_nobody_in(
    door: TestClient, command: Command, secrets: dict[str, str]
) -> None:
    for text in (
        "{",
        "[]",
        '{"tokens": [{"id": 1}]}',
        '{"tokens": [{"id":"a","name":"b","role":"roi","sha256":"","created":""}]}',
    ):
        (command.folder / "agencements-tokens.json").write_text(text, encoding="utf-8")
        assert door.get("/api/v1/convergences", headers=bearer(secrets["pilot"])).status_code == 503, text


def test_without_tokens_only_this_machine_under_its_own_name(command: Command) -> None:
    access = Access(Tokens(command.folder / "none.json"), LOOPBACK_HOSTS)
    with open_store(command.url) as store, TestClient(create_app(store, access)) as client:
        for host in ("127.0.0.1:8000", "localhost", "[::1]:8000"):
            assert client.get("/api/v1/convergences", headers={"Host": host}).status_code == 200, host
        for host in ("ailleurs.example", "127.0.0.1.ailleurs.example", "", "[::1"):
            assert client.get("/api/v1/convergences", headers={"Host": host}).status_code == 403, host


def test_once_there_is_a_token_loopback_needs_one_too(command: Command, secrets: dict[str, str]) -> None:
    access = Access(Tokens(command.folder / "agencements-tokens.json"), LOOPBACK_HOSTS)
    with open_store(command.url) as store, TestClient(create_app(store, access)) as client:
        assert client.get("/api/v1/convergences", headers={"Host": "127.0.0.1"}).status_code == 401


def test_another_site_cannot_write(client: TestClient) -> None:
    for origin in ("https://ailleurs.example", "null", "http://testserver:81"):
        answer = client.post("/api/v1/imports", headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), origin


def test_serving_beyond_loopback_without_tokens_says_what_to_do(command: Command) -> None:
    refused = command("serve", "--host", "0.0.0.0", code=2).stderr
    assert "agencements token add" in refused


def test_tokens_lie_beside_their_store() -> None:
    at = settings({}).tokens_path
    assert at("sqlite:///a/b.db") == Path("a/agencements-tokens.json")
    assert at("sqlite:////var/b.db") == Path("/var/agencements-tokens.json")
    assert at("neo4j://host") == Path("agencements-tokens.json")
    assert settings({"AGENCEMENTS_TOKENS": "/x.json"}).tokens_path("neo4j://host") == Path("/x.json")


def test_a_setting_that_means_nothing_is_told() -> None:
    with pytest.raises(InvalidSetting, match="AGENCEMENTS_UPLOAD_LIMIT"):
        settings({"AGENCEMENTS_UPLOAD_LIMIT": "beaucoup"})
