"""Any size of terminal: nothing breaks from 200x60 to 1x1, what is there fits, and all panes can be reached."""

from __future__ import annotations

import random
from typing import Any

import pytest
from rich.cells import cell_len
from textual.geometry import Size

from tests.tui.stage import HELLO, Stage, matches, opened, play
from wasmscope.tui.page import Page

KEYS = (
    "s", "S", "n", "N", "u", "right_parenthesis", "tab", "1", "2", "3", "4", "5", "6", "z", "question_mark", "escape",
    "down", "end", "pageup", "p", "t", "colon", "escape",
)  # fmt: skip
SIZES = ((200, 60), (160, 30), (100, 29), (80, 24), (60, 15), (59, 14), (40, 10), (10, 4), (3, 2), (1, 1))


async def resize(stage: Stage, width: int, height: int) -> None:
    """The terminal has another size."""
    await stage.pilot.resize_terminal(width, height)
    await stage.settle()


@pytest.mark.parametrize("failed", [False, True])
def test_no_size_breaks_it(failed: bool) -> None:
    app = opened(HELLO[0], strict=True) if failed else opened(*HELLO)
    dice = random.Random(failed)

    async def scenario(stage: Stage) -> None:
        for step in range(14):
            most = (200, 60) if step % 3 else (20, 6)
            wide, high = dice.randint(1, most[0]), dice.randint(1, most[1])
            await resize(stage, wide, high)
            await stage.keys(dice.choice(KEYS), dice.choice(KEYS))
            assert app.size == Size(wide, high)
            assert all(cell_len(line) <= wide for line in stage.lines()), (wide, high)

    play(app, scenario, (200, 60))


def test_from_the_largest_to_the_smallest_and_back() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("2")
        before = stage.lines()[:4]
        for wide, high in SIZES:
            await resize(stage, wide, high)
        await resize(stage, 120, 36)
        assert stage.lines()[:4] == before

    play(app, scenario)


@pytest.mark.parametrize("size", [(60, 15), (100, 30)])
@pytest.mark.parametrize("view", "123456")
def test_every_pane_can_be_reached_by_tab_and_read(view: str, size: tuple[int, int]) -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys(view)
        for pane in app.view.panes:
            assert app.focused is not None
            assert app.focused.id == pane
            area = app.focused.region
            assert area.height >= 3, pane
            assert area.width >= 28, pane
            await stage.keys("tab")

    play(app, scenario, size)


@pytest.mark.parametrize("size", [(59, 20), (100, 14), (20, 4)])
def test_under_60x15_one_pane_and_the_status_line_stand(size: tuple[int, int]) -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        for view in "123456":
            await stage.keys(view)
            panes = [app.view.query_one(f"#{one}") for one in app.view.panes]
            seen = [one.id for one in panes if one.region.area and app.screen.find_widget(one).visible_region.area]
            assert len(seen) == 1, (view, seen)
            assert any("@160" in line for line in stage.lines()), view

    play(app, scenario, size)


@pytest.mark.parametrize("name", ["60x15", "59x14"])
def test_little_room_reads_as_its_snapshot(name: str) -> None:
    app = opened(*HELLO)
    wide, high = map(int, name.split("x"))

    async def scenario(stage: Stage) -> None:
        await stage.keys("g")
        await stage.type("@120")
        seen = ""
        for view in "123456":
            await stage.keys(view)
            seen += stage.text()
        matches(f"size-{name}", seen)

    play(app, scenario, (wide, high))


def test_a_panel_stays_open_when_the_terminal_has_another_size() -> None:
    async def scenario(stage: Stage) -> None:
        await stage.keys("question_mark")
        assert "─ Keys ─" in stage.text()
        await resize(stage, 90, 30)
        assert "─ Keys ─" in stage.text()
        await stage.keys("escape")
        assert "─ Keys ─" not in stage.text()

    play(opened(*HELLO), scenario)


def test_the_first_layout_is_already_that_of_the_size(monkeypatch) -> None:
    layouts: list[frozenset[str]] = []
    lay_out = Page._refresh_layout

    def noted(page: Page, *sizes: Any, **more: Any) -> None:
        layouts.append(page.classes)
        lay_out(page, *sizes, **more)

    monkeypatch.setattr(Page, "_refresh_layout", noted)

    async def scenario(stage: Stage) -> None:
        assert {"-narrow", "-low"} <= layouts[0]

    play(opened(*HELLO), scenario, (80, 24))
