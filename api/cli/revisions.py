"""What was written, and taking it back: ``history``, ``diff``, ``undo``, ``merge``, ``check``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.cli.context import (
    AuthorOption,
    JsonOption,
    LangOption,
    StoreOption,
    author_of,
    language,
    opened,
    out,
    print_json,
    told,
)
from graph.stores.changes import Outcome
from queries.difference import difference

BROKEN = 1


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("history")(history_command)
    app.command("diff")(diff_command)
    app.command("undo")(undo_command)
    app.command("merge")(merge_command)
    app.command("check")(check_command)


def history_command(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Nombre de révisions.")] = 20,
    json: JsonOption = False,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Les dernières révisions : qui a écrit quoi, quand."""
    with told(lang), opened(store) as opened_store:
        found = opened_store.revisions(limit=limit)
        if json:
            print_json([{name: getattr(r, name) for name in r.__dataclass_fields__} for r in found])
            return
        table = Table(box=None, pad_edge=False)
        heads = ("revision", "moment", "author", "origin", "touched", "message")
        for head in (
            heads if language(lang) == "en" else ("rév.", "moment", "auteur", "origine", "touchés", "message")
        ):
            table.add_column(head)
        for r in found:
            cells = (r.number, r.moment, r.author, r.origin, r.touched, r.message)
            table.add_row(*(escape(str(cell)) for cell in cells))
        out.print(table)


def diff_command(
    start: Annotated[int, typer.Argument(metavar="DE", help="Révision de départ (0 : dépôt vide).")],
    stop: Annotated[int | None, typer.Argument(metavar="À", help="Révision d'arrivée (la dernière).")] = None,
    json: JsonOption = False,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Ce qui a changé entre deux révisions, corrections comprises."""
    with told(lang), opened(store) as opened_store:
        document = difference(opened_store, start, opened_store.head() if stop is None else stop)
        if json:
            print_json(document)
            return
        signs = {"created": "+", "changed": "~", "retracted": "−"}
        for item in document["items"]:
            before, after = item["before"] or {}, item["after"] or {}
            fields = "; ".join(
                f"{name} {before.get(name, '∅')} → {after.get(name, '∅')}"
                for name in dict.fromkeys((*before, *after))
            )
            out.print(f"{signs[item['change']]} {item['table']} {item['record']} : {fields}", markup=False)


def undo_command(
    number: Annotated[int, typer.Argument(metavar="RÉVISION", help="La révision à annuler.")],
    author: AuthorOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Annule une révision, en entier, par une nouvelle révision."""
    with told(lang), opened(store) as opened_store:
        _told(opened_store.undo(number, author=author_of(author)), lang)


def merge_command(
    keep: Annotated[str, typer.Argument(metavar="GARDÉ", help="L'acteur gardé.")],
    gone: Annotated[
        str, typer.Argument(metavar="FONDU", help="L'acteur fondu ; son identifiant devient un alias.")
    ],
    author: AuthorOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Fusionne deux acteurs en une révision, annulable."""
    with told(lang), opened(store) as opened_store:
        outcome, dropped = opened_store.merge(keep, gone, author=author_of(author))
        _told(outcome, lang)
        if dropped:
            names = ", ".join(dropped)
            out.print(
                f"Retracted (the kept actor has its own): {names}"
                if language(lang) == "en"
                else f"Retirés (l'acteur gardé a le sien) : {names}",
                markup=False,
            )


def check_command(json: JsonOption = False, store: StoreOption = None, lang: LangOption = None) -> None:
    """Vérifie tous les invariants d'un dépôt."""
    with told(lang), opened(store) as opened_store:
        found = opened_store.check()
        english = language(lang) == "en"
        if json:
            print_json(
                [{"code": f.code, "record": f.record, "text": f.en if english else f.fr} for f in found]
            )
        else:
            for finding in found:
                out.print(
                    f"✗ {finding.record} {finding.en if english else finding.fr}", markup=False, style="red"
                )
            if not found:
                out.print("The store is sound." if english else "Le dépôt est sain.")
    if found:
        raise typer.Exit(BROKEN)


def _told(outcome: Outcome, lang: str | None) -> None:
    english = language(lang) == "en"
    if outcome.revision is None:
        out.print("Nothing to change." if english else "Rien à changer.")
        return
    out.print(
        f"Written: revision {outcome.revision} ({outcome.touched} records)."
        if english
        else f"Écrit : révision {outcome.revision} ({outcome.touched} enregistrements)."
    )
