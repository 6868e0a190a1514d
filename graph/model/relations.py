"""Relations and statements: records with an identity and versions, never bare edges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from graph.model.entities import Fact
from graph.model.fields import Kind, column


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation(Fact):
    """An actor in a project: family, involvement and posture there, between two dates."""

    actor: str = column(Kind.REF, "acteur", ref="actors", required=True, key=True, end=True)
    project: str = column(Kind.REF, "projet", ref="projects", required=True, key=True, end=True)
    family: str | None = column(Kind.CODE, "famille", codes="famille")
    involvement: str | None = column(Kind.CODE, "implication", codes="implication")
    posture: str | None = column(Kind.CODE, "posture", codes="posture")
    since: date | None = column(Kind.DATE, "depuis", key=True, past=True)
    until: date | None = column(Kind.DATE, "jusqua")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveLink(Fact):
    """serves (``sert``) · contradicts (``contredit``) · equivalent (``equivaut``)."""

    source_objective: str = column(Kind.REF, "de", ref="objectives", required=True, key=True, end=True)
    target_objective: str = column(Kind.REF, "vers", ref="objectives", required=True, key=True, end=True)
    kind: str = column(Kind.CODE, "nature", codes="nature_lien", required=True, key=True)
    source: str | None = column(Kind.TEXT, "source", personal=True, pilots=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(Fact):
    """Actor → objective, integer −4..+4 (MACTOR 2MAO). 0 is *stated* neutrality; no record is unknown.

    The key is (actor, objective, rater, valid_from): another day is another statement, the same key with
    another value a correction. ``rater`` is an actor's id, else free text; empty, the cartography itself.
    """

    actor: str = column(Kind.REF, "acteur", ref="actors", required=True, key=True, end=True)
    objective: str = column(Kind.REF, "objectif", ref="objectives", required=True, key=True, end=True)
    value: int = column(Kind.INTEGER, "valeur", required=True, low=-4, high=4)
    valid_from: date = column(Kind.DATE, "date", required=True, key=True, past=True)
    valid_to: date | None = column(Kind.DATE, "jusqua", past=True)
    source: str | None = column(Kind.TEXT, "source", personal=True, pilots=True)
    confidence: float | None = column(Kind.NUMBER, "confiance", low=0, high=1)
    rater: str | None = column(Kind.TEXT, "evaluateur", key=True, personal=True, pilots=True)
    retained: bool = column(Kind.FLAG, "retenue")
    comment: str | None = column(Kind.LONG, "commentaire", personal=True, pilots=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence(Fact):
    """Actor → actor, integer 0..4 (MACTOR MDI). Keyed like a position."""

    source_actor: str = column(Kind.REF, "de", ref="actors", required=True, key=True, end=True)
    target_actor: str = column(Kind.REF, "vers", ref="actors", required=True, key=True, end=True)
    value: int = column(Kind.INTEGER, "niveau", required=True, low=0, high=4)
    valid_from: date = column(Kind.DATE, "date", required=True, key=True, past=True)
    valid_to: date | None = column(Kind.DATE, "jusqua", past=True)
    source: str | None = column(Kind.TEXT, "source", personal=True, pilots=True)
    confidence: float | None = column(Kind.NUMBER, "confiance", low=0, high=1)
    rater: str | None = column(Kind.TEXT, "evaluateur", key=True, personal=True, pilots=True)
    retained: bool = column(Kind.FLAG, "retenue")
    comment: str | None = column(Kind.LONG, "commentaire", personal=True, pilots=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Fact):
    """An objective a project targets, with a weight > 0 (1 when not said)."""

    project: str = column(Kind.REF, "projet", ref="projects", required=True, key=True, end=True)
    objective: str = column(Kind.REF, "objectif", ref="objectives", required=True, key=True, end=True)
    weight: float | None = column(Kind.NUMBER, "poids", low=1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution(Fact):
    """What an actor brings to a project, promised, under way or done, and the effort it costs."""

    actor: str = column(Kind.REF, "acteur", ref="actors", required=True, key=True, end=True)
    project: str = column(Kind.REF, "projet", ref="projects", required=True, key=True, end=True)
    kind: str = column(Kind.CODE, "nature", codes="nature_contribution", required=True, key=True)
    quantity: float | None = column(Kind.NUMBER, "quantite", low=0)
    unit: str | None = column(Kind.TEXT, "unite")
    status: str | None = column(Kind.CODE, "statut", codes="statut_contribution")
    effort: str | None = column(Kind.TEXT, "effort")
    start: date | None = column(Kind.DATE, "debut", key=True)
    stop: date | None = column(Kind.DATE, "fin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Fact):
    """Territory → territory, material or immaterial; the quantity may be unknown.

    ``truncated`` declares that the flow's source leaves small flows out: sums over it are lower bounds.
    """

    origin: str = column(Kind.REF, "origine", ref="territories", required=True, key=True, end=True)
    destination: str = column(Kind.REF, "destination", ref="territories", required=True, key=True, end=True)
    kind: str = column(Kind.CODE, "type", codes="type_flux", required=True, key=True)
    quantity: float | None = column(Kind.NUMBER, "quantite", low=0)
    unit: str | None = column(Kind.TEXT, "unite", key=True)
    year: int | None = column(Kind.INTEGER, "annee", low=1800, high=2200, key=True)
    source: str | None = column(Kind.TEXT, "source", key=True, personal=True)
    truncated: bool = column(Kind.FLAG, "tronquee")
    confidence: float | None = column(Kind.NUMBER, "confiance", low=0, high=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(Fact):
    """A territory's value in a year."""

    territory: str = column(Kind.REF, "territoire", ref="territories", required=True, key=True, end=True)
    indicator: str = column(Kind.TEXT, "indicateur", required=True, key=True)
    year: int = column(Kind.INTEGER, "annee", required=True, low=1800, high=2200, key=True)
    value: float = column(Kind.NUMBER, "valeur", required=True)
    unit: str | None = column(Kind.TEXT, "unite")
    source: str | None = column(Kind.TEXT, "source", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(Fact):
    """The floor or ceiling an indicator is read against; ``haut`` means more is better."""

    indicator: str = column(Kind.TEXT, "indicateur", required=True, key=True)
    dimension: str = column(Kind.TEXT, "dimension", required=True, key=True)
    floor: float | None = column(Kind.NUMBER, "plancher")
    ceiling: float | None = column(Kind.NUMBER, "plafond")
    direction: str | None = column(Kind.CODE, "sens", codes="sens_seuil")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Fact):
    """What an actor offers or needs (premises, equipment, skill, time): the basis of mutualisation."""

    actor: str = column(Kind.REF, "acteur", ref="actors", required=True, key=True, end=True)
    resource: str = column(Kind.TEXT, "ressource", required=True, key=True)
    direction: str = column(Kind.CODE, "sens", codes="sens_ressource", required=True, key=True)
    quantity: float | None = column(Kind.NUMBER, "quantite", low=0)
    unit: str | None = column(Kind.TEXT, "unite")
    territory: str | None = column(Kind.REF, "territoire", ref="territories", key=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concession(Fact):
    """In an arbitration, what an actor gives and what it receives."""

    arbitration: str = column(Kind.REF, "arbitrage", ref="arbitrations", required=True, key=True, end=True)
    actor: str = column(Kind.REF, "acteur", ref="actors", required=True, key=True, end=True)
    gives: str | None = column(Kind.LONG, "donne", personal=True)
    receives: str | None = column(Kind.LONG, "recoit", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias(Fact):
    """An old id that reads and imports resolve (mergers of communes, of actors)."""

    table: str = column(Kind.TEXT, "table", required=True, key=True)
    old: str = column(Kind.ID, "ancien", required=True, key=True)
    id: str = column(Kind.ID, "id", required=True)
    since: date | None = column(Kind.DATE, "depuis", past=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Fact):
    """A code that the pilot adds to a vocabulary list; ``depends`` says who depends, for flow kinds."""

    list: str = column(Kind.TEXT, "liste", required=True, key=True)
    code: str = column(Kind.ID, "code", required=True, key=True)
    label_fr: str = column(Kind.TEXT, "libelle_fr", required=True)
    label_en: str | None = column(Kind.TEXT, "libelle_en")
    depends: str | None = column(Kind.TEXT, "depend")
