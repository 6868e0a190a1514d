"""What a zone does to the targets of a project: those it carries and those it opposes."""

from __future__ import annotations

from collections.abc import Mapping

from graph.scope import targets
from graph.snapshot import Snapshot


def project_targets(snapshot: Snapshot, project: str | None) -> frozenset[str]:
    """Objectives a project targets; empty without a project."""
    return frozenset() if project is None else frozenset(targets(snapshot, project))


def carried_and_opposed(pattern: Mapping[str, int], aimed: frozenset[str]) -> dict[str, list[str]]:
    """The ``targets`` object of a zone: targets its pattern carries (+) and opposes (−)."""
    return {
        "carried": sorted(o for o, sign in pattern.items() if sign > 0 and o in aimed),
        "opposed": sorted(o for o, sign in pattern.items() if sign < 0 and o in aimed),
    }
