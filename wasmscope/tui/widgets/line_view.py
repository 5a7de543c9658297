"""The widget under all others here: drawn lines, and a cursor over the items in them.

A subclass says how many items it has (`count`), how many stand in one row (`across`), how many lines a row takes
(`tall`), and what a line says (`draw`). The cost of a key then depends on the window and never on the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from wasmscope.tui.widgets.drawn_lines import DrawnLines

MOVES: list[BindingType] = [
    Binding("up,k", "move(0, -1)", "up", show=False, id="move.up"),
    Binding("down,j", "move(0, 1)", "down", show=False, id="move.down"),
    Binding("left,h", "move(-1, 0)", "left", show=False, id="move.left"),
    Binding("right,l", "move(1, 0)", "right", show=False, id="move.right"),
    Binding("ctrl+u", "page(-0.5)", "half a page up", show=False, id="move.half-up"),
    Binding("ctrl+d", "page(0.5)", "half a page down", show=False, id="move.half-down"),
    Binding("pageup,ctrl+b", "page(-1.0)", "page up", show=False, id="move.page-up"),
    Binding("pagedown,ctrl+f,space", "page(1.0)", "page down", show=False, id="move.page-down"),
    Binding("home", "edge(0)", "first", show=False, id="move.first"),
    Binding("end,G", "edge(1)", "last", show=False, id="move.last"),
    Binding("enter", "follow", "follow", show=False, id="move.follow"),
]


class LineView(DrawnLines, can_focus=True):
    """Lines drawn on demand, with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = MOVES
    HELP = (
        "Arrows, {move.page-up} {move.page-down}, {move.first} {move.last} move; {move.follow} follows "
        "what the line names."
    )

    @dataclass
    class Moved(Message):
        """The reader moved the cursor to `item`."""

        view: LineView
        item: int
        far: bool = False
        """Further than a page: the reader may want to come back."""

        @property
        def control(self) -> LineView:
            """The pane that it came from: what `@on` selects by."""
            return self.view

    @dataclass
    class Followed(Message):
        """The reader pressed Enter on `item`."""

        view: LineView
        item: int

        @property
        def control(self) -> LineView:
            """The pane that it came from: what `@on` selects by."""
            return self.view

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        self.left: tuple[int, int] | None = None
        """The cursor and the first line in sight before the reader's last move, if that went further than a page."""

    # --- what a subclass says -----------------------------------------------------------------------------------

    across = 1
    """Items in one row."""
    tall = 1
    """Lines that one row takes."""
    margin = 0
    """Lines kept in sight above and below the cursor."""
    has_cursor = True

    @property
    def count(self) -> int:
        """How many items there are."""
        return 0

    def meant(self, line: str) -> str:
        """The command line that a key's `line` means when this pane has the focus."""
        return line

    def line_of(self, item: int) -> int:
        """The first line that shows `item`."""
        return item // self.across * self.tall

    def item_at(self, line: int, x: int) -> int:
        """The item shown on `line` at column `x`."""
        return line // self.tall * self.across

    @property
    def line_count(self) -> int:
        """How many lines the items take."""
        return (self.count + self.across - 1) // self.across * self.tall

    def text_of(self, item: int) -> str:
        """What a search looks at."""
        return "".join(text for text, _ in self.draw(self.line_of(item), max(200, self.size.width)))

    @property
    def target(self) -> object:
        """What the item under the cursor names; None if nothing, or if that is the view's affair."""
        return None

    # --- the cursor ---------------------------------------------------------------------------------------------

    @property
    def room(self) -> int:
        """Lines that scroll."""
        return self._room_of(self.size.height)

    def _room_of(self, height: int) -> int:
        return max(1, height - self.head)

    def point(self, item: int, centre: bool = True) -> None:
        """Put the cursor on `item` without telling anyone; scroll only if it is out of sight."""
        item = max(0, min(item, self.count - 1))
        if item != self.cursor:
            before, self.cursor = self.line_of(self.cursor), item
            self._redraw(before)
            self._redraw(self.line_of(item))
        self.keep_in_sight(centre)

    def _redraw(self, line: int) -> None:
        self.refresh_lines(line + self.head, self.tall)

    def keep_in_sight(self, centre: bool = False) -> None:
        """Scroll so that the cursor's lines can be seen; `centre` them when they were out of sight."""
        height = self.size.height
        if not self.has_cursor or height == 0:
            return
        top, room = self.scroll_offset.y, self._room_of(height)
        first = self.line_of(self.cursor)
        last = first + self.tall - 1
        edge = self.margin if room > 2 * self.margin + self.tall else 0
        low, high = max(0, first - edge), min(self.line_count - 1, last + edge)
        if top <= low and high < top + room:
            return
        if centre:
            goal = first - max(0, (room - self.tall) // 2)
        else:
            goal = low if low < top else high - room + 1
        goal += -goal % self.tall if goal > first - room + self.tall else 0  # whole rows
        self.scroll_to(y=max(0, goal), animate=False, immediate=True, force=True)

    def go(self, item: int) -> None:
        """Move the cursor as the reader asked, and tell."""
        item = max(0, min(item, self.count - 1))
        if item != self.cursor:
            far = abs(self.line_of(item) - self.line_of(self.cursor)) > self.room
            self.left = (self.cursor, self.scroll_offset.y) if far else None
            hold = getattr(self.app, "hold_frame", None)  # a program that draws other panes from where this one is
            if hold is not None:
                hold(self)
            self.point(item, centre=False)
            self.post_message(self.Moved(self, item, far))

    def action_move(self, dx: int, dy: int) -> None:
        if not self.has_cursor:
            self.scroll_relative(y=dy, animate=False)
            return
        self.go(self.cursor + dx * (self.across > 1) + dy * self.across)

    def action_page(self, pages: float) -> None:
        rows = max(1, self.room // self.tall)
        if not self.has_cursor:
            self.scroll_relative(y=pages * rows, animate=False)
            return
        self.go(self.cursor + int(rows * pages) * self.across)

    def action_edge(self, last: int) -> None:
        if not self.has_cursor:
            self.scroll_to(y=last * self.line_count, animate=False)
            return
        self.go((self.count - 1) * last)

    def action_follow(self) -> None:
        """Tell whoever listens that Enter was pressed on the item under the cursor."""
        self.left = None
        if self.count:
            self.post_message(self.Followed(self, self.cursor))

    def _under_cursor(self, line: int) -> bool:
        first = self.line_of(self.cursor)
        return self.has_cursor and first <= line < first + self.tall

    def over(self, line: int) -> str | None:
        return self.highlight(line) if self._under_cursor(line) else None

    def highlight(self, line: int) -> str:
        """The role laid over the cursor's line."""
        return "cursor" if self.has_focus else "cursor-idle"

    def changed(self) -> None:
        self.cursor = max(0, min(self.cursor, self.count - 1))
        super().changed()

    def settled(self) -> None:
        self.keep_in_sight(centre=True)

    # --- the mouse ----------------------------------------------------------------------------------------------

    def head_clicked(self, x: int) -> None:
        """The reader clicked on a line that does not scroll, at column `x`."""

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        if place is not None and place.y < self.head:
            self.head_clicked(place.x)
        if place is None or place.y < self.head or not self.has_cursor:
            return
        line = place.y - self.head + self.scroll_offset.y
        if line < self.line_count:
            self.go(self.item_at(line, place.x))
            if event.chain == 2:
                self.action_follow()

    def on_focus(self) -> None:
        self._redraw(self.line_of(self.cursor))

    def on_blur(self) -> None:
        self._redraw(self.line_of(self.cursor))
