"""Text in cells: made harmless when written, and read back as it was.

A cell that begins with ``=``, ``+``, ``-`` or ``@`` may be run as a formula by the spreadsheet that opens it; an
apostrophe before it makes it plain text, as typing one does; so it does for a text that reads like an error
(``#N/A``). A list's item that holds a separator stands between
quotes. Both ways are exact inverses on text without surrounding blanks or control characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

CLEAR = "-"
"""A cell that holds only this clears what the store says."""

ERRORS = frozenset(
    {"#N/A", "#REF!", "#NAME?", "#NOM?", "#VALUE!", "#VALEUR!", "#DIV/0!", "#NULL!", "#NUM!", "#NOMBRE!"}
)
"""What spreadsheets show in place of a value they could not compute."""

_TAKEN = r"(?:[=+\-@]|(?:" + "|".join(re.escape(text) for text in sorted(ERRORS)) + r")\Z)"
_DANGEROUS = re.compile("'*" + _TAKEN)
_SHIELDED = re.compile("'+" + _TAKEN)
_ITEM = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:;|\Z)|([^;]*)(?:;|\Z)')


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula; :func:`unshielded` gives the original back."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unshielded(text: str) -> str:
    """Text without the apostrophe that shields its first character."""
    return text[1:] if _SHIELDED.match(text) else text


def join_list(items: Iterable[str]) -> str:
    """A list as the text of one cell; :func:`split_list` gives it back."""
    return "; ".join(
        '"' + item.replace('"', '""') + '"' if ";" in item or item.startswith('"') else item for item in items
    )


def split_list(text: str) -> tuple[str, ...]:
    """The items of a list, blanks around them and repetitions left out.

    Quotes bound an item only where they are needed, so that « "Le Local" ; mairie » keeps its quotes.
    """
    found: dict[str, None] = {}
    place = 0
    while place < len(text):
        match = _ITEM.match(text, place)
        if match is None:
            break
        inner = match[1]
        if inner is not None:
            inner = inner.replace('""', '"')
            item = inner if ";" in inner or inner.startswith('"') else match[0].rstrip("; \t\n").strip()
        else:
            item = match[2].strip()
        if item:
            found.setdefault(item)
        place = max(match.end(), place + 1)
    return tuple(found)


def cleaned(text: str) -> str:
    r"""Text as it is kept: blanks around it and control characters gone, line ends as ``\\n``."""
    text = text.strip()
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or not unwritable(c)).strip()


def unwritable(character: str) -> bool:
    """Whether no XML file can hold a character: controls, surrogates, noncharacters."""
    code = ord(character)
    return (
        unicodedata.category(character) in ("Cc", "Cs") or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    )
