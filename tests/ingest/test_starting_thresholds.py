"""The starting set of thresholds imports as it is, says where each comes from, and agrees with its published source."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path
from typing import cast

import pytest

from graph import Store
from graph.model import Threshold
from ingest import dry_run

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "seuils-de-depart"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
ROWS = list(csv.DictReader((FOLDER / "seuils.csv").read_text(encoding="utf-8").splitlines()))


def published(name: str) -> list[dict[str, object]]:
    """Shipped open data, as built from its source."""
    (path,) = (ROOT / "ingest" / "opendata" / "data").glob(f"{name}-*.json.gz")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return cast("list[dict[str, object]]", json.load(stream))


def test_it_imports_with_its_references(store: Store) -> None:
    plan = dry_run(FOLDER, store)
    assert (plan.status, plan.report.issues) == ("ready", [])
    plan.apply(store, author="tests", message="seuils")
    held = [cast(Threshold, v.value) for v in store.snapshot().records("thresholds")]
    assert len(held) == len(ROWS) > 20
    for threshold in held:
        kept = dict(threshold.attributes)
        assert kept["reference"]
        # what the README explains, and nothing else
        assert f"- `{kept['verification']}` :" in README
        assert (threshold.floor is None) != (threshold.ceiling is None)
        assert threshold.direction in ("haut", "bas")


@pytest.mark.parametrize(
    "row", [r for r in ROWS if "Territoires en Transitions" in r["reference"]], ids=lambda r: r["indicateur"]
)
def test_thresholds_of_territoires_en_transitions_are_theirs(row: dict[str, str]) -> None:
    found = re.search(r"indicateur (\S+), (cible|seuil)", row["reference"])
    assert found is not None
    definitions = {str(d["identifiantReferentiel"]): d for d in published("definitions")}
    expression = str(definitions[found[1]]["exprCible" if found[2] == "cible" else "exprSeuil"])
    value = row["plancher"] or row["plafond"]
    assert value in re.findall(r"\d+(?:\.\d+)?", expression)


def test_names_shared_with_shipped_indicators_are_the_same() -> None:
    (path,) = (ROOT / "ingest" / "opendata" / "data").glob("itdd-*.json.gz")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        units = json.load(stream)["units"]
    shared = {row["indicateur"] for row in ROWS} & set(units)
    assert len(shared) >= 6
    for row in ROWS:
        if row["indicateur"] in shared:
            assert row["unite"].startswith(units[row["indicateur"]])
