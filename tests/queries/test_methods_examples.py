"""The numbers of docs/methods.md, read out of the page and computed again."""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from graph import Changes, Store
from graph.model import (
    Actor,
    Flow,
    Indicator,
    Influence,
    Objective,
    ObjectiveLink,
    Pact,
    Position,
    Project,
    Resource,
    Target,
    Territory,
    Threshold,
)
from queries.registry import ANALYSES, run
from tests.queries.matrices import DAY

PAGE = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)]
RUNNING: dict[str, Any] = {
    "positions": {
        "A": {"O1": 3, "O2": 2, "O3": -1},
        "B": {"O1": 2, "O2": -2},
        "C": {"O1": 1, "O2": 0, "O3": -4},
    },
    "influences": {"A": {"B": 3, "C": 1}, "B": {"A": 2, "C": 0}, "C": {"B": 2}},
}
"""The tables of the section "The running example"."""


def written(example: dict[str, Any]) -> Changes:
    """What an example states."""
    given = {**(RUNNING if example.get("like") == "running" else {}), **example}
    said = {a: {o: [v] for o, v in row.items()} for a, row in given.get("positions", {}).items()}
    said |= given.get("raters", {})
    dated = [(*row, None)[:5] for row in given.get("dated", [])]
    influences = given.get("influences", {})
    links = given.get("links", [])
    targets = given.get("targets", {})
    values = given.get("values", [])
    flows = given.get("flows", [])
    located = given.get("located", {})
    offers = given.get("resources", [])
    nesting = {row[0]: row for row in given.get("nesting", [])}
    places = sorted(
        {*nesting, *located.values(), *(row[0] for row in values), *(end for row in flows for end in row[:2])}
    )
    actors = {
        *said,
        *(row[0] for row in dated),
        *located,
        *influences,
        *(j for row in influences.values() for j in row),
    }
    objectives = {
        *(o for row in said.values() for o in row),
        *(row[1] for row in dated),
        *(o for a, _, b in links for o in (a, b)),
    }
    return Changes(
        puts={
            "actors": [Actor(id=i, name=i, territory=located.get(i)) for i in sorted(actors)],
            "objectives": [Objective(id=o, name=o) for o in sorted(objectives)],
            "objective_links": [
                ObjectiveLink(source_objective=a, kind=kind, target_objective=b) for a, kind, b in links
            ],
            "projects": [Project(id="P", name="P")] if targets else [],
            "targets": [Target(project="P", objective=o, weight=w) for o, w in targets.items()],
            "positions": [
                Position(actor=a, objective=o, value=v, valid_from=DAY, rater=f"R{k}" if k else None)
                for a, row in said.items()
                for o, values in row.items()
                for k, v in enumerate(values)
            ]
            + [
                Position(
                    actor=a,
                    objective=o,
                    value=v,
                    valid_from=date.fromisoformat(since),
                    valid_to=None if until is None else date.fromisoformat(until),
                )
                for a, o, v, since, until in dated
            ],
            "influences": [
                Influence(source_actor=i, target_actor=j, value=v, valid_from=DAY)
                for i, row in influences.items()
                for j, v in row.items()
            ],
            "territories": [
                Territory(id=t, name=t, type=nesting[t][1], parents=tuple(nesting[t][2]))
                if t in nesting
                else Territory(id=t, name=t)
                for t in places
            ],
            "flows": [
                Flow(origin=a, destination=b, kind=given["flow_kind"], quantity=quantity)
                for a, b, quantity in flows
            ],
            "indicators": [
                Indicator(territory=t, indicator=name, year=year, value=value)
                for t, name, year, value in values
            ],
            "resources": [Resource(actor=a, direction=way, resource=name) for a, way, name in offers],
            "pacts": [
                Pact(id=name, title=name, parties=tuple(parties), signed_on=date.fromisoformat(signed))
                for name, parties, signed in given.get("pacts", [])
            ],
            "thresholds": [
                Threshold(
                    indicator=name, dimension=dimension, floor=floor, ceiling=ceiling, direction=direction
                )
                for name, dimension, floor, ceiling, direction in given.get("thresholds", [])
            ],
        }
    )


def agrees(found: Any, expected: Any, path: str = "$") -> None:
    """Equal wherever something is expected; ``"a/b"`` is a fraction."""
    if isinstance(expected, dict):
        assert set(expected) <= set(found), path
        for key, inner in expected.items():
            agrees(found[key], inner, f"{path}.{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), path
        for place, (one, other) in enumerate(zip(found, expected, strict=True)):
            agrees(one, other, f"{path}[{place}]")
    elif isinstance(expected, str) and re.fullmatch(r"-?\d+/\d+", expected):
        assert found == pytest.approx(float(Fraction(expected)), rel=1e-12), path
    else:
        assert found == expected, path


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e['analysis']}-{'-'.join(e['expected'])}")
def test_the_page_says_what_the_code_computes(stores: Any, example: dict[str, Any]) -> None:
    store: Store = next(stores)
    store.commit(written(example), author="tests", message="exemple")
    project = {"project": "P"} if example.get("targets") else {}
    asked = {**project, **example.get("ask", {})}
    agrees(run(store, ANALYSES[example["analysis"]], asked), example["expected"])


def test_every_section_and_every_analysis_has_an_example() -> None:
    sections = PAGE.split("\n## ")[1:]
    assert [s.splitlines()[0] for s in sections if "```json" not in s] == []
    # divergences list the same pairs as convergences
    assert {e["analysis"] for e in EXAMPLES} == set(ANALYSES) - {"divergences"}


def test_the_running_example_is_the_one_in_the_tables() -> None:
    rows = re.findall(r"^\| \*\*([ABC])\*\* \|(.*)\| \| \*\*\1\*\* \|(.*)\|$", PAGE, flags=re.MULTILINE)
    for actor, influences, positions in rows:
        cells = [[c.strip().replace("−", "-") for c in side.split("|")] for side in (influences, positions)]
        held = RUNNING["influences"].get(actor, {})
        shown = ["0" if j == actor else str(held.get(j, "·")) for j in "ABC"]
        assert cells[0] == shown
        assert cells[1] == [str(RUNNING["positions"][actor].get(o, "·")) for o in ("O1", "O2", "O3")]
    assert len(rows) == 3
