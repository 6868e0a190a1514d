"""Every table by its name, read by everybody at its level."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, cast

import numpy as np
from fastapi import APIRouter, Depends, Request, Response

from api.access import Reader, pilot_of, reader_of
from api.geojson import MEDIA_TYPE as GEOJSON
from api.problems import language
from api.record_json import record_document
from api.routers.answers import (
    XLSX,
    answer,
    asked,
    caching,
    form,
    json_response,
    matched,
    tag_of,
)
from api.schemas import (
    FORMATS,
    described,
    envelope_schema,
    problems_of,
    record_schema,
    ref,
)
from graph.errors import NotFound, UnknownFilter
from graph.judgements import Judgements
from graph.model import TABLES, Document, Fact, FieldSpec, Kind, Table, Term
from graph.snapshot import Snapshot
from graph.stores import Store
from graph.stores.backend import Version
from graph.stores.state import order
from graph.vocabulary import Vocabulary
from queries.envelope import Page, envelope, paged
from queries.parameters import Parameter, Value, shown
from queries.registry import DATES, PAGE, view

Pilot = Annotated[Reader, Depends(pilot_of)]

VOCABULARY = "vocabulary"
LETTERS_OF_A_COUNTER = 18
"""Longest counter looked for: longer ones do not fit the stores' integers."""

READ_REFUSALS = (401, 404, 422, 503)


def router(store: Store) -> APIRouter:
    """The routes over a store."""
    routes = APIRouter(prefix="/api/v1", tags=["records"])
    for table in TABLES.values():
        _add_reading(routes, store, table)
    return routes


def _add_reading(routes: APIRouter, store: Store, table: Table) -> None:
    parameters = (*PAGE, *filters(table), *DATES)
    routes.add_api_route(
        f"/{table.name}",
        _vocabulary(store) if table.name == VOCABULARY else _listing(store, table, parameters),
        methods=["GET"],
        name=f"list {table.name}",
        summary=f"The records of {table.name}.",
        responses=problems_of(*READ_REFUSALS),
        openapi_extra=described(
            () if table.name == VOCABULARY else parameters,
            envelope_schema(_listed(table)),
            csv=True,
            more=_more(table),
        ),
    )
    routes.add_api_route(
        f"/{table.name}/{{id}}",
        _one(store, table),
        methods=["GET"],
        name=f"read {table.name}",
        summary=f"One record of {table.name}.",
        responses=problems_of(*READ_REFUSALS),
        openapi_extra=described(DATES, ref(table.name), csv=True),
    )
    routes.add_api_route(
        f"/{table.name}/{{id}}/history",
        _history(store, table),
        methods=["GET"],
        name=f"history of {table.name}",
        summary="Every version of a record, oldest first; for pilots.",
        responses=problems_of(401, 403, 404, 422, 503),
        openapi_extra=described((), _history_schema(table), csv=True),
    )


def _more(table: Table) -> dict[str, str]:
    """Formats of a list beside JSON and CSV, with their media types."""
    return {"xlsx": XLSX, **({"geojson": GEOJSON} if table.name == "territories" else {})}


def _history_schema(table: Table) -> dict[str, Any]:
    item = record_schema(table, out=True)
    more = {
        "closed": {"type": ["integer", "null"]},
        "moment": {"type": "string"},
        "author": {"type": "string"},
    }
    item["properties"] = {**item["properties"], **more}
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": item}},
        "required": ["items"],
    }


def _listed(table: Table) -> dict[str, Any]:
    item = record_schema(table, out=True)
    if table.statement:
        item["properties"] = {
            **item["properties"],
            "current": {"type": "boolean", "description": "Whether it is its rater's current statement."},
            "effective": {"type": ["integer", "null"], "description": "Effective value of the pair."},
            "contested": {"type": "boolean", "description": "Whether raters have opposite signs."},
        }
    if table.name == VOCABULARY:
        for name in ("id", "version", "revision"):
            item["properties"][name] = {"type": [item["properties"][name]["type"], "null"]}
        item["properties"]["closed"] = {"type": "boolean"}
    return item


