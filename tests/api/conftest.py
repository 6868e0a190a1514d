"""A small store on disk, made by the command's own import, and clients over it."""

from __future__ import annotations

from collections.abc import Iterator
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


@pytest.fixture
def sheets(tmp_path: Path) -> Path:
    folder = tmp_path / "classeur"
    folder.mkdir()
    for name, text in SHEETS.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def bare(tmp_path: Path) -> Command:
    """The command over a store that does not exist yet."""
    return Command(tmp_path)


@pytest.fixture
def command(bare: Command, sheets: Path) -> Command:
    """The command over a store that holds the sheets."""
    bare("import", str(sheets), "--apply")
    return bare


@pytest.fixture
def client(command: Command) -> Iterator[TestClient]:
    with open_store(command.url, create=False) as store, TestClient(create_app(store)) as found:
        yield found
