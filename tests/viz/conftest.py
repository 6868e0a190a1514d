"""Composed snapshots (invented actors) for the maps."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from graph import Changes, Snapshot, open_store
from graph.model import Actor, Fact, Influence, Objective, Position, Project, Target, Territory
from ingest import dry_run

DAY = date(2026, 11, 14)
EXAMPLE = Path(__file__).parents[2] / "examples" / "territoire-compose"
OBJECTIVES = [
    "Zéro artificialisation 2030",
    "Zone maraîchère protégée",
    "Extension de la zone d’activité",
    "Ville cyclable",
    "Centre-ville apaisé",
    "Légumerie mutualisée",
    "Repas bio à la cantine",
    "Logements rénovés",
    "Accès routier au parc",
    "Eau potable préservée",
    "Emploi local",
    "Déchets réduits",
]
NAMES = [
    *("Mission transition", "Agence d’urbanisme", "Urbanisme", "Agence de l’eau", "Maraîchers du Val"),
    *("Chambre d’agriculture", "Bailleur social", "Conseil citoyen", "CCAS", "Locataires"),
    *("Restauration scolaire", "Parents d’élèves", "Hypermarché", "Entrepôt logistique", "Transporteur"),
    *("Voirie", "Artisans du bâtiment", "Agglo mobilités", "Cyclistes", "Université"),
    *("Agglo déchets", "Cuisine centrale", "Commerçants du centre", "Syndicat agricole", "Recyclerie"),
    *("Coopérative bio", "Régie de quartier", "Foyer des jeunes", "Office de tourisme", "Mairie annexe"),
    *("Banque alimentaire", "Atelier vélo", "Club d’entreprises", "Conservatoire d’espaces naturels"),
    *("Syndicat des eaux", "Lycée horticole", "Maison de santé", "Jardins partagés", "Énergie citoyenne"),
    "Aménageur",
]
FAMILIES = ["service", "operateur", "accompagnement", "beneficiaire", "elu"]
INVOLVEMENTS = ["implique", "impacte", "concerne", None]


def changes(names: list[str], seed: int = 4) -> Changes:
    """Actors in five blocs that agree within and differ on some objectives."""
    rng = random.Random(seed)
    leanings = [{o: rng.choice([-3, -2, 1, 2, 3, 4]) for o in rng.sample(range(12), 6)} for _ in range(5)]
    actors, positions, influences = [], [], []
    for a, name in enumerate(names):
        id_ = f"A{a + 1:03}"
        family = FAMILIES[rng.choice([0, 1, 2, 3, 0, 1, 3, 4])]
        actors.append(
            Actor(id=id_, name=name, family=family, involvement=rng.choice(INVOLVEMENTS[:3] * 3 + [None]))
        )
        for o, value in leanings[a * 5 // len(names)].items():
            if rng.random() < 0.75:
                nudged = max(-4, min(4, value + rng.choice([-1, 0, 0, 1])))
                nudged = -nudged if rng.random() < 0.06 else nudged
                positions.append(_position(id_, o, nudged, rng))
        for o in rng.sample(range(12), 1):
            if not any(p.actor == id_ and p.objective == f"O{o + 1:02}" for p in positions):
                positions.append(_position(id_, o, rng.choice([-2, -1, 0, 1, 2]), rng))
        influences.extend(
            Influence(
                source_actor=id_,
                target_actor=f"A{b + 1:03}",
                value=rng.randint(0, 4),
                valid_from=date(2026, 9, 4),
                source="Entretien",
            )
            for b in rng.sample(range(len(names)), min(4, len(names) - 1))
            if b != a
        )
    objectives = [Objective(id=f"O{o + 1:02}", name=name) for o, name in enumerate(OBJECTIVES)]
    return Changes(
        puts={"actors": actors, "objectives": objectives, "positions": positions, "influences": influences}
    )


def _position(actor: str, objective: int, value: int, rng: random.Random) -> Position:
    return Position(
        actor=actor,
        objective=f"O{objective + 1:02}",
        value=value,
        valid_from=date(2026, rng.randint(1, 9), rng.randint(1, 28)),
        source=rng.choice(["Entretien", "Délibération", "Atelier du 4 septembre"]),
        confidence=rng.choice([0.3, 0.6, 0.8, 0.9, None]),
    )


PLACES = ["Bourg", "Val", "Plaine", "Ville neuve", "Coteau", "Gare", "Rivière", "Bois-le-Haut"]


def with_more(count: int = 25) -> Changes:
    """The composed actors, with places, a project, and positions that changed."""
    given = changes([f"Acteur numéro {k + 1}" for k in range(count)])
    tables: dict[str, list[Fact]] = {name: list(rows) for name, rows in given.puts.items()}  # type: ignore[arg-type]
    tables["territories"] = [
        Territory(id="T", name="Agglomération", type="epci"),
        *(
            Territory(
                id=f"T{k}",
                name=name,
                type="commune",
                parents=("T",),
                lat=None if k % 3 == 2 else 45.0 + 0.05 * k,
                lon=None if k % 3 == 2 else 5.0 + 0.03 * (k * k % 7),
            )
            for k, name in enumerate(PLACES)
        ),
    ]
    tables["actors"] = [
        Actor(
            id=a.id,
            name=a.name,
            family=a.family,
            involvement=a.involvement,
            territory=f"T{k % 8}" if k % 5 else None,
        )
        for k, a in enumerate(tables["actors"])
        if isinstance(a, Actor)
    ]
    tables["projects"] = [Project(id="P", name="Ville apaisée")]
    tables["targets"] = [Target(project="P", objective=o) for o in ("O04", "O05", "O12")]
    tables["positions"] += [
        Position(actor=p.actor, objective=p.objective, value=-p.value, valid_from=date(2026, 10, 1 + k % 20))
        for k, p in enumerate(tables["positions"][::7])
        if isinstance(p, Position)
    ]
    return Changes(puts=tables)


Compose = Callable[..., Snapshot]


def composed(folder: Path, count: int, given: Changes | None = None) -> Snapshot:
    """A snapshot of so many actors, or of given changes."""
    names = [NAMES[k] if k < len(NAMES) else f"Acteur numéro {k + 1}" for k in range(count)]
    address = f"sqlite:///{folder / f'{count}.db'}"
    with open_store(address, now=lambda: datetime(2026, 11, 14, 9, 0, tzinfo=UTC)) as store:
        store.commit(given or changes(names), author="tests", message="essai")
        return store.snapshot()


@pytest.fixture(scope="session")
def territory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The example territory that comes with the project."""
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('example') / 'store.db'}") as store:
        dry_run(EXAMPLE, store).apply(store, author="tests", message="essai")
        yield store.snapshot()


@pytest.fixture
def compose(tmp_path: Path) -> Compose:
    """Makes a snapshot of so many actors, or of given changes."""

    def made(count: int = 25, given: Changes | None = None) -> Snapshot:
        return composed(tmp_path, count, given)

    return made
