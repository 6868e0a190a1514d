"""One application serves many tests: what one of them writes or says is not there for the next."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from graph import Changes, open_store
from graph.model import Actor
from tests.api.conftest import Command

# on one worker, else the second would not come after the first
pytestmark = [
    pytest.mark.xdist_group("shared-application"),
    pytest.mark.parametrize("turn", ["first", "next"]),
]

NEW = "/api/v1/actors/neuf"


def test_what_is_said_to_the_client(client: TestClient, turn: str) -> None:
    """Nothing is written here: both are served by the same application."""
    assert "x-said" not in client.headers, turn
    assert not client.cookies, turn
    client.headers["x-said"] = turn
    client.cookies.set("lang", "en")


def test_what_is_written_over_http(client: TestClient, turn: str) -> None:
    assert client.get(NEW).status_code == 404, turn
    assert client.post("/api/v1/actors", json={"id": "neuf", "name": "Neuf"}).status_code == 201
    assert client.get(NEW).status_code == 200


def test_what_is_written_beside_the_client(client: TestClient, command: Command, turn: str) -> None:
    assert client.get(NEW).status_code == 404, turn
    with open_store(command.url) as store:
        store.commit(Changes({"actors": [Actor(id="neuf", name="Neuf")]}), author="essai", message="essai")
    assert client.get(NEW).status_code == 200


def test_what_is_written_without_a_client(command: Command, turn: str) -> None:
    with open_store(command.url) as store:
        assert store.head() == 1, turn
        store.commit(Changes({"actors": [Actor(id="neuf", name="Neuf")]}), author="essai", message="essai")