# reading


def filters(table: Table) -> tuple[Parameter, ...]:
    """Fields that a list may be cut by: what points to an entity, and codes."""
    kinds = (Kind.REF, Kind.REFS, Kind.CODE, Kind.CODES)
    return tuple(
        Parameter(spec.name, "str", f"colonne « {spec.fr} »", f"field '{spec.name}'")
        for spec in table.fields
        if spec.kind in kinds
    )


def _listing(store: Store, table: Table, parameters: Sequence[Parameter]) -> Callable[[Request], Response]:
    def listing(request: Request) -> Response:
        values = asked(request, parameters)
        shape = form(request, (*FORMATS, *_more(table)))
        reader = reader_of(request)
        tag = tag_of(request, store, reader.level)
        if (known := matched(request, tag)) is not None:
            return known
        snapshot = _view(store, values, reader.level)
        found = _kept(snapshot, table, values)
        make = _documents(snapshot, table)
        document = envelope(snapshot, shown(values), Page(found, make), lang=language(request))
        page = paged(document, cast(int, values["limit"]), cast("str | None", values["cursor"]))
        return answer(page, shape, tag, list(_listed(table)["properties"]), table.name)

    return listing


def _view(store: Store, values: Mapping[str, Value], level: str) -> Snapshot:
    """The snapshot of the dates asked for; other values are filters of the list, not a scope."""
    return view(store, {parameter.name: values.get(parameter.name) for parameter in DATES}, level=level)


def _kept(snapshot: Snapshot, table: Table, values: Mapping[str, Value]) -> Sequence[Version]:
    found: Sequence[Version] = snapshot.records(table.name)
    for parameter in filters(table):
        value = values.get(parameter.name)
        if value is None:
            continue
        spec = table.field[parameter.name]
        _refuse_unknown(snapshot, spec, str(value))
        found = [v for v in found if _says(v.value, spec, str(value))]
    return found


def _refuse_unknown(snapshot: Snapshot, spec: FieldSpec, value: str) -> None:
    known = (
        value in snapshot.vocabulary[spec.codes].codes
        if spec.codes
        else _find(TABLES[str(spec.ref)], snapshot.records(str(spec.ref)), value) is not None
    )
    if not known:
        raise UnknownFilter(
            f"Filtre « {spec.name} » : « {value[:80]} » n'est pas connu.",
            f"Filter '{spec.name}': '{value[:80]}' is not known.",
        )


def _says(value: Fact, spec: FieldSpec, text: str) -> bool:
    held = getattr(value, spec.name)
    return text in held if spec.many else held == text


def _documents(snapshot: Snapshot, table: Table) -> Callable[[Version], Document]:
    if not table.statement:
        return lambda version: record_document(table, version)
    rows, cols = (table.field[name] for name in table.key_fields[:2])
    judged: Judgements = getattr(snapshot, table.name)
    places = {"actors": snapshot.actors.index, "objectives": snapshot.objectives.index}

    def document(version: Version) -> Document:
        row = places[str(rows.ref)][getattr(version.value, rows.name)]
        col = places[str(cols.ref)][getattr(version.value, cols.name)]
        pairs = judged.effective.pair
        place = int(np.searchsorted(pairs, row << 32 | col))
        settled = place < len(pairs) and int(pairs[place]) == row << 32 | col
        return {
            **record_document(table, version),
            "current": version.id in judged.records(row, col),
            "effective": judged.at(row, col),
            "contested": settled and bool(judged.effective.contested[place]),
        }

    return document


