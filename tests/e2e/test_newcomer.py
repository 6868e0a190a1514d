"""What the README tells a newcomer, an analyst and an operator to type, typed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from ingest import dry_run
from queries.registry import ANALYSES
from queries.registry import run as ask
from tests.conftest import Place
from tests.e2e.conftest import run

ROOT = Path(__file__).parents[2]
TERRITORY = ROOT / "examples" / "territoire-compose"
CONSULTATION = ROOT / "examples" / "consultation-eau-douce"


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((TERRITORY / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


def test_the_demo_answers_over_http(demo: str) -> None:
    with urlopen(f"{demo}/api/v1/zones/conflict?limit=3") as answer:
        document = json.load(answer)
    assert len(document["items"]) == 3
    assert document["latent"]
    with urlopen(f"{demo}/health") as answer:
        assert json.load(answer) == {"status": "ok"}


def test_the_first_workbook_goes_in_and_comes_out(tmp_path: Path) -> None:
    run("export", "--template", "modele.xlsx", folder=tmp_path)
    assert "Rien à changer" in run("import", "modele.xlsx", "--apply", folder=tmp_path)
    run("import", str(TERRITORY), "--apply", folder=tmp_path)
    run("export", "tout.xlsx", folder=tmp_path)
    assert "Rien à changer" in run("import", "tout.xlsx", "--apply", folder=tmp_path)
    assert "Rien à changer" in run("import", str(TERRITORY), "--apply", folder=tmp_path)
    assert "sain" in run("check", folder=tmp_path)


def test_the_composed_territory_has_what_it_promises() -> None:
    positions = rows("positions")
    assert 25 <= len(rows("acteurs")) <= 40
    assert 15 <= len(rows("objectifs")) <= 25
    assert len(positions) >= 150
    assert len({p["date"] for p in positions}) >= 2
    assert all(p["source"] for p in positions)
    assert all(float(p["confiance"]) < 0.5 and p["commentaire"] for p in positions if p["confiance"])
    assert len({p["evaluateur"] for p in positions if p["evaluateur"]}) >= 3
    assert {"sert", "contredit", "equivaut"} <= {link["nature"] for link in rows("liens_objectifs")}
    assert len({t["projet"] for t in rows("cibles")}) >= 2
    known = {(p["acteur"], p["objectif"]) for p in positions}
    assert len(known) < len(rows("acteurs")) * len(rows("objectifs")) / 2


def test_in_the_market_case_nobody_opposes_anybody_and_yet_there_is_a_tension(tmp_path: Path) -> None:
    run("import", str(TERRITORY), "--apply", folder=tmp_path)
    latent = json.loads(run("analyse", "zones-conflict", "--project", "p-alim", "--json", folder=tmp_path))[
        "latent"
    ]
    assert any({"amap", "mairie"} == {item["a"], item["b"]} for item in latent)


def test_a_real_consultation_goes_in(tmp_path: Path) -> None:
    run("import", str(CONSULTATION), "--date", "2017-07-26", "--apply", folder=tmp_path)
    document = json.loads(run("analyse", "convergences", "--limit", "1", "--json", folder=tmp_path))
    # summary published with the export: 117 voters, 80 comments
    assert document["coverage"]["positions"]["possible"] == 117 * 80
    votes = list(
        csv.reader((CONSULTATION / "participants-votes.csv").read_text(encoding="utf-8").splitlines())
    )
    cast = sum(
        cell != "" for row in votes[1:] for head, cell in zip(votes[0], row, strict=True) if head.isdigit()
    )
    assert document["coverage"]["positions"]["stated"] == cast


@pytest.mark.neo4j
def test_both_stores_give_the_same_answers_to_the_last_digit(sqlite_place: Place, neo4j_place: Place) -> None:
    stores = [sqlite_place.fresh(), neo4j_place.fresh()]
    for store in stores:
        dry_run(TERRITORY, store, today=store_day(store)).apply(store, author="pilote")
    for analysis in ANALYSES.values():
        for asked in questions(analysis.path):
            first, second = (json.dumps(ask(store, analysis, asked)) for store in stores)
            assert first == second, (analysis.path, asked)


def store_day(store: Any) -> Any:
    return store._now().date()


def questions(path: str) -> list[dict[str, Any]]:
    if path == "interdependencies":
        return [{"kind": "commuting"}, {"kind": "food", "level": "epci"}, {"kind": "skills"}]
    if path == "perimeters":
        return [{"kind": "commuting", "min_size": "1000", "target_size": "5000"}]
    if path == "negotiation":
        return [{"territory": ["t-epci", "t-voisine"]}, {"territory": ["c-ville", "c-bourg"]}]
    if path == "doughnut":
        return [{}, {"territory": ["t-voisine", "t-epci"], "year": "2023"}]
    if path == "alignment":
        return [{"project": "p-alim"}]
    if path == "evolution":
        return [{"from": "2018-12-31", "to": "2024-06-30"}, {"from": "2020-01-01", "to": "2021-01-01"}]
    found: list[dict[str, Any]] = [{}, {"as_of": "2020-06-30"}, {"project": "p-alim"}]
    orders = any(p.name == "order" for p in ANALYSES[path].own)
    return [*found, {"order": "1"}, {"order": "3"}] if orders else found
