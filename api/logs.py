"""What an operator reads: structured logs without secrets, and metrics in the Prometheus text format."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from typing import TextIO

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histogram of durations, in seconds."""

FIELDS = ("method", "path", "status", "milliseconds", "reader", "request")
"""What a log line of a request says beside its message: neither query, headers, body nor address."""

access_log = logging.getLogger("agencements.access")


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: getattr(record, name) for name in FIELDS if hasattr(record, name)},
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Write our own logs, and warnings of others, as JSON lines; the last call counts."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("agencements").setLevel(level)


class Metrics:
    """Counts of requests by route, never by address: an id is not a label."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets: Counter[tuple[str, float]] = Counter()
        self._seconds: dict[str, float] = {}
        self._under_way = 0

    def began(self) -> None:
        """A request came in."""
        with self._lock:
            self._under_way += 1

    def ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered, or given up."""
        with self._lock:
            self._under_way -= 1
            self._requests[method, route, status] += 1
            self._seconds[route] = self._seconds.get(route, 0.0) + seconds
            for bound in BUCKETS:
                if seconds <= bound:
                    self._buckets[route, bound] += 1

    def text(self, revision: int | None) -> str:
        """The Prometheus text format, version 0.0.4.

        Args:
            revision: head of the store; ``None`` when the store does not answer.
        """
        with self._lock:
            requests, buckets, seconds = self._requests.copy(), self._buckets.copy(), self._seconds.copy()
            under_way = self._under_way
        lines = [
            "# HELP agencements_requests_total Requests answered.",
            "# TYPE agencements_requests_total counter",
        ]
        for (method, route, status), count in sorted(requests.items()):
            lines.append(
                f'agencements_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
            )
        name = "agencements_request_seconds"
        lines += [f"# HELP {name} Time to answer, by route.", f"# TYPE {name} histogram"]
        totals: Counter[str] = Counter()
        for (_, route, _), count in requests.items():
            totals[route] += count
        for route, total in sorted(totals.items()):
            lines += [f'{name}_bucket{{route="{route}",le="{b:g}"}} {buckets[route, b]}' for b in BUCKETS]
            lines.append(f'{name}_bucket{{route="{route}",le="+Inf"}} {total}')
            lines.append(f'{name}_sum{{route="{route}"}} {seconds[route]:.6f}')
            lines.append(f'{name}_count{{route="{route}"}} {total}')
        for gauge, told, value in (
            ("agencements_requests_under_way", "Requests being answered.", under_way),
            ("agencements_store_up", "Whether the store answers.", int(revision is not None)),
            ("agencements_revision", "Latest revision of the store.", revision),
        ):
            if value is None:
                continue
            lines += [f"# HELP {gauge} {told}", f"# TYPE {gauge} gauge", f"{gauge} {value}"]
        return "\n".join(lines) + "\n"
