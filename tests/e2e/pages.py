"""Every page there is, over the example territory and over any other store."""

from __future__ import annotations

from collections.abc import Mapping

from viz import KINDS

EXAMPLE = {
    "actor": "mairie",
    "objective": "o-marche",
    "project": "p-alim",
    "sheet": "territoires",
    "entity": "c-bourg",
    "record": "P1",
    "revision": "1",
    "territory": "t-epci",
    "neighbour": "t-voisine",
}
"""What the example territory holds, for :func:`pages`."""


def pages(ids: Mapping[str, str] = EXAMPLE) -> tuple[str, ...]:
    """The address of each page, the eight maps included.

    Args:
        ids: an ``actor``, an ``objective`` it has a position on, a ``project``, an ``entity`` of the table whose
            sheet is ``sheet``, a ``record`` and a ``revision`` of the store.
    """
    actor, objective = ids["actor"], ids["objective"]
    return (
        "/",
        "/acteurs",
        f"/acteurs/{actor}",
        "/objectifs",
        f"/objectifs/{objective}",
        "/positions",
        f"/positions?months=6&actor={actor}",
        f"/positions/{actor}/{objective}",
        "/influences",
        "/donnees",
        "/donnees/recits",
        f"/donnees/{ids['sheet']}/{ids['entity']}",
        "/importer",
        "/historique",
        f"/historique/{ids['revision']}",
        f"/fiches/{ids['record']}",
        "/tensions",
        "/territoires-officiels",
        "/territoires-officiels?q=200054781",
        "/zones",
        "/territoires",
        f"/territoires/{ids['territory']}",
        "/territoires/donut",
        "/territoires/matrice",
        "/territoires/negociation",
        f"/territoires/negociation?territory={ids['territory']}&territory={ids['neighbour']}",
        "/pactes",
        "/experiences",
        "/recits",
        *(f"/cartes/{kind}" for kind in KINDS.values()),
        f"/cartes/projet?project={ids['project']}",
    )
