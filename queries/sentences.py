"""Sentences made from records, in French and in English.

Wordings are chosen so that no agreement or elision depends on a name: names come between quotation marks or in lists after
a colon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.plurals import agreed

SHOWN = 6
"""Names spelt out in a sentence before the rest is counted."""


def listed(names: Iterable[str], lang: str = "fr") -> str:
    """``A, B et C``; beyond :data:`SHOWN` names, the rest is counted."""
    shown = list(names)
    rest = len(shown) - SHOWN
    if rest > 0:
        shown = shown[:SHOWN]
        tail = f"{rest} others" if lang == "en" else f"{rest} autres" if rest > 1 else "un autre"
        shown.append(tail if lang != "en" or rest > 1 else "one other")
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {'and' if lang == 'en' else 'et'} {shown[-1]}"


def french(text: str) -> str:
    """French text whose spaces before high punctuation and inside quotation marks never break a line."""
    for loose, tied in ((" :", "\u00a0:"), (" ;", "\u00a0;"), ("« ", "«\u00a0"), (" »", "\u00a0»")):
        text = text.replace(loose, tied)
    return text


def quoted(names: Iterable[str], lang: str = "fr") -> str:
    """Names between quotation marks, listed."""
    return listed([f"'{n}'" if lang == "en" else french(f"« {n} »") for n in names], lang)


def number(value: float, lang: str = "fr") -> str:
    """A number for people: at most two decimals, thousands apart, a comma in French, a true minus."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    if text in ("-0", ""):
        text = "0"
    text = text.replace("-", "−")
    return text if lang == "en" else text.replace(",", "\u202f").replace(".", ",")


def support(
    actors: Sequence[str], carried: Sequence[str], opposed: Sequence[str], force: float, lang: str
) -> str:
    """Why some actors converge on a pattern."""
    together = f"{len(actors)}"
    if lang == "en":
        parts = []
        if carried:
            parts.append(f"support {quoted(carried, lang)}")
        if opposed:
            parts.append(f"oppose {quoted(opposed, lang)}")
        return f"{listed(actors, lang)}: these {together} actors all {' and '.join(parts)} (strength {number(force, lang)})."
    parts = []
    if carried:
        parts.append(f"soutiennent {quoted(carried)}")
    if opposed:
        parts.append(f"s'opposent à {quoted(opposed)}")
    return french(f"{listed(actors)} : ces {together} acteurs {' et '.join(parts)} (force {number(force)}).")


def opposition(
    favour: Sequence[str],
    against: Sequence[str],
    pattern: Sequence[tuple[str, int]],
    force_for: float,
    force_against: float,
    lang: str,
) -> str:
    """Why two sides are in conflict."""
    plus = [name for name, sign in pattern if sign > 0]
    minus = [name for name, sign in pattern if sign < 0]
    left, right = number(force_for, lang), number(force_against, lang)
    if lang == "en":
        subject = quoted(plus, lang)
        if minus:
            subject += f" (and the reverse on {quoted(minus, lang)})"
        return f"On {subject}: for, {listed(favour, lang)} (force {left}); against, {listed(against, lang)} (force {right})."
    subject = quoted(plus)
    if minus:
        subject += f" (et à l'inverse sur {quoted(minus)})"
    return french(
        f"Sur {subject} : pour, {listed(favour)} (force {left}) ; contre, {listed(against)} (force {right})."
    )


def cooperation(
    actors: Sequence[str], convergent: int, arbitrations: int, missing: Sequence[str], lang: str
) -> str:
    """What holds a zone of cooperation, what is to be arbitrated in it and what it lacks."""
    if lang == "en":
        text = f"{listed(actors, lang)}: {agreed(convergent, 'pair(s) agree(s|)', lang)} without reserve"
        text += (
            f", {agreed(arbitrations, 'pair(s)', lang)} to arbitrate"
            if arbitrations
            else ", nothing to arbitrate"
        )
        return text + (
            f"; missing: {listed(missing, lang)}." if missing else "; the four families are there."
        )
    text = f"{listed(actors)} : {agreed(convergent, 'paire(s)')} d'accord sans réserve"
    text += f", {agreed(arbitrations, 'paire(s)')} à arbitrer" if arbitrations else ", rien à arbitrer"
    return french(
        text + (f" ; il manque : {listed(missing)}." if missing else " ; les quatre familles sont là.")
    )


def latent(a: str, b: str, first: str, second: str, shared: bool, lang: str) -> str:
    """Why two actors are in latent tension."""
    if lang == "en":
        text = f"On one side {a}, for '{first}'; on the other {b}, for '{second}': the two objectives contradict each other"
        return text + (", though nobody opposes anybody's objective." if shared else ".")
    text = f"D'un côté {a}, pour « {first} » ; de l'autre {b}, pour « {second} » : ces deux objectifs se contredisent"
    return french(text + (", sans que personne ne s'oppose à l'objectif de l'autre." if shared else "."))


def contradiction(first: str, second: str, upholders: Sequence[Sequence[str]], lang: str) -> str:
    """Who upholds each of two objectives that contradict each other.

    Args:
        first: name of an objective.
        second: of the other.
        upholders: names of those for the first only, for the second only, for both.
        lang: ``fr`` or ``en``.
    """
    english = lang == "en"
    labels = (
        ("for the first", "for the second", "for both")
        if english
        else ("pour le premier", "pour le second", "pour les deux")
    )
    told = [f"{label}, {listed(side, lang)}" for label, side in zip(labels, upholders, strict=True) if side]
    if english:
        return f"'{first}' and '{second}' contradict each other: {'; '.join(told)}."
    return french(f"« {first} » et « {second} » se contredisent : {' ; '.join(told)}.")


def gap(
    indicator: str,
    territory: str,
    near: Sequence[str],
    bringing: Sequence[str],
    sources: Sequence[str],
    lang: str,
) -> str:
    """What is missing where, and who could fill it.

    Args:
        indicator: what has no value.
        territory: name of the territory.
        near: names of the actors located there.
        bringing: those of them who already bring data to a project.
        sources: what fills the same indicator elsewhere.
        lang: ``fr`` or ``en``.
    """
    if lang == "en":
        text = f"{territory}: no value for '{indicator}'; "
        text += f"could fill it: {listed(near, lang)}" if near else "no actor is located there yet"
        text += f" (already bringing data: {listed(bringing, lang)})" if bringing else ""
        return text + (f"; elsewhere it comes from: {listed(sources, lang)}." if sources else ".")
    text = f"{territory} : aucune valeur pour « {indicator} » ; "
    text += f"pourraient la fournir : {listed(near)}" if near else "aucun acteur n'y est encore situé"
    text += f" (apportent déjà des données : {listed(bringing)})" if bringing else ""
    return french(text + (f" ; ailleurs elle vient de : {listed(sources)}." if sources else "."))
