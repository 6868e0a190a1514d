"""Percentages given as shares are said before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph import Store
from ingest import dry_run

TERRITORY = "id,nom\nV,Ville\n"


@pytest.mark.parametrize(
    ("values", "unit", "code"),
    [
        (["0.12", "0.35"], "%", "shares_for_percentages"),
        (["0,12", "1"], "% des ménages", "shares_for_percentages"),
        (["12", "35"], "%", None),
        # under 1 % beside others
        (["0.8", "35"], "%", None),
        (["0", "0"], "%", None),
        (["0.12", "0.35"], "ha", None),
        (["-0.5", "0.5"], "%", None),
        (["35", "120"], "%", "beyond_hundred"),
    ],
)
def test_percentages_that_look_like_shares(
    store: Store, tmp_path: Path, values: list[str], unit: str, code: str | None
) -> None:
    (tmp_path / "territoires.csv").write_text(TERRITORY, encoding="utf-8")
    rows = "".join(f"V;Chômage;{2019 + k};{v};{unit}\n" for k, v in enumerate(values))
    (tmp_path / "indicateurs.csv").write_text(
        "territoire;indicateur;annee;valeur;unite\n" + rows, encoding="utf-8"
    )
    plan = dry_run(tmp_path, store)
    assert plan.status == "ready"
    told = [n for n in plan.report.notes if n.code in ("shares_for_percentages", "beyond_hundred")]
    assert [n.code for n in told] == ([] if code is None else [code])
    for said in told:
        assert "Chômage" in said.fr
        assert "Chômage" in said.en


def test_a_floor_above_the_ceiling_is_refused_with_its_place(store: Store, tmp_path: Path) -> None:
    (tmp_path / "seuils.csv").write_text(
        "indicateur,dimension,plancher,plafond\nEau,eau,50,150\nAir,air,20,10\n", encoding="utf-8"
    )
    plan = dry_run(tmp_path, store)
    assert plan.status == "blocked"
    (issue,) = plan.report.issues
    assert (issue.row, issue.column, issue.value) == (3, "plancher", "20.0")
    assert "plafond" in issue.fr


def test_an_indicator_without_a_year_is_refused_with_its_place(store: Store, tmp_path: Path) -> None:
    (tmp_path / "territoires.csv").write_text(TERRITORY, encoding="utf-8")
    (tmp_path / "indicateurs.csv").write_text(
        "territoire,indicateur,annee,valeur\nV,Eau,,12\nV,Air,2020,quelques\n", encoding="utf-8"
    )
    plan = dry_run(tmp_path, store)
    assert sorted((i.row, i.column) for i in plan.report.issues) == [(2, "annee"), (3, "valeur")]
