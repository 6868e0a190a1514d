"""What a newer version must read and write again in an older store, beyond what Cypher can say by itself."""

from __future__ import annotations

import json
from typing import cast

from graph.model import TABLES, Flow, from_document
from graph.stores.neo4j.flow_rows import Series, flow_row, numbered, series_of
from graph.stores.neo4j.head import Channel, Head
from graph.stores.neo4j.rows import uid
from graph.versions import Version

FLOWS_AS_RELATIONS = 3
"""The migration after which flows are relations; before it they were documents."""


def flows_as_relations(channel: Channel, state: Head, batch: int) -> None:
    """Turn the documents of flows into relations, some at a time; safe to begin again.

    Args:
        channel: a transaction a statement; nobody else writes meanwhile.
        state: the head.
        batch: documents in one transaction.
    """
    (row,) = channel.ask("flows", "numbers")
    anchors = max(state.anchors, row["actors"], row["objectives"], row["territories"])
    codes = {
        Series(row["kind"], row["unit"], row["year"], row["source"]): row["code"]
        for row in channel.ask("flows", "series")
    }
    code = max(state.series, row["series"])
    there = set(numbered(channel.ask("store", "territory_anchors"))) - {""}
    while found := list(channel.ask("flows", "earlier", limit=batch)):
        versions = [
            Version(
                row["id"],
                row["version"],
                row["revision"],
                from_document(TABLES["flows"], json.loads(row["document"])),
                row["closed"],
            )
            for row in found
        ]
        flows = [cast(Flow, version.value) for version in versions]
        made = []
        for id_ in sorted({end for flow in flows for end in (flow.origin, flow.destination)} - there):
            anchors += 1
            made.append({"id": id_, "number": anchors})
            there.add(id_)
        fresh = []
        for series in sorted({series_of(flow) for flow in flows} - codes.keys()):
            code += 1
            codes[series] = code
            fresh.append(series.row(code))
        channel.tell("store", "add_territory_anchors", rows=made)
        channel.tell("flows", "add_series", rows=fresh)
        rows = [[*flow_row(v, codes), uid("flows", v.id), v.closed] for v in versions]
        channel.tell("flows", "convert", rows=rows)
    state.anchors, state.series = anchors, code
    channel.tell("store", "recount", number=state.revision, counters=state.counters)
