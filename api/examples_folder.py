"""Where the examples are: inside the installed package, or beside the sources."""

from __future__ import annotations

from pathlib import Path

from graph.errors import FileRefused


def example(name: str) -> Path:
    """The folder of an example.

    Raises:
        FileRefused: it is not installed.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "examples" / name, here.parent / "examples" / name):
        if folder.is_dir():
            return folder
    raise FileRefused(
        f"L'exemple « {name} » n'est pas installé avec le logiciel.",
        f"The example '{name}' is not installed.",
    )
