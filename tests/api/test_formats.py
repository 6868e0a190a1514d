"""Formats for other tools: workbooks, graphs, GeoJSON, one file, read back by independent readers."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile
from typing import Any

import networkx as nx
import openpyxl
import pytest
from fastapi.testclient import TestClient

from graph.model import TABLES
from queries.registry import ANALYSES
from tests.api.conftest import NEEDED
from viz import KINDS

API = "/api/v1"
HOSTILE = "=HYPERLINK(1)"


def sheet(content: bytes) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    (page,) = book.worksheets
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}, (
        "a formula"
    )
    return list(page.iter_rows(values_only=True))


def text_of(content: bytes) -> str:
    """What a file says, a workbook part by part."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


@pytest.mark.parametrize("table", list(TABLES))
def test_every_list_is_a_workbook_of_the_same_cells(client: TestClient, table: str) -> None:
    answer = client.get(f"{API}/{table}?format=xlsx")
    assert answer.status_code == 200
    rows = sheet(answer.content)
    lines = list(csv.reader(io.StringIO(client.get(f"{API}/{table}?format=csv").text)))
    assert list(rows[0]) == lines[0]
    assert len(rows) == len(lines)
    for row, line in zip(rows[1:], lines[1:], strict=True):
        assert ["" if cell is None else str(cell) for cell in row] == line


def test_no_cell_is_a_formula(client: TestClient) -> None:
    body = {"id": "-1", "name": HOSTILE, "skills": ["@a", "b"], "type": "\t=1", "attributes": {"+x": "-1"}}
    assert client.post(f"{API}/actors", json=body).status_code == 201
    for cells in (
        csv.reader(io.StringIO(client.get(f"{API}/actors?format=csv").text)),
        sheet(client.get(f"{API}/actors?format=xlsx").content),
        csv.reader(io.StringIO(client.get(f"{API}/mactor?format=csv&table=mdi").text)),
    ):
        for row in cells:
            assert not any(str(cell or "").startswith(("=", "+", "-", "@", "\t")) for cell in row), row


@pytest.mark.parametrize("text", ["a\x01b", "a\x0bb", "\ufffe", "a\x7fb"])
def test_text_that_no_file_can_hold_is_refused(client: TestClient, text: str) -> None:
    answer = client.post(f"{API}/actors", json={"id": "x", "name": text})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "name")
    kept = client.post(
        f"{API}/objectives", json={"id": "x", "name": "x", "description": "une\nligne\tde plus"}
    )
    assert kept.status_code == 201
    assert client.get(f"{API}/export?format=xlsx").status_code == 200


