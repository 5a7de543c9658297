"""What panes are made of: pieces of text with a role, lines of them, and rows of cells. No widget is known here.

A role says what a piece of text tells about the link ("patched", "step", "error", …); how it looks is the screen's
business (`tui/palette.py` names them all).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

Span = tuple[str, str]
"""A piece of text and its role; the role "" is plain text."""
Line = Sequence[Span]
Title = str | Line
"""What a pane or a list is called; what has the role "name" in it is cut inside where it is too long."""
Cell = Span
BAR = 8


def spans_of(title: Title) -> Line:
    """A title as spans."""
    return [(title, "")] if isinstance(title, str) else title


class CardLine(NamedTuple):
    """A line of a card, and what Enter on it leads to (None: nowhere)."""

    spans: Line
    target: object = None
    indent: int = 2
    """Where its continuation begins; -1: it has none, and is cut."""


class CommandLine(NamedTuple):
    """What a card's line may lead to: a command that is run."""

    text: str


def entry(key: str, value: str, role: str = "", target: object = None, width: int = 7) -> CardLine:
    """A named value: the name dim, in `width` cells."""
    return CardLine([(f"{key:<{width}} ", "dim"), (value, role)], target, width + 1)


def heading(text: str) -> CardLine:
    """A line that names what follows."""
    return CardLine([(text, "head")])


def note(text: str, role: str = "", indent: int = 2, target: object = None) -> CardLine:
    """Running text."""
    return CardLine([(text, role)], target, indent)


BLANK = CardLine([("", "")])


class Column(NamedTuple):
    """A column's title and how it shares the width (all in cells)."""

    title: str
    width: int
    """Wanted."""
    least: int = 0
    """Smallest useful; 0: as wanted."""
    grow: int = 0
    """Share of what is left over."""
    drop: int = 0
    """Left out first, the higher the number, when even the least widths do not fit; 0: never."""
    right: bool = False
    """Numbers stand to the right."""
    name: bool = False
    """Its cells are names: what is too long is cut inside, so that they can be told apart."""


def bar(done: int, total: int, width: int = BAR) -> str:
    """`▓▓▓░░░` in `width` cells."""
    filled = width * done // total if total else 0
    return "▓" * filled + "░" * (width - filled)
