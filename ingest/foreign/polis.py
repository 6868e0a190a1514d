"""pol.is exports: a folder with ``participants-votes.csv`` and ``comments.csv`` (Small et al. 2021).

Participants become actors « Participant n », known by an opaque id; comments become objectives; a vote of 1, −1 or
0 (« passer ») becomes a position +1, −1 or 0; an empty cell, a comment the participant never saw, stays unknown.
The export being published, everything is public.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.model.fields import MAX_NAME
from graph.plurals import agreed
from graph.vocabulary import fold
from ingest.cells import text_of
from ingest.escaping import cleaned
from ingest.issues import Note
from ingest.readers.sheets import Cell, Line, Sheet, Source

_VOTES = "participants votes"
_COMMENTS = "comments"
_DIGITS = re.compile(r"\d+")


def is_polis(source: Source) -> bool:
    """Whether a folder is a pol.is export."""
    return {_VOTES, _COMMENTS} <= {fold(sheet.name) for sheet in source.sheets}


def polis(source: Source) -> list[Sheet]:
    """The sheets of actors, objectives and positions of a pol.is export."""
    votes = next(sheet for sheet in source.sheets if fold(sheet.name) == _VOTES)
    comments = next(sheet for sheet in source.sheets if fold(sheet.name) == _COMMENTS)
    header = next(votes.lines(), Line(1, {}))
    columns = {
        place: text_of(cell) for place, cell in header.cells.items() if _DIGITS.fullmatch(text_of(cell))
    }
    named = {text_of(cell): place for place, cell in header.cells.items()}
    source.notes.append(
        Note(
            "polis",
            f"{source.name} : consultation pol.is ; participants, énoncés et votes deviennent acteurs, objectifs et "
            "positions publics. Un vote vide reste inconnu.",
            f"{source.name}: pol.is consultation; participants, comments and votes become public actors, objectives "
            "and positions. An empty vote stays unknown.",
        )
    )
    return [
        Sheet(votes.file, votes.name, lambda _: _participants(votes, named), "actors"),
        Sheet(
            comments.file,
            comments.name,
            lambda _: _objectives(comments, set(columns.values()), source),
            "objectives",
        ),
        Sheet(votes.file, votes.name, lambda _: _positions(votes, named, columns), "positions"),
    ]


def _participants(votes: Sheet, named: dict[str, int]) -> Iterator[Line]:
    lines = votes.lines()
    first = next(lines)
    yield Line(first.number, {0: "id", 1: "nom", 2: "visibilite", 3: "group-id"})
    for line in lines:
        number = line.cells.get(named.get("participant", 0))
        if number is None:
            continue
        cells: dict[int, Cell] = {0: f"p{text_of(number)}", 1: f"Participant {text_of(number)}", 2: "public"}
        group = line.cells.get(named.get("group-id", -1))
        if group is not None:
            cells[3] = group
        yield Line(line.number, cells)


def _objectives(comments: Sheet, voted: set[str], source: Source) -> Iterator[Line]:
    lines = comments.lines()
    header = next(lines)
    named = {text_of(cell): place for place, cell in header.cells.items()}
    yield Line(header.number, {0: "id", 1: "nom", 2: "visibilite", 3: "description"})
    seen: set[str] = set()
    for line in lines:
        number = line.cells.get(named.get("comment-id", -1))
        if number is None or text_of(number) not in voted:
            continue
        text = cleaned(text_of(line.cells.get(named.get("comment-body", -1), "")))
        name = text if len(text) <= MAX_NAME else text[: MAX_NAME - 1] + "…"
        cells: dict[int, Cell] = {
            0: f"c{text_of(number)}",
            1: name or f"Énoncé {text_of(number)}",
            2: "public",
        }
        if name != text:
            cells[3] = text
        seen.add(text_of(number))
        yield Line(line.number, cells)
    for number in sorted(voted - seen, key=int):
        # the text was not published: the votes were
        yield Line(header.number, {0: f"c{number}", 1: f"Énoncé {number}", 2: "public"}, number)
    if voted - seen:
        source.notes.append(
            Note(
                "polis_untold",
                f"{comments.file} : {agreed(len(voted - seen), 'énoncé(s) voté(s)')} dont le texte n'est pas publié.",
                f"{comments.file}: {agreed(len(voted - seen), 'comment(s)', 'en')} voted on whose text is not published.",
            )
        )


def _positions(votes: Sheet, named: dict[str, int], columns: dict[int, str]) -> Iterator[Line]:
    lines = votes.lines()
    header = next(lines)
    yield Line(header.number, {0: "acteur", 1: "objectif", 2: "valeur", 3: "visibilite"})
    for line in lines:
        number = line.cells.get(named.get("participant", 0))
        if number is None:
            continue
        actor = f"p{text_of(number)}"
        for place, comment in columns.items():
            vote = line.cells.get(place)
            if vote is not None:
                yield Line(line.number, {0: actor, 1: f"c{comment}", 2: vote, 3: "public"}, comment)
