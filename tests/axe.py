"""What axe-core finds wrong with a page that a browser shows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "viz" / "vendor" / "axe-core" / "axe.min.js"

# what passes is not told: on a large page, telling it takes longer than finding it
FIND = """async () => {
    const found = await axe.run({ resultTypes: ['violations'] });
    return found.violations.map((v) => [v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160))]);
}"""


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def violations(page: Any) -> list[list[Any]]:
    """Each rule that a page breaks, by every rule there is, with the first elements that do."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    found: list[list[Any]] = page.evaluate(FIND)
    return found
