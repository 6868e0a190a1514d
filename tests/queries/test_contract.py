"""Every document has exactly the keys and types of the contracts, and names the records behind it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph import Store
from graph.model import (
    TABLES,
)
from queries.registry import ANALYSES, COMMANDS, run
from tests.queries.neighbours import neighbours
from tests.queries.questions import CASES, base, needs_something_known
from tests.queries.shapes import ITEMS, MACTOR, envelope, fits
from tests.queries.territory import all_of, quarrelsome, town


@pytest.fixture(scope="module")
def store(stores: Any) -> Store:
    found: Store = next(stores)
    found.commit(all_of(town(), quarrelsome(), neighbours()), author="tests", message="la ville")
    return found


def test_every_analysis_has_a_contract_here() -> None:
    assert set(ANALYSES) <= {*ITEMS, "mactor"}
    assert set(COMMANDS) == {path.replace("/", "-") for path in ANALYSES}


@pytest.mark.parametrize(("path", "given"), CASES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_exact_keys_and_types(store: Store, path: str, given: dict[str, object], lang: str) -> None:
    document = run(store, ANALYSES[path], given, lang=lang)
    if path == "mactor":
        assert set(document) == set(MACTOR)
        fits({name: document[name] for name in MACTOR}, MACTOR)
    else:
        fits(document, envelope(*ITEMS[path]))
        assert document["items"], "an empty list fits any shape"
        for name, value in given.items():
            assert document["params"][name] == value
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text) == document


@pytest.mark.parametrize("path", [path for path in ANALYSES if not needs_something_known(path)])
def test_an_empty_store_answers_too(stores: Any, path: str) -> None:
    empty: Store = next(stores)
    document = run(empty, ANALYSES[path], base(path))
    json.dumps(document, allow_nan=False)
    assert document["revision"] == 0
    assert document.get("items", []) == []


def records_in(value: Any) -> set[str]:
    """Every id under a ``records`` key."""
    if isinstance(value, dict):
        own = set(value["records"]) if "records" in value else set()
        return own.union(*(records_in(v) for v in value.values()))
    return set().union(*(records_in(v) for v in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(("path", "given"), CASES)
def test_records_exist_and_are_sorted(store: Store, path: str, given: dict[str, object]) -> None:
    document = run(store, ANALYSES[path], given)
    for record in records_in(document):
        table = next(t.name for t in TABLES.values() if t.letter == record[0])
        assert store.get(table, record).id == record
    for item in document.get("items", []):
        records = item.get("records", [])
        assert records == sorted(set(records), key=lambda id_: (id_[0], int(id_[1:])))
