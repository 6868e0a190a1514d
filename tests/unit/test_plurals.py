"""Words agree with their number: the expected forms are those of the two grammars, written by hand."""

import pytest

from graph.plurals import agreed, counted


@pytest.mark.parametrize(
    ("n", "fr", "en"),
    [
        (0, "0 lien laissé, il n'entre et est dans son tableau", "0 edges lie in their tables"),
        (1, "1 lien laissé, il n'entre et est dans son tableau", "1 edge lies in its table"),
        (2, "2 liens laissés, ils n'entrent et sont dans leurs tableaux", "2 edges lie in their tables"),
    ],
)
def test_marks_agree_with_the_number(n: int, fr: str, en: str) -> None:
    words = "lien(s) laissé(s), il(s) n'entre(nt) et (est|sont) dans (son|leurs) tableau(x)"
    assert agreed(n, words) == fr
    assert agreed(n, "edge(s) lie(s|) in (its|their) table(s)", "en") == en


def test_other_parentheses_stay() -> None:
    assert agreed(1, "flux (en km) de (A)") == "1 flux (en km) de (A)"


def test_a_noun_in_two_forms() -> None:
    assert [counted(n, "flux est connu", "flux sont connus") for n in (0, 1, 2)] == [
        "0 flux est connu",
        "1 flux est connu",
        "2 flux sont connus",
    ]
    assert [counted(n, "child", "children", "en") for n in (0, 1, 2)] == [
        "0 children",
        "1 child",
        "2 children",
    ]
