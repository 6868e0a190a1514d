"""Colours by role in both themes; `map.css` holds the same as custom properties."""

from __future__ import annotations

from typing import Literal

Theme = Literal["light", "dark"]

COLOURS: dict[str, dict[str, str]] = {
    "light": {
        "paper": "#FFFFFF",
        "plate": "#EEF2F5",
        "ink": "#14202B",
        "soft": "#4A5866",
        "control": "#7A8794",
        "hairline": "#D5DBE1",
        "pour": "#0B5FA5",
        "contre": "#B8420A",
        "action": "#0F5C63",
        "heat1": "#E3E8EC",
        "heat2": "#BCC7D0",
        "heat3": "#8898A6",
        "heat4": "#4A5866",
    },
    "dark": {
        "paper": "#0E151C",
        "plate": "#18222C",
        "ink": "#F3F6F8",
        "soft": "#B9C4CE",
        "control": "#7F8E9C",
        "hairline": "#33414E",
        "pour": "#6FB7F2",
        "contre": "#FF9A5C",
        "action": "#6FD0CF",
        "heat1": "#1D2933",
        "heat2": "#2F3E4C",
        "heat3": "#465A6C",
        "heat4": "#6F8599",
    },
}
