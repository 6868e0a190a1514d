"""Writing from the pages: undoing a revision, importing a file; only from our own pages, never by surprise."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.app import create_app
from api.routers.pages.uploads import KEPT, MAX_FILES, Uploads, safe
from graph import open_store
from graph.errors import NotFound, TooLarge
from tests.api.conftest import Command

ORIGIN = {"Origin": "http://testserver", "Accept": "text/html"}
NEW = "id,nom,famille\nrecyclerie,La recyclerie,operateur\n"


def send(client: TestClient, text: str, name: str = "acteurs.csv", **headers: str) -> Response:
    return client.post(
        "/importer", files={"file": (name, text.encode(), "text/csv")}, headers={**ORIGIN, **headers}
    )


def base(text: str) -> str:
    found = re.search(r'name="base" value="(\d+)"', text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("origin", [{}, {"Origin": "null"}, {"Origin": "http://ailleurs.example"}])
def test_a_form_of_another_site_writes_nothing(client: TestClient, origin: dict[str, str]) -> None:
    for path in ("/historique/1/annuler", "/importer", "/importer/jeton"):
        answer = client.post(path, headers=origin)
        assert answer.status_code == 403, path
        assert answer.json()["code"] == "forbidden"
    assert "Révision 1" in client.get("/historique/1").text
    assert client.get("/historique/2").status_code == 404


def test_undoing_writes_a_revision_that_says_so(client: TestClient, command: Command) -> None:
    command("merge", "producteurs", "marche")
    answer = client.post("/historique/2/annuler", headers=ORIGIN)
    assert str(answer.url).endswith("/historique/3")
    assert "annule la révision" in answer.text
    assert "Annulée par la révision" in client.get("/historique/2").text
    assert client.get("/acteurs/marche").status_code == 200


def test_an_undo_that_would_lose_something_says_what_was_touched_since(
    client: TestClient, command: Command
) -> None:
    command("merge", "producteurs", "marche")
    answer = client.post("/historique/1/annuler", headers=ORIGIN)
    assert answer.status_code == 409
    assert "Touchées depuis" in answer.text
    assert 'role="alert"' in answer.text
    assert client.get("/historique/3").status_code == 404


def test_a_file_is_tried_then_written_as_one_revision(client: TestClient) -> None:
    tried = send(client, NEW)
    assert "La recyclerie" in tried.text
    assert client.get("/acteurs/recyclerie").status_code == 404
    done = client.post(
        str(tried.url),
        data={"action": "apply", "base": base(tried.text), "message": "Entretien"},
        headers=ORIGIN,
    )
    assert str(done.url).endswith("/historique/2")
    assert "Entretien" in done.text
    assert client.get("/acteurs/recyclerie").status_code == 200
    assert client.get(str(tried.url)).status_code == 404


def test_every_error_is_listed_and_nothing_can_be_applied(client: TestClient) -> None:
    tried = send(client, "acteur,objectif,valeur\namap,panier,9\nlune,panier,2\n", "positions.csv")
    assert tried.text.count("<li>positions.csv") == 2
    assert "disabled" in tried.text
    assert "2 erreurs à corriger" in tried.text
    client.post(str(tried.url), data={"action": "apply", "base": base(tried.text)}, headers=ORIGIN)
    assert client.get("/historique/2").status_code == 404


def test_an_actor_that_may_be_known_is_proposed_and_merged_on_demand(client: TestClient) -> None:
    tried = send(client, "id,nom\nles-producteurs,Producteurs\n")
    assert "choice:merge:acteurs:2" in tried.text
    answers = {"choice:merge:acteurs:2": "producteurs", "action": "check", "base": base(tried.text)}
    checked = client.post(str(tried.url), data=answers, headers=ORIGIN)
    assert checked.status_code == 200
    assert 'value="producteurs" checked' in checked.text
    client.post(str(tried.url), data={**answers, "action": "apply"}, headers=ORIGIN)
    assert client.get("/donnees/acteurs/les-producteurs").status_code == 404


def test_flows_ask_in_words_what_their_file_does_not_say(client: TestClient) -> None:
    ends = [(a, b) for a in range(1, 12) for b in range(1, 12) if a != b]
    rows = "\n".join(f"751{a:02},751{b:02},{100 + a}" for a, b in ends)
    tried = send(client, f"origine,destination,quantite\n{rows}\n", "comptages.csv")
    assert "De quel type sont ces flux ?" in tried.text
    assert "domicile-travail" in tried.text
    assert "La source laisse-t-elle de côté les petits flux ?" in tried.text
    answers = {"choice:kind": "commuting", "choice:truncated": "yes", "base": base(tried.text)}
    done = client.post(str(tried.url), data={**answers, "action": "apply"}, headers=ORIGIN)
    assert str(done.url).endswith("/historique/2")
    flows = client.get("/api/v1/flows?limit=1").json()["items"]
    assert (flows[0]["kind"], flows[0]["truncated"]) == ("commuting", True)


def test_what_was_seen_is_what_is_written(client: TestClient, command: Command) -> None:
    tried = send(client, NEW)
    command("merge", "producteurs", "marche")
    again = client.post(str(tried.url), data={"action": "apply", "base": base(tried.text)}, headers=ORIGIN)
    assert again.status_code == 409
    assert "a changé depuis cet essai" in again.text
    assert client.get("/acteurs/recyclerie").status_code == 404
    client.post(str(tried.url), data={"action": "apply", "base": base(again.text)}, headers=ORIGIN)
    assert client.get("/acteurs/recyclerie").status_code == 200


def test_a_file_that_is_none_says_so_and_is_forgotten(client: TestClient) -> None:
    for name in ("photo.xlsx", "..", "lettre.pdf"):
        refused = send(client, "<html>", name)
        assert refused.status_code == 422, name
        assert 'role="alert"' in refused.text
    empty = client.post("/importer", files={"other": ("a.csv", b"", "text/csv")}, headers=ORIGIN)
    assert "Choisissez d" in empty.text


def test_a_file_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    answer = client.post("/importer", content=b"", headers={**ORIGIN, "Content-Length": str(1 << 30)})
    assert answer.status_code == 413
    assert '<p class="refused" role="alert">Envoi trop grand : au plus 100 Mo ici.</p>' in answer.text


def test_a_file_beyond_the_limit_is_told_on_a_page_and_over_http(command: Command) -> None:
    sent = {"file": ("a.csv", b"x" * 2_000_000)}
    with open_store(command.url) as store, TestClient(create_app(store, upload_megabytes=2)) as client:
        page = client.post("/importer", files=sent, headers=ORIGIN)
        api = client.post("/api/v1/imports", files=sent)
        assert (page.status_code, api.status_code) == (413, 413)
        assert page.headers["content-type"].startswith("text/html")
        assert "Envoi trop grand : au plus 2 Mo ici." in page.text
        assert api.json()["detail"] == "Envoi trop grand : au plus 2 Mo ici."
        assert "2 Mo" in client.get("/importer").text
        assert store.head() == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Bureau\\mes acteurs.xlsx", "mes acteurs.xlsx"),
        ("..", "fichier"),
        ("", "fichier"),
        ("a<b>|c.csv", "a_b_c.csv"),
        ("x" * 500 + ".xlsx", "x" * 80 + ".xlsx"),
    ],
)
def test_names_of_files_are_made_safe(sent: str, kept: str) -> None:
    assert safe(sent) == kept


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_sendings_are_few_and_soon_removed() -> None:
    clock = Clock()
    uploads = Uploads(clock=clock)
    tokens = [uploads.keep([("a.csv", io.BytesIO(b"id"))]) for _ in range(KEPT)]
    paths = [uploads.of(token).path for token in tokens]
    assert all(path.is_file() for path in paths)
    uploads.keep([("a.csv", io.BytesIO(b"id"))])
    assert not paths[0].exists()
    with pytest.raises(NotFound):
        uploads.of(tokens[0])
    uploads.drop(tokens[1])
    assert not paths[1].exists()
    clock.now = 4000.0
    with pytest.raises(NotFound):
        uploads.of(tokens[2])
    uploads.keep([("b.csv", io.BytesIO(b"id"))])
    assert not paths[3].exists()
    with pytest.raises(TooLarge):
        uploads.keep([(f"{n}.csv", io.BytesIO(b"")) for n in range(MAX_FILES + 1)])


def test_a_sending_beyond_the_limit_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("api.routers.pages.uploads.tempfile.mkdtemp", lambda prefix: str(tmp_path))
    with pytest.raises(TooLarge):
        Uploads(most=10).keep([("a.csv", io.BytesIO(b"x" * 11))])
    assert list(tmp_path.glob("*")) == []
