"""Official territories as people ask for them: command and HTTP, found by code or name, added once.

Expected values: INSEE's official geographic code 2026 (names, nesting, legal populations), BANATIC (competences).
"""

from __future__ import annotations

import csv
import html
import io
import itertools
import json

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from graph import Changes, open_store
from graph.model import Actor, Territory
from tests.api.conftest import Command

GRAND_PARIS = "200054781"


@pytest.mark.parametrize("text", [GRAND_PARIS, "métropole du grand paris", "METROPOLE DU GRAND PARIS"])
def test_a_territory_is_shown_by_code_or_name(bare: Command, text: str) -> None:
    document = json.loads(bare("territories", "show", text, "--json", store=False).stdout)
    assert (document["code"], document["name"], document["form"]) == (
        GRAND_PARIS,
        "Métropole du Grand Paris",
        "METRO",
    )
    assert [p["code"] for p in document["within"]] == ["R11"]
    types = [member["type"] for member in document["members"]]
    assert (types.count("ept"), types.count("commune")) == (11, 130)
    held = {c["code"]: c["label"] for c in document["competences"]}
    assert held["1502"] == "Eau (Traitement, Adduction, Distribution)"
    assert held["1520"] is None
    assert document["outline"]
    assert document["point"] == {"lat": 48.84324, "lon": 2.40137}
    assert any("SCoT" in sentence for sentence in document["missing"])


def test_for_people_a_code_without_label_shows_its_code(bare: Command) -> None:
    shown = bare("territories", "show", GRAND_PARIS, store=False).stdout
    assert "· 1520 ·" in " ".join(shown.split())
    assert "Licence Ouverte 2.0" in shown


def test_an_old_code_leads_to_the_commune_of_today(bare: Command) -> None:
    document = json.loads(bare("territories", "show", "74011", "--json", store=False).stdout)
    assert (document["code"], document["name"], document["asked"]) == ("74010", "Annecy", "74011")
    assert {"code": "74011", "name": "Annecy-le-Vieux", "since": None} in document["old_codes"]
    assert document["point"] is None
    assert not document["outline"]
    assert "point inconnu" in document["missing"]


def test_an_old_code_is_said_to_be_one(bare: Command) -> None:
    shown = bare("territories", "show", "93059", store=False).stdout
    assert "93059 (Pierrefitte-sur-Seine) est un ancien code de 93066" in shown
    assert "est un ancien code" not in bare("territories", "show", "93066", store=False).stdout


def test_homonyms_are_told_with_their_departement(bare: Command) -> None:
    told = bare("territories", "show", "saint-denis", code=2, store=False).stderr
    assert "93066 Saint-Denis (commune, Seine-Saint-Denis)" in told
    assert "11339 Saint-Denis (commune, Aude)" in told


def test_an_ambiguous_name_lists_codes_and_exits_2(bare: Command) -> None:
    result = bare("territories", "show", "Paris", code=2, store=False)
    assert result.stdout == ""
    assert "D75 Paris (département)" in result.stderr
    assert "75056 Paris (commune)" in result.stderr


def test_an_unknown_name_proposes_the_nearest_and_exits_2(bare: Command) -> None:
    assert "200054781" in bare("territories", "show", "métropol du gran pari", code=2, store=False).stderr
    assert "Vouliez-vous dire" in bare("territories", "show", "74999", code=2, store=False).stderr
    assert "Vouliez-vous" not in bare("territories", "show", "zzzzqqq", code=2, store=False).stderr


def test_search_lists_homonyms_with_where_they_are(bare: Command) -> None:
    listed = bare("territories", "search", "saint-denis", store=False).stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["97411", "93066", "11339", "30247"]
    assert "Plaine Commune" in listed[1]


def test_added_with_members_in_one_revision_then_nothing_changes(bare: Command) -> None:
    dry = bare("territories", "add", "plaine commune", "--with-members", "--dry-run")
    assert "--dry-run" in dry.stdout
    with open_store(bare.url, create=False) as store:
        assert store.head() == 0
    bare("territories", "add", "plaine commune", "--with-members")
    with open_store(bare.url, create=False) as store:
        assert store.head() == 1
        found = {t.id: t for t in store.snapshot().territories}
        assert {t.type for t in found.values()} == {"commune", "ept", "epci", "departement", "region"}
        assert len(found) == 12
        assert found["93066"].parents == (GRAND_PARIS, "200057867", "D93")
        assert "1510" in found[GRAND_PARIS].competences
        assert {t.visibility for t in found.values()} == {"public"}
        # the code of Saint-Denis under the département of the Seine (INSEE, before 1968); that of Aubervilliers,
        # 75005, reads as a postcode of Paris and leads nowhere
        assert store.aliases("territories")["75066"] == "93066"
        assert "75005" not in store.aliases("territories")
    assert "Rien à changer" in bare("territories", "add", "plaine commune", "--with-members").stdout


