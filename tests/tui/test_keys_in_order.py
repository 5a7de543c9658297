"""Keys that come at once, as over a slow line or while the screen is drawn, do what they do one by one."""

from __future__ import annotations

import pytest
from textual.events import Key

from tests.tui.stage import HELLO, Stage, opened, play
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.widgets.prompt import Prompt

SEQUENCES = {
    "a breakpoint on the row moved to": ["2", "home", "j", "j", "j", "b", "j", "b"],
    "steps and moves": ["2", "home", "j", "j", "S", "j", "S", "k", "w"],
    "follow, then step": ["3", "home", "j", "enter", "S", "u", "j", "b"],
    "typed and corrected": ["g", *"mainxx", "backspace", "backspace", "left", "ctrl+u", *"coun", "enter", "S", "b"],
    "a search, and its next": ["2", "home", "slash", *"print", "enter", "full_stop", "b", "j", "b"],
    "a letter": ["2", "home", "j", "m", "a", "j", "j", "apostrophe", "a", "b"],
    "a prompt that is left": ["2", "home", "slash", *"abc", "escape", "j", "b"],
    "a command": ["2", "home", "j", "colon", *"break main.o", "enter", "S", "j", "b"],
    "a panel": ["2", "home", "question_mark", "escape", "j", "b"],
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_keys_at_once_do_what_they_do_one_by_one(name: str) -> None:
    async def slowly(stage: Stage, app: WasmscopeApp) -> None:
        for key in SEQUENCES[name]:
            await stage.keys(key)

    async def at_once(stage: Stage, app: WasmscopeApp) -> None:
        for key in SEQUENCES[name]:
            app.post_message(Key(key, key if len(key) == 1 else None))
        await stage.settle()

    seen = []
    for way in (slowly, at_once):
        app = opened(*HELLO)

        async def scenario(stage: Stage, app: WasmscopeApp = app, way=way) -> None:  # type: ignore[no-untyped-def]
            await way(stage, app)
            assert app.debugger is not None
            assert not app.query_one(Prompt).has_class("open")
            stops = [(one.label, one.spec) for one in app.debugger.stops.all]
            seen.append((stops, app.place.step, app.place.view, stage.text()))

        play(app, scenario)
    assert seen[0] == seen[1]
    assert seen[0][0]  # there is a stop to be wrong about


def test_keys_held_down_are_drawn_together() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("3", "home")
        drawn = 0
        before = app._draw

        def counted() -> None:
            nonlocal drawn
            drawn += 1
            before()

        app._draw = counted  # type: ignore[method-assign]
        for _ in range(30):
            app.post_message(Key("j", "j"))
        await stage.settle()
        assert app.place.relocation is not None
        assert app.opened is not None
        assert app.opened.relocations.row_of(app.place.relocation) == 30
        assert drawn < 4

    play(app, scenario)
