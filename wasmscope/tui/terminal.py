"""Whether a screen can be shown here. Imports nothing of the screen, so asking is cheap."""

from __future__ import annotations

import os
import sys
import termios


def refusal() -> str:
    """Why there can be no screen, in a few words; "" when there can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "this is not a terminal"
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        return f"a terminal of type '{os.environ.get('TERM', '')}' cannot show a screen"
    return ""


def has_unicode() -> bool:
    """Whether the locale's encoding has the glyphs that are drawn."""
    try:
        "─✓▶⇅".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def gone() -> bool:
    """Whether the terminal that the screen was shown on is no more: its window was closed, say."""
    try:
        termios.tcgetattr(sys.__stdin__.fileno() if sys.__stdin__ is not None else 0)
    except (termios.error, OSError, ValueError):
        return True
    return False
