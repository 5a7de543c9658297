"""Lines made on demand: of a hundred thousand only those in sight are made, and only those that read differently are
drawn again."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.selection import Selection
from textual.strip import Strip

from wasmscope.debugger.lines import Line, Span, Title
from wasmscope.debugger.patterns import Pattern
from wasmscope.tui.text import plain, titled
from wasmscope.tui.widgets.framed import Framed
from wasmscope.tui.widgets.lines import Lines
from wasmscope.tui.widgets.roles import Looks
from wasmscope.tui.widgets.scroll_bar import SteadyBar
from wasmscope.tui.widgets.styled_lines import KEPT, StyledLines, laid_over

SELECTED = Style(reverse=True)
"""Text that the mouse was dragged over."""
BESIDE_TITLE = 6
"""Cells of the border beside its text: on each side a corner, a line and a blank."""


def line_width(size: Size) -> int:
    """Cells of a line in a pane of `size`: one is left for the scroll bar, whose coming and going moves nothing."""
    return max(1, size.width - 1)


class DrawnLines(ScrollView, Lines):
    """Lines below each other, under a head that does not scroll. A subclass says how many they are (`line_count`) and
    what each says (`draw`)."""

    DEFAULT_CSS = """
    DrawnLines { overflow-x: hidden; overflow-y: scroll; scrollbar-size: 0 1; scrollbar-gutter: stable; }
    DrawnLines { background: $background; scrollbar-background: $background; }
    DrawnLines.panel { border: solid $frame; border-title-color: $foreground; }
    DrawnLines.panel { border-subtitle-color: $text-muted; }
    DrawnLines.panel:focus { border: solid $primary; }
    DrawnLines.panel:ansi:focus { border: heavy ansi_default; }
    """

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._styles_cache = Framed()
        self._strips: dict[int, Strip] = {}
        """Lines as drawn, by their number."""
        self._styled = StyledLines(Looks(self), lambda runs: self.marked(runs, self.pattern) if self.pattern else runs)
        self._drawn_width = -1
        self._drawn_count = 0
        """How many lines there were at most since they changed: the same things may take more in another size."""
        self.pattern: Pattern | None = None
        """What is looked for: marked wherever it is."""
        self._titles: tuple[Title, Title] = ("", "")

    # --- what a subclass says -----------------------------------------------------------------------------------

    head = 0
    """Lines at the top that do not scroll."""

    @property
    def line_count(self) -> int:
        """How many lines there are, those of the head not counted."""
        raise NotImplementedError

    def draw(self, y: int, width: int) -> Line:
        """Line `y` (from 0, head lines not counted)."""
        raise NotImplementedError

    def draw_head(self, y: int, width: int) -> Line:
        """Head line `y`."""
        return ()

    def over(self, line: int) -> str | None:
        """The role laid over a whole line that may look another way each time; None for all others."""
        return None

    def resized(self, width: int) -> None:
        """Called before anything is drawn at a new width."""

    def settled(self) -> None:
        """Called when the pane has another size and is measured."""

    # --- drawing ------------------------------------------------------------------------------------------------

    @property
    def wide(self) -> int:
        """Cells of a line."""
        return line_width(self.size)

    @property
    def lines_region(self) -> Region:
        """Where its lines are in it, in cells: all but frame and scroll bar."""
        size = self.size
        return Region(*self.gutter.top_left, line_width(size), size.height)

    def render_line(self, y: int) -> Strip:
        strip = self._drawn([y])[0]
        selection = self.text_selection
        span = selection.get_span(y if y < self.head else y + self.scroll_offset.y) if selection is not None else None
        if span is None:
            return strip
        start, end = span[0], span[1] if span[1] >= 0 else strip.cell_length
        middle = Segment.apply_style(strip.crop(start, end), post_style=SELECTED)
        return Strip.join([strip.crop(0, start), Strip(middle), strip.crop(end, strip.cell_length)])

    def drawn(self, rows: Sequence[int]) -> list[Strip]:
        """The lines at `rows` (from 0 at the top of the pane), with what is selected in them."""
        return self._drawn(rows) if self.text_selection is None else super().drawn(rows)

    def _drawn(self, rows: Sequence[int]) -> list[Strip]:
        """The lines at `rows` without what is selected in them."""
        width = self.wide
        self._note_width(width)  # before they are counted: it may lay them out anew
        above, count = self.scroll_offset.y - self.head, self.line_count
        self._drawn_count = max(self._drawn_count, count)
        return [self._seen(y, width, above, count) for y in rows]

    def _seen(self, y: int, width: int, above: int, count: int) -> Strip:
        """Row `y`, `width` cells wide; `above` is the line that would stand in row 0, of `count`."""
        if y < self.head:
            return self._styled.strip(self.draw_head(y, width), width, "")
        line = y + above
        if line >= count:
            return self._styled.strip((), width, "")
        over = self.over(line)
        return self._made(line, width) if over is None else self._styled.strip(self.draw(line, width), width, over)

    def _made(self, line: int, width: int) -> Strip:
        strip = self._strips.get(line)
        if strip is None:
            if len(self._strips) >= KEPT:
                self._strips.clear()
            strip = self._strips[line] = self._styled.strip(self.draw(line, width), width, "")
        return strip

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
            self._forget()
            self.refresh()

    def _forget(self) -> None:
        """All lines look otherwise now."""
        self._strips.clear()
        self._styled.clear()

    def notify_style_update(self) -> None:
        self._styled.looks.clear()
        self._forget()
        super().notify_style_update()

    # --- data and size ------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Everything may read differently: measure, and draw again what does."""
        size, top, count = self.size, self.scroll_offset.y, self.line_count
        width = line_width(size)
        seen = range(top, top + size.height - self.head)
        before = {line: strip for line in seen if (strip := self._strips.get(line)) is not None}
        self._strips.clear()
        if not size:
            self._drawn_width = -1  # out of sight it has no size: to be laid out when it is drawn
        self._measure()
        filled, self._drawn_count = max(self._drawn_count, count), count
        if not before or width != self._drawn_width:
            self.refresh()
            return
        rows = [*range(self.head)]
        for line in seen[: max(0, filled - top)]:  # below that it was empty, and is
            if line >= count or self.over(line) is not None or before.get(line) is not self._made(line, width):
                rows.append(line - top + self.head)
        if rows:
            self.refresh(*(Region(0, row, width, 1) for row in rows))

    def refresh_lines(self, y_start: int, line_count: int = 1) -> None:
        size, top = self.size, y_start - self.scroll_offset.y
        rows = range(max(top, 0), min(top + line_count, size.height))
        if rows:
            self.refresh(*(Region(0, row, line_width(size), 1) for row in rows))

    def _measure(self) -> None:
        """Tell Textual how long the whole is. Where that does not change the pane's own height, nothing is laid out
        anew: all panes would be drawn again for it."""
        size = Size(0, self.line_count + self.head)
        if size == self.virtual_size:
            return
        if self.styles.auto_dimensions:
            self.virtual_size = size
        else:
            self.set_reactive(ScrollView.virtual_size, size)
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
        self._draw_titles()
        self._measure()
        self.settled()

    def _note_width(self, width: int) -> None:
        if width != self._drawn_width:
            self._drawn_width = width
            self._forget()
            self.resized(width)

    def titled(self, title: Title, subtitle: Title | None = None) -> None:
        """Set the border's texts: never read as markup."""
        self._titles = title, self._titles[1] if subtitle is None else subtitle
        self._draw_titles()

    def _draw_titles(self) -> None:
        """Only the lines that titles stand in are drawn again: Textual's own properties would draw the whole pane."""
        width, room = self.outer_size.width, self.outer_size.width - BESIDE_TITLE
        title, subtitle = (Content(titled(one, room)) for one in self._titles)
        if title != self._border_title:
            self._border_title = title
            self.refresh(Region(-1, -1, width, 1))
        if subtitle != self._border_subtitle:
            self._border_subtitle = subtitle
            self.refresh(Region(-1, self.size.height, width, 1))

    # --- text that is selected ----------------------------------------------------------------------------------

    def text_offset(self, x: int, y: int) -> Offset:
        """The column and line of the text at cell `x` of row `y`."""
        text = self._drawn([max(0, y)])[0].text
        column = x if text.isascii() else len(set_cell_size(text, max(0, x)))
        return Offset(max(0, min(column, len(text))), max(0, y if y < self.head else y + self.scroll_offset.y))

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """The text that is selected."""
        start, end = selection.start or Offset(0, 0), selection.end or Offset(10**6, self.line_count + self.head - 1)
        last = min(end.y, self.line_count + self.head - 1)
        lines = [self._line_text(number).rstrip() for number in range(start.y, last + 1)]
        if lines:
            lines[-1] = lines[-1][: end.x]
            lines[0] = lines[0][start.x :]
        return "\n".join(lines), "\n"

    def _line_text(self, number: int) -> str:
        line = self.draw_head(number, self.wide) if number < self.head else self.draw(number - self.head, self.wide)
        return plain("".join(text for text, _ in line))

    def text_select_all(self) -> None:
        """Textual selects everything on a double click; here that follows."""