def _find(table: Table, records: Sequence[Version], id_: str) -> Version | None:
    """A record by id, among records in their order."""
    counter = id_.removeprefix(table.letter)
    if not table.entity:
        if not (counter.isascii() and counter.isdigit() and len(counter) <= LETTERS_OF_A_COUNTER):
            return None
        wanted = (int(counter), id_)
    else:
        wanted = (0, id_)
    place = bisect.bisect_left(records, wanted, key=lambda version: order(table, version))
    return records[place] if place < len(records) and records[place].id == id_ else None


def absent(table: Table, id_: str) -> NotFound:
    """There is no such record, for this reader at least."""
    shown_id = id_[:80]
    return NotFound(
        f"{table.sheet} : « {shown_id} » n'existe pas.", f"{table.name}: '{shown_id}' does not exist."
    )


def visible(snapshot: Snapshot, table: Table, id_: str) -> Version:
    """A record that a reader may see, an alias resolved.

    Raises:
        NotFound: absent or hidden.
    """
    records = snapshot.records(table.name)
    found = _find(table, records, id_)
    if found is None and table.entity:
        found = _find(table, records, snapshot.alias(table.name, id_) or id_)
    if found is None:
        raise absent(table, id_)
    return found


def _one(store: Store, table: Table) -> Callable[[Request, str], Response]:
    def one(request: Request, id: str) -> Response:
        values = asked(request, DATES)
        shape = form(request)
        found = visible(_view(store, values, reader_of(request).level), table, id)
        tag = f'"{found.version}"'
        if (known := matched(request, tag)) is not None:
            return known
        document = record_document(table, found)
        if shape == "csv":
            return answer({"items": [document]}, shape, tag)
        return json_response(document, headers=caching(tag))

    return one


def _history(store: Store, table: Table) -> Callable[[Request, str, Pilot], Response]:
    def history(request: Request, id: str, reader: Pilot) -> Response:
        asked(request, ())
        shape = form(request)
        versions = store.history(table.name, id) if speakable(id) else []
        if not versions:
            raise absent(table, id)
        revisions = {number: store.revision(number) for number in {v.revision for v in versions}}
        items = [
            {
                **record_document(table, version),
                "closed": version.closed,
                "moment": revisions[version.revision].moment,
                "author": revisions[version.revision].author,
            }
            for version in versions
        ]
        return answer({"items": items}, shape, tag_of(request, store, reader.level))

    return history


def speakable(id_: str) -> bool:
    """Whether a store can be asked for it at all."""
    return len(id_) <= 64 and id_.isprintable()


def _vocabulary(store: Store) -> Callable[[Request], Response]:
    """Every list: the shipped codes, which are nobody's record, and the pilot's terms."""
    table = TABLES[VOCABULARY]

    def vocabulary(request: Request) -> Response:
        asked(request, ())
        shape = form(request, (*FORMATS, *_more(table)))
        reader = reader_of(request)
        tag = tag_of(request, store, reader.level)
        if (known := matched(request, tag)) is not None:
            return known
        snapshot = store.snapshot(level=reader.level)
        terms = {
            (term.list, term.code): version
            for version in snapshot.records(VOCABULARY)
            for term in (cast(Term, version.value),)
        }
        items = list(_words(snapshot.vocabulary, terms))
        document = envelope(snapshot, {}, items, lang=language(request))
        return answer(document, shape, tag, list(_listed(table)["properties"]), table.name)

    return vocabulary


def _words(vocabulary: Vocabulary, terms: Mapping[tuple[str, str], Version]) -> Iterator[Document]:
    table = TABLES[VOCABULARY]
    for name in vocabulary.names:
        words = vocabulary[name]
        for word in words.words:
            version = terms.get((name, word.code))
            if version is not None:
                yield {**record_document(table, version), "closed": words.closed}
            else:
                empty = record_document(
                    table,
                    Version("", 0, 0, Term(list=name, code=word.code, label_fr=word.fr, label_en=word.en)),
                )
                yield {
                    **empty,
                    "id": None,
                    "version": None,
                    "revision": None,
                    "depends": word.depends,
                    "visibility": "public",
                    "closed": words.closed,
                }
