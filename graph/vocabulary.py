"""The vocabulary: kinds and their labels as data, linted when read, extended by the pilot's own terms."""

from __future__ import annotations

import difflib
import functools
import importlib.resources
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from graph.errors import InvalidValue, VocabularyError
from graph.ids import ENTITY_ID
from graph.model import Term

FAMILIES = ("operateur", "service", "accompagnement", "beneficiaire")
"""The four complementary families that completeness is judged on (référentiel Villes pairs, 2019)."""

VISIBILITIES = ("public", "partenaires", "pilotes")
"""Levels of visibility, the widest audience first; a reader sees its own level and those before it."""


def family_group(family: str | None) -> str | None:
    """The one of the four families a code counts for: an indirect beneficiary is a beneficiary."""
    return "beneficiaire" if family == "beneficiaire_indirect" else family


APART = re.compile(r"[\W_]+")
"""What stands between words."""


def fold(text: str) -> str:
    """Text without case, accents, or differences of spacing and punctuation, for comparing labels."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return APART.sub(" ", plain).strip()


@dataclass(frozen=True)
class Word:
    """A code with its labels; ``depends`` (flow kinds) is ``origine`` or ``destination``."""

    code: str
    fr: str
    en: str
    depends: str | None = None

    def label(self, lang: str = "fr") -> str:
        """Label in the language asked for."""
        return self.en if lang == "en" else self.fr


@dataclass(frozen=True)
class WordList:
    """A list of codes; a ``closed`` one may not be extended, because formulas rely on its codes."""

    name: str
    words: tuple[Word, ...]
    closed: bool = False

    @functools.cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes, in the order of the data."""
        return tuple(word.code for word in self.words)

    @functools.cached_property
    def _spellings(self) -> dict[str, str]:
        return {fold(text): w.code for w in reversed(self.words) for text in (w.fr, w.en, w.code)}

    def __getitem__(self, code: str) -> Word:
        """The word of a code.

        Raises:
            KeyError: no such code.
        """
        for word in self.words:
            if word.code == code:
                return word
        raise KeyError(code)

    def find(self, text: str) -> str | None:
        """Code for a code or label in any case and accents, ``None`` when unknown."""
        return self._spellings.get(fold(text))

    def nearest(self, text: str) -> str | None:
        """The code whose spelling is nearest to an unknown text, ``None`` when nothing is near."""
        close = difflib.get_close_matches(fold(text), list(self._spellings), n=1, cutoff=0.6)
        return self._spellings[close[0]] if close else None


class Vocabulary:
    """All the lists, the shipped ones and the pilot's additions."""

    def __init__(self, lists: dict[str, WordList]) -> None:
        self._lists = lists

    def __getitem__(self, name: str) -> WordList:
        """The list of this name."""
        return self._lists[name]

    def __contains__(self, name: object) -> bool:
        """Whether a list of this name exists."""
        return name in self._lists

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the lists."""
        return tuple(self._lists)

    def label(self, name: str, code: str | None, lang: str = "fr") -> str:
        """Label of a code; the code itself when it is not in the list, empty when there is none."""
        if code is None:
            return ""
        try:
            return self._lists[name][code].label(lang)
        except KeyError:
            return code

    def code(self, name: str, text: str) -> str:
        """Code for a cell's text (code or label, any case and accents).

        Raises:
            InvalidValue: unknown, with the nearest code.
        """
        words = self._lists[name]
        found = words.find(text)
        if found is None:
            near = words.nearest(text)
            hint_fr = f" Vouliez-vous dire « {near} » ?" if near else ""
            hint_en = f" Did you mean '{near}'?" if near else ""
            raise InvalidValue(
                f"« {text} » n'est pas connu ici ; attendu : {', '.join(words.codes)}.{hint_fr}",
                f"'{text}' is not known here; expected: {', '.join(words.codes)}.{hint_en}",
            )
        return found

    def extended(self, terms: Iterable[Term]) -> Vocabulary:
        """A vocabulary with the pilot's terms added.

        Raises:
            VocabularyError: the list is unknown or closed, the code is taken, or a flow kind does not say
                who depends.
        """
        lists = dict(self._lists)
        for term in terms:
            words = lists.get(term.list)
            if words is None:
                raise VocabularyError(
                    f"Vocabulaire : la liste « {term.list} » n'existe pas ; listes : {', '.join(lists)}.",
                    f"Vocabulary: there is no list '{term.list}'; lists: {', '.join(lists)}.",
                )
            if words.closed:
                raise VocabularyError(
                    f"Vocabulaire : la liste « {term.list} » est fixe ; « {term.code} » n'y a pas sa place.",
                    f"Vocabulary: the list '{term.list}' is fixed, '{term.code}' cannot be added.",
                )
            if term.list == "type_flux" and term.depends not in ("origine", "destination"):
                raise VocabularyError(
                    f"Vocabulaire : le type de flux « {term.code} » doit dire qui dépend "
                    "(colonne « depend » : origine ou destination).",
                    f"Vocabulary: flow kind '{term.code}' must say who depends "
                    "(column 'depend': origine or destination).",
                )
            kept = tuple(w for w in words.words if w.code != term.code)
            word = Word(term.code, term.label_fr, term.label_en or term.label_fr, term.depends)
            lists[term.list] = WordList(words.name, (*kept, word))
        return Vocabulary(lists)


@functools.cache
def shipped() -> Vocabulary:
    """The vocabulary as shipped, linted.

    Raises:
        VocabularyError: a duplicate or malformed code, a missing label, or two spellings for two codes.
    """
    text = importlib.resources.files("graph").joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    lists: dict[str, WordList] = {}
    for name, data in yaml.safe_load(text).items():
        words = tuple(Word(t["code"], t["fr"], t["en"], t.get("depends")) for t in data["terms"])
        lists[name] = WordList(name, words, bool(data.get("closed", False)))
    lint(lists.values())
    return Vocabulary(lists)


def lint(lists: Iterable[WordList]) -> None:
    """Refuse inconsistent vocabulary data.

    Raises:
        VocabularyError: naming the list and the code at fault.
    """
    for words in lists:
        spellings: dict[str, str] = {}
        for word in words.words:
            if ENTITY_ID.fullmatch(word.code) is None or not word.fr.strip() or not word.en.strip():
                raise VocabularyError(
                    f"Vocabulaire, liste « {words.name} » : code ou libellé vide ou mal formé ({word.code}).",
                    f"Vocabulary, list '{words.name}': empty or malformed code or label ({word.code}).",
                )
            for text in {fold(word.code), fold(word.fr), fold(word.en)}:
                if spellings.setdefault(text, word.code) != word.code:
                    raise VocabularyError(
                        f"Vocabulaire, liste « {words.name} » : « {text} » désigne deux codes.",
                        f"Vocabulary, list '{words.name}': '{text}' names two codes.",
                    )