def test_territories_are_points_longitude_first(client: TestClient) -> None:
    for body in (
        {"id": "bourg", "name": "Le Bourg", "lat": 48.1, "lon": -1.7},
        {"id": "bassin", "name": "Le bassin de vie"},
    ):
        assert client.post(f"{API}/territories", json=body).status_code == 201
    answer = client.get(f"{API}/territories?format=geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    found = {feature["id"]: feature for feature in answer.json()["features"]}
    # RFC 7946 §3.1.1 and §3.2: longitude first; an unlocated feature has a null geometry
    assert found["bourg"]["geometry"] == {"type": "Point", "coordinates": [-1.7, 48.1]}
    assert found["bassin"]["geometry"] is None
    assert found["bourg"]["properties"]["name"] == "Le Bourg"
    assert client.get(f"{API}/actors?format=geojson").status_code == 422


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_map_in_every_format(client: TestClient, kind: str) -> None:
    path = f"{API}/maps/{kind}"
    page = client.get(path)
    assert page.headers["content-type"].startswith("text/html")
    assert "attachment" in page.headers["content-disposition"]
    assert "sha256-" in page.text.partition("</head>")[0]
    tables = client.get(f"{path}?format=json").json()["tables"]
    lines = list(csv.reader(io.StringIO(client.get(f"{path}?format=csv").text)))
    assert lines[0] == tables[0]["columns"]
    assert len(lines) == 1 + len(tables[0]["rows"])
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}?format=xlsx").content))
    assert len(book.worksheets) == len(tables)
    ET.fromstring(client.get(f"{path}?format=svg").content)
    for shape, read in (
        ("graphml", nx.parse_graphml),
        ("gexf", lambda text: nx.read_gexf(io.BytesIO(text.encode()))),
    ):
        answer = client.get(f"{path}?format={shape}")
        graph = read(answer.text)
        assert all("label" in said or shape == "gexf" for _, said in graph.nodes(data=True))
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("address", ["export", "maps/actors", "maps/influence"])
def test_the_same_graph_has_the_same_bytes_on_another_day(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    found = []
    for day in ("2024-01-01", "2024-01-02"):
        monkeypatch.setattr("time.strftime", lambda *_, day=day: day)  # what networkx stamps
        found.append(client.get(f"{API}/{address}?format=gexf").content)
    assert found[0] == found[1]
    assert found[0].startswith(b"<?xml")
    assert b"2024-01-0" not in found[0]


def test_the_graph_of_a_map_has_the_pairs_of_its_analysis(client: TestClient) -> None:
    graph = nx.parse_graphml(client.get(f"{API}/maps/convergence?format=graphml").text)
    pairs = client.get(f"{API}/convergences").json()["items"]
    drawn = {frozenset((a, b)) for a, b, said in graph.edges(data=True) if said["reading"] != "conflictual"}
    assert drawn == {frozenset((item["a"], item["b"])) for item in pairs if item["reading"] != "conflictual"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("actors?from=2024-01-01", 422),
        ("actors?format=pdf", 422),
        ("actors?nimporte=1", 422),
        ("actors?project=lune", 422),
        ("acteurs", 404),
        ("actors?format=csv&table=9", 404),
        ("evolution?from=2024-01-01", 422),
    ],
)
def test_maps_refuse_what_they_do_not_know(client: TestClient, query: str, status: int) -> None:
    answer = client.get(f"{API}/maps/{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(answer.text)["detail"]


@pytest.mark.parametrize("path", [*(path for path in ANALYSES if path not in NEEDED), *NEEDED])
def test_every_analysis_is_a_workbook_of_the_same_cells(client: TestClient, path: str) -> None:
    asked: dict[str, Any] = {**NEEDED.get(path, {}), **({"table": "mdii"} if path == "mactor" else {})}
    answer = client.get(f"{API}/{path}", params={**asked, "format": "xlsx"})
    assert answer.status_code == 200, answer.text
    text = client.get(f"{API}/{path}", params={**asked, "format": "csv"}).text
    lines = [line for line in csv.reader(io.StringIO(text)) if line]
    rows = sheet(answer.content)
    assert len(rows) >= len(lines)
    for row, line in zip(rows, lines, strict=False):
        for cell, said in zip(row, line, strict=False):
            same = (cell is None and said == "") or str(cell) == said
            assert same or float(cell) == float(said), (cell, said)


def test_the_map_of_territories_is_geojson_with_its_actors(client: TestClient) -> None:
    places = [{"id": "hameau", "name": "Hameau", "parents": ["ville"], "lat": 45.5, "lon": 5.25}]
    for body in places:
        assert client.post(f"{API}/territories", json=body).status_code == 201
    actor = {"id": "ferme", "name": "Ferme", "territory": "hameau"}
    assert client.post(f"{API}/actors", json=actor).status_code == 201
    answer = client.get(f"{API}/maps/territories?format=geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    found = {f["id"]: f for f in answer.json()["features"]}
    assert set(found) == {"ville", "voisine", "hameau"}
    assert found["hameau"]["geometry"] == {"type": "Point", "coordinates": [5.25, 45.5]}
    assert found["ville"]["geometry"] is None
    assert {id_: f["properties"]["actors"] for id_, f in found.items()} == {
        "ville": 1,
        "voisine": 0,
        "hameau": 1,
    }
    refused = client.get(f"{API}/maps/actors?format=geojson")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "format")
