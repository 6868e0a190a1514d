"""Documents as flat tables, for CSV and for the terminal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from graph.errors import Fault, InvalidCall
from queries.envelope import Document

MACTOR_TABLES = (
    *("actors", "mdi", "mdii", "mmdii"),
    *(f"{name}{order}" for order in (1, 2, 3) for name in ("mao", "caa", "daa")),
    *("mobilisation1", "mobilisation2", "mobilisation3"),
)
"""What ``table=`` may name in the MACTOR document."""

Row = list[Any]


def flat(document: Document, table: str | None = None) -> tuple[list[str], list[Row]]:
    """Header and rows of a document: one row per item; of MACTOR, the table asked for.

    Args:
        document: of an analysis.
        table: for MACTOR only, one of :data:`MACTOR_TABLES`.

    Raises:
        InvalidCall: MACTOR without a table, or with an unknown one.
    """
    if "items" not in document:
        return _mactor(document, table)
    items: Sequence[Mapping[str, Any]] = document["items"]
    names = list(dict.fromkeys(name for item in items for name in item))
    return names, [[item.get(name) for name in names] for item in items]


def csv_text(document: Document, table: str | None = None) -> str:
    """A document as CSV: lists joined by ``;``, nested objects as JSON text, undefined numbers empty."""
    names, rows = flat(document, table)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([cell_text(name) for name in names])
    writer.writerows([[cell_text(value) for value in row] for row in rows])
    return stream.getvalue()


def cell_text(value: Any) -> str:
    """A value as a cell: lists joined, objects as JSON text, no text that a spreadsheet would run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        if any(isinstance(item, dict | list) for item in value):
            return json.dumps(value, ensure_ascii=False)
        return ";".join(cell_text(item) for item in value)
    text = str(value)
    # a spreadsheet would run a text that begins so
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _mactor(document: Document, table: str | None) -> tuple[list[str], list[Row]]:
    if table not in MACTOR_TABLES:
        known = ", ".join(MACTOR_TABLES)
        raise InvalidCall(
            [
                Fault(
                    "table",
                    table or "",
                    f"MACTOR en tableau demande « table » : {known}.",
                    f"MACTOR as a table needs 'table': {known}.",
                )
            ]
        )
    actors, objectives = document["actors"], document["objectives"]
    if table == "actors":
        names = ["influence", "dependence", "ri", "qi", "ambivalence1", "ambivalence2", "ambivalence3"]
        columns = [document[name] or [None] * len(actors) for name in names]
        return ["actor", *names], [list(row) for row in zip(actors, *columns, strict=True)]
    if table.startswith("mobilisation"):
        found = document["mobilisation"][table[-1]]
        rows = [] if found is None else [[o["id"], o["for"], o["against"]] for o in found["objectives"]]
        return ["objective", "for", "against"], rows
    heads = objectives if table.startswith("mao") else actors
    matrix = document[table] or []
    return ["actor", *heads], [[actor, *row] for actor, row in zip(actors, matrix, strict=False)]
