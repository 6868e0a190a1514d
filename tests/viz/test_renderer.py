"""Faces of a map: self-contained, escaped, within the policy."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from xml.etree import ElementTree as Tree

import pytest

from graph import Changes
from graph.model import Actor, Objective, Position
from viz import renderer
from viz.maps import actors, conflict, convergence
from viz.metrics import text_width
from viz.renderer import STATIC, json_for_script, render_html, render_svg
from viz.spec import LegendEntry, MapSpec

from .conftest import DAY, Compose

NASTY = "<script>alert('x')</script>\u2028&\"</title>"


@pytest.fixture
def pages(compose: Compose) -> list[MapSpec]:
    snapshot = compose(40)
    return [convergence.build(snapshot, profile=p) for p in ("grand", "moyen", "projecteur")]


def test_one_file_without_any_load(pages: list[MapSpec]) -> None:
    text = render_html(pages[0], also=pages[1:])
    assert len(text.encode()) <= 1_500_000
    assert text.startswith("<!doctype html>")
    for attribute, value in re.findall(r"""\s(src|href|action|data|poster)=["']([^"']*)""", text):
        assert value.startswith(("data:", "#")), (attribute, value)
    loads = re.findall(r"url\(\s*[\"']?([^\"')]*)", re.search(r"<style>(.*?)</style>", text, re.S).group(1))
    assert loads
    assert all(value.startswith(("data:", "#")) for value in loads)
    assert "sourceMappingURL" not in text


def test_policy_allows_what_is_inlined_and_nothing_else(pages: list[MapSpec]) -> None:
    text = render_html(pages[0])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1).replace("&#39;", "'")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    inlined = re.findall(r"<script>(.*?)</script>", text, re.S) + re.findall(
        r"<style>(.*?)</style>", text, re.S
    )
    for piece in inlined:
        digest = base64.b64encode(hashlib.sha256(piece.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


@pytest.mark.parametrize("self_contained", [True, False])
def test_no_inline_style_nor_handler(self_contained: bool, pages: list[MapSpec]) -> None:
    text = render_html(pages[0], self_contained, also=pages[1:])
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.S)
    assert not re.search(r"\s(style|on\w+)=", markup)
    if not self_contained:
        assert "<style" not in text
        assert re.findall(r'<script src="([^"]+)"', text) == [f"/static/{n}" for n in renderer.SCRIPTS]
        assert not re.findall(r"<script>", text)


def test_names_are_text_everywhere(compose: Compose) -> None:
    given = Changes(
        puts={
            "actors": [Actor(id=f"A{k}", name=f"{NASTY} {k}") for k in range(4)],
            "objectives": [Objective(id="O1", name=NASTY)],
            "positions": [
                Position(actor=f"A{k}", objective="O1", value=v, valid_from=DAY, source=NASTY, rater=NASTY)
                for k, v in enumerate([3, 2, -3, -2])
            ],
        }
    )
    snapshot = compose(4, given)
    for build in (convergence.build, conflict.build, actors.build):
        spec = build(snapshot)
        text = render_html(spec)
        assert "alert('x')</script>" not in text
        assert "<script>alert" not in text
        assert text.count("<script") == text.count("</script>") == 1 + len(renderer.SCRIPTS)
        data = re.search(r'id="map-data">(.*?)</script>', text, re.S).group(1)
        assert "alert('x')" in json.loads(data)["maps"][0]["nodes"][0]["name"]
        assert "<script" not in render_svg(spec)
        Tree.fromstring(render_svg(spec).encode())


def test_json_cannot_leave_its_element() -> None:
    text = json_for_script({"a": "</script><!--&\u2028\u2029"})
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == {"a": "</script><!--&\u2028\u2029"}


def test_table_and_picture_stand_without_script(pages: list[MapSpec]) -> None:
    text = render_html(pages[0])
    assert text.count("<tr>") == 1 + len(pages[0].tables[0].rows)
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in text
    for node in pages[0].nodes:
        assert all(f">{line.replace(chr(39), '&#39;')}</text>" in text for line in node.lines)


def test_records_link_to_their_history(pages: list[MapSpec]) -> None:
    text = render_html(pages[0], False, record_url="/historique?record={id}")
    first = pages[0].tables[0].rows[0].records[0]
    assert f'<a href="/historique?record={first}">{first}</a>' in text


def test_the_same_page_twice(pages: list[MapSpec]) -> None:
    assert render_html(pages[0], theme="dark") == render_html(pages[0], theme="dark")
    assert 'data-theme="dark"' in render_html(pages[0], theme="dark")


def test_svg_carries_legend_and_stamp(pages: list[MapSpec]) -> None:
    for theme in ("light", "dark"):
        text = render_svg(pages[0], theme)
        Tree.fromstring(text.encode())
        assert pages[0].stamp in text
        assert all(entry.text.replace("'", "&#39;") in text for entry in pages[0].legend)
        assert "style=" not in text


def test_a_long_legend_covers_nothing_and_grows_with_the_names(pages: list[MapSpec]) -> None:
    long = tuple(
        LegendEntry("source", f"une entrée longue de la légende, la numéro {k} de plusieurs")
        for k in range(7)
    )
    for spec in pages:
        text = render_svg(dataclasses.replace(spec, legend=long))
        drawn = re.findall(r'<g transform="translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)\)">', text)
        assert len(drawn) == 7
        top, high = map(float, re.search(r'viewBox="-12 (-?[\d.]+) [\d.]+ ([\d.]+)"', text).groups())
        ends: dict[str, float] = {}
        for (x, y, scale), entry in zip(drawn, long, strict=True):
            assert float(x) >= ends.get(y, 0.0)
            ends[y] = float(x) + float(scale) * (44 + text_width(entry.text, 15))
            assert ends[y] <= spec.profile.width
            assert spec.profile.height < float(y) < top + high - 10 * float(scale)
            assert float(scale) * 15 >= (27 if spec.profile.projected else 15)


def test_french_never_breaks_before_its_punctuation(pages: list[MapSpec]) -> None:
    told = dataclasses.replace(pages[0], notes=("Un fait : « le second » ; le dernier ?",), opening=())
    tied = "Un fait\u00a0: «\u00a0le second\u00a0»\u00a0; le dernier\u00a0?"
    assert tied in render_html(told)
    assert (
        " :"
        not in json.loads(re.search(r'id="map-data">(.*?)</script>', render_html(told)).group(1))["maps"][0][
            "opening"
        ]
    )
    english = dataclasses.replace(told, lang="en")
    assert "Un fait : «" in render_html(english)


def test_an_empty_map_says_so(pages: list[MapSpec]) -> None:
    bare = dataclasses.replace(pages[0], nodes=(), links=(), plates=(), captions=(), legend=())
    assert "Rien à dessiner" in render_html(bare)


def test_vendored_files_are_what_they_were() -> None:
    for folder in (STATIC / "vendor", STATIC.parents[1] / "tests" / "viz" / "vendor"):
        lines = (folder / "CHECKSUMS").read_text(encoding="utf-8").splitlines()
        for line in lines:
            digest, name = line.split()
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_our_scripts_stay_small() -> None:
    assert all(script.stat().st_size <= 10_240 for script in STATIC.glob("*.js"))
    assert sum(sheet.stat().st_size for sheet in STATIC.glob("map*.css")) <= 20_000
