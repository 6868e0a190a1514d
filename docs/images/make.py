"""Takes the pictures of the README and the guides: ``python docs/images/make.py [name…]`` serves the example, visits it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
COMMAND = Path(sys.executable).with_name("agencements")
PICTURES = {
    "tableau-de-bord": ("/", (1366, 768)),
    "convergences": ("/cartes/convergences", (1366, 768)),
    "conflits": ("/cartes/conflits", (1366, 768)),
    "positions": ("/positions", (1366, 768)),
    "projection": ("/cartes/convergences#theme=dark&ecran=projecteur", (1280, 720)),
    "pourquoi": ("/cartes/convergences#acteur=mairie", (1366, 730), ".map-face"),
}
"""Name of each picture, what it shows, the size of the window, and the part of the page if not all of it."""


def main() -> None:
    """Serve the example on a free port, take every picture, stop."""
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen([COMMAND, "demo"], cwd=folder, stdout=subprocess.PIPE, text=True) as served,
        sync_playwright() as playwright,
    ):
        try:
            assert served.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", served.stdout.readline())
            assert found is not None
            chromium = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for name in sys.argv[1:] or PICTURES:
                path, (width, height), *part = PICTURES[name]
                page = browser.new_page(viewport={"width": width, "height": height}, locale="fr-FR")
                page.goto(found[0] + path, timeout=120_000)
                if page.locator("#carte").count():
                    page.wait_for_selector("#carte[data-ready]", timeout=60_000)
                shown = page.locator(part[0]) if part else page
                shown.screenshot(path=HERE / f"{name}.png")
                page.close()
            browser.close()
        finally:
            served.terminate()


if __name__ == "__main__":
    main()
