"""A scroll bar that draws again only the cells that look different. Textual's draws every cell whenever anything about
the scrolled pane is set, which was a third of what a key costs."""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip


class SteadyBar(ScrollBar):
    """A vertical scroll bar, drawn cell by cell."""

    def __init__(self, thickness: int) -> None:
        super().__init__(name="vertical", thickness=thickness)
        self._cells: list[Segment] = []
        """How the bar looks now, from the top; empty where that is to be found out."""
        self._drawn: dict[int, Segment] = {}
        """The cells that were drawn last, by their line."""

    def _made(self) -> list[Segment]:
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        style = self.app.console.get_style(bar.style)
        assert style.bgcolor is not None
        assert style.color is not None
        cells = bar.render_bar(
            self.size.height, bar.virtual_size, bar.window_size, bar.position, bar.thickness, True,
            style.bgcolor, style.color,
        ).segments  # fmt: skip
        return list(Segment.apply_style(cells, self.rich_style))

    def render_line(self, y: int) -> Strip:
        if len(self._cells) != self.size.height:
            self._cells = self._made()
        self._drawn[y] = self._cells[y]
        return Strip([self._cells[y]])

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Any:
        if not self._drawn or not self.is_attached or layout or recompose or regions:
            self._cells = []
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self._cells = self._made()
        changed = [y for y, cell in enumerate(self._cells) if self._drawn.get(y) != cell]
        return super().refresh(*(Region(0, y, self.size.width, 1) for y in changed)) if changed else self
