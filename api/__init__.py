"""Settings, command line, HTTP and pages."""

from __future__ import annotations

import functools
from importlib.metadata import version as installed


@functools.cache
def version() -> str:
    """The installed version."""
    return installed("agencements")
