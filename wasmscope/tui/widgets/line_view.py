"""The widget under all others here: lines made on demand, a cursor over items, an LRU of finished lines.

A subclass says how many items it has (`count`), how many stand in one row (`across`), how many lines a row takes
(`tall`), and what a line says (`draw`). The cost of a key then depends on the window and never on the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.selection import Selection
from textual.strip import Strip

from wasmscope.debugger.lines import Line, Span
from wasmscope.debugger.patterns import Pattern
from wasmscope.tui.text import plain
from wasmscope.tui.widgets.roles import Looks
from wasmscope.tui.widgets.scroll_bar import SteadyBar

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


SELECTED = Style(reverse=True)
"""Text that the mouse was dragged over."""


def laid_over(runs: list[Span], hits: list[tuple[int, int]]) -> list[Span]:
    """`runs` cut at the ends of `hits` (in order, counted in characters), the pieces in them with the role "hit"."""
    found: list[Span] = []
    at = 0
    for text, role in runs:
        done = 0
        for start, end in hits:
            low, high = max(start - at, done), min(end - at, len(text))
            if low < high:
                found += [(text[done:low], role), (text[low:high], f"{role} hit")]
                done = high
        found.append((text[done:], role))
        at += len(text)
    return [one for one in found if one[0]]


class LineView(ScrollView, can_focus=True):
    """Lines drawn on demand, with a cursor."""

    DEFAULT_CSS = """
    LineView { overflow-x: hidden; overflow-y: scroll; scrollbar-size: 0 1; scrollbar-gutter: stable; }
    LineView { background: $background; scrollbar-background: $background; }
    LineView.panel { border: solid $foreground 25%; border-title-color: $foreground; }
    LineView.panel { border-subtitle-color: $text-muted; }
    LineView.panel:focus { border: solid $primary; }
    LineView.panel:ansi { border: solid ansi_default; }
    LineView.panel:ansi:focus { border: heavy ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = MOVES
    HELP = (
        "Arrows, {move.page-up} {move.page-down}, {move.first} {move.last} move; {move.follow} follows "
        "what the line names."
    )
    CACHED = 2048
    """Finished lines kept."""

    @dataclass
    class Moved(Message):
        """The reader moved the cursor to `item`."""

        view: LineView
        item: int
        far: bool = False
        """Further than a page: the reader may want to come back."""

        @property
        def control(self) -> LineView:
            return self.view

    @dataclass
    class Followed(Message):
        """The reader pressed Enter on `item`."""

        view: LineView
        item: int

        @property
        def control(self) -> LineView:
            return self.view

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        self._strips: dict[int, Strip] = {}
        self._looks = Looks(self)
        self._drawn_width = -1
        self.pattern: Pattern | None = None
        """What is looked for: marked wherever it is."""
        self._titles = ("", "")

    # --- what a subclass says -----------------------------------------------------------------------------------

    head = 0
    """Lines at the top that do not scroll."""
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

    def draw(self, y: int, width: int) -> Line:
        """Line `y` (from 0, head lines not counted)."""
        raise NotImplementedError

    def draw_head(self, y: int, width: int) -> Line:
        """Head line `y`."""
        return ()

    def resized(self, width: int) -> None:
        """Called before anything is drawn at a new width."""

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
        return (self.count + self.across - 1) // self.across * self.tall

    def text_of(self, item: int) -> str:
        """What a search looks at."""
        return "".join(text for text, _ in self.draw(self.line_of(item), max(200, self.size.width)))

    @property
    def target(self) -> object:
        """What the item under the cursor names; None if nothing, or if that is the view's affair."""
        return None

    # --- drawing ------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        strip = self._drawn(y)
        selection = self.text_selection
        span = selection.get_span(y if y < self.head else y + self.scroll_offset.y) if selection is not None else None
        if span is None:
            return strip
        start, end = span[0], span[1] if span[1] >= 0 else strip.cell_length
        middle = Segment.apply_style(strip.crop(start, end), post_style=SELECTED)
        return Strip.join([strip.crop(0, start), Strip(middle), strip.crop(end, strip.cell_length)])

    def _drawn(self, y: int) -> Strip:
        width = self.wide
        self._note_width(width)
        if y < self.head:
            return self._strip(self.draw_head(y, width), width, "")
        line = y - self.head + self.scroll_offset.y
        if line >= self.line_count:
            return Strip.blank(width, self._looks[""])
        if self._under_cursor(line):
            return self._strip(self.draw(line, width), width, self.highlight(line))
        return self._made(line, width)

    def _made(self, line: int, width: int) -> Strip:
        strip = self._strips.get(line)
        if strip is None:
            if len(self._strips) >= self.CACHED:
                self._strips.clear()
            strip = self._strips[line] = self._strip(self.draw(line, width), width, "")
        return strip

    def _under_cursor(self, line: int) -> bool:
        first = self.line_of(self.cursor)
        return self.has_cursor and first <= line < first + self.tall

    def highlight(self, line: int) -> str:
        """The role laid over the cursor's line."""
        return "cursor" if self.has_focus else "cursor-idle"

    def _strip(self, line: Line, width: int, over: str) -> Strip:
        runs: list[Span] = []
        for text, role in line:  # neighbours that look alike are one run: less to draw and to send
            if runs and runs[-1][1] == role:
                runs[-1] = runs[-1][0] + text, role
            elif text:
                runs.append((text, role))
        if self.pattern is not None:
            runs = self.marked(runs, self.pattern)
        segments = [Segment(plain(text), self._looks[f"{role} {over}"]) for text, role in runs]
        return Strip(segments).adjust_cell_length(width, self._looks[over])

    def marked(self, runs: list[Span], pattern: Pattern) -> list[Span]:
        """`runs` with what is looked for under the role "hit"."""
        if pattern.words is None or pattern.what != "text":
            return runs
        hits = [one.span() for one in pattern.words.finditer("".join(text for text, _ in runs))]
        return laid_over(runs, hits) if hits else runs

    def look_for(self, pattern: Pattern | None) -> None:
        """Mark `pattern` from now on."""
        if pattern is not self.pattern:
            self.pattern = pattern
            self._strips.clear()
            self.refresh()

    def notify_style_update(self) -> None:
        self._looks.clear()
        self._strips.clear()
        super().notify_style_update()

    # --- data and size ------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Everything may read differently: measure, and draw again what does."""
        top = self.scroll_offset.y
        seen = range(top, top + self.size.height - self.head)
        before = {line: strip for line in seen if (strip := self._strips.get(line)) is not None}
        self._strips.clear()
        self.cursor = max(0, min(self.cursor, self.count - 1))
        self._measure()
        if not before or self.wide != self._drawn_width:
            self.refresh()
            return
        self.refresh(Region(0, 0, self.size.width, self.head))
        for line in seen:
            if line >= self.line_count or self._under_cursor(line) or before.get(line) != self._made(line, self.wide):
                self.refresh_line(line + self.head)

    def _measure(self) -> None:
        """Tell Textual how long the whole is. Where that does not change the pane's own height, nothing is laid out
        anew: all panes would be drawn again for it."""
        size = Size(0, self.line_count + self.head)
        if size == self.virtual_size:
            return
        if self.styles.auto_dimensions:
            self.virtual_size = size
        else:
            self.set_reactive(LineView.virtual_size, size)
            self._scroll_update(size)

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = bar = SteadyBar(self.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)
        return self._vertical_scrollbar

    def on_resize(self, event: events.Resize) -> None:
        self._note_width(self.wide)
        self.resized(self.wide)
        self._measure()
        self.keep_in_sight(centre=True)

    def _note_width(self, width: int) -> None:
        if width != self._drawn_width:
            self._drawn_width = width
            self._strips.clear()
            self.resized(width)

    def titled(self, title: str, subtitle: str | None = None) -> None:
        """Set the border's texts: never read as markup. Only the lines that they stand in are drawn again: Textual's
        own properties would draw the whole pane."""
        if title != self._titles[0]:
            self._border_title = Content(plain(title))
            self.refresh(Region(-1, -1, self.outer_size.width, 1))
        if subtitle is not None and subtitle != self._titles[1]:
            self._border_subtitle = Content(plain(subtitle))
            self.refresh(Region(-1, self.size.height, self.outer_size.width, 1))
        self._titles = title, self._titles[1] if subtitle is None else subtitle

    # --- the cursor ---------------------------------------------------------------------------------------------

    @property
    def wide(self) -> int:
        """Cells of a line: one is left for the scroll bar, so that its coming and going moves nothing."""
        return max(1, self.size.width - 1)

    @property
    def room(self) -> int:
        """Lines that scroll."""
        return max(1, self.size.height - self.head)

    def point(self, item: int, centre: bool = True) -> None:
        """Put the cursor on `item` without telling anyone; scroll only if it is out of sight."""
        item = max(0, min(item, self.count - 1))
        before = self.line_of(self.cursor)
        self.cursor = item
        self._redraw(before)
        self._redraw(self.line_of(item))
        self.keep_in_sight(centre)

    def _redraw(self, line: int) -> None:
        self.refresh_lines(line + self.head, self.tall)

    def keep_in_sight(self, centre: bool = False) -> None:
        """Scroll so that the cursor's lines can be seen; `centre` them when they were out of sight."""
        if not self.has_cursor or self.size.height == 0:
            return
        top, room = self.scroll_offset.y, self.room
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
            hold = getattr(self.app, "hold_frame", None)  # a program that draws other panes from where this one is
            if hold is not None:
                hold()
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
        if self.count:
            self.post_message(self.Followed(self, self.cursor))

    # --- the mouse ----------------------------------------------------------------------------------------------

    def text_offset(self, x: int, y: int) -> Offset:
        """The column and line of the text at cell `x` of row `y`."""
        text = self._drawn(max(0, y)).text
        column = x if text.isascii() else len(set_cell_size(text, max(0, x)))
        return Offset(max(0, min(column, len(text))), max(0, y if y < self.head else y + self.scroll_offset.y))

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """The text that is selected."""
        start, end = selection.start or Offset(0, 0), selection.end or Offset(10**6, self.line_count + self.head - 1)
        last = min(end.y, self.line_count + self.head - 1)
        lines = [self._said(number).rstrip() for number in range(start.y, last + 1)]
        if lines:
            lines[-1] = lines[-1][: end.x]
            lines[0] = lines[0][start.x :]
        return "\n".join(lines), "\n"

    def _said(self, number: int) -> str:
        line = self.draw_head(number, self.wide) if number < self.head else self.draw(number - self.head, self.wide)
        return plain("".join(text for text, _ in line))

    def text_select_all(self) -> None:
        """Textual selects everything on a double click; here that follows."""

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
