"""Text that tries to be code stays text in every field, on every page and in every map."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from api.examples_folder import example
from graph.model import SHEETS, FieldSpec, Kind, Table
from tests.e2e.conftest import Visit, run, serving
from tests.e2e.pages import pages
from viz import KINDS

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</script><svg onload=alert(3)>",
    "{{ 7 * 7 }} ${7*7} <!-- ]]> -->",  # closed: open, it would hide from the browser all that follows it
    "javascript:alert(4) \u2028 \u202e fin",
    "' onmouseover='alert(5)",
)

INJECTED = "img[src='x'], svg[onload], [onerror], [onload], [onmouseover], a[href^='javascript:' i]"

COMMENTS = """() => {
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_COMMENT), found = [];
  while (walk.nextNode()) found.push(walk.currentNode.data);
  return found;
}"""
"""The comments of a page: ours have none."""

READ_AS_SOMETHING_ELSE = {
    ("actors", "siren"),
    ("objectives", "sdgs"),
    ("aliases", "table"),
    ("vocabulary", "list"),
    ("vocabulary", "depends"),
    ("beacons", "stake"),
}
"""Fields of text that take only some texts."""

WITHOUT_TEXT_OF_THE_STORE = ("/importer", "/territoires-officiels", "/territoires-officiels?q=200054781")


def free(table: Table) -> list[FieldSpec]:
    """The fields of a table that take any text."""
    return [
        spec
        for spec in table.fields
        if spec.kind in (Kind.TEXT, Kind.LONG, Kind.TEXTS)
        and (table.name, spec.name) not in READ_AS_SOMETHING_ELSE
    ]


def hostile(text: str) -> str:
    """The same text twice is the same hostile text: what names the same thing still does."""
    return f"{HOSTILE[zlib.crc32(text.encode()) % len(HOSTILE)]} {text}".strip()


def spoil(source: Path, target: Path) -> None:
    """The example territory with every text of it hostile, and those it leaves empty filled."""
    with source.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    table = SHEETS[source.stem]
    for number, row in enumerate(rows):
        for spec in free(table):
            said = row.get(spec.fr) or ("" if spec.key else f"{spec.fr} {number}")
            parts = said.split(";") if spec.many else [said]
            row[spec.fr] = ";".join(hostile(part.strip()) for part in parts) if said else ""
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def spoiled(folder: Path) -> None:
    folder.mkdir()
    for source in sorted(example("territoire-compose").glob("*.csv")):
        spoil(source, folder / source.name)
    assert {path.stem for path in folder.iterdir()} == set(SHEETS)


def taken_away(address: str, kind: str, folder: Path) -> Path:
    """A map as one file."""
    path = folder / f"{kind}.html"
    with urlopen(f"{address}/api/v1/maps/{kind}") as answer:
        path.write_bytes(answer.read())
    return path


def refuse_injected(seen: Visit, where: str) -> None:
    """Nothing of the hostile text became an element or a comment."""
    assert seen.page.locator(INJECTED).count() == 0, where
    assert seen.page.evaluate(COMMENTS) == [], where


def test_hostile_text_is_shown_as_text(tmp_path: Path, visit: Callable[..., Visit]) -> None:
    spoiled(tmp_path / "hostile")
    run("import", "hostile", "--apply", "--message", HOSTILE[0], "--author", HOSTILE[1], folder=tmp_path)
    shown = {}
    with serving("serve", folder=tmp_path) as address:
        seen = visit(address)
        for path in pages():
            shown[path] = seen.go(path).text_content("body")
            refuse_injected(seen, path)
        assert HOSTILE[0] in shown["/historique"]
        seen.page.close()  # before the server: a late request would be heard as refused
        files = {kind: taken_away(address, kind, tmp_path) for kind in KINDS}
    seen = visit("file://")
    for kind, file in files.items():
        seen.page.goto(file.as_uri())
        seen.page.wait_for_selector("#carte[data-ready]")
        refuse_injected(seen, kind)
        shown[kind] = seen.page.text_content("body")
    # who looks at nothing sees no harm: each shows some, and all of it is shown somewhere
    assert [p for p, text in shown.items() if not any(h in text for h in HOSTILE)] == list(
        WITHOUT_TEXT_OF_THE_STORE
    )
    assert all(any(h in text for text in shown.values()) for h in HOSTILE)
