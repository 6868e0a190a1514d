"""The same flows as a sheet of a workbook, as one CSV of a folder, and as a file of flows of their own."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from openpyxl import Workbook

from benchmarks.data import NOW
from benchmarks.measure import Line, Took, once
from graph import Changes, open_store
from graph.model import Territory
from ingest import dry_run

TERRITORIES, ROWS = 2_000, 40_000
HEAD = ("origine", "destination", "type", "quantite", "unite", "annee", "source")


def lines(folder: Path, quick: bool) -> list[Line]:
    """First import of each into a store that knows the territories, dry run and writing; and the sheet once more.

    Args:
        folder: where to write.
        quick: few rows.
    """
    count = 2_000 if quick else ROWS
    rows = list(_rows(count))
    book, sheet, alone = folder / "classeur.xlsx", folder / "flux.csv", folder / "mobilites.csv"
    _book(book, rows)
    for path in (sheet, alone):
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([HEAD, *rows])
    told = []
    for what, path, again in (
        ("sheet flux of a workbook (.xlsx)", book, False),
        ("the same, imported again", book, True),
        ("the same rows as flux.csv", sheet, False),
        ("the same rows as a file of flows", alone, False),
    ):
        took = _imported(path, folder / f"{path.name}-{again}.db", again)
        note = f"{count / took.cpu:,.0f} rows a second of processor".replace(",", " ")
        told.append(Line(f"SQLite: {what}, {count} rows", took.wall, note=note, cpu=took.cpu))
    return told


def _rows(count: int) -> Iterator[tuple[str, str, str, float, str, int, str]]:
    random = np.random.default_rng(1)
    pairs = random.permutation(TERRITORIES * TERRITORIES)[:count]
    for pair, quantity in zip(pairs.tolist(), random.gamma(0.3, 300, count).tolist(), strict=True):
        a, b = divmod(pair, TERRITORIES)
        yield f"{a:05}", f"{b:05}", "domicile-travail", round(quantity, 3), "actifs", 2020, "Insee"


def _book(path: Path, rows: list[tuple[str, str, str, float, str, int, str]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("flux")
    for row in (HEAD, *rows):
        sheet.append(row)
    book.save(path)


def _imported(path: Path, place: Path, again: bool) -> Took:
    with open_store(f"sqlite:///{place}", now=lambda: NOW) as store:
        known = [Territory(id=f"{k:05}", name=f"Commune {k}", type="commune") for k in range(TERRITORIES)]
        store.commit(Changes({"territories": known}), author="benchmarks", message="territories")

        def run() -> None:
            dry_run(path, store, today=NOW.date()).apply(store, author="benchmarks")

        if again:
            run()
        took = once(run)
        if store.count("flows") == 0:
            raise AssertionError("nothing was imported")
        return took
