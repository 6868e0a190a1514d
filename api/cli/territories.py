"""Official territories: ``territories show``, ``territories add``; the files they come from: ``data build``, ``data list``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from api import official
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
from api.cli.filing import BLOCKED, applied, tell
from api.settings import settings
from graph.errors import NotFound
from graph.vocabulary import shipped
from ingest import dry_run
from ingest.opendata.adding import addition
from ingest.opendata.build import build
from ingest.opendata.files import manifest
from ingest.opendata.indicators import definitions
from ingest.opendata.search import LIMIT

SHOWN = 10
"""Members and competences printed before the rest is counted; ``--json`` lists all."""

TO_WRITE = ("Relancez sans --dry-run pour écrire.", "Run again without --dry-run to write.")

Territory = Annotated[
    str, typer.Argument(metavar="TERRITOIRE", help="Code (INSEE, SIREN, D75, R11), ancien code, ou nom.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    territories = typer.Typer(
        help="Les territoires officiels : chercher, montrer, ajouter au dépôt.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    territories.command("show")(show_command)
    territories.command("search")(search_command)
    territories.command("add")(add_command)
    app.add_typer(territories, name="territories")
    data = typer.Typer(
        help="Les données officielles livrées avec le logiciel : d'où elles viennent, comment les refaire.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    data.command("list")(list_command)
    data.command("build")(build_command)
    data.command("definitions")(definitions_command)
    app.add_typer(data, name="data")


def show_command(territory: Territory, json: JsonOption = False, lang: LangOption = None) -> None:
    """Dit tout d'un territoire : où il s'emboîte, combien d'habitants, quelles compétences, quels anciens codes."""
    with told(lang):
        tongue = language(lang)
        known = settings().reference()
        match = official.one(known, territory, tongue)
        document = official.details(known, match.place, asked=territory, lang=tongue)
        if json:
            print_json(document)
        else:
            _tell(document, tongue)


def search_command(
    text: Annotated[str, typer.Argument(metavar="TEXTE", help="Code, nom, ou partie d'un nom.")],
    json: JsonOption = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="Réponses au plus.")] = LIMIT,
    lang: LangOption = None,
) -> None:
    """Cherche un territoire par son code ou son nom."""
    with told(lang):
        document = official.listing(settings().reference(), text, limit)
        if json:
            print_json(document)
            return
        if not document["items"]:
            raise NotFound(f"Aucun territoire ne ressemble à « {text} ».", f"No territory is like '{text}'.")
        for item in document["items"]:
            former = f" ({item['former']})" if item["former"] else ""
            within = ", ".join(item["within"])
            out.print(
                f"{item['code']}  {item['name']}{former} · {_kind(item, language(lang))} · {within}",
                markup=False,
            )


