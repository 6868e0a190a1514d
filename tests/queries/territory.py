"""A small town's cartography: a market, an AMAP, producers and the town hall, with projects, stakes and places."""

from __future__ import annotations

import dataclasses
from datetime import date

from graph import Changes
from graph.model import (
    Actor,
    Fact,
    Influence,
    Objective,
    ObjectiveLink,
    Participation,
    Position,
    Project,
    Stake,
    Target,
    Territory,
)
from tests.queries.matrices import DAY


def position(actor: str, objective: str, value: int, **more: object) -> Position:
    """A statement of the cartography itself, on the usual day unless said."""
    return Position(
        **{"actor": actor, "objective": objective, "value": value, "valid_from": DAY, **more}  # type: ignore[arg-type]
    )


def town() -> dict[str, list[Fact]]:
    """Everything, by table."""
    return {
        "territories": [
            Territory(id="D", name="Département", type="departement"),
            Territory(id="V", name="Ville", type="commune", parents=("D",)),
            Territory(id="W", name="Voisine", type="commune"),
        ],
        "actors": [
            Actor(id="MAIRIE", name="Mairie", family="service", territory="V"),
            Actor(id="AMAP", name="AMAP", family="beneficiaire", territory="V"),
            Actor(id="MARCHE", name="Marché", family="operateur", territory="V"),
            Actor(id="PROD", name="Producteurs", family="operateur", territory="W"),
            Actor(id="LOIN", name="Loin", family="operateur"),
        ],
        "stakes": [
            Stake(id="E1", name="Bien-vivre alimentaire"),
            Stake(id="E2", name="Circuits", parent="E1"),
            Stake(id="E3", name="Mobilité"),
        ],
        "objectives": [
            Objective(id="PANIERS", name="Vendre des paniers", stake="E2", bearers=("AMAP",)),
            Objective(id="ETALS", name="Remplir les étals", stake="E2", bearers=("MARCHE",)),
            Objective(id="BIO", name="Manger bio", stake="E1"),
            Objective(id="VELO", name="Aller à vélo", stake="E3"),
        ],
        "objective_links": [
            ObjectiveLink(source_objective="PANIERS", target_objective="ETALS", kind="contredit"),
            ObjectiveLink(source_objective="BIO", target_objective="PANIERS", kind="sert"),
        ],
        "projects": [
            Project(id="DEM", name="Démarche"),
            Project(id="PAT", name="Projet alimentaire", parent="DEM"),
            Project(id="HALLE", name="Halle", parent="PAT"),
            Project(id="VIDE", name="Sans cible", parent="DEM"),
        ],
        "targets": [
            Target(project="PAT", objective="BIO", weight=2.0),
            Target(project="PAT", objective="PANIERS"),
            Target(project="HALLE", objective="ETALS", weight=3.0),
            Target(project="HALLE", objective="BIO", weight=0.5),
        ],
        "participations": [
            Participation(actor="MAIRIE", project="PAT", posture="tiers_de_confiance"),
            Participation(actor="AMAP", project="PAT", family="operateur"),
            Participation(actor="MARCHE", project="HALLE"),
            Participation(actor="LOIN", project="PAT", since=date(2025, 1, 1), until=date(2025, 6, 1)),
        ],
        "positions": [
            position("AMAP", "PANIERS", 4),
            position("PROD", "PANIERS", 2),
            position("MARCHE", "ETALS", 3),
            position("PROD", "ETALS", 1),
            position("MAIRIE", "BIO", 3),
            position("AMAP", "BIO", 2),
            position("MARCHE", "BIO", 0),
            position("LOIN", "BIO", -1),
            position("LOIN", "VELO", 2),
            position("MAIRIE", "VELO", 1),
        ],
        "influences": [
            Influence(source_actor="MAIRIE", target_actor="MARCHE", value=3, valid_from=DAY),
            Influence(source_actor="MARCHE", target_actor="PROD", value=2, valid_from=DAY),
            Influence(source_actor="AMAP", target_actor="MAIRIE", value=1, valid_from=DAY),
        ],
    }


def shown_to(tables: dict[str, list[Fact]], visibility: str) -> dict[str, list[Fact]]:
    """The same records under another visibility."""
    return {
        name: [dataclasses.replace(fact, visibility=visibility) for fact in facts]
        for name, facts in tables.items()
    }


def all_tables(*parts: dict[str, list[Fact]]) -> dict[str, list[Fact]]:
    """The records of several parts, table by table, in the order of the parts."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: [f for part in parts for f in part.get(name, [])] for name in names}


def all_of(*parts: dict[str, list[Fact]]) -> Changes:
    """Changes that put every record of some tables."""
    return Changes(puts=all_tables(*parts))


def quarrelsome() -> dict[str, list[Fact]]:
    """The town with a quarrel, so that no list of the documents is empty everywhere."""
    return {
        "positions": [
            position("LOIN", "PANIERS", -3),
            position("LOIN", "ETALS", 1),
            position("PROD", "VELO", -1),
        ],
        "influences": [Influence(source_actor="LOIN", target_actor="MAIRIE", value=2, valid_from=DAY)],
    }
