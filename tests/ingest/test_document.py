"""The dry run as clients read it: the shape the contract says, exact totals, both languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from graph import Store
from ingest.issues import LISTED
from tests.ingest.books import BASE, OBJECTIVES, Rows, Sheets, held, load, plan, write

P = ["acteur", "objectif", "valeur", "date"]

SHEETS: Sheets = {
    "acteurs": [["id", "nom"], ["mairie", "La mairie"], ["amap", "L'AMAP"], ["x", "La Mairie"]],
    "objectifs": BASE["objectifs"],
    "2mao": [["", "place", "panier"], ["mairie", 3, 0]],
}
BAD: Sheets = {"positions": [P, ["mairie", "place", "+6", "2024-01-01"]]}


def shape(value: Any) -> Any:
    """Types in place of values, a list by its first item."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_the_shape_of_a_dry_run(store: Store, tmp_path: Path) -> None:
    load(store, write(tmp_path, {**BASE, "positions": [P, ["amap", "place", 1, "2024-01-01"]]}, name="avant"))
    load(store, write(tmp_path, {"positions": [P, ["amap", "place", 2, "2024-01-01"]]}, name="puis"))
    rows: Rows = [P, ["mairie", "place", "+6", "2024-01-01"], ["amap", "place", 1, "2024-01-01"]]
    sheets: Sheets = {**SHEETS, "positions": rows}
    made = plan(store, write(tmp_path, sheets))
    document = json.loads(made.document().model_dump_json())
    counted = {"create": "int", "change": "int", "same": "int", "conflict": "int"}
    assert shape(document) == {
        "id": "str",
        "base_revision": "int",
        "status": "str",
        "counts": {"actors": counted, "objectives": counted, "positions": counted},
        "changes": [
            {
                "action": "str",
                "table": "str",
                "file": "str",
                "sheet": "str",
                "row": "int",
                "record": "str",
                "before": "NoneType",
                "after": {"id": "str", "name": "str", "visibility": "str"},
            }
        ],
        "errors": [
            {
                "file": "str",
                "sheet": "str",
                "row": "int",
                "column": "str",
                "value": "str",
                "code": "str",
                "expected": "str",
                "message": "str",
            }
        ],
        "duplicates": [
            {"file": "str", "sheet": "str", "row": "int", "candidate": "str", "because": "str"},
        ],
        "choices": [{"key": "str", "values": ["str"]}],
        "notes": [],
        "totals": {"changes": "int", "errors": "int", "duplicates": "int"},
    }
    assert re.fullmatch(r"[0-9a-f]{12}", document["id"])
    assert document["base_revision"] == 2
    assert document["status"] == "blocked"
    assert document["counts"]["positions"] == {"create": 1, "change": 0, "same": 0, "conflict": 1}
    conflict = next(change for change in document["changes"] if change["action"] == "conflict")
    assert conflict == {
        "action": "conflict",
        "table": "positions",
        "file": "classeur.xlsx",
        "sheet": "positions",
        "row": 3,
        "record": "P1",
        "before": {"value": 2},
        "after": {"value": 1},
    }
    error = document["errors"][0]
    assert {k: error[k] for k in ("sheet", "row", "column", "value", "code", "expected")} == {
        "sheet": "positions",
        "row": 2,
        "column": "valeur",
        "value": "+6",
        "code": "out_of_range",
        "expected": "-4..4",
    }
    twin = document["duplicates"][0]
    assert (twin["sheet"], twin["row"], twin["candidate"]) == ("acteurs", 4, "mairie")
    assert document["choices"] == [{"key": "zero", "values": ["unknown", "neutral"]}]


def test_it_is_the_same_for_the_same_file_and_store(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, SHEETS)
    first, second = (plan(store, path).document() for _ in range(2))
    assert first == second
    load(store, write(tmp_path, BASE, name="autre"))
    assert plan(store, path).document().id != first.id


def test_messages_in_english(store: Store, tmp_path: Path) -> None:
    made = plan(store, write(tmp_path, {**SHEETS, **BAD}))
    french, english = made.document(), made.document("en")
    assert english.errors[0].message.startswith(
        "classeur.xlsx, sheet 'positions', row 2, column 'valeur': '+6'"
    )
    assert french.errors[0].message != english.errors[0].message
    assert french.duplicates[0].because != english.duplicates[0].because
    assert french.counts == english.counts


@pytest.mark.parametrize("extra", [0, 7])
def test_totals_are_exact_beyond_what_is_listed(store: Store, tmp_path: Path, extra: int) -> None:
    many = LISTED + extra
    rows: Rows = [["id", "nom"], *([f"a{n}", f"Nom{n}x Acteur"] for n in range(many))]
    flawed: Rows = [P, *([f"a{n}", "place", 9, ""] for n in range(many))]
    made = plan(
        store, write(tmp_path, {"acteurs": rows, "objectifs": OBJECTIVES, "positions": flawed}, "csv")
    )
    document = made.document()
    assert document.totals.errors == many
    assert document.totals.changes == many + len(OBJECTIVES) - 1
    assert len(document.errors) == len(document.changes) == LISTED
    assert document.counts["actors"].create == many


def test_twins_beyond_what_is_listed(store: Store, tmp_path: Path) -> None:
    many = LISTED + 5
    head = ["id", "nom", "siren"]
    rows: Rows = [
        head,
        ["a", "Premier", "356000000"],
        *([f"b{n}", f"N{n}", "356000000"] for n in range(many)),
    ]
    document = plan(store, write(tmp_path, {"acteurs": rows}, "csv")).document()
    assert document.totals.duplicates == many
    assert len(document.duplicates) == LISTED
    assert document.status == "ready"


def test_what_is_not_listed_is_written_all_the_same(store: Store, tmp_path: Path) -> None:
    many = LISTED + 5
    rows: Rows = [["id", "nom"], *([f"a{n}", f"Nom{n}"] for n in range(many))]
    load(store, write(tmp_path, {"acteurs": rows}, "csv"))
    assert len(held(store)["actors"]) == many


def test_progress_is_told_by_table(store: Store, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    plan(store, write(tmp_path, BASE), progress=lambda table, rows: told.append((table, rows)))
    assert ("actors", 2) in told
    assert ("objectives", 2) in told


def test_long_values_are_cut_in_messages(store: Store, tmp_path: Path) -> None:
    rows: Rows = [["id", "nom"], ["a", "é" * 5_000]]
    made = plan(store, write(tmp_path, {"acteurs": rows}))
    error = made.document().errors[0]
    assert len(error.value) <= 1_000
    assert len(error.message) < 400
