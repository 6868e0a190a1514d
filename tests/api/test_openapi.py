"""Whatever the description says may be asked, or wrongly asked, is answered as the description says.

schemathesis makes the questions from the OpenAPI document and checks the answers against it; what it cannot know, the ids
that the store holds, is mixed in.
"""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.examples_folder import example
from api.samples import needed
from graph import open_store
from graph.model import TABLES
from ingest import dry_run

API = "/api/v1/"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
TAGS = ("operation", "analyses", "revisions", "files", "maps", "records", "reference")

EXAMPLES = 3
"""Questions of each kind, right or wrong, for each operation: more find the same and take minutes."""

bounded = hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@contextmanager
def territory(folder: Path) -> Iterator[TestClient]:
    """The example territory, which has something in every table; its reader, at the machine, is a pilot."""
    with open_store(f"sqlite:///{folder / 'store.db'}") as store:
        dry_run(example("territoire-compose"), store).apply(store, author="x", message="x")
        with TestClient(create_app(store)) as found:
            yield found


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One store for all the questions, whatever they change in it."""
    with territory(tmp_path_factory.mktemp("openapi")) as found:
        yield found


def operations(app: FastAPI, tag: str) -> list[Any]:
    """What the document describes under a tag."""
    found = schemathesis.openapi.from_asgi(f"{API}openapi.json", app).get_all_operations()
    return [o for o in (result.ok() for result in found) if tag in o.definition.raw["tags"]]


def modes(operation: Any) -> list[GenerationMode]:
    """Right questions, and wrong ones where there can be any."""
    takes = (operation.path_parameters, operation.query, operation.headers, operation.body)
    return [
        GenerationMode.POSITIVE,
        *([GenerationMode.NEGATIVE] if any(list(part) for part in takes) else []),
    ]


def free(operation: Any) -> set[str]:
    """Optional parameters that may be any text: mostly ids, of which a made one is nobody's."""
    return {
        p["name"]
        for p in operation.definition.raw.get("parameters", [])
        if p["in"] == "query" and not p.get("required") and p["schema"].keys() <= {"type", "items"}
    }


def known_ids(client: TestClient, operation: Any) -> list[str]:
    table = operation.path.removeprefix(API).partition("/")[0]
    if "{id}" not in operation.path or table not in TABLES:
        return ["1"]
    items = client.get(f"{API}{table}").json()["items"]
    return [item["id"] for item in items if item["id"] is not None][:5] or ["lune"]


def ask(operation: Any, mode: GenerationMode, ids: list[str]) -> None:
    """A few questions to one operation.

    Raises:
        FailureGroup: an answer is not as described.
    """

    @hypothesis.given(
        operation.as_strategy(generation_mode=mode),
        st.sampled_from(ids),
        st.sampled_from([True, True, True, False]),
    )
    @bounded
    def each(case: Any, id_: str, known: bool) -> None:
        if known:
            parts = case.path_parameters or {}
            parts.update(dict.fromkeys(parts.keys() & {"id", "number"}, id_))
            if "If-Match" in (case.headers or {}):
                case.headers["If-Match"] = "*"
            if mode is GenerationMode.POSITIVE:
                case.query = {
                    name: value for name, value in (case.query or {}).items() if name not in free(operation)
                }
        case.call_and_validate(checks=CHECKS)

    each()


@pytest.mark.parametrize("tag", TAGS)
def test_every_operation_answers_as_described(client: TestClient, tag: str) -> None:
    found = operations(client.app, tag)
    assert found
    wrong = {}
    for operation in found:
        ids = known_ids(client, operation)
        for mode in modes(operation):
            try:
                ask(operation, mode, ids)
            except FailureGroup as refused:
                wrong[operation.label] = str(refused)
    assert wrong == {}


def test_every_operation_has_a_tag_that_is_asked(client: TestClient) -> None:
    described = client.app.openapi()["paths"].values()
    assert {tag for item in described for said in item.values() for tag in said["tags"]} == set(TAGS)


# examples


def lines(client: TestClient) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address and what else is sent, of each line that the page of the API tells to type."""
    page = client.get("/docs").text
    for text in re.findall(r"<pre[^>]*><code>(.*?)</code>", page, flags=re.DOTALL):
        words = iter(shlex.split(html.unescape(text))[1:])
        method, address, more = "GET", "", {"headers": {}}
        for word in words:
            if word == "-X":
                method = next(words)
            elif word == "-H":
                name, _, value = next(words).partition(": ")
                more["headers"] |= {} if name == "Authorization" else {name: value}
            elif word in ("-d", "-F"):
                more["content"] = next(words)
            else:
                address = word.removeprefix("$AGENCEMENTS")
        yield method, address, more


def test_every_line_of_the_page_works(tmp_path: Path) -> None:
    done = []
    with territory(tmp_path) as client:
        found = list(lines(client))
        for wanted in ("GET", "PATCH", "POST"):  # before anything is changed, then merged away
            for method, address, more in found:
                official = address.endswith("/imports/territories")
                asks_for_a_file = address.startswith("/api/v1/imports") and not official
                if method != wanted or asks_for_a_file or address.endswith("/undo"):
                    continue
                answer = client.request(method, address, **more)
                created = method == "POST" and not address.endswith("/merge")
                assert answer.status_code == (201 if created else 200), (method, address, answer.text[:300])
                done.append(method)
    assert (done.count("POST"), done.count("PATCH")) == (len(TABLES) + 2, len(TABLES))


def test_every_line_that_writes_a_record_anew_works(tmp_path: Path) -> None:
    with territory(tmp_path) as client:
        for method, address, more in lines(client):
            if method == "PUT":
                answer = client.put(address, **more)
                assert answer.status_code == 200, (address, answer.text[:300])


def test_every_filter_has_an_example_that_works(tmp_path: Path) -> None:
    asked = 0
    with territory(tmp_path) as client:
        for path, item in client.app.openapi()["paths"].items():
            parameters = item.get("get", {}).get("parameters", [])
            address = path
            for p in parameters:
                if p["in"] == "path" and "example" in p:
                    address = address.replace("{" + p["name"] + "}", str(p["example"]))
            given = {p["name"]: p["example"] for p in parameters if p["in"] == "query" and "example" in p}
            always = {
                p["name"]: given[p["name"]] for p in parameters if p["in"] == "query" and needed(path, p)
            }
            for name, value in given.items():
                answer = client.get(address, params={**always, name: value})
                assert answer.status_code == 200, (address, name, answer.text[:300])
                asked += 1
    assert asked > len(TABLES)


def test_what_must_be_given_has_an_example(client: TestClient) -> None:
    left = set()
    for path, item in client.app.openapi()["paths"].items():
        for method, said in item.items():
            required = [p for p in said.get("parameters", []) if p.get("required")]
            body = said.get("requestBody", {}).get("content", {}).get("application/json", {"example": 1})
            if not all("example" in part for part in (*required, body)):
                left.add((method, path))
    # a file that was sent has a name of its own
    assert {path for _, path in left} == {"/api/v1/imports/{id}", "/api/v1/imports/{id}/apply"}
