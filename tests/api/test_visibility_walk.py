"""Nothing that a reader may not see shows anywhere: every route, against a store where it does not exist.

The two stores get the same visible records under the same ids and the same revisions (``hidden.py``), so that answers
are compared whole: status, headers and every byte. As pilots the same walk must meet every secret: it would see a leak.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree.ElementTree import canonicalize

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.access import Access, Tokens
from api.app import create_app
from graph import Changes, Store, open_store
from graph.model import TABLES, Actor
from queries.registry import ANALYSES
from tests.api.hidden import FORMER, GONE, LEVELS, MARK, MOVED, PERSON, REVISIONS, marks, world, write
from tests.api.walk import API, Known, analyses_answered, questions, routes
from tests.conftest import Clock, Place

ROLE = {"public": "screen", "partenaires": "analyst", "pilotes": "pilot"}
WHOLE = world()
REQUIRED = {
    "project": ("projects-0",),
    "from": ("2023-12-31",),
    "to": ("2024-03-01",),
    "kind": ("commuting",),
    "territory": ("territories-1", "territories-2"),
}
APART = ("x-request-id", "content-length", "last-modified")
"""Headers that differ from one answer to the next: a workbook holds the moment it was written, in more or fewer bytes."""

MEASURED = ("/metrics",)
"""Answers that hold durations: looked at for secrets, not compared."""

ENTRANCE = ("/acces", "/acces/quitter")
"""What anybody may send."""

READS_BY_POST: dict[str, list[Any]] = {
    f"{API}what-if": [
        {"moves": [{"actor": actor, "objective": "objectives-0", "value": 1}]}
        for actor in ("actors-0", "zqpar-actors", "zqpil-actors")
    ]
}
"""What is asked by sending: bodies, about visible and hidden records."""


@dataclass
class Served:
    """A store served to one role."""

    app: FastAPI
    client: TestClient
    store: Store

    def get(self, address: str) -> tuple[int, dict[str, str], Any]:
        answer = self.client.get(address)
        assert answer.status_code < 500, address
        headers = {k: v for k, v in answer.headers.items() if k not in APART}
        return answer.status_code, headers, content(answer.content)


def content(body: bytes) -> Any:
    """A body, a workbook as its parts without the moment it was written."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        names = [n for n in parts.namelist() if n not in ("docProps/core.xml", "meta.xml")]
        return {n: canonicalize(parts.read(n)) if n.endswith(".xml") else parts.read(n) for n in names}


