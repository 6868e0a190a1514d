"""Merges that the pilot chose: rows that speak of an actor already known, in the store or on another row."""

from __future__ import annotations

from collections.abc import Iterator

from graph.errors import InvalidValue
from graph.model import TABLES, Alias
from ingest.mapping import Draft, Origin
from ingest.plan import Answers
from ingest.resolve import Ids


def merged(drafts: list[Draft], chosen: Answers, ids: Ids) -> Iterator[tuple[Draft, Alias]]:
    """The aliases that chosen merges add, each with the row it stands for.

    A row merged into an actor of the store is compared with it like any other, under its id. A row merged into
    another row of the file only completes it, and leaves the list: the kept row's cells win.

    Args:
        drafts: the rows of the actors, changed in place.
        chosen: the pilot's choices.
        ids: the ids known, told of the aliases.

    Raises:
        InvalidValue: there is no actor to keep, or the row's own is in the store.
    """
    wanted: list[tuple[Draft, str, str]] = []
    rows: dict[str, Draft] = {}
    for draft in drafts:
        id_ = draft.given.get("id")
        if not isinstance(id_, str):
            continue
        kept = chosen.merge(draft.origin.sheet, draft.row)
        if kept is not None and kept != id_ and id_ not in ids.aliases("actors"):
            wanted.append((draft, id_, kept))
        else:
            rows.setdefault(id_, draft)
    for draft, id_, asked in wanted:
        kept = ids.aliases("actors").get(asked, asked)
        _possible(draft, id_, kept, rows, ids)
        ids.add_alias("actors", id_, kept)
        draft.given["id"] = kept
        draft.renamed = True
        alias = Alias(table="actors", old=id_, id=kept)
        origin = Origin(TABLES["aliases"], draft.origin.file, draft.origin.sheet, {})
        yield Draft(origin, draft.row, {"table": "actors", "old": id_, "id": kept}), alias
        if kept in rows:
            _complete(rows[kept], draft)
            drafts.remove(draft)


def _possible(draft: Draft, id_: str, kept: str, rows: dict[str, Draft], ids: Ids) -> None:
    key = f"merge:{draft.origin.sheet}:{draft.row}={kept}"
    if kept not in rows and kept not in ids.stored("actors"):
        near = ids.nearest("actors", kept)
        raise InvalidValue(
            f"{key} : l'acteur « {kept} » n'existe ni dans le fichier ni dans le dépôt."
            + (f" Vouliez-vous dire « {near} » ?" if near else ""),
            f"{key}: the actor '{kept}' exists neither in the file nor in the store."
            + (f" Did you mean '{near}'?" if near else ""),
        )
    if id_ in ids.stored("actors"):
        raise InvalidValue(
            f"{key} : « {id_} » est déjà dans le dépôt ; fusionnez les deux fiches avec agencements merge.",
            f"{key}: '{id_}' is already in the store; merge the two records with agencements merge.",
        )


def _complete(kept: Draft, draft: Draft) -> None:
    for name, value in draft.given.items():
        kept.given.setdefault(name, value)
    for header, text in draft.attributes.items():
        kept.attributes.setdefault(header, text)
