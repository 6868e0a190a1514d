"""The contracts as shapes: the exact keys and types of every document."""

from __future__ import annotations

from typing import Any

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
