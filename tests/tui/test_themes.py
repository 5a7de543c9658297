"""Themes can be read, keep their data apart, and say nothing that glyphs do not; few colours, none, and ASCII alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from rich.style import Style
from textual.color import Color

from tests.toolchain import compiled
from tests.tui.stage import HELLO, Stage, linked, opened, play
from tests.tui.test_terminal import Terminal
from wasmscope.debugger.glyphs import ascii_sized
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.settings import Settings
from wasmscope.tui.text import only_ascii
from wasmscope.tui.themes import DATA, GROUNDS, THEMES, look_of

READABLE = 4.5
"""WCAG 2.2, 1.4.3: contrast of text."""
LARGE = 3.0
"""The same for text that is bold, as the cursor's line is."""


def luminance(color: Color) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [part / 255 for part in (color.r, color.g, color.b)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", GROUNDS)
def test_data_can_be_read_on_every_ground(theme: str) -> None:
    background, panel, foreground, _ = GROUNDS[theme]
    cursor = DATA[theme]["cursor"]
    for kind, colour in DATA[theme].items():
        if kind != "cursor":
            assert contrast(colour, background) >= READABLE, kind
            assert contrast(colour, panel) >= READABLE, kind
            assert contrast(colour, cursor) >= LARGE, kind
    assert min(contrast(foreground, ground) for ground in (background, panel, cursor)) >= READABLE


@pytest.mark.parametrize("theme", GROUNDS)
def test_hues_are_okabe_itos(theme: str) -> None:
    """Lighter or darker, but the same hue: what tells them apart for colour-blind eyes."""
    for kind, colour in DATA[theme].items():
        if kind not in ("pending", "cursor"):
            ours, theirs = Color.parse(colour).hsv.h, Color.parse(DATA["dark"][kind]).hsv.h
            assert abs(ours - theirs) < 0.03, kind


@pytest.mark.parametrize("theme", THEMES[1:])
def test_every_theme_draws_the_same_text(theme: str) -> None:
    made = linked(*HELLO)
    app = WasmscopeApp(lambda question: made, made, settings=Settings(theme=theme))

    async def scenario(stage: Stage) -> None:
        seen: list[str] = []
        await tour(stage, seen)
        assert lightly(seen) == lightly(usual())
        assert app.theme == theme

    usual()
    play(app, scenario)


HEAVY = str.maketrans("┏━┓┃┗┛", "┌─┐│└┘")
"""The frame of the pane in focus is heavy where no colour tells it; so is the card of the atom at the cursor."""


async def tour(stage: Stage, seen: list[str]) -> None:
    """The text of every view while relocations are patched."""
    await stage.keys("g")
    await stage.type("@120")
    for view in "1234":
        await stage.keys(view)
        seen.append(stage.text())


def lightly(screens: list[str]) -> list[str]:
    """Screens with no frame heavier than others."""
    return [one.translate(HEAVY) for one in screens]


@cache
def usual() -> list[str]:
    """The tour in Unicode and all colours."""
    seen: list[str] = []

    async def scenario(stage: Stage) -> None:
        await tour(stage, seen)

    play(opened(*HELLO), scenario)
    return seen


def test_without_colours_the_text_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    without: list[str] = []
    usual()

    async def bare(stage: Stage) -> None:
        await tour(stage, without)

    monkeypatch.setenv("NO_COLOR", "1")
    play(opened(*HELLO), bare)
    assert lightly(without) == lightly(usual())


def test_high_contrast_is_that_of_frames_and_scroll_bars_too() -> None:
    """WCAG 2.2, 1.4.11: contrast of what is no text."""
    made = linked(*HELLO)
    app = WasmscopeApp(lambda question: made, made, settings=Settings(theme="high-contrast"))

    async def scenario(stage: Stage) -> None:
        await stage.keys("1")
        around = [one for row in stage.rows() for one in row if one.text.strip(" ─│┌┐└┘▁▂▃▄▅▆▇") == ""]
        colours = {one.style.color.get_truecolor().hex for one in around if one.style and one.style.color}
        assert all(contrast(colour, "#000000") >= LARGE for colour in colours)
        assert len(colours) >= 2

    play(app, scenario, (80, 24))


def palette_styles(app: WasmscopeApp) -> dict[str, Style]:
    """How the palette draws the line of each of two commands (the first is selected), and what the prompt asks for."""
    found: dict[str, Style] = {}

    async def scenario(stage: Stage) -> None:
        await stage.keys("ctrl+p")
        await stage.until(lambda: "step-back [N]" in stage.text())
        for row in stage.rows():
            for text, style, _ in row:
                for word in ("step [N]", "step-back [N]", "command, or"):
                    if word in text and style is not None:
                        found[word] = style

    play(app, scenario)
    return found


def test_the_palette_marks_its_line_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    styles = palette_styles(opened(*HELLO))
    assert styles["step [N]"].underline
    assert not styles["step-back [N]"].underline


@pytest.mark.parametrize("theme", GROUNDS)
def test_what_the_palette_asks_for_can_be_read(theme: str) -> None:
    made = linked(*HELLO)
    style = palette_styles(WasmscopeApp(lambda question: made, made, settings=Settings(theme=theme)))["command, or"]
    assert style.color is not None
    assert style.bgcolor is not None
    assert contrast(style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex) >= READABLE


def test_a_theme_is_changed_while_it_runs() -> None:
    app = opened(*HELLO)

    async def scenario(stage: Stage) -> None:
        await stage.keys("colon")
        await stage.type("theme light")
        await stage.until(lambda: app.screen.styles.background.hex == "#FFFFFF")
        assert app.chosen_look == "light"  # which the session keeps
        colours = {s.style.color.get_truecolor().hex for row in stage.rows() for s in row if s.style and s.style.color}
        assert DATA["light"]["patched"].lower() in colours or DATA["light"]["linker"].lower() in colours
        await stage.keys("colon")
        await stage.type("theme pink")
        assert "there is no theme pink: they are dark, light, high-contrast, ansi" in stage.text()

    play(app, scenario)


def test_the_command_line_comes_before_the_session_and_that_before_the_file() -> None:
    assert look_of("ansi", {"theme": "light"}, "dark") == "ansi"
    assert look_of("", {"theme": "light"}, "dark") == "light"
    assert look_of("", {"theme": ["odd"]}, "dark") == "dark"
    assert look_of("", {}, "") == ""


@pytest.mark.parametrize(
    ("kind", "depth", "sent"),
    [("xterm-256color", "truecolor", b"38;2;"), ("xterm-256color", "", b"38;5;"), ("xterm", "", b"\x1b[32;49m")],
)
def test_a_terminal_gets_the_colours_that_it_has(kind: str, depth: str, sent: bytes) -> None:
    first = output_of({"TERM": kind, "COLORTERM": depth}, until=sent)
    assert (b"38;2;" in first) == (depth == "truecolor")
    assert kind != "xterm" or b"\x1b[35;49m" in first  # the terminal's own, on its own ground
    assert (b"38;5;" in first) == (kind == "xterm-256color" and not depth)


def output_of(environment: dict[str, str], until: bytes) -> bytes:
    """What the program sends until its first screen stands, and `until` was in it."""
    with Terminal("main.o", "greet.o", environment=environment) as terminal:
        return terminal.read(until, quiet=1)


# --- ASCII --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ascii_app() -> Iterator[WasmscopeApp]:
    made = linked(*HELLO)
    yield WasmscopeApp(lambda question: made, made, ascii=True)
    only_ascii(False)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_a_screen_in_ascii_has_nothing_else(ascii_app: WasmscopeApp, size: tuple[int, int]) -> None:
    async def scenario(stage: Stage) -> None:
        seen: list[str] = []
        await tour(stage, seen)
        await stage.keys("4", "p", "p", "question_mark")
        for screen in (*seen, stage.text()):
            shown = sent(stage, screen)
            assert shown.isascii(), [line for line in shown.splitlines() if not line.isascii()][:3]
            assert all(len(line) <= size[0] for line in shown.splitlines())

    play(ascii_app, scenario, size)


def test_ascii_changes_glyphs_and_no_width() -> None:
    made = linked(*HELLO)
    expected = usual()
    seen: list[str] = []

    async def in_ascii(stage: Stage) -> None:
        await tour(stage, seen)
        seen[:] = [sent(stage, one) for one in seen]

    play(WasmscopeApp(lambda question: made, made, ascii=True), in_ascii)
    only_ascii(False)
    assert seen == ["\n".join(ascii_sized(line, lambda char: 1) for line in one.splitlines()) for one in expected]


def test_ascii_without_colours_tells_which_pane_is_in_focus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    made = linked(*HELLO)

    async def scenario(stage: Stage) -> None:
        for keys, title in (("1", "#= Chain code ="), ("tab", "#= "), ("shift+tab", "#= Chain code =")):
            await stage.keys(keys)
            line = sent(stage, stage.text()).splitlines()[2]
            assert title in line
            assert line.count("#=") == 1
            assert ("#= Chain" in line) == (keys != "tab")

    play(WasmscopeApp(lambda question: made, made, ascii=True), scenario)
    only_ascii(False)


def test_names_from_files_are_escaped_in_ascii() -> None:
    made = linked(compiled('void u(void) __asm__("größe"); void _start(void) { u(); }'))
    app = WasmscopeApp(lambda question: made, made, ascii=True)

    async def scenario(stage: Stage) -> None:
        await stage.keys("2")
        shown = sent(stage, stage.text())
        assert "gr\\xf6\\xdfe" in shown
        assert shown.isascii()

    play(app, scenario)
    only_ascii(False)


def sent(stage: Stage, text: str) -> str:
    """What the filters make of a screen."""
    from rich.segment import Segment

    for one in stage.app.get_line_filters():
        if type(one).__name__ == "AsciiFilter":
            lines = text.splitlines()
            text = "\n".join(one.apply([Segment(line, Style())], Color(0, 0, 0))[0].text for line in lines)
    return text


POSIX = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("how", [("--ascii", {}), ("", POSIX)])
def test_no_byte_outside_ascii_is_sent(how: tuple[str, dict[str, str]]) -> None:
    option, environment = how
    words = [option] if option else []
    with Terminal("main.o", "greet.o", *words, environment=environment) as terminal:
        sent = terminal.read(b"keys")
        for key in ("2", "3", "4", "p", "1", "?"):
            terminal.send(key)
            sent += terminal.read(quiet=0.2)
    assert max(sent) < 0x80
    assert b"----" in sent
    assert b"load-resolve-mark" in re.sub(rb"\x1b\[[0-9;]*m", b"", sent)
