"""What is sent and answered, described for OpenAPI: records, lists, refusals, parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.record_json import said
from graph.model import TABLES, FieldSpec, Kind, Table
from queries.parameters import Parameter


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
    words = [f"Sheet column « {spec.fr} »."]
    if spec.ref:
        words.append(f"Id of `{spec.ref}`.")
    if spec.codes:
        words.append(f"Code of the list `{spec.codes}` (see /vocabulary).")
    if spec.key:
        words.append("Part of the key: it cannot be changed.")
    if spec.pilots:
        words.append("For pilots only.")
    schema["description"] = " ".join(words)
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
