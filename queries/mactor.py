"""The full MACTOR document (Godet & Bourse 1990): influences, forces, positions, convergences of three orders."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import TooLarge
from graph.snapshot import Snapshot
from queries.envelope import Document, plain
from queries.kernels import mactor as kernel

MAX_ACTORS = 500
"""Above this a dense document helps nobody; pairs are then asked page by page."""


def mactor(snapshot: Snapshot, params: Mapping[str, Any] | None = None) -> Document:
    """Every matrix and coefficient of the method for a scope.

    ``mdi`` and ``mao1..3`` are null where nothing is stated and 0 where 0 is; the diagonal of ``mdi`` is 0 by
    definition. A missing influence counts as 0 in the formulas. When nobody has any force (no influence at
    all), ``ri`` and everything of order 3 is null.

    Args:
        snapshot: the scope.
        params: resolved parameters, repeated in the document.

    Raises:
        TooLarge: more than 500 actors in scope.
    """
    if len(snapshot.actors) > MAX_ACTORS:
        raise TooLarge(
            f"{len(snapshot.actors)} acteurs dans ce périmètre : au-delà de {MAX_ACTORS}, demandez « convergences » "
            "(/convergences) ou restreignez le périmètre.",
            f"{len(snapshot.actors)} actors in scope: beyond {MAX_ACTORS}, ask /convergences or narrow the scope.",
        )
    influences, stated = snapshot.influences.dense()
    positions, known = snapshot.positions.dense()
    np.fill_diagonal(stated, True)
    mdii, mmdii = kernel.with_strongest_path(influences)
    force, reach = kernel.forces(mdii), kernel.forces(mmdii)
    orders = kernel.orders(positions, force.coefficient)
    valued = {
        1: np.sign(positions).astype(np.float64),
        2: positions.astype(np.float64),
        3: None if force.coefficient is None else force.coefficient[:, None] * positions,
    }
    document: Document = {
        "actors": list(snapshot.actors.ids),
        "objectives": list(snapshot.objectives.ids),
        "mdi": _masked(influences, stated),
        "mdii": mdii.tolist(),
        "influence": force.influence.tolist(),
        "dependence": force.dependence.tolist(),
        "ri": _vector(force.coefficient),
        "mmdii": mmdii.tolist(),
        "qi": _vector(reach.coefficient),
        "mao1": _masked(np.sign(positions), known),
        "mao2": _masked(positions, known),
        "mao3": None if valued[3] is None else _masked(valued[3], known),
    }
    for number, order in orders.items():
        document[f"caa{number}"] = None if order is None else _matrix(order.caa)
        document[f"daa{number}"] = None if order is None else _matrix(order.daa)
    for number, order in orders.items():
        document[f"ambivalence{number}"] = None if order is None else _nullable(order.ambivalence)
    document["convergence_degree"] = {
        str(number): None if order is None else order.degree for number, order in orders.items()
    }
    document["mobilisation"] = {
        str(number): None if matrix is None else _mobilisation(matrix, snapshot.objectives.ids)
        for number, matrix in valued.items()
    }
    document["unweighted"] = unweighted(snapshot)
    document["coverage"] = snapshot.coverage.document()
    document["revision"] = snapshot.revision
    document["params"] = dict(params or {})
    return document


def unweighted(snapshot: Snapshot) -> list[str]:
    """Actors with no influence record either way: MACTOR gives them no force."""
    influences = snapshot.influences
    tied = set(influences.row.tolist()) | set(influences.col.tolist())
    return [id_ for place, id_ in enumerate(snapshot.actors.ids) if place not in tied]


def forces(snapshot: Snapshot) -> NDArray[np.float64] | None:
    """Forces R of a scope, mean 1; ``None`` when nobody has any."""
    stated = snapshot.influences.stated
    return _forces(len(snapshot.actors), stated.pair.tobytes(), stated.value.tobytes())


@functools.lru_cache(maxsize=16)
def _forces(size: int, pairs: bytes, values: bytes) -> NDArray[np.float64] | None:
    """Kept for the next page, map or zone: paths between thousands of actors take a second to count."""
    pair = np.frombuffer(pairs, dtype=np.int64)
    influences = np.zeros((size, size), dtype=np.int64)
    influences[pair >> 32, pair & 0xFFFFFFFF] = np.frombuffer(values, dtype=np.int8)
    found = kernel.forces(kernel.direct_and_indirect(influences)).coefficient
    if found is not None:
        found.flags.writeable = False
    return found


def _masked(matrix: NDArray[Any], known: NDArray[np.bool_]) -> list[list[Any]]:
    cells = matrix.astype(object)
    cells[~known] = None
    rows: list[list[Any]] = cells.tolist()
    return rows


def _matrix(matrix: NDArray[np.float64]) -> list[list[float]]:
    rows: list[list[float]] = (matrix + 0.0).tolist()
    return rows


def _vector(values: NDArray[np.float64] | None) -> list[float | None] | None:
    return None if values is None else [plain(v) for v in values]


def _nullable(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else plain(value) for value in values]


def _mobilisation(matrix: NDArray[np.float64], objectives: tuple[str, ...]) -> Document:
    actors, favour, against = kernel.mobilisation(matrix)
    return {
        "actors": [plain(v) for v in actors],
        "objectives": [
            {"id": id_, "for": plain(f), "against": plain(a)}
            for id_, f, a in zip(objectives, favour, against, strict=True)
        ],
    }