def test_what_the_pilot_changed_is_kept_and_told(bare: Command, tmp_path: object) -> None:
    bare("territories", "add", "93066")
    sheet = bare.folder / "territoires.csv"
    sheet.write_text("id,nom,population\n93066,Saint-Denis et Pierrefitte,150000\n", encoding="utf-8")
    bare("import", str(sheet), "--apply")
    told = bare("territories", "add", "93066")
    assert "« nom » laissé comme dans le dépôt" in told.stdout
    assert "Rien à changer" in told.stdout
    # with --update the ordinary rule holds: an earlier value again is a conflict, and the store is kept
    dry = json.loads(bare("territories", "add", "93066", "--update", "--dry-run", "--json").stdout)
    assert dry["counts"]["territories"]["conflict"] == 1
    with open_store(bare.url, create=False) as store:
        assert store.snapshot().territories["93066"].name == "Saint-Denis et Pierrefitte"


def test_what_the_pilot_left_empty_is_completed(bare: Command) -> None:
    sheet = bare.folder / "territoires.csv"
    sheet.write_text("id,nom\n93066,Ma ville\n", encoding="utf-8")
    bare("import", str(sheet), "--apply")
    bare("territories", "add", "93066")
    with open_store(bare.url, create=False) as store:
        found = store.snapshot().territories["93066"]
        assert found.name == "Ma ville"
        assert found.type == "commune"
        assert found.parents == (GRAND_PARIS, "200057867", "D93")


def test_indicators_of_a_departement(bare: Command) -> None:
    bare("territories", "add", "D94", "--indicators")
    with open_store(bare.url, create=False) as store:
        values = {
            (v.value.territory, v.value.indicator, v.value.year): v.value
            for v in store.snapshot().records("indicators")
        }
    # INSEE, ITDD: life expectancy of men in the Val-de-Marne in 2014, 81.1 years
    found = values["D94", "Espérance de vie des hommes à la naissance", 2014]
    assert (found.value, found.unit) == (81.1, "années")
    assert "INSEE" in found.source
    turnout = values["D94", "Taux de participation au premier tour des élections législatives", 2012]
    assert (turnout.value, turnout.unit) == (55.36, "%")


def test_shipped_data_are_listed_with_their_licences(bare: Command) -> None:
    entries = json.loads(bare("data", "list", "--json", store=False).stdout)
    assert "cog-2026.json.gz" in {entry["file"] for entry in entries}
    assert all(entry["licence"] for entry in entries)


