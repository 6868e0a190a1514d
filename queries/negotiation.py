"""The sheet on which two territories open a negotiation, and from which people write a pact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.snapshot import Snapshot
from queries.between import common_ground, complementarities, pacts
from queries.between.dependencies import dependencies
from queries.between.sides import facing
from queries.envelope import Document, envelope, note


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
        notes=[*([] if items else [_nothing(lang)]), *complementarities.notes(sides)],
        lang=lang,
    )


def _nothing(lang: str) -> Document:
    return note(
        "nothing_common",
        "Rien n'est relevé entre ces deux territoires : ni flux, ni objectifs portés par des acteurs des deux côtés, ni offres "
        "qui répondent à des besoins. Importez des flux, ou donnez aux acteurs leur territoire.",
        "Nothing is recorded between these two territories: no flow, no objective held by actors of both, no offer that meets "
        "a need. Import flows, or give actors their territory.",
        lang,
    )
