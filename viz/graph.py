"""A map as a graph for other tools: who is drawn, what ties them, where."""

from __future__ import annotations

import networkx as nx

from graph.gexf import gexf as written_gexf
from viz.spec import MapSpec


def graph_of(spec: MapSpec) -> nx.MultiDiGraph[str]:
    """Nodes and links of a map, all of them whatever the threshold.

    Nodes carry ``label``, ``kind`` (``node`` or ``objective``), ``says`` (family and involvement in words), ``zone`` and
    their place ``x``, ``y`` in pixels, ``y`` down; edges carry ``reading``, ``level``, ``label`` and ``records``, ids
    joined by ``;``. An influence goes from its first end to the second; other edges have no direction to be read.

    Args:
        spec: any size of the map.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(kind=spec.kind, stamp=spec.stamp)
    for node in spec.nodes:
        graph.add_node(
            node.id,
            label=node.name,
            kind="node",
            says=node.describes,
            zone=node.plate,
            x=float(node.x),
            y=float(node.y),
        )
    for box in spec.boxes:
        graph.add_node(
            box.id, label=box.name, kind="objective", says="", zone="", x=float(box.x), y=float(box.y)
        )
    for link in spec.links:
        graph.add_edge(
            link.a,
            link.b,
            key=link.id,
            reading=link.reading,
            level=float(link.level),
            label=link.title,
            records=";".join(link.records),
        )
    return graph


def graphml(spec: MapSpec) -> str:
    """The graph of a map as GraphML."""
    return "\n".join(nx.generate_graphml(graph_of(spec))) + "\n"


def gexf(spec: MapSpec) -> str:
    """The graph of a map as GEXF 1.2."""
    return written_gexf(graph_of(spec)).decode()
