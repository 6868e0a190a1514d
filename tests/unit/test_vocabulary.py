"""The vocabulary as data: linted, searched by code or label, extended by the pilot."""

from __future__ import annotations

import pytest

from graph.errors import InvalidValue, VocabularyError
from graph.model import TABLES, Kind, Term
from graph.vocabulary import Word, WordList, fold, lint, shipped


def test_every_coded_field_has_its_list_and_every_list_its_field() -> None:
    used = {spec.codes for table in TABLES.values() for spec in table.fields if spec.codes}
    assert used == set(shipped().names)
    for table in TABLES.values():
        for spec in table.fields:
            assert (spec.codes is not None) == (spec.kind in (Kind.CODE, Kind.CODES))


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("famille", "Service de la collectivité", "service"),
        ("famille", "SERVICE DE LA COLLECTIVITE", "service"),
        ("implication", "concerné, pas encore impliqué", "concerne"),
        ("type_flux", "Domicile-travail", "commuting"),
        ("type_flux", "commuting", "commuting"),
    ],
)
def test_codes_and_labels_in_any_case_and_accents(name: str, text: str, code: str) -> None:
    assert shipped().code(name, text) == code


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(InvalidValue, match="operateur") as caught:
        shipped().code("famille", "opérateru")
    assert "Vouliez-vous dire « operateur »" in caught.value.fr


def test_a_pilot_adds_a_kind_of_flow_and_says_who_depends() -> None:
    term = Term(list="type_flux", code="seeds", label_fr="semences", depends="destination")
    assert shipped().extended([term]).code("type_flux", "Semences") == "seeds"
    with pytest.raises(VocabularyError, match="depend"):
        shipped().extended([Term(list="type_flux", code="seeds", label_fr="semences")])
    with pytest.raises(VocabularyError, match="fixe"):
        shipped().extended([Term(list="visibilite", code="secret", label_fr="secret")])


def test_lint_refuses_two_codes_with_one_spelling() -> None:
    with pytest.raises(VocabularyError, match="deux codes"):
        lint([WordList("x", (Word("a", "Été", "summer"), Word("b", "ete", "other")))])


def test_fold_forgets_case_accents_and_punctuation() -> None:
    assert fold("  Socio-Économique ") == fold("socio economique")
