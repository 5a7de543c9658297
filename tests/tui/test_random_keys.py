"""Keys in no order that anybody thought of, with the terminal taking other sizes: what is on the screen is what would
be drawn, and the keys go to a pane that can be seen."""

from __future__ import annotations

from random import Random

import pytest

from tests.tui.received import differing, received, whole
from tests.tui.stage import HELLO, Stage, opened, play
from wasmscope.tui.settings import Settings
from wasmscope.tui.widgets.line_view import LineView

KEYS = (
    "s", "S", "n", "N", "f", "F", "c", "C", "b", "B", "w", "W", "minus", "plus", "equals_sign", "right_curly_bracket",
    "left_curly_bracket", "right_parenthesis", "left_parenthesis", "full_stop", "comma", "f6", "I",
    "right_square_bracket", "left_square_bracket", "t", "T", "a", "x", "X", "e", "exclamation_mark", "u", "U",
    "1", "2", "3", "4", "5", "6", "escape", "z", "question_mark", "o", "tab", "shift+tab", "down", "up", "pagedown",
    "pageup", "home", "end", "left", "right", "enter", "p", "ctrl+d",
)  # fmt: skip
LINES = (
    "filter kind:func", "filter", "goto @resolve", "goto end", 'find x"00"', "mark a", "jump a", "steps phase:mark",
)  # fmt: skip
SIZES = ((120, 36), (80, 24), (60, 15), (200, 60), (40, 12))
ROUNDS = 10


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_pressed_the_screen_is_whole_and_a_pane_has_the_focus(seed: int) -> None:
    dice = Random(seed)

    async def some(stage: Stage) -> str:
        """Something that a person might do; what it was."""
        if dice.random() < 0.08:
            line = dice.choice(LINES)
            await stage.keys("escape", "colon")
            await stage.type(line)
            return f":{line}"
        if dice.random() < 0.05:
            width, height = dice.choice(SIZES)
            await stage.pilot.resize_terminal(width, height)
            return f"{width}x{height}"
        key = dice.choice(KEYS)
        stage.app.simulate_key(key)
        if dice.random() < 0.5:  # else the next one comes at once
            await stage.settle()
        return key

    async def scenario(stage: Stage) -> None:
        for _ in range(ROUNDS):
            done = [await some(stage) for _ in range(dice.randint(1, 6))]
            await stage.settle()
            await stage.painted(screen)
            assert not differing(screen.cells, whole(stage.app)), done
            assert isinstance(stage.app.focused, LineView), done
            assert stage.app.focused.region, done

    app = opened(*HELLO, "--no-entry")
    app.settings = Settings()
    with received() as screen:
        play(app, scenario, dice.choice(SIZES))


def test_what_took_more_lines_in_another_size_is_cleared() -> None:
    """A chain is a list on a small screen, and cards of five lines each on a large one."""

    async def scenario(stage: Stage) -> None:
        await stage.keys("t")
        await stage.keys("T")
        await stage.pilot.resize_terminal(120, 60)
        await stage.settle()
        await stage.keys("t")
        await stage.painted(screen)
        assert not differing(screen.cells, whole(stage.app))

    with received() as screen:
        play(opened(*HELLO, "--no-entry", "--export-all"), scenario, (80, 24))
