"""What the town and its neighbours owe each other: indicators, thresholds, flows, resources, a pact."""

from __future__ import annotations

from graph.model import Contribution, Fact, Indicator, Threshold


def neighbours() -> dict[str, list[Fact]]:
    """To be added to :func:`tests.queries.territory.town`."""
    return {
        "indicators": [
            Indicator(
                territory="V", indicator="Espaces verts", year=2020, value=8.0, unit="m²", source="Agence"
            ),
            Indicator(territory="V", indicator="Espaces verts", year=2018, value=6.0, unit="m²"),
            Indicator(territory="W", indicator="Espaces verts", year=2018, value=15.0, unit="m²"),
            Indicator(territory="V", indicator="NO2", year=2020, value=15.0, unit="µg/m³"),
            Indicator(territory="W", indicator="Pauvreté", year=2019, value=12.5, unit="%"),
            Indicator(territory="W", indicator="Eau", year=2019, value=140.0, unit="l"),
        ],
        "thresholds": [
            Threshold(indicator="Espaces verts", dimension="Santé", floor=10.0, direction="haut"),
            Threshold(indicator="NO2", dimension="Air", ceiling=10.0, direction="bas"),
            Threshold(indicator="Pauvreté", dimension="Revenu", floor=10.0, direction="bas"),
        ],
        "contributions": [Contribution(actor="MARCHE", project="HALLE", kind="donnees")],
    }
