"""Pages about territories: what each says against what was written, and what each refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from graph import Changes, open_store
from graph.model import Actor, Experiment, Flow, Indicator, Narrative, Pact, Territory, Threshold


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Two groups of communes and what lies between them."""
    facts = Changes(
        puts={
            "territories": [
                Territory(
                    id="E1", name="Val", type="epci", population=12345, competences=("1505", "fours à pain")
                ),
                Territory(id="E2", name="Coteau", type="epci"),
                Territory(id="C1", name="Bourg", type="commune", parents=("E1",), lat=48.0, lon=2.0),
            ],
            "actors": [Actor(id="A1", name="La boulangerie", territory="C1")],
            "flows": [
                Flow(
                    origin=a,
                    destination=b,
                    kind="commuting",
                    quantity=q,
                    unit="actifs",
                    year=2020,
                    source="essai",
                )
                for a, b, q in (("E1", "E2", 30.0), ("E1", "E1", 70.0), ("E2", "E1", 5.0), ("E2", "E2", 95.0))
            ],
            "indicators": [Indicator(territory="E1", indicator="Haies", year=2021, value=30.0, unit="m/ha")],
            "thresholds": [
                Threshold(indicator="Haies", dimension="biodiversité", floor=60.0, direction="haut")
            ],
            "pacts": [
                Pact(id="K1", title="Pacte des fours", parties=("E1", "E2"), articles=("Cuire ensemble",)),
                Pact(
                    id="K0",
                    title="Vieux pacte",
                    parties=("E2",),
                    review_on=date(2020, 1, 1),
                    signed_on=date(2019, 1, 1),
                ),
            ],
            "narratives": [
                Narrative(
                    id="N1",
                    date=date(2019, 1, 2),
                    kind="evenement",
                    title="La signature",
                    text="Devant le four.",
                    pacts=("K0",),
                )
            ],
            "experiments": [
                Experiment(id="X1", question="Et si on cuisait ensemble ?", territory="C1", test="Un jour")
            ],
        }
    )
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('site') / 'store.db'}") as store:
        store.commit(facts, author="essai", message="essai")
        with TestClient(
            create_app(store),
            base_url="http://127.0.0.1",
            client=("127.0.0.1", 50000),
            headers={"accept": "text/html"},
        ) as client:
            yield client


def said(site: TestClient, address: str, code: int = 200) -> str:
    answer = site.get(address)
    assert answer.status_code == code, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.replace("&#39;", "'")))


def test_the_list_finds_by_name_whatever_the_accents(site: TestClient) -> None:
    assert "12\u202f345" in site.get("/territoires").text
    text = site.get("/territoires?q=CÔTEAU").text
    assert ">Coteau</a>" in text
    assert ">Val</a>" not in text
    assert "Aucun territoire de ce nom" in said(site, "/territoires?q=lune")
    assert said(site, "/territoires?page=2", 404)


def test_a_card_says_what_is_held_and_what_leaves(site: TestClient) -> None:
    text = said(site, "/territoires/E1")
    assert "fours à pain" in text
    # 30 of 100 leave, all to one place: HHI 1, vulnerability 0.3
    assert "Dépendance 30 % · autonomie 70 % · vulnérabilité 30 %" in text
    assert "La boulangerie" in text
    assert "Pacte des fours" in text
    assert "Vieux pacte" not in text
    assert "Et si on cuisait ensemble ?" in text
    assert "−50 %" in text
    assert "Pas encore dit : hypothèse, premier pas, résultat" in text
    links = site.get("/territoires/E1").text
    assert "/fiches/F1" in links
    assert said(site, "/territoires/LUNE", 404)


def test_the_sheet_opens_with_two_and_every_line_has_its_records(site: TestClient) -> None:
    assert "Dépendances mutuelles" not in said(site, "/territoires/negociation?territory=E1")
    page = site.get("/territoires/negociation?territory=E1&territory=E2").text
    document = site.get("/api/v1/negotiation?territory=E1&territory=E2").json()
    assert {item["kind"] for item in document["items"]} >= {"dependency"}
    for item in document["items"]:
        for record in item["records"]:
            assert f"/fiches/{record}" in page
    assert "Pacte des fours" in page
    assert "/donnees/pactes" in page
    for refused in ("territory=E1&territory=LUNE", "territory=E1&territory=C1"):
        assert said(site, f"/territoires/negociation?{refused}", 422)


def test_pacts_due_come_first(site: TestClient) -> None:
    text = said(site, "/pactes")
    assert text.index("Vieux pacte") < text.index("Pacte des fours")
    assert "échéance passée" in text
    assert "Pas encore signé" in text


def test_a_pact_is_among_the_narratives(site: TestClient) -> None:
    text = said(site, "/recits")
    # the review of 2020, the event, the signature: the latest first; the draft has no day
    found = [text.index(one) for one in ("Pacte à revoir", "La signature", "Pacte signé")]
    assert found == sorted(found)
    assert "Devant le four." in text
    assert "Pacte des fours" not in text
    assert "Raconté par La signature" in said(site, "/pactes")
    items = site.get("/api/v1/chronicle").json()["items"]
    assert [item["kind"] for item in items] == ["pact_to_review", "evenement", "pact_signed"]
    assert "Vieux pacte" in said(site, "/recits?territory=E2")
    assert "Vieux pacte" not in said(site, "/recits?territory=E1")


def test_charts_answer_in_every_face(site: TestClient) -> None:
    for chart in ("donut", "matrice"):
        assert site.get(f"/territoires/{chart}/svg").headers["content-type"] == "image/svg+xml"
        assert site.get(f"/territoires/{chart}/csv").text.count("\n") >= 2
        assert said(site, f"/territoires/{chart}/lune", 404)
    rows = site.get("/territoires/matrice/csv").text
    assert "0.3" in rows.replace(",", ".")
    assert said(site, "/territoires/donut?territory=LUNE", 422)
    assert said(site, "/territoires/donut?size=lune", 422)


def test_the_map_of_flows_asks_and_refuses(site: TestClient) -> None:
    page = site.get("/cartes/flux?kind=commuting&scale=epci").text
    assert '<option value="commuting" selected>' in page
    assert "Sans lieu connu" in page
    assert "actifs" in page
    assert said(site, "/cartes/flux?kind=lune", 422)
    assert said(site, "/cartes/flux?heat=lune", 422)
    assert "« scale »" in said(site, "/cartes/interdependances?scale=lune", 422)
