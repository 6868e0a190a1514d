"""Percentages that look like shares, or the reverse: said in the dry run, written as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median
from typing import cast

from graph.model import TABLES, Indicator
from graph.plurals import agreed
from graph.versions import Version
from ingest.issues import Note
from ingest.mapping import Draft

PERCENT = "%"

FAR = 10
"""A share stands out when it is this many times below the least of the percentages beside it."""

AMONG = 2
"""A share is told by its percentage being within the others, or this many times beyond them."""

TWO_WAYS = "shares_among_percentages"
"""Code of the remark on a territory that tells in shares what others tell in per cent."""

Said = tuple[Indicator, Draft | None, str]
"""A value, the row that says it and its record in the store, where it has them."""

Group = tuple[str, str]
"""A territory and a source: who says values in one and the same way."""


def doubtful_shares(
    written: Sequence[tuple[Draft, Indicator]], stored: Callable[[], Iterable[Version]]
) -> Iterator[Note]:
    """A note for each indicator in % whose values are told in two ways, all lie in 0–1, or of which some lie beyond 100.

    In two ways: those of one territory and source all lie in 0–1, far below the others, and a hundred times them would
    be among the others. A rate may well be under 1 % or over 100 %: nothing is refused.

    Args:
        written: what an import would write, with its rows.
        stored: what the store believes, read only if something in % would be written.
    """
    rows: dict[str, list[tuple[Draft, Indicator]]] = defaultdict(list)
    for draft, said in written:
        if _percent(said):
            rows[said.indicator].append((draft, said))
    if not rows:
        return
    believed: dict[str, list[Said]] = defaultdict(list)
    for version in stored():
        said = cast(Indicator, version.value)
        if said.indicator in rows and _percent(said):
            believed[said.indicator].append((said, None, version.id))
    for indicator, told in sorted(rows.items()):
        held = [said.value for _, said in told]
        both = _in_two_ways(believed[indicator], [(said, draft, "") for draft, said in told])
        if both is not None:
            yield both
        elif max(held) > 0 and _shares(held):
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


def _percent(said: Indicator) -> bool:
    return (said.unit or "").strip().startswith(PERCENT)


def _shares(values: Iterable[float]) -> bool:
    return all(0 <= value <= 1 for value in values)


def _in_two_ways(believed: Sequence[Said], written: Sequence[Said]) -> Note | None:
    """What is said when some of an indicator's values are shares among percentages; the file's row goes for the store's."""
    now = {TABLES["indicators"].key(one[0]): one for one in (*believed, *written)}
    groups: dict[Group, list[Said]] = defaultdict(list)
    for one in now.values():
        groups[one[0].territory, one[0].source or ""].append(one)
    middle = {group: median(said.value for said, _, _ in told) for group, told in groups.items()}
    shares = {g for g, told in groups.items() if middle[g] > 0 and _shares(said.value for said, _, _ in told)}
    others = [told for group, told in groups.items() if group not in shares]
    if not others:
        return None
    beside = [middle[group] for group in groups if group not in shares]
    least, most = min(beside), max(beside)
    doubted = [
        groups[group]
        for group in groups
        if group in shares
        and middle[group] * FAR < least
        and least / AMONG <= middle[group] * 100 <= most * AMONG
    ]
    mine = [told for told in doubted if any(draft is not None for _, draft, _ in told)]
    if not mine and any(draft is None for told in others for _, draft, _ in told):
        # the store held both already: nothing of it comes from this file
        return None
    return _two_ways(mine or doubted, least, most) if doubted else None


def _two_ways(doubted: Sequence[Sequence[Said]], least: float, most: float) -> Note:
    said, draft, record = next((one for told in doubted for one in told if one[1] is not None), doubted[0][0])
    names = sorted({one[0][0].territory for one in doubted})
    more = len(names) - 1
    among = f"{least:g}" if least == most else f"{least:g}–{most:g}"
    fr = (
        f"« {said.indicator} » est en %, et les valeurs de {said.territory}"
        + (f" et de {agreed(more, 'autre(s) territoire(s)')}" if more else "")
        + f" sont entre 0 et 1, quand les autres sont de l'ordre de {among}. Si ce sont des parts, multipliez-les par 100 ; "
        "si ce sont bien des pourcentages, rien n'est à changer."
    )
    en = (
        f"'{said.indicator}' is in %, and the values of {said.territory}"
        + (f" and of {agreed(more, 'other (territory|territories)', 'en')}" if more else "")
        + f" lie between 0 and 1, where the others are about {among}. If they are shares, multiply them by 100; if they "
        "are percentages indeed, nothing is to be changed."
    )
    if draft is None:
        place = f"{record}, {said.territory}, {said.year} : « {said.value:g} » — "
        other = f"{record}, {said.territory}, {said.year}: '{said.value:g}' — "
        return Note(TWO_WAYS, f"Dépôt, {place}{fr}", f"Store, {other}{en}")
    spec = TABLES["indicators"].field["value"]
    placed = draft.issue(TWO_WAYS, fr, en, spec, f"{said.value:g}")
    return Note(placed.code, placed.message("fr"), placed.message("en"))
