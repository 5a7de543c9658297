"""A scroll bar that draws again only the cells that look different. Textual's draws every cell whenever anything about
the scrolled pane is set, which was a third of what a key costs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Self

from rich.segment import Segment
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from wasmscope.tui.widgets.lines import Lines


class SteadyBar(ScrollBar, Lines):
    """A vertical scroll bar, drawn cell by cell."""

    def __init__(self, thickness: int) -> None:
        super().__init__(name="vertical", thickness=thickness)
        self._cells: list[Segment] = []
        """How the bar looks now, from the top; empty where that is to be found out."""
        self._drawn: dict[int, Segment] = {}
        """The cells that were drawn last, by their line."""
        self._height = 0
        """How many there were to draw."""
        self._said = False
        """Whether something was said since the last look at what is to be drawn again."""

    def _made(self, height: int) -> list[Segment]:
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        style = self.app.console.get_style(bar.style)
        assert style.bgcolor is not None
        assert style.color is not None
        cells = bar.render_bar(
            height, bar.virtual_size, bar.window_size, bar.position, bar.thickness, True, style.bgcolor, style.color
        ).segments
        return list(Segment.apply_style(cells, self.rich_style))

    def render_line(self, y: int) -> Strip:
        self._height = self.size.height
        if len(self._cells) != self._height:
            self._cells = self._made(self._height)
        self._drawn[y] = self._cells[y]
        return Strip([self._cells[y]])

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        self._cells, self._said = [], True
        if self._drawn and not (layout or recompose or regions):
            regions = (Region(),)  # which cells it will be is found out when all is said, before they are painted
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _find_out(self) -> None:
        """Note the cells that look different from those that were drawn last."""
        if not self._said or not self._drawn:
            return
        self._said = False
        cells = self._cells or self._made(self._height)  # where it will be is not known during a layout
        changed = [y for y, cell in enumerate(cells) if self._drawn.get(y) != cell]
        nothing = Region()  # no region at all would mean the whole bar
        self._set_dirty(nothing, *(Region(0, y, self.thickness, 1) for y in changed))
        self._cells = cells

    def _exchange_repaint_regions(self) -> Collection[Region]:
        self._find_out()
        return super()._exchange_repaint_regions()

    def render_lines(self, crop: Region) -> list[Strip]:
        self._find_out()
        return super().render_lines(crop)
