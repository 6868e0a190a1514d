"""The sheet on which two territories open a negotiation, and from which people write a pact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.snapshot import Snapshot
from queries.between import common_ground, complementarities, pacts
from queries.between.dependencies import dependencies
from queries.between.sides import facing
from queries.envelope import Document, envelope


def negotiation(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Mutual dependencies, convergences, conflicts and complementarities of two territories, each with its reason.

    Actors of a territory are those located in it or below it. Beside the items: ``shared``, actors present on both sides;
    ``third_parties``, actors of neither who agree with both; ``latent``, tensions nobody expresses; ``scales``, the
    levels at which each subject is held; ``pacts`` already written between the two. Nothing is recommended: people write.

    Args:
        snapshot: the scope (project, stake and family narrow actors and objectives).
        params: ``territory``, two.
        lang: of the sentences.

    Raises:
        InvalidCall: not two different territories, or one lies in the other.
    """
    sides = facing(snapshot, params["territory"], lang)
    items = [
        *dependencies(sides),
        *common_ground.common_ground(sides),
        *complementarities.complementarities(sides),
    ]
    return envelope(
        snapshot,
        params,
        items,
        beside={
            "shared": sides.shared(),
            "third_parties": common_ground.third_parties(sides),
            "latent": common_ground.latent(sides),
            "scales": complementarities.scales(sides, items),
            "pacts": pacts.pacts(sides),
        },
        notes=complementarities.notes(sides),
        lang=lang,
    )
