"""Functional areas by the travel-to-work-area method (M. Coombes and S. Bond, *Travel-to-Work Areas: the 2007 review*, 2008).

An area is valid when its size SZ (who lives there and works) and its self-containment SC (the smaller of the share of
its residents who work in it and of the share of its jobs held from it) satisfy::

    f = (1 − (1 − minSC/tarSC)·max(0, (tarSZ − SZ)/(tarSZ − minSZ))) · min(SC, tarSC)/tarSC  ≥  minSC/tarSC

so that it has at least the minimum of both, and the target of one where it has but the minimum of the other. Every zone
begins as an area; as long as one is not valid, the least valid is dissolved and each of its zones joins the area it is
most tied to, by ``F_zk²/(R_z·J_k) + F_kz²/(R_k·J_z)`` (F flows, R residents, J jobs).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDING = 1e-12
"""A validity this near the threshold reaches it."""


@dataclass(frozen=True)
class Limits:
    """What makes an area: minimum and target of size and of self-containment."""

    min_size: float
    target_size: float
    min_containment: float
    target_containment: float

    @property
    def threshold(self) -> float:
        """Least validity of an area."""
        return self.min_containment / self.target_containment

    def validity(self, residents: float, jobs: float, inner: float) -> float:
        """``f`` above; an area without residents or jobs contains nothing of itself."""
        containment = min(inner / residents, inner / jobs) if residents > 0 and jobs > 0 else 0.0
        lack = self.target_size - residents
        if lack <= 0:
            short = 0.0
        elif self.target_size > self.min_size:
            short = lack / (self.target_size - self.min_size)
        else:
            return -1.0
        size = 1 - (1 - self.threshold) * short
        contained = min(containment, self.target_containment) / self.target_containment
        # two lacks would multiply into a merit
        found = min(size, contained) if size <= 0 else size * contained
        # where minimum and target of self-containment are one, nothing above says that size is short
        if residents < self.min_size and found >= self.threshold:
            return self.threshold * residents / self.min_size
        return found


@dataclass(frozen=True)
class Area:
    """An area found.

    Attributes:
        zones: its zones, increasing.
        residents: flows that begin in it.
        jobs: flows that end in it.
        inner: flows that do both.
    """

    zones: tuple[int, ...]
    residents: float
    jobs: float
    inner: float


def areas(
    origin: NDArray[np.int64],
    destination: NDArray[np.int64],
    quantity: NDArray[np.float64],
    residents: NDArray[np.float64],
    jobs: NDArray[np.float64],
    limits: Limits,
) -> tuple[list[Area], list[int]]:
    """Areas that cover the zones, and the zones tied to nothing that could hold them.

    Ties are broken by the number of zones, so that the order of the flows does not matter.

    Args:
        origin: zone where each flow begins; one entry a pair, pairs of a zone with itself included.
        destination: zone where it ends.
        quantity: of each, positive.
        residents: of each zone, all the flows that begin there, wherever they lead.
        jobs: of each zone, all the flows that end there, wherever they come from.
        limits: what makes an area.
    """
    search = _Search(len(residents), residents.tolist(), jobs.tolist(), limits)
    for a, b, q in zip(origin.tolist(), destination.tolist(), quantity.tolist(), strict=True):
        search.add(a, b, q)
    return search.run()


class _Search:
    """Zones on their way into areas; an area is known by the zone it began with."""

    def __init__(self, count: int, residents: list[float], jobs: list[float], limits: Limits) -> None:
        self.limits = limits
        self.residents, self.jobs = residents, jobs
        self.out: list[dict[int, float]] = [{} for _ in range(count)]
        self.into: list[dict[int, float]] = [{} for _ in range(count)]
        self.inner = [0.0] * count
        self.area: list[int | None] = list(range(count))
        self.zones: dict[int, set[int]] = {zone: {zone} for zone in range(count)}
        self.area_residents, self.area_jobs = list(residents), list(jobs)
        self.area_inner = [0.0] * count
        self.stamp = [0] * count
        self.queue: list[tuple[float, int, int]] = []

    def add(self, a: int, b: int, quantity: float) -> None:
        """Hold a flow from a to b."""
        if a == b:
            self.inner[a] += quantity
            self.area_inner[a] += quantity
        else:
            self.out[a][b] = self.out[a].get(b, 0.0) + quantity
            self.into[b][a] = self.into[b].get(a, 0.0) + quantity

    def run(self) -> tuple[list[Area], list[int]]:
        """Dissolve until every area is valid."""
        for area in self.zones:
            self._judge(area)
        lost: list[int] = []
        while self.queue:
            validity, area, stamp = heapq.heappop(self.queue)
            if stamp != self.stamp[area] or area not in self.zones:
                continue
            if validity >= self.limits.threshold - ROUNDING:
                break
            lost += self._dissolve(area)
        found = [
            Area(
                tuple(sorted(zones)),
                sum(self.residents[z] for z in sorted(zones)),
                sum(self.jobs[z] for z in sorted(zones)),
                self.area_inner[area],
            )
            for area, zones in sorted(self.zones.items())
        ]
        return found, sorted(lost)

    def _judge(self, area: int) -> None:
        self.stamp[area] += 1
        validity = self.limits.validity(
            self.area_residents[area], self.area_jobs[area], self.area_inner[area]
        )
        heapq.heappush(self.queue, (validity, area, self.stamp[area]))

    def _dissolve(self, area: int) -> list[int]:
        """Give each zone of an area to another one; those that no area is tied to are returned."""
        homeless = sorted(self.zones.pop(area))
        for zone in homeless:
            self.area[zone] = None
        touched: set[int] = set()
        while homeless:
            # all choose before any moves, so that their order does not matter
            choices = [(zone, self._closest(zone)) for zone in homeless]
            joined = [(zone, to) for zone, to in choices if to is not None]
            if not joined:
                break
            for zone, to in joined:
                self._join(zone, to)
                touched.add(to)
            homeless = [zone for zone, to in choices if to is None]
        for to in sorted(touched):
            self._judge(to)
        return homeless

    def _closest(self, zone: int) -> int | None:
        sent: dict[int, float] = defaultdict(float)
        got: dict[int, float] = defaultdict(float)
        for side, ties in ((sent, self.out[zone]), (got, self.into[zone])):
            for other, quantity in ties.items():
                to = self.area[other]
                if to is not None:
                    side[to] += quantity
        best, closest = 0.0, None
        for to in sorted(sent.keys() | got.keys()):
            tie = 0.0
            if sent[to]:
                tie += sent[to] ** 2 / (self.residents[zone] * self.area_jobs[to])
            if got[to]:
                tie += got[to] ** 2 / (self.area_residents[to] * self.jobs[zone])
            if tie > best:
                best, closest = tie, to
        return closest

    def _join(self, zone: int, to: int) -> None:
        self.area_residents[to] += self.residents[zone]
        self.area_jobs[to] += self.jobs[zone]
        self.area_inner[to] += self.inner[zone]
        for ties in (self.out[zone], self.into[zone]):
            self.area_inner[to] += sum(q for other, q in ties.items() if self.area[other] == to)
        self.zones[to].add(zone)
        self.area[zone] = to
