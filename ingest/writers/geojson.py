"""Territories as GeoJSON (RFC 7946), for QGIS and the like: outlines where they are known, points otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from graph.model import TABLES, Territory
from graph.snapshot import Snapshot
from ingest.foreign.geojson import STAMP
from ingest.readers.sheets import Stamp
from ingest.writers.tables import attributes_of, headers, rows

Polygons = Sequence[Sequence[Sequence[tuple[float, float]]]]
"""Polygons, each an outer ring then its holes, of (longitude, latitude)."""

Shapes = Callable[[str], Polygons | None]
"""Gives the outline of a territory by its id, ``None`` when it is not known."""


def no_shapes(_id: str) -> None:
    """No outline is known."""


def write_geojson(
    snapshot: Snapshot, path: Path, stamp: Stamp, shapes: Shapes = no_shapes, credit: str = ""
) -> None:
    """Write the territories; codes are texts, and a territory without a point nor an outline has no geometry.

    Args:
        snapshot: what is read.
        path: where.
        stamp: the revision exported: an import compares with it.
        shapes: the outlines.
        credit: whom the outlines are owed to; written when one is used.
    """
    table = TABLES["territories"]
    attributes = attributes_of(snapshot, table)
    heads = headers(table, attributes)
    features = []
    drawn = False
    records = snapshot.records(table.name)
    for version, row in zip(records, rows(snapshot, table, attributes), strict=True):
        territory = cast(Territory, version.value)
        outline = shapes(territory.id)
        drawn |= outline is not None
        features.append(
            {
                "type": "Feature",
                "id": territory.id,
                "properties": {head: cell for head, cell in zip(heads, row, strict=True) if cell is not None},
                "geometry": _geometry(territory, outline),
            }
        )
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        STAMP: {"revision": stamp.revision, "moment": stamp.moment},
    }
    if drawn:
        document["attribution"] = credit
    document["features"] = features
    path.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _geometry(territory: Territory, outline: Polygons | None) -> dict[str, Any] | None:
    if outline is not None:
        return {"type": "MultiPolygon", "coordinates": outline}
    if territory.lat is None or territory.lon is None:
        return None
    return {"type": "Point", "coordinates": [territory.lon, territory.lat]}
