"""What was told, what happened, and the pacts that were signed or came up for review: narratives in order of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, cast

from graph.model import Narrative, Pact
from graph.scope import below, descendants
from graph.snapshot import Snapshot
from queries.between import wordings
from queries.between.pacts import SIGNED, TO_REVIEW, state
from queries.envelope import Document, Page, envelope
from queries.sentences import french, quoted

NARROWING = ("project", "stake", "territory", "family")


def chronicle(snapshot: Snapshot, params: Mapping[str, Any], lang: str = "fr") -> Document:
    """Narratives (accounts, events, weak signals) up to the day read, and the days of pacts, the latest first.

    A pact is an event on the day it was signed, and again on the day it came up for review; a pact that is not signed has
    no day. Accounts that contradict one another both stand, each saying so. In a scope a narrative stays when it names an
    actor of the scope, the project asked about or one below it, or a pact of the scope, or names nothing at all; a pact
    when a party is in the territory asked about. An account may tell of a pact (sheet ``recits``, column ``pactes``).

    Args:
        snapshot: the scope.
        params: the scope.
        lang: of the sentences.
    """
    day = snapshot.day
    held = [(v.id, cast(Pact, v.value)) for v in snapshot.records("pacts")]
    territory, project = params.get("territory"), params.get("project")
    if territory is not None:
        inside = below({t.id: t.parents for t in snapshot.territories}, territory)
        held = [(id_, pact) for id_, pact in held if inside & set(pact.parties)]
    pacts = dict(held)
    projects = set() if project is None else descendants(snapshot.projects, project)
    narrowed = any(params.get(name) is not None for name in NARROWING)
    told = [(v.id, cast(Narrative, v.value)) for v in snapshot.records("narratives")]

    def stays(story: Narrative) -> bool:
        named = (*story.actors, *story.projects, *story.tensions, *story.pacts)
        return (
            not narrowed
            or not named
            or any(actor in snapshot.actors for actor in story.actors)
            or any(one in projects for one in story.projects)
            or any(pact in pacts for pact in story.pacts)
        )

    kept = [(id_, story) for id_, story in told if story.date <= day and stays(story)]
    items = [*_accounts(snapshot, told, kept, lang), *_days(snapshot, pacts, lang)]
    items.sort(key=lambda item: (-date.fromisoformat(item["date"]).toordinal(), item["kind"], item["id"]))
    return envelope(snapshot, params, Page(items, lambda item: item), lang=lang)


def _item(kind: str, id_: str, on: date, title: str, because: str, **about: tuple[str, ...]) -> Document:
    named = {
        name: list(about.get(name, ()))
        for name in ("actors", "projects", "tensions", "territories", "pacts", "contradicts")
    }
    return {
        "kind": kind,
        "id": id_,
        "date": on.isoformat(),
        "title": title,
        "about": named,
        "because": because,
    }


def _accounts(
    snapshot: Snapshot, told: list[tuple[str, Narrative]], kept: list[tuple[str, Narrative]], lang: str
) -> Iterator[Document]:
    titles = {id_: story.title for id_, story in told}
    against: dict[str, set[str]] = defaultdict(set)
    for id_, story in told:
        for other in story.contradicts:
            if other in titles:
                against[id_].add(other)
                against[other].add(id_)
    for id_, story in kept:
        others = sorted(against[id_])
        label = snapshot.vocabulary.label("nature_recit", story.kind, lang).capitalize()
        because = f"{label}{':' if lang == 'en' else ' :'} {story.title}"
        if others:
            names = quoted([titles[other] for other in others], lang)
            because += (
                f" ; en contradiction avec {names}" if lang != "en" else f"; in contradiction with {names}"
            )
        yield _item(
            story.kind,
            id_,
            story.date,
            story.title,
            because + "." if lang == "en" else french(because + "."),
            actors=story.actors,
            projects=story.projects,
            tensions=story.tensions,
            pacts=story.pacts,
            contradicts=tuple(others),
        )


def _days(snapshot: Snapshot, pacts: Mapping[str, Pact], lang: str) -> Iterator[Document]:
    """The days on which a pact became what it is."""
    for id_, pact in pacts.items():
        names = [snapshot.territories.name(party) for party in pact.parties]
        for kind, status, on in (
            ("pact_signed", SIGNED, pact.signed_on),
            ("pact_to_review", TO_REVIEW, pact.review_on),
        ):
            # a review date before the signature is none: it comes up with the signature
            if on is None or on > snapshot.day or state(pact, on) != status:
                continue
            because = wordings.pact(
                pact.title, names, pact.signed_on, pact.review_on, due=status == TO_REVIEW, lang=lang
            )
            yield _item(kind, id_, on, pact.title, because, territories=pact.parties)
