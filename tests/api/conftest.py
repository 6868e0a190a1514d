"""A small store on disk, made by the command's own import, and clients over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from api.app import create_app
from api.cli import app
from graph import open_store

SHEETS = {
    "acteurs": """id,nom,famille,visibilite
mairie,La mairie,service,public
amap,L'AMAP,beneficiaire,public
marche,Les commerçants du marché,operateur,public
producteurs,Les producteurs,operateur,public
""",
    "territoires": """id,nom,type,visibilite
ville,Ville,commune,public
voisine,Voisine,commune,public
""",
    "objectifs": """id,nom,porteurs,visibilite
place,Faire vivre la place du marché,mairie; marche,public
panier,Vendre en paniers,amap,public
prix,Payer un prix juste,amap,public
""",
    "liens_objectifs": """de,vers,nature
place,panier,contredit
""",
    "positions": """acteur,objectif,valeur,date,visibilite
mairie,place,3,2024-03-12,public
amap,panier,4,2024-03-12,public
marche,place,4,2024-03-12,public
marche,panier,-2,2024-03-12,public
producteurs,prix,3,2024-03-12,public
producteurs,panier,2,2024-03-12,pilotes
amap,prix,3,2024-03-12,public
""",
    "projets": """id,nom,visibilite
alim,Bien se nourrir,public
""",
    "cibles": """projet,objectif,visibilite
alim,panier,public
alim,prix,public
""",
}

NEEDED: dict[str, dict[str, str | list[str]]] = {
    "alignment": {"project": "alim"},
    "evolution": {"from": "2023-01-01", "to": "2024-06-30"},
    "negotiation": {"territory": ["ville", "voisine"]},
}
"""Parameters without which an analysis does not answer."""


def options(analysis: str) -> list[str]:
    """The same on the command line."""
    return [
        part
        for name, given in NEEDED.get(analysis, {}).items()
        for value in (given if isinstance(given, list) else [given])
        for part in (f"--{name}", value)
    ]


class Command:
    """The command line over one store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'store.db'}"
        self._runner = CliRunner()

    def __call__(self, *arguments: str, code: int = 0, store: bool = True) -> Result:
        every = [*arguments, *(["--store", self.url] if store else [])]
        result = self._runner.invoke(app, every, catch_exceptions=False)
        assert result.exit_code == code, (every, result.exit_code, result.output)
        return result


def written(folder: Path) -> Path:
    """The sheets as files."""
    found = folder / "classeur"
    found.mkdir()
    for name, text in SHEETS.items():
        (found / f"{name}.csv").write_text(text, encoding="utf-8")
    return found


class Served:
    """The sheets behind one application, for every test that leaves them as it found them.

    Making the application takes longer than most of the questions asked of it. After a test that wrote, another is made.
    """

    def __init__(self, folder: Path) -> None:
        with ExitStack() as opened:
            self.command = Command(folder)
            self.command("import", str(written(folder)), "--apply")
            self.store = opened.enter_context(open_store(self.command.url, create=False))
            self.client = opened.enter_context(TestClient(create_app(self.store)))
            self._headers = dict(self.client.headers)
            self._opened = opened.pop_all()

    def restored(self) -> bool:
        """Whether the next test finds it as the first did; what a test said to the client is forgotten."""
        self.client.headers.clear()
        self.client.headers.update(self._headers)
        self.client.cookies.clear()
        return self.store.head() == 1

    def end(self) -> None:
        self._opened.close()


@pytest.fixture(scope="session")
def kept() -> Iterator[list[Served]]:
    """What the last test left as it found it, if it did."""
    found: list[Served] = []
    yield found
    for served in found:
        served.end()


@pytest.fixture
def alone() -> None:
    """What a test uses that must be the first to ask anything of its application."""


@pytest.fixture
def sheets_served(
    request: pytest.FixtureRequest, kept: list[Served], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The sheets behind an application; one of its own for a test that asks for it or changes what it is made of."""
    own = not {"alone", "monkeypatch"}.isdisjoint(request.fixturenames)
    found = kept.pop() if kept and not own else Served(tmp_path_factory.mktemp("served"))
    yield found
    if found.restored() and not own and not kept:
        kept.append(found)
    else:
        found.end()


@pytest.fixture
def sheets(tmp_path: Path) -> Path:
    return written(tmp_path)


@pytest.fixture
def bare(tmp_path: Path) -> Command:
    """The command over a store that does not exist yet."""
    return Command(tmp_path)


@pytest.fixture
def command(request: pytest.FixtureRequest) -> Command:
    """The command over a store that holds the sheets: that of the client, where there is one."""
    if "sheets_served" in request.fixturenames:
        served: Served = request.getfixturevalue("sheets_served")
        return served.command
    bare: Command = request.getfixturevalue("bare")
    bare("import", str(request.getfixturevalue("sheets")), "--apply")
    return bare


@pytest.fixture
def client(sheets_served: Served) -> TestClient:
    return sheets_served.client
