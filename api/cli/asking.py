"""Questions: ``analyse`` and ``map``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, cast

import typer

from api.cli.context import JsonOption, LangOption, StoreOption, language, opened, out, print_json, told
from api.cli.telling import tell
from graph.errors import Fault, FileRefused, InvalidCall
from graph.stores import Store
from queries.parameters import resolved, shown
from queries.registry import ANALYSES, COMMANDS, DATES, ORDER, SCOPE, Analysis, run, view
from queries.tables import csv_text
from viz import KINDS, build, render_html, render_svg
from viz.charts import CHARTS, doughnut, matrix, render_chart_html, render_chart_svg
from viz.flow_choice import PARAMETERS, asked_flows
from viz.kinds import FLOWING

MAP_PARAMETERS = (ORDER, *SCOPE, *DATES)
DRAWN = (*KINDS, *CHARTS)
"""Every kind of map and chart."""
EXTRA = {"allow_extra_args": True, "ignore_unknown_options": True}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    listing = "\n\n".join(f"{a.command} : {a.fr}. Options : {_options(a)}" for a in COMMANDS.values())
    app.command("analyse", context_settings=EXTRA, epilog=listing)(analyse_command)
    scope = " ".join(parameter.option for parameter in MAP_PARAMETERS)
    app.command("map", context_settings=EXTRA, epilog=f"Options : {scope}")(map_command)


def _options(analysis: Analysis) -> str:
    return " ".join(parameter.option for parameter in analysis.parameters)


def analyse_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NOM", help=" · ".join(COMMANDS))],
    json: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="Une ligne par résultat.")] = False,
    table: Annotated[
        str | None, typer.Option("--table", help="Pour mactor en CSV : la table voulue.")
    ] = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Répond à une question ; chaque paramètre de l'API est une option (as_of → --as-of)."""
    with told(lang):
        analysis = COMMANDS.get(name)
        if analysis is None:
            known = ", ".join(COMMANDS)
            raise InvalidCall(
                [
                    Fault(
                        "NOM",
                        name,
                        f"Analyse inconnue : « {name} » ; connues : {known}.",
                        f"Unknown analysis: '{name}'; known: {known}.",
                    )
                ]
            )
        given = extras(context.args)
        tongue = language(lang)
        with opened(store) as opened_store:
            document = run(opened_store, analysis, given, lang=tongue)
            if json:
                print_json(document)
            elif csv:
                sys.stdout.write(csv_text(document, table))
            else:
                tell(document, opened_store, tongue, table)


def map_command(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="GENRE", help=" · ".join(DRAWN))],
    output: Annotated[Path, typer.Option("--output", "-o", help="Le fichier : .html (autonome) ou .svg.")],
    level: Annotated[
        str, typer.Option("--level", help="Ce qui est visible : public, partenaires ou pilotes.")
    ] = "pilotes",
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Dessine une carte dans un fichier qui s'ouvre sans réseau."""
    with told(lang):
        if kind not in DRAWN:
            known = ", ".join(DRAWN)
            raise InvalidCall(
                [
                    Fault(
                        "GENRE",
                        kind,
                        f"Carte inconnue : « {kind} » ; connues : {known}.",
                        f"Unknown map: '{kind}'; known: {known}.",
                    )
                ]
            )
        if output.suffix.lower() not in (".html", ".svg"):
            raise FileRefused(
                f"{output.name} : une carte s'écrit en .html ou en .svg.",
                f"{output.name}: a map is .html or .svg.",
            )
        given = extras(context.args)
        with opened(store) as opened_store:
            drawn = _chart if kind in CHARTS else _map
            text = drawn(kind, opened_store, given, level, language(lang), output.suffix.lower() == ".svg")
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as fault:
            raise FileRefused(
                f"{output} : impossible d'écrire ici ({fault.strerror}). Choisissez un autre dossier.",
                f"{output}: cannot write here ({fault.strerror}). Choose another folder.",
            ) from fault
        out.print(str(output), markup=False)


def _map(kind: str, store: Store, given: Mapping[str, object], level: str, lang: str, picture: bool) -> str:
    """A map as a file's text."""
    flowing = kind in FLOWING
    values = resolved((*MAP_PARAMETERS, *(PARAMETERS if flowing else ())), given)
    snapshot = view(store, values, level=level)
    specs = build(
        kind,
        snapshot,
        lang=lang,
        order=cast(int, values["order"]),
        flowing=asked_flows(values, cast("str | None", values["territory"])) if flowing else None,
    )
    return render_svg(specs[0]) if picture else render_html(specs[0], also=specs[1:])


def _chart(kind: str, store: Store, given: Mapping[str, object], level: str, lang: str, picture: bool) -> str:
    """A chart as a file's text, from the document of its analysis, whole."""
    if kind == "matrix":
        values = resolved((*MAP_PARAMETERS, *PARAMETERS), given)
        asked = asked_flows(values, cast("str | None", values["territory"]))
        del asked["heat"]
        chart = matrix.build(view(store, values, level=level), asked=asked, lang=lang)
    else:
        analysis = ANALYSES["doughnut"]
        values = resolved([p for p in analysis.parameters if p.name not in ("limit", "cursor")], given)
        snapshot = view(store, values, level=level, asked=analysis.asked)
        chart = doughnut.build(snapshot, analysis.run(snapshot, shown(values), lang), lang=lang)
    return render_chart_svg(chart) if picture else render_chart_html(chart)


def extras(arguments: list[str]) -> dict[str, str | list[str]]:
    """Options after a command's own: ``--as-of 2024-01-01`` or ``--as-of=2024-01-01`` → ``as_of``.

    An option given several times has the list of its values.

    Raises:
        InvalidCall: a value without an option, or an option without a value.
    """
    given: dict[str, list[str]] = {}
    rest = list(arguments)
    while rest:
        option = rest.pop(0)
        name, equals, value = option.partition("=")
        if not name.startswith("--") or (not equals and not rest):
            raise InvalidCall(
                [
                    Fault(
                        option,
                        "",
                        f"Option non comprise : « {option} » ; attendu : --nom valeur.",
                        f"Option not understood: '{option}'; expected: --name value.",
                    )
                ]
            )
        given.setdefault(name.removeprefix("--").replace("-", "_"), []).append(
            value if equals else rest.pop(0)
        )
    return {name: values if len(values) > 1 else values[0] for name, values in given.items()}
