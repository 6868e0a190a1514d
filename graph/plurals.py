"""Words that agree with the number before them, in the languages that are shown."""

from __future__ import annotations

import re

_ENDING = re.compile(r"\((s|x|nt|es)\)")
_EITHER = re.compile(r"\(([^()|]*)\|([^()|]*)\)")


def singular(n: int, lang: str = "fr") -> bool:
    """Whether a number takes the singular: 0 and 1 in French, 1 alone in English."""
    return n == 1 if lang == "en" else n < 2


def agreed(n: int, words: str, lang: str = "fr") -> str:
    """A number, then its words, whose marks agree with it.

    An ending ``(s)``, ``(x)``, ``(es)`` or ``(nt)`` stays for a plural and goes for a singular; ``(est|sont)`` gives the
    singular or the plural. Names that users chose are put after, never in ``words``: they might hold such marks.
    """
    one = singular(n, lang)
    ended = _ENDING.sub("" if one else r"\1", words)
    chosen = _EITHER.sub(r"\1" if one else r"\2", ended)
    return f"{n} {chosen}"


def counted(n: int, one: str, many: str, lang: str = "fr") -> str:
    """A number with its noun, given in the singular and in the plural."""
    return f"{n} {one if singular(n, lang) else many}"
