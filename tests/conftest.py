"""Stores, servers and a browser for everybody, and what a run says about what it left out."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import neo4j
import pytest

from graph import Store, open_store

ROOT = Path(__file__).parents[1]
REQUIRE_ALL = "AGENCEMENTS_REQUIRE_ALL"
"""Set to 1 (as CI does), a run that leaves anything out fails."""


# what is left out, and saying so


def _local_server() -> ModuleType:
    path = ROOT / "deploy" / "neo4j" / "local_server.py"
    spec = importlib.util.spec_from_file_location("local_server", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["local_server"] = module
    spec.loader.exec_module(module)
    return module


local_server = _local_server()


def _no_neo4j() -> str | None:
    try:
        local_server.java()
    except local_server.ServerTrouble as trouble:
        return str(trouble).splitlines()[-1]
    if not (local_server.cache() / "lib").is_dir() and shutil.which("mvn") is None:
        return "Maven is missing: it downloads Neo4j."
    return None


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _no_browser() -> str | None:
    return None if _chromium() else "Chromium is missing (Debian, Ubuntu: apt install chromium)."


NEEDS: dict[str, Callable[[], str | None]] = {"neo4j": _no_neo4j, "browser": _no_browser}
"""By marker, why its tests cannot run here."""


@pytest.hookimpl(tryfirst=True)  # before xdist's own hook, which reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # one server and one demo for all: their tests stay together in one worker, the longest first
    items.sort(key=lambda item: item.get_closest_marker("neo4j") is None)
    for marker, why_not in NEEDS.items():
        concerned = [item for item in items if item.get_closest_marker(marker)]
        for item in concerned:
            item.add_marker(pytest.mark.xdist_group(marker))
        reason = why_not() if concerned else None
        if reason is not None:
            for item in concerned:
                item.add_marker(pytest.mark.skip(reason=f"{marker}: {reason}"))


def _left_out(reporter: Any) -> dict[str, int]:
    """Number of tests left out, by reason."""
    found: dict[str, int] = {}
    for report in reporter.stats.get("skipped", ()):
        said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = said.removeprefix("Skipped: ")
        found[reason] = found.get(reason, 0) + 1
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    required = os.environ.get(REQUIRE_ALL) == "1"
    if required and reporter is not None and _left_out(reporter) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Iterator[None]:
    yield
    left_out = _left_out(terminalreporter)
    for reason, count in sorted(left_out.items()):
        terminalreporter.write_line(f"LEFT OUT: {count} tests — {reason}", yellow=True)
    if left_out and os.environ.get(REQUIRE_ALL) == "1":
        terminalreporter.write_line(f"FAILED: {REQUIRE_ALL}=1 allows nothing to be left out.", red=True)


# stores


@dataclass
class Clock:
    """The clock of the stores under test: it moves when a test says so."""

    moment: datetime = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass
class Place:
    """Where stores of one kind are opened for one test.

    Attributes:
        kind: ``sqlite`` or ``neo4j``.
        clock: what the stores it opens read.
        emptied: makes a new empty place and returns its address.
        url: address of the latest.
        opened: to be closed when the test is over.
    """

    kind: str
    clock: Clock
    emptied: Callable[[], str]
    url: str = ""
    opened: list[Store] = field(default_factory=list)

    def fresh(self) -> Store:
        """A new empty store; on a server, what earlier ones held is gone."""
        self.close()
        self.url = self.emptied()
        return self.again()

    def again(self) -> Store:
        """Another opening of the latest store, as a second process would have."""
        self.opened.append(open_store(self.url, now=self.clock))
        return self.opened[-1]

    def close(self) -> None:
        while self.opened:
            self.opened.pop().close()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a file lock: the workers of a parallel run share one server."""
    import fcntl

    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass(frozen=True)
class Shared:
    """The one server of a run.

    Attributes:
        server: the running ``LocalServer``.
        lock: held by the test that uses it.
    """

    server: Any
    lock: Path

    def empty(self) -> str:
        """Empty it and return its address, password included."""
        with neo4j.GraphDatabase.driver(
            self.server.url, auth=(self.server.user, self.server.password), notifications_min_severity="OFF"
        ) as driver:
            driver.execute_query("MATCH (n) DETACH DELETE n")
        return str(self.server.store)


_STILL_USED: list[Any] = []
"""Servers that this worker leaves to another, which stops them: collected now, their process would be told as left running."""


@pytest.fixture(scope="session")
def neo4j_shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A real server in a temporary home, started once; the last worker to leave stops it."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "neo4j-server"
    root.mkdir(exist_ok=True)
    users, lock = root / "users", root / "lock"
    server = local_server.LocalServer(root / "home", options=local_server.SHORT_LIVED)
    with _alone(lock):
        try:
            local_server.jars()
        except local_server.ServerTrouble as trouble:
            pytest.skip(f"neo4j: {str(trouble).splitlines()[1]}")
        server.start()
        users.write_text(str(int(users.read_text() if users.exists() else 0) + 1))
    yield Shared(server, root / "in-use")
    with _alone(lock):
        left = int(users.read_text()) - 1
        users.write_text(str(left))
        if left == 0:
            server.stop()
        else:
            _STILL_USED.append(server)


@pytest.fixture
def neo4j_server(neo4j_shared: Shared) -> Iterator[Any]:
    """The server for this test alone, emptied and running; left running even if the test killed it."""
    with _alone(neo4j_shared.lock):
        neo4j_shared.server.start()
        neo4j_shared.empty()
        yield neo4j_shared.server
        neo4j_shared.server.start()


def _sqlite_place(tmp_path: Path, clock: Clock) -> Place:
    numbers = iter(range(10_000))
    return Place("sqlite", clock, lambda: f"sqlite:///{tmp_path / f'store-{next(numbers)}.db'}")


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def place(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Place]:
    """Where to open stores; whatever the test did, the last one must pass its own ``check``."""
    if request.param == "sqlite":
        found = _sqlite_place(tmp_path, clock)
    else:
        request.getfixturevalue("neo4j_server")
        found = Place("neo4j", clock, request.getfixturevalue("neo4j_shared").empty)
    yield found
    if found.url:
        assert found.again().check() == []
    found.close()


@pytest.fixture
def sqlite_place(tmp_path: Path, clock: Clock) -> Iterator[Place]:
    """A place for files only."""
    found = _sqlite_place(tmp_path, clock)
    yield found
    found.close()


@pytest.fixture
def neo4j_place(neo4j_server: Any, neo4j_shared: Shared, clock: Clock) -> Iterator[Place]:
    """A place on the server only; mark the test with ``neo4j``."""
    found = Place("neo4j", clock, neo4j_shared.empty)
    yield found
    found.close()


@pytest.fixture
def make_store(place: Place) -> Callable[[], Store]:
    """Makes a new empty store; one made earlier is not used any more."""
    return place.fresh


@pytest.fixture
def store(make_store: Callable[[], Store]) -> Store:
    """An empty store, over each storage in turn."""
    return make_store()


@pytest.fixture
def reopen(place: Place) -> Callable[[], Store]:
    """Opens the latest store once more, as another process would."""
    return place.again


# browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real browser, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of its own for each test; mark the test with ``browser``."""
    context = browser.new_context()
    yield context.new_page()
    context.close()
