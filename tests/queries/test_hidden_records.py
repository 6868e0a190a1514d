"""A document holds only what its reader may see, and counts nothing else."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from graph import Store
from graph.errors import UnknownFilter
from graph.model import (
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
from queries.registry import ANALYSES, run
from tests.queries.matrices import DAY
from tests.queries.neighbours import neighbours
from tests.queries.questions import CASES, base, needs_something_known
from tests.queries.territory import all_of, all_tables, position, quarrelsome, shown_to, town


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
