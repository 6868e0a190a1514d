"""The served pages in a real browser: accessible, silent, without sideways scroll, with and without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.axe import violations
from tests.e2e.conftest import Visit, run, serving
from tests.e2e.pages import pages

pytestmark = pytest.mark.browser

WIDE, MIDDLE, NARROW = (1920, 1080), (1366, 768), (390, 844)


@pytest.mark.parametrize(
    ("scheme", "sizes", "looked_into"),
    [("light", (WIDE, MIDDLE, NARROW), (WIDE, NARROW)), ("dark", (NARROW, MIDDLE, WIDE), (MIDDLE,))],
    ids=["light", "dark"],
)
def test_every_page_is_accessible_silent_and_fits(
    demo: str,
    visit: Callable[..., Visit],
    scheme: str,
    sizes: tuple[tuple[int, int], ...],
    looked_into: tuple[tuple[int, int], ...],
) -> None:
    seen = visit(demo, sizes[0], scheme)
    for path in pages():
        seen.resize(sizes[0])
        seen.go(path)
        for size in sizes:
            seen.resize(size)
            wide, inner = seen.widths()
            assert (inner, wide <= inner) == (size[0], True), (path, wide)
            # what axe finds depends on the width or on the colours, not on both: in the dark one width stands for all
            if size in looked_into:
                assert violations(seen.page) == [], (path, size)


def test_the_scope_is_in_the_address_and_goes_along(demo: str, visit: Callable[..., Visit]) -> None:
    seen = visit(demo)
    page = seen.go("/zones")
    page.locator("details.scope summary").click()
    page.select_option("select[name=project]", "p-alim")
    page.locator("details.scope button").click()
    page.wait_for_url("**/zones?*project=p-alim*")
    page.locator("header nav a", has_text="Conflits").click()
    page.wait_for_url("**/cartes/conflits?*project=p-alim*")


def test_a_number_opens_its_records(demo: str, visit: Callable[..., Visit]) -> None:
    page = visit(demo).go("/zones")
    page.locator("details.records summary").first.click()
    page.locator("details.records a").first.click()
    page.wait_for_url("**/fiches/*")
    page.locator("dl").first.wait_for()


def test_without_script_the_tables_and_the_drawing_are_there(demo: str, visit: Callable[..., Visit]) -> None:
    seen = visit(demo, java_script_enabled=False)
    seen.page.goto(demo + "/cartes/conflits", timeout=120_000)
    assert seen.page.locator("#map-stage svg").count() == 1
    assert seen.page.locator("table tbody tr").count() > 0


def test_flows_without_places_lead_to_where_they_are_drawn(demo: str, visit: Callable[..., Visit]) -> None:
    page = visit(demo).go("/cartes/flux?kind=food")
    assert not page.locator("#map-list").is_visible()
    page.locator(".nothing a", has_text="Interdépendances").click()
    page.wait_for_url("**/cartes/interdependances?kind=food")
    assert page.locator("#map-list [role=option]").count() > 1


def test_the_keyboard_reaches_the_content_first(demo: str, visit: Callable[..., Visit]) -> None:
    page = visit(demo).go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_a_grid_is_walked_with_the_keyboard_and_a_cell_opens_its_statements(
    demo: str, visit: Callable[..., Visit]
) -> None:
    page = visit(demo).go("/positions")
    stops = page.locator("table.grid [tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    where = "(() => { const c = document.activeElement; return [c.parentElement.rowIndex, c.cellIndex]; })()"
    for key, place in (
        ("ArrowDown", [2, 1]),
        ("ArrowRight", [2, 2]),
        ("Home", [2, 0]),
        ("ArrowUp", [1, 0]),
        ("ArrowLeft", [1, 0]),
    ):
        page.keyboard.press(key)
        assert page.evaluate(where) == place, key
    assert page.locator("table.grid tr.on").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/acteurs/**")


def test_no_word_of_a_column_head_is_broken(demo: str, visit: Callable[..., Visit]) -> None:
    page = visit(demo).go("/influences")
    broken = page.evaluate(
        """() => [...document.querySelectorAll("table.grid thead th")].filter((head) => {
             head.style.overflowWrap = "normal"; head.style.hyphens = "none";
             return head.scrollWidth > head.clientWidth }).map((head) => head.textContent)"""
    )
    assert broken == []


def test_a_focused_cell_is_never_under_the_sticky_heads(demo: str, visit: Callable[..., Visit]) -> None:
    page = visit(demo).go("/positions")
    page.locator("table.grid [tabindex='0']").focus()
    seen = """(() => { const b = document.activeElement.getBoundingClientRect();
        const at = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
        return document.activeElement.contains(at); })()"""
    for key in ["ArrowRight"] * 14 + ["ArrowDown"] * 20 + ["ArrowLeft"] * 8 + ["ArrowUp"] * 12:
        page.keyboard.press(key)
        assert page.evaluate(seen), key


def test_a_file_is_imported_and_undone_without_script(
    tmp_path: Path, visit: Callable[..., Visit], demo: str
) -> None:
    file = tmp_path / "acteurs.csv"
    file.write_text("id,nom,famille\nrecyclerie-2,Un atelier de réemploi,operateur\n", encoding="utf-8")
    seen = visit(demo, java_script_enabled=False)
    page = seen.go("/importer")
    page.set_input_files("input[type=file]", file)
    page.locator("main button.action").click()
    page.locator("td", has_text="Un atelier de réemploi").wait_for()
    page.locator("button[value=apply]").click()
    page.wait_for_url("**/historique/*")
    page.locator("h1", has_text="Révision").wait_for()
    page.locator("button", has_text="Annuler cette révision").click()
    page.wait_for_url("**/historique/*")
    page.locator("p", has_text="annule la révision").wait_for()


def test_a_dry_run_is_accessible_with_its_errors_and_its_questions(
    tmp_path: Path, visit: Callable[..., Visit], demo: str
) -> None:
    file = tmp_path / "acteurs.csv"
    file.write_text("id,nom,famille\nx,Mairie,lune\ny,Petits producteurs,\n", encoding="utf-8")
    for scheme in ("light", "dark"):
        seen = visit(demo, (390, 844), scheme)
        page = seen.go("/importer")
        page.set_input_files("input[type=file]", file)
        page.locator("main button.action").click()
        page.locator(".errors li").first.wait_for()
        assert page.locator(".errors li").count() == 1
        assert page.locator("button[value=apply]").is_disabled()
        assert violations(page) == []
        wide, inner = seen.widths()
        assert wide <= inner


def test_the_picture_of_a_chart_is_twice_its_size(demo: str, visit: Callable[..., Visit]) -> None:
    page = visit(demo).go("/territoires/donut")
    wide = page.evaluate("document.querySelector('#chart .drawing').viewBox.baseVal.width")
    with page.expect_download() as waiting:
        page.click("#chart-png")
    head = waiting.value.path().read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert int.from_bytes(head[16:20], "big") >= 2 * wide


@pytest.mark.parametrize("size", [(1024, 700), MIDDLE, (1600, 800)])
def test_no_map_is_cropped_on_a_low_screen(
    demo: str, visit: Callable[..., Visit], size: tuple[int, int]
) -> None:
    page = visit(demo, size).go("/cartes/evolution")
    room, high, overflow = page.evaluate(
        """() => { const maps = JSON.parse(document.getElementById('map-data').textContent).maps;
             const name = innerWidth >= 1600 ? 'grand' : innerWidth >= 1280 ? 'moyen' : 'etroit';
             const legend = document.querySelector('.legend:not([hidden])').getBoundingClientRect();
             return [document.getElementById('map-canvas').clientHeight,
                     maps.find((m) => m.profile.name === name).profile.height,
                     legend.bottom + scrollY - document.documentElement.scrollHeight] }"""
    )
    # the least scale at which names are still 14 pixels high
    assert room >= 0.935 * high - 1
    assert overflow <= 0
    assert "15 novembre 2018" in page.inner_text("body")


def test_the_whole_map_is_on_the_screen_with_its_legend(demo: str, visit: Callable[..., Visit]) -> None:
    seen = visit(demo, (1920, 1080))
    page = seen.go("/cartes/convergences")
    page.evaluate(
        """() => { const told = vis.Network.prototype, move = told.moveTo;
             told.moveTo = function (to) { window.moved = to; return move.call(this, to) } }"""
    )
    for width in (1024, 1279, 1280, 1599, 1600):
        page.evaluate("window.moved = null")
        seen.resize((width, 1080))
        page.wait_for_function("window.moved")
        shown = page.evaluate(
            """() => { const data = JSON.parse(document.getElementById('map-data').textContent).maps;
                 const name = innerWidth >= 1600 ? 'grand' : innerWidth >= 1280 ? 'moyen' : 'etroit';
                 const p = data.find((m) => m.profile.name === name).profile, box = document.getElementById('map-canvas');
                 const scale = window.moved.scale;
                 const legend = document.querySelector('.legend:not([hidden])').getBoundingClientRect();
                 return { wide: p.width * scale - box.clientWidth, high: p.height * scale - box.clientHeight,
                          text: p.label * scale, legend: innerHeight - legend.bottom } }"""
        )
        assert max(shown["wide"], shown["high"]) <= 1, width
        assert shown["text"] >= 14, width
        assert shown["legend"] >= 0, width


HIDDEN = {
    "acteurs": """id,nom,famille,visibilite
