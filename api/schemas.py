"""The JSON of records: documents out, values in, and their description for OpenAPI."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from graph.errors import Fault, InvalidCall, InvalidValue
from graph.model import TABLES, Document, Fact, FieldSpec, Kind, Table, from_document, to_document
from graph.stores.backend import Version
from graph.stores.checks import FieldRefused, checks
from graph.vocabulary import Vocabulary
from ingest.escaping import unwritable
from queries.parameters import Parameter

ENVELOPE_OF = ("id", "version", "revision")
"""What a record's document has beside its fields; a writer may send them back, they are not read."""

EXPECTED = {
    Kind.FLAG: ("true ou false", "true or false"),
    Kind.INTEGER: ("un entier", "an integer"),
    Kind.NUMBER: ("un nombre", "a number"),
    Kind.DATE: ("une date AAAA-MM-JJ", "a date YYYY-MM-DD"),
}
TEXTS = ("du texte", "text")
LISTS = ("une liste de textes", "a list of texts")


def said(table: Table, spec: FieldSpec) -> str:
    """Name of a field in JSON: its own, but a relation's ``id`` is the record's, so what it points to is ``target``."""
    return "target" if spec.name == "id" and not table.entity else spec.name


def record_document(table: Table, version: Version) -> Document:
    """A record as clients read it: every field, ``null`` or empty when it says nothing."""
    document: Document = {"id": version.id, "version": version.version, "revision": version.revision}
    for spec in table.fields:
        item = getattr(version.value, spec.name)
        document[said(table, spec)] = (
            item.isoformat() if isinstance(item, date) else list(item) if spec.many else item
        )
    document["attributes"] = dict(version.value.attributes)
    return document


def record_from(
    table: Table, sent: Mapping[str, Any], vocabulary: Vocabulary, today: date, before: Fact | None = None
) -> Fact:
    """A record as a client wrote it.

    Args:
        table: its table.
        sent: names and values; ``null`` and ``[]`` say nothing.
        vocabulary: the codes in force.
        today: observed facts may not lie after it.
        before: what the record said, which unsent fields keep saying.

    Raises:
        InvalidCall: everything wrong with it, at once.
    """
    faults: list[Fault] = []
    document: Document = {}
    fields = {said(table, spec): spec for spec in table.fields}
    for name, item in sent.items():
        spec = fields.get(name)
        if spec is not None:
            if item is None or item == []:
                continue
            if not _fits(spec, item):
                fr, en = LISTS if spec.many else EXPECTED.get(spec.kind, TEXTS)
                faults.append(_fault(name, item, f"attendu : {fr}.", f"expected: {en}."))
            else:
                document[spec.name] = item
        elif name == "attributes":
            if not isinstance(item, dict) or not all(
                isinstance(v, str) and _text(k + v) for k, v in item.items()
            ):
                faults.append(
                    _fault(name, item, "attendu : un objet de textes.", "expected: an object of texts.")
                )
            elif item:
                document[name] = item
        elif name not in ENVELOPE_OF:
            known = ", ".join(fields)
            faults.append(
                _fault(name, item, f"champ inconnu ; connus : {known}.", f"unknown field; known: {known}.")
            )
    if faults:
        raise InvalidCall(faults)
    kept = {} if before is None else _kept(table, before, sent)
    missing = [
        _fault(said(table, spec), "", "valeur obligatoire.", "a value is required.")
        for spec in table.fields
        if spec.required and spec.name not in document and kept.get(spec.name) in (None, [])
    ]
    if missing:
        raise InvalidCall(missing)
    value = from_document(table, {**kept, **document})
    _check(table, value, vocabulary, today)
    return value


def _kept(table: Table, before: Fact, sent: Mapping[str, Any]) -> Document:
    kept = to_document(before)
    for spec in table.fields:
        if said(table, spec) in sent:
            kept.pop(spec.name, None)
    if "attributes" in sent:
        kept.pop("attributes", None)
    return kept


def _check(table: Table, value: Fact, vocabulary: Vocabulary, today: date) -> None:
    faults = []
    for spec, check in checks(table):
        item = getattr(value, spec.name)
        if item is None or item == ():
            continue
        try:
            check(item, vocabulary, today)
        except FieldRefused as wrong:
            faults.append(_fault(said(table, spec), wrong.value, wrong.why_fr, wrong.why_en))
        except InvalidValue as wrong:
            faults.append(Fault(said(table, spec), str(item)[:80], wrong.fr, wrong.en))
    if faults:
        raise InvalidCall(faults)


