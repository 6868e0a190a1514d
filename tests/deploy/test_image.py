"""What the image is made of, by its own steps without a Docker engine: the wheel alone, its command, its health check."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.deploy.dockerfile import ROOT, Stage, stages

PACKAGES = ("graph", "queries", "ingest", "viz", "api")
START_SECONDS = 60
"""A start takes two or three; slow machines get more before it is called failed."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what the image's first stage copies, and from nothing else."""
    context = tmp_path_factory.mktemp("context")
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "*.db", "*.db-wal", "*.db-shm")
    for rest in stages()[0].all("COPY"):
        *sources, target = rest.split()
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, context / target, ignore=ignored)
            else:
                shutil.copy(ROOT / source, context / target)
    out = tmp_path_factory.mktemp("wheels")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    subprocess.run([*build, "--wheel-dir", str(out), str(context)], check=True, cwd=out)
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel, and of this one only what the project depends on."""
    home = tmp_path_factory.mktemp("opt") / "agencements"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*pip, str(wheel)], check=True, cwd=home)
    (site,) = home.glob("lib/python*/site-packages")
    # a path in a .pth file adds that folder's modules, not its .pth files: ours, installed from sources, stay out
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home


def _relocated(text: str, installed: Path, folder: Path) -> str:
    places = {"/opt/agencements": installed, "/data": folder / "data", "/tmp": folder / "tmp"}
    return re.sub(rf"(?<![\w.])({'|'.join(places)})(?![\w-])", lambda found: str(places[found[1]]), text)


@pytest.fixture
def container(installed: Path, tmp_path: Path) -> Container:
    (tmp_path / "data").mkdir()
    (tmp_path / "tmp").mkdir()
    image = stages()[-1]
    variables = {k: _relocated(v, installed, tmp_path) for k, v in image.environment.items()}
    return Container(image, {**variables, "TMPDIR": str(tmp_path / "tmp")}, tmp_path / "data", installed)


class Container:
    """The last stage's environment and nothing else of ours, on folders in place of its volume."""

    def __init__(self, image: Stage, variables: dict[str, str], data: Path, installed: Path) -> None:
        self.image = image
        self.variables = variables
        self.data = data
        self.installed = installed

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        program = shutil.which(command[0], path=self.variables["PATH"])
        assert program is not None
        return subprocess.Popen(
            [program, *command[1:]],
            env=self.variables,
            cwd=self.data,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, command: list[str]) -> tuple[int, str, str]:
        process = self.start(command)
        out, err = process.communicate(timeout=START_SECONDS)
        return process.returncode, out, err

    @contextmanager
    def served(self) -> Iterator[int]:
        """The image's command, on a loopback address and a free port; it must end well when told to."""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        command = list(self.image.command)
        command[command.index("--host") + 1] = "127.0.0.1"
        command[command.index("--port") + 1] = str(port)
        process = self.start(command)
        try:
            assert process.stdout is not None
            assert str(port) in process.stdout.readline()
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=START_SECONDS)
        assert process.returncode in (0, -signal.SIGTERM), err
        assert "Traceback" not in err


def test_the_wheel_holds_every_file_of_the_packages_and_the_examples(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", *PACKAGES, "examples"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    expected = {f"api/{name}" if name.startswith("examples/") else name for name in tracked}
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {Path(name).suffix for name in expected} >= {
        ".py",
        ".j2",
        ".css",
        ".js",
        ".sql",
        ".cypher",
        ".yaml",
        ".csv",
    }
    assert expected - held == set()
    assert {name for name in held if ".dist-info/" not in name} - expected == set()
    assert any(name.endswith("/licenses/THIRD_PARTY_NOTICES.md") for name in held)


def test_the_image_refuses_to_start_without_a_token_and_tells_how_to_make_one(container: Container) -> None:
    code, out, err = container.run(container.image.command)
    assert (code, out) == (2, "")
    assert "agencements token add" in err
    assert list(container.data.iterdir()) == []


def test_the_image_serves_whoever_holds_a_token(container: Container) -> None:
    def files() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in container.installed.rglob("*")}

    before = files()
    code, secret, _ = container.run(["agencements", "token", "add", "--role", "pilot", "--name", "Bureau"])
    assert code == 0
    with container.served() as port, httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
        health = [part.replace(":8000/", f":{port}/") for part in container.image.health]
        assert container.run(health)[0] == 0
        assert client.get("/health").json() == {"status": "ok"}
        assert client.get("/ready").json() == {"status": "ok", "revision": 0}
        assert client.get("/", headers={"Accept": "text/html"}).status_code == 303
        assert client.get("/static/app.css").status_code == 200
        client.headers["Authorization"] = f"Bearer {secret.strip()}"
        for path in ("/", "/cartes/conflits", "/static/map/map.js", "/api/v1/openapi.json", "/docs"):
            assert client.get(path).status_code == 200, path
    assert container.run(health)[0] != 0
    # its root is read-only: what it writes is in its volume, its files there are for its user alone
    assert files() == before
    assert (container.data / "agencements.db").exists()
    assert (container.data / "agencements-tokens.json").stat().st_mode & 0o077 == 0


def test_the_image_imports_the_example_from_the_wheel(container: Container) -> None:
    example = container.run(
        ["python", "-c", "from api.examples_folder import example; print(example('territoire-compose'))"]
    )[1].strip()
    assert Path(example).is_relative_to(container.installed)
    code, _, err = container.run(["agencements", "import", example, "--apply"])
    assert code == 0, err
    code, _, err = container.run(["agencements", "map", "conflict", "-o", "conflits.html"])
    assert code == 0, err
    assert (container.data / "conflits.html").exists()


def test_the_image_is_not_root_and_holds_no_secret() -> None:
    build, image = stages()
    assert image.last("USER") == "10001:10001"
    assert image.command[0] == "agencements"
    names = {name for stage in (build, image) for name in stage.environment}
    assert not {name for name in names if re.search("PASSWORD|SECRET|KEY", name)}
    for path in (ROOT / "docker-compose.yml", ROOT / "Dockerfile"):
        assert re.search(r"(?i)password: (?!\"\$\{\w+:\?)", path.read_text(encoding="utf-8")) is None


def test_what_the_image_is_built_from_is_sent_to_docker_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}
    copied = {source for rest in stages()[0].all("COPY") for source in rest.split()[:-1]}
    assert "*" in lines
    assert sent == copied
    assert all((ROOT / name).exists() for name in copied)
