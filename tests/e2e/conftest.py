"""The installed command serving real stores, and a browser in front of it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

COMMAND = Path(sys.executable).parent / "agencements"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment() -> dict[str, str]:
    """The caller's environment without any setting of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AGENCEMENTS_")}


def run(*arguments: str, folder: Path, code: int = 0) -> str:
    done = subprocess.run(
        [COMMAND, *arguments], cwd=folder, env=environment(), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout


@contextmanager
def serving(*arguments: str, folder: Path) -> Iterator[str]:
    """Run a command that serves; the address is read from the line it prints."""
    with subprocess.Popen(
        [COMMAND, *arguments, "--port", str(free_port())],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found is not None, line
            yield found[0]
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the example territory, served as `make run` does."""
    with serving("demo", folder=tmp_path_factory.mktemp("demo")) as address:
        yield address


@dataclass
class Visit:
    """A page being looked at, and everything it should not have done."""

    page: Any
    address: str
    heard: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        self.page.goto(self.address + path, timeout=120_000)
        if self.page.locator("#carte").count():
            self.page.wait_for_selector("#carte[data-ready]", timeout=60_000)
        return self.page

    def resize(self, size: tuple[int, int]) -> None:
        """Give the window another size, and the page the time to answer."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def widths(self) -> tuple[int, int]:
        """Of what the page holds, and of the window."""
        wide, inner = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        return wide, inner


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visit]]:
    """Opens a browser at an address; fails at the end if a page logged anything or called elsewhere."""
    made: list[tuple[Any, Visit]] = []

    def open_at(
        address: str, size: tuple[int, int] = (1366, 768), scheme: str = "light", **context: Any
    ) -> Visit:
        opened = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, **context
        )
        found = Visit(opened.new_page(), address)
        made.append((opened, found))
        found.page.on("console", lambda message: found.heard.append(message.text))
        found.page.on("pageerror", lambda error: found.heard.append(str(error)))
        found.page.on("dialog", lambda dialog: (found.heard.append(dialog.message), dialog.dismiss()))
        found.page.on(
            "request",
            lambda r: None if r.url.startswith((address, "data:", "blob:")) else found.heard.append(r.url),
        )
        return found

    yield open_at
    for opened, _ in made:
        opened.close()
    assert [said for _, found in made for said in found.heard] == []
