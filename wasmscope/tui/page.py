"""The screen that the views are on: where in a pane's text the mouse is, for text selected by dragging."""

from __future__ import annotations

from textual.errors import NoWidget
from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

from wasmscope.tui.widgets.line_view import LineView


class Page(Screen[None]):
    """Textual would have every piece of every line carry its offset, which took as long as drawing it. Panes of lines
    are asked instead, when the mouse is there."""

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        try:
            widget, region = self.get_widget_at(x, y)
        except NoWidget:
            return None, None
        if not isinstance(widget, LineView):
            return super().get_widget_and_offset_at(x, y)
        left, top = widget.gutter.top_left
        return widget, widget.text_offset(x - region.x - left, y - region.y - top)
