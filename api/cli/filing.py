"""Files in and out: ``import`` and ``export``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
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
    progress,
    told,
)
from graph.errors import InvalidValue
from graph.model import TABLES
from graph.plurals import agreed
from graph.vocabulary import VISIBILITIES
from ingest import Plan, Stamp, dry_run, empty_workbook, export
from viz.outlines import outlines

SHOWN = 20
"""Changes and errors printed before the rest is counted; ``--json`` lists a thousand."""

BLOCKED = 1


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_command)
    app.command("export")(export_command)


def import_command(
    path: Annotated[Path, typer.Argument(help="Classeur, dossier de CSV, ou fichier d'un autre outil.")],
    apply: Annotated[
        bool, typer.Option("--apply", help="Écrire, en une révision ; sinon, essai à blanc.")
    ] = False,
    day: Annotated[str | None, typer.Option("--date", help="Date des avis sans date (AAAA-MM-JJ).")] = None,
    choose: Annotated[
        list[str] | None,
        typer.Option("--choose", metavar="CLÉ=VALEUR", help="Réponse à un choix (répétable)."),
    ] = None,
    message: Annotated[
        str | None, typer.Option("--message", help="Pourquoi (inscrit dans la révision).")
    ] = None,
    author: AuthorOption = None,
    json: JsonOption = False,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Dit tout ce qu'un fichier changerait ; avec --apply, l'écrit en une révision ou pas du tout."""
    with told(lang), opened(store, create=True) as opened_store:
        with progress("Lecture") as step:
            plan = dry_run(path, opened_store, day=_day(day), choices=_choices(choose or ()), progress=step)
        tongue = language(lang)
        if json:
            print_json(plan.document(tongue).model_dump())
        else:
            tell(plan, tongue, applying=apply)
        if plan.status != "ready":
            raise typer.Exit(BLOCKED)
        if apply:
            with progress("Écriture") as step:
                outcome = plan.apply(opened_store, author=author_of(author), message=message, progress=step)
            if not json:
                out.print(applied(outcome.revision, tongue))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidValue(
            f"--date : « {text} » n'est pas une date AAAA-MM-JJ.",
            f"--date: '{text}' is not a date YYYY-MM-DD.",
        ) from None


def _choices(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for choice in given:
        key, separator, value = choice.rpartition("=")
        if not separator:
            raise InvalidValue(
                f"--choose : « {choice} » ; attendu : CLÉ=VALEUR.",
                f"--choose: '{choice}'; expected: KEY=VALUE.",
            )
        found[key] = value
    return found


def applied(revision: int | None, lang: str) -> str:
    """What was written, in one sentence."""
    if revision is None:
        return "Nothing to change." if lang == "en" else "Rien à changer."
    return f"Written: revision {revision}." if lang == "en" else f"Écrit : révision {revision}."


TO_WRITE = ("Ajoutez --apply pour écrire.", "Add --apply to write.")


def tell(plan: Plan, lang: str, *, applying: bool, to_write: tuple[str, str] = TO_WRITE) -> None:
    """What a plan would change, and everything wrong with it, for people.

    Args:
        plan: of an import.
        lang: ``fr`` or ``en``.
        applying: it is written next.
        to_write: what to do to write it, in French and in English.
    """
    english = lang == "en"
    for note in plan.report.notes:
        out.print(f"· {escape(note.text(lang))}")
    if plan.counts:
        table = Table(box=None, pad_edge=False)
        heads = (
            ("sheet", "create", "change", "same", "conflict")
            if english
            else ("feuille", "à créer", "à changer", "inchangé", "conflit")
        )
        for head in heads:
            table.add_column(head, justify="left" if head == heads[0] else "right")
        for name in TABLES:
            if name in plan.counts:
                tally = plan.counts[name]
                counts = (tally.create, tally.change, tally.same, tally.conflict)
                table.add_row(name if english else TABLES[name].sheet, *(str(count) for count in counts))
        out.print(table)
    for change in [c for c in plan.changes if c.action == "conflict"][:SHOWN]:
        question = (
            f"? {change.sheet}, row {change.row}: {change.record} was changed since; kept as stored. "
            f"--choose conflict:{change.record}=file to take the file's."
            if english
            else f"? {change.sheet}, ligne {change.row} : {change.record} a changé depuis ; le dépôt est gardé. "
            f"--choose conflict:{change.record}=file pour prendre le fichier."
        )
        out.print(question, markup=False)
    for twin in plan.twins[:SHOWN]:
        because = twin.because_en if english else twin.because_fr
        out.print(
            f"? {twin.sheet}, {'row' if english else 'ligne'} {twin.row} : {because}. "
            f"--choose merge:{twin.sheet}:{twin.row}={twin.candidate}",
            markup=False,
        )
    for key, values in plan.needed.items():
        out.print(
            f"! {'Answer needed' if english else 'Réponse attendue'} : --choose {key}={'|'.join(values)}",
            markup=False,
        )
    for issue in plan.report.issues[:SHOWN]:
        out.print(f"✗ {issue.message(lang)}", markup=False, style="red")
    rest = plan.report.total - min(SHOWN, len(plan.report.issues))
    if rest > 0:
        out.print(f"… {rest} {'more errors' if english else 'autres erreurs'} (--json).", markup=False)
    out.print(_verdict(plan, lang, applying, to_write[english]), markup=False)


def _verdict(plan: Plan, lang: str, applying: bool, to_write: str) -> str:
    english = lang == "en"
    if plan.status == "blocked":
        return (
            agreed(plan.report.total, "error(s): nothing was written. Correct (it|them) and try again.", "en")
            if english
            else agreed(
                plan.report.total, "erreur(s) : rien n'a été écrit. Corrigez-(la|les), puis recommencez."
            )
        )
    if plan.status == "choices":
        return (
            "An answer is needed: nothing was written."
            if english
            else "Une réponse est attendue : rien n'a été écrit."
        )
    if applying:
        return "Ready." if english else "Prêt."
    if not plan.changes_total:
        return "Nothing to change." if english else "Rien à changer."
    return (
        f"Dry run: nothing was written. {to_write}"
        if english
        else f"Essai à blanc : rien n'a été écrit. {to_write}"
    )


def export_command(
    path: Annotated[
        Path,
        typer.Argument(
            help=".xlsx, .ods, .graphml, .gexf, .geojson (territoires), ou un dossier pour des CSV."
        ),
    ],
    empty: Annotated[
        bool, typer.Option("--template", help="Le classeur vide, avec listes et mode d'emploi.")
    ] = False,
    level: Annotated[
        str, typer.Option("--level", help="Ce qui est visible : public, partenaires ou pilotes.")
    ] = "pilotes",
    at_revision: Annotated[int | None, typer.Option("--at-revision", help="La révision à exporter.")] = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Écrit tout le dépôt (ou le classeur vide) dans un fichier."""
    with told(lang):
        if empty:
            empty_workbook(path)
            out.print(str(path), markup=False)
            return
        if level not in VISIBILITIES:
            known = ", ".join(VISIBILITIES)
            raise InvalidValue(f"--level : attendu {known}.", f"--level: expected {known}.")
        with opened(store) as opened_store:
            snapshot = opened_store.snapshot(at_revision=at_revision, level=level)
            number = snapshot.revision
            moment = opened_store.revision(number).moment if number else ""
            drawn = outlines()
            stamp = Stamp(number, moment)
            export(snapshot, path, stamp, shapes=drawn.polygons, credit=drawn.attribution)
            out.print(str(path), markup=False)
