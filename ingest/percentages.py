"""Percentages that look like shares, or the reverse: said in the dry run, written as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from graph.model import Indicator
from graph.stores import Put
from ingest.issues import Note

PERCENT = "%"


def doubtful_shares(puts: Mapping[str, Sequence[Put]]) -> Iterator[Note]:
    """A note for each indicator in % whose values all lie in 0–1, or of which some lie beyond 100.

    Only values that would be written are looked at. A rate may well be under 1 % or over 100 %: nothing is refused.

    Args:
        puts: what an import would write.
    """
    values: dict[str, list[float]] = defaultdict(list)
    for put in puts.get("indicators", ()):
        said = cast(Indicator, put.value)
        if (said.unit or "").strip().startswith(PERCENT):
            values[said.indicator].append(said.value)
    for indicator, held in sorted(values.items()):
        if max(held) > 0 and all(0 <= value <= 1 for value in held):
            yield Note(
                "shares_for_percentages",
                f"indicateurs : « {indicator} » est en %, et toutes ses valeurs sont entre 0 et 1. Si ce sont des parts, "
                "multipliez-les par 100.",
                f"indicators: '{indicator}' is in %, and all its values lie between 0 and 1. If they are shares, multiply "
                "them by 100.",
            )
        elif max(held) > 100:
            yield Note(
                "beyond_hundred",
                f"indicateurs : « {indicator} » est en %, et va jusqu'à {max(held):g}. Vérifiez l'unité.",
                f"indicators: '{indicator}' is in %, and reaches {max(held):g}. Check the unit.",
            )
