"""A real Neo4j on this machine without a container: jars from Maven Central, one home folder, free ports.

As a command, ``python deploy/neo4j/local_server.py start`` prints the line ``AGENCEMENTS_STORE=neo4j://…`` and
``stop`` ends the server; its data stay under ``.neo4j/`` in the working directory. As a library, tests use
:class:`LocalServer` with a temporary home.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError

VERSION = "5.26.12"
"""The server, of the 5.26 LTS line; ``pom.xml`` says the same."""

JAVA_VERSIONS = (17, 21)
"""What this line of Neo4j runs on."""

START_SECONDS = 240.0
"""A start takes about 10 s; busy machines get much more before we call it failed."""

STOP_SECONDS = 60.0
"""A clean stop takes about 10 s; after this the process is killed (the logs bring everything back)."""

POLL_SECONDS = 0.2

SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For a server that lives minutes: optimising its code further would take longer than it gains."""

USER = "neo4j"

CONFIGURATION = """\
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{bolt}
server.bolt.advertised_address=127.0.0.1:{bolt}
server.http.listen_address=127.0.0.1:{http}
server.http.advertised_address=127.0.0.1:{http}
server.memory.heap.initial_size={heap}
server.memory.heap.max_size={heap}
server.memory.pagecache.size={pagecache}
# The server must call nobody.
dbms.usage_report.enabled=false
# A server that freezes is noticed: it says that it works at least this often, twice missed and the caller leaves.
server.bolt.connection_keep_alive=2s
server.bolt.connection_keep_alive_probes=2
# An erasure must not survive in the transaction logs longer than needed.
db.tx_log.rotation.retention_policy=keep_none
db.tx_log.rotation.size=1m
db.tx_log.preallocate=false
db.checkpoint.interval.time=30s
"""
"""``neo4j.conf``; ports are chosen once and kept, so that a restart answers at the same address."""


class ServerTrouble(Exception):
    """The server cannot be prepared or started; the text says what to do, in French then English."""


