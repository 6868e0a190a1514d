"""Sentences of the sheet of a negotiation, made from records (see :mod:`queries.sentences` for the rules of wording)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from graph.plurals import agreed
from queries.sentences import french, listed, number, quoted

Two = tuple[str, str]
Groups = tuple[Sequence[str], Sequence[str]]


def seat(lang: str) -> str:
    """An actor is located there."""
    return "seat" if lang == "en" else "siège"


def in_project(project: str, lang: str) -> str:
    """An actor takes part in a project there, or contributes to it."""
    return f"project {quoted([project], lang)}" if lang == "en" else f"projet {quoted([project])}"


def with_resource(resource: str, lang: str) -> str:
    """An actor offers or needs a resource there."""
    return f"resource {quoted([resource], lang)}" if lang == "en" else f"ressource {quoted([resource])}"


def shared(actor: str, territories: Two, ways: Groups, lang: str) -> str:
    """How an actor is present in both territories."""
    sides = [f"{t} ({listed(how, lang)})" for t, how in zip(territories, ways, strict=True)]
    if lang == "en":
        return f"{actor}, on both sides: {listed(sides, lang)}."
    return french(f"{actor}, des deux côtés : {listed(sides)}.")


def dependency(
    kind: str,
    territories: Two,
    quantity: float | None,
    unit: str,
    year: int | None,
    share: float | None,
    *,
    partial: bool,
    sources: Sequence[str],
    lang: str,
) -> str:
    """How much one territory depends on another.

    Args:
        kind: label of the kind of flow.
        territories: who depends, on whom.
        quantity: known sum, ``None`` when none is.
        unit: of the quantity.
        year: of the flows.
        share: of all the flows of who depends.
        partial: some flows have no quantity, or the source leaves small ones out.
        sources: names of the sources.
        lang: ``fr`` or ``en``.
    """
    english = lang == "en"
    who, on = (quoted([t], lang) for t in territories)
    text = f"{who} depends on {on} ({kind})" if english else f"Dépendance ({kind}) de {who} envers {on}"
    parts = []
    if quantity is None:
        parts.append("stated, without a known quantity" if english else "déclarée, sans quantité connue")
    else:
        amount = f"{number(quantity, lang)} {unit}".rstrip()
        parts.append(amount)
    if year is not None:
        parts.append(f"in {year}" if english else f"en {year}")
    if share is not None:
        of = (
            ("of its recorded flows" if partial else "of its flows")
            if english
            else ("de ses flux relevés" if partial else "de ses flux")
        )
        parts.append(f"{number(100 * share, lang)}% {of}" if english else f"{number(100 * share)} % {of}")
    if sources:
        parts.append(f"source {listed(sources, lang)}")
    return french(f"{text} : {', '.join(parts)}.") if not english else f"{text}: {', '.join(parts)}."


def agreement(objective: str, territories: Two, actors: Groups, sign: int, lang: str) -> str:
    """Actors of both territories want, or refuse, the same objective."""
    sides = [f"{t} ({listed(a, lang)})" for t, a in zip(territories, actors, strict=True)]
    if lang == "en":
        return f"On {quoted([objective], lang)}: {listed(sides, lang)} all {'want it' if sign > 0 else 'refuse it'}."
    verb = "le veulent ensemble" if sign > 0 else "s'y opposent ensemble"
    return french(f"Sur {quoted([objective])} : {listed(sides)} {verb}.")


def opposition(
    objective: str, territories: Two, actors: Groups, forces: tuple[float, float], lang: str
) -> str:
    """Actors of one territory want what actors of the other refuse."""
    left, right = (
        f"{t} ({listed(a, lang)}, force {number(f, lang)})"
        for t, a, f in zip(territories, actors, forces, strict=True)
    )
    if lang == "en":
        return f"On {quoted([objective], lang)}: for, {left}; against, {right}."
    return french(f"Sur {quoted([objective])} : pour, {left} ; contre, {right}.")


def tension(title: str, territories: Two, actors: Groups, status: str, lang: str) -> str:
    """A recorded tension between actors of both territories."""
    left, right = (f"{t} ({listed(a, lang)})" for t, a in zip(territories, actors, strict=True))
    if lang == "en":
        return (
            f"Recorded tension {quoted([title], lang)}{f' ({status})' if status else ''}: {left} and {right}."
        )
    return french(f"Tension suivie {quoted([title])}{f' ({status})' if status else ''} : {left} et {right}.")


def resource(name: str, territories: Two, actors: Groups, lang: str) -> str:
    """What actors of one territory offer and actors of the other need."""
    left, right = (f"{t} ({listed(a, lang)})" for t, a in zip(territories, actors, strict=True))
    if lang == "en":
        return f"{quoted([name], lang)}: offered in {left}, needed in {right}."
    return french(f"{quoted([name])} : offre, {left} ; besoin, {right}.")


def competences(territories: Two, labels: Sequence[str], lang: str) -> str:
    """What one territory is competent for and the other is not."""
    if lang == "en":
        return (
            f"{agreed(len(labels), 'competence(s)', lang)} that {territories[0]} holds and {territories[1]} does not: "
            f"{listed(labels, lang)}."
        )
    return french(
        f"{agreed(len(labels), 'compétence(s) exercée(s)')} par {territories[0]}, non par {territories[1]} : {listed(labels)}."
    )


def third_party(name: str, territories: Two, shares: tuple[float, float], trusted: bool, lang: str) -> str:
    """Who could stand between two territories."""
    left, right = (number(100 * s, lang) for s in shares)
    if lang == "en":
        text = f"{name}, located in neither, agrees at {left}% with {territories[0]} and at {right}% with {territories[1]}"
        return text + (": a trusted third party." if trusted else ".")
    text = f"{name}, hors des deux territoires : d'accord à {left} % avec {territories[0]}, à {right} % avec {territories[1]}"
    return french(text + (" ; tiers de confiance." if trusted else "."))


def scale(subject: str, levels: Sequence[tuple[str, Sequence[str]]], lang: str) -> str:
    """At which levels a subject is held, and by which territories."""
    told = [f"{level} ({listed(names, lang)})" for level, names in levels]
    if lang == "en":
        held = "; ".join(told) if told else "at no known level"
        return f"{quoted([subject], lang)}: {held}."
    held = " ; ".join(told) if told else "à aucune échelle connue"
    return french(f"{quoted([subject])} : {held}.")


def pact(
    title: str, parties: Sequence[str], signed: date | None, review: date | None, *, due: bool, lang: str
) -> str:
    """What a pact is, and when it is to be reviewed."""
    if lang == "en":
        text = f"Pact {quoted([title], lang)} between {listed(parties, lang)}: "
        text += f"signed on {signed}" if signed else "not signed yet"
        return text + (
            f", {'due for review since' if due else 'to be reviewed on'} {review}." if review else "."
        )
    text = f"Pacte {quoted([title])}, parties {listed(parties)} : "
    text += f"signature le {signed:%d/%m/%Y}" if signed else "pas encore de signature"
    if review is not None:
        text += f", à revoir {'depuis le' if due else 'le'} {review:%d/%m/%Y}"
    return french(f"{text}.")
