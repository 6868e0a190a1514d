"""Widths of text in Source Sans 3, so that the server can place labels that the browser will draw.

The table holds advances of the regular weight in thousandths of the font size, measured on the vendored font.
"""

from __future__ import annotations

import re

_TABLE = r"""
241:|¦ 246:iìíîï 247:j 249:',.:;·’‘ 255:l 263:IÌÍÎÏ 289:!¡ 292:f 303:()[]{} 311:- 331:° 338:t 345:ª
347:r 350:/\ 365:º 367:²³¹ 418:* 419:s 423:® 425:?z¿ 426:"“” 429:«» 446:x 456:cç 467:vyýÿ 476:YÝŸ 479:J
480:– 486:L 494:F 495:k 496:eèéêë 497:#$+0123456789<=>^~¢£¤¥§¬±×÷−€ 500:_ 504:agàáâãäå 513:X 515:V
527:EÈÉÊË 534:S 536:T 539:Z 542:`o¨¯´¸òóôõöø 543:A 544:huÀÁÂÃÄÅðùúûü 547:nñ 549:≠ 553:b 555:dpqþ 560:¶
562:µ 566:P 569:R 571:CÇ 576:ß 579:K 583:Þ 588:B 609:& 615:D 617:G 639:Ð 645:UÙÚÛÜ 647:NÑ 652:H
664:OQÒÓÔÕÖØ 719:w 727:M 744:© 778:æ 781:¼ 786:W 796:¾ 800:— 808:½ 822:Æ 824:% 829:m 839:œ 847:@Œ 948:…
"""
_SPACE = 200
_UNKNOWN = 620
_BOLD = 1.055

_ADVANCE = {char: int(width) for width, chars in re.findall(r"(\d+):(\S+)", _TABLE) for char in chars}
_ADVANCE.update({" ": _SPACE, "\u00a0": _SPACE, "\u202f": _SPACE})

ELLIPSIS = "…"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width in pixels of one line at a font size; bold is widened by 5.5 %, the most its letters differ on average."""
    total = sum(_ADVANCE.get(char, _UNKNOWN) for char in text)
    return total * size / 1000 * (_BOLD if bold else 1.0)


def shortened(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """The text, cut with an ellipsis when it is wider than ``width`` pixels."""
    if text_width(text, size, bold=bold) <= width:
        return text
    kept = text
    while kept and text_width(kept.rstrip() + ELLIPSIS, size, bold=bold) > width:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def titled(text: str, size: int, least: int, width: float) -> tuple[tuple[str, ...], int]:
    """A bold title and its font size: on one line if it fits at some size, else on two, on three, else cut on the second.

    Args:
        text: the title.
        size: greatest font size.
        least: smallest.
        width: the widest a line may be.
    """
    for most in (1, 2, 3):
        for tried in range(size, least - 1, -1):
            lines = wrapped(text, tried, width, bold=True)
            if len(lines) <= most and all(text_width(line, tried, bold=True) <= width for line in lines):
                return lines, tried
    first, *rest = wrapped(text, least, width, bold=True)
    lines = (first, " ".join(rest)) if rest else (first,)
    return tuple(shortened(line, least, width, bold=True) for line in lines), least


def balanced(text: str, size: float, width: float, *, single: int = 13) -> tuple[str, ...]:
    """One line, or past ``single`` characters two of nearly equal width, each at most ``width`` pixels wide.

    Args:
        text: the label.
        size: font size in pixels.
        width: the widest a line may be.
        single: characters up to which the label stays on one line.
    """
    text = " ".join(text.split())
    words = text.split(" ")
    if len(text) <= single or len(words) == 1:
        return (shortened(text, size, width),)
    splits = [(" ".join(words[:k]), " ".join(words[k:])) for k in range(1, len(words))]
    first, second = min(splits, key=lambda s: max(text_width(part, size) for part in s))
    if text_width(first, size) > width:
        fitting = [s for s in splits if text_width(s[0], size) <= width]
        first, second = fitting[-1] if fitting else (first, second)
    return shortened(first, size, width), shortened(second, size, width)


def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> tuple[str, ...]:
    """Lines at most ``width`` pixels wide; a word wider than that keeps its line."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and text_width(longer, size, bold=bold) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)
