"""GeoJSON of territories in and out: RFC 7946, WGS 84 alone, what is exported reads back as it was.

The Lambert-93 coordinates are those of Notre-Dame de Paris (IGN: E 652 380, N 6 861 900).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import Changes, Store
from graph.errors import FileRefused
from graph.model import Territory
from ingest import Stamp, dry_run, export
from ingest.foreign.geojson import representative
from ingest.writers.geojson import write_geojson

IN_METRES = {"type": "Point", "coordinates": [652380, 6861900]}
SQUARE = [[[2.0, 48.0], [3.0, 48.0], [3.0, 49.0], [2.0, 49.0], [2.0, 48.0]]]
HORSESHOE = [[(0, 0), (10, 0), (10, 10), (8, 10), (8, 2), (2, 2), (2, 10), (0, 10), (0, 0)]]


def feature(geometry: Any, /, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(folder: Path, *features: Any, name: str = "zones.geojson", **more: Any) -> Path:
    path = folder / name
    document = {"type": "FeatureCollection", "features": list(features), **more}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def applied(path: Path, store: Store) -> dict[str, Territory]:
    dry_run(path, store).apply(store, author="test")
    return {territory.id: territory for territory in store.snapshot().territories}


def test_points_and_polygons_with_their_properties(tmp_path: Path, store: Store) -> None:
    path = collection(
        tmp_path,
        feature(
            {"type": "Polygon", "coordinates": SQUARE}, id="bv", nom="Bassin de vie", type="bassin de vie"
        ),
        feature(
            {"type": "Point", "coordinates": [2.35, 48.85]},
            code="01015",
            libelle="Arboys en Bugey",
            type="commune",
            parents=["bv"],
            population=710,
            densite="rural",
        ),
        feature(None, id="ailleurs", nom="Ailleurs"),
    )
    plan = dry_run(path, store)
    assert [note.code for note in plan.report.notes if note.code == "outlines_reduced"] == [
        "outlines_reduced"
    ]
    found = applied(path, store)
    assert (found["bv"].lat, found["bv"].lon, found["bv"].type) == (48.5, 2.5, "bassin_de_vie")
    commune = found["01015"]
    assert (commune.name, commune.parents, commune.population) == ("Arboys en Bugey", ("bv",), 710)
    assert (commune.lat, commune.lon) == (48.85, 2.35)
    assert commune.attributes == (("densite", "rural"),)
    assert (found["ailleurs"].lat, found["ailleurs"].lon) == (None, None)
    assert dry_run(path, store).changes_total == 0


def test_the_id_of_a_feature_is_its_territory_s(tmp_path: Path, store: Store) -> None:
    path = collection(tmp_path, {**feature(None, name="Nord"), "id": "n"}, name="zones.json")
    assert applied(path, store)["n"].name == "Nord"


def test_errors_name_the_feature(tmp_path: Path, store: Store) -> None:
    path = collection(tmp_path, feature(None, id="a", nom="A"), feature(None, nom="B"))
    (issue,) = dry_run(path, store).report.issues
    assert (issue.code, issue.row) == ("missing_value", 2)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"type": "FeatureCollection", "features": []}, "vide"),
        ({"type": "FeatureCollection", "features": {}}, "liste"),
        ({"type": "FeatureCollection", "features": [3]}, "liste"),
        ({"type": "Topology", "objects": {}}, "Topology"),
        ({"type": "Point", "coordinates": [2, 48]}, "FeatureCollection"),
        ([1, 2], "FeatureCollection"),
        (
            {
                "type": "FeatureCollection",
                "features": [feature(IN_METRES, id="p", nom="P")],
            },
            "Lambert-93",
        ),
        (
            {
                "type": "FeatureCollection",
                "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}},
                "features": [feature(None, id="p", nom="P")],
            },
            "EPSG::2154",
        ),
        (
            {
                "type": "FeatureCollection",
                "crs": {"properties": 3},
                "features": [feature(None, id="p", nom="P")],
            },
            "WGS 84",
        ),
        (
            {
                "type": "FeatureCollection",
                "features": [feature({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, id="p")],
            },
            "LineString",
        ),
        (
            {
                "type": "FeatureCollection",
                "features": [feature({"type": "Point", "coordinates": ["x"]}, id="p")],
            },
            "objet 1",
        ),
        (
            {
                "type": "FeatureCollection",
                "features": [feature({"type": "Polygon", "coordinates": []}, id="p")],
            },
            "objet 1",
        ),
        ({"type": "FeatureCollection", "features": [feature("ici", id="p")]}, "objet 1|point ou un polygone"),
        (
            {
                "type": "FeatureCollection",
                "features": [feature({"type": "Polygon", "coordinates": [[[0, 0]] * 5]}, id="p")],
            },
            "objet 1",
        ),
        ({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": [1]}]}, "objet 1"),
    ],
)
def test_refused_with_what_to_do(tmp_path: Path, store: Store, document: Any, says: str) -> None:
    path = tmp_path / "zones.geojson"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(FileRefused, match=says):
        dry_run(path, store)
    assert store.head() == 0


def test_crs84_as_qgis_writes_it_is_accepted(tmp_path: Path, store: Store) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert "a" in applied(collection(tmp_path, feature(None, id="a", nom="A"), crs=crs), store)


def test_a_text_called_geojson_is_refused(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "zones.geojson"
    path.write_text("id,nom\na,A\n", encoding="utf-8")
    with pytest.raises(FileRefused):
        dry_run(path, store)


def test_the_point_of_a_horseshoe_lies_in_it() -> None:
    # its centroid is in the opening; halfway up, the two arms are [0, 2] and [8, 10]
    x, y = representative([HORSESHOE])
    assert y == 5
    assert 0 < x < 2 or 8 < x < 10


@given(
    st.lists(st.tuples(st.floats(0.5, 5), st.floats(-80, 80)), min_size=3, max_size=9), st.floats(-170, 170)
)
def test_the_point_of_a_star_lies_within_its_bounds(radii: list[tuple[float, float]], east: float) -> None:
    ring = [(east + radius, height / 10) for radius, height in radii]
    ring.append(ring[0])
    try:
        x, y = representative([[ring]])
    except ValueError:
        return  # no area
    assert min(a for a, _ in ring) - 1e-6 <= x <= max(a for a, _ in ring) + 1e-6
    assert min(b for _, b in ring) - 1e-6 <= y <= max(b for _, b in ring) + 1e-6


def filled(store: Store) -> None:
    territories = [
        Territory(id="R1", name="Région", type="region", visibility="public"),
        Territory(
            id="01015", name="Arboys", parents=("R1",), population=710, lat=45.7, lon=5.6, visibility="public"
        ),
        Territory(
            id="E1",
            name="EPCI",
            type="epci",
            lat=48.4,
            lon=2.4,
            competences=("1502",),
            attributes=(("note", "=1"),),
        ),
    ]
    store.commit(Changes(puts={"territories": territories}), author="test", message="")


def test_what_is_exported_reads_back_as_it_was(tmp_path: Path, store: Store) -> None:
    filled(store)
    snapshot = store.snapshot()
    path = tmp_path / "territoires.geojson"
    stamp = Stamp(snapshot.revision, store.revision(snapshot.revision).moment)
    square = [[(x, y) for x, y in ring] for ring in SQUARE]
    export(snapshot, path, stamp, shapes=lambda id_: [square] if id_ == "E1" else None, credit="IGN")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["attribution"] == "IGN"
    by_id = {item["id"]: item for item in document["features"]}
    assert by_id["E1"]["geometry"] == {"type": "MultiPolygon", "coordinates": [SQUARE]}
    assert by_id["01015"]["geometry"] == {"type": "Point", "coordinates": [5.6, 45.7]}
    assert by_id["R1"]["geometry"] is None
    assert by_id["01015"]["properties"]["id"] == "01015"
    plan = dry_run(path, store)
    assert plan.changes_total == 0
    assert not plan.report.issues
    # the pilot changes one on each side: a conflict, for the file says which revision it shows
    store.commit(
        Changes(
            puts={"territories": [Territory(id="R1", name="La région", type="region", visibility="public")]}
        ),
        author="test",
        message="",
    )
    by_id["R1"]["properties"]["nom"] = "Une région"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert [change.action for change in dry_run(path, store).changes] == ["conflict"]


def test_a_reader_below_pilots_gets_what_it_may_see(tmp_path: Path, store: Store) -> None:
    filled(store)
    path = tmp_path / "t.geojson"
    write_geojson(store.snapshot(level="public"), path, Stamp(1, ""))
    assert "E1" not in path.read_text(encoding="utf-8")
