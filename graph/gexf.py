"""GEXF through networkx, without the day it was written: the same graph gives the same bytes."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter


def gexf(graph: nx.Graph[Any]) -> bytes:
    """A graph as GEXF 1.2 in UTF-8, with the XML declaration.

    networkx stamps what it writes with today's date; a document here holds no clock time, so the stamp is left out (GEXF
    makes it optional).
    """
    written = GEXFWriter(graph, version="1.2draft").xml
    written.find("meta").attrib.pop("lastmodifieddate")
    ET.indent(written)
    return bytes(ET.tostring(written, encoding="utf-8", xml_declaration=True)) + b"\n"
