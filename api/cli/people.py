"""Rights of natural persons: ``export-subject`` and ``erase-subject``."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.context import LangOption, StoreOption, language, opened, out, print_json, told

REFUSED = 1

Subject = Annotated[
    str,
    typer.Argument(
        metavar="PERSONNE", help="Identifiant d'un acteur marqué « personne », ou nom d'un évaluateur."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("export-subject")(export_subject_command)
    app.command("erase-subject")(erase_subject_command)


def export_subject_command(subject: Subject, store: StoreOption = None, lang: LangOption = None) -> None:
    """Tout ce que le dépôt dit d'une personne, en JSON."""
    with told(lang), opened(store) as opened_store:
        print_json(opened_store.export_subject(subject))


def erase_subject_command(
    subject: Subject,
    yes: Annotated[bool, typer.Option("--yes", help="Sans demander de confirmation.")] = False,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Efface définitivement les données d'une personne, dans toutes les versions."""
    english = language(lang) == "en"
    with told(lang), opened(store) as opened_store:
        if not yes:
            question = (
                f"Erase everything about '{subject}' from every version? This cannot be undone."
                if english
                else f"Effacer tout ce qui concerne « {subject} », dans toutes les versions ? C'est définitif."
            )
            if not typer.confirm(question):
                raise typer.Exit(REFUSED)
        number, reached, duties = opened_store.erase_subject(subject)
        out.print(
            f"Erased: {reached} records (revision {number})."
            if english
            else f"Effacé : {reached} enregistrements (révision {number})."
        )
        for fr, en in duties:
            out.print(f"· {en if english else fr}", markup=False)
