"""The shipped reference against the counts that its publishers state, and its rules of nesting.

Counts and populations: the notices of @etalab/decoupage-administratif 6.0.0 (34,969 communes, 1,255 EPCI of which 989 CC,
230 CA, 21 métropoles, 14 CU and the métropole de Lyon, 11 EPT, 34,871 memberships, 68,952,941 inhabitants), of BANATIC as
published by Territoires en Transitions (9,811 groups, 56,393 rows, 90 codes, 41 labelled), and INSEE's legal populations.
"""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from graph import competences
from graph.ids import ENTITY_ID
from ingest.opendata import Reference, reference
from ingest.opendata.files import SHIPPED, entry_of, manifest, unpacked

GRAND_PARIS = "200054781"
PLAINE_COMMUNE = "200057867"


@pytest.fixture(scope="module")
def known() -> Reference:
    return reference()


def test_published_counts(known: Reference) -> None:
    types = Counter(place.type for place in known.places.values())
    assert types["commune"] == 34_969
    assert types["arrondissement"] == 45
    assert types["epci"] == 1_255
    assert types["ept"] == 11
    assert types["departement"] == 109
    assert types["region"] == 26
    assert types["petr"] == 124
    forms = Counter(place.form for place in known.places.values() if place.type == "epci")
    assert forms == {"CC": 989, "CA": 230, "METRO": 21, "CU": 14, "MET69": 1}


def test_populations(known: Reference) -> None:
    communes = [place for place in known.places.values() if place.type == "commune"]
    assert sum(place.population or 0 for place in communes) == 68_952_941
    regions = [place for place in known.places.values() if place.type == "region"]
    departments = [place for place in known.places.values() if place.type == "departement"]
    assert sum(place.population or 0 for place in regions) == 68_952_941
    assert sum(place.population or 0 for place in departments) == 68_952_941
    without = [place.code for place in communes if place.population is None]
    assert without, "the Southern lands have no legal population, which is not 0"
    assert all(code.startswith("98") for code in without)


def test_memberships(known: Reference) -> None:
    memberships = [
        (place.code, parent)
        for place in known.places.values()
        if place.type == "commune"
        for parent in place.parents
        if known.places[parent].type == "epci"
    ]
    assert len(memberships) == 34_871
    assert len(known.children(PLAINE_COMMUNE)) == 8
    ept = [code for code, place in known.places.items() if place.type == "ept"]
    assert sum(len(known.children(code)) for code in ept) == 129
    # the four islands that the law lets stand alone (CGCT, art. L. 5210-1-1), overseas collectivities aside
    alone = {
        place.name
        for place in known.places.values()
        if place.type == "commune"
        and not place.code.startswith(("975", "977", "978", "98"))
        and not any(known.places[parent].type == "epci" for parent in place.parents)
    }
    assert alone == {"Île-de-Bréhat", "Île-de-Sein", "Ouessant", "L'Île-d'Yeu"}


def test_nesting_of_a_commune_of_grand_paris(known: Reference) -> None:
    place = known.place("93066")
    assert place is not None
    assert place.name == "Saint-Denis"
    assert place.parents == (GRAND_PARIS, PLAINE_COMMUNE, "D93")
    assert known.ancestors("93066") == (GRAND_PARIS, PLAINE_COMMUNE, "D93", "R11")
    # Grand Paris spreads over several départements of one région: only the région holds it whole
    assert known.places[GRAND_PARIS].parents == ("R11",)
    assert known.places[PLAINE_COMMUNE].parents == (GRAND_PARIS, "D93")


def test_a_perimeter_is_in_another_only_when_whole() -> None:
    # counted on the columns of the file, without the nesting under test
    columns = unpacked(SHIPPED / "cog-2026.json.gz")["communes"]
    regions = {f"D{row[0]}": f"R{row[2]}" for row in unpacked(SHIPPED / "cog-2026.json.gz")["departments"]}
    spread: dict[str, set[str]] = {}
    for epci, department in zip(columns["epci"], columns["department"], strict=True):
        if epci:
            spread.setdefault(epci, set()).add(f"D{department}")
    assert sum(len(departments) > 1 for departments in spread.values()) > 50
    for siren, departments in spread.items():
        wider = {regions[department] for department in departments}
        expected = tuple(departments) if len(departments) == 1 else tuple(wider) if len(wider) == 1 else ()
        assert reference().places[siren].parents == expected, siren


