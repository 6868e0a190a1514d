"""Labels of the competences that public bodies hold (BANATIC); a code without a label shows itself."""

from __future__ import annotations

import functools
import importlib.resources

import yaml


@functools.cache
def labels() -> dict[str, dict[str, str]]:
    """The label of every labelled code, by code, then by language (``fr``, ``en``)."""
    text = importlib.resources.files("graph").joinpath("competences.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


def label(code: str, lang: str = "fr") -> str:
    """Label of a code; the code itself when there is none.

    Args:
        code: of BANATIC, or a pilot's own words.
        lang: ``fr`` or ``en``.
    """
    found = labels().get(code)
    return code if found is None else found["en" if lang == "en" else "fr"]
