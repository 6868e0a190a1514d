"""A person's data: handing them out, and erasing them from every version."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from typing import Any

from graph.errors import InvalidValue, NotFound
from graph.model import TABLES, Actor, Document, Fact, Table, to_document
from graph.stores.backend import Reader, Revision, Version, Writing
from graph.stores.commit import CHUNK, chunks
from graph.stores.references import pointing

BLANK = "[effacé]"
"""What stands in a text where an erased name stood."""


def names_of(reader: Reader, subject: str) -> set[str]:
    """Every name that the versions of a person's record gave; empty for a rater who is no actor.

    Raises:
        InvalidValue: the actor is an organisation: only natural persons are erased.
    """
    history = reader.history("actors", subject)
    persons = [v.value for v in history if isinstance(v.value, Actor)]
    if persons and not any(actor.person for actor in persons):
        raise InvalidValue(
            f"acteurs : « {subject} » n'est pas une personne physique (colonne « personne ») ; retirez-le plutôt.",
            f"actors: '{subject}' is not a natural person (column 'personne'); retract it instead.",
        )
    return {actor.name for actor in persons}


class Eraser:
    """Removes one person from records: relations, rater and author names, free text."""

    def __init__(self, subject: str, names: set[str], number: int) -> None:
        self.subject = subject
        self.names = sorted(names, key=len, reverse=True)
        self.words = tuple(dict.fromkeys([subject, *sorted(names)]))
        # one mark each: opinions written down under two names of a person stay two records
        self.raters = {
            word: f"efface-{number}" + (f"-{place}" if place > 1 else "")
            for place, word in enumerate(self.words, start=1)
        }
        self._number = number
        self._sources: dict[str, str] = {}
        self._pattern = re.compile("|".join(map(re.escape, self.names or [subject])), re.IGNORECASE)

    def text(self, text: str) -> str:
        """A text without the person's names."""
        return self._pattern.sub(BLANK, text)

    def learn(self, sources: Iterable[str]) -> None:
        """Give each spelling that these sources of flows hold a mark of its own.

        A source is part of a flow's natural key: two flows whose sources differ by the spelling alone stay two.
        """
        found = sorted({spelling for text in sources for spelling in self._pattern.findall(text)})
        for place, spelling in enumerate(found, start=1):
            self._sources[spelling] = f"[effacé-{self._number}" + (f"-{place}]" if place > 1 else "]")

    def source(self, text: str) -> str:
        """The source of a flow without the person's names."""
        return self._pattern.sub(lambda found: self._sources.get(found.group(), BLANK), text)

    def concerns(self, table: Table, value: Any) -> bool:
        """Whether a record is about the person as one of its ends, and must go whole."""
        if table.name == "actors":
            return bool(value.id == self.subject)
        if table.name == "aliases":
            return bool(value.table == "actors" and self.subject in (value.old, value.id))
        return any(
            spec.ref == "actors" and spec.end and getattr(value, spec.name) == self.subject
            for spec in pointing(table)
        )

    def cleaned(self, table: Table, value: Fact) -> Fact:
        """The record with lists, references, rater and texts rid of the person."""
        changes: dict[str, Any] = {}
        for spec in table.fields:
            held = getattr(value, spec.name)
            if held is None or held == ():
                continue
            if spec.ref == "actors":
                if spec.many and self.subject in held:
                    changes[spec.name] = tuple(id_ for id_ in held if id_ != self.subject)
                elif held == self.subject:
                    changes[spec.name] = None
            elif spec.name == "rater" and held in self.raters:
                changes[spec.name] = self.raters[held]
            elif spec.personal and isinstance(held, str):
                told = self.source(held) if table.name == "flows" else self.text(held)
                if told != held:
                    changes[spec.name] = told
        attributes = tuple((k, self.text(v)) for k, v in value.attributes)
        if attributes != value.attributes:
            changes["attributes"] = attributes
        return dataclasses.replace(value, **changes) if changes else value


def erase(writing: Writing, subject: str, moment: str) -> tuple[int, int]:
    """Erase a person (an actor marked as one, or a rater named in free text) from every version.

    Args:
        writing: the open transaction.
        subject: actor id, or the rater's text.
        moment: of the revision that remembers the act: {revision, date, counts} and nothing else.

    Returns:
        Number of the revision, and how many records it reached.

    Raises:
        NotFound: nothing in the store is about this subject.
        InvalidValue: the subject is an organisation.
    """
    number = writing.head() + 1
    eraser = Eraser(subject, names_of(writing, subject), number)
    eraser.learn(text for closed in (False, True) for text in writing.flows(closed=closed).flows.sources)
    reached = 0
    for table in TABLES.values():
        purged: set[str] = set()
        rewritten: list[Version] = []
        for version in writing.scan_all(table.name):
            if eraser.concerns(table, version.value):
                purged.add(version.id)
                continue
            value = eraser.cleaned(table, version.value)
            if value != version.value:
                rewritten.append(dataclasses.replace(version, value=value))
        kept = [version for version in rewritten if version.id not in purged]
        for some in chunks(kept, CHUNK):
            writing.rewrite(table.name, some)
        cleaned = {version.id for version in kept}
        if purged:
            writing.purge(table.name, sorted(purged))
        reached += len(purged | cleaned)
    signed = [r for r in writing.revisions(None, writing.head()) if _revision(eraser, r) != r]
    if signed:
        writing.rewrite_revisions([_revision(eraser, r) for r in signed])
        reached += len(signed)
    if reached == 0:
        raise NotFound(
            f"Rien dans ce dépôt ne concerne « {subject} ».", f"Nothing in this store is about '{subject}'."
        )
    message = "Effacement des données d'une personne"
    writing.add_revision(Revision(number, moment, "", message, "erasure", None, reached, None, reached))
    return number, reached


def _revision(eraser: Eraser, revision: Revision) -> Revision:
    author = BLANK if revision.author in eraser.words else eraser.text(revision.author)
    return dataclasses.replace(revision, author=author, message=eraser.text(revision.message))


def export(reader: Reader, subject: str) -> Document:
    """Everything the store holds about a person, every version, as one JSON-ready document.

    Raises:
        NotFound: nothing in the store is about this subject.
        InvalidValue: the subject is an organisation.
    """
    eraser = Eraser(subject, names_of(reader, subject), 0)
    found: dict[str, list[Document]] = {}
    for table in TABLES.values():
        for version in reader.scan_all(table.name):
            if eraser.concerns(table, version.value) or eraser.cleaned(table, version.value) != version.value:
                found.setdefault(table.name, []).append(
                    {
                        "id": version.id,
                        "version": version.version,
                        "revision": version.revision,
                        "closed": version.closed,
                        "value": to_document(version.value),
                    }
                )
    if not found:
        raise NotFound(
            f"Rien dans ce dépôt ne concerne « {subject} ».", f"Nothing in this store is about '{subject}'."
        )
    for rows in found.values():
        rows.sort(key=lambda row: (str(row["id"]), int(row["version"])))
    return {"subject": subject, "tables": found}
