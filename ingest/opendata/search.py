"""Finding an official territory by what people type: a code of today or old, a name, a part of a name."""

from __future__ import annotations

import difflib
import functools
from dataclasses import dataclass

from graph.vocabulary import fold
from ingest.opendata.reference import Place, Reference

LIMIT = 20
"""Territories proposed by default."""

ORDER = (
    "region",
    "departement",
    "epci",
    "ept",
    "commune",
    "arrondissement",
    "petr",
    "pnr",
    "scot",
    "syndicat",
)
"""Types by how likely a search means them when names are alike."""

FORMS = (
    "communaute de communes",
    "communaute d agglomeration",
    "communaute urbaine",
    *("cc", "ca", "cu"),
)
"""Folded beginnings of names that people leave out or spell out."""

ARTICLES = ("de la", "de l", "du", "des", "de", "d")


@dataclass(frozen=True)
class Match:
    """A territory proposed.

    Attributes:
        place: the territory of today.
        former: the old code that was named or whose name was, if any.
        exact: code or whole name, not a part of it.
    """

    place: Place
    former: str | None = None
    exact: bool = False


@dataclass(frozen=True)
class _Key:
    text: str
    code: str
    former: str | None


class Search:
    """Searches in a reference; names are folded once.

    Args:
        reference: what is known.
    """

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        keys = [_Key(fold(place.name), code, None) for code, place in reference.places.items()]
        keys += [_Key(fold(name), now, old) for old, (now, name) in reference.former.items() if name]
        self._keys = [key for key in keys if key.text]
        self._names: dict[str, list[_Key]] = {}
        for key in self._keys:
            for text in {key.text, core(key.text)}:
                self._names.setdefault(text, []).append(key)

    def find(self, text: str, limit: int = LIMIT) -> list[Match]:
        """The territories that a text may mean, the likeliest first.

        Exact codes and names first; else names that begin so; else names that hold every word. Nothing near is
        proposed here: see :meth:`nearest`.

        Args:
            text: a code or a name, in any case, with or without accents.
            limit: most matches.
        """
        exact = self._by_code(text)
        wanted = fold(text)
        if not wanted:
            return exact[:limit]
        named = self._matches([*self._names.get(wanted, ()), *self._names.get(core(wanted), ())], exact=True)
        exact = _distinct([*exact, *named])
        if exact:
            return exact[:limit]
        words = wanted.split()
        begins = [
            key for key in self._keys if key.text.startswith(wanted) or core(key.text).startswith(wanted)
        ]
        holds = [] if begins else [key for key in self._keys if all(w in key.text.split() for w in words)]
        return self._matches(begins or holds)[:limit]

    def nearest(self, text: str, limit: int = 5) -> list[Match]:
        """The territories whose names or codes are nearest to a text that means none."""
        wanted = fold(text)
        if not wanted:
            return []
        given = text.strip().upper()
        if given[:2].isdigit() or given[1:].isdigit():
            codes = [
                code for code in (*self._reference.places, *self._reference.former) if code[:2] == given[:2]
            ]
            return self._of_codes(difflib.get_close_matches(given, sorted(codes), n=limit, cutoff=0.6))
        # names that share a beginning or an end: comparing all of them would take seconds
        close = [
            name
            for name in self._names
            if (name[:2] == wanted[:2] or name[-4:] == wanted[-4:])
            and abs(len(name) - len(wanted)) <= len(wanted)
        ]
        near = difflib.get_close_matches(wanted, sorted(close), n=limit, cutoff=0.6)
        return _distinct([match for name in near for match in self._matches(self._names[name])])[:limit]

    def _by_code(self, text: str) -> list[Match]:
        given = text.strip().upper()
        codes = [given, f"D{given}", f"R{given}"] if len(given) <= len("974") else [given]
        return self._of_codes(codes, exact=True)

    def _of_codes(self, codes: list[str], *, exact: bool = False) -> list[Match]:
        found = []
        for code in codes:
            id_ = self._reference.resolve(code)
            if id_ is not None:
                former = code if code in self._reference.former else None
                found.append(Match(self._reference.places[id_], former, exact))
        return found

    def _matches(self, keys: list[_Key], *, exact: bool = False) -> list[Match]:
        found = [Match(self._reference.places[key.code], key.former, exact) for key in keys]
        return _distinct(sorted(found, key=_rank))


def core(text: str) -> str:
    """A folded name without the legal form it begins with: « cc du pays de gex » and « pays de gex » are alike."""
    for form in FORMS:
        if text.startswith(form + " "):
            rest = text[len(form) + 1 :]
            article = next((a for a in ARTICLES if rest.startswith(a + " ")), None)
            return rest if article is None else rest[len(article) + 1 :]
    return text


def _rank(match: Match) -> tuple[int, int, int, str]:
    kind = ORDER.index(match.place.type) if match.place.type in ORDER else len(ORDER)
    return int(match.former is not None), kind, -(match.place.population or 0), match.place.code


def _distinct(matches: list[Match]) -> list[Match]:
    found: dict[str, Match] = {}
    for match in matches:
        found.setdefault(match.place.code, match)
    return list(found.values())


@functools.cache
def searching(reference: Reference) -> Search:
    """The search over a reference, made once."""
    return Search(reference)
