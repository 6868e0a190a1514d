"""Sign, unknown and neutral are told apart in grey, and by eyes that lack a colour.

Simulations are the matrices of Machado, Oliveira and Fernandes (2009) at severity 1, on linear RGB; ΔE is CIE 1976 and
contrast that of WCAG 2.1: all three are written here from their definitions, not taken from the project.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from viz.colours import COLOURS
from viz.maps import conflict, convergence
from viz.renderer import STATIC, render_svg

from .conftest import Compose

APP = Path(__file__).parents[2] / "api" / "static" / "app.css"
DEFICIENCIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)


def linear(colour: str) -> NDArray[np.float64]:
    raw = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(raw <= 0.04045, raw / 12.92, ((raw + 0.055) / 1.055) ** 2.4)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    t = TO_XYZ @ rgb / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    high, low = sorted((float(TO_XYZ[1] @ linear(c)) for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("seen_by", DEFICIENCIES)
def test_the_two_signs_stay_apart_for_every_eye(theme: str, seen_by: str) -> None:
    matrix = np.array(DEFICIENCIES[seen_by])
    pour, contre = (lab(np.clip(matrix @ linear(COLOURS[theme][role]), 0, 1)) for role in ("pour", "contre"))
    assert float(np.linalg.norm(pour - contre)) >= 76.9


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_signs_and_words_are_read_on_paper_and_on_plates(theme: str) -> None:
    colours = COLOURS[theme]
    for role in ("pour", "contre", "ink", "soft", "action"):
        for ground in ("paper", "plate"):
            assert contrast(colours[role], colours[ground]) >= 4.5, (role, ground)
    for ground in ("paper", "plate"):
        assert contrast(colours["control"], colours[ground]) >= 3, ground


def test_style_sheet_and_pictures_have_the_same_colours() -> None:
    text = (STATIC / "map.css").read_text(encoding="utf-8")
    for theme in ("light", "dark"):
        block = re.search(rf":root(?:\[data-theme=\"dark\"\])?{{color-scheme:{theme};([^}}]*)}}", text)
        assert block is not None
        said = dict(pair.removeprefix("--").split(":") for pair in block[1].split(";"))
        assert said == COLOURS[theme]


@pytest.mark.parametrize("build", [convergence.build, conflict.build], ids=["convergence", "conflict"])
def test_without_colour_what_is_against_is_dashed_and_what_is_for_is_not(
    build: object, compose: Compose
) -> None:
    spec = build(compose(25))  # type: ignore[operator]
    strokes = [stroke for link in spec.links for stroke in link.strokes]
    assert {s.dashed for s in strokes if s.role == "contre"} == {True}
    assert {s.dashed for s in strokes if s.role == "pour"} == {False}
    drawn = re.findall(r"<path [^>]*l-pour[^>]*>", render_svg(spec))
    assert drawn
    assert not [path for path in drawn if "dasharray" in path]


def test_cells_of_a_grid_are_told_apart_without_colour() -> None:
    text = APP.read_text(encoding="utf-8")
    assert re.search(
        r"\.grid \.m1 a, \.grid \.m2 a, \.grid \.m3 a, \.grid \.m4 a {[^}]*border-bottom: 3px dashed", text
    )
    assert re.search(r"\.unknown { background: repeating-linear-gradient\(135deg", text)
    assert re.search(r"\.grid \.zero \.v[^{]*{ border: 1\.5px solid", text)
