"""One specification, four faces: the page, the self-contained file, the SVG and the table."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from queries.sentences import french
from viz.colours import COLOURS, Theme
from viz.forest import STEP, showing, shown_words
from viz.metrics import text_width
from viz.network import native, network
from viz.shapes import outline
from viz.spec import LegendEntry, Link, MapSpec
from viz.words import words

STATIC = Path(__file__).parent / "static"
"""Files that the served site publishes under ``/static/``."""

SCRIPTS = (
    "vendor/vis-network/vis-network.min.js",
    "map-paint.js",
    "map-table.js",
    "map-state.js",
    "map-panel.js",
    "map-screen.js",
    "map.js",
)
STYLES = ("map.css",)
FRAMED = 20.0
"""Font size of names up to which a picture by itself has a title and a legend of the usual size; beyond, they grow alike."""
LEGEND_TEXT, LEGEND_MARK, LEGEND_GAP = 15, 44.0, 24.0
"""Font size of a legend, width of its marks, and pixels between two entries."""
FONTS = (
    "vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2",
    "vendor/source-sans-3/source-sans-3-latin-ext-wght-normal.woff2",
)


def render_html(
    spec: MapSpec,
    self_contained: bool = True,
    theme: Theme | None = None,
    *,
    also: Sequence[MapSpec] = (),
    record_url: str | None = None,
    static_url: str = "/static/",
) -> str:
    """A whole page.

    Args:
        spec: what the page opens on; its SVG and tables are there without JavaScript.
        self_contained: everything inlined and allowed by its hash; else scripts, styles and fonts by URL.
        theme: ``light`` or ``dark``; ``None`` follows the reader's setting.
        also: the same map in other sizes, orders or zones; the page switches between them.
        record_url: address of a record's history, ``{id}`` standing for its id; ``None`` shows the id alone.
        static_url: where the served site publishes :data:`STATIC`.
    """
    body = render_body(spec, also=also, record_url=record_url)
    context: dict[str, Any] = {
        "spec": spec,
        "theme": theme,
        "body": body,
        "words": words(spec.lang),
        "self_contained": self_contained,
    }
    if not self_contained:
        context |= {
            "styles": [static_url + name for name in STYLES],
            "scripts": [static_url + name for name in SCRIPTS],
        }
    else:
        scripts = [_read(name) for name in SCRIPTS]
        context |= {
            "policy": policy_of(scripts, style()),
            "style": Markup(style()),
            "inline_scripts": [Markup(script) for script in scripts],
        }
    return environment().get_template("page.html.j2").render(context)


def policy_of(scripts: Sequence[str], style: str) -> str:
    """The policy of a self-contained page: what is inlined, by its hash, and nothing else."""
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(_hash(script) for script in scripts) or "'none'",
        "style-src": _hash(style),
        "font-src": "data:",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def render_body(
    spec: MapSpec,
    *,
    also: Sequence[MapSpec] = (),
    record_url: str | None = None,
    exports: Sequence[tuple[str, str]] = (),
    pinning: bool = False,
    orders: Sequence[Mapping[str, Any]] = (),
    actions: Sequence[tuple[str, str]] = (),
) -> Markup:
    """The map without the page around it, for a page that has its own head and navigation.

    Args:
        spec: what it opens on.
        also: the same map in other sizes, orders or zones.
        record_url: address of a record's history, ``{id}`` standing for its id.
        exports: other faces of the map, as (words, address).
        actions: what to do when there is nothing to draw, as (words, address).
        orders: other orders of the map: ``order``, ``name``, ``href`` (``None`` where it is undefined), ``current``.
        pinning: whether the server lays actors out again around those pinned in the address.
    """
    every = [_worded(one) for one in (spec, *also)]
    spec = every[0]
    said: dict[str, dict[str, Any]] = {}
    data = {
        "maps": [payload(one, said) for one in every],
        "said": said,
        "records": {r.id: asdict(r) for one in every for r in one.records},
        "recordUrl": record_url,
        "words": words(spec.lang)["script"],
    }
    variants = {one.variant: one.variant_label for one in every}
    return Markup(
        environment()
        .get_template("map.html.j2")
        .render(
            spec=spec,
            every=every,
            data=Markup(json_for_script(data)),
            drawing=Markup(_drawing(spec, "light", framed=False)),
            variants=variants if len(variants) > 1 else {},
            projector=any(one.profile.projected for one in every),
            record_url=record_url or "",
            exports=exports,
            pinning=pinning,
            orders=orders,
            actions=actions,
            step=STEP,
            words=words(spec.lang),
        )
    )


def render_svg(spec: MapSpec, theme: Theme = "light", *, level: float | None = None) -> str:
    """The map as a picture by itself, title, legend and stamp included.

    Args:
        spec: what is drawn.
        theme: of its colours.
        level: where the threshold stands; ``None`` for its default.
    """
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _drawing(spec, theme, framed=True, level=level)


def json_for_script(value: Any) -> str:
    """JSON that may stand in a ``<script>``: nothing in it can end the element or begin a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def payload(spec: MapSpec, said: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the script needs of one specification.

    Args:
        spec: the specification.
        said: what the panel says of each link, shared by all sizes of a map; filled here.
    """
    links = []
    for link in spec.links:
        drawn = asdict(link) | {"native": native(link), "said": f"{spec.variant}/{link.id}"}
        told = {name: drawn.pop(name) for name in ("title", "sentence", "records", "notes")}
        if spec.lang != "en":
            told |= {"sentence": _tied(link.sentence), "notes": [_tied(note) for note in link.notes]}
        said[drawn["said"]] = told
        links.append(drawn)
    return {
        "variant": spec.variant,
        "profile": asdict(spec.profile),
        "question": spec.question,
        "summary": spec.summary,
        "opening": [spec.coverage, *spec.notes],
        "threshold": None if spec.threshold is None else asdict(spec.threshold),
        "network": network(spec),
        "nodes": [
            {**asdict(node), "path": outline(node.shape, node.x, node.y, node.radius)} for node in spec.nodes
        ],
        "links": links,
        "areas": [asdict(area) for area in spec.areas],
        "plates": [asdict(plate) for plate in spec.plates],
        "boxes": [asdict(box) for box in spec.boxes],
        "pills": [asdict(pill) for pill in spec.pills],
        "captions": [asdict(caption) for caption in spec.captions],
        "legend": [asdict(entry) for entry in spec.legend],
    }


def _tied(text: str) -> str:
    """French text that no line breaks before a sign."""
    for sign in "?!%":
        text = text.replace(f" {sign}", f"\u00a0{sign}")
    return french(text)


def _worded(spec: MapSpec) -> MapSpec:
    """The map as it is read: in French, no line begins with a sign that belongs to the one before."""
    if spec.lang == "en":
        return spec
    return replace(
        spec,
        notes=tuple(map(_tied, spec.notes)),
        opening=tuple(map(_tied, spec.opening)),
        coverage=_tied(spec.coverage),
        nothing=_tied(spec.nothing),
        question=_tied(spec.question),
        legend=tuple(replace(entry, text=_tied(entry.text)) for entry in spec.legend),
    )


def _drawing(spec: MapSpec, theme: Theme, *, framed: bool, level: float | None = None) -> str:
    ids = {plate.id: plate for plate in spec.plates}

    def shown(link: Link) -> bool:
        if spec.threshold is None:
            return True
        return showing(link, spec.threshold.value if level is None else level, spec.threshold)

    scale = max(1.0, spec.profile.label / FRAMED)
    legend = _legend(spec, scale)
    return (
        environment()
        .get_template("drawing.svg.j2")
        .render(
            spec=spec,
            p=spec.profile,
            colours=COLOURS[theme],
            framed=framed,
            links=[link for link in spec.links if shown(link)],
            shown={link.id for link in spec.links if shown(link)},
            told=shown_words(spec, [link for link in spec.links if shown(link)]),
            outline=outline,
            on_plate={n.id for n in spec.nodes if n.plate and not ids[n.plate].dashed},
            font="'Source Sans 3 Variable', 'Source Sans 3', sans-serif",
            words=words(spec.lang),
            frame=scale,
            legend=legend,
            legend_rows=1 + max((row for *_, row in legend), default=-1),
        )
    )


def _legend(spec: MapSpec, scale: float) -> list[tuple[LegendEntry, float, int]]:
    """Entries of the legend one after the other, each with where it begins and its row."""
    found: list[tuple[LegendEntry, float, int]] = []
    x, row = 0.0, 0
    for entry in spec.legend:
        wide = scale * (LEGEND_MARK + text_width(entry.text, LEGEND_TEXT))
        if x and x + wide > spec.profile.width:
            x, row = 0.0, row + 1
        found.append((entry, round(x, 1), row))
        x += wide + scale * LEGEND_GAP
    return found


@cache
def environment() -> Environment:
    """The templates of maps and charts, autoescaped."""
    return Environment(
        loader=PackageLoader("viz"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _read(name: str) -> str:
    text = (STATIC / name).read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("//# sourceMappingURL"))


@cache
def style() -> str:
    """The style sheet with its fonts inside."""
    style = "".join(_read(name) for name in STYLES)
    for name in FONTS:
        font = base64.b64encode((STATIC / name).read_bytes()).decode()
        style = style.replace(name, f"data:font/woff2;base64,{font}")
    return style


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
