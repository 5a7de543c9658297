"""A panel over the views with a list to choose from: Enter goes to what the line under the cursor names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from wasmscope.debugger.lines import CardLine, Title
from wasmscope.tui.keymap import keymap_of
from wasmscope.tui.widgets.card import Card


class PickPanel(Card):
    """Lines that each lead somewhere."""

    DEFAULT_CSS = """
    PickPanel { layer: over; display: none; width: 90%; max-width: 100; height: 60%; offset: 4 3; }
    PickPanel { border: solid $primary; }
    PickPanel.open { display: block; }
    """
    HELP = (
        "Arrows move; {move.follow} goes to what the line names; {space.references-in} what leads to that; "
        "{space.find} finds; {picks.close} closes."
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "close", "close", show=False, id="picks.close")]

    class Closed(Message):
        """The reader closed it."""

    def pick(self, title: Title, lines: Sequence[CardLine]) -> None:
        """Open with these lines, the cursor on the first."""
        self.cursor = 0
        self.add_class("open")
        self.titled(title, keymap_of(self.app).worded("{move.follow} goes there  {picks.close} closes"))
        self.show(lines)
        self.scroll_to(y=0, animate=False, immediate=True)
        self.screen.set_focus(self)  # at once: the next key may be here already

    def action_close(self) -> None:
        self.remove_class("open")
        self.post_message(self.Closed())
