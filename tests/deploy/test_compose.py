"""The two containers: what Compose understands of the file, and what an operator is promised."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from api.settings import variables
from tests.deploy.dockerfile import ROOT, stages

FILE = ROOT / "docker-compose.yml"
SECRET = "p%ss-w0rd of a test"


def compose() -> list[str] | None:
    """The command of this machine: the older one, else the plugin of Docker."""
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    plugin = ["docker", "compose"]
    if shutil.which("docker") and subprocess.run([*plugin, "version"], capture_output=True).returncode == 0:
        return plugin
    return None


def config(**environment: str) -> subprocess.CompletedProcess[str]:
    command = compose()
    if command is None:
        pytest.skip(
            "compose: neither docker-compose nor docker compose (Debian, Ubuntu: apt install docker-compose)"
        )
    return subprocess.run(
        [*command, "-f", str(FILE), "config"],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def test_compose_reads_the_file_and_fills_the_secret_in() -> None:
    read = config(NEO4J_PASSWORD=SECRET)
    assert read.returncode == 0, read.stderr
    services = yaml.safe_load(read.stdout)["services"]
    assert services["app"]["environment"]["AGENCEMENTS_NEO4J_PASSWORD"] == SECRET
    assert services["neo4j"]["environment"]["NEO4J_AUTH"] == f"neo4j/{SECRET}"
    assert services["app"]["depends_on"]["neo4j"]["condition"] == "service_healthy"


@pytest.mark.parametrize("environment", [{}, {"NEO4J_PASSWORD": ""}], ids=["unset", "empty"])
def test_compose_refuses_to_start_without_a_password(environment: dict[str, str]) -> None:
    read = config(**environment)
    assert read.returncode != 0
    assert "set NEO4J_PASSWORD" in read.stderr


def test_both_generations_of_compose_understand_it(written: dict[str, Any]) -> None:
    # without `version`, 1.27 and later read the Compose specification; `name`, profiles, secrets from the
    # environment, `!reset` and long mounts came later
    assert set(written) == {"services", "volumes"}
    known = {
        *("build", "image", "environment", "ports", "volumes", "depends_on", "restart", "init", "read_only"),
        *("tmpfs", "cap_drop", "security_opt", "user", "stop_grace_period", "healthcheck"),
    }
    for service in written["services"].values():
        assert set(service) <= known
        assert all(isinstance(entry, str) for entry in (*service["ports"], *service["volumes"]))


def test_only_this_machine_reaches_the_ports(written: dict[str, Any]) -> None:
    for service in written["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_nobody_is_root_and_what_can_be_read_only_is(written: dict[str, Any]) -> None:
    app, neo4j = written["services"]["app"], written["services"]["neo4j"]
    assert "user" not in app
    assert stages()[-1].last("USER").split(":")[0] not in ("0", "root")
    assert neo4j["user"] == "7474:7474"
    assert app["read_only"] is True
    assert {entry.partition(":")[0] for entry in app["tmpfs"]} == {"/tmp"}
    for service in (app, neo4j):
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_what_must_last_is_in_named_volumes(written: dict[str, Any]) -> None:
    mounted = [entry for service in written["services"].values() for entry in service["volumes"]]
    assert {entry.split(":")[0] for entry in mounted} == set(written["volumes"])
    for path in json.loads(stages()[-1].last("VOLUME")):
        assert f"app-data:{path}" in written["services"]["app"]["volumes"]


def test_secrets_come_from_the_environment_and_have_no_default(written: dict[str, Any]) -> None:
    text = FILE.read_text(encoding="utf-8")
    for name, rest in re.findall(r"\$\{(\w*PASSWORD\w*)([^}]*)\}", text):
        assert rest.startswith(":?"), name
    for service in written["services"].values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD|AUTH|TOKEN|SECRET", name):
                assert "${NEO4J_PASSWORD:?" in value, name


def test_the_application_is_set_by_variables_that_exist(written: dict[str, Any]) -> None:
    given = {*written["services"]["app"]["environment"], *stages()[-1].environment}
    assert {name for name in given if name.startswith("AGENCEMENTS_")} <= set(variables())


def test_the_server_tested_is_of_the_line_deployed(written: dict[str, Any]) -> None:
    tested = re.search(
        r'^VERSION = "(\d+\.\d+)\.', (ROOT / "deploy/neo4j/local_server.py").read_text(), re.MULTILINE
    )
    assert tested is not None
    assert written["services"]["neo4j"]["image"] == f"neo4j:{tested[1]}-community"


def test_neo4j_forgets_alike_in_a_container_and_on_this_machine(written: dict[str, Any]) -> None:
    environment = written["services"]["neo4j"]["environment"]
    local = (ROOT / "deploy/neo4j/local_server.py").read_text(encoding="utf-8")
    for setting in (
        "dbms.usage_report.enabled",
        "db.tx_log.rotation.retention_policy",
        "db.tx_log.rotation.size",
        "db.checkpoint.interval.time",
    ):
        # the image's own rule: dots are written _, underscores __
        name = "NEO4J_" + setting.replace("_", "__").replace(".", "_")
        assert f"{setting}={environment[name]}\n" in local
