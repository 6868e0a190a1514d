"""Territories as GeoJSON (RFC 7946), for QGIS and any other geographic tool."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MEDIA_TYPE = "application/geo+json"


def collection(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Records of territories as points.

    Args:
        items: documents of territories; one whose place is not known gets a null geometry, never a made-up place.
    """
    return {"type": "FeatureCollection", "features": [_feature(item) for item in items]}


def _feature(item: Mapping[str, Any]) -> dict[str, Any]:
    lat, lon = item["lat"], item["lon"]
    known = lat is not None and lon is not None
    return {
        "type": "Feature",
        "id": item["id"],
        "geometry": {"type": "Point", "coordinates": [lon, lat]} if known else None,
        "properties": {name: value for name, value in item.items() if name not in ("lat", "lon")},
    }
