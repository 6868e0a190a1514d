"""The description of the HTTP API as one page without any script, made from its OpenAPI document."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse

from api.problems import language
from api.routers.pages.frame import environment
from api.samples import needed
from api.schemas import JSON

METHODS = ("get", "post", "put", "patch", "delete")
MAX_DEPTH = 6
"""Depth of a sample: deeper parts are left as they are referred to."""


def router(app: FastAPI) -> APIRouter:
    """The page of an application."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/docs")
    def docs(request: Request) -> HTMLResponse:
        document = app.openapi()
        groups: dict[str, list[dict[str, Any]]] = {}
        for operation in _operations(document):
            groups.setdefault(operation["group"], []).append(operation)
        html = (
            environment()
            .get_template("docs.html.j2")
            .render(
                lang=language(request),
                version=document["info"]["version"],
                groups=groups,
                origin=f"{request.url.scheme}://{request.url.netloc}",
            )
        )
        return HTMLResponse(html)

    return routes


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                said = item[method]
                yield {
                    "group": said["tags"][0],
                    "method": method.upper(),
                    "path": path,
                    "summary": said.get("summary", ""),
                    "description": said.get("description", ""),
                    "parameters": said.get("parameters", []),
                    "statuses": {code: r.get("description", "") for code, r in said["responses"].items()},
                    "anchor": f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
                    "curl": curl(path, method, said, document),
                }


def curl(path: str, method: str, operation: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """A command that asks this operation, with its examples; the address is ``$AGENCEMENTS``."""
    parameters = operation.get("parameters", ())
    query = urlencode(
        [
            (p["name"], value)
            for p in parameters
            if p["in"] == "query" and needed(path, p)
            for value in _values(p.get("example", "…"))
        ],
        safe="…",
    )
    address = path
    for p in parameters:
        if p["in"] == "path" and "example" in p:
            address = address.replace("{" + p["name"] + "}", quote(str(p["example"]), safe=""))
    parts = ["curl"] if method == "get" else ["curl", f"-X {method.upper()}"]
    parts.append('-H "Authorization: Bearer $TOKEN"')
    if any(p["name"] == "If-Match" for p in parameters):
        parts.append("-H 'If-Match: \"1\"'")
    content = operation.get("requestBody", {}).get("content", {})
    if JSON in content:
        body = content[JSON].get("example") or sample(content[JSON]["schema"], document)
        text = shlex.quote(json.dumps(body, ensure_ascii=False))
        parts.append(f"-H 'Content-Type: {JSON}' -d {text}")
    elif content:
        parts.append("-F file=@classeur.xlsx")
    parts.append(f'"$AGENCEMENTS{address}{"?" if query else ""}{query}"')
    return " ".join(parts)


def _values(example: Any) -> list[Any]:
    return example if isinstance(example, list) else [example]


def sample(schema: Mapping[str, Any], document: Mapping[str, Any], depth: int = 0) -> Any:
    """A value of the shape of a schema: what is required of it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return sample(document["components"]["schemas"][name], document, depth + 1)
    if depth > MAX_DEPTH:
        return None
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        wanted = schema.get("required") or list(schema.get("properties", {}))[:1]
        return {
            n: sample(schema["properties"][n], document, depth + 1) for n in wanted if "properties" in schema
        }
    if kind == "array":
        return []
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return False
    return "2024-03-12" if schema.get("format") == "date" else "…"
