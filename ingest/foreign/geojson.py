"""GeoJSON of territories (RFC 7946): points, and polygons read as a point that lies in them.

Properties are the columns of the sheet ``territoires``; those the model does not know are kept, as those of any sheet.
Coordinates are degrees of WGS 84, longitude first: anything else is refused, because it cannot be told from an error.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graph.errors import FileRefused
from graph.plurals import agreed
from graph.vocabulary import fold
from ingest.escaping import join_list
from ingest.issues import Note
from ingest.readers.sheets import Cell, Line, Sheet, Source, Stamp

STAMP = "agencements"
"""Member of an export that says which revision it shows."""

GEOMETRIES = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)
TYPES = frozenset({"FeatureCollection", "Feature", "Topology", *GEOMETRIES})
WGS84 = ("crs84", "4326")
"""What the name of an accepted coordinate system holds."""

IDS = ("code", "siren", "insee", "codgeo", "code insee", "insee com", "siren epci", "insee dep", "insee reg")
NAMES = ("libelle", "label", "lib epci", "lib com", "libgeo", "nom com", "nom officiel")
"""Folded names of properties that are the id or the name when none is called so."""

Point = tuple[float, float]


def is_geojson(path: Path) -> bool:
    """Whether a JSON file says it is GeoJSON (or TopoJSON, which is refused by name)."""
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    if path.suffix.lower() == ".geojson":
        return True
    return isinstance(document, dict) and document.get("type") in TYPES


def geojson(path: Path, source: Source) -> list[Sheet]:
    """The sheet ``territoires`` that a GeoJSON file amounts to.

    Raises:
        FileRefused: not a collection of features, empty, or not in WGS 84.
    """
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    features = _features(path.name, document)
    _in_wgs84(path.name, document)
    stamp = document.get(STAMP)
    if (
        isinstance(stamp, dict)
        and isinstance(stamp.get("revision"), int)
        and isinstance(stamp.get("moment"), str)
    ):
        source.stamp = Stamp(stamp["revision"], stamp["moment"])
    rows = []
    reduced = 0
    for number, feature in enumerate(features, start=1):
        says = _says(path.name, number, feature)
        point, reduces = _point(path.name, number, feature.get("geometry"))
        if point is not None and not {"lat", "lon"} <= says.keys():
            says |= {"lon": point[0], "lat": point[1]}
            reduced += reduces
        rows.append(says)
    if reduced:
        source.notes.append(
            Note(
                "outlines_reduced",
                f"{path.name} : {agreed(reduced, 'contour(s) lu(s)')} comme un point situé dedans ; les contours "
                "ne sont pas gardés.",
                f"{path.name}: {agreed(reduced, 'outline(s)', 'en')} read as a point inside; outlines are not kept.",
            )
        )
    return [Sheet(path.name, "features", lambda _sheet: _lines(rows), "territories")]


def _lines(rows: list[dict[str, Cell]]) -> Iterator[Line]:
    heads = list(dict.fromkeys(name for row in rows for name in row))
    yield Line(1, dict(enumerate(heads)))
    for number, row in enumerate(rows, start=1):
        yield Line(number, {place: row[name] for place, name in enumerate(heads) if row.get(name, "") != ""})


def _features(name: str, document: Any) -> list[Mapping[str, Any]]:
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        found = document.get("type") if isinstance(document, dict) else None
        raise FileRefused(
            f"{name} : ce n'est pas une collection d'objets GeoJSON (« type » : {found or 'absent'} ; attendu : "
            "FeatureCollection). Dans QGIS : Exporter → Sauvegarder les entités sous… → GeoJSON.",
            f"{name}: this is no collection of GeoJSON features ('type': {found or 'absent'}; expected: "
            "FeatureCollection). In QGIS: Export → Save features as… → GeoJSON.",
        )
    features = document.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise FileRefused(
            f"{name} : « features » n'est pas une liste d'objets.",
            f"{name}: 'features' is no list of objects.",
        )
    if not features:
        raise FileRefused(
            f"{name} : la collection est vide, il n'y a aucun territoire à lire.",
            f"{name}: the collection is empty, there is no territory to read.",
        )
    return features


def _in_wgs84(name: str, document: Mapping[str, Any]) -> None:
    crs = document.get("crs")
    if crs is None:
        return
    inner = crs.get("properties") if isinstance(crs, dict) else None
    says = inner.get("name", "") if isinstance(inner, dict) else crs
    if not any(word in str(says).casefold() for word in WGS84):
        raise FileRefused(
            f"{name} : les coordonnées sont dans le système « {says} ». Réexportez en WGS 84 (EPSG:4326).",
            f"{name}: the coordinates are in the system '{says}'. Export again in WGS 84 (EPSG:4326).",
        )


def _says(name: str, number: int, feature: Mapping[str, Any]) -> dict[str, Cell]:
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise _malformed(name, number)
    says: dict[str, Cell] = {}
    for key, value in properties.items():
        if isinstance(value, bool):
            says[str(key)] = "oui" if value else "non"
        elif isinstance(value, str | int | float):
            says[str(key)] = value
        elif isinstance(value, list):
            says[str(key)] = join_list(str(part) for part in value)
    by_fold = {fold(key): key for key in says}
    if "id" not in by_fold:
        own = feature.get("id")
        if isinstance(own, str | int):
            says["id"] = str(own)
        elif (found := next((by_fold[word] for word in IDS if word in by_fold), None)) is not None:
            says["id"] = str(says.pop(found))
    if not {"nom", "name"} & by_fold.keys():
        found = next((by_fold[word] for word in NAMES if word in by_fold), None)
        if found is not None:
            says["nom"] = says.pop(found)
    return says


def _point(name: str, number: int, geometry: Any) -> tuple[Point | None, int]:
    """The point of a feature, and 1 when it stands for an outline."""
    if geometry is None:
        return None, 0
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates: Any = geometry.get("coordinates") if isinstance(geometry, dict) else None
    try:
        if kind == "Point":
            return _degrees(name, number, coordinates), 0
        if kind in ("Polygon", "MultiPolygon"):
            polygons = [coordinates] if kind == "Polygon" else list(coordinates)
            read = [[[_degrees(name, number, at) for at in ring] for ring in polygon] for polygon in polygons]
            return representative([polygon for polygon in read if polygon and len(polygon[0]) > 3]), 1
    except (TypeError, IndexError, KeyError, ValueError) as fault:
        raise _malformed(name, number) from fault
    raise FileRefused(
        f"{name} : objet {number}, géométrie « {kind} » : un territoire est un point ou un polygone.",
        f"{name}: feature {number}, geometry '{kind}': a territory is a point or a polygon.",
    )


def _malformed(name: str, number: int) -> FileRefused:
    return FileRefused(
        f"{name} : objet {number}, mal formé. Exportez à nouveau depuis votre logiciel.",
        f"{name}: feature {number}, malformed. Export it again from your software.",
    )


def _degrees(name: str, number: int, at: Any) -> Point:
    x, y = float(at[0]), float(at[1])
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError(at)
    if abs(x) > 180 or abs(y) > 90:
        raise FileRefused(
            f"{name} : objet {number}, coordonnées {x:g}, {y:g} hors de WGS 84 : ce sont sans doute des mètres (Lambert-93). "
            "Réexportez en WGS 84 (EPSG:4326).",
            f"{name}: feature {number}, coordinates {x:g}, {y:g} outside WGS 84: metres, perhaps (Lambert-93). "
            "Export again in WGS 84 (EPSG:4326).",
        )
    return x, y


def representative(polygons: list[list[list[Point]]]) -> Point:
    """A point that lies in an outline: the centroid of its largest polygon, or, where that falls outside, the middle.

    The middle is that of the widest stretch of the polygon along the parallel halfway up.

    Args:
        polygons: each an outer ring, then its holes; rings are closed.

    Raises:
        ValueError: there is none with an area.
    """
    largest = max(polygons, key=lambda polygon: abs(_area(polygon[0])))
    area = _area(largest[0])
    if area == 0:
        raise ValueError("no area")
    cx = cy = 0.0
    for (x, y), (u, v) in itertools.pairwise(largest[0]):
        cross = x * v - u * y
        cx += (x + u) * cross
        cy += (y + v) * cross
    centroid = round(cx / (6 * area), 6), round(cy / (6 * area), 6)
    if _inside(centroid, largest):
        return centroid
    heights = [y for _, y in largest[0]]
    half = (min(heights) + max(heights)) / 2
    crossings = sorted(x for ring in largest for x in _crossings(ring, half))
    stretches = list(zip(crossings[::2], crossings[1::2], strict=False))
    west, east = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
    return round((west + east) / 2, 6), round(half, 6)


def _area(ring: list[Point]) -> float:
    return 0.5 * sum(x * v - u * y for (x, y), (u, v) in itertools.pairwise(ring))


def _crossings(ring: list[Point], y: float) -> Iterator[float]:
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        if (y0 > y) != (y1 > y):
            yield x0 + (y - y0) * (x1 - x0) / (y1 - y0)


def _inside(point: Point, polygon: list[list[Point]]) -> bool:
    return sum(x > point[0] for ring in polygon for x in _crossings(ring, point[1])) % 2 == 1
