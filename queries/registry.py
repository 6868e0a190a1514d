"""Every analysis with its parameters: the command line, HTTP and the pages are generated from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from graph.scope import Scope, known_in, scoped
from graph.snapshot import Snapshot
from graph.stores import Store
from graph.vocabulary import VISIBILITIES
from queries.ageing import MONTHS, ageing
from queries.alignment import alignment
from queries.chronicle import chronicle
from queries.doughnut import doughnut
from queries.envelope import DEFAULT_LIMIT, MAX_LIMIT, MAX_ZONES, Document, paged
from queries.evolution import evolution
from queries.interdependencies import interdependencies
from queries.kernels.pairs import READINGS
from queries.mactor import mactor
from queries.negotiation import negotiation
from queries.pairs import convergences, divergences
from queries.parameters import Parameter, Value, resolved, shown
from queries.perimeters import (
    MIN_CONTAINMENT,
    MIN_SIZE,
    TARGET_CONTAINMENT,
    TARGET_SIZE,
    functional,
)
from queries.reading import read
from queries.zones_conflict import zones_conflict
from queries.zones_convergence import zones_convergence
from queries.zones_cooperation import zones_cooperation

PILOTS = VISIBILITIES[-1]

SCOPE = (
    Parameter(
        "project",
        "str",
        "un projet : ses cibles et ses participants",
        "a project: its targets and participants",
    ),
    Parameter("stake", "str", "un enjeu et ceux qu'il contient", "a stake and those it contains"),
    Parameter("territory", "str", "les acteurs d'un territoire", "the actors of a territory"),
    Parameter("family", "str", "les acteurs d'une famille", "the actors of a family"),
)
"""The scope; filters intersect."""

DATES = (
    Parameter(
        "as_of",
        "date",
        "le jour auquel lire (le plus récent par défaut)",
        "the day to read at (latest by default)",
    ),
    Parameter(
        "at_revision", "int", "la révision à lire (la dernière par défaut)", "the revision to read", low=0
    ),
)
"""When: the day in the territory, and what the cartography knew."""

ORDER = Parameter(
    "order",
    "int",
    "1 signes, 2 positions, 3 positions pondérées par les forces",
    "1 signs, 2 positions, 3 positions weighted by forces",
    default=2,
    low=1,
    high=3,
)
CURSOR = Parameter("cursor", "str", "la suite d'une page (champ « next »)", "where to go on (field 'next')")


def _limit(most: int) -> Parameter:
    return Parameter(
        "limit",
        "int",
        "nombre de résultats",
        "number of results",
        default=min(DEFAULT_LIMIT, most),
        low=1,
        high=most,
    )


PAGE = (_limit(MAX_LIMIT), CURSOR)
ZONES = (_limit(MAX_ZONES), CURSOR)


@dataclass(frozen=True)
class Analysis:
    """One analysis.

    Attributes:
        path: in HTTP, ``zones/conflict``; its command is :attr:`command`.
        run: from a scoped snapshot, resolved parameters and language to a document.
        fr: what it answers, for people; ``en`` in English.
        own: its parameters beside scope and dates.
        question: the part of the scope among its own parameters is the question, not a filter.
    """

    path: str
    run: Callable[[Snapshot, Mapping[str, Any], str], Document]
    fr: str
    en: str
    own: tuple[Parameter, ...]
    question: bool = False

    @property
    def command(self) -> str:
        """Its name on the command line."""
        return self.path.replace("/", "-")

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Everything it accepts."""
        taken = {p.name for p in self.own}
        return (*self.own, *(p for p in (*SCOPE, *DATES) if p.name not in taken))

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the scope that are the question: they must exist, and cut nothing."""
        mine = {p.name for p in self.own} if self.question else set()
        return tuple(p.name for p in SCOPE if p.name in mine)

    @property
    def pages(self) -> bool:
        """Whether its items come page by page."""
        return any(p.name == "limit" for p in self.own)


YEAR = Parameter(
    "year", "int", "l'année (la plus récente par défaut)", "the year (latest by default)", low=1800, high=2200
)

FLOWS = (
    Parameter(
        "kind",
        "str",
        "le type de flux, code ou libellé (le seul relevé par défaut ; à dire s'il y en a plusieurs)",
        "the kind of flow, code or label (the only one recorded by default; needed when there are several)",
    ),
    YEAR,
    Parameter("unit", "str", "l'unité, s'il y en a plusieurs", "the unit, when there are several"),
    Parameter(
        "source",
        "str",
        "la source, si plusieurs disent le même flux",
        "the source, when several tell the same flow",
    ),
    Parameter(
        "level",
        "str",
        "le type de territoire auquel additionner (les territoires tels que relevés par défaut)",
        "the type of territory to add up on (territories as recorded by default)",
    ),
)
"""Which flows, and on which territories."""

_PAIRS = (
    ORDER,
    Parameter("actor", "str", "les paires de cet acteur", "the pairs of this actor"),
    Parameter("reading", "str", "une seule lecture", "one reading only", choices=READINGS),
    *PAGE,
)

_ALL = (
    Analysis(
        "mactor",
        lambda snapshot, params, _lang: mactor(snapshot, params),
        "la méthode MACTOR entière : influences, forces, positions, convergences et divergences",
        "the whole MACTOR method: influences, forces, positions, convergences and divergences",
        (),
    ),
    Analysis(
        "convergences",
        convergences,
        "les paires d'acteurs qui convergent",
        "pairs of actors that converge",
        _PAIRS,
    ),
    Analysis(
        "divergences",
        divergences,
        "les paires d'acteurs qui divergent",
        "pairs of actors that diverge",
        _PAIRS,
    ),
    Analysis(
        "zones/convergence",
        zones_convergence,
        "les zones de convergence : qui veut ensemble quoi",
        "zones of convergence: who wants what together",
        (ORDER, *ZONES),
    ),
    Analysis(
        "zones/conflict",
        zones_conflict,
        "les zones de conflit, les tensions latentes et les tiers possibles",
        "zones of conflict, latent tensions and possible third parties",
        (ORDER, *ZONES),
    ),
    Analysis(
        "zones/cooperation",
        zones_cooperation,
        "les zones de coopération, ce qu'il faut y arbitrer et ce qui leur manque",
        "zones of cooperation, what to arbitrate in them and what they lack",
        (
            ORDER,
            Parameter(
                "exact", "flag", "1 : chercher la preuve sans limite", "1: prove without limit", default=False
            ),
            Parameter("seed", "int", "graine des heuristiques", "seed of the heuristics", default=0, low=0),
            *ZONES,
        ),
    ),
    Analysis(
        "alignment",
        alignment,
        "les acteurs face aux cibles d'un projet",
        "actors against the targets of a project",
        (
            Parameter("project", "str", "le projet interrogé", "the project asked about", required=True),
            *PAGE,
        ),
        question=True,
    ),
    Analysis(
        "evolution",
        evolution,
        "ce qui a bougé, ce qui a été appris ou perdu entre deux dates",
        "what moved, what was learned or lost between two dates",
        (
            Parameter("from", "date", "la première date", "the first date", required=True),
            Parameter("to", "date", "la seconde date", "the second date", required=True),
            *PAGE,
        ),
    ),
    Analysis(
        "ageing",
        ageing,
        "les positions qui vieillissent, les plus anciennes d'abord",
        "ageing positions, the oldest first",
        (
            Parameter(
                "months",
                "int",
                "âge en mois au-delà duquel une position est à revoir",
                "age in months beyond which a position is to be checked",
                default=MONTHS,
                low=0,
                high=1_200,
            ),
            *PAGE,
        ),
    ),
    Analysis(
        "chronicle",
        chronicle,
        "la chronique : récits, événements, indices, pactes signés ou à revoir, les derniers d'abord",
        "the chronicle: accounts, events, signals, pacts signed or due for review, the latest first",
        PAGE,
    ),
    Analysis(
        "doughnut",
        doughnut,
        "le donut inter-territorial : plancher social, plafond écologique, et ce qui manque",
        "the inter-territorial doughnut: social floor, ecological ceiling, and what is missing",
        (
            Parameter(
                "territory",
                "str",
                "un territoire ; l'option se répète (tous ceux qui ont une valeur par défaut)",
                "a territory; may be repeated (all that have a value by default)",
                many=True,
            ),
            YEAR,
            *PAGE,
        ),
        question=True,
    ),
    Analysis(
        "interdependencies",
        interdependencies,
        "ce que les territoires se doivent : dépendance, autonomie, concentration, réciprocité",
        "what territories owe each other: dependence, autonomy, concentration, reciprocity",
        (*FLOWS, *PAGE),
    ),
    Analysis(
        "perimeters",
        functional,
        "les périmètres fonctionnels, qui contiennent l'essentiel de leurs flux, face aux périmètres administratifs",
        "functional perimeters, which hold most of their own flows, beside the administrative ones",
        (
            *FLOWS,
            Parameter("min_size", "int", "taille minimale", "minimum size", default=MIN_SIZE, low=0),
            Parameter("target_size", "int", "taille visée", "target size", default=TARGET_SIZE, low=1),
            Parameter(
                "min_containment",
                "number",
                "autocontention minimale",
                "minimum self-containment",
                default=MIN_CONTAINMENT,
                low=0,
                high=1,
            ),
            Parameter(
                "target_containment",
                "number",
                "autocontention visée",
                "target self-containment",
                default=TARGET_CONTAINMENT,
                low=0.01,
                high=1,
            ),
            *PAGE,
        ),
    ),
    Analysis(
        "negotiation",
        negotiation,
        "la fiche de négociation de deux territoires : dépendances, convergences, conflits, complémentarités, pactes",
        "the negotiation sheet of two territories: dependencies, convergences, conflicts, complementarities, pacts",
        (
            Parameter(
                "territory",
                "str",
                "les deux territoires ; l'option se répète",
                "the two territories; given twice",
                required=True,
                many=True,
            ),
            *PAGE,
        ),
        question=True,
    ),
)

ANALYSES: dict[str, Analysis] = {analysis.path: analysis for analysis in _ALL}
"""Every analysis by its path."""

COMMANDS: dict[str, Analysis] = {analysis.command: analysis for analysis in _ALL}
"""Every analysis by its name on the command line."""


def run(
    store: Store, analysis: Analysis, given: Mapping[str, object], *, level: str = PILOTS, lang: str = "fr"
) -> Document:
    """Answer a question.

    Args:
        store: where to read.
        analysis: which.
        given: parameters as typed or already of their types.
        level: what the reader may see: ``public``, ``partenaires`` or ``pilotes``.
        lang: of the sentences.

    Raises:
        InvalidCall: parameters that cannot be read, all at once.
        UnknownFilter: a filter that names nothing known.
        NotFound: no such revision.
    """
    _, values = read(store, resolved(analysis.parameters, given), level)
    snapshot = view(store, values, level=level, asked=analysis.asked)
    document = analysis.run(snapshot, shown(values), lang)
    if not analysis.pages:
        return document
    return paged(document, cast(int, values["limit"]), cast("str | None", values["cursor"]))


def view(
    store: Store, values: Mapping[str, Value], *, level: str = PILOTS, asked: Iterable[str] = ()
) -> Snapshot:
    """The snapshot that scope and dates ask about.

    Args:
        store: where to read.
        values: resolved parameters.
        level: of the reader.
        asked: names of the scope that are the question, not filters; what they name must exist all the same.

    Raises:
        UnknownFilter: a filter that names nothing known.
        NotFound: no such revision.
    """
    snapshot, values = read(store, values, level)
    for name in asked:
        named = values.get(name)
        for id_ in named if isinstance(named, tuple) else (cast("str | None", named),):
            if id_ is not None:
                known_in(snapshot, name, id_)
    filters = {p.name: cast("str | None", values.get(p.name)) for p in SCOPE if p.name not in asked}
    return scoped(snapshot, Scope(**filters))
