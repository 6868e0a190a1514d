"""Flows between territories as columns: sorted, coded, and only what the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from graph import Changes, Retract, Snapshot, Store
from graph.errors import DependentsExist
from graph.flows import COLUMNS, FlowTable, flows_from
from graph.model import Flow, Territory
from graph.versions import Version
from tests.contract.build import everything, retract, write

INSEE = "INSEE, recensement"


def territory(id_: str, **more: Any) -> Territory:
    return Territory(**{"id": id_, "name": f"Territoire {id_}", "visibility": "public"} | more)


def flow(origin: str, destination: str, quantity: float | None, **more: Any) -> Flow:
    return Flow(
        **{"origin": origin, "destination": destination, "kind": "commuting", "quantity": quantity}
        | {"unit": "actifs", "year": 2014, "source": INSEE, "visibility": "public"}
        | more
    )


PLACES = tuple(territory(id_) for id_ in ("75056", "01001", "2A004"))
SMALL = (
    *PLACES,
    flow("75056", "01001", 12.5),
    flow("01001", "75056", 100, truncated=True, source="Extrait"),
    flow("01001", "01001", None),
    flow("2A004", "75056", 3, kind="food", unit=None, year=None, source=None, visibility="partenaires"),
)
"""Three territories, F1 to F4."""


def told(snapshot: Snapshot) -> list[tuple[Any, ...]]:
    """The flows of a snapshot in words, in its order; an unknown quantity is -1."""
    found, ids = snapshot.flows, snapshot.territories.ids
    return [
        (
            found.kinds[found.kind[at]],
            found.units[found.unit[at]],
            int(found.year[at]),
            ids[found.origin[at]],
            ids[found.destination[at]],
            found.sources[found.source[at]],
            float(np.nan_to_num(found.quantity[at], nan=-1)),
            bool(found.truncated[at]),
            f"F{found.record[at]}",
        )
        for at in range(len(found))
    ]


F1 = ("commuting", "actifs", 2014, "75056", "01001", INSEE, 12.5, False, "F1")
F2 = ("commuting", "actifs", 2014, "01001", "75056", "Extrait", 100.0, True, "F2")
F3 = ("commuting", "actifs", 2014, "01001", "01001", INSEE, -1.0, False, "F3")
F4 = ("food", "", 0, "2A004", "75056", "", 3.0, False, "F4")


def test_sorted_by_kind_unit_year_origin_destination_source(store: Store) -> None:
    write(store, *SMALL)
    assert told(store.snapshot()) == [F3, F2, F1, F4]
    write(store, flow("01001", "01001", 7, source="Autre"))
    assert told(store.snapshot())[:2] == [(*F3[:5], "Autre", 7.0, False, "F5"), F3]


def test_a_reader_sees_what_it_may(store: Store) -> None:
    write(store, *SMALL)
    assert told(store.snapshot(level="public")) == [F3, F2, F1]
    assert told(store.snapshot(level="partenaires")) == [F3, F2, F1, F4]
    write(store, territory("01001", visibility="pilotes"))
    assert told(store.snapshot(level="public")) == []
    assert told(store.snapshot(level="partenaires")) == [F4]


def test_an_earlier_revision_still_says_what_it_said(store: Store) -> None:
    write(store, *SMALL)
    write(store, flow("75056", "01001", 99), territory("00000"), retracts=[Retract("flows", "F3")])
    assert told(store.snapshot()) == [F2, (*F1[:6], 99.0, False, "F1"), F4]
    assert told(store.snapshot(at_revision=1)) == [F3, F2, F1, F4]
    store.undo(2, author="pilote")
    assert told(store.snapshot()) == [F3, F2, F1, F4]
    assert [version.value.quantity for version in store.history("flows", "F1")] == [12.5, 99, 12.5]  # type: ignore[attr-defined]


def test_no_flow_at_all(store: Store) -> None:
    write(store, *PLACES)
    assert len(store.snapshot().flows) == 0
    assert store.snapshot().flows.kinds == ()


def test_columns_are_not_to_be_written_into(store: Store) -> None:
    write(store, *SMALL)
    columns = store.snapshot().flows
    assert not columns.quantity.flags.writeable
    assert not columns.take(columns.truncated).record.flags.writeable


def test_a_write_is_patched_into_the_flows_read_before(store: Store, reopen: Any) -> None:
    write(store, *SMALL)
    assert told(store.snapshot()) == [F3, F2, F1, F4]
    write(
        store,
        territory("00000"),
        flow("75056", "01001", 99),
        flow("00000", "2A004", 5, kind="water", unit="m³", year=2020, source="Relevé"),
        retracts=[Retract("flows", "F4")],
    )
    fifth = ("water", "m³", 2020, "00000", "2A004", "Relevé", 5.0, False, "F5")
    now = [F3, F2, (*F1[:6], 99.0, False, "F1"), fifth]
    assert told(store.snapshot()) == now
    assert store.snapshot().flows.kinds == ("commuting", "water")
    assert told(reopen().snapshot()) == now
    retract(store, "flows:F5", "territories:00000")
    assert told(store.snapshot()) == told(reopen().snapshot()) == now[:3]


def test_what_a_reader_may_not_see_is_named_nowhere(store: Store) -> None:
    write(store, *SMALL)
    seen = store.snapshot(level="public").flows
    assert (seen.kinds, seen.units, seen.sources) == (("commuting",), ("actifs",), ("Extrait", INSEE))
    write(store, flow("01001", "75056", 100, truncated=True, source="Extrait", visibility="pilotes"))
    assert told(store.snapshot(level="public", at_revision=1)) == [F3, F1]


def test_a_territory_with_flows_is_not_taken_back(store: Store) -> None:
    write(store, *SMALL)
    with pytest.raises(DependentsExist) as refused:
        retract(store, "territories:2A004")
    assert refused.value.dependents == ("flows:F4",)


def test_the_columns_say_what_the_records_say(store: Store) -> None:
    write(store, *SMALL)
    snapshot = store.snapshot()
    slow = flows_from(snapshot.records("flows"), snapshot.territories.index)
    for name in (*COLUMNS, "kinds", "units", "sources"):
        np.testing.assert_array_equal(getattr(snapshot.flows, name), getattr(slow, name))


class Lot:
    """Flows to create in bulk (see :class:`graph.stores.changes.NewFlows`), two at a time."""

    base = 1

    def __init__(self, *some: Flow) -> None:
        ids = sorted({end for one in some for end in (one.origin, one.destination)}, reverse=True)
        places = {id_: place for place, id_ in enumerate(ids)}
        whole = flows_from([Version(f"F{n}", 1, 1, one) for n, one in enumerate(some)], places)
        order = np.argsort(whole.record)
        self.tables = [
            FlowTable(whole.take(order[start : start + 2]), ids) for start in range(0, len(some), 2)
        ]

    def __len__(self) -> int:
        return sum(len(table.flows) for table in self.tables)

    def batches(self) -> Iterator[FlowTable]:
        return iter(self.tables)


NEW = (
    flow("2A004", "01001", 4, kind="water", unit=None, year=None, source=None, visibility="partenaires"),
    flow("75056", "75056", None, truncated=True),
    flow("2A004", "2A004", 2.5),
    flow("01001", "75056", 8, year=2015),
    flow("2A004", "75056", 9),
)


@pytest.mark.parametrize("expected", [0, 10**9], ids=["one transaction", "staged"])
def test_written_in_bulk_as_one_by_one(make_store: Any, expected: int) -> None:
    found = []
    for changes in (Changes({"flows": NEW}), Changes(flows=[Lot(*NEW)])):
        store = make_store()
        write(store, *SMALL)
        outcome = store.commit(changes, author="pilote", message="import", expected=expected)
        assert outcome.counts["flows"].create == len(NEW)
        assert sorted(store.touched(2)) == [("flows", f"F{n}") for n in range(5, 10)]
        assert store.check() == []
        found.append((everything(store), told(store.snapshot())))
    assert found[0] == found[1]
