"""A folder of UTF-8 CSV files, one per table, with the stamp beside."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

from graph.snapshot import Snapshot
from ingest.readers import STAMP_FILE
from ingest.readers.sheets import Stamp
from ingest.writers.tables import Value, attributes_of, filled, headers, rows


def write_folder(snapshot: Snapshot, path: Path, stamp: Stamp) -> None:
    """Write one CSV file per table that holds something."""
    path.mkdir(parents=True, exist_ok=True)
    for table in filled(snapshot):
        attributes = attributes_of(snapshot, table)
        with (path / f"{table.sheet}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(headers(table, attributes))
            for row in rows(snapshot, table, attributes):
                writer.writerow([value_text(value) for value in row])
    (path / STAMP_FILE).write_text(
        json.dumps({"revision": stamp.revision, "moment": stamp.moment}) + "\n", encoding="utf-8"
    )


def value_text(value: Value) -> str:
    """A value as the text of a CSV cell."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