def _fits(spec: FieldSpec, item: Any) -> bool:
    if spec.many:
        return isinstance(item, list) and all(isinstance(text, str) and _text(text) for text in item)
    if spec.kind is Kind.FLAG:
        return isinstance(item, bool)
    if spec.kind is Kind.INTEGER:
        return type(item) is int and abs(item) < 2**63
    if spec.kind is Kind.NUMBER:
        return type(item) in (int, float) and abs(item) < 1e300 and math.isfinite(item)
    if not isinstance(item, str) or not _text(item):
        return False
    if spec.kind is not Kind.DATE:
        return True
    try:
        return len(item) == len("AAAA-MM-JJ") and date.fromisoformat(item) is not None
    except ValueError:
        return False


def _text(text: str) -> bool:
    """Whether a text can be kept and given back in any file: controls and halves of surrogate pairs cannot."""
    return text.isprintable() or not any(c not in "\n\t" and unwritable(c) for c in text)


def _fault(name: str, item: object, fr: str, en: str) -> Fault:
    shown = str(item)[:80].encode("utf-8", "replace").decode()
    name = name[:80].encode("utf-8", "replace").decode()
    return Fault(name, shown, f"« {name} » : {fr}", f"'{name}': {en}")


def field_schema(spec: FieldSpec) -> dict[str, Any]:
    """The JSON schema of a field."""
    types = {Kind.FLAG: "boolean", Kind.INTEGER: "integer", Kind.NUMBER: "number"}
    schema: dict[str, Any] = {"type": "array" if spec.many else types.get(spec.kind, "string")}
    if spec.many:
        schema["items"] = {"type": "string"}
    if spec.kind is Kind.DATE:
        schema["format"] = "date"
    if spec.low is not None and not spec.many:
        schema["minimum"] = spec.low
    if spec.high is not None:
        schema["maximum"] = spec.high
    said = [f"Sheet column « {spec.fr} »."]
    if spec.ref:
        said.append(f"Id of `{spec.ref}`.")
    if spec.codes:
        said.append(f"Code of the list `{spec.codes}` (see /vocabulary).")
    if spec.key:
        said.append("Part of the key: it cannot be changed.")
    if spec.pilots:
        said.append("For pilots only.")
    schema["description"] = " ".join(said)
    return schema


def record_schema(table: Table, *, out: bool) -> dict[str, Any]:
    """The JSON schema of a record, as read (``out``) or as written."""
    properties: dict[str, Any] = {}
    if out:
        properties = {
            "id": {"type": "string"},
            "version": {"type": "integer", "minimum": 1},
            "revision": {"type": "integer", "minimum": 1},
        }
    for spec in table.fields:
        schema = field_schema(spec)
        if (
            not spec.many
            and not (spec.required and out)
            and spec.kind is not Kind.FLAG
            and spec.name != "visibility"
        ):
            schema["type"] = [schema["type"], "null"]
        properties[said(table, spec)] = schema
    properties["attributes"] = {"type": "object", "additionalProperties": {"type": "string"}}
    required = list(properties) if out else [said(table, s) for s in table.fields if s.required]
    return {
        "type": "object",
        "title": table.name,
        "properties": properties,
        "required": required,
        **({} if out else {"additionalProperties": False}),
    }


PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "problem",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {n: {"type": "string"} for n in ("parameter", "value", "message")},
                "required": ["parameter", "value", "message"],
            },
        },
        "conflicts": {"type": "array", "items": {"type": "object"}},
        "dependents": {"type": "array", "items": {"type": "string"}},
        "touched": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["type", "title", "status", "detail", "code", "errors"],
}
"""RFC 9457, with what this project adds."""

COVERAGE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "positions": {
            "type": "object",
            "properties": {n: {"type": "integer"} for n in ("stated", "contested", "possible")},
            "required": ["stated", "contested", "possible"],
        },
        "influences": {
            "type": "object",
            "properties": {n: {"type": "integer"} for n in ("stated", "possible")},
            "required": ["stated", "possible"],
        },
    },
    "required": ["positions", "influences"],
}


def ref(name: str) -> dict[str, Any]:
    """A schema kept once for the whole description (see :func:`components`)."""
    return {"$ref": f"#/components/schemas/{name}"}


