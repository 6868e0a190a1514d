"""Invariants that hold in any store: gapless revisions, contiguous versions, ends that exist."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np

from graph.model import TABLES
from graph.stores.backend import Finding, Reader
from graph.stores.references import ends, pointing


def findings(reader: Reader) -> Iterator[Finding]:
    """Broken invariants, each with the record at fault."""
    head = reader.head()
    numbers = [revision.number for revision in reader.revisions(None, head + 1)]
    if numbers != list(range(head, 0, -1)):
        yield Finding(
            "revision_gap",
            "",
            f"Les révisions 1 à {head} ne se suivent pas toutes.",
            f"Revisions 1 to {head} are not all there.",
        )
    ids = {name: reader.ids(name) for name, table in TABLES.items() if table.entity}
    for name, table in TABLES.items():
        believed = 0
        keys = array("q")  # hashes: of millions of records, the keys themselves are never held
        for version in reader.scan(name):
            believed += 1
            keys.append(hash(table.key(version.value)))
            if version.closed is not None or not 1 <= version.revision <= max(head, 1):
                yield Finding(
                    "bad_version",
                    version.id,
                    f"{table.sheet} : {version.id} porte une révision impossible.",
                    f"{name}: {version.id} has an impossible revision.",
                )
            for spec, end in ends(table, version.value) if pointing(table) else ():
                if end not in ids[str(spec.ref)]:
                    yield Finding(
                        "dangling",
                        version.id,
                        f"{table.sheet} : {version.id} renvoie à « {end} » ({spec.fr}), qui n'existe pas.",
                        f"{name}: {version.id} points to '{end}' ({spec.name}), which does not exist.",
                    )
        if len(np.unique(np.asarray(keys))) != believed:
            yield Finding(
                "duplicate_key",
                "",
                f"{table.sheet} : deux enregistrements ont la même clé.",
                f"{name}: two records have the same key.",
            )
