"""Every document has exactly the keys and types of the contracts, and holds only what its reader may see."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from graph import Store
from graph.errors import UnknownFilter
from graph.model import (
    TABLES,
    Actor,
    Contribution,
    Fact,
    Flow,
    Indicator,
    Influence,
    Objective,
    ObjectiveLink,
    Pact,
    Participation,
    Resource,
    Target,
    Territory,
    Threshold,
)
from queries.registry import ANALYSES, COMMANDS, run
from tests.queries.matrices import DAY
from tests.queries.neighbours import neighbours
from tests.queries.questions import base, questions
from tests.queries.territory import all_of, all_tables, position, shown_to, town

NUMBER = (int, float)
TEXT = str


class Either:
    """A value of a type, or null."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner


class MapOf:
    """An object with any keys and values of one shape."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner


def fits(value: Any, shape: Any, path: str = "$") -> None:
    """The exact keys of objects, the types of leaves; a one-item list is a list of that shape."""
    if isinstance(shape, Either):
        if value is not None:
            fits(value, shape.inner, path)
    elif isinstance(shape, MapOf):
        assert type(value) is dict, path
        for key, item in value.items():
            assert type(key) is str, path
            fits(item, shape.inner, f"{path}.{key}")
    elif isinstance(shape, dict):
        assert type(value) is dict, path
        assert list(value) == list(shape), f"{path}: {list(value)}"
        for key, inner in shape.items():
            fits(value[key], inner, f"{path}.{key}")
    elif isinstance(shape, list):
        assert type(value) is list, path
        for place, item in enumerate(value):
            fits(item, shape[0], f"{path}[{place}]")
    elif isinstance(shape, tuple):
        assert type(value) in shape, f"{path}: {value!r}"
    else:
        assert type(value) is shape, f"{path}: {value!r}"


COVERAGE = {
    "positions": {"stated": int, "contested": int, "possible": int},
    "influences": {"stated": int, "possible": int},
}
TARGETS = {"carried": [TEXT], "opposed": [TEXT]}
PAIR = {
    "a": TEXT,
    "b": TEXT,
    "c": NUMBER,
    "d": NUMBER,
    "net": NUMBER,
    "reading": TEXT,
    "shared": int,
    "objectives": [{"id": TEXT, "c": NUMBER, "d": NUMBER, "records": [TEXT]}],
}
SEARCHED = {"exact": bool, "missed_at_most": Either(NUMBER)}
SIDE = {"actors": [TEXT], "force": NUMBER}
ITEMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "convergences": ({}, PAIR),
    "divergences": ({}, PAIR),
    "zones/convergence": (
        SEARCHED,
        {
            "id": TEXT,
            "actors": [TEXT],
            "pattern": MapOf(int),
            "strength": NUMBER,
            "targets": TARGETS,
            "because": TEXT,
            "records": [TEXT],
        },
    ),
    "zones/cooperation": (
        {
            "cost": NUMBER,
            "lower_bound": NUMBER,
            "optimal": bool,
            "unique": Either(bool),
            "ungrouped": [TEXT],
            "frustration": {"two_camps": NUMBER, "optimal": bool},
        },
        {
            "id": TEXT,
            "actors": [TEXT],
            "convergent_pairs": int,
            "to_arbitrate": [{"a": TEXT, "b": TEXT, "objectives": [TEXT]}],
            "families": {"held": MapOf([TEXT]), "missing": [TEXT]},
            "resources": {"held": [TEXT], "needed": [TEXT]},
            "because": TEXT,
            "records": [TEXT],
        },
    ),
    "zones/conflict": (
        {
            **SEARCHED,
            "latent": [{"a": TEXT, "b": TEXT, "objectives": [TEXT], "because": TEXT, "records": [TEXT]}],
        },
        {
            "id": TEXT,
            "pattern": MapOf(int),
            "for": SIDE,
            "against": SIDE,
            "intensity": NUMBER,
            "others": {"neutral": [TEXT], "mixed": [TEXT], "unknown": [TEXT]},
            "third_parties": [
                {
                    "actor": TEXT,
                    "stance": TEXT,
                    "for": NUMBER,
                    "against": NUMBER,
                    "trusted": bool,
                    "records": [TEXT],
                }
            ],
            "targets": TARGETS,
            "because": TEXT,
            "records": [TEXT],
        },
    ),
    "evolution": (
        {},
        {
            "kind": TEXT,
            "ids": [TEXT],
            "before": Either((*NUMBER, TEXT)),
            "after": Either((*NUMBER, TEXT)),
            "change": TEXT,
            "records": [TEXT],
        },
    ),
    "ageing": (
        {},
        {"actor": TEXT, "objective": TEXT, "date": TEXT, "months": int, "records": [TEXT]},
    ),
    "chronicle": (
        {},
        {
            "kind": TEXT,
            "id": TEXT,
            "date": TEXT,
            "title": TEXT,
            "about": {
                "actors": [TEXT],
                "projects": [TEXT],
                "tensions": [TEXT],
                "territories": [TEXT],
                "pacts": [TEXT],
                "contradicts": [TEXT],
            },
            "because": TEXT,
        },
    ),
    "doughnut": (
        {
            "gaps": [
                {
                    "territory": TEXT,
                    "indicator": TEXT,
                    "dimension": TEXT,
                    "actors": [TEXT],
                    "sources": [TEXT],
                    "because": TEXT,
                    "records": [TEXT],
                }
            ]
        },
        {
            "territory": TEXT,
            "indicator": TEXT,
            "dimension": TEXT,
            "side": TEXT,
            "value": Either(NUMBER),
            "unit": TEXT,
            "year": Either(int),
            "floor": Either(NUMBER),
            "ceiling": Either(NUMBER),
            "ratio": Either(NUMBER),
            "status": TEXT,
            "records": [TEXT],
        },
    ),
    "interdependencies": (
        {
            "unit": TEXT,
            "year": Either(int),
            "dependent": TEXT,
            "territories": [
                {
                    "id": TEXT,
                    "autonomy": Either(NUMBER),
                    "hhi": Either(NUMBER),
                    "vulnerability": Either(NUMBER),
                    "outside": Either(NUMBER),
                }
            ],
            "balances": [
                {
                    "id": TEXT,
                    "depends": NUMBER,
                    "depended_on": NUMBER,
                    "balance": NUMBER,
                    "dominant": Either(TEXT),
                }
            ],
        },
        {
            "dependent": TEXT,
            "on": TEXT,
            "quantity": NUMBER,
            "share": NUMBER,
            "asymmetry": NUMBER,
            "reciprocity": NUMBER,
            "records": [TEXT],
        },
    ),
    "perimeters": (
        {
            "unit": TEXT,
            "year": Either(int),
            "unassigned": [TEXT],
            "comparison": [{"id": TEXT, "administrative": Either(TEXT), "overlap": Either(NUMBER)}],
        },
        {
            "id": TEXT,
            "territories": [TEXT],
            "self_containment": {"supply": Either(NUMBER), "demand": Either(NUMBER)},
            "size": NUMBER,
            "administrative": [TEXT],
        },
    ),
    "negotiation": (
        {
            "shared": [{"actor": TEXT, "because": TEXT, "records": [TEXT]}],
            "third_parties": [
                {
                    "actor": TEXT,
                    "agreement": MapOf(NUMBER),
                    "trusted": bool,
                    "because": TEXT,
                    "records": [TEXT],
                }
            ],
            "latent": [{"a": TEXT, "b": TEXT, "objectives": [TEXT], "because": TEXT, "records": [TEXT]}],
            "scales": [
                {"kind": TEXT, "subject": TEXT, "levels": MapOf([TEXT]), "because": TEXT, "records": [TEXT]}
            ],
            "pacts": [
                {
                    "id": TEXT,
                    "title": TEXT,
                    "status": TEXT,
                    "parties": [TEXT],
                    "articles": [TEXT],
                    "counterparts": [TEXT],
                    "signed_on": Either(TEXT),
                    "review_on": Either(TEXT),
                    "because": TEXT,
                }
            ],
        },
        {"kind": TEXT, "ids": [TEXT], "because": TEXT, "records": [TEXT]},
    ),
    "alignment": (
        {
            "targets": [
                {
                    "id": TEXT,
                    "weight": NUMBER,
                    "for": [TEXT],
                    "against": [TEXT],
                    "neutral": [TEXT],
                    "unknown": [TEXT],
                }
            ],
            "orphans": [TEXT],
        },
        {
            "actor": TEXT,
            "reading": TEXT,
            "score": Either(NUMBER),
            "coverage": Either(NUMBER),
            "records": [TEXT],
        },
    ),
}
WHOLE, REAL, CELLS = [[int]], [[NUMBER]], [[Either(NUMBER)]]
ORDERS = ("1", "2", "3")
MACTOR: dict[str, Any] = {
    "actors": [TEXT],
    "objectives": [TEXT],
    "mdi": [[Either(int)]],
    "mdii": WHOLE,
    "influence": [int],
    "dependence": [int],
    "ri": [NUMBER],
    "mmdii": WHOLE,
    "qi": [NUMBER],
    "mao1": [[Either(int)]],
    "mao2": [[Either(int)]],
    "mao3": CELLS,
    **{f"{name}{order}": REAL for order in ORDERS for name in ("caa", "daa")},
    **{f"ambivalence{order}": [Either(NUMBER)] for order in ORDERS},
    "convergence_degree": dict.fromkeys(ORDERS, Either(NUMBER)),
    "mobilisation": {
        order: {"actors": [NUMBER], "objectives": [{"id": TEXT, "for": NUMBER, "against": NUMBER}]}
        for order in ORDERS
    },
    "unweighted": [TEXT],
    "coverage": COVERAGE,
    "revision": int,
    "params": dict,
}


def envelope(beside: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    return {
        "params": dict,
        "revision": int,
        "as_of": Either(TEXT),
        "coverage": COVERAGE,
        "notes": [{"code": TEXT, "text": TEXT}],
        **beside,
        "items": [item],
        "next": Either(TEXT),
    }


CASES = [(path, given) for path in ANALYSES for given in questions(path)]


def quarrelsome() -> dict[str, list[Fact]]:
    """The town with a quarrel, so that no list of the documents is empty everywhere."""
    return {
        "positions": [
            position("LOIN", "PANIERS", -3),
            position("LOIN", "ETALS", 1),
            position("PROD", "VELO", -1),
        ],
        "influences": [Influence(source_actor="LOIN", target_actor="MAIRIE", value=2, valid_from=DAY)],
    }


@pytest.fixture(scope="module")
def store(stores: Any) -> Store:
    found: Store = next(stores)
    found.commit(all_of(town(), quarrelsome(), neighbours()), author="tests", message="la ville")
    return found


def test_every_analysis_has_a_contract_here() -> None:
    assert set(ANALYSES) <= {*ITEMS, "mactor"}
    assert set(COMMANDS) == {path.replace("/", "-") for path in ANALYSES}


@pytest.mark.parametrize(("path", "given"), CASES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_exact_keys_and_types(store: Store, path: str, given: dict[str, object], lang: str) -> None:
    document = run(store, ANALYSES[path], given, lang=lang)
    if path == "mactor":
        assert set(document) == set(MACTOR)
        fits({name: document[name] for name in MACTOR}, MACTOR)
    else:
        fits(document, envelope(*ITEMS[path]))
        assert document["items"], "an empty list fits any shape"
        for name, value in given.items():
            assert document["params"][name] == value
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text) == document


def needs_something_known(path: str) -> bool:
    """Whether an analysis must be told a project or territories that exist."""
    return any(p.required for p in ANALYSES[path].own if p.name in ANALYSES[path].asked)


@pytest.mark.parametrize("path", [path for path in ANALYSES if not needs_something_known(path)])
def test_an_empty_store_answers_too(stores: Any, path: str) -> None:
    empty: Store = next(stores)
    document = run(empty, ANALYSES[path], base(path))
    json.dumps(document, allow_nan=False)
    assert document["revision"] == 0
    assert document.get("items", []) == []


def records_in(value: Any) -> set[str]:
    """Every id under a ``records`` key."""
    if isinstance(value, dict):
        own = set(value["records"]) if "records" in value else set()
        return own.union(*(records_in(v) for v in value.values()))
    return set().union(*(records_in(v) for v in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(("path", "given"), CASES)
def test_records_exist_and_are_sorted(store: Store, path: str, given: dict[str, object]) -> None:
    document = run(store, ANALYSES[path], given)
    for record in records_in(document):
        table = next(t.name for t in TABLES.values() if t.letter == record[0])
        assert store.get(table, record).id == record
    for item in document.get("items", []):
        records = item.get("records", [])
        assert records == sorted(set(records), key=lambda id_: (id_[0], int(id_[1:])))


def secrets() -> dict[str, list[Fact]]:
    """What only pilots may see: an actor, an objective and statements that would change every number."""
    return {
        "actors": [Actor(id="SECRET", name="Secret", family="accompagnement", territory="V", skills=("x",))],
        "objectives": [Objective(id="CACHE", name="Caché", stake="E1", bearers=("AMAP",))],
        "objective_links": [
            ObjectiveLink(source_objective="VELO", target_objective="BIO", kind="contredit"),
            ObjectiveLink(source_objective="CACHE", target_objective="BIO", kind="contredit"),
        ],
        "targets": [Target(project="PAT", objective="VELO", weight=5.0)],
        "participations": [
            Participation(actor="SECRET", project="PAT", posture="tiers_de_confiance"),
            Participation(actor="PROD", project="PAT"),
        ],
        "positions": [
            *(position("SECRET", o, -4) for o in ("PANIERS", "BIO", "VELO")),
            *(position(a, "CACHE", 3) for a in ("AMAP", "PROD", "MARCHE")),
            position("MARCHE", "PANIERS", -4),
            # another rater, who would contest what is public
            position("MAIRIE", "BIO", -4, rater="Atelier"),
        ],
        "influences": [
            Influence(source_actor="SECRET", target_actor="AMAP", value=4, valid_from=DAY),
            Influence(source_actor="PROD", target_actor="AMAP", value=4, valid_from=DAY),
        ],
        "resources": [Resource(actor="AMAP", resource="Secret", direction="offre")],
        "indicators": [
            Indicator(territory="V", indicator="Eau", year=2021, value=180.0, unit="l", source="Régie"),
            Indicator(territory="W", indicator="Secret", year=2021, value=1.0),
        ],
        "thresholds": [Threshold(indicator="Secret", dimension="Caché", floor=2.0)],
        "contributions": [Contribution(actor="AMAP", project="PAT", kind="donnees")],
        "pacts": [Pact(id="SECRET", title="Secret", parties=("V", "W"))],
        "territories": [Territory(id="CACHE", name="Caché", type="commune")],
        "flows": [
            Flow(
                origin="V", destination="CACHE", kind="commuting", quantity=7.0, unit="personnes", year=2020
            ),
            Flow(origin="W", destination="X", kind="commuting", unit="personnes", year=2020, source="dit"),
            Flow(origin="W", destination="V", kind="water", quantity=1.0),
        ],
    }


@pytest.mark.parametrize(
    ("level", "hidden"), [("public", "partenaires"), ("public", "pilotes"), ("partenaires", "pilotes")]
)
def test_a_hidden_record_is_absent_from_every_number(stores: Any, level: str, hidden: str) -> None:
    """The same documents as where hidden records do not exist (they come last, so ids are the same)."""
    visible = shown_to(town(), level)
    extra = shown_to(all_tables(quarrelsome(), neighbours()), level)
    known: Store = next(stores)
    known.commit(all_of(visible, extra), author="tests", message="public")
    full: Store = next(stores)
    full.commit(all_of(visible, extra, shown_to(secrets(), hidden)), author="tests", message="public")
    differs = False
    for path, given in CASES:
        question = ANALYSES[path]
        for scope in ({}, {"stake": "E1"}, {"territory": "D"}, {"project": "PAT"}):
            if needs_something_known(path) and "territory" in scope and "territory" in question.asked:
                continue
            asked = {**given, **scope}
            expected = run(known, question, asked, level=level)
            assert json.dumps(run(full, question, asked, level=level)) == json.dumps(expected), (path, asked)
            differs |= run(full, question, asked) != expected
    assert differs, "the hidden records must change what pilots read, or this test could not fail"


def test_hidden_ids_name_nothing(stores: Any) -> None:
    full: Store = next(stores)
    tables = shown_to(town(), "public")
    tables["projects"] = [
        dataclasses.replace(p, visibility="pilotes" if p.id == "PAT" else "public")  # type: ignore[attr-defined]
        for p in tables["projects"]
    ]
    tables["actors"] = [
        dataclasses.replace(a, visibility="pilotes" if a.id == "PROD" else "public")  # type: ignore[attr-defined]
        for a in tables["actors"]
    ]
    full.commit(all_of(tables), author="tests", message="un projet réservé")
    for path in ANALYSES:
        with pytest.raises(UnknownFilter, match="PAT"):
            run(full, ANALYSES[path], {**base(path), "project": "PAT"}, level="public")
    with pytest.raises(UnknownFilter, match="PROD"):
        run(full, ANALYSES["convergences"], {"actor": "PROD"}, level="public")
