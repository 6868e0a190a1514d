"""The example of Île-de-France says what INSEE published, whichever way it is added up.

Expected totals: those of the published extract (7,905 rows, 2,318,072 people) and of its aggregation to the 62 territories
(444 pairs, 1,574,751 people from one to another), both computed apart from this project; and a sum in plain Python here.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import Store, open_store
from ingest import dry_run
from tests.ingest.books import TODAY

FOLDER = Path(__file__).parents[2] / "examples" / "ile-de-france"
LINES = (FOLDER / "mobpro-2014.csv").read_text(encoding="utf-8").splitlines()
PUBLISHED = list(csv.reader(LINES, delimiter=";"))[1:]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The example, imported as its page says."""
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('region') / 'region.db'}") as store:
        made = dry_run(FOLDER, store, choices={"truncated": "yes"}, today=TODAY)
        assert made.status == "ready", [issue.message() for issue in made.report.issues]
        made.apply(store, author="pilote")
        yield store


def test_it_asks_whether_small_flows_were_left_out(region: Store) -> None:
    assert dry_run(FOLDER, region, today=TODAY).needed == {"truncated": ("yes", "no")}


def test_what_was_published(region: Store) -> None:
    assert len(PUBLISHED) == 7_905
    assert sum(int(row[4]) for row in PUBLISHED) == 2_318_072
    flows = region.snapshot().flows
    assert flows.quantity.sum() == 2_318_072
    assert flows.truncated.all()
    assert (flows.kinds, set(flows.year.tolist())) == (("commuting",), {2014})
    # every published pair, old codes read as those of today
    now = region.aliases("territories")
    apart: Counter[tuple[str, str]] = Counter()
    for origin, _, destination, _, count in PUBLISHED:
        apart[now.get(origin, origin), now.get(destination, destination)] += int(count)
    ids = region.snapshot(level="public").territories.ids
    public = region.snapshot(level="public").flows
    told = {
        (ids[origin], ids[destination]): quantity
        for origin, destination, quantity in zip(
            public.origin.tolist(), public.destination.tolist(), public.quantity.tolist(), strict=True
        )
    }
    assert told == apart
    assert len(told) == 7_905 - 39


def test_sixty_two_territories(region: Store) -> None:
    snapshot = region.snapshot()
    kinds = {territory.id: territory.type for territory in snapshot.territories}
    parents = {territory.id: territory.parents for territory in snapshot.territories}

    def perimeter(id_: str) -> str:
        """The EPT of a commune, else its EPCI; Paris for its arrondissements."""
        if "75056" in (id_, *parents[id_]):
            return "75056"
        held = [parent for parent in parents[id_] if kinds[parent] in ("ept", "epci")]
        return next((parent for parent in held if kinds[parent] == "ept"), held[0])

    communes = [id_ for id_, kind in kinds.items() if kind == "commune"]
    assert len(communes) == 1_266
    between: Counter[tuple[str, str]] = Counter()
    flows = snapshot.flows
    for origin, destination, quantity in zip(
        flows.origin.tolist(), flows.destination.tolist(), flows.quantity.tolist(), strict=True
    ):
        ends = perimeter(snapshot.territories.ids[origin]), perimeter(snapshot.territories.ids[destination])
        between[ends] += quantity
    assert len(between) == 444
    assert len({end for ends in between for end in ends}) == 62
    # one more, small, has no flow of 100 people or more
    assert {perimeter(id_) for id_ in communes} - {end for ends in between for end in ends} == {"200072874"}
    assert sum(quantity for (a, b), quantity in between.items() if a != b) == 1_574_751
