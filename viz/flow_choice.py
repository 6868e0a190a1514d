"""What may be asked of the maps of flows, and the choices a page offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from graph.snapshot import Snapshot
from queries.parameters import Parameter, Value
from queries.registry import FLOWS
from viz.marks import said

HEATS = ("dependence", "autonomy", "vulnerability")
"""What territories may be shaded by."""

SCALE = Parameter(
    "scale",
    "str",
    "le type de territoire auquel additionner les flux",
    "the type of territory to add flows up on",
)
HEAT = Parameter(
    "heat", "str", "ce dont les territoires sont teintés", "what territories are shaded by", choices=HEATS
)
PARAMETERS = (*(p for p in FLOWS if p.name != "level"), SCALE, HEAT)
"""Of a map of flows; ``level`` is the reader's or the slider's there, so the level of territories is ``scale``."""


def asked_flows(values: Mapping[str, Value], territory: str | None) -> dict[str, Any]:
    """Parameters of :func:`viz.flow_view.flow_view` with ``heat``, from those of a page or a command.

    Args:
        values: of :data:`PARAMETERS`, resolved.
        territory: the scope.
    """
    found: dict[str, Any] = {p.name: values.get(p.name) for p in PARAMETERS if p.name != "scale"}
    return {**found, "level": values.get("scale"), "territory": territory}


def choices(snapshot: Snapshot, lang: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What may be chosen among, as (parameter, name, options): kinds, units, years, levels and shades that exist."""
    flows, words = snapshot.flows, snapshot.vocabulary
    types = sorted({t.type for t in snapshot.territories if t.type})
    years = sorted({int(y) for y in np.unique(flows.year) if y}, reverse=True)
    heats = {
        "dependence": said("dépendance", "dependence", lang),
        "autonomy": said("autonomie", "autonomy", lang),
        "vulnerability": said("vulnérabilité", "vulnerability", lang),
    }
    return [
        ("kind", said("Type", "Kind", lang), [(k, words.label("type_flux", k, lang)) for k in flows.kinds]),
        ("unit", said("Unité", "Unit", lang), [(unit, unit) for unit in flows.units if unit]),
        ("year", said("Année", "Year", lang), [(str(year), str(year)) for year in years]),
        (
            "scale",
            said("Échelle", "Level", lang),
            [(code, words.label("type_territoire", code, lang)) for code in types],
        ),
        ("heat", said("Teinte", "Shade", lang), list(heats.items())),
    ]
