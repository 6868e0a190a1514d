"""Maps in a real browser: nothing requested, nothing said in the console, accessible, legible."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.axe import violations
from viz.forest import showing, shown_words
from viz.kinds import PROFILES
from viz.maps import (
    actors,
    conflict,
    convergence,
    evolution,
    flows,
    influence,
    interdependence,
    project,
    territories,
    zones,
)
from viz.renderer import STATIC, render_html

from .conftest import Compose, composed, with_more
from .test_flows import facts

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

SIZES = [(1920, 1080), (1366, 768), (390, 844)]
MORE = [zones.build, influence.build, partial(project.build, project="P"), territories.build, evolution.build]
"""Maps that need places, a project or changes."""
FLOWS = [partial(flows.build, heat="autonomy"), interdependence.build, flows.build]
"""Maps that need flows between territories."""
MORE_NAMES = ["zones", "influence", "project", "territories", "evolution", "heat", "interdependence", "flows"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Self-contained maps of 25 actors, each made once."""
    made: dict[Any, Path] = {}

    def file(build: Any) -> Path:
        if build not in made:
            folder = tmp_path_factory.mktemp("maps")
            drawn = composed(
                folder, 25, with_more() if build in MORE else facts() if build in FLOWS else None
            )
            first, *rest = [build(drawn, profile=p) for p in PROFILES]
            made[build] = folder / "map.html"
            made[build].write_text(render_html(first, also=rest), encoding="utf-8")
        return made[build]

    return file


@pytest.fixture
def opened(browser: Any, files: Any) -> Iterator[Any]:
    """Opens a map at a size and scheme; fails at the end if anything was requested or logged."""
    contexts, heard = [], []

    def open_map(build: Any, size: tuple[int, int], scheme: str = "light", **context: Any) -> Any:
        contexts.append(
            browser.new_context(
                viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, offline=True, **context
            )
        )
        page = contexts[-1].new_page()
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else heard.append(r.url),
        )
        page.goto(files(build).as_uri())
        if context.get("java_script_enabled", True):
            page.wait_for_selector("#carte[data-ready]")
        return page

    yield open_map
    for context in contexts:
        context.close()
    assert heard == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("build", [convergence.build, conflict.build, actors.build])
def test_accessible_and_quiet(build: Any, size: tuple[int, int], scheme: str, opened: Any) -> None:
    page = opened(build, size, scheme)
    assert violations(page) == []
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    assert page.locator("#map-canvas canvas").count() == 1


@pytest.mark.parametrize(("size", "scheme"), [(SIZES[0], "light"), (SIZES[1], "dark"), (SIZES[2], "light")])
@pytest.mark.parametrize("build", [*MORE, *FLOWS], ids=MORE_NAMES)
def test_the_other_maps_too(build: Any, size: tuple[int, int], scheme: str, opened: Any) -> None:
    page = opened(build, size, scheme)
    assert violations(page) == []
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    assert page.locator("#map-canvas canvas").count() == 1
    if not page.locator("#map-list").is_visible():
        page.click("#map-panel")
    page.focus("#map-list")
    page.keyboard.press("ArrowDown")
    name = page.locator("#map-list [aria-selected=true]").inner_text()
    assert page.locator("#map-why h2").first.inner_text() == name
    assert "Aucun lien" not in page.inner_text("#map-why") or build is evolution.build
    page.keyboard.press("t")
    assert page.locator(".table-face table").first.is_visible()
    assert violations(page) == []


def test_the_browser_says_the_same_part_of_the_flows_as_the_server(opened: Any, tmp_path: Path) -> None:
    spec = flows.build(composed(tmp_path, 0, facts()))
    slider = spec.threshold
    assert slider is not None
    page = opened(flows.build, SIZES[0])
    for key, value in (("", slider.value), ("Home", slider.low), ("End", slider.high)):
        if key:
            page.focus("#map-threshold")
            page.keyboard.press(key)
        shown = [link for link in spec.links if showing(link, value, slider)]
        assert page.inner_text("#map-count") == shown_words(spec, shown)


def test_a_map_without_a_project_says_to_choose_one(opened: Any) -> None:
    page = opened(project.build, SIZES[1])
    assert violations(page) == []
    assert "Choisissez un projet" in page.inner_text(".nothing")


