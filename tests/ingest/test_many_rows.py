"""Sheets of more rows than are read or decided at once: every cell, and every error in the order of the file."""

from __future__ import annotations

import zipfile
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from graph import Store
from ingest.readers import open_source
from ingest.readers.containers import CHUNK
from tests.ingest.books import TODAY, load, plan, write

COUNT = 1_000


def test_a_sheet_of_several_pieces_is_read_as_openpyxl_reads_it(tmp_path: Path) -> None:
    """Expected: openpyxl, another reader. Texts are shared in one file and inline in the other."""
    rows: list[list[Any]] = [
        [
            f"id{k}",
            k,
            k / 7,
            k % 3 == 0,
            TODAY - timedelta(days=k),
            " " if k % 2 else f"a & <b> é{k % 5}",
            None,
            "fin",
        ]
        for k in range(COUNT)
    ]
    for streamed in (False, True):
        book = Workbook(write_only=streamed)
        sheet = book.create_sheet("flux") if streamed else book.worksheets[0]
        for row in rows:
            sheet.append(row)
        path = tmp_path / f"{streamed}.xlsx"
        book.save(path)
        with zipfile.ZipFile(path) as container:
            assert container.getinfo("xl/worksheets/sheet1.xml").file_size > 3 * CHUNK
        with closing(load_workbook(path, read_only=True)) as peer:
            expected = [
                {place: cell for place, cell in enumerate(row) if cell is not None and cell != " "}
                for row in peer.worksheets[0].iter_rows(values_only=True)
            ]
        (found,) = open_source(path).sheets
        lines = list(found.lines())
        assert [line.number for line in lines] == list(range(1, COUNT + 1))
        assert [_days(line.cells) for line in lines] == [_days(cells) for cells in expected]


def _days(cells: Any) -> dict[int, Any]:
    """Cells with days told without their hour, which openpyxl adds."""
    return {p: date(c.year, c.month, c.day) if isinstance(c, date) else c for p, c in cells.items()}


def test_errors_of_one_batch_come_in_the_order_of_the_file(store: Store, tmp_path: Path) -> None:
    """What is found in the file, in the store and in the codes, side by side; expected: the rows as written below."""
    head = ["origine", "destination", "type", "quantite", "annee"]
    flows = [
        ["A", "B", "domicile-travail", 10, 2020],
        ["A", "C", "domicile-travail", 10, 2020],
        ["A", "B", "domicile-travail", 12, 2020],
        ["B", "A", "domicile-travail", 3, 2020],
        ["Z", "A", "domicile-travail", 3, 2020],
        ["B", "A", "domicile-travail", 4, 2020],
    ]
    path = write(
        tmp_path, {"territoires": [["id", "nom"], ["A", "Aval"], ["B", "Bois"]], "flux": [head, *flows]}
    )
    issues = plan(store, path).report.issues
    assert [(i.row, i.code) for i in issues] == [
        (3, "unknown_reference"),
        (4, "duplicate_row"),
        (6, "unknown_reference"),
        (7, "duplicate_row"),
    ]


def test_a_sheet_of_flows_imported_again_changes_nothing_and_one_cell_changes_one_flow(
    store: Store, tmp_path: Path
) -> None:
    head = ["origine", "destination", "type", "quantite", "annee", "couleur"]
    flows: list[list[Any]] = [[f"T{k}", f"T{k + 1}", "domicile-travail", k, 2020, "vert"] for k in range(40)]
    territories = [["id", "nom"], *([f"T{k}", f"Lieu {k}"] for k in range(41))]
    load(store, write(tmp_path, {"territoires": territories, "flux": [head, *flows]}))
    again = plan(store, write(tmp_path, {"flux": [head, *flows]}, name="again"))
    assert vars(again.counts["flows"]) == {"create": 0, "change": 0, "same": 40, "conflict": 0}
    flows[7][3], flows[8][5], flows[9][3] = 700, "bleu", None
    other = plan(store, write(tmp_path, {"flux": [head, *flows]}, name="other"))
    assert vars(other.counts["flows"]) == {"create": 0, "change": 2, "same": 38, "conflict": 0}
    assert [change.row for change in other.changes] == [9, 10]
