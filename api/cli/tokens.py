"""Who may read over the network: ``token add``, ``token list``, ``token revoke``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.access import ROLES, Tokens
from api.cli.context import JsonOption, LangOption, StoreOption, err, language, out, print_json, told
from api.settings import settings
from graph.stores.store import utc_now


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Les jetons d'accès : qui peut lire ou écrire par le réseau.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("add")(add_command)
    group.command("list")(list_command)
    group.command("revoke")(revoke_command)
    app.add_typer(group, name="token")


def add_command(
    role: Annotated[str, typer.Option("--role", help=" · ".join(ROLES))],
    name: Annotated[str, typer.Option("--name", help="À qui, ou à quoi, il est remis.")],
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Crée un jeton et l'affiche, une seule fois : seule son empreinte est gardée."""
    with told(lang):
        tokens = _tokens(store)
        _, secret = tokens.add(name, role, today=utc_now().date())
        err.print(
            f"Kept nowhere: note it now. Its hash is in {tokens.path}."
            if language(lang) == "en"
            else f"Il n'est gardé nulle part : notez-le maintenant. Son empreinte est dans {tokens.path}.",
            markup=False,
        )
        out.print(secret, markup=False)


def list_command(json: JsonOption = False, store: StoreOption = None, lang: LangOption = None) -> None:
    """Les jetons en cours, sans leur secret."""
    with told(lang):
        found = _tokens(store).all()
        if json:
            print_json([{"id": t.id, "name": t.name, "role": t.role, "created": t.created} for t in found])
            return
        table = Table(box=None, pad_edge=False)
        for head in (
            ("id", "name", "role", "created") if language(lang) == "en" else ("id", "nom", "rôle", "créé")
        ):
            table.add_column(head)
        for token in found:
            table.add_row(*(escape(cell) for cell in (token.id, token.name, token.role, token.created)))
        out.print(table)


def revoke_command(
    which: Annotated[str, typer.Argument(metavar="JETON", help="Identifiant ou nom du jeton.")],
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Révoque un jeton ; un serveur en marche le refuse aussitôt."""
    with told(lang):
        gone = _tokens(store).revoke(which)
        out.print(
            f"Revoked: {gone.name} ({gone.role})."
            if language(lang) == "en"
            else f"Révoqué : {gone.name} ({gone.role}).",
            markup=False,
        )


def _tokens(store: str | None) -> Tokens:
    return Tokens(settings().tokens_path(store))
