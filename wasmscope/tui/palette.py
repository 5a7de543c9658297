"""Data roles: what a piece of text says about the link, kept apart from the theme.

Colours are Okabe-Ito's, which stay apart for colour-blind eyes. A colour only ever repeats what a glyph beside it says
already, so nothing is lost without colours; bold, underline and reverse back them up.
"""

from __future__ import annotations

ROLES = {
    "dim": "color: $text-muted;",
    "strong": "text-style: bold;",
    "head": "color: $text-muted; text-style: bold;",
    "link": "text-style: underline;",
    "patched": "color: #56B4E9;",
    "step": "color: #E69F00; text-style: bold;",
    "pending": "color: #999999;",
    "unset": "color: #999999;",
    "linker": "color: #009E73;",
    "error": "color: #D55E00; text-style: bold;",
    "note": "color: #CC79A7;",
    "ok": "color: #009E73;",
    "changed": "color: #E69F00; text-style: bold;",
    "op": "color: #56B4E9;",
    "number": "color: #CC79A7;",
    "string": "color: #009E73;",
    "comment": "color: $text-muted; text-style: italic;",
    "name": "text-style: bold;",
    "field": "text-style: underline;",
    "cursor": "background: $primary 40%; text-style: bold;",
    "cursor-idle": "background: $foreground 10%;",
    "spot": "text-style: reverse;",
}
"""Role and its look. "cursor" and "spot" are laid over the role of the text under them."""

COMPONENTS = {f"role--{role}" for role in ROLES}


def stylesheet(widget: str) -> str:
    """CSS that gives every role its look in `widget` and its subclasses."""
    rules = [f"{widget} > .role--{role} {{ {look} }}" for role, look in ROLES.items()]
    rules.append(f"{widget}:ansi > .role--cursor {{ text-style: reverse; }}")
    rules.append(f"{widget}:ansi > .role--cursor-idle {{ text-style: bold; }}")
    return "\n".join(rules)