def cache() -> Path:
    """Where the jars are kept: ``$XDG_CACHE_HOME`` or ``~/.cache``, then ``agencements/neo4j-VERSION``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "agencements" / f"neo4j-{VERSION}"


def java() -> str:
    """The Java command, from ``JAVA_HOME`` or the path.

    Raises:
        ServerTrouble: there is none, or of another version than 17 or 21.
    """
    home = os.environ.get("JAVA_HOME")
    command = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    said = ""
    if command and Path(command).exists():
        said = subprocess.run([command, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if not command or found is None:
        raise ServerTrouble(
            "Java est absent : Neo4j demande Java 17 ou 21 (Debian, Ubuntu : apt install openjdk-17-jre-headless).\n"
            "Java is missing: Neo4j needs Java 17 or 21."
        )
    if int(found[1]) not in JAVA_VERSIONS:
        raise ServerTrouble(
            f"Java {found[1]} ne convient pas : Neo4j demande Java 17 ou 21. Installez-en un et indiquez-le "
            f"par JAVA_HOME.\nJava {found[1]} will not do: Neo4j needs Java 17 or 21; name one in JAVA_HOME."
        )
    return command


def jars() -> Path:
    """Folder of the server's jars, fetched once from Maven Central (120 MB, about 90 s).

    Raises:
        ServerTrouble: Maven is missing, or the download failed.
    """
    folder = cache() / "lib"
    if folder.is_dir() and any(folder.glob(f"neo4j-{VERSION}.jar")):
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerTrouble(
            "Maven est absent : il sert à télécharger Neo4j (Debian, Ubuntu : apt install maven).\n"
            "Maven is missing: it downloads Neo4j."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as partial:
        target = Path(partial) / "lib"
        done = subprocess.run(
            [
                maven,
                *("-q", "-B", "-f", str(Path(__file__).with_name("pom.xml"))),
                "dependency:copy-dependencies",
                *("-DincludeScope=runtime", f"-Dneo4j.version={VERSION}", f"-DoutputDirectory={target}"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = (done.stdout + done.stderr).strip().splitlines()[-5:]
            raise ServerTrouble(
                "Le téléchargement de Neo4j par Maven a échoué ; vérifiez l'accès à Maven Central, puis "
                "relancez.\nDownloading Neo4j with Maven failed; check the access to Maven Central.\n"
                + "\n".join(last)
            )
        # another process may have finished first: its folder is as good
        with contextlib.suppress(OSError):
            target.rename(folder)
    return folder


def free_ports(count: int) -> list[int]:
    """As many ports of the loopback interface that nobody listens on."""
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            listening = stack.enter_context(socket.socket())
            listening.bind(("127.0.0.1", 0))
            found.append(int(listening.getsockname()[1]))
        return found


class LocalServer:
    """One server in one home folder; as a context manager, started on entering and stopped on leaving.

    Args:
        home: its folder: data, logs, configuration, password, process id.
        heap: memory of the Java heap, as Java writes it (``512m``, ``2g``).
        pagecache: memory for the store's pages.
        options: more for the Java virtual machine; :data:`SHORT_LIVED` for a server that lives minutes.
        settings: more lines of its configuration, by name.
    """

    user = USER

    def __init__(
        self,
        home: Path,
        heap: str = "512m",
        pagecache: str = "256m",
        options: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.home = Path(home).resolve()
        self.heap = heap
        self.pagecache = pagecache
        self.options = tuple(options)
        self.settings = dict(settings or {})

    def __enter__(self) -> LocalServer:
        """The server, started."""
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """``127.0.0.1:PORT``; the same after every restart.

        Raises:
            ServerTrouble: it was never started.
        """
        found = None
        if self._configuration.exists():
            text = self._configuration.read_text(encoding="utf-8")
            found = re.search(r"^server\.bolt\.listen_address=(\S+)$", text, re.MULTILINE)
        if found is None:
            raise ServerTrouble("Ce serveur n'a jamais été démarré.\nThis server was never started.")
        return found[1]

    @property
    def url(self) -> str:
        """``neo4j://127.0.0.1:PORT``, without user or password."""
        return f"neo4j://{self.address}"

    @property
    def password(self) -> str:
        """Generated at the first start, kept in the home, readable by its owner only."""
        return (self.home / "password").read_text(encoding="ascii")

    @property
    def store(self) -> str:
        """The whole address that ``AGENCEMENTS_STORE`` takes."""
        return f"neo4j://{self.user}:{self.password}@{self.address}"

    def start(self) -> LocalServer:
        """Start it, unless it runs, and wait until it answers.

        Raises:
            ServerTrouble: Java or Maven is missing, or the server did not come up.
        """
        if self.pid() is None:
            command, classpath = java(), jars() / "*"
            self._prepare()
            with (self.home / "console.log").open("ab") as log:
                process = subprocess.Popen(
                    [
                        command,
                        *self.options,
                        *(f"-Xms{self.heap}", f"-Xmx{self.heap}", "-cp", str(classpath)),
                        "org.neo4j.server.CommunityEntryPoint",
                        f"--home-dir={self.home}",
                        f"--config-dir={self.home / 'conf'}",
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            self._process = process
            (self.home / "pid").write_text(str(process.pid), encoding="ascii")
        try:
            self._wait()
        except ServerTrouble:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        """End it cleanly; does nothing when it does not run."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def pid(self) -> int | None:
        """Its process id, ``None`` when it does not run."""
        try:
            pid = int((self.home / "pid").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        child = self._process
        # asked whichever it is: one that another program ended and replaced is ours to reap
        if child is not None and child.poll() is not None and child.pid == pid:
            return None
        # the number may since belong to somebody else's process: ours names the home
        shown = subprocess.run(
            ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
        return pid if f"--home-dir={self.home} " in shown and not shown.startswith("Z") else None

    _process: subprocess.Popen[bytes] | None = None

    @property
    def _configuration(self) -> Path:
        return self.home / "conf" / "neo4j.conf"

    def _prepare(self) -> None:
        self._configuration.parent.mkdir(parents=True, exist_ok=True)
        secret = self.home / "password"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(18), encoding="ascii")
        if self._configuration.exists():
            bolt = int(self.address.rsplit(":", 1)[1])
            (http,) = free_ports(1)
        else:
            bolt, http = free_ports(2)
        text = CONFIGURATION.format(bolt=bolt, http=http, heap=self.heap, pagecache=self.pagecache)
        text += "".join(f"{name}={value}\n" for name, value in self.settings.items())
        self._configuration.write_text(text, encoding="utf-8")

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.pid() is None:
                break
            if self._answers():
                return
            time.sleep(POLL_SECONDS)
        raise ServerTrouble(
            f"Neo4j n'a pas démarré ; son journal est dans {self.home / 'logs'} et {self.home / 'console.log'}.\n"
            "Neo4j did not start; see its log there."
        )

    def _answers(self) -> bool:
        host, port = self.address.rsplit(":", 1)
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, int(port))):
                return False
        try:
            with self._driver(self.password) as driver:
                driver.verify_connectivity()
                return True
        except AuthError:
            return self._set_password()
        except (DriverError, Neo4jError, OSError):
            return False

    def _set_password(self) -> bool:
        try:
            with self._driver("neo4j") as driver:
                driver.execute_query(
                    "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new",
                    new=self.password,
                    database_="system",
                )
        except (DriverError, Neo4jError, OSError):
            return False
        return True

    def _driver(self, password: str) -> neo4j.Driver:
        return neo4j.GraphDatabase.driver(
            f"bolt://{self.address}",
            auth=(self.user, password),
            connection_timeout=5,
            max_transaction_retry_time=5,
            notifications_min_severity="OFF",
        )

    def _end(self, how: signal.Signals) -> None:
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, how)
        until = time.monotonic() + STOP_SECONDS
        while self.pid() is not None:
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
                until += STOP_SECONDS
            time.sleep(POLL_SECONDS)
        (self.home / "pid").unlink(missing_ok=True)
        if self._process is not None:
            self._process.wait()
            self._process = None


def main() -> int:
    """The command: ``start`` or ``stop`` the server of the working directory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("action", choices=["start", "stop"])
    parser.add_argument("--home", type=Path, default=Path(".neo4j"), help="folder of the server (.neo4j)")
    parser.add_argument("--heap", default="512m", help="Java heap; 2g for large imports (512m)")
    chosen = parser.parse_args()
    server = LocalServer(chosen.home, chosen.heap)
    try:
        if chosen.action == "stop":
            server.stop()
        else:
            server.start()
            print(f"AGENCEMENTS_STORE={server.store}")
    except ServerTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
