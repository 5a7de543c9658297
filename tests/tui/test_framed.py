"""What is drawn in a shorter way than Textual's looks as Textual would have drawn it."""

from __future__ import annotations

import pytest
from textual._styles_cache import StylesCache
from textual.strip import Strip
from textual.widget import Widget

from tests.tui.stage import HELLO, Stage, opened, play
from wasmscope.tui.settings import Settings
from wasmscope.tui.themes import THEMES
from wasmscope.tui.widgets import drawn_lines
from wasmscope.tui.widgets.lines import Lines

KEYS = ("tab", "S", "2", "down", "4", "pagedown", "question_mark")


def seen(theme: str, size: tuple[int, int]) -> list[list[list[tuple[str, str]]]]:
    """Texts and styles of the screen after each of KEYS."""
    found = []

    async def scenario(stage: Stage) -> None:
        for key in KEYS:
            await stage.keys(key)
            rows = [Strip(row).simplify() for row in stage.rows()]
            found.append([[(one.text, str(one.style)) for one in row] for row in rows])

    app = opened(*HELLO)
    app.settings = Settings(theme=theme)
    play(app, scenario, size)
    return found


@pytest.mark.parametrize(("theme", "size"), [*((theme, (120, 36)) for theme in THEMES), ("dark", (80, 24))])
def test_panes_look_as_textual_draws_them(theme: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    ours = seen(theme, size)
    monkeypatch.setattr(drawn_lines, "Framed", StylesCache)
    monkeypatch.setattr(Lines, "get_line_filters", Widget.get_line_filters)
    assert ours == seen(theme, size)
    assert len({str(one) for one in ours}) == len(KEYS)
