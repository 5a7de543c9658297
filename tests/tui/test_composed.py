"""What is painted piece by piece adds up to the screen that Textual would draw as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual.geometry import Region
from textual.screen import Screen

from tests.tui.received import Cells, differing, received, whole
from tests.tui.stage import HELLO, Stage, opened, play
from tests.tui.test_trouble import hostile
from wasmscope.tui import page
from wasmscope.tui.composed import Pieces
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.settings import Settings
from wasmscope.tui.widgets import drawn_lines
from wasmscope.tui.widgets.drawn_lines import DrawnLines

KEYS = (
    "S", "N right_curly_bracket", "tab down", "tab down pagedown",
    "2 down down", "pagedown", "end", "home tab down", "slash m a i enter", "n",
    "3 down S", "F F", "right_parenthesis tab down", "z", "down z",
    "4", "pagedown", "down right", "p", "pageup p", "tab end pageup", "tab down", "shift+tab S",
    "colon h", "escape", "question_mark pagedown", "down escape",
    "5 S", "pagedown", "6 down", "tab down", "number_sign", "left_curly_bracket 1",
)  # fmt: skip
"""What is pressed between two looks at the screen."""


def painted(names: Sequence[Path], size: tuple[int, int]) -> tuple[list[Cells], int]:
    """The screen after each of KEYS as a terminal has it that got every update, and how many pieces they were."""
    found: list[Cells] = []

    async def scenario(stage: Stage) -> None:
        for keys in KEYS:
            await stage.keys(*keys.split(" "))
            await stage.painted(screen)
            found.append(dict(screen.cells))

    with received() as screen:
        play(program(names), scenario, size)
    return found, screen.pieces


def drawn_whole(names: Sequence[Path], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> list[Cells]:
    """The screen after each of KEYS, drawn anew by Textual each time."""
    found: list[Cells] = []

    async def scenario(stage: Stage) -> None:
        for keys in KEYS:
            await stage.keys(*keys.split(" "))
            found.append(whole(stage.app))

    with monkeypatch.context() as patch:
        patch.setattr(page, "Composed", Compositor)
        patch.setattr(drawn_lines, "Framed", StylesCache)
        play(program(names), scenario, size)
    return found


def program(names: Sequence[Path]) -> WasmscopeApp:
    app = opened(*names, "--export-all", "--no-entry", "--no-gc-sections")
    app.settings = Settings()
    return app


@pytest.mark.parametrize(("wide_names", "size"), [(False, (120, 36)), (True, (80, 24))])
def test_the_pieces_add_up_to_the_whole(
    wide_names: bool, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with names of characters that take two cells, or none."""
    names = [hostile(tmp_path)] if wide_names else HELLO
    ours, count = painted(names, size)
    for keys, got, expected in zip(KEYS, ours, drawn_whole(names, size, monkeypatch), strict=True):
        assert not differing(got, expected), keys
    assert count > 1000


def test_a_part_of_a_line_is_one_piece() -> None:
    async def scenario(stage: Stage) -> None:
        compositor, pane = stage.app.screen._compositor, stage.app.screen.query_one("#chain", DrawnLines)
        compositor._dirty_regions = {Region(pane.region.x + 3, pane.region.y + 2, 5, 1)}
        update = compositor.render_partial_update()
        assert isinstance(update, Pieces)
        assert [(x, y, strip.cell_length) for x, y, strip in update.painted] == [
            (pane.region.x + 3, pane.region.y + 2, 5)
        ]
        assert compositor.render_partial_update() is None

    play(program(HELLO), scenario)


def test_an_arrangement_that_was_looked_at_early_is_still_new() -> None:
    """When a hidden pane is to be painted, Textual forgets its arrangement, and who asks where a pane is gets the new
    one before the screen was told of it."""

    async def scenario(stage: Stage) -> None:
        screen, compositor = stage.app.screen, stage.app.screen._compositor
        pane, hidden = screen.query_one("#chain", DrawnLines), screen.query_one("#phases", DrawnLines)
        place, width = hidden.region, pane.region.width
        screen.maximize(pane, container=False)
        await stage.settle()
        assert pane.region.width > width
        assert not hidden.region
        screen.set_reactive(Screen.maximized, None)
        compositor.update_widgets({hidden})
        assert hidden.region == place
        _, shown, resized = compositor.reflow(screen, screen.size)
        assert hidden in shown
        assert pane in resized
        assert place in compositor._dirty_regions

    play(program(HELLO), scenario)
