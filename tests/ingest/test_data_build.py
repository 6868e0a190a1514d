"""The files shipped are built from those their publishers lay out: a small country by hand, and the same bytes again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from graph.errors import FileRefused
from ingest.opendata import Reference
from ingest.opendata.build import build
from ingest.opendata.files import SHIPPED, entry_of, manifest, unpacked
from tests.api.conftest import Command

COMMUNES = [
    {
        "code": "01001",
        "nom": "Amont",
        "type": "commune-actuelle",
        "departement": "01",
        "region": "84",
        "population": 100,
        "siren": "210100012",
    },
    {
        "code": "01002",
        "nom": "Aval",
        "type": "commune-actuelle",
        "departement": "01",
        "region": "84",
        "population": 50,
        "anciensCodes": ["01003", "01004", "01005"],
    },
    {"code": "02001", "nom": "Loin", "type": "commune-actuelle", "departement": "02", "region": "84"},
    {
        "code": "01003",
        "nom": "Petit-Aval",
        "type": "commune-deleguee",
        "departement": "01",
        "region": "84",
        "chefLieu": "01002",
    },
    # the source says two things of 01004: what it is a part of today counts
    {
        "code": "01004",
        "nom": "Disputée",
        "type": "commune-associee",
        "departement": "01",
        "region": "84",
        "chefLieu": "01001",
    },
    {
        "code": "01002",
        "nom": "Aval-Bourg",
        "type": "commune-deleguee",
        "departement": "01",
        "region": "84",
        "chefLieu": "01002",
    },
]


def member(code: str) -> dict[str, Any]:
    return {"code": code, "nom": code}


EPCI = [
    {"code": "200000001", "nom": "CC des Eaux", "type": "CC", "membres": [member("01001"), member("01002")]},
    {"code": "200000002", "nom": "CA à cheval", "type": "CA", "membres": [member("02001"), member("99999")]},
]
DEPARTMENTS = [{"code": "01", "nom": "Ain", "region": "84"}, {"code": "02", "nom": "Aisne", "region": "84"}]
REGIONS = [{"code": "84", "nom": "Région"}]


def square(x: float, y: float) -> list[list[list[float]]]:
    """Clockwise, as no one should: the reader turns it."""
    return [[[x, y], [x, y + 1], [x + 1, y + 1], [x + 1, y], [x, y]]]


def piece(siren: str | None, department: str, *corners: tuple[float, float]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"siren_epci": siren, "insee_dep": department, "insee_reg": "84"},
        "geometry": {"type": "MultiPolygon", "coordinates": [square(*corner) for corner in corners]},
    }


def table(path: Path, *rows: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "brut" / "decoupage"
    folder.mkdir(parents=True)
    for name, rows in (
        ("communes", COMMUNES),
        ("epci", EPCI),
        ("ept", []),
        ("departements", DEPARTMENTS),
        ("regions", REGIONS),
    ):
        (folder / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
    return tmp_path / "brut"


def with_competences(raw: Path) -> None:
    folder = raw / "banatic"
    folder.mkdir()
    table(
        folder / "groupements_banatic_2021.csv",
        ["siren", "libelle", "departement_code", "nature", "population"],
        ["200000001", "CC des Eaux", "01", "CC", "150"],
        ["200000009", "SI des Rivières", "01", "SIVU", "1 245"],
    )
    table(
        folder / "siren_competence_2021.csv",
        ["siren", "competence_code"],
        ["200000001", "1502"],
        ["200000001", "1510"],
        ["200000001", "1502"],
        ["200000009", "1528"],
    )
    table(folder / "competence_labels_2021.csv", ["code", "nom"], ["1502", "Eau"])
    table(
        folder / "crosswalk_2021_2025.csv",
        ["code_2021", "code_2025", "mapping_type"],
        ["1502", "1505", "one_to_one"],
        ["1540", "NULL", "no_equivalent"],
    )


def with_outlines(raw: Path) -> None:
    features = [
        piece("200000001", "01", (5, 45), (6, 45)),
        piece("200000002", "02", (7, 45)),
        piece(None, "02", (9, 45)),
        piece("200000003", "971", (0, 0)),
    ]
    (raw / "epci_polygons_simplified.geojson").write_text(
        json.dumps({"features": features}), encoding="utf-8"
    )


def test_the_official_code_alone(raw: Path, tmp_path: Path) -> None:
    built = build([raw], tmp_path / "fait")
    known = Reference(tmp_path / "fait")
    assert known.places["01001"].parents == ("200000001", "D01")
    assert known.places["200000001"].parents == ("D01",)
    assert known.places["200000001"].population == 150
    assert known.places["R84"].population == 150
    assert known.places["02001"].population is None
    assert known.resolve("210100012") == "01001"
    assert known.former == {
        "01003": ("01002", "Petit-Aval"),
        "01004": ("01001", "Disputée"),
        "01005": ("01002", None),
    }
    assert any("99999" in sentence for sentence in built.said)
    assert any("01004" in sentence for sentence in built.said)
    assert len(built.skipped) == 4
    assert known.competences("200000001") == ()
    assert known.point("D01") is None


def test_the_same_files_give_the_same_bytes(raw: Path, tmp_path: Path) -> None:
    with_competences(raw)
    with_outlines(raw)
    for name in ("un", "deux"):
        build([raw], tmp_path / name)
    first = {path.name: path.read_bytes() for path in (tmp_path / "un").iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "deux").iterdir()}
    assert {entry.file for entry in manifest(tmp_path / "un")} | {"manifest.json"} == first.keys()


def test_competences_and_groups(raw: Path, tmp_path: Path) -> None:
    with_competences(raw)
    build([raw], tmp_path / "fait")
    known = Reference(tmp_path / "fait")
    assert known.competences("200000001") == ("1502", "1510")
    group = known.places["200000009"]
    assert (group.type, group.form, group.population) == ("syndicat", "SIVU", 1245)
    assert known.competence_later == {"1502": ["1505"]}


def test_points_are_centroids_and_overseas_is_left_out(raw: Path, tmp_path: Path) -> None:
    with_outlines(raw)
    built = build([raw], tmp_path / "fait", tmp_path / "contours")
    known = Reference(tmp_path / "fait")
    # two unit squares side by side; then one at 7 and one at 9
    assert known.point("200000001") == (45.5, 6.0)
    assert known.point("D02") == (45.5, 8.5)
    assert known.point("R84") == (45.5, 7.25)
    assert known.point("D971") is None
    entry = entry_of("outlines", tmp_path / "contours")
    assert entry is not None
    document = unpacked(tmp_path / "contours" / entry.file)
    assert [p[:3] for p in document["pieces"]] == [
        [None, "D02", "R84"],
        ["200000001", "D01", "R84"],
        ["200000002", "D02", "R84"],
    ]
    assert document["omitted"] == {"971": 1}
    assert any("Outre-mer" in sentence for sentence in built.said)


def test_a_hole_counts_negative_whichever_way_rings_turn(raw: Path, tmp_path: Path) -> None:
    # a square of side 4 at the origin, less the unit square [2, 3] × [1, 2]: x = (16 × 2 − 2.5) / 15, y = (16 × 2 − 1.5) / 15
    outer = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    hole = [[2, 1], [3, 1], [3, 2], [2, 2], [2, 1]]
    for name, rings in (("a", [outer, hole]), ("b", [outer[::-1], hole]), ("c", [outer, hole[::-1]])):
        feature = piece("200000001", "01", (0, 0))
        feature["geometry"]["coordinates"] = [rings]
        (raw / "epci_polygons_simplified.geojson").write_text(
            json.dumps({"features": [feature]}), encoding="utf-8"
        )
        build([raw], tmp_path / name)
        assert Reference(tmp_path / name).point("200000001") == (round(30.5 / 15, 5), round(29.5 / 15, 5))


def test_the_sheets_of_itdd_are_read_block_by_block(raw: Path, tmp_path: Path) -> None:
    sheet = [
        ["Indicateurs", "", "", "", "", ""],
        ["", "REGIONS", "", "", "", ""],
        ["", "", "Modes de transport", "", "", ""],
        ["", "", "en voiture (%)", "", "par un autre moyen (%)", "Production (tonnes)"],
        ["", "Année", "2013.0", "2006*", "1er janvier 2014", "2007.0"],
        ["01", "Guadeloupe", "82,5", "nd", "nc", "14400000.0"],
        ["P", "France de province", "77", "76", "1", "2"],
        ["nd : données non disponibles.", "", "", "", "", ""],
        ["", "DEPARTEMENTS", "", "", "", ""],
        ["", "", "", "", "", ""],
        ["", "", "Taux de pauvreté (%)", "", "", ""],
        ["", "Année", "2013.0", "", "", ""],
        ["1.0", "Ain", "10.6", "99", "", ""],
        ["2A", "Corse-du-Sud", "0", "", "", ""],
    ]
    for name in ("Social", "Economie", "Environnement", "Gouvernance"):
        table(raw / f"itdd_{name}.csv", *(sheet if name == "Social" else [["Indicateurs"]]))
    build([raw], tmp_path / "fait")
    document = unpacked(tmp_path / "fait" / "itdd-2014.json.gz")
    assert document["values"] == [
        ["D01", "Taux de pauvreté", 2013, 10.6],
        ["D2A", "Taux de pauvreté", 2013, 0.0],
        ["R01", "Modes de transport en voiture", 2013, 82.5],
        ["R01", "Production", 2007, 14400000.0],
    ]
    assert document["units"]["Production"] == "tonnes"


def test_docurba_and_centroids_only_when_asked_and_without_licence(raw: Path, tmp_path: Path) -> None:
    with_outlines(raw)
    table(
        raw / "groupements_2026.csv",
        ["siren", "type", "name", "departement", "skill_PLU", "skill_SCoT", "n_members"],
        ["250000001", "PNR", "Parc des Eaux", "01", "0", "0", "1"],
        ["250000002", "SMF", "SCoT du Val", "01", "0", "1", "1"],
        ["200000001", "CC", "CC des Eaux", "01", "1", "1", "2"],
    )
    table(
        raw / "memberships_2026.csv",
        ["group_siren", "member_code", "member_kind"],
        ["250000001", "01001", "commune"],
        ["250000002", "200000001", "groupement"],
        ["250000002", "299999999", "groupement"],
    )
    table(
        raw / "centroids_dep.csv",
        ["insee_dep", "lib_dep", "lon", "lat"],
        ["01", "Ain", "5.3", "46.1"],
        ["971", "Guadeloupe", "-61.5", "16.2"],
    )
    table(raw / "centroids_reg.csv", ["insee_reg", "lib_reg", "lon", "lat"])
    table(
        raw / "centroids_epci-ept.csv",
        ["siren_epci", "lib_epci", "type", "siren_ept", "lib_ept", "lon", "lat"],
        ["200054781", "MGP", "ept", "200057867", "Plaine", "2.3", "48.9"],
    )
    build([raw], tmp_path / "sans")
    assert entry_of("perimeters", tmp_path / "sans") is None
    assert Reference(tmp_path / "sans").point("D971") is None
    build([raw], tmp_path / "avec", docurba=True, centroids=True)
    known = Reference(tmp_path / "avec")
    assert known.places["01001"].parents == ("200000001", "D01", "250000001")
    assert known.places["200000001"].parents == ("D01", "250000002")
    assert (known.places["250000001"].type, known.places["250000002"].type) == ("pnr", "scot")
    assert known.places["200000001"].name == "CC des Eaux"
    assert known.point("D971") == (16.2, -61.5)
    assert known.point("200057867") == (48.9, 2.3)
    # what the outlines give stays
    assert known.point("D01") == (45.5, 6.0)
    licences = {entry.file.split("-")[0]: entry.licence for entry in manifest(tmp_path / "avec")}
    assert licences["perimeters"] == ""
    assert licences["points"] == ""
    assert licences["cog"] == "Licence Ouverte 2.0"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("communes.json", "{", "ce n'est pas du JSON"),
        ("communes.json", '[{"code": "01001"}]', "forme attendue"),
        ("communes.json", "[3]", "forme attendue"),
        ("epci.json", '{"a": 1}', "forme attendue"),
    ],
)
def test_a_file_of_another_shape_is_refused(
    raw: Path, tmp_path: Path, name: str, content: str, says: str
) -> None:
    (raw / "decoupage" / name).write_text(content, encoding="utf-8")
    with pytest.raises(FileRefused, match=says):
        build([raw], tmp_path / "fait")
    assert not (tmp_path / "fait").exists()


def test_a_polygon_file_of_another_shape_is_refused(raw: Path, tmp_path: Path) -> None:
    path = raw / "epci_polygons_simplified.geojson"
    for document in ({"features": [{}]}, {"features": [piece("a", "01", (0, 0)) | {"geometry": None}]}, [1]):
        path.write_text(json.dumps(document), encoding="utf-8")
        with pytest.raises(FileRefused, match="EPCI par département"):
            build([raw], tmp_path / "fait")


def test_a_missing_column_and_an_absent_folder_are_named(raw: Path, tmp_path: Path) -> None:
    with_competences(raw)
    table(raw / "banatic" / "competence_labels_2021.csv", ["code"], ["1502"])
    with pytest.raises(FileRefused, match="nom"):
        build([raw], tmp_path / "fait")
    with pytest.raises(FileRefused, match="dossier"):
        build([tmp_path / "nulle-part"], tmp_path / "fait")
    with pytest.raises(FileRefused, match=r"communes\.json"):
        build([raw / "banatic"], tmp_path / "fait")


def test_the_command_builds_and_the_setting_uses_it(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare, into = Command(tmp_path), tmp_path / "fait"
    told = bare("data", "build", str(raw), "--into", str(into), store=False).stdout
    assert "cog-2026.json.gz" in told
    assert "sources absentes" in told
    monkeypatch.setenv("AGENCEMENTS_DATA", str(into))
    shown = json.loads(bare("territories", "show", "amont", "--json", store=False).stdout)
    assert shown["code"] == "01001"
    monkeypatch.setenv("AGENCEMENTS_DATA", str(raw))
    assert "cog" in bare("territories", "show", "amont", code=2, store=False).stderr


def test_itdd_values_are_those_of_the_published_sheets() -> None:
    # read off INSEE's sheets: Ain and Île-de-France
    document = unpacked(SHIPPED / "itdd-2014.json.gz")
    values = {(t, i, y): v for t, i, y, v in document["values"]}
    assert values["D01", "Taux d'emploi", 2013] == pytest.approx(69.249100)
    assert values["R11", "Effort de recherche et développement", 2009] == pytest.approx(2.948811)
    assert values["D971", "Taux de valorisation matière et organique", 2013] == 16.0
    assert values["R01", "Taux de valorisation matière et organique", 2009] == 7.0
    assert values["D02", "Modes de transport pour se rendre au travail en voiture", 2013] == pytest.approx(
        78.947665
    )
    assert values["D95", "Part de surfaces artificialisées", 2006] > 0
    # « nd » and « nc » are no values, above all not 0
    assert (
        "D971",
        "Part de l'agriculture biologique (yc en conversion) dans la surface agricole totale",
        2013,
    ) not in values
    assert ("D971", "Production de granulats", 2013) not in values
    assert document["units"]["Production de granulats"] == "tonnes"
    assert document["units"]["Taux d'emploi"] == "%"
    assert {code[0] for code, *_ in document["values"]} == {"D", "R"}


def test_definitions_are_those_published() -> None:
    # 730 indicators, 61 with a target (notice of the source)
    definitions = unpacked(SHIPPED / "definitions-2026.json.gz")
    assert len(definitions) == 730
    assert sum("exprCible" in definition for definition in definitions) == 61
