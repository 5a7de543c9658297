"""What is painted after a key: the pieces of the screen that are to be drawn again, and nothing of the lines around
them. Textual's compositor cuts every line of every widget at every edge on the screen for that, which was half of what
a page of bytes costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor, CompositorMap, CompositorUpdate, ReflowResult
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from wasmscope.tui.widgets.lines import Lines


class Piece(NamedTuple):
    """What is seen of one line of a widget."""

    widget: Widget
    region: Region
    """Where the widget is, in cells of the screen."""
    y: int
    start: int
    """The first column, of the screen."""
    end: int
    """The column after the last."""


class Painted(NamedTuple):
    """A finished piece."""

    x: int
    y: int
    strip: Strip


class Pieces(CompositorUpdate):
    """Finished pieces, for the terminal."""

    def __init__(self, painted: Sequence[Painted]) -> None:
        self.painted = painted

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for x, y, strip in self.painted:
            yield Control.move_to(x, y).segment
            yield from strip

    def render_segments(self, console: Console) -> str:
        """The text to send: each piece after the control sequence that moves to its place."""
        return "".join(f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for x, y, strip in self.painted)


class Composed(Compositor):
    """Widgets on a screen, in layers, of which only the pieces that changed are painted."""

    def __init__(self) -> None:
        super().__init__()
        self._layers_of: object = None
        """The arrangement that the layers of each line were found for."""
        self._told: CompositorMap = {}
        """The arrangement that the screen was told of last."""

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Textual's, against the arrangement of the last time. In between Textual may have made the new one already,
        for who asked where a widget is, and would then find no difference: nothing would be painted or resized."""
        self._full_map = self._told
        result = super().reflow(parent, size)
        self._told = self._full_map
        return result

    def render_partial_update(self) -> ChopsUpdate | Pieces | None:  # type: ignore[override]
        screen = self.size.region
        regions = [region.intersection(screen) for region in self._dirty_regions]
        self._dirty_regions.clear()
        if self._layers_of is not self.visible_widgets:
            self._layers_visible, self._layers_of = None, self.visible_widgets
        pieces = [piece for y, start, end in self._regions_to_spans(regions) for piece in self._pieces(y, start, end)]
        return Pieces(self._painted(pieces)) if pieces else None

    def _pieces(self, y: int, start: int, end: int) -> Iterator[Piece]:
        """What is seen in line `y` from column `start` to `end`: from the front to the back, until nothing is left."""
        left = [(start, end)]
        for widget, seen, region in self.layers_visible[y]:
            first, last = seen.column_span
            behind: list[tuple[int, int]] = []
            for low, high in left:
                begin, stop = max(low, first), min(high, last)
                if begin >= stop:
                    behind.append((low, high))
                    continue
                yield Piece(widget, region, y, begin, stop)
                behind += [span for span in ((low, begin), (stop, high)) if span[0] < span[1]]
            left = behind
            if not left:
                return

    def _painted(self, pieces: Sequence[Piece]) -> list[Painted]:
        """The pieces drawn, those of one widget together."""
        of: dict[Widget, list[Piece]] = {}
        for one in pieces:
            of.setdefault(one.widget, []).append(one)
        return [painted for widget, its in of.items() for painted in _drawn(widget, its)]


def _drawn(widget: Widget, pieces: Sequence[Piece]) -> list[Painted]:
    """Pieces of one widget, drawn. Lines of a pane are taken without the frame around them."""
    if not isinstance(widget, Lines):
        return _framed(widget, pieces)
    place = widget.lines_region.translate(pieces[0].region.offset)
    left, right = place.column_span
    inside = [one for one in pieces if left <= one.start and one.end <= right and one.y in place.line_range]
    strips = widget.finished([one.y - place.y for one in inside])
    lines = [
        Painted(one.start, one.y, strip.crop(one.start - left, one.end - left))
        for one, strip in zip(inside, strips, strict=True)
    ]
    return lines if len(inside) == len(pieces) else lines + _framed(widget, [p for p in pieces if p not in inside])


def _framed(widget: Widget, pieces: Sequence[Piece]) -> list[Painted]:
    """Pieces of one widget, cut from its whole lines."""
    region = pieces[0].region
    lines: dict[int, Strip] = {}
    for _, run in groupby(enumerate(sorted({one.y for one in pieces})), lambda one: one[1] - one[0]):
        rows = [y for _, y in run]  # below each other
        lines |= zip(rows, widget.render_lines(Region(0, rows[0] - region.y, region.width, len(rows))), strict=True)
    return [Painted(x, y, lines[y].crop(x - region.x, end - region.x)) for _, _, y, x, end in pieces]
