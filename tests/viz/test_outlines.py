"""Outlines dissolved by cancelled edges, against areas that must add up and shapes known from elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pytest

from viz.outlines import DATA, Outlines, area, inside, outlines

SQUARES = {
    "year": 2025,
    "scale": 1,
    # two unit squares side by side, and a ring of eight around an empty middle
    "pieces": [
        ["A", "D1", "R1", [[0, 0, 1, 0, 0, 1, -1, 0, 0, -1]]],
        ["B", "D1", "R1", [[1, 0, 1, 0, 0, 1, -1, 0, 0, -1]]],
    ]
    + [
        [f"C{x}{y}", "D2", "R2", [[x, y, 1, 0, 0, 1, -1, 0, 0, -1]]]
        for x in (10, 11, 12)
        for y in (0, 1, 2)
        if (x, y) != (11, 1)
    ],
    "omitted": {},
}


def test_the_shared_edge_of_two_squares_is_gone() -> None:
    (ring,) = Outlines(SQUARES, "").rings("D1") or ()
    assert area(ring) == 2
    assert set(ring) == {(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)}
    assert ring[0] == ring[-1]


def test_an_enclave_is_a_hole() -> None:
    drawn = Outlines(SQUARES, "")
    (polygon,) = drawn.polygons("D2") or ()
    outer, hole = polygon
    assert area(outer) == 9
    assert area(hole) == -1
    assert inside((10.5, 0.5), outer)
    assert not inside((20, 0.5), outer)


def test_what_is_not_known_has_no_outline() -> None:
    drawn = outlines()
    assert drawn.rings("75056") is None  # a commune
    assert drawn.rings("200057867") is None  # an EPT
    assert drawn.rings("D971") is None  # overseas
    assert "200054781" in drawn


def test_areas_add_up_from_epci_to_region() -> None:
    drawn = outlines()
    total = {code: sum(area(ring) for ring in drawn.rings(code) or ()) for code in drawn.codes}
    epci = sum(value for code, value in total.items() if code[0] not in "DR")
    departments = sum(value for code, value in total.items() if code[0] == "D")
    regions = sum(value for code, value in total.items() if code[0] == "R")
    assert departments == pytest.approx(regions, rel=1e-9)
    # the islands without EPCI are in départements alone
    assert epci == pytest.approx(departments, rel=1e-4)
    assert epci < departments
    assert Counter(code[0] for code in drawn.codes if code[0] in "DR") == {"D": 96, "R": 13}


def test_paris_region_is_one_ring_and_holds_paris() -> None:
    rings = outlines().rings("R11") or ()
    assert len(rings) == 1
    assert inside((2.35, 48.86), rings[0])
    assert not inside((4.83, 45.76), rings[0])


def test_grand_paris_is_dissolved_over_its_departements() -> None:
    drawn = outlines()
    rings = drawn.rings("200054781") or ()
    assert len(rings) == 1
    assert inside((2.35, 48.86), rings[0])
    assert drawn.dissolved(["R11", "200054781"]) == drawn.rings("R11")


def test_the_file_is_the_one_of_the_manifest_and_says_whom_to_thank() -> None:
    (entry,) = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))
    assert hashlib.sha256((DATA / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert "Licence Ouverte 2.0" in outlines().attribution
    assert "IGN" in outlines().attribution
