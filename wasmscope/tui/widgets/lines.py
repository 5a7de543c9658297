"""Widgets whose lines are painted as they are, without what Textual draws around and over the lines of any widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.messages import Update
from textual.strip import Strip
from textual.widget import Widget


class Lines(Widget):
    """A widget that draws lines. It is the last base of a widget: Textual takes styles from the first one only."""

    @property
    def lines_region(self) -> Region:
        """Where lines are, in cells of the widget."""
        return Region(0, 0, *self.size)

    def drawn(self, rows: Sequence[int]) -> list[Strip]:
        """The lines at `rows` (from 0 at the top of `lines_region`), as wide as that."""
        return [self.render_line(y) for y in rows]

    def finished(self, rows: Sequence[int]) -> list[Strip]:
        """The lines at `rows` as they are painted: what `render_lines` gives without the frame."""
        strips = self.drawn(rows)
        top = self.gutter.top
        self._styles_cache.set_dirty(*(Region(0, top + y, 1, 1) for y in rows))  # what it has of them may be older
        for one in self.get_line_filters():
            background = self.background_colors[1]
            strips = [strip.apply_filter(one, background) for strip in strips]
        return strips

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Textual's, but of lines that read differently the screen is told at once: else each pane of a view would
        first send itself a message for that."""
        if not regions or layout or recompose or not repaint or not self._is_mounted:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self._set_dirty(*regions)
        if self.display:
            self.screen.post_message(Update(self))
        return self

    def get_line_filters(self) -> Sequence[LineFilter]:
        """No colour here is the terminal's own, unless all are and stay so (theme ansi): none is to be translated."""
        return [one for one in super().get_line_filters() if not isinstance(one, ANSIToTruecolor)]
