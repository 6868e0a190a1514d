"""A writer killed at any moment: what it acknowledged is there, nothing partial shows, it can begin again."""

from __future__ import annotations

import contextlib
import io
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from graph import Store
from tests.contract.writer import PER_REVISION, load

ROOT = Path(__file__).parents[2]
MOMENTS = [random.Random(seed).randrange(1, 3 * PER_REVISION) for seed in range(6)]
"""After how many lines of the writer it is killed; the last lines of an import come just before its commit."""


def killed_after(url: str, lines: int, *more: str) -> int:
    """Run the writer and kill it after so many lines; the last revision it acknowledged.

    The lines still on their way when the signal is sent are read too: it may have gone further.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tests.contract.writer", url, *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        acknowledged = 0
        for number, line in enumerate(process.stdout, start=1):
            if number == lines:
                process.send_signal(signal.SIGKILL)
            if line.startswith("done") and line.endswith("\n"):
                acknowledged = int(line.split()[1])
    assert process.returncode == -signal.SIGKILL
    return acknowledged


def whole(store: Store, acknowledged: int, mended: frozenset[str] = frozenset()) -> None:
    """Every revision is there whole, up to the one acknowledged or the one being committed."""
    head = store.head()
    assert acknowledged <= head <= acknowledged + 1
    half = PER_REVISION // 2
    assert store.count("actors") == store.count("positions") == head * half
    snapshot = store.snapshot()
    assert (snapshot.revision, len(snapshot.actors), len(snapshot.positions.row)) == (
        head,
        head * half,
        head * half,
    )
    for number in range(1, head + 1):
        assert len(store.touched(number)) == store.revision(number).touched == PER_REVISION + (number == 1)
    assert [v.id for v in store.versions("positions")] == [f"P{n + 1}" for n in range(head * half)]
    # a staged import that died leaves rows that nobody sees, or a plain graph that is late: the next write mends it
    assert {finding.code for finding in store.check()} <= mended


@pytest.mark.parametrize("lines", [*MOMENTS, PER_REVISION, PER_REVISION + 1])
def test_a_writer_killed_at_any_moment(place, reopen: Callable[[], Store], lines: int) -> None:
    place.fresh()
    acknowledged = killed_after(place.url, lines)
    store = reopen()
    whole(store, acknowledged)
    head = store.head()
    with contextlib.redirect_stdout(io.StringIO()):
        assert load(store, head + 1).revision == head + 1
    whole(store, head + 1)


def test_a_reader_stays_open_while_the_writer_is_killed(place, reopen: Callable[[], Store]) -> None:
    reader = place.fresh()
    assert reader.snapshot().revision == 0
    for lines in (10, PER_REVISION + 5):
        killed_after(place.url, lines)
        whole(reader, reader.head())


@pytest.mark.neo4j
@pytest.mark.parametrize("lines", [5, PER_REVISION - 1, PER_REVISION, PER_REVISION + 20])
def test_a_staged_import_killed_at_any_moment(neo4j_place, lines: int) -> None:
    neo4j_place.fresh()
    acknowledged = killed_after(neo4j_place.url, lines, str(10**9))
    store = neo4j_place.again()
    whole(store, acknowledged, frozenset({"unfinished_import", "graph_late"}))
    head = store.head()
    with contextlib.redirect_stdout(io.StringIO()):
        assert load(store, head + 1, expected=10**9).revision == head + 1
    whole(store, head + 1)
