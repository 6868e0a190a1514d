"""What the town and its neighbours owe each other: indicators, thresholds, flows, resources, a pact."""

from __future__ import annotations

from datetime import date

from graph.model import Contribution, Fact, Flow, Indicator, Pact, Resource, Territory, Threshold


def commuting(origin: str, destination: str, people: float | None, year: int = 2020) -> Flow:
    """So many people who live in one place and work in the other."""
    return Flow(
        origin=origin, destination=destination, kind="commuting", quantity=people, unit="personnes", year=year
    )


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
        "territories": [Territory(id="X", name="Au-delà", type="commune")],
        "flows": [
            commuting("V", "V", 60),
            commuting("V", "W", 30),
            commuting("V", "X", 10),
            commuting("W", "V", 50),
            commuting("W", "W", 50),
            commuting("W", "V", 40, year=2015),
            Flow(origin="W", destination="V", kind="food", quantity=12.0, unit="tonnes", year=2020),
            Flow(origin="V", destination="W", kind="skills"),
        ],
        "resources": [
            Resource(actor="MAIRIE", resource="Cuisine centrale", direction="offre", quantity=1.0),
            Resource(actor="PROD", resource="cuisine CENTRALE", direction="besoin"),
            Resource(actor="PROD", resource="Terres", direction="offre", territory="W"),
            Resource(actor="LOIN", resource="terres", direction="besoin", territory="V"),
        ],
        "pacts": [
            Pact(
                id="PACTE",
                title="Manger ici",
                parties=("V", "W"),
                articles=("Des surfaces pour la halle",),
                counterparts=("Une cuisine ouverte",),
                signed_on=date(2026, 2, 10),
                review_on=date(2027, 2, 10),
            )
        ],
        "contributions": [Contribution(actor="MARCHE", project="HALLE", kind="donnees")],
    }
