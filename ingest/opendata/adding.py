"""Official territories as the sheets of an ordinary import, so that its dry run, rules and revision apply.

Rows complete: what the store already says stays as it is, and where it differs from the reference that is told. With
``update``, rows say everything, under the rules of any workbook.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.model import TABLES, Fact, Indicator, Territory
from graph.stores import Store
from ingest.issues import Note
from ingest.opendata.files import entry_of, unpacked
from ingest.opendata.reference import VISIBILITY, Reference
from ingest.writers.tables import cell

SAID = 20
"""Values left as stored that are spelt out before the rest is counted."""


@dataclass(frozen=True)
class Kept:
    """A field that the store says otherwise than the reference, and that is left so."""

    id: str
    field: str
    stored: Any
    official: Any


@dataclass(frozen=True)
class Addition:
    """What is to be imported.

    Attributes:
        files: content of CSV files by name.
        kept: fields left as the store says.
        unknown: codes that the reference does not know.
        still: old codes that still name a territory of the store, hence no aliases.
    """

    files: dict[str, bytes]
    kept: tuple[Kept, ...]
    unknown: tuple[str, ...]
    still: tuple[str, ...]

    def notes(self) -> list[Note]:
        """What is left as the store says, a sentence a field, the first :data:`SAID` of them, then how many more."""
        found = [
            Note(
                "left_as_stored",
                f"{kept.id} : « {kept.field} » laissé comme dans le dépôt ({_text(kept.stored)} ; officiel : "
                f"{_text(kept.official)}).",
                f"{kept.id}: '{kept.field}' left as stored ({_text(kept.stored)}; official: {_text(kept.official)}).",
            )
            for kept in self.kept[:SAID]
        ]
        if (rest := len(self.kept) - SAID) > 0:
            found.append(
                Note("left_as_stored", f"… {rest} autres valeurs laissées.", f"… {rest} more values left.")
            )
        if self.still:
            codes = ", ".join(self.still[:SAID])
            found.append(
                Note(
                    "old_codes_still_here",
                    f"Anciens codes qui sont encore des territoires ici, laissés ainsi : {codes}.",
                    f"Old codes that still are territories here, left so: {codes}.",
                )
            )
        return found

    def write(self, folder: Path) -> None:
        """Put the files in a folder that exists."""
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


def addition(
    reference: Reference,
    codes: Sequence[str],
    store: Store,
    *,
    members: bool = False,
    update: bool = False,
    indicators: bool = False,
) -> Addition:
    """What adding some territories, and all they stand in, would import.

    Args:
        reference: where they are known.
        codes: of today or old.
        store: what is already there.
        members: everything in them too.
        update: say again what the store says otherwise.
        indicators: the values of the ITDD for the départements and régions among them.
    """
    wanted = list(codes)
    if members:
        wanted += [m for code in codes if (id_ := reference.resolve(code)) for m in reference.members(id_)]
    found = reference.territories(wanted)
    keys = [(territory.id,) for territory in found.territories]
    believed = store.find("territories", keys)
    kept: list[Kept] = []
    rows: list[dict[str, Any]] = []
    for territory in found.territories:
        version = believed.get((territory.id,))
        rows.append(_row(territory, None if version is None or update else version.value, kept))
    ids = store.ids("territories")
    still = tuple(alias.old for alias in found.aliases if alias.old in ids)
    aliases = [_row(alias, None, kept) for alias in found.aliases if alias.old not in ids]
    files = {"territoires.csv": _csv("territories", rows)}
    if aliases:
        files["alias.csv"] = _csv("aliases", aliases)
    if indicators:
        values = [
            _row(value, None, kept) for value in itdd(reference.folder, {t.id for t in found.territories})
        ]
        if values:
            files["indicateurs.csv"] = _csv("indicators", values)
    return Addition(files, tuple(kept), found.unknown, still)


def itdd(folder: Path, ids: set[str]) -> list[Indicator]:
    """The indicators of sustainable development of some départements and régions, as records.

    Args:
        folder: of built files.
        ids: of territories.
    """
    entry = entry_of("itdd", folder)
    if entry is None:
        return []
    document = unpacked(folder / entry.file)
    units = document["units"]
    return [
        Indicator(
            territory=territory,
            indicator=indicator,
            year=year,
            value=value,
            unit=units[indicator] or None,
            source=entry.attribution,
            visibility=VISIBILITY,
        )
        for territory, indicator, year, value in document["values"]
        if territory in ids
    ]


def _row(record: Fact, stored: Fact | None, kept: list[Kept]) -> dict[str, Any]:
    table = next(t for t in TABLES.values() if isinstance(record, t.model))
    row: dict[str, Any] = {}
    for spec in table.fields:
        official = getattr(record, spec.name)
        if stored is None or spec.name in table.key_fields:
            row[spec.fr] = cell(record, spec)
            continue
        said = getattr(stored, spec.name)
        if spec.name == "visibility":
            continue
        if said in (None, (), ""):
            row[spec.fr] = cell(record, spec)
        elif isinstance(stored, Territory) and official not in (None, ()) and _differ(said, official):
            kept.append(Kept(stored.id, spec.fr, said, official))
    return row


def _text(value: Any) -> str:
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def _differ(said: Any, official: Any) -> bool:
    """Whether a stored value lacks something of the official one: parents and competences may be added to."""
    return not set(official) <= set(said) if isinstance(official, tuple) else said != official


def _csv(table: str, rows: Iterable[dict[str, Any]]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, [spec.fr for spec in TABLES[table].fields], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: "" if value is None else value for name, value in row.items()})
    return stream.getvalue().encode("utf-8")
