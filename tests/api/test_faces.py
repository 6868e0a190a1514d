"""Maps and tables as files: the rows, links and threshold of the page, at the level of the reader."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree as Tree

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from viz import KINDS


def rows_of(html: str) -> list[list[str]]:
    """Rows of the tables of a page that carry records, as their ids."""
    body = re.findall(r'<td class="records">(.*?)</td>', html)
    return [re.findall(r">([PI]\d+)</a>", cell) for cell in body]


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind != "projet"])
def test_the_files_of_a_map_hold_the_rows_of_its_table(client: TestClient, kind: str) -> None:
    page = client.get(f"/cartes/{kind}").text
    book = load_workbook(io.BytesIO(client.get(f"/cartes/{kind}/xlsx").content))
    held = [row for sheet in book for row in list(sheet.values)[1:]]
    first = page.split('<div data-variant="')[1]
    assert [str(row[-1] or "").split(";") for row in held] == [ids or [""] for ids in rows_of(first)]
    texts = [
        client.get(f"/cartes/{kind}/csv", params={"table": n + 1}).text for n in range(len(book.sheetnames))
    ]
    assert [list(map(len, csv.reader(io.StringIO(text)))) for text in texts] == [
        [sheet.max_column] * sheet.max_row for sheet in book
    ]
    assert client.get(f"/cartes/{kind}/csv", params={"table": len(texts) + 1}).status_code == 404


def test_a_picture_shows_the_links_that_pass_its_threshold(client: TestClient) -> None:
    def links(level: float) -> int:
        text = client.get("/cartes/convergences/svg", params={"level": level}).text
        return len(
            [
                p
                for p in Tree.fromstring(text).iter()
                if "l-pour" in p.get("class", "") and "L" in p.get("d", "")
            ]
        )

    # amap and producteurs agree on "prix" (4 and 3: C = 3.0 at order 2) and nobody on more
    assert links(0.5) > links(50) == 0
    assert "#0E151C" in client.get("/cartes/convergences/svg", params={"theme": "dark"}).text
    assert client.get("/cartes/convergences/svg", params={"view": "order-9"}).status_code == 404
    assert client.get("/cartes/convergences/svg", params={"level": "nan"}).status_code == 422
    assert client.get("/cartes/convergences/pdf").status_code == 404


def test_a_page_made_to_be_printed_has_the_drawing_then_the_table(client: TestClient) -> None:
    text = client.get("/cartes/convergences/imprimer").text
    assert "<script>" not in text
    assert text.index("<svg") < text.index("<table")
    stamp = re.findall(r"révision \d+", text)
    assert len(stamp) >= 3  # title of the page, drawing, table


def test_a_pinned_actor_keeps_its_place_and_a_link_without_sense_is_refused(client: TestClient) -> None:
    def place(pins: str | None) -> tuple[float, float]:
        asked = {} if pins is None else {"pins": pins}
        text = client.get("/cartes/acteurs", params=asked).text
        found = re.search(r'"id":"mairie".*?"x":([\d.]+),"y":([\d.]+)', text)
        assert found is not None
        return float(found[1]), float(found[2])

    x, y = place(None)
    assert place(f"grand~mairie@{x:.0f},{y:.0f}") == (x, y)
    moved = place(f"grand~mairie@{x + 20:.0f},{y + 20:.0f}")
    assert moved == pytest.approx((x + 20, y + 20), abs=1)
    assert place(f"grand~inconnu@{x:.0f},{y:.0f}") == (x, y)
    for pins in ("grand", "grand~mairie", "grand~mairie@1", "petit~mairie@1,2", "grand~mairie@nan,1", "~@,"):
        assert client.get("/cartes/acteurs", params={"pins": pins}).status_code == 422, pins


def test_a_table_is_downloaded_whole_in_its_scope(client: TestClient) -> None:
    text = client.get("/donnees/positions", params={"format": "csv", "project": "alim"}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["objectif"] for row in rows} == {"panier", "prix"}
    assert [row["valeur"] for row in rows if row["acteur"] == "marche"] == ["-2"]
    sheet = load_workbook(io.BytesIO(client.get("/donnees/positions", params={"format": "xlsx"}).content))[
        "positions"
    ]
    assert sheet.max_row == 1 + 7
    assert client.get("/donnees/positions", params={"format": "pdf"}).status_code == 422
