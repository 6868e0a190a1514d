"""Kumu workbooks and JSON, GEXF and GraphML files, read as networks."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import networkx as nx
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from graph.errors import FileRefused
from graph.vocabulary import fold
from ingest.cells import text_of
from ingest.foreign.networks import Edge, Node, Value, network_sheets, slug
from ingest.readers.containers import entities_refused, reading
from ingest.readers.sheets import Sheet, Source

_LABELS = ("label", "name", "nom", "title", "titre")


def is_kumu(source: Source) -> bool:
    """Whether a workbook has the sheets of Kumu."""
    return {"elements", "connections"} <= {fold(sheet.name) for sheet in source.sheets}


def kumu_workbook(source: Source) -> list[Sheet]:
    """The sheets that a Kumu workbook amounts to; elements are known by their label."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for sheet in source.sheets:
        part = fold(sheet.name)
        if part not in ("elements", "connections"):
            continue
        lines = sheet.lines()
        header = next(lines, None)
        if header is None:
            continue
        headers = {place: text_of(cell) for place, cell in header.cells.items()}
        for line in lines:
            says = {headers[place]: text_of(cell) for place, cell in line.cells.items() if place in headers}
            words = {fold(key): value for key, value in says.items()}
            if part == "elements":
                label = words.get("label", "")
                nodes.append(
                    Node(slug(label) or f"n{line.number}", label, line.number, _without(says, "label", "id"))
                )
            else:
                both = words.get("direction", "") in ("mutual", "undirected")
                kept = _without(says, "from", "to", "direction")
                edges.append(
                    Edge(slug(words.get("from", "")), slug(words.get("to", "")), line.number, both, kept)
                )
    return network_sheets(source, nodes, edges, ("Elements", "Connections"))


def _without(says: Mapping[str, Value], *names: str) -> dict[str, Value]:
    return {key: value for key, value in says.items() if fold(key) not in names}


def kumu_json(path: Path, source: Source) -> list[Sheet]:
    """The sheets that a Kumu JSON export amounts to.

    Raises:
        FileRefused: the JSON has neither elements nor connections.
    """
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    if not isinstance(document, dict) or not isinstance(document.get("elements"), list):
        raise FileRefused(
            f"{path.name} : ce JSON n'est pas un export Kumu (« elements » et « connections » attendus).",
            f"{path.name}: this JSON is no Kumu export ('elements' and 'connections' expected).",
        )
    nodes = []
    for row, element in enumerate(filter(_is_object, document["elements"]), start=1):
        says = _flat(element)
        label = str(next((says[key] for key in says if fold(key) == "label"), ""))
        id_ = str(element.get("_id") or element.get("id") or slug(label))
        nodes.append(Node(id_, label, row, _without(says, "label", "id")))
    by_label = {node.label: node.id for node in nodes}
    edges = []
    for row, link in enumerate(filter(_is_object, document.get("connections") or ()), start=1):
        says = _flat(link)
        start, stop = str(link.get("from", "")), str(link.get("to", ""))
        both = str(link.get("direction") or says.get("direction") or "") in ("mutual", "undirected")
        edges.append(
            Edge(by_label.get(start, start), by_label.get(stop, stop), row, both, _without(says, "direction"))
        )
    return network_sheets(source, nodes, edges, ("elements", "connections"))


def _is_object(item: object) -> bool:
    return isinstance(item, dict)


def _flat(item: Mapping[str, Any]) -> dict[str, Value]:
    """What an element says: its attributes, else its own entries; only texts, numbers and lists of texts."""
    held = item.get("attributes")
    says = (
        held if isinstance(held, dict) else {k: v for k, v in item.items() if k not in ("_id", "from", "to")}
    )
    found: dict[str, Value] = {}
    for key, value in says.items():
        if isinstance(value, str | int | float):
            found[str(key)] = value
        elif isinstance(value, list):
            found[str(key)] = tuple(str(part) for part in value)
    return found


def graph_file(path: Path, source: Source) -> list[Sheet]:
    """The sheets that a GEXF or GraphML file amounts to.

    Raises:
        FileRefused: damaged, or it declares a document type.
    """
    try:
        with path.open("rb") as stream:
            for _ in iterparse(stream, forbid_dtd=True):
                pass
    except DefusedXmlException as fault:
        raise entities_refused(path.name) from fault
    except SyntaxError as fault:
        raise _malformed(path) from fault
    with reading(path.name), warnings.catch_warnings():
        # networkx warns of edge types and defaults that do not matter here
        warnings.simplefilter("ignore")
        try:
            graph = nx.read_gexf(path) if source.kind == "gexf" else nx.read_graphml(path)
        except (nx.NetworkXError, AttributeError, TypeError) as fault:
            raise _malformed(path) from fault
    nodes = []
    for row, (name, says) in enumerate(graph.nodes(data=True), start=1):
        label = str(next((says[key] for word in _LABELS for key in says if fold(str(key)) == word), name))
        nodes.append(Node(str(name), label, row, _without(_scalars(says), *_LABELS, "viz", "id")))
    edges = [
        Edge(str(start), str(stop), row, not graph.is_directed(), _without(_scalars(says), "id", "viz"))
        for row, (start, stop, says) in enumerate(graph.edges(data=True), start=1)
    ]
    return network_sheets(source, nodes, edges, ("nodes", "edges"))


def _malformed(path: Path) -> FileRefused:
    return FileRefused(
        f"{path.name} : le graphe est mal formé ou tronqué. Exportez-le à nouveau depuis votre logiciel.",
        f"{path.name}: the graph is malformed or truncated. Export it again from your software.",
    )


def _scalars(says: Mapping[str, Any]) -> dict[str, Value]:
    return {str(key): value for key, value in says.items() if isinstance(value, str | int | float)}
