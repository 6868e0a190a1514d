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


HEAD = "territoire;indicateur;annee;valeur;unite;source\n"
IN_PERCENT = "B;Chômage;2019;8,1;%;\nB;Chômage;2020;7;%;\nC;Chômage;2020;12,4;%;\n"


def _folder(folder: Path, rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "territoires.csv").write_text("id,nom\nA,Aval\nB,Bois\nC,Clos\nD,Digue\n", encoding="utf-8")
    (folder / "indicateurs.csv").write_text(HEAD + rows, encoding="utf-8")
    return folder


def _told(store: Store, folder: Path, rows: str) -> list[tuple[str, str, str]]:
    plan = dry_run(_folder(folder, rows), store)
    assert plan.status == "ready"
    return [(n.code, n.fr, n.en) for n in plan.report.notes if "percentages" in n.code]


def test_a_territory_in_shares_among_percentages_is_said_with_its_place(store: Store, tmp_path: Path) -> None:
    rows = IN_PERCENT + "A;Chômage;2019;0,08;%;\nA;Chômage;2020;0,09;%;\n"
    ((code, fr, en),) = _told(store, tmp_path / "a", rows)
    assert code == "shares_among_percentages"
    assert fr.startswith(
        "indicateurs.csv, feuille « indicateurs », ligne 5, colonne « valeur » : « 0.08 » — "
    )
    assert en.startswith("indicateurs.csv, sheet 'indicateurs', row 5, column 'valeur': '0.08' — ")
    # medians of the others, by hand: B (8.1 + 7) / 2, C 12.4
    for told in (fr, en):
        assert "A" in told
        assert "7.55–12.4" in told
        assert "100" in told


@pytest.mark.parametrize(
    "rows",
    [
        # 0.4 % is small and true: a hundred times it is far above the others
        "A;Chômage;2020;0,4;%;\n",
        # near enough to the others to be one of them, though a hundred times it is among them too
        "B;Bio;2020;2;%;\nC;Bio;2020;60;%;\nA;Bio;2020;0,4;%;\n",
        # nobody has any
        "A;Chômage;2020;0;%;\n",
        # one of its values is beyond 1
        "A;Chômage;2019;0,08;%;\nA;Chômage;2020;1,2;%;\n",
        # another indicator, another unit
        "A;Pauvreté;2020;8;%;\n",
        "A;Chômage;2020;0,08;part;\n",
    ],
)
def test_small_percentages_among_others_are_left_alone(store: Store, tmp_path: Path, rows: str) -> None:
    assert _told(store, tmp_path / "a", IN_PERCENT + rows) == []


def test_shares_are_told_from_percentages_of_the_store_and_of_another_source(
    store: Store, tmp_path: Path
) -> None:
    dry_run(_folder(tmp_path / "first", IN_PERCENT), store).apply(store, author="pilote")
    ((code, fr, _),) = _told(store, tmp_path / "a", "A;Chômage;2020;0,08;%;\nD;Chômage;2020;0,11;%;\n")
    assert code == "shares_among_percentages"
    assert "ligne 2" in fr
    assert "1 autre territoire " in fr
    ((code, fr, _),) = _told(store, tmp_path / "b", "B;Chômage;2021;0,08;%;enquête\n")
    assert code == "shares_among_percentages"


def test_percentages_beside_the_shares_of_the_store_name_the_record(store: Store, tmp_path: Path) -> None:
    dry_run(_folder(tmp_path / "first", "A;Chômage;2020;0,08;%;\n"), store).apply(store, author="pilote")
    ((code, fr, en),) = _told(store, tmp_path / "b", IN_PERCENT)
    assert code == "shares_among_percentages"
    (record,) = [version.id for version in store.versions("indicators")]
    assert fr.startswith(f"Dépôt, {record}, A, 2020 : « 0.08 » — ")
    assert en.startswith(f"Store, {record}, A, 2020: '0.08' — ")
    # the row that corrects a value goes for the one it corrects
    assert _told(store, tmp_path / "c", IN_PERCENT + "A;Chômage;2020;8;%;\n") == []
    dry_run(_folder(tmp_path / "b", IN_PERCENT), store).apply(store, author="pilote")
    # said once, when both ways met: a later file is not to blame
    assert _told(store, tmp_path / "d", "D;Chômage;2020;9;%;\n") == []


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
