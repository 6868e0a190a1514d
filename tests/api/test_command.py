"""The command as people type it: answers, files, errors, exit codes (design §7)."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import networkx as nx
import pytest

from api.cli.asking import extras
from graph.errors import InvalidCall
from queries.registry import COMMANDS
from tests.api.conftest import Command, options


def test_a_dry_run_writes_nothing_and_an_import_one_revision(bare: Command, sheets: Path) -> None:
    dry = bare("import", str(sheets), "--json")
    assert json.loads(dry.stdout)["status"] == "ready"
    assert json.loads(bare("history", "--json").stdout) == []
    bare("import", str(sheets), "--apply")
    assert [r["number"] for r in json.loads(bare("history", "--json").stdout)] == [1]
    assert "Rien à changer" in bare("import", str(sheets), "--apply").stdout
    assert [r["number"] for r in json.loads(bare("history", "--json").stdout)] == [1]


def test_a_broken_file_exits_1_names_every_error_and_changes_nothing(
    command: Command, tmp_path: Path
) -> None:
    broken = tmp_path / "positions.csv"
    broken.write_text("acteur,objectif,valeur\nmairi,place,6\namap,prix,beaucoup\n", encoding="utf-8")
    result = command("import", str(broken), "--apply", code=1)
    assert "ligne 2" in result.stdout
    assert "« 6 »" in result.stdout
    assert "ligne 3" in result.stdout
    assert "« beaucoup »" in result.stdout
    assert len(json.loads(command("history", "--json").stdout)) == 1


def test_an_unknown_reference_names_the_nearest(command: Command, tmp_path: Path) -> None:
    broken = tmp_path / "positions.csv"
    broken.write_text("acteur,objectif,valeur\nmairi,place,2\n", encoding="utf-8")
    assert "« mairie »" in command("import", str(broken), code=1).stdout


def test_reading_an_absent_store_exits_2(bare: Command) -> None:
    result = bare("analyse", "convergences", code=2)
    assert result.stdout == ""
    assert "store.db" in result.stderr


def test_an_absent_file_exits_2(bare: Command) -> None:
    assert "absent.xlsx" in bare("import", "absent.xlsx", code=2).stderr


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_analysis_answers_json_csv_and_text(command: Command, name: str) -> None:
    needed = options(name)
    document = json.loads(command("analyse", name, *needed, "--json").stdout)
    assert document["revision"] == 1
    table = ["--table", "caa2"] if name == "mactor" else []
    rows = list(csv.reader(io.StringIO(command("analyse", name, *needed, "--csv", *table).stdout)))
    assert len({len(row) for row in rows}) == 1
    assert "Révision 1" in command("analyse", name, *needed).stdout


def test_alignment_needs_its_project(command: Command) -> None:
    assert "project" in command("analyse", "alignment", code=2).stderr
    document = json.loads(command("analyse", "alignment", "--project", "alim", "--json").stdout)
    assert {item["actor"]: item["reading"] for item in document["items"]} == {
        "amap": "ally",
        "producteurs": "ally",
        "marche": "opponent",
        "mairie": "unknown",
    }


def test_conflicts_are_explained_in_french(command: Command) -> None:
    text = command("analyse", "zones-conflict").stdout.replace("\u00a0", " ")
    assert "Sur « Vendre en paniers » : pour, L'AMAP et Les producteurs (force 6)" in text
    assert "contre, Les commerçants du marché (force 2)" in text


def test_flows_are_told_with_their_kind_unit_year_and_names(bare: Command, tmp_path: Path) -> None:
    """By hand: of the 40 that leave A, 30 stay and 10 go to B; nothing comes back."""
    folder = tmp_path / "flux"
    folder.mkdir()
    (folder / "territoires.csv").write_text(
        "id,nom,type\nA,Aval,epci\nB,Bois,epci\nC,Clos,epci\n", encoding="utf-8"
    )
    (folder / "flux.csv").write_text(
        "origine,destination,type,quantite,unite,annee\n"
        "A,A,domicile-travail,30,actifs,2020\nA,B,domicile-travail,10,actifs,2020\n"
        "B,A,domicile-travail,7,actifs,2014\n",
        encoding="utf-8",
    )
    bare("import", str(folder), "--apply")
    lines = bare("analyse", "interdependencies").stdout.splitlines()
    assert lines[0] == "domicile-travail · unité : actifs · année : 2020 · qui dépend : l'origine"
    cells = [line.split() for line in lines]
    assert ["A", "Aval", "B", "Bois", "10", "0,25", "0,25", "0", "F2"] in cells
    # autonomy 30/40, one destination elsewhere, (1 − 0.75) × 1, nothing outside, 0 − 10, B is the less depended upon
    assert ["A", "Aval", "0,75", "1", "0,25", "0", "−10", "B"] in cells
    assert lines[-1] == "Révision 1"
    english = bare("analyse", "interdependencies", "--lang", "en").stdout.splitlines()
    assert english[0] == "commuting · unit: actifs · year: 2020 · who depends: the origin"
    assert "ne touche ce périmètre" in bare("analyse", "interdependencies", "--territory", "C").stdout
    assert "seuils-de-depart" in bare("analyse", "doughnut").stdout
    assert (
        "Rien n'est relevé" in bare("analyse", "negotiation", "--territory", "A", "--territory", "C").stdout
    )


def test_every_wrong_parameter_is_told_at_once(command: Command) -> None:
    told = command(
        "analyse", "convergences", "--order", "7", "--limit", "0", "--nimporte", "1", code=2
    ).stderr
    for name in ("order", "limit", "nimporte"):
        assert name in told


def test_an_unknown_filter_exits_2(command: Command) -> None:
    assert "lune" in command("analyse", "convergences", "--project", "lune", code=2).stderr


def test_options_take_a_value() -> None:
    assert extras(["--as-of", "2024-01-01", "--order=1"]) == {"as_of": "2024-01-01", "order": "1"}
    assert extras(["--territory", "A", "--territory=B"]) == {"territory": ["A", "B"]}
    with pytest.raises(InvalidCall):
        extras(["2024"])
    with pytest.raises(InvalidCall):
        extras(["--order"])


def test_an_export_comes_back_as_it_was(command: Command, tmp_path: Path) -> None:
    for name in ("export.xlsx", "export.ods", "dossier"):
        command("export", str(tmp_path / name))
        counts = json.loads(command("import", str(tmp_path / name), "--json").stdout)["counts"]
        assert {k: c["create"] + c["change"] + c["conflict"] for k, c in counts.items()} == dict.fromkeys(
            counts, 0
        )
        assert counts["positions"]["same"] == 7


def test_the_graph_goes_to_networkx(command: Command, tmp_path: Path) -> None:
    command("export", str(tmp_path / "g.graphml"))
    graph = nx.read_graphml(tmp_path / "g.graphml")
    positions = [d for _, _, d in graph.edges(data=True) if d["kind"] == "position"]
    assert sorted(d["value"] for d in positions) == [-2, 2, 3, 3, 3, 4, 4]


def test_a_public_export_holds_only_what_is_public(command: Command, tmp_path: Path) -> None:
    command("export", str(tmp_path / "public"), "--level", "public")
    text = (tmp_path / "public" / "positions.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 6
    assert not any(row["acteur"] == "producteurs" and row["objectif"] == "panier" for row in rows)


def test_an_export_to_an_unknown_format_exits_2(command: Command, tmp_path: Path) -> None:
    assert ".docx" in command("export", str(tmp_path / "x.docx"), code=2).stderr


def test_undo_takes_a_revision_back(command: Command, tmp_path: Path) -> None:
    later = tmp_path / "positions.csv"
    later.write_text("acteur,objectif,valeur,date\nmairie,place,1,2024-05-01\n", encoding="utf-8")
    command("import", str(later), "--apply")
    changed = json.loads(command("diff", "1", "--json").stdout)["items"]
    assert [(i["table"], i["change"]) for i in changed] == [("positions", "created")]
    command("undo", "2")
    assert json.loads(command("diff", "1", "--json").stdout)["items"] == []


def test_merging_leaves_an_alias_that_imports_resolve(command: Command, sheets: Path) -> None:
    command("merge", "producteurs", "marche")
    document = json.loads(command("analyse", "mactor", "--json").stdout)
    assert document["actors"] == ["amap", "mairie", "producteurs"]
    again = json.loads(command("import", str(sheets), "--json").stdout)
    assert again["errors"] == []
    # both actors of the file speak of the one that was kept: what they say otherwise is asked, never taken
    assert again["counts"]["actors"] == {"create": 0, "change": 0, "same": 3, "conflict": 1}
    assert again["counts"]["positions"]["create"] == again["counts"]["positions"]["change"] == 0


def test_check_and_doctor_find_a_sound_store(command: Command) -> None:
    assert "sain" in command("check").stdout
    assert "révision 1" in command("doctor").stdout


def test_serving_beyond_loopback_is_refused(command: Command) -> None:
    assert "127.0.0.1" in command("serve", "--host", "0.0.0.0", code=2).stderr


def test_english_on_request(command: Command) -> None:
    assert "On 'Vendre en paniers'" in command("analyse", "zones-conflict", "--lang", "en").stdout


def test_maps_are_written_whole(command: Command, tmp_path: Path) -> None:
    for kind in ("actors", "convergence", "conflict"):
        page = tmp_path / f"{kind}.html"
        command("map", kind, "-o", str(page))
        assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    drawing = tmp_path / "conflict.svg"
    command("map", "conflict", "-o", str(drawing))
    assert drawing.read_text(encoding="utf-8").startswith("<?xml")
    assert "lune" in command("map", "lune", "-o", str(tmp_path / "x.html"), code=2).stderr