mairie,La mairie,service,public
amap,L'AMAP,beneficiaire,public
entre,zq-entre-nous,operateur,partenaires
secret,zq-secret,operateur,pilotes
""",
    "objectifs": """id,nom,visibilite
place,Faire vivre la place,public
cache,zq-cache,pilotes
""",
    "positions": """acteur,objectif,valeur,date,visibilite,commentaire
mairie,place,3,2024-03-12,public,zq-propos
amap,place,2,2024-03-12,public,
entre,place,4,2024-03-12,partenaires,
secret,place,-4,2024-03-12,pilotes,
mairie,cache,-3,2024-03-12,pilotes,
""",
}
VIEWS = {
    "screen": ("vue publique", {"zq-entre-nous", "zq-secret", "zq-cache"}, "2 positions connues sur 2"),
    "analyst": ("vue partenaires", {"zq-secret", "zq-cache"}, "3 positions connues sur 3"),
    "pilot": ("révision 1", set(), "5 positions connues sur 8"),
}
"""By role: what the stamp says, what its reader must not meet, and how much its dashboard knows."""


def test_each_reader_sees_which_view_it_is_and_nothing_hidden(
    tmp_path: Path, visit: Callable[..., Visit]
) -> None:
    folder = tmp_path / "classeur"
    folder.mkdir()
    for name, text in HIDDEN.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    store = ("--store", f"sqlite:///{tmp_path / 'store.db'}")
    run("import", str(folder), "--apply", *store, folder=tmp_path)
    tokens = {
        role: run("token", "add", "--role", role, "--name", role, *store, folder=tmp_path).strip()
        for role in VIEWS
    }
    marks = {"zq-entre-nous", "zq-secret", "zq-cache"}
    with serving("serve", *store, folder=tmp_path) as address:
        for role, (stamp, hidden, known) in VIEWS.items():
            seen = visit(address, extra_http_headers={"Authorization": f"Bearer {tokens[role]}"})
            met = set()
            for path in (
                "/",
                "/acteurs",
                "/objectifs",
                "/positions",
                "/cartes/acteurs",
                "/cartes/convergences",
            ):
                page = seen.go(path)
                assert stamp in page.inner_text("header.site .stamp"), (role, path)
                met |= {mark for mark in marks if mark in page.content()}
                if path == "/":
                    assert known in " ".join(page.inner_text(".figures").split()), role
            assert met == marks - hidden, role
