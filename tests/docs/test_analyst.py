"""What the analyst's guide tells to type works, in order, on the example territory."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.e2e.conftest import serving

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "analyst.md").read_text(encoding="utf-8")
REFUSED = ("order=9",)
"""Lines that the guide shows to be refused."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is missing (Debian, Ubuntu: apt install curl)."
)
def test_every_line_of_the_guide_works(tmp_path: Path) -> None:
    with serving("demo", folder=tmp_path) as address:
        script = "\n".join(blocks("sh")).replace(
            "AGENCEMENTS=http://127.0.0.1:8000", f"AGENCEMENTS={address}"
        )
        # each request on its own lines, between marks, so that each answer is looked at
        told = re.sub(r"^curl ", "echo; echo @@@; curl ", script, flags=re.MULTILINE)
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", told],
            cwd=tmp_path,
            env={**os.environ, "no_proxy": "127.0.0.1", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        asked = [line for line in script.splitlines() if line.startswith("curl ")]
        answers = done.stdout.split("@@@\n")[1:]
        assert len(answers) == len(asked)
        for line, answer in zip(asked, answers, strict=True):
            refused = '"type":"/problems/' in answer
            assert refused == any(part in line for part in REFUSED), (line, answer[:500])
            if "http_code" in line:
                assert answer.strip() == "304", line
            elif "-o " not in line and "format=csv" not in line:
                assert json.loads(answer), line
        ET.parse(tmp_path / "graph.gexf")
        ET.parse(tmp_path / "map.graphml")
        features = json.loads((tmp_path / "territories.geojson").read_text(encoding="utf-8"))["features"]
        assert features
        assert (tmp_path / "map.html").read_text(encoding="utf-8").startswith("<!doctype html>")
        (notebook,) = blocks("python")
        ran = subprocess.run(
            [sys.executable, "-c", notebook],
            env={**os.environ, "AGENCEMENTS": address, "no_proxy": "127.0.0.1"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert ran.returncode == 0, ran.stderr
        assert "'stated':" in ran.stdout
