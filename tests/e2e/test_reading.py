"""Reading in a real browser: enlarged, spaced out, without script; a view given away as a link; the same picture twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e.conftest import Visit
from tests.e2e.pages import pages

pytestmark = pytest.mark.browser

SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }"""
"""What a reader may ask for without losing anything (WCAG 2.1, 1.4.12)."""

CUT = """() => [...document.querySelectorAll('main :is(a, button, p, li, h1, h2, h3, td, th, dt, dd, label, summary, caption)')]
    .filter((e) => e.getClientRects().length && !e.closest('.heard, svg, select'))
    .filter((e) => ['hidden', 'clip'].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1)
    .map((e) => e.outerHTML.slice(0, 120))"""
"""Elements whose words are cut off."""


def test_twice_as_large_spaced_out_and_still_nothing_is_lost(demo: str, visit: Callable[..., Visit]) -> None:
    # a window of 1366 × 768 at 200 %
    seen = visit(demo, (683, 384), bypass_csp=True, reduced_motion="reduce")
    for path in pages():
        page = seen.go(path)
        page.add_style_tag(content=SPACED)
        wide, inner = seen.widths()
        assert wide <= inner, (path, wide)
        assert page.evaluate(CUT) == [], path
        assert page.evaluate("document.getAnimations().length") == 0, path


def test_a_view_is_a_link(demo: str, visit: Callable[..., Visit]) -> None:
    page = visit(demo, (1920, 1080)).go("/cartes/convergences")
    page.focus("#map-list")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    chosen = page.locator("#map-list [aria-selected=true]").inner_text()
    assert chosen.endswith("· Épinglé")
    page.focus("#map-threshold")
    page.keyboard.press("ArrowRight")
    count = page.inner_text("#map-count")
    page.click("#map-theme")
    link = page.url.removeprefix(demo)
    assert "pins=grand" in link
    assert set(re.findall(r"[#&](\w+)=", link.partition("#")[1] + link.partition("#")[2])) == {
        "seuil",
        "acteur",
        "theme",
    }

    other = visit(demo, (1920, 1080)).go(link)
    assert other.locator("#map-list [aria-selected=true]").inner_text() == chosen
    assert other.inner_text("#map-count") == count
    assert other.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 21, 28)"
    other.click("#map-export summary")
    # the links follow when the menu has opened
    asked = other.locator("#map-export a[href*='theme=dark']", has_text="SVG").get_attribute("href")
    assert "size=grand" in asked
    assert "pins=grand" in asked
    other.focus("#map-list")
    other.keyboard.press("p")
    assert "pins" not in other.url
    other.keyboard.press("p")
    other.keyboard.press("ArrowDown")
    other.keyboard.press("p")
    pins = parse_qs(urlsplit(other.url).query)["pins"]
    assert pins[0].count("@") == 2
    other.click("details.scope summary")
    other.select_option(".scope [name=family]", "operateur")
    other.click(".scope button")
    other.wait_for_url("**family=operateur**")
    assert parse_qs(urlsplit(other.url).query)["pins"] == pins


def test_the_same_address_gives_the_same_picture(demo: str, visit: Callable[..., Visit]) -> None:
    pictures = [
        visit(demo).go("/cartes/convergences#acteur=mairie").locator("#map-canvas").screenshot()
        for _ in range(2)
    ]
    assert pictures[0] == pictures[1]


def test_a_projected_map_has_nothing_around_it_and_letters_of_36_pixels(
    demo: str, visit: Callable[..., Visit]
) -> None:
    page = visit(demo, (1920, 1080)).go("/cartes/conflits#ecran=projecteur")
    assert not page.locator("header.site").is_visible()
    assert page.evaluate("[scrollY, document.documentElement.scrollHeight - innerHeight]") == [0, 0]
    sizes = page.evaluate(
        """() => { const data = JSON.parse(document.getElementById('map-data').textContent).maps;
             const p = data.find((m) => m.profile.name === 'projecteur').profile, box = document.getElementById('map-canvas');
             const scale = Math.min(box.clientWidth / (p.width + 64), box.clientHeight / p.height);
             return [p.label * scale, p.box_text * scale, p.pill_text * scale] }"""
    )
    assert min(sizes[:2]) >= 36
    first = page.evaluate("document.getElementById('map-canvas').getAttribute('aria-label')")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.getElementById('map-canvas').getAttribute('aria-label')") != first
    assert "vue=" in page.url
    page.keyboard.press("Escape")
    assert page.locator("header.site").is_visible()


def test_without_script_a_scope_is_chosen_and_a_map_is_taken_away(
    demo: str, visit: Callable[..., Visit]
) -> None:
    page = visit(demo, java_script_enabled=False).page
    page.goto(demo + "/cartes/convergences", timeout=120_000)
    page.locator("details.scope summary").click()
    page.select_option("select[name=project]", "p-alim")
    page.locator("details.scope button").click()
    page.wait_for_url("**/cartes/convergences?*project=p-alim*")
    assert page.locator("#map-stage svg").count() == 1
    with page.expect_download() as waiting:
        page.locator(".plain a", has_text="CSV").click()
    assert re.fullmatch(r"convergences-revision-\d+\.csv", waiting.value.suggested_filename)
