"""The application in a process of its own, as an operator starts it, and what its system says of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
END_SECONDS = 30


@dataclass(frozen=True)
class Application:
    """A running ``agencements serve``.

    Attributes:
        address: ``http://127.0.0.1:PORT``.
        pid: its process.
        log: file of its standard error.
    """

    address: str
    pid: int
    log: Path

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])

    def threads(self) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"^Threads:\s+(\d+)", status, re.MULTILINE)[0])

    def files(self) -> int:
        """Open files, sockets among them."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))


@contextmanager
def application(folder: Path, store: str, **variables: str) -> Iterator[Application]:
    """Serve a store on a free port; it must end by itself when told to.

    Args:
        folder: its working directory, where its log is written.
        store: its address, password included.
        variables: more of its environment.
    """
    log = folder / "serve.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-c", "from api.cli import main; main()", "serve"],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PYTHONUNBUFFERED": "1",
                "AGENCEMENTS_STORE": store,
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://[\d.]+:\d+", said)
        assert found is not None, log.read_text(encoding="utf-8")
        yield Application(found[0], process.pid, log)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=END_SECONDS)
        finally:
            process.kill()
    assert process.returncode in (0, -15), log.read_text(encoding="utf-8")
