"""Entities: what has an id of the pilot's own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from graph.model.fields import Kind, column


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What every record carries.

    Attributes:
        visibility: ``public``, ``partenaires`` or ``pilotes`` (the default).
        attributes: columns of the file that the model does not know, kept as (header, text) pairs.
    """

    visibility: str = column(Kind.CODE, "visibilite", codes="visibilite", default="pilotes")
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Fact):
    """An organisation, a service, a collective; a natural person only when unavoidable.

    ``family`` and ``involvement`` are only defaults: a participation in a project overrides them. Empty
    means unknown.
    """

    id: str = column(Kind.ID, "id", required=True)
    name: str = column(Kind.TEXT, "nom", required=True, personal=True)
    family: str | None = column(Kind.CODE, "famille", codes="famille")
    type: str | None = column(Kind.TEXT, "type")
    involvement: str | None = column(Kind.CODE, "implication", codes="implication")
    territory: str | None = column(Kind.REF, "territoire", ref="territories")
    siren: str | None = column(Kind.TEXT, "siren")
    skills: tuple[str, ...] = column(Kind.TEXTS, "competences")
    horizon: str | None = column(Kind.TEXT, "horizon")
    person: bool = column(Kind.FLAG, "personne")
    lawful_basis: str | None = column(Kind.TEXT, "base_legale")
    informed_on: datetime.date | None = column(Kind.DATE, "informe_le", past=True)
    keep_until: datetime.date | None = column(Kind.DATE, "conserver_jusqua")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake(Fact):
    """A sphere of stakes (food, mobility, health…); a tree by ``parent``."""

    id: str = column(Kind.ID, "id", required=True)
    name: str = column(Kind.TEXT, "nom", required=True)
    parent: str | None = column(Kind.REF, "parent", ref="stakes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective(Fact):
    """What somebody wants: it has bearers, belongs to a stake, is tagged with SDGs and value dimensions."""

    id: str = column(Kind.ID, "id", required=True)
    name: str = column(Kind.TEXT, "nom", required=True)
    stake: str | None = column(Kind.REF, "enjeu", ref="stakes")
    bearers: tuple[str, ...] = column(Kind.REFS, "porteurs", ref="actors")
    description: str | None = column(Kind.LONG, "description", personal=True)
    sdgs: tuple[str, ...] = column(Kind.TEXTS, "odd")
    values: tuple[str, ...] = column(Kind.CODES, "valeurs", codes="valeurs")
    horizon: str | None = column(Kind.TEXT, "horizon")
    beacons: tuple[str, ...] = column(Kind.REFS, "balises", ref="beacons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Fact):
    """Démarche ⊃ projet ⊃ action: a tree by ``parent``."""

    id: str = column(Kind.ID, "id", required=True)
    name: str = column(Kind.TEXT, "nom", required=True)
    parent: str | None = column(Kind.REF, "parent", ref="projects")
    territory: str | None = column(Kind.REF, "territoire", ref="territories")
    pilot: str | None = column(Kind.REF, "pilote", ref="actors")
    status: str | None = column(Kind.CODE, "statut", codes="statut_projet")
    start: datetime.date | None = column(Kind.DATE, "debut")
    stop: datetime.date | None = column(Kind.DATE, "fin")
    beacons: tuple[str, ...] = column(Kind.REFS, "balises", ref="beacons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory(Fact):
    """Commune, EPCI, département… or any other perimeter; nested in several ways at once by ``parents``.

    ``competences`` are codes of BANATIC (labelled by :mod:`graph.competences`) or the pilot's own words.
    """

    id: str = column(Kind.ID, "id", required=True)
    name: str = column(Kind.TEXT, "nom", required=True)
    type: str | None = column(Kind.CODE, "type", codes="type_territoire")
    parents: tuple[str, ...] = column(Kind.REFS, "parents", ref="territories")
    population: int | None = column(Kind.INTEGER, "population", low=0)
    lat: float | None = column(Kind.NUMBER, "lat", low=-90, high=90)
    lon: float | None = column(Kind.NUMBER, "lon", low=-180, high=180)
    competences: tuple[str, ...] = column(Kind.TEXTS, "competences")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tension(Fact):
    """A contradiction being worked on."""

    id: str = column(Kind.ID, "id", required=True)
    title: str = column(Kind.TEXT, "titre", required=True)
    actors: tuple[str, ...] = column(Kind.REFS, "acteurs", ref="actors")
    objectives: tuple[str, ...] = column(Kind.REFS, "objectifs", ref="objectives")
    project: str | None = column(Kind.REF, "projet", ref="projects", end=True)
    status: str | None = column(Kind.CODE, "statut", codes="statut_tension")
    since: datetime.date | None = column(Kind.DATE, "depuis", past=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arbitration(Fact):
    """A decision taken on a tension, to be reviewed when."""

    id: str = column(Kind.ID, "id", required=True)
    tension: str = column(Kind.REF, "tension", ref="tensions", required=True, end=True)
    date: datetime.date = column(Kind.DATE, "date", required=True, past=True)
    decision: str = column(Kind.LONG, "decision", required=True, personal=True)
    review_on: datetime.date | None = column(Kind.DATE, "revoir_le")


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative(Fact):
    """A dated account (contradictory accounts included), an event or a weak signal."""

    id: str = column(Kind.ID, "id", required=True)
    date: datetime.date = column(Kind.DATE, "date", required=True, past=True)
    kind: str = column(Kind.CODE, "nature", codes="nature_recit", required=True)
    title: str = column(Kind.TEXT, "titre", required=True, personal=True)
    text: str | None = column(Kind.LONG, "texte", personal=True)
    author: str | None = column(Kind.TEXT, "auteur", personal=True, pilots=True)
    actors: tuple[str, ...] = column(Kind.REFS, "acteurs", ref="actors")
    projects: tuple[str, ...] = column(Kind.REFS, "projets", ref="projects")
    tensions: tuple[str, ...] = column(Kind.REFS, "tensions", ref="tensions")
    pacts: tuple[str, ...] = column(Kind.REFS, "pactes", ref="pacts")
    contradicts: tuple[str, ...] = column(Kind.REFS, "contredit", ref="narratives")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beacon(Fact):
    """An invariant of the référentiel under a short label of ours: the vocabulary for transfer."""

    id: str = column(Kind.ID, "id", required=True)
    label: str = column(Kind.TEXT, "libelle", required=True)
    stake: str | None = column(Kind.TEXT, "enjeu")
    number: int | None = column(Kind.INTEGER, "numero", low=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pact(Fact):
    """What territories wrote together: parties, articles, counterparts, review date, signed or not."""

    id: str = column(Kind.ID, "id", required=True)
    title: str = column(Kind.TEXT, "titre", required=True)
    parties: tuple[str, ...] = column(Kind.REFS, "parties", ref="territories", required=True)
    articles: tuple[str, ...] = column(Kind.TEXTS, "articles")
    counterparts: tuple[str, ...] = column(Kind.TEXTS, "contreparties")
    review_on: datetime.date | None = column(Kind.DATE, "revoir_le")
    signed_on: datetime.date | None = column(Kind.DATE, "signe_le", past=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment(Fact):
    """« ET SI… »: a question, its hypothesis, first step, test, outcome and reuse elsewhere."""

    id: str = column(Kind.ID, "id", required=True)
    question: str = column(Kind.TEXT, "question", required=True)
    hypothesis: str | None = column(Kind.LONG, "hypothese")
    first_step: str | None = column(Kind.LONG, "premier_pas")
    test: str | None = column(Kind.LONG, "test")
    outcome: str | None = column(Kind.LONG, "resultat")
    reuse: str | None = column(Kind.LONG, "reprise")
    territory: str | None = column(Kind.REF, "territoire", ref="territories", end=True)
