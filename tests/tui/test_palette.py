"""The palette and the command line: every command is there, found by its letters, completed, and run."""

from __future__ import annotations

from textual.command import CommandPalette
from textual.widgets import Input

from tests.samples import SAMPLES
from tests.toolchain import compiled
from tests.tui.stage import HELLO, Stage, opened, play
from wasmscope.debugger.commands.table import COMMANDS
from wasmscope.tui.palette_commands import choices
from wasmscope.tui.screen_commands import SCREEN_COMMANDS


def test_the_palette_has_every_command_with_its_key() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        found = {one.line: one for one in choices(app)}
        assert found.keys() == {*COMMANDS.names, *SCREEN_COMMANDS.names} - {"ask", "palette"}
        assert found["step"].key == "s"
        assert found["goto"].key == "g"
        assert found["goto"].open
        assert not found["step"].open

    play(app, scenario)


def test_a_command_takes_one_line_of_the_palette_and_no_picture_needs_more_than_ascii() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("ctrl+p")
        await stage.until(lambda: isinstance(app.screen, CommandPalette) and "steps FILTER" in stage.text())
        assert "🔎" not in stage.text()
        lines = [line.split()[0] for line in stage.lines()[8:18]]
        assert lines == COMMANDS.names[: len(lines)]

    play(app, scenario, (80, 24))


def test_letters_find_a_command_and_enter_runs_it() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("ctrl+p")
        await stage.until(lambda: isinstance(app.screen, CommandPalette) and "step" in stage.text())
        for char in "stepback":
            app.simulate_key(char)
        await stage.until(lambda: "one step back" in stage.text() and "every key" not in stage.text())
        await stage.keys("enter")
        await stage.until(lambda: app.place.step == 159)
        assert not isinstance(app.screen, CommandPalette)

    play(app, scenario)


def test_a_command_that_needs_more_asks_for_it() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("ctrl+p")
        await stage.until(lambda: isinstance(app.screen, CommandPalette))
        for char in "goto":
            app.simulate_key(char)
        await stage.until(lambda: "go to a name" in stage.text() and "every key" not in stage.text())
        await stage.keys("enter")
        await stage.until(lambda: stage.lines()[-1].strip() == "goto")
        await stage.type("top")
        assert app.place.step == 0

    play(app, scenario)


def test_names_in_the_palette_are_no_markup() -> None:
    odd = '__attribute__((export_name("e"))) int odd(void) __asm__("[bold]x[/y]"); int odd(void) { return 1; }'
    app = opened(compiled(odd))

    async def scenario(stage: Stage) -> None:
        await stage.keys("ctrl+p")
        await stage.until(lambda: isinstance(app.screen, CommandPalette))
        for char in "bold":
            app.simulate_key(char)
        await stage.until(lambda: "[bold]x[/y]" in stage.text())

    play(app, scenario)


def test_tab_completes_a_command_and_what_follows_it_and_the_usage_is_shown() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("colon", "v", "i", "tab")
        assert stage.lines()[-1].strip() == "view"
        assert "bring a view in sight" in stage.text()
        await stage.keys("R", "e", "tab")
        assert stage.lines()[-1].strip() == "view Relocs"
        await stage.keys("enter")
        assert app.place.view == 2
        await stage.keys("colon", "r", "e", "l", "o", "a", "tab")
        assert stage.lines()[-1].strip() == "reload"
        await stage.keys("escape")
        assert "@160 " in stage.text()  # the step in words is back

    play(app, scenario)


def test_tab_shows_what_fits_and_goes_through_it() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("g", "g", "r", "e", "tab")
        assert stage.lines()[-1].strip() == "greet"
        assert "greet  greeted" in stage.text()
        await stage.keys("tab")
        assert stage.lines()[-1].strip() == "greeted"
        await stage.keys("tab")
        assert stage.lines()[-1].strip() == "greet"

    play(app, scenario)


def test_lines_entered_before_come_back() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        for line in ("step-back 2", "step-back 3"):
            await stage.keys("colon")
            await stage.type(line)
        await stage.keys("colon", "up", "up")
        assert stage.lines()[-1].strip() == "step-back 2"
        await stage.keys("down", "enter")
        assert app.place.step == 160 - 8

    play(app, scenario)


def test_symbols_are_found_by_words_of_their_demangled_names_and_shown_so() -> None:
    app = opened(*SAMPLES["shapes"].inputs)

    async def scenario(stage: Stage) -> None:
        await stage.keys("ctrl+p")
        await stage.until(lambda: isinstance(app.screen, CommandPalette))
        app.screen.query_one(Input).value = "add drawing"
        await stage.until(lambda: "Drawing::add(Shape*)" in stage.text())
        assert "_ZN" not in stage.text()
        await stage.keys("down", "enter")
        await stage.until(lambda: not isinstance(app.screen, CommandPalette))
        await stage.until(lambda: app.place.symbol is not None)
        assert app.place.symbol.name == "_ZN7Drawing3addEP5Shape"

    play(app, scenario)
