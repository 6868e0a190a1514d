"""What exists is documented, and what is documented exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from api.cli import app
from api.settings import variables
from queries.registry import COMMANDS
from viz import KINDS
from viz.charts import CHARTS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_readme_and_the_reverse() -> None:
    group = typer.main.get_command(app)
    existing = set(group.commands)  # type: ignore[attr-defined]
    told = set(
        re.findall(
            r"`([a-z][a-z-]*)`", README.split("## Commandes")[1].split("## Réglages")[0].split("Toutes")[0]
        )
    )
    assert existing == told


def test_every_setting_is_in_the_readme_and_the_reverse() -> None:
    told = set(re.findall(r"^\| `(AGENCEMENTS_[A-Z0-9_]+)`", README, flags=re.MULTILINE))
    assert set(variables()) == told


def test_every_analysis_is_in_the_readme() -> None:
    for name in COMMANDS:
        assert f"`{name}`" in README


def test_every_kind_of_map_is_in_the_readme() -> None:
    for kind in (*KINDS, *CHARTS):
        assert f"map {kind}" in README or f"`{kind}`" in README, kind


def test_every_make_target_named_exists() -> None:
    targets = set(
        re.findall(r"^([a-z0-9-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        named = set(re.findall(r"`?make ([a-z0-9][a-z0-9-]*)`", path.read_text(encoding="utf-8")))
        assert named <= targets, path


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda p: p.name
)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (path.parent / target).exists(), target


def test_only_the_settings_read_the_environment() -> None:
    for folder in ("graph", "queries", "ingest", "viz", "api"):
        for path in (ROOT / folder).rglob("*.py"):
            if path != ROOT / "api" / "settings.py":
                text = path.read_text(encoding="utf-8")
                assert re.search(r"os\.environ|getenv", text) is None, path
