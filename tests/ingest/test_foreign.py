"""Files of other tools: MACTOR matrices, Kumu, GEXF, GraphML, pol.is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from graph import Store
from graph.errors import FileRefused, InvalidValue
from ingest import Plan, Stamp, export
from tests.ingest.books import BASE, FORMATS, Rows, Sheets, counts, held, load, noted, plan, text, write

MDI: Rows = [["", "mairie", "amap"], ["mairie", 0, 3], ["amap", None, 0]]
MAO: Rows = [["", "place", "panier"], ["mairie", 3, 0], ["amap", -2, None]]
MATRICES: Sheets = {"MDI": MDI, "2MAO": MAO}


def codes(made: Plan) -> list[str]:
    return [issue.code for issue in made.report.issues]


def stated(store: Store) -> dict[tuple[str, str], int]:
    found = held(store).get("positions", {}).values()
    return {(says["actor"], says["objective"]): says["value"] for says in found}


# MACTOR


@pytest.mark.parametrize("kind", FORMATS)
def test_what_zero_means_is_asked_and_nothing_is_written_without_an_answer(
    store: Store, tmp_path: Path, kind: str
) -> None:
    made = plan(store, write(tmp_path, MATRICES, kind))
    assert made.status == "choices"
    assert made.document().choices[0].model_dump() == {"key": "zero", "values": ["unknown", "neutral"]}
    with pytest.raises(InvalidValue, match=r"zero=unknown\|neutral"):
        made.apply(store, author="pilote")
    assert store.head() == 0


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("zero", ["unknown", "neutral"])
def test_matrices(store: Store, tmp_path: Path, kind: str, zero: str) -> None:
    path = write(tmp_path, MATRICES, kind)
    load(store, path, choices={"zero": zero})
    expected = {("mairie", "place"): 3, ("amap", "place"): -2}
    if zero == "neutral":
        expected["mairie", "panier"] = 0
    assert stated(store) == expected
    influences = held(store)["influences"].values()
    assert [(s["source_actor"], s["target_actor"], s["value"]) for s in influences] == [("mairie", "amap", 3)]
    assert set(held(store)["actors"]) == {"mairie", "amap"}
    assert set(held(store)["objectives"]) == {"place", "panier"}
    assert plan(store, path, choices={"zero": zero}).changes_total == 0


def test_a_diagonal_of_zeros_asks_nothing(store: Store, tmp_path: Path) -> None:
    made = load(store, write(tmp_path, {"mdi": MDI}))
    assert counts(made)["influences"] == (1, 0, 0, 0)


def test_influence_of_zero_between_two_actors_is_asked(store: Store, tmp_path: Path) -> None:
    rows: Rows = [["", "a", "b"], ["a", 0, 0], ["b", 2, 0]]
    path = write(tmp_path, {"mid": rows})
    assert plan(store, path).status == "choices"
    load(store, path, choices={"zero": "neutral"})
    assert [s["value"] for s in held(store)["influences"].values()] == [0, 2]


def test_names_come_from_the_workbook_or_the_store(store: Store, tmp_path: Path) -> None:
    load(store, write(tmp_path, {"acteurs": BASE["acteurs"]}))
    made = load(
        store, write(tmp_path, {"2mao": MAO, "objectifs": BASE["objectifs"]}), choices={"zero": "unknown"}
    )
    assert "matrix_names" not in noted(made)
    assert held(store)["objectives"]["place"]["name"] == "Faire vivre la place"
    assert held(store)["actors"]["mairie"]["name"] == "La mairie"


def test_headers_unknown_to_the_store_are_said(store: Store, tmp_path: Path) -> None:
    made = plan(store, write(tmp_path, MATRICES), choices={"zero": "unknown"})
    said = [note.fr for note in made.report.notes if note.code == "matrix_names"]
    assert len(said) == 2
    assert "2 en-têtes de matrice inconnus du dépôt seront créés dans « acteurs »" in said[0]
    assert said[0].endswith("mairie, amap.")
    assert said[1].endswith("place, panier.")


def test_a_header_that_the_workbooks_own_sheet_lacks_is_refused(store: Store, tmp_path: Path) -> None:
    sheets: Sheets = {"acteurs": [["id", "nom"], ["mairie", "La mairie"]], "mdi": MDI}
    made = plan(store, write(tmp_path, sheets))
    assert codes(made) == ["unknown_reference"]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("cell", "code"), [(5, "out_of_range"), ("fort", "not_a_number"), ("1,5", "not_an_integer")]
)
def test_a_bad_cell_of_a_matrix_is_named_by_its_column(
    store: Store, tmp_path: Path, kind: str, cell: Any, code: str
) -> None:
    rows: Rows = [["", "place", "panier"], ["mairie", 1, cell]]
    made = plan(store, write(tmp_path, {"2mao": rows}, kind))
    issue = made.report.issues[0]
    assert (issue.code, issue.sheet, issue.row, issue.column) == (code, "2mao", 2, "panier")
    assert f"feuille « 2mao », ligne 2, colonne « panier » : « {cell} »" in issue.message()


def test_an_influence_on_oneself_in_a_matrix_is_refused(store: Store, tmp_path: Path) -> None:
    rows: Rows = [["", "a"], ["a", 2]]
    assert codes(plan(store, write(tmp_path, {"mdi": rows}))) == ["invalid_value"]


def test_two_columns_of_a_matrix_with_one_id(store: Store, tmp_path: Path) -> None:
    rows: Rows = [["", "place", "place"], ["mairie", 1, 2]]
    assert codes(plan(store, write(tmp_path, {"2mao": rows}))) == ["duplicate_row"]


# Kumu

ELEMENTS: Rows = [
    ["Label", "Type", "Tags", "Famille", "Couleur"],
    ["La Mairie", "Actor", "", "service", "bleu"],
    ["L'AMAP", "association", "", "", ""],
    ["Vivre ici", "Objectif", "", "", ""],
    ["Le projet", "Project", "", "", ""],
]
CONNECTIONS: Rows = [
    ["From", "To", "Direction", "Type", "Strength"],
    ["La Mairie", "L'AMAP", "directed", "influence", 3],
    ["L'AMAP", "Vivre ici", "directed", "", -2],
    ["La Mairie", "Le projet", "directed", "", ""],
    ["Le projet", "Vivre ici", "directed", "", ""],
    ["L'AMAP", "La Mairie", "directed", "parle à", ""],
    ["L'AMAP", "Nulle part", "directed", "", 1],
]


def kumu(store: Store) -> None:
    found = held(store)
    assert {i: s["name"] for i, s in found["actors"].items()} == {
        "la-mairie": "La Mairie",
        "l-amap": "L'AMAP",
    }
    assert found["actors"]["la-mairie"]["family"] == "service"
    assert found["actors"]["la-mairie"]["attributes"] == {"Couleur": "bleu"}
    assert found["actors"]["l-amap"]["type"] == "association"
    assert found["objectives"]["vivre-ici"]["name"] == "Vivre ici"
    influences = [(s["source_actor"], s["target_actor"], s["value"]) for s in found["influences"].values()]
    assert influences == [("la-mairie", "l-amap", 3)]
    assert stated(store) == {("l-amap", "vivre-ici"): -2}
    assert [(s["actor"], s["project"]) for s in found["participations"].values()] == [
        ("la-mairie", "le-projet")
    ]
    assert [(s["project"], s["objective"]) for s in found["targets"].values()] == [("le-projet", "vivre-ici")]


@pytest.mark.parametrize("kind", FORMATS)
def test_kumu_workbook(store: Store, tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, {"Elements": ELEMENTS, "Connections": CONNECTIONS}, kind)
    made = load(store, path)
    kumu(store)
    assert "2 liens laissés de côté" in next(n.fr for n in made.report.notes if n.code == "edges_left")
    assert plan(store, path).changes_total == 0


def kumu_document() -> dict[str, Any]:
    labels = [str(row[0]) for row in ELEMENTS[1:]]
    names = dict(zip(labels, ["la-mairie", "l-amap", "vivre-ici", "le-projet"], strict=True))
    return {
        "elements": [
            {
                "_id": names[str(row[0])],
                "attributes": dict(zip(map(str.lower, ELEMENTS[0]), row, strict=True)),
            }
            for row in ELEMENTS[1:]
        ],
        "connections": [
            {
                "from": names.get(str(row[0]), "x"),
                "to": names.get(str(row[1]), "x"),
                "direction": row[2],
                "attributes": {"type": row[3], "strength": row[4]},
            }
            for row in CONNECTIONS[1:]
        ],
    }


def test_kumu_json(store: Store, tmp_path: Path) -> None:
    document = kumu_document()
    document["elements"][0]["attributes"]["Couleur"] = document["elements"][0]["attributes"].pop("couleur")
    path = text(tmp_path, json.dumps(document), "carte.json")
    load(store, path)
    kumu(store)
    assert plan(store, path).changes_total == 0


def test_a_mutual_connection_goes_both_ways(store: Store, tmp_path: Path) -> None:
    rows: Rows = [["From", "To", "Direction", "Strength"], ["La Mairie", "L'AMAP", "mutual", 2]]
    load(store, write(tmp_path, {"Elements": ELEMENTS[:3], "Connections": rows}))
    assert len(held(store)["influences"]) == 2


@pytest.mark.parametrize("content", ['{"nodes": []}', "[1, 2]", '{"elements": 3}'])
def test_json_that_is_no_kumu(store: Store, tmp_path: Path, content: str) -> None:
    with pytest.raises(FileRefused, match="n'est pas un export Kumu"):
        plan(store, text(tmp_path, content, "carte.json"))


def test_truncated_json(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="mal formé ou tronqué"):
        plan(store, text(tmp_path, '{"elements": [{"_id"', "carte.json"))


def test_a_level_out_of_scale_is_refused_with_its_place(store: Store, tmp_path: Path) -> None:
    rows: Rows = [["From", "To", "Strength"], ["La Mairie", "L'AMAP", 10]]
    made = plan(store, write(tmp_path, {"Elements": ELEMENTS[:3], "Connections": rows}))
    issue = made.report.issues[0]
    assert (issue.code, issue.sheet, issue.row) == ("out_of_range", "Connections", 2)


# GEXF and GraphML


def network() -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_node("la-mairie", label="La Mairie", table="actors", famille="service", Couleur="bleu")
    graph.add_node("l-amap", label="L'AMAP", type="association")
    graph.add_node("vivre-ici", label="Vivre ici", kind="objectif")
    graph.add_node("le-projet", label="Le projet", kind="projet")
    graph.add_edge("la-mairie", "l-amap", strength=3)
    graph.add_edge("l-amap", "vivre-ici", strength=-2)
    graph.add_edge("la-mairie", "le-projet")
    graph.add_edge("le-projet", "vivre-ici")
    graph.add_edge("l-amap", "la-mairie", nature="parle à")
    return graph


@pytest.mark.parametrize("suffix", ["gexf", "graphml"])
def test_graphs(store: Store, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"reseau.{suffix}"
    if suffix == "gexf":
        nx.write_gexf(network(), path)
    else:
        nx.write_graphml_xml(network(), path)
    made = load(store, path)
    kumu(store)
    assert "edges_left" in noted(made)
    assert plan(store, path).changes_total == 0


def test_an_undirected_graph_goes_both_ways(store: Store, tmp_path: Path) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edge("a", "b", weight=2)
    nx.write_graphml_xml(graph, tmp_path / "reseau.graphml")
    load(store, tmp_path / "reseau.graphml")
    assert len(held(store)["influences"]) == 2


@pytest.mark.parametrize("suffix", ["gexf", "graphml"])
def test_a_truncated_graph(store: Store, tmp_path: Path, suffix: str) -> None:
    whole = f"<{suffix}><graph><nodes><node id='a'/></nodes>"
    with pytest.raises(FileRefused, match="tronqué"):
        plan(store, text(tmp_path, whole, f"reseau.{suffix}"))


@pytest.mark.parametrize("suffix", ["gexf", "graphml"])
def test_exported_graphs_are_read_by_networkx(store: Store, tmp_path: Path, suffix: str) -> None:
    load(store, write(tmp_path, {**BASE, "2mao": MAO}), choices={"zero": "neutral"})
    path = tmp_path / f"sortie.{suffix}"
    export(store.snapshot(), path, Stamp(store.head(), store.revision(store.head()).moment))
    graph = nx.read_gexf(path) if suffix == "gexf" else nx.read_graphml(path)
    assert {says["label"] for _, says in graph.nodes(data=True)} == {
        "La mairie",
        "L'AMAP",
        "Faire vivre la place",
        "Vendre en paniers",
    }
    assert sorted(says["value"] for *_, says in graph.edges(data=True)) == [-2.0, 0.0, 3.0]


# pol.is

VOTES = """participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,2
0,0,1,3,2,1,1.0,1,-1
1,1,0,2,0,1,-1,,0
2,,0,0,0,0,,,
"""
COMMENTS = """timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body
1,,0,0,1,1,1,"Garder le marché, le samedi"
2,,1,0,1,0,1,=Une piste cyclable
3,,9,0,0,0,-1,Jamais votée
"""


@pytest.fixture
def polis(tmp_path: Path) -> Path:
    folder = tmp_path / "consultation"
    folder.mkdir()
    text(folder, VOTES, "participants-votes.csv")
    text(folder, COMMENTS, "comments.csv")
    return folder


def test_polis(store: Store, polis: Path) -> None:
    made = load(store, polis)
    found = held(store)
    assert {i: (s["name"], s["visibility"]) for i, s in found["actors"].items()} == {
        f"p{n}": (f"Participant {n}", "public") for n in range(3)
    }
    assert {i: s["name"] for i, s in found["objectives"].items()} == {
        "c0": "Garder le marché, le samedi",
        "c1": "=Une piste cyclable",
        "c2": "Énoncé 2",
    }
    assert stated(store) == {
        ("p0", "c0"): 1,
        ("p0", "c1"): 1,
        ("p0", "c2"): -1,
        ("p1", "c0"): -1,
        ("p1", "c2"): 0,
    }
    assert {"polis", "polis_untold"} <= noted(made)
    assert plan(store, polis).changes_total == 0


def test_a_vote_that_is_no_vote_is_named(store: Store, polis: Path) -> None:
    text(polis, VOTES.replace("-1,,0", "pour,,0"), "participants-votes.csv")
    issue = plan(store, polis).report.issues[0]
    assert (issue.code, issue.file, issue.row, issue.column) == (
        "not_a_number",
        "participants-votes.csv",
        3,
        "0",
    )
