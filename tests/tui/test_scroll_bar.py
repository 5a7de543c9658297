from __future__ import annotations

import pytest
from textual.strip import Strip
from textual.widget import Widget

from tests.tui.stage import Stage, show
from tests.tui.test_virtual_table import table
from wasmscope.tui.widgets.drawn_lines import DrawnLines
from wasmscope.tui.widgets.scroll_bar import SteadyBar

KEYS = ("end", "pageup", "home", *["pagedown"] * 4, "j", "ctrl+d", "end", "k")


def seen(count: int) -> list[list[list[tuple[str, str]]]]:
    """Texts and styles of the screen after each of KEYS, in a table of `count` rows."""
    found = []

    async def scenario(stage: Stage) -> None:
        for key in KEYS:
            await stage.keys(key)
            found.append([[(one.text, str(one.style)) for one in Strip(row).simplify()] for row in stage.rows()])

    show(table(count), scenario)
    return found


@pytest.mark.parametrize("count", [5, 60, 1000, 100_000])
def test_the_bar_looks_as_textuals_own_does(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = seen(count)
    monkeypatch.setattr(DrawnLines, "vertical_scrollbar", Widget.vertical_scrollbar)
    assert ours == seen(count)


def test_only_cells_that_look_different_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    whole = SteadyBar.render_line

    def render_line(self: SteadyBar, y: int) -> Strip:
        drawn.append(y)
        return whole(self, y)

    async def scenario(stage: Stage) -> None:
        monkeypatch.setattr(SteadyBar, "render_line", render_line)
        await stage.keys("pagedown")
        assert drawn == []
        await stage.keys("end", "pageup")
        drawn.clear()
        await stage.keys(*["pageup"] * 200)
        assert 0 < len(drawn) < 30  # 4,000 of 100,000 rows are 7 eighths of a cell

    show(table(100_000), scenario)


def test_the_thumb_can_be_dragged() -> None:
    made = table(1000)

    async def scenario(stage: Stage) -> None:
        bar = made.vertical_scrollbar.region
        await stage.pilot.mouse_down(offset=(bar.x, bar.y))
        await stage.pilot.hover(offset=(bar.x, bar.bottom - 1))
        await stage.pilot.mouse_up(offset=(bar.x, bar.bottom - 1))
        await stage.until(lambda: made.scroll_offset.y > 800)
        assert "name_0[" not in stage.text()

    show(made, scenario)