def add_command(
    territories: Annotated[list[str], typer.Argument(metavar="TERRITOIRE…", help="Codes ou noms.")],
    members: Annotated[
        bool, typer.Option("--with-members", help="Et tout ce qui s'y trouve, jusqu'aux communes.")
    ] = False,
    only_dry: Annotated[bool, typer.Option("--dry-run", help="Dire ce qui changerait, sans écrire.")] = False,
    update: Annotated[
        bool,
        typer.Option(
            "--update", help="Redire aussi ce que le dépôt dit autrement (par défaut, il est gardé)."
        ),
    ] = False,
    indicators: Annotated[
        bool, typer.Option("--indicators", help="Avec les indicateurs des départements et régions (ITDD).")
    ] = False,
    message: Annotated[
        str | None, typer.Option("--message", help="Pourquoi (inscrit dans la révision).")
    ] = None,
    author: AuthorOption = None,
    json: JsonOption = False,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Ajoute au dépôt des territoires officiels, avec tout ce qui les contient, en une révision."""
    with told(lang):
        tongue = language(lang)
        known = settings().reference()
        matches = [official.one(known, text, tongue) for text in territories]
        codes = [match.former or match.place.code for match in matches]
        with opened(store, create=True) as opened_store, tempfile.TemporaryDirectory() as folder:
            found = addition(
                known, codes, opened_store, members=members, update=update, indicators=indicators
            )
            path = Path(folder) / f"reference-{known.year}"
            path.mkdir()
            found.write(path)
            plan = dry_run(path, opened_store)
            plan.report.extend(found.notes())
            if json:
                print_json(plan.document(tongue).model_dump())
            else:
                tell(plan, tongue, applying=not only_dry, to_write=TO_WRITE)
            if plan.status != "ready":
                raise typer.Exit(BLOCKED)
            if not only_dry:
                names = ", ".join(match.place.name for match in matches[:SHOWN])
                said = message or f"Territoires officiels {known.year} : {names}"
                outcome = plan.apply(opened_store, author=author_of(author), message=said)
                if not json:
                    out.print(applied(outcome.revision, tongue))


def list_command(json: JsonOption = False, lang: LangOption = None) -> None:
    """Dit quelles données officielles sont là : année, source, licence."""
    with told(lang):
        entries = manifest(settings().reference().folder)
        if json:
            print_json([vars(entry) for entry in entries])
            return
        for entry in entries:
            licence = entry.licence or (
                "no licence known" if language(lang) == "en" else "sans licence connue"
            )
            out.print(
                f"{entry.file} ({entry.year}) : {entry.title}. {entry.source}. {licence}.", markup=False
            )


def definitions_command(
    text: Annotated[str, typer.Argument(metavar="TEXTE", help="Un mot du titre, ou un identifiant.")],
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Cherche une définition d'indicateur (Territoires en Transitions) : unité, cible, seuil."""
    with told(lang):
        found = definitions(settings().reference().folder, text)
        if json:
            print_json(found)
            return
        if not found:
            raise NotFound(
                f"Aucun indicateur n'est défini avec « {text} ».", f"No indicator is defined with '{text}'."
            )
        for item in found:
            unit = f" ({item['unite']})" if "unite" in item else ""
            bounds = " · ".join(
                f"{name} : {item[key]}"
                for name, key in (("cible", "exprCible"), ("seuil", "exprSeuil"))
                if key in item
            )
            out.print(
                f"{item['identifiantReferentiel']}  {item['titre']}{unit}{' · ' if bounds else ''}{bounds}",
                markup=False,
            )


def build_command(
    folders: Annotated[list[Path], typer.Argument(metavar="DOSSIER…", help="Les fichiers publiés.")],
    into: Annotated[Path, typer.Option("--into", help="Où écrire les fichiers construits.")],
    outlines: Annotated[
        Path | None, typer.Option("--outlines", help="Où écrire les contours, si c'est ailleurs.")
    ] = None,
    docurba: Annotated[
        bool, typer.Option("--docurba", help="Avec les SCoT, PETR et parcs de Docurba (sans licence connue).")
    ] = False,
    centroids: Annotated[
        bool, typer.Option("--centroids", help="Avec les centroïdes de l'ANCT (sans licence connue).")
    ] = False,
    lang: LangOption = None,
) -> None:
    """Construit les données officielles à partir des fichiers de ceux qui les publient."""
    with told(lang):
        english = language(lang) == "en"
        built = build(folders, into, outlines, docurba=docurba, centroids=centroids)
        for entry in built.entries:
            out.print(f"{entry.file} : {entry.bytes} {'bytes' if english else 'octets'}", markup=False)
        for title in built.skipped:
            out.print(f"· {'sources absent' if english else 'sources absentes'} : {title}", markup=False)
        for sentence in built.said:
            out.print(f"· {sentence}", markup=False)


def _kind(item: dict[str, Any], lang: str) -> str:
    label = shipped().label("type_territoire", item["type"], lang)
    return f"{label} ({item['form']})" if item["form"] and item["form"] != label else label


def _tell(document: dict[str, Any], lang: str) -> None:
    english = lang == "en"
    out.print(
        f"{document['name']} · {document['code']} · {_kind(document, lang)}", style="bold", markup=False
    )
    former = next((o for o in document["old_codes"] if o["code"] == document["asked"].strip().upper()), None)
    if former is not None:
        name = f" ({former['name']})" if former["name"] else ""
        out.print(
            f"{former['code']}{name} {'is an old code of' if english else 'est un ancien code de'} {document['code']}",
            markup=False,
        )
    lines: list[tuple[str, str]] = []
    if document["population"] is not None:
        lines.append(("population", f"{document['population']:,}".replace(",", "\u202f")))
    if document["within"]:
        within = (f"{p['name']} ({p['code']})" for p in document["within"])
        lines.append(("within" if english else "dans", ", ".join(within)))
    kinds: dict[str, list[str]] = {}
    for member in document["members"]:
        kinds.setdefault(member["type"], []).append(f"{member['name']} ({member['code']})")
    for kind, names in kinds.items():
        label = shipped().label("type_territoire", kind, lang)
        lines.append((f"{label} × {len(names)}", _some(names, ", ")))
    held = [f"{c['code']} {c['label']}" if c["label"] else c["code"] for c in document["competences"]]
    if held:
        lines.append((f"{'competences' if english else 'compétences'} × {len(held)}", _some(held, " · ")))
    old = [f"{o['code']} {o['name']}" if o["name"] else o["code"] for o in document["old_codes"]]
    if old:
        lines.append(("old codes" if english else "anciens codes", _some(old, ", ")))
    if document["point"]:
        lines.append(("point", f"{document['point']['lat']}, {document['point']['lon']}"))
    if document["outline"]:
        lines.append(("outline" if english else "contour", "known" if english else "connu"))
    table = Table(box=None, pad_edge=False, show_header=False)
    for head, text in lines:
        table.add_row(escape(head), escape(text))
    out.print(table)
    for sentence in document["missing"]:
        out.print(f"· {sentence}", markup=False)
    out.print("; ".join(document["sources"]), style="dim", markup=False)


def _some(names: list[str], between: str) -> str:
    rest = len(names) - SHOWN
    return between.join(names[:SHOWN]) + (f"{between}… +{rest}" if rest > 0 else "")
