"""A card about one thing: short lines, each of which may lead somewhere. Long values wrap: nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence

from wasmscope.debugger.lines import CardLine, Line
from wasmscope.tui.text import clip, wrap
from wasmscope.tui.widgets.line_view import LineView


class Card(LineView):
    """Lines about the thing under the cursor."""

    HELP = "Arrows move; {move.follow} goes to what a line names."

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
