"""What each zone of cooperation holds and lacks: the families of its members, plate by plate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graph.plurals import counted
from graph.snapshot import Snapshot
from graph.vocabulary import FAMILIES, family_group
from queries.envelope import Document
from queries.pairs import pairs_of
from queries.zones_cooperation import zones_cooperation
from viz.maps.convergence import zone_groups
from viz.marks import actor_legend, coverage, said, stamp
from viz.pair_marks import zone_title
from viz.scene import Group, scene
from viz.spec import PROFILES, Cell, MapSpec, Row, Table

SHARES = (1.0, 0.75, 0.5, 0.3)
"""Parts of the actors that a size may name: as many as leave room to say which families are missing."""


def build(
    snapshot: Snapshot, *, profile: str = "grand", lang: str = "fr", zones: Document | None = None
) -> MapSpec:
    """A plate a zone of cooperation at order 2, with the four families: how many members hold each, or that it is missing.

    Args:
        snapshot: the scope.
        profile: a key of ``PROFILES``.
        lang: ``fr`` or ``en``.
        zones: the document of ``zones_cooperation``, when it is at hand.

    Raises:
        TooLarge: too many actors in scope to compare every pair.
    """
    sizes = PROFILES[profile]
    found = zones or zones_cooperation(snapshot, {"order": 2, "limit": 50}, lang)
    items = list(found["items"])
    by_id = {item["id"]: item for item in items}
    pairs = pairs_of(snapshot, 2)
    for share in SHARES:
        some = replace(sizes, named=max(2, round(share * sizes.named)))
        groups = [
            _described(snapshot, group, by_id[group.id], lang) if group.id in by_id else group
            for group in zone_groups(snapshot, pairs, items, some, lang, alone=True)
        ]
        drawn = scene(snapshot, groups, (), sizes, lang)
        missing = sum(line[1] for group in groups for line in group.under)
        if (
            sum(caption.bold and caption.text.startswith(_missing("", lang)) for caption in drawn.titles)
            == missing
        ):
            break
    ids = [node.id for node in drawn.nodes]
    notes = [note["text"] for note in found["notes"]]
    if len(ids) < len(snapshot.actors):
        notes.append(
            said(
                f"{counted(len(ids), 'acteur nommé', 'acteurs nommés')} sur {len(snapshot.actors)} : les plus lourds. "
                "Les familles comptent tous les membres.",
                f"{len(ids)} of {len(snapshot.actors)} actors named: the heaviest. Families count every member.",
                lang,
            )
        )
    shown = sum(not plate.dashed for plate in drawn.plates)
    if shown < len(items):
        notes.append(
            said(
                f"{counted(shown, 'zone montrée', 'zones montrées')} sur {len(items)} ; le tableau les a toutes.",
                f"{shown} of {len(items)} zones shown; the table has them all.",
                lang,
            )
        )
    names = [zone_title(snapshot, pairs, item, rank, short=False) for rank, item in enumerate(items, 1)]
    return MapSpec(
        kind="zones",
        lang=lang,
        title=said("Zones de coopération", "Zones of cooperation", lang),
        question=said("Qui manque autour de la table ?", "Who is missing at the table?", lang),
        profile=sizes,
        nodes=drawn.nodes,
        links=(),
        plates=drawn.plates,
        captions=drawn.titles,
        legend=tuple(actor_legend(snapshot, ids, sizes, lang)),
        stamp=stamp(snapshot, lang),
        coverage=coverage(snapshot, lang),
        summary=said(
            f"Carte : {counted(shown, 'zone', 'zones')} de coopération, {counted(len(ids), 'acteur', 'acteurs')}.",
            f"Map: {shown} zones of cooperation, {len(ids)} actors.",
            lang,
        ),
        tables=(_table(snapshot, items, names, lang),),
        records=(),
        opening=tuple(plate.sentence for plate in drawn.plates if plate.sentence),
        notes=tuple(notes),
        actors_total=len(snapshot.actors),
    )


def _label(snapshot: Snapshot, family: str, lang: str) -> str:
    return snapshot.vocabulary.label("famille", family, lang) or family


def _families(snapshot: Snapshot, item: Document, lang: str) -> tuple[str, str]:
    """The families held with how many members each, and those missing."""
    held = item["families"]["held"]
    present = ", ".join(f"{_label(snapshot, family, lang)} {len(held[family])}" for family in held)
    missing = ", ".join(_label(snapshot, family, lang) for family in item["families"]["missing"])
    return present, missing


def _missing(label: str, lang: str) -> str:
    return said(f"manque : {label}", f"missing: {label}", lang)


def _described(snapshot: Snapshot, group: Group, item: Document, lang: str) -> Group:
    """The four families one under the other: how many members hold each, or that it is missing."""
    counts: dict[str, int] = {}
    for family, members in item["families"]["held"].items():
        kind = family_group(family)
        if kind is not None:
            counts[kind] = counts.get(kind, 0) + len(members)
    lines = []
    for family in FAMILIES:
        label = _label(snapshot, family, lang)
        if family in counts:
            lines.append((f"{label} · {counts[family]}", False))
        else:
            lines.append((_missing(label, lang), True))
    return replace(group, under=tuple(lines))


def _table(snapshot: Snapshot, items: Sequence[Document], names: Sequence[str], lang: str) -> Table:
    rows = []
    for item, name in zip(items, names, strict=True):
        present, missing = _families(snapshot, item, lang)
        arbitrate = len(item["to_arbitrate"])
        rows.append(
            Row(
                (
                    Cell(name),
                    Cell(", ".join(snapshot.actors.name(a) for a in item["actors"])),
                    Cell(present),
                    Cell(missing),
                    Cell(", ".join(item["resources"]["needed"])),
                    Cell(str(item["convergent_pairs"]), item["convergent_pairs"]),
                    Cell(str(arbitrate), arbitrate),
                ),
                tuple(item["records"]),
            )
        )
    columns = said(
        "Zone|Membres|Familles présentes|Familles manquantes|Besoins sans réponse|Paires convergentes|À arbitrer",
        "Zone|Members|Families held|Families missing|Unmet needs|Convergent pairs|To arbitrate",
        lang,
    )
    return Table(
        said("Zones de coopération", "Zones of cooperation", lang), tuple(columns.split("|")), tuple(rows)
    )
