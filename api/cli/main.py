"""The command's entry: one application, its commands in modules by what they are for."""

from __future__ import annotations

import typer

from api.cli import asking, filing, people, revisions, serving, territories, tokens

app = typer.Typer(
    name="agencements",
    help="Cartographie d'acteurs et d'objectifs : convergences, coopérations et conflits d'un territoire.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (serving, filing, asking, revisions, people, territories, tokens):
    module.register(app)


def main() -> None:
    """Run the command."""
    app()
