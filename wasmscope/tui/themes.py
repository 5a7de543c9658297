"""Themes: a light, a dark, one with high contrast, and the terminal's own colours.

Each has the data palette: what a colour says about the link. The hues are Okabe-Ito's, which stay apart for
colour-blind eyes; each theme has the shade that can be read on its background (4.5 to 1, which a test measures).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.theme import Theme

DATA: dict[str, dict[str, str]] = {
    "dark": {
        "patched": "#56B4E9", "step": "#E69F00", "pending": "#999999", "linker": "#009E73", "error": "#D55E00",
        "note": "#CC79A7", "cursor": "#0B3550",
    },
    "light": {
        "patched": "#006AA6", "step": "#855600", "pending": "#606060", "linker": "#006B4C", "error": "#A84700",
        "note": "#954872", "cursor": "#CFE6F3",
    },
    "high-contrast": {
        "patched": "#8ED2FF", "step": "#FFBE40", "pending": "#C4C4C4", "linker": "#40DDB0", "error": "#FF9457",
        "note": "#F2A9D2", "cursor": "#123C55",
    },
    "ansi": {
        "patched": "ansi_cyan", "step": "ansi_yellow", "pending": "ansi_default", "linker": "ansi_green",
        "error": "ansi_red", "note": "ansi_magenta", "cursor": "ansi_blue",
    },
}  # fmt: skip
"""Theme, and the colour of each kind of data in it. "cursor" is the ground of the cursor's line."""
THEMES = tuple(DATA)
GROUNDS = {
    "dark": ("#121212", "#161A1D", "#E0E0E0", "#0178D4"),
    "light": ("#FFFFFF", "#F0F0F0", "#1A1A1A", "#005A8C"),
    "high-contrast": ("#000000", "#000000", "#FFFFFF", "#56B4E9"),
}
"""Theme, and its background, the ground of its bars, its text, and the border of the pane in focus."""

FRAMES: dict[str, dict[str, str]] = {
    "dark": {"frame": "#454545"}, "light": {"frame": "#C5C5C5"}, "ansi": {"frame": "ansi_default"},
    "high-contrast": {"frame": "#8C8C8C", "scrollbar": "#8C8C8C"},
}  # fmt: skip
"""Theme, and the colours of what is around text: the border of a pane that is not in focus, the handle of a scroll bar
where it is not Textual's usual one."""


def variables(name: str) -> dict[str, str]:
    """The data palette as variables of CSS, `$data-patched`, …, and what is around it, `$frame`, …"""
    return {f"data-{kind}": colour for kind, colour in DATA[name].items()} | FRAMES[name]


def theme(name: str) -> Theme:
    """The theme called `name`, as Textual has it."""
    from textual.theme import BUILTIN_THEMES, Theme

    if name == "ansi":
        base = BUILTIN_THEMES["ansi-dark"]
        own = {**base.variables, **variables(name)}
        fields = {key: value for key, value in vars(base).items() if key not in ("name", "variables")}
        return Theme(name=name, variables=own, **fields)
    background, panel, foreground, primary = GROUNDS[name]
    return Theme(
        name=name, primary=primary, background=background, surface=background, panel=panel, foreground=foreground,
        dark=name != "light", variables=variables(name),
    )  # fmt: skip


def look_of(option: str, kept: Mapping[str, Any], file: str) -> str:
    """The theme: the command line's, else the session's, else that of the reader's file ("": the usual one)."""
    before = kept.get("theme", "")
    return option or (before if before in THEMES else "") or file
