"""Keys for marks and notes, on the link of samples/hello."""

from __future__ import annotations

from tests.tui.stage import HELLO, Stage, opened, play


def test_a_letter_marks_and_a_letter_goes_back_without_enter() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("g")
        await stage.type("greet")
        await stage.keys("2", "m")
        await stage.keys("a")
        assert "marked as a: symbol greet" in stage.text()
        await stage.keys("g")
        await stage.type("@7")
        await stage.keys("apostrophe")
        await stage.keys("a")
        assert app.place.symbol is not None
        assert app.place.symbol.name == "greet"
        assert app.place.view == 1
        await stage.keys("apostrophe")
        await stage.keys("z")
        assert "nothing is marked as z: the marks are a" in stage.text()

    play(app, scenario)


def test_a_note_stands_in_the_margin_and_can_be_changed() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("g")
        await stage.type("greet")
        await stage.keys("2", "semicolon")
        await stage.type("[/x] odd")
        assert "noted on symbol greet" in stage.text()
        assert any("▶;" in line for line in stage.lines())
        await stage.keys("semicolon")
        await stage.type("!")
        assert app.debugger is not None
        assert list(app.debugger.marks.notes.values()) == ["[/x] odd!"]
        await stage.keys("1")
        assert "[/x] odd!" in stage.text()

    play(app, scenario)