def text_of(found: Any) -> str:
    if isinstance(found, Mapping):
        return "\n".join(text_of(part) for part in found.values())
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str | None, Store]]:
    """By level, what only that reader may see; everything under ``None``."""
    folder = tmp_path_factory.mktemp("hidden")
    with ExitStack() as opened:
        found: dict[str | None, Store] = {}
        for level in (None, *LEVELS[:2]):
            store = opened.enter_context(open_store(f"sqlite:///{folder / f'{level}.db'}", now=Clock()))
            write(store, WHOLE, level)
            found[level] = store
        yield found


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Serves a store to the role of a level."""
    tokens = Tokens(tmp_path_factory.mktemp("tokens") / "tokens.json")
    secrets = {level: tokens.add(level, role, today=date(2026, 6, 15))[1] for level, role in ROLE.items()}
    with ExitStack() as opened:

        def served(store: Store, level: str) -> Served:
            app = create_app(store, Access(tokens, required=True))
            headers = {"Authorization": f"Bearer {secrets[level]}", "Accept": "text/html, */*"}
            client = TestClient(app, headers=headers, follow_redirects=False)
            return Served(app, opened.enter_context(client), store)

        yield served


def known(store: Store) -> Known:
    """Of every table: what all see, one record hidden in each way, and one that does not exist."""
    ids: dict[str, list[str]] = {}
    for table in TABLES.values():
        if table.entity:
            every = [v.id for v in store.versions(table.name)]
            hidden = [id_ for id_ in every if id_.startswith("zq") and "more" not in id_]
            ids[table.name] = [f"{table.name.replace('_', '-')}-0", *hidden, f"{GONE}-{table.name}", "lune"]
        else:
            last = max(int(v.id[1:]) for v in store.versions(table.name))
            ids[table.name] = [f"{table.letter}{number}" for number in (1, 5, 8, 9, last - 1, last + 1)]
    ids["actors"] += ["vieux-0", "zqpil-aliases", "zqpar-alias-aliases"]
    ids["vocabulary-codes"] = ["service", "zqpil-famille-vocabulary", "zqpar-famille-vocabulary", "lune"]
    return Known(ids, REQUIRED, day="2024-02-20", revision="4")


@pytest.mark.parametrize("level", LEVELS[:2])
def test_no_answer_differs_from_one_where_the_hidden_do_not_exist(
    stores: dict[str | None, Store], serve: Any, level: str
) -> None:
    whole, bare = serve(stores[None], level), serve(stores[level], level)
    forbidden = [
        mark for mark, place in zip(MARK.values(), (1, 2), strict=True) if place > LEVELS.index(level)
    ]
    # a filter is read the same way at every level
    asked = questions(whole.app, known(stores[None]), filters=level == "public")
    differing = []
    for address in asked:
        first, second = whole.get(address), bare.get(address)
        said = text_of(first[2]) + text_of(first[1])
        told = [mark for mark in forbidden if mark in said and mark not in address]
        differing += [f"{address}: says {mark}" for mark in told]
        if not address.startswith(MEASURED) and first != second:
            differing.append(f"{address}: {difference(first, second)}")
    assert differing == []
    answered = [address for address in analyses_answered(known(stores[None])) if whole.get(address)[0] != 200]
    assert answered == [], "An analysis answers nothing here: give it a `required` example that exists."


def difference(first: tuple[int, Any, Any], second: tuple[int, Any, Any]) -> str:
    """The first place where two answers part."""
    if first[:2] != second[:2]:
        return f"{first[:2]} ≠ {second[:2]}"
    one, two = text_of(first[2]), text_of(second[2])
    place = next(
        (n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    return f"…{one[max(0, place - 80) : place + 80]!r} ≠ …{two[max(0, place - 80) : place + 80]!r}"


def test_the_same_walk_as_a_pilot_meets_every_secret(stores: dict[str | None, Store], serve: Any) -> None:
    served = serve(stores[None], "pilotes")
    left = set(marks(WHOLE))
    tables = tuple(f"{API}{name}" for name in (*TABLES, "revisions"))
    for address in questions(served.app, known(stores[None])):
        if left and address.startswith(tables) and "format=" not in address:
            said = text_of(served.get(address)[2])
            left -= {mark for mark in left if mark in said}
    assert left == set()


@pytest.mark.parametrize("level", LEVELS[:2])
def test_nothing_is_written_below_pilots_and_refusals_tell_nothing(
    stores: dict[str | None, Store], serve: Any, level: str
) -> None:
    whole, bare = serve(stores[None], level), serve(stores[level], level)
    methods = ("POST", "PUT", "PATCH", "DELETE") if level == "public" else ("POST",)
    for method in methods:
        for path in routes(whole.app, method):
            if path in READS_BY_POST or path in ENTRANCE:
                continue
            address = re.sub("{.*?}", "5", path.replace("{id}", "zqpil-actors"))
            headers = {"Origin": "http://testserver"}
            answers = [s.client.request(method, address, json={}, headers=headers) for s in (whole, bare)]
            # below pilots the pages that write do not exist
            expected = 403 if path.startswith(API) else 404
            assert [a.status_code for a in answers] == [expected, expected], (
                f"{method} {path}: not refused below pilots; if it only reads, give bodies in READS_BY_POST."
            )
            assert answers[0].content == answers[1].content
    for path, bodies in READS_BY_POST.items():
        if path in routes(whole.app, "POST"):
            for body in bodies:
                one, two = (s.client.post(path, json=body) for s in (whole, bare))
                assert (one.status_code, one.content) == (two.status_code, two.content), (path, body)
    assert whole.store.head() == REVISIONS


def test_a_map_kept_from_before_is_not_shown_once_an_actor_is_hidden(sqlite_place: Place, serve: Any) -> None:
    store = sqlite_place.fresh()
    write(store, WHOLE)
    served = serve(store, "public")
    address = f"/cartes/acteurs?at_revision={REVISIONS}"
    assert "vu-actors-name" in served.client.get(address).text
    puts = [v.value for v in store.versions("actors") if v.id.startswith("actors-")]
    hidden = [Actor(id=actor.id, name=actor.name) for actor in puts if isinstance(actor, Actor)]
    store.commit(Changes({"actors": hidden}), author="pilote", message="")
    assert "vu-actors-name" not in served.client.get(address).text


@pytest.mark.neo4j
def test_the_production_store_tells_no_more(
    neo4j_place: Place, stores: dict[str | None, Store], serve: Any
) -> None:
    store = neo4j_place.fresh()
    write(store, WHOLE)
    for level in LEVELS[:2]:
        whole, bare = serve(store, level), serve(stores[level], level)
        asked = [*analyses_answered(known(stores[None])), *(f"{API}{name}" for name in TABLES)]
        asked += [f"{API}{name}?at_revision=4" for name in TABLES]
        asked += [f"{API}{path}?at_revision=4" for path in ANALYSES if path.startswith(("zones", "conv"))]
        for address in asked:
            assert whole.get(address) == bare.get(address), address


def test_every_way_of_being_hidden_is_in_the_walk() -> None:
    told = marks(WHOLE)
    for table in TABLES.values():
        ways = {
            tag
            for tag in (*MARK.values(), FORMER, GONE)
            if any(m.startswith(f"{tag}-{table.name}") for m in told)
        }
        assert ways >= {FORMER, GONE}, table.name
    assert {PERSON, MOVED} <= told
