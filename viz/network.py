"""Nodes, edges and options for vis-network, built by pyvis; serialised by us."""

from __future__ import annotations

import json
from typing import Any

from viz.spec import Link, MapSpec

OPTIONS = {
    "autoResize": False,
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False, "randomSeed": 0},
    "interaction": {
        "dragNodes": False,
        "hover": False,
        "keyboard": False,
        "multiselect": False,
        "selectConnectedEdges": False,
        "tooltipDelay": 300,
        "zoomView": True,
    },
    "nodes": {"fixed": True, "chosen": False, "font": {"size": 0}},
    "edges": {"smooth": False, "chosen": False, "selectionWidth": 0, "hoverWidth": 0},
}
"""Nothing moves by itself: positions come from the server, and the page fits the map to its room again."""


def native(link: Link) -> bool:
    """Whether vis-network can draw a link itself: one straight stroke between two nodes."""
    return len(link.strokes) == 1 and "C" not in link.strokes[0].path and not link.strokes[0].head


def network(spec: MapSpec) -> dict[str, Any]:
    """``nodes``, ``edges`` and ``options`` of a map; colours are given by role and settled with the theme."""
    # it brings IPython: half a second, that only who draws a map waits for
    from pyvis.network import Network

    net = Network()
    for node in spec.nodes:
        dashes = [5, 4] if node.fill == "dashed" else False
        net.add_node(
            node.id,
            label=node.name,
            shape=node.shape,
            size=node.radius,
            x=node.x,
            y=node.y,
            physics=False,
            borderWidth=spec.profile.border,
            borderWidthSelected=spec.profile.border,
            shapeProperties={"borderDashes": dashes},
        )
    for link in spec.links:
        if native(link):
            stroke = link.strokes[0]
            net.add_edge(
                link.a,
                link.b,
                id=link.id,
                width=stroke.width,
                dashes=list(spec.profile.dash) if stroke.dashed else False,
            )
    net.set_options(json.dumps(OPTIONS))
    return {"nodes": net.nodes, "edges": net.edges, "options": net.options}
