"""A Dockerfile as its instructions, so that tests run what it says."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Stage:
    """One ``FROM`` and what follows it, as (instruction, rest) pairs in order."""

    base: str
    instructions: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        return [rest for instruction, rest in self.instructions if instruction == name]

    def last(self, name: str) -> str:
        return self.all(name)[-1]

    @property
    def environment(self) -> dict[str, str]:
        return dict(
            word.split("=", 1)  # type: ignore[misc]
            for rest in self.all("ENV")
            for word in shlex.split(rest)
        )

    @property
    def command(self) -> list[str]:
        return list(json.loads(self.last("CMD")))

    @property
    def health(self) -> list[str]:
        return list(json.loads(self.last("HEALTHCHECK").partition("CMD")[2]))


def stages(path: Path = ROOT / "Dockerfile") -> list[Stage]:
    text = re.sub(r"^\s*#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for line in text.replace("\\\n", " ").splitlines():
        name, _, rest = line.strip().partition(" ")
        if name == "FROM":
            found.append((rest, []))
        elif name:
            found[-1][1].append((name, " ".join(rest.split())))
    return [Stage(base, tuple(instructions)) for base, instructions in found]
