"""Files of flows as published: INSEE's census, tables of origins and destinations, matrices; right ones and wrong ones.

Codes are those of the official geographic code of 2026: 93059 was merged into 93066 (Saint-Denis), 78251 into 78551.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph import Changes, Store
from graph.errors import DanglingReference, FileRefused, InvalidValue, StaleRecord
from graph.flows import flow_records
from graph.model import Flow, Territory
from ingest import flow_compare, flow_plan
from ingest.foreign import flow_layout, flow_rows
from ingest.opendata import reference
from tests.ingest.books import FORMATS, Rows, counts, held, load, noted, plan, text, write

HEAD = "CODGEO;LIBGEO;DCLT;L_DCLT;NBFLUX_C14_ACTOCC15P"
MOBPRO = f"""{HEAD}
75056;Paris;92050;Nanterre;1234.56789
92050;Nanterre;75056;Paris;812,5
92050;Nanterre;92050;Nanterre;20.000000000004
75056;Paris;01001;L'Abergement-Clémenciat;4.9
"""
TABLE: Rows = [
    ["origine", "destination", "quantite", "type", "unite", "annee", "source"],
    ["75056", "92050", 12.5, "alimentation", "t", 2020, "Enquête"],
    ["75056", "92050", 7, "alimentation", "t", 2021, "Enquête"],
    ["92050", "75056", None, "eau", None, None, None],
]


def flows(store: Store) -> dict[tuple[str, str], float | None]:
    """Quantity by origin and destination."""
    return {
        (says["origin"], says["destination"]): says.get("quantity")
        for says in held(store).get("flows", {}).values()
    }


def codes(path: Path, store: Store, **options: Any) -> list[tuple[str, int | None, str, str]]:
    """Code, row, column and value of each error; nothing may be written in spite of it."""
    made = plan(store, path, **options)
    assert made.status == "blocked"
    with pytest.raises(InvalidValue):
        made.apply(store, author="pilote")
    assert store.head() == 0
    return [(issue.code, issue.row, issue.column, issue.value) for issue in made.report.issues]


# INSEE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_census_as_published(store: Store, tmp_path: Path, encoding: str, separator: str) -> None:
    content = MOBPRO.replace("812,5", "812.5").replace(";", separator)
    load(store, text(tmp_path, content, "base-flux-mobilite-domicile-lieu-travail-2014.csv", encoding))
    assert flows(store) == {
        ("75056", "92050"): 1234.56789,
        ("92050", "75056"): 812.5,
        ("92050", "92050"): 20.000000000004,
        ("75056", "01001"): 4.9,
    }
    first = held(store)["flows"]["F1"]
    assert (first["kind"], first["year"], first["unit"], first["visibility"]) == (
        "commuting",
        2014,
        "actifs occupés",
        "public",
    )
    assert "truncated" not in first
    assert store.check() == []


def test_territories_come_from_the_official_code_with_what_holds_them(store: Store, tmp_path: Path) -> None:
    load(store, text(tmp_path, MOBPRO, "mobpro.csv"))
    territories = held(store)["territories"]
    assert territories["01001"]["name"] == "L'Abergement-Clémenciat"
    assert territories["01001"]["type"] == "commune"
    above = set(reference().ancestors("75056")) | set(reference().ancestors("92050"))
    assert above <= territories.keys()
    assert {"75056", "D75", "R11", "200054781"} <= territories.keys()


def test_those_of_the_file_or_of_the_store_are_kept(store: Store, tmp_path: Path) -> None:
    own: Rows = [["id", "nom", "type"], ["75056", "Ma capitale", "autre"]]
    rows: Rows = [line.split(";") for line in MOBPRO.splitlines()]
    load(store, write(tmp_path, {"territoires": own, "mobpro": rows}, "xlsx"))
    assert held(store)["territories"]["75056"]["name"] == "Ma capitale"
    assert "parents" not in held(store)["territories"]["75056"]
    load(store, text(tmp_path, MOBPRO.replace("C14", "C20"), "mobpro.csv"))
    assert held(store)["territories"]["75056"]["name"] == "Ma capitale"
    assert len(flows(store)) == 4
    assert store.count("flows") == 8


def test_migrations_go_from_where_people_lived(store: Store, tmp_path: Path) -> None:
    content = "CODGEO;LIBGEO;DCRAN;L_DCRAN;NBFLUX_C20_POP01P\n75056;Paris;92050;Nanterre;12\n"
    load(store, text(tmp_path, content, "migcom.csv"))
    assert flows(store) == {("92050", "75056"): 12}
    assert held(store)["flows"]["F1"]["kind"] == "residential_migration"


def test_studies_go_from_home(store: Store, tmp_path: Path) -> None:
    content = "CODGEO;LIBGEO;DCETUF;L_DCETUF;NBFLUX_C20_SCOL02P\n75056;Paris;92050;Nanterre;12\n"
    load(store, text(tmp_path, content, "mobsco.csv"))
    assert flows(store) == {("75056", "92050"): 12}
    assert held(store)["flows"]["F1"]["kind"] == "study"


def test_places_abroad_are_created_from_their_label(store: Store, tmp_path: Path) -> None:
    content = f"{HEAD}\n75056;Paris;LU001;Luxembourg (commune);3\n"
    load(store, text(tmp_path, content, "mobpro.csv"))
    assert held(store)["territories"]["LU001"]["type"] == "autre"
    assert flows(store) == {("75056", "LU001"): 3}


def test_flows_of_merged_communes_are_summed_and_their_old_codes_kept_as_aliases(
    store: Store, tmp_path: Path
) -> None:
    content = (
        f"{HEAD}\n93059;Pierrefitte;75056;Paris;10.5\n93066;Saint-Denis;75056;Paris;20\n93066;S;93059;P;3\n"
    )
    path = text(tmp_path, content, "mobpro.csv")
    made = load(store, path)
    assert flows(store) == {("93066", "75056"): 30.5, ("93066", "93066"): 3}
    assert {"old_codes", "flows_summed"} <= noted(made)
    assert store.aliases("territories") == {"93059": "93066"}
    assert plan(store, path).changes_total == 0


def test_the_same_file_twice_changes_nothing_and_another_edition_corrects(
    store: Store, tmp_path: Path
) -> None:
    path = text(tmp_path, MOBPRO, "mobpro.csv")
    load(store, path)
    assert counts(plan(store, path)) == {"flows": (0, 0, 4, 0)}
    corrected = text(tmp_path, MOBPRO.replace("4.9", "5.1") + "01001;A;92050;Nanterre;1\n", "corrige.csv")
    assert counts(load(store, corrected)) == {"flows": (1, 1, 3, 0)}
    assert flows(store)["75056", "01001"] == 5.1
    # the first edition again would revert the correction: asked
    assert counts(plan(store, path)) == {"flows": (0, 0, 3, 1)}
    assert counts(plan(store, path, choices={"conflict:F4": "file"})) == {"flows": (0, 1, 3, 0)}


def test_a_flow_taken_back_is_not_written_again_unasked(store: Store, tmp_path: Path) -> None:
    path = text(tmp_path, MOBPRO, "mobpro.csv")
    load(store, path)
    store.undo(1, author="pilote")
    made = plan(store, path)
    assert counts(made)["flows"] == (0, 0, 0, 4)


def test_somebody_else_wrote_one_of_them_meanwhile(store: Store, tmp_path: Path) -> None:
    made = plan(store, text(tmp_path, MOBPRO, "mobpro.csv"))
    twin = Flow(
        origin="75056",
        destination="92050",
        kind="commuting",
        unit="actifs occupés",
        year=2014,
        source="Insee, recensement de la population 2014",
    )
    places = [Territory(id="75056", name="Paris"), Territory(id="92050", name="Nanterre")]
    store.commit(Changes({"territories": places, "flows": [twin]}), author="autre", message="avant")
    with pytest.raises(StaleRecord):
        made.apply(store, author="pilote")
    assert store.head() == 1


# truncation


def census(smallest: int, rows: int = 60) -> str:
    ends = [(a, b) for a in range(1, 12) for b in range(1, 12) if a != b][:rows]
    lines = [f"751{a:02};P;751{b:02};P;{smallest + a}" for a, b in ends]
    return "\n".join([HEAD, *lines]) + "\n"


def test_a_file_without_small_flows_asks_whether_they_were_left_out(store: Store, tmp_path: Path) -> None:
    path = text(tmp_path, census(flow_plan.SMALL - 1), "extrait.csv")
    made = plan(store, path)
    assert made.status == "choices"
    assert made.document().choices[0].model_dump() == {"key": "truncated", "values": ["yes", "no"]}
    assert "perhaps_truncated" in noted(made)
    with pytest.raises(InvalidValue, match=r"truncated=yes\|no"):
        made.apply(store, author="pilote")
    load(store, path, choices={"truncated": "yes"})
    assert store.snapshot().flows.truncated.all()
    load(store, path, choices={"truncated": "no"})
    assert not store.snapshot().flows.truncated.any()
    assert store.count("flows") == 60


@pytest.mark.parametrize(("smallest", "rows"), [(flow_plan.SMALL - 2, 60), (100, flow_plan.FEW - 1)])
def test_small_flows_or_a_small_file_are_read_as_complete_and_that_is_said(
    store: Store, tmp_path: Path, smallest: int, rows: int
) -> None:
    made = load(store, text(tmp_path, census(smallest, rows), "mobpro.csv"))
    assert "read_as_complete" in noted(made)
    assert not store.snapshot().flows.truncated.any()


# tables and matrices


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_of_origins_and_destinations(store: Store, tmp_path: Path, kind: str) -> None:
    load(store, write(tmp_path, {"releves": TABLE}, kind))
    found = held(store)["flows"]
    assert found["F1"] == {
        "origin": "75056",
        "destination": "92050",
        "kind": "food",
        "quantity": 12.5,
        "unit": "t",
        "year": 2020,
        "source": "Enquête",
        "visibility": "pilotes",
    }
    assert found["F2"]["year"] == 2021
    assert found["F3"] == {
        "origin": "92050",
        "destination": "75056",
        "kind": "water",
        "visibility": "pilotes",
    }


def test_what_the_table_does_not_say_is_asked_or_given(store: Store, tmp_path: Path) -> None:
    path = text(tmp_path, "from,to,flow_2019\n75056,92050,3\n", "od.csv")
    made = plan(store, path)
    assert made.status == "choices"
    assert "commuting" in made.needed["kind"]
    load(store, path, choices={"kind": "visiteurs", "unit": "personnes", "source": "Comptage"})
    assert held(store)["flows"]["F1"] == {
        "origin": "75056",
        "destination": "92050",
        "kind": "visitors",
        "quantity": 3.0,
        "unit": "personnes",
        "year": 2019,
        "source": "Comptage",
        "visibility": "pilotes",
    }


@pytest.mark.parametrize("kind", FORMATS)
def test_a_matrix(store: Store, tmp_path: Path, kind: str) -> None:
    matrix: Rows = [["", "75056", "92050"], ["75056", None, 4], ["92050", 0, "2,5"]]
    load(store, write(tmp_path, {"matrice": matrix}, kind), choices={"kind": "energy", "year": "2022"})
    assert flows(store) == {("75056", "92050"): 4, ("92050", "75056"): 0, ("92050", "92050"): 2.5}
    assert {says["year"] for says in held(store)["flows"].values()} == {2022}


def test_an_idle_answer_is_said(store: Store, tmp_path: Path) -> None:
    made = plan(store, text(tmp_path, "id,nom\nA1,Un\n", "acteurs.csv"), choices={"truncated": "yes"})
    assert "idle_choice" in noted(made)


# what is refused


def test_quantities_that_are_none(store: Store, tmp_path: Path) -> None:
    content = (
        f"{HEAD}\n75056;P;92050;N;-3\n92050;N;75056;P;12 t\n92050;N;92050;N;nan\n75056;P;75056;P;1 234,5\n"
    )
    column = "NBFLUX_C14_ACTOCC15P"
    assert codes(text(tmp_path, content, "mobpro.csv"), store) == [
        ("out_of_range", 2, column, "-3"),
        ("not_a_number", 3, column, "12 t"),
        ("not_a_number", 4, column, "nan"),
    ]


def test_an_unknown_code_names_the_nearest(store: Store, tmp_path: Path) -> None:
    content = f"{HEAD}\n1001;X;92050;N;3\n75O56;X;92050;N;3\n;X;92050;N;4\n"
    path = text(tmp_path, content, "mobpro.csv")
    assert [error[:2] for error in codes(path, store)] == [
        ("unknown_reference", 2),
        ("unknown_reference", 3),
        ("missing_value", 4),
    ]
    said = [issue.message() for issue in plan(store, path).report.issues]
    assert "« 01001 »" in said[0]
    assert "« 75056 »" in said[1]


def test_an_unknown_code_is_told_where_it_stands(store: Store, tmp_path: Path) -> None:
    path = text(tmp_path, f"{HEAD}\n75056;P;93O01;A;3\n75056;P;75056;P;3\n", "mobpro.csv")
    (issue,) = plan(store, path).report.issues
    assert (issue.row, issue.column, issue.value) == (2, "DCLT", "93O01")
    # 93071 is as near by its letters: an O was typed for a 0
    assert "« 93001 »" in issue.fr


@pytest.mark.parametrize(
    "content",
    [
        "CODGEO;LIBGEO;DCLT;L_DCLT;NBFLUX_C14_ACTOCC15P;NBFLUX_C20_ACTOCC15P\n75056;P;92050;N;3;4\n",
        "origine;destination;quantite_t;quantite_kg\n75056;92050;3;4\n",
    ],
)
def test_two_years_or_units_without_a_column_for_them(store: Store, tmp_path: Path, content: str) -> None:
    assert [error[0] for error in codes(text(tmp_path, content, "flux.od.csv"), store)] == [
        "several_quantities"
    ]


def test_only_flows_to_oneself(store: Store, tmp_path: Path) -> None:
    content = f"{HEAD}\n75056;P;75056;P;3\n92050;N;92050;N;3\n"
    assert [error[0] for error in codes(text(tmp_path, content, "mobpro.csv"), store)] == ["only_self_flows"]


def test_no_row_at_all(store: Store, tmp_path: Path) -> None:
    assert [error[0] for error in codes(text(tmp_path, f"{HEAD}\n", "mobpro.csv"), store)] == ["no_flow"]


def test_two_rows_for_one_flow(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_compare, "KEYS", 1)
    monkeypatch.setattr(flow_rows, "BATCH", 2)
    content = f"{HEAD}\n75056;P;92050;N;3\n92050;N;75056;P;3\n01001;A;75056;P;3\n75056;P;92050;N;4\n"
    assert codes(text(tmp_path, content, "mobpro.csv"), store) == [("duplicate_row", 5, "", "")]


def test_codes_and_years_of_a_table(store: Store, tmp_path: Path) -> None:
    rows = [
        TABLE[0],
        ["75056", "92050", 1, "commutes", "", "20", ""],
        ["75056", "92050", 1, "eau", "", "20", ""],
    ]
    found = codes(write(tmp_path, {"od": rows}, "csv"), store)
    assert found == [
        ("unknown_code", 2, "type", "commutes"),
        ("out_of_range", 2, "annee", "20"),
        ("out_of_range", 3, "annee", "20"),
    ]


def test_a_huge_matrix_is_refused_by_its_header(store: Store, tmp_path: Path) -> None:
    heads = [str(10_000 + number) for number in range(10_000)]
    content = "\n".join([",".join(["", *heads]), ",".join([heads[0], *["1"] * 10_000])])
    with pytest.raises(FileRefused, match="10000 colonnes"):
        plan(store, text(tmp_path, content, "matrice.csv"))
    assert len(heads) > flow_layout.MOST_HEADS


# in bulk


def test_many_batches_say_what_one_does(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow_rows, "BATCH", 7)
    path = text(tmp_path, census(1), "mobpro.csv")
    made = load(store, path)
    assert made.counts["flows"].create == 60
    rows = [line.split(";") for line in census(1).splitlines()[1:]]
    assert flows(store) == {(row[0], row[2]): float(row[4]) for row in rows}
    ids = [f"F{number}" for number in range(1, 61)]
    assert list(held(store)["flows"]) == ids
    assert [says["origin"] for says in held(store)["flows"].values()] == [row[0] for row in rows]
    assert plan(store, path).counts["flows"].same == 60
    assert store.check() == []


def test_the_store_checks_flows_in_bulk_as_any_other(store: Store, tmp_path: Path) -> None:
    made = plan(store, text(tmp_path, MOBPRO, "mobpro.csv"))
    (new,) = made.flows
    with pytest.raises(DanglingReference):
        store.commit(Changes(flows=[new]), author="pilote", message="sans territoires")
    (table,) = new.batches()
    assert [flow.origin for flow in flow_records(table)] == ["75056", "92050", "92050", "75056"]
    wrong = type(
        "Wrong", (), {"base": 0, "batches": lambda self: iter([negative(table)]), "__len__": lambda self: 4}
    )()
    with pytest.raises(InvalidValue):
        store.commit(Changes(made.puts, flows=[wrong]), author="pilote", message="négatif")
    assert store.head() == 0


def negative(table: Any) -> Any:
    return replace(table, flows=replace(table.flows, quantity=np.array([1.0, -1.0, 2.0, 3.0])))