def written(table: Table, *, whole: bool = True) -> str:
    """Name of the schema of a record as it is written, whole or in part."""
    return f"{table.name}-{'written' if whole else 'changed'}"


def components() -> dict[str, Any]:
    """Schemas that operations refer to, by name."""
    found = {"problem": PROBLEM, "coverage": COVERAGE}
    for table in TABLES.values():
        inside = record_schema(table, out=False)
        found[table.name] = record_schema(table, out=True)
        found[written(table)] = inside
        found[written(table, whole=False)] = {**inside, "required": []}
    return found


def envelope_schema(item: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON schema of a list."""
    note = {n: {"type": "string"} for n in ("code", "text")}
    return {
        "type": "object",
        "properties": {
            "params": {"type": "object"},
            "revision": {"type": "integer"},
            "as_of": {"type": ["string", "null"]},
            "coverage": ref("coverage"),
            "notes": {
                "type": "array",
                "items": {"type": "object", "properties": note, "required": list(note)},
            },
            "items": {"type": "array", "items": dict(item)},
            "next": {"type": ["string", "null"]},
        },
        "required": ["params", "revision", "as_of", "coverage", "notes", "items", "next"],
    }


def problems_of(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route, for OpenAPI."""
    meanings = {
        400: "The request cannot be read.",
        401: "No token, or an unknown one.",
        403: "The role may not do this.",
        404: "Absent, or hidden from this reader.",
        409: "Stale, still needed, or changed since.",
        413: "Too large.",
        415: "Content type not accepted.",
        422: "Invalid: every error at once.",
        428: "If-Match is needed.",
        503: "The store does not answer.",
    }
    return {
        status: {
            "description": meanings[status],
            "content": {"application/problem+json": {"schema": ref("problem")}},
        }
        for status in statuses
    }


JSON = "application/json"
FORMATS = ("json", "csv")


def query_parameter(parameter: Parameter) -> dict[str, Any]:
    """A parameter for OpenAPI."""
    types = {"int": "integer", "number": "number", "flag": "integer", "str": "string", "date": "string"}
    schema: dict[str, Any] = {"type": types[parameter.kind]}
    if parameter.kind == "date":
        schema["format"] = "date"
    if parameter.kind == "flag":
        schema["enum"] = [0, 1]
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.low is not None:
        schema["minimum"] = parameter.low
    if parameter.high is not None:
        schema["maximum"] = parameter.high
    if parameter.default is not None:
        schema["default"] = bool(parameter.default) + 0 if parameter.kind == "flag" else parameter.default
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.en,
        "schema": {"type": "array", "items": schema} if parameter.many else schema,
    }


def one_of(name: str, values: Sequence[str]) -> dict[str, Any]:
    """A query parameter with a few values, the first one by default."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": {"type": "string", "enum": list(values), "default": values[0]},
    }


IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "ETag of the record that was read.",
    "schema": {"type": "string"},
    "example": '"1"',
}


def described(
    parameters: Sequence[Parameter],
    schema: Mapping[str, Any] | None,
    *,
    body: Mapping[str, Any] | None = None,
    status: int = 200,
    csv: bool = False,
    if_match: bool = False,
    more: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An operation for OpenAPI, refusals apart.

    Args:
        parameters: of the query.
        schema: of the JSON that is answered.
        body: schema of the JSON that is sent.
        status: of a success.
        csv: also answered as CSV, and not again to a reader that already has it.
        if_match: the version that an edit was based on is needed.
        more: other formats than JSON and CSV, with their media types.
    """
    content: dict[str, Any] = {} if schema is None else {JSON: {"schema": dict(schema)}}
    if csv:
        for media in ("text/csv", *(more or {}).values()):
            content[media] = {"schema": {"type": "object" if media.endswith("+json") else "string"}}
    operation: dict[str, Any] = {
        "parameters": [
            *(query_parameter(parameter) for parameter in parameters),
            *([one_of("format", (*FORMATS, *(more or {})))] if csv else []),
            one_of("lang", ("fr", "en")),
            *([IF_MATCH] if if_match else []),
        ],
        "responses": {str(status): {"description": "Done.", "content": content}},
    }
    if csv:
        operation["responses"]["304"] = {"description": "Unchanged since the ETag in If-None-Match."}
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": dict(body)}}}
    return operation
