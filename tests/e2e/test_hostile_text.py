"""Text that tries to be code stays text on every page and map."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Visit, run, serving

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</script><svg onload=alert(3)>",
    "{{ 7 * 7 }} ${7*7} <!-- ]]>",
    "javascript:alert(4) \u2028 \u202e fin",
)


def sheet(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_hostile_text_is_shown_as_text(tmp_path: Path, visit: Callable[..., Visit]) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    texts = dict(enumerate(HOSTILE))
    sheet(
        folder,
        "acteurs",
        [{"id": f"a{k}", "nom": text, "type": text, "competences": text} for k, text in texts.items()],
    )
    sheet(
        folder, "objectifs", [{"id": f"o{k}", "nom": text, "description": text} for k, text in texts.items()]
    )
    sheet(folder, "projets", [{"id": f"p{k}", "nom": text} for k, text in texts.items()])
    sheet(
        folder,
        "positions",
        [
            {
                "acteur": f"a{a}",
                "objectif": f"o{o}",
                "valeur": str(3 - 6 * ((a + o) % 2)),
                "source": texts[a],
                "commentaire": texts[o],
                "evaluateur": texts[o],
                "date": "2024-01-01",
            }
            for a in texts
            for o in texts
        ],
    )
    run("import", str(folder), "--apply", "--message", HOSTILE[0], "--author", HOSTILE[1], folder=tmp_path)
    with serving("serve", folder=tmp_path) as address:
        seen = visit(address)
        for path in (
            "/",
            "/zones",
            "/cartes/acteurs",
            "/cartes/convergences",
            "/cartes/conflits",
            "/historique",
            "/fiches/P1",
        ):
            page = seen.go(path)
            assert page.locator("img[src=x], svg[onload]").count() == 0, path
        assert HOSTILE[0] in seen.go("/historique").inner_text("main")
        assert HOSTILE[0] in seen.go("/fiches/P1").inner_text("main")
    run("map", "conflict", "-o", "conflit.html", folder=tmp_path)
    seen = visit("file://")
    seen.page.goto((tmp_path / "conflit.html").as_uri())
    seen.page.wait_for_selector("#carte[data-ready]")
    assert HOSTILE[0] in seen.page.text_content("body")
