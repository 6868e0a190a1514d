"""Aggregation by the nesting against a published one: commuting between the EPT of the Grand Paris.

Expected values: the table of flows between the territories of the métropole that comes with the cartogRaflow software (F. Bahoken
and L. Beauguitte, file ``MOBPRO_ETP.csv``), made by its authors from the same extract of INSEE's 2014 census, flows of at
least 100 people. Cited here: the row and the column of Plaine Commune.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import Store, open_store
from ingest import dry_run
from queries.registry import ANALYSES, run

FOLDER = Path(__file__).parents[2] / "examples" / "ile-de-france"
METROPOLE, PLAINE_COMMUNE = "200054781", "Plaine Commune"
LEAVING = {
    "Vallée Sud-Grand Paris": 132,
    "Grand Paris Seine Ouest": 1485,
    "Paris Ouest La Défense": 5757,
    "Boucle Nord de Seine": 5291,
    "Paris Terres d'Envol": 2058,
    "Est Ensemble": 4921,
    "Grand Paris Grand Est": 102,
    "Paris Est Marne et Bois": 233,
    "Grand Paris Sud Est Avenir": 158,
    "Grand-Orly Seine Bièvre": 206,
}
ARRIVING = {
    "Vallée Sud-Grand Paris": 1068,
    "Grand Paris Seine Ouest": 1413,
    "Paris Ouest La Défense": 4989,
    "Boucle Nord de Seine": 6840,
    "Paris Terres d'Envol": 7202,
    "Est Ensemble": 6269,
    "Grand Paris Grand Est": 3865,
    "Paris Est Marne et Bois": 2979,
    "Grand Paris Sud Est Avenir": 680,
    "Grand-Orly Seine Bièvre": 1261,
}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('region') / 'region.db'}") as store:
        dry_run(FOLDER, store, choices={"truncated": "yes"}).apply(store, author="tests")
        yield store


def test_flows_between_territories_of_the_metropole_are_the_published_ones(region: Store) -> None:
    document = run(
        region,
        ANALYSES["interdependencies"],
        {"kind": "domicile-travail", "level": "EPT", "territory": METROPOLE, "limit": 1000},
    )
    name = region.snapshot().territories.name
    pairs = {(name(i["dependent"]), name(i["on"])): i["quantity"] for i in document["items"]}
    assert {on: q for (who, on), q in pairs.items() if who == PLAINE_COMMUNE} == LEAVING
    assert {who: q for (who, on), q in pairs.items() if on == PLAINE_COMMUNE} == ARRIVING
    # 47,133 of Plaine Commune work in Paris, which is no EPT: with all that leaves the métropole, outside
    row = next(t for t in document["territories"] if name(t["id"]) == PLAINE_COMMUNE)
    assert row["autonomy"] is None
    total = {i["dependent"]: i["quantity"] / i["share"] for i in document["items"]}[row["id"]]
    assert 47_133 < row["outside"] * total < total
    # 14,574 stay: with the ten territories and what is outside, all of it
    assert 14_574 + sum(LEAVING.values()) + row["outside"] * total == pytest.approx(total, rel=1e-12)
