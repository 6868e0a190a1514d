"""Every question that can be asked of the application by reading, made from its routes.

A route, a path part or a required parameter for which there is no example fails the tests that walk, and says where to
add one; so do the examples of a new analysis.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI
from fastapi.routing import APIRoute

from graph.model import SHEETS, TABLES, Kind
from queries.registry import ANALYSES
from viz import KINDS

API = "/api/v1/"
Query = tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True)
class Known:
    """What the store that is walked holds.

    Attributes:
        ids: by table, ids to ask for: seen by all, hidden, absent.
        required: by parameter, the values that make every analysis that needs it answer.
        day: a value for any date.
        revision: a value of ``at_revision``: what was seen then may be hidden since.
    """

    ids: Mapping[str, Sequence[str]]
    required: Mapping[str, Sequence[str]]
    day: str
    revision: str

    def asked(self, table: str) -> Sequence[str]:
        """A few ids of a table for a parameter that names one."""
        return self.ids[table][:2]


REFERS = {
    "project": "projects",
    "stake": "stakes",
    "territory": "territories",
    "actor": "actors",
    "objective": "objectives",
}
"""Table of the parameters that name an entity."""

NOTHING_TO_ASK = frozenset({"lang", "format", "table", "visibility", "as_of", "at_revision"})
"""Parameters asked apart, or that every route reads the same way."""


def routes(app: FastAPI, method: str) -> list[str]:
    """Paths of the application's routes of a method, as they are written in the code; its files apart."""
    found = {r.path for r in _flat(app.routes) if isinstance(r, APIRoute) and method in r.methods}
    described = {path for path, item in app.openapi()["paths"].items() if method.lower() in item}
    assert found > described or method in ("PUT", "PATCH", "DELETE"), "routes are kept elsewhere: see _flat"
    assert found >= described
    return sorted(found)


def _flat(listed: Iterable[Any]) -> Iterator[Any]:
    for route in listed:
        router = getattr(route, "original_router", None)
        if router is None:
            yield route
        else:
            yield from _flat(router.routes)


def questions(app: FastAPI, known: Known, *, filters: bool = True) -> list[str]:
    """Addresses with their queries, for every route that reads.

    Args:
        app: the application.
        known: what its store holds.
        filters: each parameter in turn too, not only formats and dates.
    """
    described = app.openapi()["paths"]
    found: dict[str, None] = {}
    for path in routes(app, "GET"):
        operation = described.get(path, {}).get("get")
        for number, address in enumerate(_addresses(path, known)):
            queries: Iterable[Query] = (
                _pages(address, known, filters)
                if operation is None
                else _queries(path, operation, known, filters)
            )
            if number and not path.startswith(
                "/cartes"
            ):  # the first is asked everything, the others what they say
                queries = [next(iter(queries))]
            found |= dict.fromkeys(f"{address}?{urlencode(q)}" if q else address for q in queries)
    return list(found)


# path parts


def _addresses(path: str, known: Known) -> list[str]:
    if "{" not in path:
        return [path]
    if path in PARTS:
        return [
            path.format(**{k: quote(v, safe="") for k, v in parts.items()}) for parts in PARTS[path](known)
        ]
    table = path.removeprefix(API).partition("/")[0]
    if path.startswith(API) and table in TABLES and path.count("{") == 1:
        return [path.replace("{id}", quote(id_, safe="")) for id_ in known.ids[table]]
    raise AssertionError(f"No example for the path '{path}': add one to PARTS in {__name__}.")


def _each(name: str, table: str) -> Callable[[Known], list[dict[str, str]]]:
    return lambda known: [{name: id_} for id_ in known.ids[table]]


def _one_of(name: str, values: Iterable[str]) -> Callable[[Known], list[dict[str, str]]]:
    listed = [{name: value} for value in values]
    return lambda _known: listed


def _pairs(first: str, second: str) -> Callable[[Known], list[dict[str, str]]]:
    return lambda known: [
        {"row": row, "col": col} for row in known.ids[first][:3] for col in known.ids[second][:4]
    ]


PARTS: dict[str, Callable[[Known], list[dict[str, str]]]] = {
    "/acteurs/{id_}": _each("id_", "actors"),
    "/objectifs/{id_}": _each("id_", "objectives"),
    "/positions/{row}/{col}": _pairs("actors", "objectives"),
    "/influences/{row}/{col}": _pairs("actors", "actors"),
    "/donnees/{sheet}": _one_of("sheet", [*SHEETS, "lune"]),
    "/donnees/{sheet}/{record}": lambda known: [
        {"sheet": table.sheet, "record": id_} for table in TABLES.values() for id_ in known.ids[table.name]
    ],
    "/fiches/{record}": lambda known: [
        {"record": id_} for table in TABLES.values() if not table.entity for id_ in known.ids[table.name]
    ],
    "/territoires/{id_}": _each("id_", "territories"),
    "/territoires/donut/{face}": _one_of("face", ["svg", "csv", "lune"]),
    "/territoires/matrice/{face}": _one_of("face", ["svg", "csv", "lune"]),
    "/historique/{number}": _one_of("number", ["1", "5", "99"]),
    "/importer/{token}": _one_of("token", ["lune"]),
    "/cartes/{kind}": _one_of("kind", [*KINDS.values(), "lune"]),
    "/cartes/{kind}/{face}": lambda _known: [
        *({"kind": kind, "face": face} for kind in KINDS.values() for face in ("svg", "csv")),
        *({"kind": "acteurs", "face": face} for face in ("xlsx", "imprimer", "lune")),
    ],
    "/api/v1/maps/{kind}": _one_of("kind", [*KINDS, "lune"]),
    "/api/v1/revisions/{number}": _one_of("number", ["1", "5", "99"]),
    "/api/v1/reference/territories/{code}": _one_of("code", ["35238", "lune"]),
    "/api/v1/imports/{id}": _one_of("id", ["lune"]),
}
"""Examples for the parts of a path, where they are not the ids of a table of the API."""


