"""The terminal that the screen is shown on: what it can show, and whether it is still there."""

from __future__ import annotations

import sys
import termios


def has_unicode() -> bool:
    """Whether the locale's encoding has the glyphs that are drawn."""
    try:
        "─✓▶⇅".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def draw_on_stdout() -> None:
    """Textual draws on stderr; where that is a file, stdout is the terminal."""
    if sys.__stderr__ is None or not sys.__stderr__.isatty():
        sys.__stderr__ = sys.__stdout__  # type: ignore[misc]


def gone() -> bool:
    """Whether the terminal that the screen was shown on is no more: its window was closed, say."""
    try:
        termios.tcgetattr(sys.__stdin__.fileno() if sys.__stdin__ is not None else 0)
    except (termios.error, OSError, ValueError):
        return True
    return False
