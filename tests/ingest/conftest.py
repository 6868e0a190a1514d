"""One store for the tests of files: the rules are those of every store, and the contract suite runs on both."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from graph import Store

if TYPE_CHECKING:
    from tests.conftest import Place


@pytest.fixture
def make_store(sqlite_place: Place, request: pytest.FixtureRequest) -> Callable[[], Store]:
    """Opens a new empty store; those opened before stay open."""

    def make() -> Store:
        kept, sqlite_place.opened = sqlite_place.opened, []
        made = sqlite_place.fresh()
        sqlite_place.opened = [*kept, made]
        return made

    return make


@pytest.fixture
def store(make_store: Callable[[], Store]) -> Store:
    """An empty store."""
    return make_store()
