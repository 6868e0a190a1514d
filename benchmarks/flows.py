"""Flows of a whole country added up on its EPCI, and what is said of them."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.measure import Line, seconds, timed
from graph import Snapshot, open_store
from graph.flows import Flows
from graph.model import Territory
from graph.snapshot import Entities
from queries.envelope import paged
from queries.interdependencies import interdependencies
from queries.kernels import flows as kernel
from queries.perimeters import functional

COMMUNES, EPCI, FLOWS = 35_000, 1_255, 1_000_000


def country(communes: int, epci: int, flows: int, seed: int = 1) -> Snapshot:
    """Communes in EPCI, and flows most of which stay near: to a commune whose number is close."""
    random = np.random.default_rng(seed)
    names = [f"C{k:05d}" for k in range(communes)]
    groups = [f"E{k:05d}" for k in range(epci)]
    held = np.sort(random.integers(0, epci, communes))
    territories = Entities(
        [
            *(
                Territory(id=id_, name=id_, type="commune", parents=(groups[held[k]],))
                for k, id_ in enumerate(names)
            ),
            *(Territory(id=id_, name=id_, type="epci") for id_ in groups),
        ]
    )
    origin = random.integers(0, communes, flows)
    near = np.clip(
        origin + np.rint(random.laplace(0, communes / 300, flows)).astype(np.int64), 0, communes - 1
    )
    pairs = np.unique(origin * communes + near)
    count = len(pairs)
    columns = Flows(
        origin=(pairs // communes).astype(np.int32),
        destination=(pairs % communes).astype(np.int32),
        kind=np.zeros(count, dtype=np.int32),
        unit=np.zeros(count, dtype=np.int32),
        year=np.full(count, 2021, dtype=np.int16),
        source=np.zeros(count, dtype=np.int32),
        quantity=random.integers(1, 500, count).astype(np.float64),
        truncated=np.zeros(count, dtype=np.bool_),
        visibility=np.zeros(count, dtype=np.uint8),
        record=np.arange(1, count + 1),
        kinds=("commuting",),
        units=("actifs",),
        sources=("",),
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{Path(folder) / 'empty.db'}") as store,
    ):
        found = dataclasses.replace(store.snapshot(), tables=lambda _table: ())
    # what a store would have read, once
    found.__dict__.update(territories=territories, flows=columns)
    return found


def lines(quick: bool) -> list[Line]:
    """Aggregation, interdependencies and functional perimeters of a country."""
    scale = 20 if quick else 1
    snapshot = country(COMMUNES // scale, EPCI // scale, FLOWS // scale)
    flows, territories = snapshot.flows, snapshot.territories
    index = territories.index
    epci = [place for place, t in enumerate(territories) if t.type == "epci"]
    held = kernel.members([[index[p] for p in t.parents] for t in territories], epci)
    code, count = held.code, held.count
    coded = [code[flows.origin], code[flows.destination]]

    def bare() -> object:
        return np.bincount(coded[0] * count + coded[1], weights=flows.quantity, minlength=count * count)

    size = f"{len(flows):,} flows of {len(code) - count:,} communes on {count:,} EPCI".replace(",", " ")
    params = {"kind": "commuting", "level": "epci", "limit": 50}
    limits = {"min_size": 3_500, "target_size": 25_000, "min_containment": 0.667, "target_containment": 0.75}

    def document() -> object:
        return json.dumps(paged(interdependencies(snapshot, params), 50, None))

    document()
    return [
        timed(
            f"sums: {size}",
            seconds(lambda: kernel.table(flows.origin, flows.destination, flows.quantity, code, count), 9),
            seconds(bare, 9),
            "numpy.bincount on coded columns",
            at_most=2.0,
        ),
        timed(f"interdependencies: {size}", seconds(document, 5), at_most=1.0),
        timed(
            f"functional perimeters: {size}", seconds(lambda: functional(snapshot, {**params, **limits}), 3)
        ),
    ]
