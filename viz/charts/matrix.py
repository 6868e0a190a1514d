"""Who depends on whom as a matrix: shares with their shade, autonomy on the diagonal, what is not recorded hatched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.snapshot import Snapshot
from viz.charts.spec import Chart, Path, Text
from viz.charts.wedges import striped
from viz.flow_view import FlowView, flow_view, pairs_table, percent
from viz.maps.flows import shade
from viz.marks import said, stamp
from viz.metrics import shortened, text_width
from viz.spec import PROFILES, Cell, LegendEntry, Profile, Row, Table

MOST = {"grand": 24, "moyen": 20, "etroit": 15, "projecteur": 9, "amphi": 6}
"""Territories drawn; the table has more."""
MOST_IN_TABLE = 60
NUMBER = 2.2
"""Width of a row's number and of what separates its name from the cells, in font sizes."""


def build(
    snapshot: Snapshot,
    *,
    asked: Mapping[str, Any] | None = None,
    profile: str = "grand",
    lang: str = "fr",
    view: FlowView | None = None,
) -> Chart:
    """Rows depend, columns are depended on; a cell is the share of the row's flows, in per cent.

    Args:
        snapshot: what the reader sees.
        asked: parameters of :func:`viz.flow_view.flow_view`.
        profile: a key of ``PROFILES``.
        lang: ``fr`` or ``en``.
        view: the flows, when they are at hand.
    """
    sizes = PROFILES[profile]
    seen = view or flow_view(snapshot, asked or {}, lang)
    order = list(seen.exchanged)
    shares: dict[tuple[str, str], float] = {
        (i["dependent"], i["on"]): i["share"] for i in seen.pairs(among=order[:MOST_IN_TABLE])
    }
    shares |= {
        (row["id"], row["id"]): row["autonomy"]
        for row in seen.document["territories"]
        if row["autonomy"] is not None
    }
    shown = order[: MOST[profile]]
    marks, height = _cells(seen, shown, shares, sizes)
    notes = seen.notes()
    if len(shown) < len(order):
        notes.append(
            said(
                f"{len(shown)} territoires dessinés sur {len(order)} : ceux dont les flux sont les plus grands.",
                f"{len(shown)} of {len(order)} territories drawn: those with the greatest flows.",
                lang,
            )
        )
    return Chart(
        kind="matrix",
        lang=lang,
        title=said("Matrice des interdépendances", "Matrix of interdependences", lang),
        width=sizes.width,
        height=height,
        size=sizes.label,
        marks=tuple(marks),
        legend=_legend(shown, shares, lang),
        stamp=stamp(snapshot, lang),
        provenance=seen.provenance,
        summary=said(
            f"Matrice de {len(shown)} territoires : part des flux de la ligne qui dépend de la colonne.",
            f"Matrix of {len(shown)} territories: share of the row's flows that depend on the column.",
            lang,
        ),
        tables=(_table(seen, order[:MOST_IN_TABLE], shares), pairs_table(seen)) if order else (),
        notes=tuple(notes),
        nothing=""
        if order
        else said(
            "Aucun flux entre territoires : importez une feuille « flux ».",
            "No flow between territories: import a sheet 'flux'.",
            lang,
        ),
    )


