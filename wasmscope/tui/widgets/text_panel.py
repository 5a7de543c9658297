"""A panel of text over the views until it is closed: the keys, or what a command answered at length."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from wasmscope.debugger.lines import Line, Title
from wasmscope.tui.keymap import keymap_of
from wasmscope.tui.text import wrap
from wasmscope.tui.widgets.line_view import LineView


def hang(line: Line, width: int) -> int:
    """Cells before what a line goes on with on the next row: where its last column begins, if that leaves room."""
    columns = [found.end() for found in re.finditer(" {2,}(?=[^ ])", "".join(text for text, _ in line))]
    return columns[-1] if columns and columns[-1] <= 2 * width // 3 else 1


class TextPanel(LineView):
    """Lines to read."""

    DEFAULT_CSS = """
    TextPanel { layer: over; display: none; width: 90%; max-width: 84; height: 80%; offset: 4 2; }
    TextPanel { border: solid $primary; }
    TextPanel.open { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "close", "close", show=False, id="text.close")
    ]
    has_cursor = False

    class Closed(Message):
        """The reader closed it."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self._laid: Sequence[Line] = ()

    def show(self, title: Title, lines: Sequence[Line]) -> None:
        """Open with these lines."""
        self._lines = lines
        self.resized(self.wide)
        self.titled(title, keymap_of(self.app).worded("{text.close} closes"))
        self.add_class("open")
        self.changed()
        self.scroll_to(y=0, animate=False, immediate=True)
        self.screen.set_focus(self)  # at once: the next key may be here already

    @property
    def count(self) -> int:
        return len(self._laid)

    def resized(self, width: int) -> None:
        width = max(20, width)
        self._laid = [row for line in self._lines for row in (wrap(line, width, hang(line, width)) if line else [[]])]

    def draw(self, y: int, width: int) -> Line:
        return self._laid[y]

    def on_key(self, event: events.Key) -> None:
        """A key that the panel does not know is meant for the program: out of its way."""
        if event.key not in self._bindings.key_to_bindings:
            self.action_close()

    def action_close(self) -> None:
        self.remove_class("open")
        self.post_message(self.Closed())
