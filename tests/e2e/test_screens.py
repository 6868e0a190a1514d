"""The served pages in a real browser: accessible, silent, without sideways scroll, with and without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Visit

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/zones",
    "/cartes/acteurs",
    "/cartes/convergences",
    "/cartes/conflits",
    "/historique",
    "/fiches/P1",
)
SIZES = ((1920, 1080), (1366, 768), (390, 844))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_page_is_accessible_silent_and_fits(
    demo: str, visit: Callable[..., Visit], size: tuple[int, int], scheme: str
) -> None:
    seen = visit(demo, size, scheme)
    for path in PAGES:
        page = seen.go(path)
        assert seen.violations() == [], path
        wide, inner = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= inner, (path, wide)


def test_the_scope_is_in_the_address_and_goes_along(demo: str, visit: Callable[..., Visit]) -> None:
    seen = visit(demo)
    page = seen.go("/zones")
    page.locator("details.scope summary").click()
    page.select_option("select[name=project]", "p-alim")
    page.locator("details.scope button").click()
    assert "project=p-alim" in page.url
    page.locator("header nav a", has_text="Conflits").click()
    assert "project=p-alim" in page.url


def test_a_number_opens_its_records(demo: str, visit: Callable[..., Visit]) -> None:
    page = visit(demo).go("/zones")
    page.locator("details.records summary").first.click()
    page.locator("details.records a").first.click()
    assert "/fiches/" in page.url
    assert page.locator("dl").count() >= 1


def test_without_script_the_tables_and_the_drawing_are_there(demo: str, visit: Callable[..., Visit]) -> None:
    seen = visit(demo, java_script_enabled=False)
    seen.page.goto(demo + "/cartes/conflits", timeout=120_000)
    assert seen.page.locator("#map-stage svg").count() == 1
    assert seen.page.locator("table tbody tr").count() > 0


def test_the_keyboard_reaches_the_content_first(demo: str, visit: Callable[..., Visit]) -> None:
    page = visit(demo).go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
