"""A screen for tests: the app in a terminal of a given size that nobody sees, its text, and the runs of its styles.

A key costs a few milliseconds here: it is put in and one pause follows, where `pilot.press` waits 64 ms a key.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from pathlib import Path

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.events import Key
from textual.pilot import Pilot
from textual.widget import Widget

from tests.samples import FOLDER
from tests.tui.received import Received
from wasmscope.link.command_line import parse
from wasmscope.link.driver import link
from wasmscope.link.lenient import link_leniently, named
from wasmscope.link.model import Link
from wasmscope.tui.drawing import HELD
from wasmscope.tui.program import WasmscopeApp
from wasmscope.tui.themes import variables
from wasmscope.tui.widgets.roles import Roles

os.environ["COLORTERM"] = "truecolor"  # what a screen shows does not depend on the terminal that the tests run in
SNAPSHOTS = Path(__file__).parent / "snapshots"
BLESS = "WASMSCOPE_BLESS"
"""Set this environment variable to write the snapshots instead of comparing them."""
HELLO = (FOLDER / "hello" / "main.o", FOLDER / "hello" / "greet.o")


class Stage:
    """A running app and what a test does with it."""

    def __init__(self, app: App[int], pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    async def keys(self, *keys: str) -> None:
        """Press keys (by Textual's names; `"s", "left_curly_bracket"`), and let everything settle."""
        for key in keys:
            self.app.simulate_key(key)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type text into a prompt, and Enter."""
        for char in text:
            self.app.post_message(Key(char, char))
        await self.settle()
        await self.keys("enter")

    async def settle(self) -> None:
        """Wait until no message is on its way and everything is drawn; `pilot.pause` would sleep on top of that."""
        quiet = 0
        while quiet < 8:
            await asyncio.sleep(0)
            assert self.app._exception is None, "the program has ended by an exception"
            screen = self.app.screen
            pumps = (self.app, screen, *screen.walk_children())
            busy = any(pump._message_queue is not None and pump._message_queue.qsize() for pump in pumps)
            quiet = 0 if busy or screen._layout_required else quiet + 1
        self.app.screen._on_timer_update()

    async def painted(self, screen: Received) -> None:
        """Wait until no more is painted: a frame may be held for what a move leads to."""
        before = -1
        while before != screen.pieces:
            before = screen.pieces
            await asyncio.sleep(HELD)
            await self.settle()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what another thread does."""
        for _ in range(500):
            await self.settle()
            if holds():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not come to hold")

    def rows(self) -> list[list[Segment]]:
        """The segments of every line on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return [[segment for segment in strip if segment.text] for strip in strips]

    def lines(self) -> list[str]:
        """The text on the screen."""
        return ["".join(segment.text for segment in row).rstrip() for row in self.rows()]

    def text(self) -> str:
        return "\n".join(self.lines()) + "\n"

    def snapshot(self) -> str:
        """Text and runs of style, line by line, in a form that a person can review."""
        runs = [f"{number:2} {told}" for number, row in enumerate(self.rows()) if (told := style_runs(row))]
        return self.text() + "--- styles: column:width look\n" + "\n".join(runs) + "\n"


def style_runs(row: Sequence[Segment]) -> str:
    """Where a line looks different from plain text: `12:5 #e69f00 b` (bold, underlined, reversed)."""
    found: list[tuple[int, int, str]] = []
    column = 0
    for segment in row:
        look = look_of(segment.style)
        if look and segment.text.strip():
            if found and found[-1][2] == look and found[-1][0] + found[-1][1] == column:
                found[-1] = (found[-1][0], found[-1][1] + segment.cell_length, look)
            else:
                found.append((column, segment.cell_length, look))
        column += segment.cell_length
    return "  ".join(f"{start}:{width} {look}" for start, width, look in found)


DATA = {"#56b4e9", "#e69f00", "#999999", "#009e73", "#d55e00", "#cc79a7"}


def look_of(style: Style | None) -> str:
    """The part of a style that carries meaning: the data palette's colours, bold, underline, reverse."""
    if style is None:
        return "NO STYLE"
    color = style.color.get_truecolor().hex if style.color is not None else ""
    marks = "".join(mark for mark, on in (("b", style.bold), ("u", style.underline), ("r", style.reverse)) if on)
    return f"{color if color in DATA else ''} {marks}".strip()


def play(app: App[int], scenario: Callable[[Stage], Awaitable[None]], size: tuple[int, int] = (120, 36)) -> None:
    """Run `scenario` on `app`; an exception of either ends the test."""

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            stage = Stage(app, pilot)
            await stage.settle()
            await scenario(stage)

    asyncio.run(run())


def show(widget: Widget, scenario: Callable[[Stage], Awaitable[None]], size: tuple[int, int] = (60, 20)) -> None:
    """Run `scenario` with `widget` alone on the screen, in focus."""

    class Alone(App[int]):
        CSS = "Screen > * { height: 1fr; }"

        roles = Roles()

        def get_theme_variable_defaults(self) -> dict[str, str]:
            return variables("dark")

        def compose(self) -> ComposeResult:
            yield self.roles
            yield widget

        def on_mount(self) -> None:
            widget.focus()

    play(Alone(), scenario, size)


@cache
def linked(*words: str | Path, strict: bool = False) -> Link:
    """The link of these words, made once."""
    options = parse([str(word) for word in words])
    return link(named(options)) if strict else link_leniently(options, link)


def opened(*words: str | Path, strict: bool = False) -> WasmscopeApp:
    """The app on the link of these words."""
    made = linked(*words, strict=True) if strict else linked(*words)
    return WasmscopeApp(lambda question: made, made)


def matches(name: str, text: str) -> None:
    """Assert that `text` is the snapshot called `name`; or write it, when blessing."""
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get(BLESS):
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(text)
        return
    assert path.exists(), f"no snapshot {path.name}: run with {BLESS}=1 and look at it"
    assert text == path.read_text(), f"{path.name} differs: run with {BLESS}=1 and look at the difference"
