"""What ``analyse`` prints for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rich.markup import escape
from rich.table import Table

from api.cli.context import out
from graph.model import Territory
from graph.stores import Store
from queries.sentences import SHOWN, number
from queries.tables import flat

TOLD_BESIDE = {"latent": "~", "shared": "=", "third_parties": "+", "scales": "@", "pacts": "§"}
"""What stands beside the items of a document and is told in sentences too, with the mark before each."""

NAMED = frozenset({"dependent", "on", "territory", "territories", "administrative"})
"""Columns that hold ids of territories: their names are printed too."""

MEASURES = ("autonomy", "hhi", "vulnerability", "outside", "balance", "dominant")
"""What is printed of each territory."""

MOST_TERRITORIES = 50
"""Territories printed one by one when no pair is."""


def tell(document: dict[str, Any], store: Store, lang: str, table: str | None) -> None:
    """Print the document of an analysis: what it is about, its remarks, its results, what is beside them.

    Args:
        document: as HTTP gives it.
        store: where it comes from, for names.
        lang: of the words around it.
        table: of MACTOR, the one to print.
    """
    english = lang == "en"
    names = _territory_names(document, store)
    if "kind" in document["params"] and "unit" in document:
        out.print(_about_flows(document, store, lang), style="bold", markup=False)
    for note in document.get("notes", ()):
        out.print(f"· {escape(note['text'])}")
    items = document.get("items")
    if items is not None and items and "because" in items[0]:
        for place, item in enumerate(items, start=1):
            out.print(f"{place}. {item['because']}", markup=False)
        for name, mark in TOLD_BESIDE.items():
            for item in document.get(name, ()):
                out.print(f"{mark} {item['because']}", markup=False)
    else:
        _print(*flat(document, table or "actors"), names, lang)
        if "balances" in document:
            _print(*_by_territory(document), names, lang)
    for item in document.get("gaps", ()):
        out.print(f"? {item['because']}", markup=False)
    for name in ("cost", "lower_bound", "optimal", "unique", "ungrouped", "frustration", "exact", "orphans"):
        if name in document:
            out.print(f"{name} : {_shown(document[name], lang)}", markup=False)
    coverage = document["coverage"]["positions"]
    known = "positions known: {} of {}" if english else "positions connues : {} sur {}"
    out.print(
        f"{'Revision' if english else 'Révision'} {document['revision']}"
        + (f" · {known.format(coverage['stated'], coverage['possible'])}" if coverage["possible"] else ""),
        style="dim",
    )
    if document.get("next"):
        out.print(f"--cursor {document['next']}", style="dim", markup=False)


def _print(columns: list[str], rows: list[list[Any]], names: Mapping[str, str], lang: str) -> None:
    shown = Table(box=None, pad_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(
            *(
                escape(_shown(_first(_named(value, names) if column in NAMED else value), lang))
                for column, value in zip(columns, row, strict=True)
            )
        )
    if rows:
        out.print(shown)


def _territory_names(document: dict[str, Any], store: Store) -> dict[str, str]:
    """Names of the territories that a document speaks of by id."""
    ids: set[str] = set()
    for item in document.get("items") or ():
        for column in NAMED & item.keys():
            ids.update(item[column] if isinstance(item[column], list) else [item[column]])
    if "balances" in document:
        ids.update(row[0] for row in _by_territory(document)[1])
    found = store.lookup("territories", sorted(id_ for id_ in ids if isinstance(id_, str)))
    return {id_: cast(Territory, version.value).name for id_, version in found.items()}


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    return f"{value} {names[value]}" if value in names else value


def _about_flows(document: dict[str, Any], store: Store, lang: str) -> str:
    """Kind, unit and year of the flows that are added up, and who depends."""
    english = lang == "en"
    unsaid = "not said" if english else "non dite"
    depends = document.get("dependent")
    ends = ("the origin", "the destination") if english else ("l'origine", "la destination")
    said = [
        store.vocabulary().label("type_flux", document["params"]["kind"], lang),
        f"{'unit' if english else 'unité'} : {document['unit'] or unsaid}",
        f"{'year' if english else 'année'} : {document['year'] or unsaid}",
    ]
    if depends is not None:
        said.append(f"{'who depends' if english else 'qui dépend'} : {ends[depends == 'destination']}")
    return " · ".join(said).replace(" :", ":") if english else " · ".join(said)


def _by_territory(document: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """What is said of each territory of the pairs shown, of all where there is no pair; the whole is in the JSON."""
    paired = {item[end] for item in document["items"] for end in ("dependent", "on")}
    beside = {item["id"]: item for item in document["balances"]}
    rows = [
        item | beside.get(item["id"], {})
        for item in document["territories"]
        if item["id"] in paired or not paired
    ]
    heads = ["territory", *MEASURES]
    return heads, [[row["id"], *map(row.get, MEASURES)] for row in rows[:MOST_TERRITORIES]]


def _first(value: Any) -> Any:
    """A long list as its first entries and how many more there are: the whole is in the JSON."""
    if isinstance(value, list) and len(value) > SHOWN:
        return [*value[:SHOWN], f"+{len(value) - SHOWN}"]
    return value


def _shown(value: Any, lang: str) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return ("yes" if value else "no") if lang == "en" else ("oui" if value else "non")
    if isinstance(value, float):
        return number(value, lang)
    if isinstance(value, list):
        return ", ".join(_shown(v["id"] if isinstance(v, dict) and "id" in v else v, lang) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(v, lang)}" for key, v in value.items())
    return str(value)
