"""What a terminal has on its screen that got everything that the program painted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from rich.cells import cell_len
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.strip import Strip

from wasmscope.tui.composed import Composed, Pieces
from wasmscope.tui.widgets.drawn_lines import DrawnLines

Cells = dict[tuple[int, int], tuple[str, str]]
"""By column and row: the character, and how it looks."""


class Received:
    """The cells of the terminal, and how many pieces they came in."""

    def __init__(self) -> None:
        self.cells: Cells = {}
        self.pieces = 0

    def take(self, update: CompositorUpdate | None) -> None:
        """Put an update on the screen."""
        if isinstance(update, Pieces):
            self.pieces += len(update.painted)
            for x, y, strip in update.painted:
                lay(self.cells, x, y, strip)
        elif update is not None:
            assert isinstance(update, LayoutUpdate)
            self.cells.clear()
            lay_lines(self.cells, map(Strip.join, update.strips))


@contextmanager
def received() -> Iterator[Received]:
    """All that is painted from now on."""
    made, found = Composed.render_update, Received()

    def render_update(*args, **options) -> CompositorUpdate | None:
        update = made(*args, **options)
        found.take(update)
        return update

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Composed, "render_update", render_update)
        yield found


def whole(app: App[int]) -> Cells:
    """The screen drawn anew, with nothing that was kept of it."""
    compositor = app.screen._compositor
    for one in compositor.visible_widgets:  # scroll bars, too
        one._styles_cache.clear()
        if isinstance(one, DrawnLines):
            one._forget()
    cells: Cells = {}
    lay_lines(cells, compositor.render_strips())
    return cells


def lay_lines(cells: Cells, strips: Iterable[Strip]) -> None:
    """Write the lines of a screen into its cells."""
    for y, strip in enumerate(strips):
        lay(cells, 0, y, strip)


def lay(cells: Cells, x: int, y: int, strip: Strip) -> None:
    """Write a strip into the cells of a screen, from column `x` on."""
    for text, style, _ in strip:
        for char in text:
            cells[x, y] = char, str(style)
            for after in range(x + 1, x + cell_len(char)):
                cells.pop((after, y), None)
            x += cell_len(char)


def differing(got: Cells, expected: Cells) -> list[str]:
    """The first cells that are not as expected, in words."""
    places = sorted(place for place in got | expected if got.get(place) != expected.get(place))
    return [f"{place}: {got.get(place)}, not {expected.get(place)}" for place in places[:5]]
