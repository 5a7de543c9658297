"""Data roles: what a piece of text says about the link, kept apart from the theme.

The colours are the theme's (see `themes.py`). A colour only ever repeats what a glyph beside it says
already, so nothing is lost without colours; bold, underline and reverse back them up.
"""

from __future__ import annotations

ROLES = {
    "dim": "color: $text-muted;",
    "strong": "text-style: bold;",
    "head": "color: $text-muted; text-style: bold;",
    "link": "text-style: underline;",
    "patched": "color: $data-patched;",
    "step": "color: $data-step; text-style: bold;",
    "pending": "color: $data-pending;",
    "unset": "color: $data-pending;",
    "linker": "color: $data-linker;",
    "error": "color: $data-error; text-style: bold;",
    "note": "color: $data-note;",
    "ok": "color: $data-linker;",
    "changed": "color: $data-step; text-style: bold;",
    "op": "color: $data-patched;",
    "number": "color: $data-note;",
    "string": "color: $data-linker;",
    "comment": "color: $text-muted; text-style: italic;",
    "name": "text-style: bold;",
    "field": "text-style: underline;",
    "cursor": "background: $data-cursor; text-style: bold;",
    "cursor-idle": "background: $foreground 10%;",
    "hit": "text-style: bold underline;",
    "spot": "text-style: reverse;",
}
"""Role and its look. "hit", "cursor" and "spot" are laid over the role of the text under them."""

COMPONENTS = {f"role--{role}" for role in ROLES}


def stylesheet(widget: str) -> str:
    """CSS that gives every role its look in `widget` and its subclasses."""
    rules = [f"{widget} > .role--{role} {{ {look} }}" for role, look in ROLES.items()]
    plain = "color: ansi_default; background: ansi_default;"
    rules.append(f"{widget}:ansi > .role--cursor {{ text-style: reverse; {plain} }}")
    rules.append(f"{widget}:ansi > .role--cursor-idle {{ text-style: bold; }}")
    return "\n".join(rules)
