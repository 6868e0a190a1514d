"""The effective graph for Gephi, yEd, Cytoscape or R: GraphML and GEXF through networkx."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx

from graph.gexf import gexf
from graph.snapshot import Snapshot


def write_graphml(snapshot: Snapshot, path: Path) -> None:
    """Write the snapshot's graph as GraphML (a directed multigraph; ``kind`` tells what a node or an edge is)."""
    nx.write_graphml_xml(_plain(snapshot), path)


def write_gexf(snapshot: Snapshot, path: Path) -> None:
    """Write the snapshot's graph as GEXF 1.2."""
    path.write_bytes(gexf(_plain(snapshot)))


def _plain(snapshot: Snapshot) -> nx.MultiDiGraph[str]:
    graph = snapshot.to_networkx()
    for _, says in graph.nodes(data=True):
        _labelled(says)
    for _, _, says in graph.edges(data=True):
        if "value" in says:
            says["value"] = float(says["value"])
    return graph


def _labelled(says: dict[str, Any]) -> None:
    says["label"] = says.get("name", says.get("id", ""))
    for name, value in says.items():
        if isinstance(value, bool):
            says[name] = "oui" if value else "non"