def test_http_says_what_the_command_says(client: TestClient, command: Command) -> None:
    answer = client.get(f"/api/v1/reference/territories/{GRAND_PARIS}")
    assert answer.status_code == 200
    shown = command("territories", "show", GRAND_PARIS, "--json", store=False).stdout
    assert answer.json() == json.loads(shown)
    tag = answer.headers["etag"]
    again = client.get(f"/api/v1/reference/territories/{GRAND_PARIS}", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_http_searches(client: TestClient) -> None:
    answer = client.get("/api/v1/reference/territories", params={"q": "saint-denis"}).json()
    assert [item["code"] for item in answer["items"]] == ["97411", "93066", "11339", "30247"]
    assert not answer["nearest"]
    near = client.get("/api/v1/reference/territories", params={"q": "metropol du gran pari"}).json()
    assert near["nearest"]
    assert near["items"][0]["code"] == GRAND_PARIS
    assert client.get("/api/v1/reference/territories", params={"q": "zzzzqqq"}).json()["items"] == []


def test_http_as_csv(client: TestClient) -> None:
    text = client.get("/api/v1/reference/territories", params={"q": "saint-denis", "format": "csv"}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[1]["code"] == "93066"
    text = client.get(f"/api/v1/reference/territories/{GRAND_PARIS}", params={"format": "csv"}).text
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["population"] == "7142540"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/reference/territories", 422, "invalid_parameters"),
        ("/api/v1/reference/territories?q=paris&limit=0", 422, "invalid_parameters"),
        ("/api/v1/reference/territories?q=paris&colour=red", 422, "invalid_parameters"),
        ("/api/v1/reference/territories/74999", 404, "not_found"),
        ("/api/v1/reference/territories/74999?format=xlsx", 422, "invalid_parameters"),
    ],
)
def test_http_refuses(client: TestClient, path: str, status: int, code: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_page_finds_a_territory_and_its_button_leads_to_a_dry_run(client: TestClient) -> None:
    page = client.get(
        "/territoires-officiels", params={"q": "métropole du grand paris"}, headers={"accept": "text/html"}
    )
    assert page.status_code == 200
    assert "Eau (Traitement, Adduction, Distribution)" in page.text
    assert "Licence Ouverte 2.0" in page.text
    sent = client.post(
        f"/territoires-officiels/{GRAND_PARIS}",
        data={},
        headers={"origin": "http://testserver"},
        follow_redirects=False,
    )
    assert sent.status_code == 303
    dry = client.get(sent.headers["location"], headers={"accept": "text/html"})
    assert "<h1>Métropole du Grand Paris" in dry.text
    assert "rien n'est écrit" in dry.text.replace("&#39;", "'")


def test_what_the_store_says_otherwise_is_told_over_http_and_on_the_page(client: TestClient) -> None:
    address = "/api/v1/imports/territories"
    dry = client.post(address, json={"territories": ["saint-denis", "93066"]})
    # several territories have this name: the codes to choose from, and nothing kept
    assert dry.status_code == 422
    assert "93066" in dry.json()["errors"][0]["message"]
    dry = client.post(address, json={"territories": ["93066", "Plaine Commune"]})
    assert dry.status_code == 201
    found = dry.json()
    assert found["status"] == "ready"
    # Saint-Denis, its EPT, the métropole, the département and the région
    assert found["counts"]["territories"]["create"] == 5
    assert client.get("/api/v1/territories/93066").status_code == 404
    applied = client.post(f"{dry.headers['location']}/apply", json={})
    assert applied.json()["touched"] >= 5
    said = client.get("/api/v1/territories/93066")
    client.patch(
        "/api/v1/territories/93066",
        json={"name": "Saint-Denis et Pierrefitte"},
        headers={"if-match": said.headers["etag"], "content-type": "application/merge-patch+json"},
    ).raise_for_status()
    again = client.post(address, json={"territories": ["93066"]}).json()
    left = [note["text"] for note in again["notes"] if note["code"] == "left_as_stored"]
    assert left == [
        "93066 : « nom » laissé comme dans le dépôt (Saint-Denis et Pierrefitte ; officiel : Saint-Denis)."
    ]
    assert again["counts"]["territories"]["same"] == 5
    assert [n["text"] for n in client.get(f"/api/v1/imports/{again['id']}").json()["notes"]] == left
    told = client.post(address, json={"territories": ["93066"], "update": True}).json()
    # what the pilot wrote is not undone without an answer
    assert (told["counts"]["territories"]["conflict"], told["notes"]) == (1, [])
    valued = client.post(address, json={"territories": ["93066"], "indicators": True}).json()
    assert valued["counts"]["indicators"]["create"] > 0
    # Plaine Commune has eight communes since Pierrefitte-sur-Seine joined Saint-Denis (2025); one is here already
    whole = client.post(address, json={"territories": ["Plaine Commune"], "members": True}).json()
    assert whole["counts"]["territories"]["create"] == 7
    sent = client.post(
        "/territoires-officiels/93066",
        data={},
        headers={"origin": "http://testserver"},
        follow_redirects=False,
    )
    assert left[0] in html.unescape(
        client.get(sent.headers["location"], headers={"accept": "text/html"}).text
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "1 à 100"),
        ({"territories": []}, "1 à 100"),
        ({"territories": ["93066"], "all": True}, "all"),
        ({"territories": ["93066"], "members": 1}, "members"),
        ({"territories": ["métropole du gran pari"]}, "200054781"),
    ],
)
def test_a_wrong_asking_is_refused_and_says_why(client: TestClient, body: object, said: str) -> None:
    answer = client.post("/api/v1/imports/territories", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert any(said in f"{fault}" for fault in answer.json()["errors"]), answer.text


def test_the_page_lists_homonyms_and_the_nearest(client: TestClient) -> None:
    page = client.get("/territoires-officiels", params={"q": "saint-denis"}).text
    assert "97411" in page
    assert "93066" in page
    assert (
        "Vouliez-vous dire"
        in client.get("/territoires-officiels", params={"q": "metropol du gran pari"}).text
    )
    assert client.get("/territoires-officiels").status_code == 200


def test_an_import_that_names_an_absent_official_code_says_which_and_how_to_add_it(bare: Command) -> None:
    sheet = bare.folder / "flux.csv"
    sheet.write_text(
        "origine,destination,type,quantite,unite,annee\n"
        "93066,74011,commuting,120,personnes,2015\n1015,93066,commuting,1,personnes,2015\n75,nulle-part,commuting,3,personnes,2015\n",
        encoding="utf-8",
    )
    told = " ".join(bare("import", str(sheet), code=1).stdout.split())
    assert "« Saint-Denis » : agencements territories add 93066" in told
    assert "« Annecy » (74010)" in told
    assert "D75 Paris · R75 Nouvelle-Aquitaine" in told
    assert "ôté le zéro de « 01015 » (Arboys en Bugey)" in told
    assert "Ajoutez-le, ou corrigez l'identifiant" in told
    bare("territories", "add", "93066", "74011", "D75")
    sheet.write_text(
        "origine,destination,type,quantite\n93066,74011,commuting,120\nD75,93066,commuting,3\n",
        encoding="utf-8",
    )
    bare("import", str(sheet), "--apply")
    with open_store(bare.url, create=False) as store:
        flows = [version.value for version in store.snapshot().records("flows")]
        assert [(f.origin, f.destination) for f in flows] == [("93066", "74010"), ("D75", "93066")]


def test_geojson_has_the_outline_where_it_is_known_and_the_point_otherwise(bare: Command) -> None:
    bare("territories", "add", "plaine commune", "--with-members")
    path = bare.folder / "territoires.geojson"
    bare("export", str(path))
    document = json.loads(path.read_text(encoding="utf-8"))
    assert "IGN ADMIN EXPRESS" in document["attribution"]
    by_id = {item["id"]: item for item in document["features"]}
    assert by_id[GRAND_PARIS]["geometry"]["type"] == "MultiPolygon"
    for polygon in by_id[GRAND_PARIS]["geometry"]["coordinates"]:
        outer = polygon[0]
        assert outer[0] == outer[-1]
        # RFC 7946: outer rings turn anticlockwise
        assert sum(x * v - u * y for (x, y), (u, v) in itertools.pairwise(outer)) > 0
    assert by_id["93066"]["geometry"] is None
    assert "Rien à changer" in bare("import", str(path)).stdout


def test_geojson_over_http(client: TestClient) -> None:
    answer = client.get("/api/v1/export", params={"format": "geojson"})
    assert answer.headers["content-type"].startswith("application/geo+json")
    assert answer.json()["type"] == "FeatureCollection"


def test_definitions_of_indicators_are_found_by_word_or_id(bare: Command) -> None:
    found = json.loads(bare("data", "definitions", "EMISSIONS DE GAZ", "--json", store=False).stdout)
    assert {"cae_1.a"} <= {item["identifiantReferentiel"] for item in found}
    assert "kteq CO2" in bare("data", "definitions", "cae_1.a", store=False).stdout
    assert "zzz" in bare("data", "definitions", "zzz", code=2, store=False).stderr


def test_the_scope_bar_stays_short_when_a_whole_country_is_there(bare: Command) -> None:
    communes = [Territory(id=f"{k:05}", name=f"Commune {k}", type="commune") for k in range(1, 601)]
    wider = Territory(id="D01", name="Département", type="departement")
    with open_store(bare.url, create=True) as store:
        store.commit(
            Changes(
                puts={
                    "territories": [*communes, wider],
                    "actors": [Actor(id="a", name="A", territory="00007")],
                }
            ),
            author="test",
            message="",
        )
        with TestClient(create_app(store)) as found:
            page = found.get("/acteurs", params={"territory": "00009"}).text
    assert '<option value="D01"' in page
    assert '<option value="00007"' in page
    assert '<option value="00009" selected' in page
    assert '<option value="00008"' not in page
