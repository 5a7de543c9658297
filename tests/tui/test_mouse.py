"""The mouse does what keys do: tabs, phases, rows, headings, the wheel, double click, text by dragging."""

from __future__ import annotations

import pytest
from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseUp

from tests.tui.stage import HELLO, Stage, opened, play
from wasmscope.tui import clipboard
from wasmscope.tui.widgets.pick_panel import PickPanel
from wasmscope.tui.widgets.text_panel import TextPanel
from wasmscope.tui.widgets.virtual_table import VirtualTable


async def drag(stage: Stage, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Press the button at `start` (of the screen), move to `end`, let it go."""
    for kind, (x, y) in ((MouseDown, start), (MouseMove, end), (MouseUp, end)):
        stage.app.screen._forward_event(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
        await stage.settle()


async def select_greeted(stage: Stage) -> tuple[int, int]:
    """Drag over the name of a symbol in view 2; where it begins."""
    await stage.keys("2")
    lines = stage.lines()
    y = next(number for number, line in enumerate(lines) if "greeted" in line)
    x = lines[y].index("greeted")
    await drag(stage, (x, y), (x + 6, y))
    return x, y


def test_dragging_selects_text_of_a_pane_and_shows_it() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        x, y = await select_greeted(stage)
        lines = stage.lines()
        assert app.screen.get_selected_text() == "greeted"
        assert any(s.text.strip() == "greeted" and s.style and s.style.reverse for s in stage.rows()[y])
        await drag(stage, (x, y), (x + 3, y + 2))
        assert app.screen.get_selected_text() == "\n".join(
            [lines[y][x:-1].rstrip("│ "), lines[y + 1][1:-1].rstrip("│▂▄ "), lines[y + 2][1 : x + 4].rstrip()]
        )

    play(app, scenario)


def test_dragging_selects_where_the_pane_is_scrolled() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("1", "tab", "tab", "home", "pagedown", "pagedown")
        lines = stage.lines()
        y = next(number for number, line in enumerate(lines) if "▶load" in line)
        x = lines[y].index("load")
        await drag(stage, (x, y), (x + 3, y))
        assert app.screen.get_selected_text() == "load"

    play(app, scenario)


def test_a_heading_that_is_clicked_says_its_column(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(*HELLO)
    chosen: list[VirtualTable.HeadChosen] = []

    async def scenario(stage: Stage) -> None:
        await stage.keys("2")
        table = app.view.query_one("#symbols", VirtualTable)
        monkeypatch.setattr(table, "post_message", chosen.append)
        for title in ("name", "kind", "value"):
            table.head_clicked("".join(text for text, _ in table.draw_head(0, table.wide)).index(title))
        monkeypatch.undo()

    play(app, scenario)
    assert [one.column for one in chosen] == [1, 2, 7]


def test_a_double_click_follows() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("2")
        await stage.pilot.click("#symbols", offset=(20, 8), times=2)
        await stage.settle()
        assert app.place.view == 0
        assert not app.screen.get_selected_text()

    play(app, scenario)


def test_the_wheel_scrolls_the_pane_under_it() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("2")
        table = app.view.query_one("#symbols", VirtualTable)
        await stage.keys("home")
        top = table.scroll_offset.y
        x, y = table.region.x + 5, table.region.y + 5
        app.screen._forward_event(MouseScrollDown(None, x, y, 0, 1, 0, False, False, False, x, y))
        await stage.until(lambda: table.scroll_offset.y > top)
        assert table.cursor == 0

    play(app, scenario)


def test_tabs_and_panes_are_chosen_by_a_click() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.pilot.click("#title", offset=(stage.lines()[0].index("3 Relocs") + 2, 0))
        await stage.settle()
        assert app.place.view == 2
        await stage.pilot.click("#formula", offset=(5, 3))
        await stage.settle()
        assert app.focused is not None
        assert app.focused.id == "formula"

    play(app, scenario)


@pytest.mark.parametrize("again", ["s", "escape"])
def test_a_click_on_a_pane_closes_the_prompt_and_keys_are_keys_again(again: str) -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("C", "3", "colon")
        for char in "foo":
            app.simulate_key(char)
        await stage.settle()
        assert stage.lines()[-1].strip() == "foo"
        await stage.pilot.click("#formula", offset=(5, 3))
        await stage.settle()
        assert "? keys" in stage.lines()[-1]
        assert app.focused is not None
        assert app.focused.id == "formula"
        await stage.keys(again, "s")
        assert app.place.step == (2 if again == "s" else 1)
        await stage.keys("colon")
        assert "completes" in stage.lines()[-1]
        await stage.keys("escape")
        assert app.focused.id == "formula"

    play(app, scenario)


def test_a_panel_is_closed_by_a_click_beside_it_or_on_the_line_that_says_how_to() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        panel = app.query_one(TextPanel)
        for where, y in (("#title", 0), ("#status", 0), ("#text", 27), ("#text", 5), ("#chain", 25)):
            await stage.keys("1", "question_mark")
            assert panel.region.height == 28
            await stage.pilot.click(where, offset=(30, y))
            await stage.settle()
            assert panel.has_class("open") == (y == 5), (where, y)
            assert app.focused is (panel if y == 5 else app.view.query_one("#chain")), (where, y)
            await stage.keys("escape")
        await stage.keys("X")
        await stage.pilot.click("#picks", offset=(20, 2))
        assert app.query_one(PickPanel).has_class("open")
        await stage.pilot.click("#time", offset=(110, 0))
        await stage.settle()
        assert not app.query_one(PickPanel).has_class("open")
        assert app.place.step == 160

    play(app, scenario)


def test_a_key_of_the_key_bar_that_is_clicked_closes_the_help_as_the_key_does() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        for open in (True, False):
            await stage.pilot.click("#keys", offset=(stage.lines()[-1].index("? keys"), 0))
            await stage.settle()
            assert app.query_one(TextPanel).has_class("open") == open

    play(app, scenario)


def test_what_is_selected_says_how_to_copy_it_and_the_copy_goes_where_every_copy_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clipboard, "hand_over", lambda text: f"a program with {text}")
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await select_greeted(stage)
        assert "selected: 7 characters; ctrl+c copies them" in stage.text()
        assert app.screen.get_selected_text() == "greeted"
        await stage.keys("ctrl+c")
        assert app.clipboard == "greeted"
        await stage.until(lambda: "copied: 7 characters, sent to the terminal and to a program with" in stage.text())

    play(app, scenario)