def test_ids_are_ids_and_no_type_takes_those_of_another(known: Reference) -> None:
    assert all(ENTITY_ID.fullmatch(code) for code in known.places)
    document = unpacked(SHIPPED / "cog-2026.json.gz")
    listed = (
        len(document["communes"]["code"])
        + sum(len(document[kind]) for kind in ("districts", "epci", "ept", "departments", "regions"))
        + len(unpacked(SHIPPED / "competences-2021.json.gz")["groups"])
    )
    assert len(known.places) == listed
    assert known.former.keys().isdisjoint(known.places)


def test_old_codes_lead_to_the_commune_of_today(known: Reference) -> None:
    # Saint-Bois became a part of Arboys en Bugey in 2016; Annecy took in Annecy-le-Vieux in 2017
    assert known.resolve("01340") == "01015"
    assert known.resolve("74011") == "74010"
    assert ("74011", "Annecy-le-Vieux") in known.old_codes("74010")
    # 4,240 are published; 20 of them read as postcodes of Paris
    assert len(known.former) == 4_240 - 20
    assert known.resolve("75005") is None
    assert all(now in known.places for now, _ in known.former.values())


def test_the_siren_of_a_commune_and_spaces_and_case(known: Reference) -> None:
    assert known.resolve("217500016") == "75056"
    assert known.resolve(" 2a004 ") == "2A004"
    assert known.resolve("99999") is None


def test_competences(known: Reference) -> None:
    document = unpacked(SHIPPED / "competences-2021.json.gz")
    assert len(document["held"]) == 9_811
    assert sum(len(codes) for codes in document["held"].values()) == 56_393
    codes = {code for held in document["held"].values() for code in held}
    assert len(codes) == 90
    assert len(document["labels"]) == 41
    assert {code: competences.label(code) for code in document["labels"]} == document["labels"]
    assert all(
        known.competences(code) for code, place in known.places.items() if place.type in ("epci", "ept")
    )
    unlabelled = sorted(codes - competences.labels().keys())
    assert len(unlabelled) == 49
    assert competences.label(unlabelled[0]) == unlabelled[0]


def test_points_are_known_or_missing_never_invented(known: Reference) -> None:
    # independent: INSEE and the ANCT place Brest métropole near 48.4 N 4.5 W, the Ain near 46.1 N 5.35 E
    brest = known.point("242900314")
    assert brest is not None
    assert brest == pytest.approx((48.41, -4.47), abs=0.05)
    assert known.point("D01") == pytest.approx((46.1008, 5.34853), abs=0.03)
    assert known.point("75056") is None
    assert known.point(PLAINE_COMMUNE) is None
    # overseas: the source draws them beside the mainland, which is not where they are
    assert known.point("D971") is None
    outside = [
        code
        for code in known.places
        if (p := known.point(code)) and not (41 < p[0] < 51.5 and -5.5 < p[1] < 10)
    ]
    assert outside == []


def test_records_come_parents_first_with_their_old_codes(known: Reference) -> None:
    found = known.territory("74011")
    assert found is not None
    ids = [territory.id for territory in found.territories]
    assert ids[-1] == "74010"
    for place, territory in enumerate(found.territories):
        assert set(territory.parents) <= set(ids[:place])
    assert {"74011"} <= {alias.old for alias in found.aliases}
    assert all(alias.table == "territories" and alias.id == "74010" for alias in found.aliases)
    assert known.territory("00000") is None


def test_members_come_with_a_territory_when_asked(known: Reference) -> None:
    found = known.territory(PLAINE_COMMUNE, members=True)
    assert found is not None
    assert Counter(territory.type for territory in found.territories) == {
        "commune": 8,
        "ept": 1,
        "epci": 1,
        "departement": 1,
        "region": 1,
    }


def test_many_codes_at_once_say_which_are_unknown(known: Reference) -> None:
    found = known.territories(["93066", "99999", "93001"])
    assert found.unknown == ("99999",)
    assert {"93066", "93001", GRAND_PARIS, "R11"} <= {territory.id for territory in found.territories}


def test_every_shipped_file_is_the_one_of_the_manifest() -> None:
    entries = manifest()
    assert {entry.file for entry in entries} == {p.name for p in SHIPPED.glob("*.json.gz")}
    for entry in entries:
        content = (SHIPPED / entry.file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry.sha256, entry.file
        assert len(content) == entry.bytes
        assert entry.licence
        assert entry.attribution
    assert sum(entry.bytes for entry in entries) < 5_000_000
    assert entry_of("perimeters") is None, "files without a known licence are never shipped"
