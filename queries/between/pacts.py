"""Pacts between territories, and what they are on a day."""

from __future__ import annotations

from datetime import date
from typing import cast

from graph.model import Pact
from queries.between import wordings
from queries.between.sides import Sides
from queries.envelope import Document

DRAFT, SIGNED, TO_REVIEW = "draft", "signed", "to_review"


def state(pact: Pact, day: date) -> str:
    """What a pact is on a day: not signed yet, signed, or signed and due for review."""
    if pact.signed_on is None or pact.signed_on > day:
        return DRAFT
    return TO_REVIEW if pact.review_on is not None and pact.review_on <= day else SIGNED


def pacts(sides: Sides) -> list[Document]:
    """Pacts to which both sides are parties, themselves or something below them, in order of id."""
    found = []
    for version in sides.snapshot.records("pacts"):
        pact = cast(Pact, version.value)
        if not all(any(party in inside for party in pact.parties) for inside in sides.inside):
            continue
        status = state(pact, sides.snapshot.day)
        found.append(
            {
                "id": pact.id,
                "title": pact.title,
                "status": status,
                "parties": list(pact.parties),
                "articles": list(pact.articles),
                "counterparts": list(pact.counterparts),
                "signed_on": None if pact.signed_on is None else pact.signed_on.isoformat(),
                "review_on": None if pact.review_on is None else pact.review_on.isoformat(),
                "because": wordings.pact(
                    pact.title,
                    [sides.name(party) for party in pact.parties],
                    pact.signed_on if status != DRAFT else None,
                    pact.review_on,
                    due=status == TO_REVIEW,
                    lang=sides.lang,
                ),
            }
        )
    return sorted(found, key=lambda told: str(told["id"]))
