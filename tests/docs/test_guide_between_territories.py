"""The worked guide from a published file to a negotiation sheet: every command of the page, in order, as it is written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "territories.md").read_text(encoding="utf-8")
GUIDE = PAGE.split("## Du fichier publié à la fiche de négociation")[1].split("\n## ")[0]
REFUSED = "# refusé"


def test_every_command_of_the_guide_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    name, sheet = re.search(r"`(\S+\.csv)` :\n\n```csv\n(.*?)```", GUIDE, flags=re.DOTALL).groups()  # type: ignore[union-attr]
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text(sheet, encoding="utf-8")
    runner = CliRunner()
    told: list[tuple[str, str]] = []
    for line in "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE, flags=re.DOTALL)).splitlines():
        if not line:
            continue
        if line.startswith("export "):
            variable, value = line.removeprefix("export ").split("=", 1)
            monkeypatch.setenv(variable, value)
            continue
        command, *arguments = shlex.split(line, comments=True)
        assert command == "agencements"
        result = runner.invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == (2 if REFUSED in line else 0), (line, result.output)
        told.append((line, result.output))
    said = [text for _, text in told]
    # what the page says of each: truncated, refused with its reason, gaps, the pact
    assert '"autonomy": null' in next(text for line, text in told if line.endswith("epci --json"))
    assert "petits flux" in next(text for line, text in told if REFUSED in line)
    doughnut = next(text for line, text in told if "doughnut" in line)
    assert "?" in doughnut
    assert "short" in doughnut
    assert "Métropole du Grand Paris" in said[-2]
    assert "§" in said[-2]
    assert "pacte-mobilites" in said[-1].replace("\n", "")