def _cells(
    view: FlowView, shown: list[str], shares: Mapping[tuple[str, str], float], sizes: Profile
) -> tuple[list[Path | Text], float]:
    """Rows with their names, columns with their numbers: a number names the same territory both ways."""
    font = float(sizes.label)
    widest = 5 * font
    left_over = sizes.width - widest * len(shown)
    room = max(min(15 * font, 0.3 * sizes.width), min(left_over, 0.5 * sizes.width))
    wanted = max((text_width(view.name(id_), font) for id_ in shown), default=0.0) + NUMBER * font
    names = min(wanted, room)
    side = min(widest, (sizes.width - names) / max(1, len(shown)))
    tall = (
        min(side, 2.1 * font)
        if not sizes.projected
        else min(side, (sizes.height - 2 * font) / max(1, len(shown)))
    )
    top = 1.8 * font
    marks: list[Path | Text] = []
    small = min(font, side / 2.6, tall * 0.7)
    for k, id_ in enumerate(shown):
        x, y = names + (k + 0.5) * side, top + (k + 0.5) * tall + 0.34 * font
        marks.append(
            Text(str(k + 1), round(x, 1), round(top - 0.5 * font, 1), font, bold=True, anchor="middle")
        )
        marks.append(Text(str(k + 1), round(1.3 * font, 1), round(y, 1), font, bold=True, anchor="end"))
        name = shortened(view.name(id_), font, names - NUMBER * font)
        marks.append(Text(name, round(1.8 * font, 1), round(y, 1), font))
    diagonal: list[Path | Text] = []
    for r, row in enumerate(shown):
        for c, column in enumerate(shown):
            left, up = names + c * side, top + r * tall
            corners = [(left, up), (left + side, up), (left + side, up + tall), (left, up + tall)]
            box = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z"
            share = shares.get((row, column))
            told = f"{view.name(row)} → {view.name(column)} : {percent(share, view.lang)}"
            if share is None:
                marks.append(Path(box, stroke="control", width=1, title=told))
                marks.append(
                    Path(striped(corners, max(6.0, side / 5), down=True), stroke="hairline", width=1)
                )
            else:
                role = shade(share)
                marks.append(Path(box, fill=role, stroke="control", width=1, title=told))
                text = f"{100 * share:.0f}" if share >= 0.005 else "<1"
                ink = "paper" if role == "heat4" else "ink"
                marks.append(
                    Text(
                        text,
                        round(left + side / 2, 1),
                        round(up + tall / 2 + 0.34 * small, 1),
                        round(small, 1),
                        role=ink,
                        bold=True,
                        anchor="middle",
                    )
                )
            if r == c:
                diagonal.append(Path(box, stroke="ink", width=sizes.border))
    return marks + diagonal, round(top + tall * len(shown) + 0.5 * font, 1)


def _legend(shown: list[str], shares: Mapping[tuple[str, str], float], lang: str) -> tuple[LegendEntry, ...]:
    here = {shade(s) for (a, b), s in shares.items() if a in set(shown) and b in set(shown)}
    entries = [
        LegendEntry(
            "",
            said(
                "ligne : qui dépend ; colonne : de qui ; en % des flux de la ligne",
                "row: who depends; column: on whom; in % of the row's flows",
                lang,
            ),
        ),
        LegendEntry("diagonal", said("diagonale : autonomie", "diagonal: autonomy", lang)),
    ]
    for k, text in enumerate(("0–25 %", "25–50 %", "50–75 %", "75–100 %"), start=1):
        if f"heat{k}" in here:
            entries.append(LegendEntry(f"heat{k}", text))
    if any((a, b) not in shares for a in shown for b in shown):
        entries.append(LegendEntry("doughnut-unknown", said("rien de relevé", "nothing recorded", lang)))
    return tuple(entries)


def _table(view: FlowView, order: list[str], shares: Mapping[tuple[str, str], float]) -> Table:
    """The matrix itself; records stand in the table of pairs."""
    lang = view.lang

    def cell(share: float | None) -> Cell:
        return Cell("") if share is None else Cell(percent(share, lang), share)

    rows = tuple(
        Row((Cell(f"{k} · {view.name(row)}"), *(cell(shares.get((row, column))) for column in order)))
        for k, row in enumerate(order, start=1)
    )
    columns = (
        said("Dépend de →", "Depends on →", lang),
        *(f"{k} · {view.name(id_)}" for k, id_ in enumerate(order, 1)),
    )
    caption = said("Parts des flux de chaque ligne", "Shares of the flows of each row", lang)
    return Table(caption, columns, rows)
