"""Every table goes out and comes back the same, whatever its records say: workbook, spreadsheet, CSV folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph import Changes, Put, Store, open_store
from graph.model import (
    TABLES,
    WRITE_ORDER,
    Actor,
    Alias,
    Fact,
    FieldSpec,
    Kind,
    Objective,
    Position,
    Table,
)
from graph.stores.references import TREES
from graph.vocabulary import shipped
from ingest import Stamp, export
from ingest.escaping import cleaned, harmless, join_list, split_list, unshielded
from tests.ingest.books import FORMATS, TODAY, counts, held, load, plan

ENTITIES = [name for name, table in TABLES.items() if table.entity]
MOST = 3
"""Records of each table in one example."""

SIRENS = ("356000000", "732829320")

ids = st.text("abcXYZ019_.:-", min_size=1, max_size=6).filter(lambda t: t != "-")
anything = st.sampled_from(
    ["_x0041_", "a_x005F_x0041_", "#N/A", "'#REF!", "-", "12", "1,5", "oui", "=1"]
) | st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t;\"'=+-@,<>&_x0041_é🎉ש"),
    max_size=30,
)
texts = anything.map(cleaned).filter(bool)
finite = st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: number + 0.0)
past = st.dates(date(1850, 1, 1), TODAY)
days = st.dates(date(1850, 1, 1), date(2150, 12, 31))


def number(spec: FieldSpec) -> st.SearchStrategy[float]:
    low = -1e9 if spec.low is None else spec.low
    return st.floats(low, 1e9 if spec.high is None else spec.high, allow_nan=False).map(lambda n: n + 0.0)


def value(spec: FieldSpec, known: dict[str, list[str]]) -> st.SearchStrategy[Any]:
    """What a field may hold, given the ids there are."""
    words = list(shipped()[spec.codes].codes) if spec.codes else []
    if spec.kind is Kind.REF:
        return st.sampled_from(known[str(spec.ref)])
    if spec.kind is Kind.REFS:
        return st.lists(st.sampled_from(known[str(spec.ref)]), min_size=1, max_size=3, unique=True).map(tuple)
    if spec.kind is Kind.TEXTS:
        item = texts.filter(lambda t: split_list(join_list([t])) == (t,))
        return st.lists(item, min_size=1, max_size=3, unique=True).map(tuple).filter(lambda t: t != ("-",))
    kinds: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.ID: ids,
        Kind.TEXT: texts,
        Kind.LONG: texts,
        Kind.CODE: st.sampled_from(words or [""]),
        Kind.CODES: st.lists(st.sampled_from(words or [""]), min_size=1, max_size=3, unique=True).map(tuple),
        Kind.INTEGER: st.integers(int(spec.low or 0), int(spec.high if spec.high is not None else 10**9)),
        Kind.NUMBER: number(spec),
        Kind.DATE: past if spec.past else days,
        Kind.FLAG: st.just(True),
    }
    return kinds[spec.kind]


@st.composite
def record(draw: st.DrawFn, table: Table, known: dict[str, list[str]], id_: str | None = None) -> Fact:
    """A record that the model accepts."""
    values: dict[str, Any] = {}
    for spec in table.fields:
        if spec.required or draw(st.booleans()):
            values[spec.name] = draw(value(spec, known))
    if id_ is not None:
        values["id"] = id_
    if table.name in TREES:
        values.pop(TREES[table.name], None)
    if "siren" in values:
        values["siren"] = draw(st.sampled_from(SIRENS))
    if draw(st.booleans()):
        names = draw(st.lists(texts.filter(lambda t: "\n" not in t), max_size=2, unique=True))
        values["attributes"] = tuple(sorted((name, draw(texts)) for name in names))
    return table.model(**_coherent(table, values, known))


def _coherent(table: Table, values: dict[str, Any], known: dict[str, list[str]]) -> dict[str, Any]:
    if table.statement and values.get("valid_to") is not None and values["valid_to"] <= values["valid_from"]:
        del values["valid_to"]
    ends = {
        "influences": ("source_actor", "target_actor"),
        "objective_links": ("source_objective", "target_objective"),
    }
    if table.name in ends:
        first, second = ends[table.name]
        if values[first] == values[second]:
            among = known[str(table.field[first].ref)]
            values[second] = next(id_ for id_ in among if id_ != values[first])
    if table.name == "thresholds" and (values.get("floor") or 0) > (values.get("ceiling") or 0):
        values.pop("floor", None)
        values.pop("ceiling", None)
    if table.name == "vocabulary":
        values["list"] = "famille"
        values["code"] = f"neuf-{values['code']}"
        values["depends"] = "origine"
    return values


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[Fact]]:
    """Records of all the tables, tied to one another."""
    size = st.integers(2, MOST)
    known = {name: draw(st.lists(ids, min_size=2, max_size=draw(size), unique=True)) for name in ENTITIES}
    found: dict[str, list[Fact]] = {}
    for name, table in TABLES.items():
        if name in known:
            found[name] = [draw(record(table, known, id_)) for id_ in known[name]]
        elif name != "aliases":
            rows = draw(st.lists(record(table, known), min_size=1, max_size=MOST, unique_by=table.key))
            found[name] = rows
    target = draw(st.sampled_from(["actors", "territories"]))
    found["aliases"] = [Alias(table=target, old="ancien-nom-1", id=known[target][0], since=draw(past))]
    return found


@contextmanager
def stores(folder: Path) -> Iterator[tuple[Store, Store]]:
    """Two empty stores."""
    clock = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
    with (
        open_store(f"sqlite:///{folder / 'un.db'}", now=lambda: clock) as first,
        open_store(f"sqlite:///{folder / 'deux.db'}", now=lambda: clock) as second,
    ):
        yield first, second


def stamp(store: Store) -> Stamp:
    return Stamp(store.head(), store.revision(store.head()).moment)


@pytest.mark.parametrize("kind", FORMATS)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(records=graphs())
def test_every_table_comes_back_as_it_was(kind: str, records: dict[str, list[Fact]]) -> None:
    with tempfile.TemporaryDirectory() as made, stores(Path(made)) as (first, second):
        puts = {name: [Put(value, 0) for value in records[name]] for name in WRITE_ORDER}
        first.commit(Changes(puts, []), author="pilote", message="tout")
        assert set(held(first)) == set(TABLES)
        path = Path(made) / ("sortie" if kind == "csv" else f"sortie.{kind}")
        export(first.snapshot(), path, stamp(first))
        load(second, path)
        assert held(second) == held(first)
        again = plan(first, path)
        assert again.status == "ready"
        assert again.changes_total == 0
        assert not any(tally[0] or tally[1] or tally[3] for tally in counts(again).values())


@settings(max_examples=500, deadline=None, derandomize=True)
@given(texts)
def test_shielding_is_undone(text: str) -> None:
    assert unshielded(harmless(text)) == text
    assert harmless(text)[:1] not in tuple("=+-@")


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(texts, unique=True))
def test_lists_in_a_cell_are_undone(items: list[str]) -> None:
    assert split_list(join_list(items)) == tuple(items)


def test_what_a_level_may_not_see_is_not_exported(tmp_path: Path) -> None:
    with stores(tmp_path) as (first, second):
        puts = {
            "actors": [
                Put(Actor(id="vu", name="Vu", visibility="public"), 0),
                Put(Actor(id="tu", name="Caché"), 0),
            ],
            "objectives": [Put(Objective(id="o", name="O", visibility="public"), 0)],
            "positions": [
                Put(
                    Position(
                        actor=id_,
                        objective="o",
                        value=1,
                        valid_from=TODAY,
                        source="entretien secret",
                        visibility="public",
                    ),
                    0,
                )
                for id_ in ("vu", "tu")
            ],
        }
        first.commit(Changes(puts, []), author="pilote", message="tout")
        export(first.snapshot(level="public"), tmp_path / "sortie", stamp(first))
        said = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "sortie").iterdir())
        assert "Caché" not in said
        assert "tu," not in said
        assert "entretien secret" not in said
        load(second, tmp_path / "sortie")
        assert set(held(second)["actors"]) == {"vu"}
