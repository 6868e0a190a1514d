"""Grids: who stands where, who weighs on whom, and every statement behind a cell."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from numpy.typing import NDArray

from api.routers.pages.actors import mark, paged
from api.routers.pages.frame import PAGE, Reading, asked, page_router
from api.routers.pages.statements import LOW_CONFIDENCE, PAGES, pairs, value_text
from graph.errors import NotFound
from graph.judgements import Judgements
from graph.stores import Store
from graph.vocabulary import fold
from queries.ageing import ageing
from queries.parameters import Parameter

ACTOR = Parameter("actor", "str", "une seule ligne, celle de cet acteur", "one row only, that of this actor")
MONTHS = Parameter(
    "months",
    "int",
    "les positions de plus de tant de mois",
    "positions more than so many months old",
    low=0,
    high=1200,
)
COLUMNS = Parameter(
    "columns", "int", "la page des colonnes", "the page of columns", default=1, low=1, high=10_000
)
ROWS, ACROSS = 80, 40
"""Rows and columns of one page."""


def router(store: Store) -> APIRouter:
    """The grids and the page of each pair."""
    routes = page_router()

    @routes.get("/positions", response_class=HTMLResponse)
    def positions(request: Request) -> HTMLResponse:
        return _grid(asked(store, request, ACTOR, MONTHS, PAGE, COLUMNS), "positions")

    @routes.get("/influences", response_class=HTMLResponse)
    def influences(request: Request) -> HTMLResponse:
        return _grid(asked(store, request, ACTOR, PAGE, COLUMNS), "influences")

    @routes.get("/positions/{row}/{col}", response_class=HTMLResponse)
    def position(request: Request, row: str, col: str) -> HTMLResponse:
        return _pair(asked(store, request), "positions", row, col)

    @routes.get("/influences/{row}/{col}", response_class=HTMLResponse)
    def influence(request: Request, row: str, col: str) -> HTMLResponse:
        return _pair(asked(store, request), "influences", row, col)

    return routes


def _pair(reading: Reading, kind: str, row: str, col: str) -> HTMLResponse:
    whole = reading.whole
    if row not in whole.actors or col not in (whole.objectives if kind == "positions" else whole.actors):
        raise NotFound(f"Paire inconnue : « {row} », « {col} ».", f"Unknown pair: '{row}', '{col}'.")
    return reading.page(
        "pair",
        kind=kind,
        actor=whole.actors[row],
        other=(whole.objectives if kind == "positions" else whole.actors).name(col),
        other_url=reading.link(f"{'/objectifs' if kind == 'positions' else '/acteurs'}/{col}"),
        found=pairs(reading, kind, row=row, col=col),
        grid_url=reading.link(PAGES[kind]),
    )


def _grid(reading: Reading, kind: str) -> HTMLResponse:
    snapshot = reading.snapshot
    across = snapshot.objectives if kind == "positions" else snapshot.actors
    held = snapshot.positions if kind == "positions" else snapshot.influences
    rows, cols = list(range(len(snapshot.actors))), list(range(len(across)))
    aged: frozenset[int] = frozenset()
    months = cast("int | None", reading.own.get("months"))
    if months is not None:
        aged = frozenset(
            snapshot.actors.index[item["actor"]] << 32 | snapshot.objectives.index[item["objective"]]
            for item in ageing(snapshot, {"months": months}, reading.lang)["items"]
        )
        rows, cols = sorted({p >> 32 for p in aged}), sorted({p & 0xFFFFFFFF for p in aged})
    chosen = cast("str | None", reading.own["actor"])
    if chosen is not None:
        if chosen not in snapshot.actors:
            raise NotFound(
                f"Acteur inconnu dans ce périmètre : « {chosen} ».",
                f"Unknown actor in this scope: '{chosen}'.",
            )
        rows = [snapshot.actors.index[chosen]]
    folded = [fold(actor.name) for actor in snapshot.actors]
    rows.sort(key=folded.__getitem__)
    cols.sort(key=lambda place: fold(cast(Any, across.items[place]).name))
    shown, pages = paged(rows, cast(int, reading.own["page"]), ROWS)
    shown_cols, col_pages = paged(cols, cast(int, reading.own["columns"]), ACROSS)
    cells = Cells(reading, kind, held, aged)
    known = _known(held, kind)
    return reading.page(
        "grid",
        kind=kind,
        heads=[{"id": across.ids[c], "name": cast(Any, across.items[c]).name} for c in shown_cols],
        rows=[
            {
                "id": snapshot.actors.ids[r],
                "name": snapshot.actors.items[r].name,
                "mark": mark(snapshot.actors.items[r]),
                "cells": [cells.cell(r, c) for c in shown_cols],
                "known": int(known[0][r]),
            }
            for r in shown
        ],
        known=[int(known[1][c]) for c in shown_cols],
        possible=(len(across) - (kind == "influences"), len(snapshot.actors) - (kind == "influences")),
        coverage=snapshot.coverage,
        months=months,
        chosen=chosen,
        actors=[
            (snapshot.actors.ids[place], snapshot.actors.items[place].name)
            for place in sorted(range(len(folded)), key=folded.__getitem__)
        ],
        aged=len(aged),
        pages=pages,
        col_pages=col_pages,
        total=(len(rows), len(cols)),
    )


def _known(held: Judgements, kind: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs with an effective value by row and by column; an actor's influence on itself is none."""
    keep = held.row != held.col if kind == "influences" else np.ones(len(held.row), dtype=np.bool_)
    rows, cols = held.shape
    return np.bincount(held.row[keep], minlength=rows), np.bincount(held.col[keep], minlength=cols)


class Cells:
    """The cells of a grid."""

    def __init__(self, reading: Reading, kind: str, held: Judgements, aged: frozenset[int]) -> None:
        self.reading = reading
        self.kind = kind
        self.held = held
        self.aged = aged
        self.contested = frozenset(held.contested.pair.tolist())
        snapshot = reading.snapshot
        self.rows = snapshot.actors.ids
        self.cols = snapshot.objectives.ids if kind == "positions" else snapshot.actors.ids

    def cell(self, row: int, col: int) -> dict[str, Any]:
        """One cell: its class, printed value, marks, and the page of its statements."""
        value, pair = self.held.at(row, col), row << 32 | col
        contested = pair in self.contested
        if self.kind == "influences" and row == col:
            return {
                "css": "self",
                "text": "",
                "href": None,
                "differs": False,
                "doubtful": False,
                "aged": False,
            }
        if value is None and not contested:
            name = "unknown"
        elif contested:
            name = "contested"
        elif self.kind == "influences":
            name = f"i{value}"
        else:
            name = "zero" if value == 0 else f"{'p' if cast(int, value) > 0 else 'm'}{abs(cast(int, value))}"
        confidence = self.held.confidence_at(row, col)
        href = (
            None
            if name == "unknown"
            else self.reading.link(f"{PAGES[self.kind]}/{self.rows[row]}/{self.cols[col]}")
        )
        return {
            "css": name,
            "text": "±" if contested else value_text(self.kind, value),
            "href": href,
            "differs": href is not None and self.held.differing(row, col),
            "doubtful": confidence is not None and confidence < LOW_CONFIDENCE,
            "aged": pair in self.aged,
        }
