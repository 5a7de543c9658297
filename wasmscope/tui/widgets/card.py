"""A card about one thing: short lines, each of which may lead somewhere. Long values wrap: nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wasmscope.tui.palette import Line
from wasmscope.tui.text import clip, wrap
from wasmscope.tui.widgets.line_view import LineView


class CardLine(NamedTuple):
    """A line of a card, and what Enter on it leads to (None: nowhere)."""

    spans: Line
    target: object = None
    indent: int = 2
    """Where its continuation begins; -1: it has none, and is cut."""


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


class Card(LineView):
    """Lines about the thing under the cursor."""

    HELP = "Arrows move; Enter goes to what a line names."

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._card: Sequence[CardLine] = ()
        self._laid: list[tuple[Line, int]] = []
        """Lines as wrapped, and the card line that each is part of."""

    def show(self, lines: Sequence[CardLine]) -> None:
        """Show these lines; the cursor stays on its line if there is one."""
        if list(lines) != list(self._card):
            self._card = lines
            self._lay(max(10, self.wide))

    def _lay(self, width: int) -> None:
        self._laid = [
            (row, number)
            for number, one in enumerate(self._card)
            for row in (wrap(one.spans, width, one.indent) if one.indent >= 0 else [clip(one.spans, width)])
        ]
        self.changed()

    def resized(self, width: int) -> None:
        self._lay(width)

    @property
    def count(self) -> int:
        return len(self._laid)

    @property
    def target(self) -> object:
        """What Enter leads to."""
        return self._card[self._laid[self.cursor][1]].target if self._laid else None

    def draw(self, y: int, width: int) -> Line:
        return self._laid[y][0]

    def highlight(self, line: int) -> str:
        return "cursor" if self.has_focus else ""
