"""The operator's guide is true: its commands run, what it names exists, and what exists is named."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from api.access import ROLES
from api.app import THREADS
from api.logs import FIELDS, Metrics
from api.settings import variables
from api.uploads import KEPT
from graph import Store, open_store
from graph.stores.store import KEPT_SNAPSHOTS
from tests.api.conftest import SHEETS, Command

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """What stands under a heading, up to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def commands(title: str) -> list[str]:
    """Its shell commands, block by block."""
    return re.findall(r"^```sh\n(.*?)^```$", section(title), re.MULTILINE | re.DOTALL)


def shell(script: str, folder: Path) -> str:
    """Run a block as it stands, in a folder that holds a store."""
    (folder / "bin").mkdir(exist_ok=True)
    for name, program in (
        ("agencements", '-c "from api.cli import main; main()"'),
        ("python3", ""),
    ):
        command = folder / "bin" / name
        command.write_text(f'#!/bin/sh\nexec {sys.executable} {program} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (script, done.stdout, done.stderr)
    return done.stdout


def told(store: Store) -> tuple[object, ...]:
    """What a backup must bring back: revisions, what is believed, what was."""
    return store.revisions(), list(store.versions("positions")), store.history("actors", "amap")


def test_a_sqlite_backup_made_while_served_and_restored_holds_everything(tmp_path: Path) -> None:
    backup, restore = commands("SQLite")
    command = Command(tmp_path)
    command.url = url = f"sqlite:///{tmp_path / 'agencements.db'}"
    for name, text in SHEETS.items():
        (tmp_path / "classeur").mkdir(exist_ok=True)
        (tmp_path / "classeur" / f"{name}.csv").write_text(text, encoding="utf-8")
    command("import", str(tmp_path / "classeur"), "--apply")
    with open_store(url, create=False) as store:
        store.undo(1, author="pilote")  # still open: what follows stands in the write-ahead log
        store.undo(2, author="pilote")
        saved = told(store)
        shell(backup, command.folder)
        store.undo(3, author="pilote")
        assert store.head() == 4
    for suffix in ("-wal", "-shm"):
        (command.folder / f"agencements.db{suffix}").write_bytes(b"of the old file")
    shell(restore, command.folder)
    with open_store(url, create=False) as store:
        assert store.head() == 3
        assert store.check() == []
        assert told(store) == saved


def test_the_commands_on_tokens_do_what_they_say(tmp_path: Path) -> None:
    (block,) = commands("Tokens and roles")
    told = shell(block, tmp_path)
    assert told.rstrip().endswith("Révoqué : Observatoire (analyst).")


def test_every_role_is_told() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", section("Tokens and roles"), re.MULTILINE)) == set(ROLES)


def test_every_metric_is_told_and_the_reverse() -> None:
    metrics = Metrics()
    metrics.began()
    metrics.ended("GET", "/", 200, 0.1)
    existing = set(re.findall(r"^# TYPE (\w+)", metrics.text(1), re.MULTILINE))
    assert set(re.findall(r"^\| `(agencements_\w+)` \|", GUIDE, re.MULTILINE)) == existing


def test_every_field_of_the_log_is_told() -> None:
    told = section("Watching it").split("**Logs**")[1].split("\n\n")[0]
    assert {*FIELDS, "time", "level", "logger", "message"} <= set(re.findall(r"`(\w+)`", told))


def test_variables_named_exist() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in set(re.findall(r"\b(AGENCEMENTS_[A-Z0-9_]+)", GUIDE)):
        assert name in variables() or f"${{{name}:" in compose, name


def test_services_and_volumes_named_exist() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    for line in re.findall(r"docker compose (?:run|exec|stop) (.*)", GUIDE):
        words = re.sub(r'--volume "[^"]*"|--\S+', "", line).split()
        assert words[0] in compose["services"], line
    for volume in compose["volumes"]:
        assert f"`{volume}`" in GUIDE


@pytest.mark.parametrize(
    "setting", re.findall(r"`(d\w+\.[\w.]+)=?[^`]*`", GUIDE), ids=lambda setting: str(setting)
)
def test_settings_of_neo4j_named_are_those_we_set(setting: str) -> None:
    if setting != "db.logs.query.enabled":  # named to be left alone
        assert f"{setting}=" in (ROOT / "deploy/neo4j/local_server.py").read_text(encoding="utf-8")


def test_limits_are_those_of_the_code() -> None:
    told = section("Limits")
    assert f"| {THREADS}; the others wait" in told
    assert f"| {KEPT}, for an hour" in told
    assert f"| {KEPT_SNAPSHOTS} (the latest" in told