@pytest.mark.parametrize("size", SIZES)
def test_text_is_at_least_14_pixels(size: tuple[int, int], opened: Any) -> None:
    page = opened(convergence.build, size)
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('main *')]
             .filter(e => e.getClientRects().length && !e.closest('svg') && e.textContent.trim())
             .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
    )
    assert smallest >= 14


def test_arrows_choose_and_explain(opened: Any) -> None:
    page = opened(convergence.build, (1920, 1080))
    page.focus("#map-list")
    page.keyboard.press("ArrowDown")
    assert page.locator("#map-list [aria-selected=true]").count() == 1
    name = page.locator("#map-list [aria-selected=true]").inner_text()
    assert page.locator("#map-why h2").inner_text() == name
    page.keyboard.press("Escape")
    assert page.locator("#map-list [aria-selected=true]").count() == 0
    page.keyboard.press("t")
    assert page.get_attribute("#carte", "data-face") == "table"
    assert page.locator(".table-face table").first.is_visible()


def test_threshold_hides_links_and_says_how_many(opened: Any) -> None:
    page = opened(convergence.build, (1920, 1080))
    before = page.inner_text("#map-count")
    page.focus("#map-threshold")
    page.keyboard.press("End")
    after = page.inner_text("#map-count")
    assert int(after.split()[0]) < int(before.split()[0])
    assert before.split()[-1] == after.split()[-1]


def test_a_link_opens_its_records(opened: Any) -> None:
    page = opened(conflict.build, (1920, 1080))
    at = page.evaluate(
        """() => { const data = JSON.parse(document.getElementById('map-data').textContent).maps[0];
             const pill = data.pills[0], box = document.getElementById('map-canvas').getBoundingClientRect();
             const p = data.profile, scale = Math.max(.935, Math.min(1.2, box.width / p.width, box.height / p.height));
             return [box.x + box.width / 2 + (pill.x - p.width / 2) * scale,
                     box.y + box.height / 2 + (pill.y - p.height / 2) * scale] }"""
    )
    page.mouse.click(*at)
    page.wait_for_selector("#map-why ol li")
    assert page.locator("#map-why ol li").count() >= 1


def test_theme_and_projector(opened: Any) -> None:
    page = opened(convergence.build, (1920, 1080))
    page.click("#map-theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 21, 28)"
    page.click("#map-projector")
    assert page.locator(".map-question").is_visible()
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)") == 64
    assert violations(page) == []
    page.keyboard.press("a")
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)") == 85
    assert "ecran=amphi" in page.url
    page.keyboard.press("Escape")
    assert not page.locator(".map-question").is_visible()


def test_picture_is_downloaded_twice_the_size(opened: Any) -> None:
    page = opened(convergence.build, (1920, 1080))
    page.click("#map-export summary")
    with page.expect_download() as waiting:
        page.click("#map-png")
    path = waiting.value.path()
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert int.from_bytes(head[16:20], "big") >= 2 * 1200


def test_without_script_the_picture_and_the_table_are_there(opened: Any) -> None:
    page = opened(convergence.build, (1366, 768), java_script_enabled=False)
    assert page.locator("svg.drawing").is_visible()
    assert page.locator(".table-face table").first.is_visible()
    assert not page.locator("#map-list").is_visible()


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}


def test_served_under_the_strict_policy(browser: Any, compose: Compose) -> None:
    text = render_html(convergence.build(compose(25)), False, record_url="/historique?record={id}")

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = STATIC / self.path.removeprefix("/static/")
            inside = self.path.startswith("/static/") and file.is_file()
            body = file.read_bytes() if inside else text.encode()
            self.send_response(200)
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Content-Type", TYPES.get(file.suffix, "text/html; charset=utf-8"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    heard: list[str] = []
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    try:
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.goto(f"http://127.0.0.1:{server.server_port}/cartes/convergences")
        page.wait_for_selector("#carte[data-ready]")
        assert page.evaluate("document.fonts.check('16px \"Source Sans 3 Variable\"')")
        assert page.locator("#map-canvas canvas").count() == 1
        assert violations(page) == []
    finally:
        page.close()
        server.shutdown()
        thread.join()
        server.server_close()
    assert heard == []
