"""The pages over a small store: what each says, and what each refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routers.pages import dashboard
from graph import open_store
from viz import KINDS

PAGES = (
    "/",
    "/zones",
    "/acteurs",
    "/acteurs/amap",
    "/objectifs",
    "/objectifs/panier",
    "/positions",
    "/positions/marche/panier",
    "/influences",
    "/donnees",
    "/donnees/positions",
    "/donnees/projets/alim",
    "/tensions",
    "/territoires-officiels",
    "/territoires",
    "/territoires/negociation",
    "/pactes",
    "/experiences",
    "/recits",
    "/territoires/donut",
    "/territoires/matrice",
    "/cartes/flux",
    "/cartes/interdependances",
    "/importer",
    "/historique/1",
    "/fiches/P1",
    "/historique",
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    address = f"sqlite:///{tmp_path_factory.mktemp('vide') / 'vide.db'}"
    with open_store(address) as store, TestClient(create_app(store)) as found:
        yield found


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["", "lang=en"])
def test_every_page_answers_in_both_languages_without_anything_inline(
    client: TestClient, path: str, lang: str
) -> None:
    answer = client.get(f"{path}?{lang}")
    assert answer.status_code == 200
    assert f'<html lang="{"en" if lang else "fr"}">' in answer.text
    assert " style=" not in answer.text
    assert "<style" not in answer.text
    assert answer.text.count("<h1") == 1


def test_actors_are_sorted_by_the_column_of_the_address(client: TestClient) -> None:
    def order(sort: str) -> list[int]:
        text = client.get(f"/acteurs?sort={sort}").text
        names = ("La mairie", "L&#39;AMAP", "Les commerçants", "Les producteurs")
        return [text.index(f">{name}") for name in names]

    by_name = order("name")
    assert sorted(by_name) == [by_name[k] for k in (1, 0, 2, 3)]
    by_known = order("-known")
    assert by_known[0] == max(by_known)
    assert client.get("/acteurs?sort=lune").status_code == 422
    assert client.get("/acteurs?page=2").status_code == 404


def test_a_scope_goes_along_every_link(client: TestClient) -> None:
    text = client.get("/acteurs?project=alim&lang=en").text
    assert "/acteurs/amap?project=alim&amp;lang=en" in text
    assert "/positions?project=alim&amp;lang=en" in text


def test_a_card_says_what_an_actor_wants_and_whom_it_bears(client: TestClient) -> None:
    text = client.get("/acteurs/amap").text
    assert ">+4<" in text
    assert "Vendre en paniers" in text
    assert "Version 1" in text
    assert client.get("/acteurs/lune").status_code == 404


def test_what_is_refused_to_a_browser_is_said_on_a_page(client: TestClient) -> None:
    answer = client.get("/acteurs/lune", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Acteur inconnu" in answer.text


def test_a_grid_prints_every_value_with_its_sign_and_leaves_the_unknown_empty(client: TestClient) -> None:
    text = client.get("/positions").text
    assert text.count('role="gridcell" class="m2"') == 1
    assert ">−2<" in text
    assert text.count('class="unknown" data-name') == 4 * 3 - 7
    assert "7 positions connues sur 12" in text


def test_a_grid_of_one_actor_has_one_row(client: TestClient) -> None:
    assert client.get("/positions?actor=amap").text.count('role="rowheader"') == 1 + 1
    assert client.get("/positions?actor=lune").status_code == 404
    assert client.get("/influences?months=6").status_code == 422


def test_a_cell_opens_the_statements_behind_it(client: TestClient) -> None:
    assert "/positions/marche/panier" in client.get("/positions").text
    text = client.get("/positions/marche/panier").text
    assert "12/03/2024" in text
    assert "/fiches/P4" in text
    assert client.get("/positions/marche/lune").status_code == 404


def test_an_objective_counts_who_is_for_and_against_and_who_is_unknown(client: TestClient) -> None:
    text = " ".join(client.get("/objectifs/panier").text.split())
    assert "2 pour" in text
    assert "1 contre" in text
    assert "1 inconnue" in text


def test_the_map_of_a_project_asks_which_and_that_of_evolution_takes_two_days(client: TestClient) -> None:
    for path in ("/cartes/projet", "/cartes/projet?project=alim", "/cartes/evolution"):
        assert client.get(path).status_code == 200, path
    assert client.get("/cartes/projet?project=lune").status_code == 422
    assert client.get("/cartes/evolution?from=2024-01-01&to=2024-12-31").status_code == 200
    for wrong in ("from=2024-12-31&to=2024-01-01", "from=2024-01-01", "from=hier&to=2024-01-01"):
        assert client.get(f"/cartes/evolution?{wrong}").status_code == 422, wrong
    assert client.get("/cartes/acteurs?from=2024-01-01").status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/zones", "/acteurs", "/objectifs", "/positions", "/influences", "/donnees/recits"),
        *(f"/cartes/{kind}" for kind in KINDS.values() if kind not in ("territoires", "evolution", "projet")),
    ],
)
def test_an_empty_store_says_so_in_a_sentence_with_something_to_do(empty: TestClient, path: str) -> None:
    answer = empty.get(path)
    assert answer.status_code == 200
    said = re.findall(r'<p class="(?:empty|nothing)">(.*?)</p>', answer.text)
    assert len(said) == 1
    assert 'href="/importer"' in said[0]


def test_a_large_cartography_opens_without_working_out_its_zones(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Calculer les zones" not in client.get("/").text
    monkeypatch.setattr(dashboard, "ZONES_AT_ONCE", 1)
    assert "Calculer les zones" in client.get("/").text


def test_an_empty_scope_offers_to_leave_it(client: TestClient) -> None:
    text = client.get("/cartes/acteurs", params={"as_of": "1900-01-01", "family": "elu"}).text
    assert '<a href="/cartes/acteurs">Voir tout le territoire</a>' in text
