"""The reference of the workbook says every sheet, column, code and refusal, and nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph.model import SHEETS, TABLES
from graph.vocabulary import shipped
from ingest.headers import match, sheet_table
from ingest.mapping import COLUMNS_BESIDE_THE_MODEL
from tests.ingest import test_refused_cells

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "workbook.md").read_text(encoding="utf-8")


def part(title: str) -> str:
    """A chapter, up to the next."""
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def chapters(title: str) -> dict[str, str]:
    """The sections of a chapter by the code in their title."""
    found = re.split(r"^### `([^`]+)`\n", part(title), flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def rows(section: str) -> list[list[str]]:
    """The cells of its table, header left out."""
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_sheet_is_documented_and_the_reverse() -> None:
    assert list(chapters("Les feuilles")) == list(SHEETS)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_column_is_documented_and_the_reverse(sheet: str) -> None:
    table = SHEETS[sheet]
    beside = COLUMNS_BESIDE_THE_MODEL.get(table.name, ())
    needed = {
        spec.fr: "**oui**"
        if spec.required and not (table.statement and spec.name == "valid_from")
        else "la colonne, pas la cellule"
        if spec.name in beside
        else ""
        for spec in table.fields
    }
    section = chapters("Les feuilles")[sheet]
    told = {french.strip("`"): required for french, _, required, _ in rows(section)}
    assert told == needed
    english = [name.strip("`") for _, name, _, _ in rows(section)]
    assert english == [spec.name for spec in table.fields]


@pytest.mark.parametrize("sheet", SHEETS)
def test_lists_and_sheets_that_columns_name(sheet: str) -> None:
    section = chapters("Les feuilles")[sheet]
    for spec, (_, _, _, says) in zip(SHEETS[sheet].fields, rows(section), strict=True):
        assert re.findall(r"\(#([a-z_]+)\)", says) == ([spec.codes] if spec.codes else [])
        if spec.ref:
            assert f"de la feuille `{TABLES[spec.ref].sheet}`" in says
        if spec.low is not None and spec.high is not None:
            assert f"de {spec.low:g} à {spec.high:g}" in says


@pytest.mark.parametrize("sheet", SHEETS)
def test_english_names_are_read(sheet: str) -> None:
    table = SHEETS[sheet]
    assert sheet_table(table.name) == table
    columns = match(table, dict(enumerate(spec.name for spec in table.fields)))
    assert [column.spec for column in columns] == list(table.fields)


def test_every_list_and_code_is_documented_and_the_reverse() -> None:
    vocabulary = shipped()
    told = chapters("Les codes")
    assert list(told) == list(vocabulary.names)
    for name, section in told.items():
        words = vocabulary[name]
        assert [row[:3] for row in rows(section)] == [[f"`{w.code}`", w.fr, w.en] for w in words.words]
        if name == "type_flux":
            assert [row[3] for row in rows(section)] == [w.depends for w in words.words]
        assert section.strip().startswith("Liste fixe" if words.closed else "Liste extensible")


def test_every_refusal_is_documented_and_the_reverse() -> None:
    told = {row[0].strip("`") for row in rows(part("Ce qui est refusé"))}
    elsewhere = {"missing_column", "duplicate_column", "merged_cells", "blank_rows", "formula_without_value"}
    by_rule = {"dependents"}
    of_flows = {"no_flow", "only_self_flows", "several_quantities"}
    assert told == {case.code for case in test_refused_cells.CASES} | elsewhere | by_rule | of_flows


def test_every_code_in_the_source_is_documented() -> None:
    """A refusal made by one of the constructors of issues has a row in the table."""
    told = {row[0].strip("`") for row in rows(part("Ce qui est refusé"))}
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "ingest").rglob("*.py")))
    made = set(
        re.findall(
            r"(?:Issue|CellError|Unreadable|\.issue|_header_error)\(\s*(?:header,\s*)?\"([a-z_]+)\"", source
        )
    )
    assert made <= told


def test_links_inside_lead_somewhere() -> None:
    titles = re.findall(r"^#+ (.+)$", TEXT, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors
