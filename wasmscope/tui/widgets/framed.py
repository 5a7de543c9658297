"""The frame around lines that are drawn, made once and not for each line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual._styles_cache import StylesCache
from textual.geometry import Size
from textual.strip import Strip


class Frame(NamedTuple):
    """What stands beside each line of a pane."""

    top: int
    """Lines above the first."""
    left: list[Segment]
    right: list[Segment]
    inner: Style
    """Of the room between a line that is short and the right side."""


class Framed(StylesCache):
    """Finished lines of a pane with its frame. What Textual draws around an empty line is kept, until the styles are
    others, and put around all lines."""

    _frame: Frame | None = None

    def clear(self) -> None:
        """Forget the frame: the styles are others."""
        self._frame = None
        super().clear()

    def render_line(
        self, styles: Any, y: int, size: Size, content_size: Size, padding: Any, base_background: Any, background: Any,
        render_content_line: Callable[[int], Strip], *rest: Any,
    ) -> Strip:  # fmt: skip
        whole = super().render_line
        frame, (width, height) = self._frame, content_size
        if frame is None:
            top = styles.gutter.top
            empty = Segment(" " * width)
            if top <= y < top + height:
                around = list(whole(
                    styles, y, size, content_size, padding, base_background, background,
                    lambda _: Strip([empty], width), *rest,
                ))  # fmt: skip
                if empty in around:  # it is not where something is laid over the pane
                    at = around.index(empty)
                    inner = self.get_inner_outer(base_background, background)[0].rich_style
                    frame = self._frame = Frame(top, around[:at], around[at + 1 :], inner)
        if frame is None or not frame.top <= y < frame.top + height:
            return whole(
                styles, y, size, content_size, padding, base_background, background, render_content_line, *rest
            )
        line = render_content_line(y - frame.top).adjust_cell_length(width, frame.inner)
        return Strip([*frame.left, *line, *frame.right], size.width)
