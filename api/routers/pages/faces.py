"""The other faces of a map: picture, tables, print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from fastapi import Response
from markupsafe import Markup

from api.routers.pages.frame import Reading
from graph.errors import NotFound
from graph.plurals import agreed
from ingest import csv_of, workbook
from ingest.escaping import harmless
from queries.parameters import Parameter
from viz import MapSpec, render_svg
from viz.kinds import PROFILES
from viz.spec import Row, Table
from viz.words import words

VIEW = (
    Parameter("view", "str", "la zone ou l'ordre montré", "the zone or the order shown"),
    Parameter("size", "str", "la taille de la carte", "the size of the map", choices=PROFILES),
    Parameter("level", "number", "le seuil des liens montrés", "the threshold of links shown"),
    Parameter("theme", "str", "clair ou sombre", "light or dark", default="light", choices=("light", "dark")),
    Parameter("table", "int", "le tableau, de 1 au dernier", "the table, from 1", default=1, low=1, high=20),
)
"""What a face shows of a map; the page keeps the same after the # of its address."""

FACES: Mapping[str, str] = {
    "svg": "image/svg+xml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "imprimer": "text/html; charset=utf-8",
}
"""Faces by the end of their address, and their media types."""


def exports(reading: Reading, spec: MapSpec) -> tuple[tuple[str, str], ...]:
    """Links to every face of a map, as (words, address)."""
    own = {
        name: value
        for name, value in reading.request.query_params.items()
        if name not in ("lang", *reading.given)
    }
    path = reading.request.url.path
    tables = [
        (f"{table.caption} (CSV)" if len(spec.tables) > 1 else "CSV", f"{path}/csv", {"table": n})
        for n, table in enumerate(spec.tables, 1)
    ]
    found: list[tuple[str, str, dict[str, Any]]] = [
        ("SVG", f"{path}/svg", {}),
        (reading.t("Imprimer (A4, A3)", "Print (A4, A3)"), f"{path}/imprimer", {}),
        (reading.t("Classeur XLSX", "XLSX workbook"), f"{path}/xlsx", {}),
        *tables,
    ]
    return tuple((text, reading.link(address, **{**own, **more})) for text, address, more in found)


def shown_as(face: str, reading: Reading, page: str, specs: Sequence[MapSpec]) -> Response:
    """One face of a map.

    Args:
        face: a key of :data:`FACES`.
        reading: with the parameters of :data:`VIEW`.
        page: name of the map in addresses.
        specs: of the map.

    Raises:
        NotFound: no such view or table.
    """
    spec = _chosen(reading, specs)
    tables = next(one.tables for one in specs if one.variant == spec.variant)
    level = cast("float | None", reading.own["level"])
    theme = cast(Any, reading.own["theme"])
    name = f"{page}-revision-{reading.snapshot.revision}"
    content: str | bytes
    if face == "imprimer":
        return reading.page(
            "printed",
            spec=spec,
            tables=tables,
            drawing=Markup(
                render_svg(spec, theme, level=level).partition("\n")[2]
            ),  # without its XML prologue
            words=words(reading.lang),
        )
    if face == "svg":
        content = render_svg(spec, theme, level=level)
    elif face == "csv":
        number = cast(int, reading.own["table"])
        if number > len(tables):
            raise NotFound(
                f"Cette carte a {agreed(len(tables), 'tableau(x)')}.",
                f"This map has {agreed(len(tables), 'table(s)', 'en')}.",
            )
        shown = tables[number - 1]
        content = csv_of(heads(reading, shown), map(cells, shown.rows))
        name = f"{name}-{number}" if len(tables) > 1 else name
    else:
        content = workbook((table.caption, heads(reading, table), map(cells, table.rows)) for table in tables)
    return download(content, FACES[face], f"{name}.{face}")


def download(content: str | bytes, media: str, name: str) -> Response:
    """A file for its reader alone."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-cache",
    }
    return Response(content, media_type=media, headers=headers)


def _chosen(reading: Reading, specs: Sequence[MapSpec]) -> MapSpec:
    view = reading.own["view"]
    same = [one for one in specs if view is None or one.variant == view]
    if not same:
        known = ", ".join(dict.fromkeys(one.variant for one in specs))
        raise NotFound(
            f"Vue inconnue : « {view} » ; connues : {known}.", f"Unknown view: '{view}'; known: {known}."
        )
    return next((one for one in same if one.profile.name == reading.own["size"]), same[0])


def heads(reading: Reading, table: Table) -> list[str]:
    """Heads of a table of a map, that of its records last."""
    return [*table.columns, words(reading.lang)["records"]]


def cells(row: Row) -> list[str | float | None]:
    """Cells of a row, numbers as numbers, the ids of its records last."""
    return [
        *(harmless(cell.text) if cell.number is None else cell.number for cell in row.cells),
        ";".join(row.records),
    ]
