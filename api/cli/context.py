"""What every command shares: the store, the language, how results and errors are printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.settings import settings
from graph.errors import AgencementsError
from graph.stores import Store

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="ADRESSE", help="Dépôt : sqlite:///chemin.db ou neo4j://hôte:7687."),
]
LangOption = Annotated[str | None, typer.Option("--lang", metavar="fr|en", help="Langue des messages.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Le document JSON, tel que l'API le donne.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Qui écrit (inscrit dans la révision).")]


def language(lang: str | None) -> str:
    """``fr`` unless English is asked for."""
    return "en" if (lang or settings().lang) == "en" else "fr"


@contextmanager
def opened(url: str | None, *, create: bool = False) -> Iterator[Store]:
    """The store of a command, closed at its end."""
    with settings().open(url, create=create) as store:
        yield store


@contextmanager
def told(lang: str | None) -> Iterator[None]:
    """Turn errors into one sentence on standard error and the exit code of the contract."""
    try:
        yield
    except AgencementsError as wrong:
        err.print(wrong.message(language(lang)), style="bold red", markup=False)
        raise typer.Exit(wrong.exit_code) from wrong


def author_of(given: str | None) -> str:
    """Who writes."""
    return given or settings().author


def print_json(document: Any) -> None:
    """A document on standard output, exactly."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


@contextmanager
def progress(what: str) -> Iterator[Any]:
    """A progress line on standard error while something long is under way; nothing when that is no terminal.

    Yields:
        A function told what is being done and how many are done.
    """
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=None)

        def step(name: str, done: int) -> None:
            bar.update(task, description=f"{what} · {name}", completed=done)

        yield step
