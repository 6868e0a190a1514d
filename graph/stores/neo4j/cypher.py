"""Cypher as constant text with parameters, kept in ``*.cypher`` files and found by name; never built."""

from __future__ import annotations

import functools
import importlib.resources
import re

_FOLDER = importlib.resources.files("graph.stores.neo4j")
_NAMED = re.compile(r"^// name: (\w+)\n", re.MULTILINE)
_COMMENT = re.compile(r"^//.*\n", re.MULTILINE)


@functools.cache
def _statements(file: str) -> dict[str, str]:
    text = (_FOLDER / f"{file}.cypher").read_text(encoding="utf-8")
    _, *rest = _NAMED.split(text)
    return {name: _COMMENT.sub("", body).strip() for name, body in zip(rest[::2], rest[1::2], strict=True)}


def statement(file: str, name: str) -> str:
    """The statement called ``name`` in ``file.cypher``.

    Raises:
        KeyError: the file has no such statement.
    """
    return _statements(file)[name]


@functools.cache
def migrations() -> tuple[tuple[str, ...], ...]:
    """The numbered migrations, in order, each as its statements."""
    folder = _FOLDER / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".cypher"))
    found = []
    for name in names:
        text = _COMMENT.sub("", (folder / name).read_text(encoding="utf-8"))
        found.append(tuple(part.strip() for part in text.split(";\n") if part.strip()))
    return tuple(found)
