"""Near-duplicates of actors: new rows that may speak of an actor already known under another spelling.

Two names are near when they are equal once case, accents, legal forms, articles and word order are put aside, or
when they share a rare word and differ by a typing slip. Numbers must agree: school 1 is not school 2. Blocks of at
most :data:`BLOCK` names are compared, so that 100,000 names take seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from graph.vocabulary import fold

BLOCK = 30
"""Most names that share a word for that word to tell anything: « commune » tells nothing."""

NEAR = 0.9
"""Least similarity (Ratcliff & Obershelp 1988) of two normalised names: one slip in ten characters."""

SHORT = 6
"""Characters below which a name is only compared exactly: « CAF » and « CAE » are not one."""

SPARED = 5
"""Characters at the beginning or at the end of a name that a slip leaves as they are."""

_LEGAL = frozenset(
    {
        "sa",
        "sas",
        "sasu",
        "sarl",
        "eurl",
        "scic",
        "scop",
        "sci",
        "scea",
        "gaec",
        "earl",
        "gie",
        "snc",
        "spl",
        "sem",
    }
    | {"selarl", "asbl", "association", "asso", "assoc", "ass", "ste", "societe", "cooperative", "coop"}
)
_ARTICLES = frozenset(
    {
        "le",
        "la",
        "les",
        "l",
        "de",
        "du",
        "des",
        "d",
        "un",
        "une",
        "et",
        "en",
        "a",
        "au",
        "aux",
        "the",
        "of",
        "and",
    }
)
_LONG_FORMS = {"st": "saint", "ste": "sainte", "cc": "communaute communes", "ca": "communaute agglomeration"}


@dataclass(frozen=True, slots=True)
class Named:
    """An actor by name.

    Attributes:
        id: its id.
        name: its name.
        siren: its SIREN number, if known.
    """

    id: str
    name: str
    siren: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A new actor that may be a known one.

    Attributes:
        new: id of the new row.
        candidate: id of the actor it may be.
        because_fr: why, in French; ``because_en`` in English.
    """

    new: str
    candidate: str
    because_fr: str
    because_en: str


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name that tell, sorted: the order in which they are said does not tell."""
    return tuple(sorted(_telling(name)))


def _telling(name: str) -> list[str]:
    """The words of a name but articles and legal forms (unless nothing else is left), as they come."""
    words = fold(name).split()
    telling = [w for w in words if w not in _ARTICLES]
    kept = [w for w in telling if w not in _LEGAL] or telling or words
    return [part for word in kept for part in _LONG_FORMS.get(word, word).split()]


def near_duplicates(fresh: Iterable[Named], known: Iterable[Named]) -> Iterator[Pair]:
    """For each new actor, the known (or earlier new) one that it most resembles, if any.

    Args:
        fresh: actors that the file creates, in the order of its rows.
        known: actors in the store.
    """
    index = _Index()
    for actor in known:
        index.add(actor)
    for actor in fresh:
        found = index.find(actor)
        if found is not None:
            yield found
        index.add(actor)


class _Index:
    """Names by SIREN, by normal form and by word."""

    def __init__(self) -> None:
        self._sirens: dict[str, Named] = {}
        self._forms: dict[tuple[str, ...], Named] = {}
        self._words: dict[str, list[tuple[tuple[str, ...], Named]]] = defaultdict(list)
        self._slips: dict[str, list[tuple[tuple[str, ...], Named]]] = defaultdict(list)

    def add(self, actor: Named) -> None:
        words = words_of(actor.name)
        if actor.siren:
            self._sirens.setdefault(actor.siren, actor)
        self._forms.setdefault(words, actor)
        for word in set(words):
            block = self._words[word]
            # one more than the limit says that the word is common, and is not searched
            if len(block) <= BLOCK:
                block.append((words, actor))
        for key in self._slip_keys(words):
            block = self._slips[key]
            if len(block) <= BLOCK:
                block.append((words, actor))

    def find(self, actor: Named) -> Pair | None:
        if actor.siren and actor.siren in self._sirens:
            other = self._sirens[actor.siren]
            return Pair(
                actor.id,
                other.id,
                f"même SIREN {actor.siren} que « {other.name} »",
                f"same SIREN {actor.siren} as '{other.name}'",
            )
        words = words_of(actor.name)
        same = self._forms.get(words)
        if same is not None and not self._other_siren(actor, same):
            return Pair(
                actor.id,
                same.id,
                f"même nom que « {same.name} », aux majuscules, accents, articles et forme juridique près",
                f"same name as '{same.name}', but for case, accents, articles and legal form",
            )
        best: tuple[float, str, Named] | None = None
        text = " ".join(words)
        if len(text) < SHORT:
            return None
        numbers = [w for w in words if w.isdigit()]
        for other_words, other in self._candidates(words):
            if numbers != [w for w in other_words if w.isdigit()] or self._other_siren(actor, other):
                continue
            matcher = SequenceMatcher(None, text, " ".join(other_words), autojunk=False)
            if matcher.real_quick_ratio() < NEAR or matcher.quick_ratio() < NEAR:
                continue
            ratio = matcher.ratio()
            if ratio < NEAR:
                # a slip in a first letter sorts the words otherwise: compare them as they are said
                said, other_said = (" ".join(_telling(held.name)) for held in (actor, other))
                ratio = SequenceMatcher(None, said, other_said, autojunk=False).ratio()
            if ratio >= NEAR and (best is None or (-ratio, other.id) < (-best[0], best[1])):
                best = (ratio, other.id, other)
        if best is None:
            return None
        return Pair(
            actor.id,
            best[1],
            f"nom très proche de « {best[2].name} »",
            f"name very close to '{best[2].name}'",
        )

    @staticmethod
    def _other_siren(actor: Named, other: Named) -> bool:
        return bool(actor.siren and other.siren and actor.siren != other.siren)

    @staticmethod
    def _slip_keys(words: tuple[str, ...]) -> tuple[str, ...]:
        # a slip spares the beginning or the end of the name
        text = "".join(words)
        return (f"{text[:SPARED]}…", f"…{text[-SPARED:]}") if len(text) >= SHORT else ()

    def _candidates(self, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Named]]:
        for word in sorted(set(words)):
            block = self._words.get(word, ())
            if len(block) <= BLOCK:
                yield from block
        for key in self._slip_keys(words):
            block = self._slips.get(key, ())
            if len(block) <= BLOCK:
                yield from block