# queries


def _queries(path: str, operation: Mapping[str, Any], known: Known, filters: bool) -> Iterator[Query]:
    """Of a described operation: what it needs, then each other parameter alone, each format, in English."""
    parameters = {p["name"]: p for p in operation.get("parameters", ()) if p["in"] == "query"}
    needed = tuple(
        (name, value)
        for name, p in parameters.items()
        if p.get("required")
        for value in required(path, name, known)
    )
    yield needed
    for name, value in dict(needed).items():  # the last of its values hidden
        hidden = known.ids[REFERS[name]][1:3] if name in REFERS and filters else []
        kept = tuple(pair for pair in needed if pair != (name, value))
        yield from ((*kept, (name, id_)) for id_ in hidden)
    for shape in parameters.get("format", {"schema": {"enum": []}})["schema"]["enum"][1:]:
        schema = parameters["table"]["schema"] if "table" in parameters and shape in ("csv", "xlsx") else {}
        tables = schema.get("enum", [None])
        for table in tables:
            yield (*needed, ("format", shape), *((("table", table),) if table else ()))
    if {"as_of", "at_revision"} <= parameters.keys():
        yield (("as_of", known.day), ("at_revision", known.revision), *needed)
    for name, parameter in parameters.items() if filters else ():
        if name in NOTHING_TO_ASK or parameter.get("required"):
            continue
        for value in _values(path, name, parameter["schema"], known):
            yield (*needed, (name, value))


def required(path: str, name: str, known: Known) -> Sequence[str]:
    """Values of a parameter that must be given."""
    assert name in known.required, (
        f"No example for the parameter '{name}' that '{path}' needs: add one to the `required` of the test's Known."
    )
    return known.required[name]


def _values(path: str, name: str, schema: Mapping[str, Any], known: Known) -> Sequence[str]:
    if name in known.required and schema.get("format") != "date":
        return known.required[name][:1]
    if schema.get("format") == "date":
        return [known.day]
    if "enum" in schema:
        return [str(value) for value in schema["enum"]]
    if name == "cursor":
        return ["bjE"]  # n1: from the second item on
    if schema["type"] in ("integer", "number"):
        return [str(schema.get("minimum", 1))]
    table = REFERS.get(name) or _points_to(path, name)
    return known.asked(table or "vocabulary-codes")


def _points_to(path: str, name: str) -> str | None:
    """Table that a field of a list points to; ``None`` for a code."""
    table = TABLES.get(path.removeprefix(API))
    spec = None if table is None else table.field.get(name)
    return str(spec.ref) if spec is not None and spec.kind in (Kind.REF, Kind.REFS) else None


def _pages(path: str, known: Known, filters: bool) -> Iterator[Query]:
    """Of a page: alone, in English, at dates and revisions, in scopes seen and hidden, with what it alone takes."""
    yield ()
    yield (("as_of", known.day), ("at_revision", known.revision))
    yield from OWN.get(path, ())
    if path in SCOPED and filters:
        for name in ("project", "stake", "territory"):
            yield from (((name, value),) for value in known.asked(REFERS[name]))
        yield from ((("family", value),) for value in known.asked("vocabulary-codes"))
        yield (("lang", "en"),)


OWN: dict[str, Sequence[Query]] = {
    "/acteurs": ((("sort", "-known"),), (("sort", "force"),), (("page", "2"),)),
    "/positions": ((("actor", "actors-0"),), (("actor", "zqpil-actors"),), (("months", "0"),)),
    "/influences": ((("actor", "actors-0"),), (("actor", "zqpil-actors"),)),
    "/territoires/negociation": (
        (("territory", "territories-0"), ("territory", "territories-1")),
        (("territory", "territories-0"), ("territory", "zqpil-territories")),
    ),
    "/territoires/donut": ((("territory", "territories-0"),), (("territory", "zqpil-territories"),)),
    "/cartes/flux": ((("heat", "dependence"),), (("scale", "epci"),)),
    "/cartes/evolution": ((("from", "2023-12-31"), ("to", "2024-06-30")),),
    "/cartes/convergences": ((("order", "3"),),),
}
"""Parameters that a page takes beside scope and dates."""

SCOPED = ("/zones", "/cartes/acteurs")
"""Pages asked in every scope: the others read it the same way."""


SEEN_BY_ALL = {"perimeters": (("year", "2021"),)}
"""What else an analysis is asked so that it answers at every level: the latest year may be a hidden flow's."""


def analyses_answered(known: Known) -> list[str]:
    """Addresses of every analysis with what it needs."""
    found = []
    for analysis in ANALYSES.values():
        path = f"{API}{analysis.path}"
        query = [
            (p.name, v) for p in analysis.parameters if p.required for v in required(path, p.name, known)
        ]
        query += SEEN_BY_ALL.get(analysis.path, ())
        found.append(f"{path}?{urlencode(query)}" if query else path)
    return found
