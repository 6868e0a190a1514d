"""A question to ask of every analysis: what it needs, and what makes it answer about the town."""

from __future__ import annotations

from queries.registry import ANALYSES

NEEDED: dict[str, object] = {
    "project": "PAT",
    "from": "2025-12-31",
    "to": "2026-03-01",
    "territory": ["V", "W"],
}
"""A value for every parameter that some analysis requires."""

TELLING: dict[str, dict[str, object]] = {
    "ageing": {"months": 0},
    "perimeters": {"kind": "commuting", "min_size": 10, "target_size": 100},
    "interdependencies": {"kind": "commuting", "level": "commune"},
}
"""What makes an analysis find something in a cartography two months old."""


def base(path: str) -> dict[str, object]:
    """The least an analysis must be asked, and what makes it tell something."""
    needed = {p.name: NEEDED[p.name] for p in ANALYSES[path].parameters if p.required}
    return {**needed, **TELLING.get(path, {})}


def questions(path: str) -> list[dict[str, object]]:
    """:func:`base`, at every order that the analysis knows."""
    orders = [p for p in ANALYSES[path].own if p.name == "order"]
    return [{**base(path), "order": order} for order in (1, 2, 3)] if orders else [base(path)]


CASES = [(path, given) for path in ANALYSES for given in questions(path)]
"""Every analysis with each question it is asked."""


def needs_something_known(path: str) -> bool:
    """Whether an analysis must be told a project or territories that exist."""
    return any(p.required for p in ANALYSES[path].own if p.name in ANALYSES[path].asked)
