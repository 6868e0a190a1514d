"""Times, memory and the table they are printed in."""

from __future__ import annotations

import multiprocessing
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


class Took(NamedTuple):
    """Seconds by the clock, and of processors: on an idle machine the clock shows no more than these."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Line:
    """One measurement.

    Attributes:
        what: what was done, with its size.
        ours: seconds (or megabytes where ``unit`` says so).
        unit: of ``ours`` and ``peer``.
        peer: the same for the peer, ``None`` where the target is absolute.
        peer_name: which peer.
        at_least: target on peer/ours.
        at_most: target on ours/peer with a peer, else on ours.
        note: what a reader must know.
        cpu: seconds of processors, ours.
        peer_cpu: seconds of processors, the peer's.
    """

    what: str
    ours: float
    unit: str = "s"
    peer: float | None = None
    peer_name: str = ""
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""
    cpu: float | None = None
    peer_cpu: float | None = None

    @property
    def target(self) -> str:
        """The target in words."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g}× faster"
        if self.at_most is None:
            return "–"
        return f"≤ {self.at_most:g}×" if self.peer is not None else f"< {shown(self.at_most, self.unit)}"

    @property
    def ratio(self) -> str:
        """Peer over ours where faster is promised, ours over peer where a cost is bounded."""
        if self.peer is None:
            return ""
        return f"{self.peer / self.ours:.1f}×" if self.at_most is None else f"{self.ours / self.peer:.2f}×"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; ``None`` when there is none."""
        if self.at_least is not None and self.peer is not None:
            return self.peer >= self.at_least * self.ours
        if self.at_most is None:
            return None
        return self.ours <= self.at_most * (1.0 if self.peer is None else self.peer)


def shown(value: float, unit: str) -> str:
    """A number with the unit people read best."""
    if unit != "s":
        return f"{value:,.0f} {unit}".replace(",", " ")
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"


def timed(
    what: str,
    ours: Took,
    peer: Took | None = None,
    peer_name: str = "",
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    note: str = "",
) -> Line:
    """A line about time."""
    if peer is None:
        return Line(what, ours.wall, "s", None, "", at_least, at_most, note, ours.cpu)
    return Line(what, ours.wall, "s", peer.wall, peer_name, at_least, at_most, note, ours.cpu, peer.cpu)


def seconds(work: Callable[[], object], repeats: int = 5) -> Took:
    """Median time of some work."""
    return median([once(work) for _ in range(repeats)])


def once(work: Callable[[], object]) -> Took:
    """Time of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def median(times: Sequence[Took]) -> Took:
    """Median by the clock and median of processors."""
    return Took(statistics.median(t.wall for t in times), statistics.median(t.cpu for t in times))


def alone(work: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """Run a module's function in a fresh process: its answer, and the peak of its memory in megabytes."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_with_peak, (work, arguments))


def _with_peak(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, float]:
    found = work(*arguments)
    return found, _peak()


def _peak() -> float:
    """Megabytes. On Linux ``ru_maxrss`` of a new program starts at its parent's peak; ``VmHWM`` is its own."""
    try:
        with open("/proc/self/status", encoding="ascii") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> str:
    """The machine, and how busy others keep it: absolute times mean little when load exceeds processors."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{name}, {os.cpu_count()} processors, {memory:.0f} GiB, {platform.system()}; Python "
        f"{platform.python_version()}, numpy {np.__version__}; load at start {os.getloadavg()[0]:.1f}"
    )


def table(lines: Sequence[Line]) -> str:
    """The measurements as a table in Markdown."""
    head = ("what", "ours", "peer", "ratio", "target", "met", "processors: ours / peer")
    rows = [
        (
            line.what + (f" ({line.note})" if line.note else ""),
            shown(line.ours, line.unit),
            "" if line.peer is None else f"{line.peer_name} {shown(line.peer, line.unit)}",
            line.ratio,
            line.target,
            {True: "yes", False: "**no**", None: ""}[line.met],
            " / ".join(shown(cpu, "s") for cpu in (line.cpu, line.peer_cpu) if cpu is not None),
        )
        for line in lines
    ]
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    out = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        for row in (head, *rows)
    ]
    out.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(out)
