"""Laid-out maps are kept until the next revision and no longer: nobody erased, or renamed since, stays on one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from graph import Changes, Store, open_store
from graph.model import Actor, Influence, Position
from tests.api.conftest import Command
from tests.api.test_formats import text_of
from viz import KINDS

MARK = "zq-une-personne"
DAY = date(2024, 3, 12)
SHAPES = ("html", "json", "svg", "csv", "xlsx", "graphml", "gexf")
NAMING = ("actors", "convergence", "conflict", "zones", "influence", "project")
"""Kinds on which somebody with positions and an influence shows."""


@pytest.fixture
def store(command: Command) -> Iterator[Store]:
    """The sheets, with a person who takes part in everything."""
    with open_store(command.url) as opened:
        person = Actor(
            id="p", name=MARK, person=True, lawful_basis="mission", informed_on=DAY, family="service"
        )
        said = [
            Position(actor="p", objective="panier", value=-4, valid_from=DAY),
            Position(actor="p", objective="place", value=4, valid_from=DAY),
            Position(actor="p", objective="prix", value=3, valid_from=DAY),
        ]
        weight = Influence(source_actor="p", target_actor="mairie", value=3, valid_from=DAY)
        opened.commit(
            Changes({"actors": [person], "positions": said, "influences": [weight]}),
            author="essai",
            message="essai",
        )
        yield opened


def faces(client: TestClient) -> dict[str, str]:
    """Every map as every file and as a page, with its printed face."""
    found = {}
    for kind, page in KINDS.items():
        asked = "project=alim" if kind == "project" else ""
        for shape in SHAPES:
            answer = client.get(f"/api/v1/maps/{kind}?format={shape}&{asked}")
            assert answer.status_code == 200, (kind, shape, answer.text)
            found[f"{kind} {shape}"] = text_of(answer.content)
        for path in (f"/cartes/{page}", f"/cartes/{page}/imprimer"):
            found[path] = client.get(f"{path}?{asked}").text
    return found


def test_an_erased_person_is_on_no_map_any_more(store: Store, command: Command) -> None:
    with TestClient(create_app(store)) as client:
        before = faces(client)
        shown = {name for name, text in before.items() if MARK in text}
        assert {f"{kind} {shape}" for kind, shape in product(NAMING, ("html", "json"))} <= shown
        with open_store(command.url) as other:  # as the command does beside a server
            other.erase_subject("p")
        assert [name for name, text in faces(client).items() if MARK in text] == []


def test_a_map_shows_the_name_of_the_latest_revision(store: Store) -> None:
    with TestClient(create_app(store)) as client:
        assert "Nouveau nom" not in client.get("/cartes/acteurs").text
        renamed = client.patch("/api/v1/actors/amap", json={"name": "Nouveau nom"}, headers={"If-Match": "*"})
        assert renamed.status_code == 200
        for path in ("/cartes/acteurs", "/api/v1/maps/actors", "/api/v1/maps/actors?format=svg"):
            assert "Nouveau nom" in client.get(path).text, path
